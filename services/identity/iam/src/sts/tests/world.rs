//! A door with IAM, STS and a service that assumes roles behind it, and two accounts.

use std::sync::Arc;
use std::time::Duration;

use bastide_api_sts::operations as sts_rows;
use bastide_door::{
    Asking, Door, Failure, Handler, Mode, Organization, Origin, Permitted, Resource, Room, Settings,
    Standing, Trunks, handler,
};
use bastide_events::MemoryLog;
use bastide_ids::{AccountId, Clock, MovableClock, Place, Region, Timestamp};
use bastide_resources::{Changes, Store};
use bastide_seal::{MemoryKeyring, RootSource, Sealer};
use bastide_shape::{
    Access, Document, Operation, Protocol, Service, Target, member, operation, operations, service, shapes,
    string, structure,
};
use bastide_sigv4::{SignedBody, Signer};
use bytes::Bytes;
use futures_core::future::BoxFuture;
use zeroize::Zeroizing;

use crate::model::{AccessKey, KeyOwner};
use crate::{IdentityDirectory, bootstrap, iam, sts_room};

pub(super) const HERE: &str = "111122223333";
pub(super) const THERE: &str = "444455556666";

/// Access key id, secret, and the token of temporary ones.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: Option<String>,
}

pub(super) struct World {
    pub(super) door: Arc<Door>,
    pub(super) clock: Arc<MovableClock>,
    /// The first users of the two accounts.
    pub(super) admin: Keys,
    pub(super) stranger: Keys,
}

/// An answer: its status and its XML.
#[derive(Debug)]
pub(super) struct Answer(pub(super) u16, pub(super) String);

struct Alone;

impl Organization for Alone {
    fn standing<'a>(&'a self, _account: AccountId) -> BoxFuture<'a, Result<Standing, Failure>> {
        Box::pin(async { Ok(Standing::default()) })
    }
}

impl World {
    pub(super) async fn new() -> Self {
        Self::in_mode(Mode::Strict).await
    }

    pub(super) async fn in_mode(mode: Mode) -> Self {
        let clock = Arc::new(MovableClock::default());
        clock.set(Timestamp::parse_iso8601("2026-11-21T09:30:00Z").unwrap());
        let store = Store::temporary().unwrap();
        let sealer = Arc::new(sealer());
        let mut admins = Vec::new();
        for account in [HERE, THERE] {
            let made = bootstrap(&store, &sealer, &place(account), clock.now(), None).await.unwrap().unwrap();
            let secret = made.secret_access_key.to_string();
            admins.push(Keys { id: made.access_key_id, secret, token: None });
        }
        let directory = Arc::new(IdentityDirectory::new(store.clone(), Arc::clone(&sealer)));
        let events = Arc::new(MemoryLog::default());
        let trunks = Trunks { store, events, sealer, clock: Arc::<MovableClock>::clone(&clock) };
        let settings = Settings {
            mode,
            account: place(HERE).account,
            region: Region::us_east_1(),
            node: "test".into(),
            for_services: Default::default(),
        };
        let relay = Room { service: &RELAY, handlers: RELAY_HANDLERS, resolver: nothing };
        let door = Door::open(vec![iam(), sts_room(), relay], trunks, directory, Arc::new(Alone), settings);
        let stranger = admins.pop().unwrap();
        Self { door, clock, admin: admins.pop().unwrap(), stranger }
    }

    /// A root user's long-term key.
    pub(super) async fn root_key(&self) -> Keys {
        let keys = Keys { id: "AKIAROOTROOTROOTROOT".into(), secret: "s".repeat(40), token: None };
        let (place, now) = (place(HERE), self.clock.now());
        let sealer = &self.door.trunks().sealer;
        let key = AccessKey::new(sealer, &keys.id, &keys.secret, &place, KeyOwner::Root, now).unwrap();
        let mut changes = Changes::new(now);
        changes.create(&Store::global(), keys.id.clone(), key);
        self.door.trunks().store.commit(changes).await.unwrap();
        keys
    }

    pub(super) async fn iam(&self, keys: &Keys, operation: &str, input: &[(&str, &str)]) -> Answer {
        self.call(keys, "iam", "2010-05-08", operation, input).await
    }

    pub(super) async fn sts(&self, keys: &Keys, operation: &str, input: &[(&str, &str)]) -> Answer {
        self.call(keys, "sts", "2011-06-15", operation, input).await
    }

    pub(super) async fn call(
        &self,
        keys: &Keys,
        service: &str,
        version: &str,
        operation: &str,
        input: &[(&str, &str)],
    ) -> Answer {
        let encoded = |text: &str| crate::encoding::url_encoded(text);
        let mut body = format!("Action={operation}&Version={version}");
        for (name, value) in input {
            body.push_str(&format!("&{}={}", encoded(name), encoded(value)));
        }
        let request = http::Request::post("/")
            .header("host", format!("{service}.amazonaws.com"))
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let signer = Signer {
            access_key_id: &keys.id,
            secret: &keys.secret,
            session_token: keys.token.as_deref(),
            region: "us-east-1",
            service,
        };
        signer.sign(&mut parts, SignedBody::Whole(body.as_bytes()), self.clock.now()).unwrap();
        let response = Arc::clone(&self.door).answer(parts, Bytes::from(body), Origin::default()).await;
        let status = response.status().as_u16();
        Answer(status, String::from_utf8(response.into_body().to_vec()).unwrap())
    }

    /// A role that trusts as this document says.
    pub(super) async fn role(&self, keys: &Keys, name: &str, trust: &str) -> String {
        let input = [("RoleName", name), ("AssumeRolePolicyDocument", trust)];
        let made = self.iam(keys, "CreateRole", &input).await.ok();
        made.text("Arn").to_owned()
    }

    /// A user with one access key and this policy.
    pub(super) async fn user(&self, name: &str, policy: &str) -> Keys {
        self.iam(&self.admin, "CreateUser", &[("UserName", name)]).await.ok();
        let input = [("UserName", name), ("PolicyName", "p"), ("PolicyDocument", policy)];
        self.iam(&self.admin, "PutUserPolicy", &input).await.ok();
        self.iam(&self.admin, "CreateAccessKey", &[("UserName", name)]).await.ok().keys()
    }

    pub(super) async fn assume(&self, keys: &Keys, role: &str, more: &[(&str, &str)]) -> Answer {
        let input = [("RoleArn", role), ("RoleSessionName", "session")];
        self.sts(keys, "AssumeRole", &[&input, more].concat()).await
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Answer {
    pub(super) fn ok(self) -> Self {
        assert_eq!(self.0, 200, "{}", self.1);
        self
    }

    /// The message of a refusal with this code.
    pub(super) fn refused(&self, code: &str) -> String {
        assert_eq!(self.text("Code"), code, "{}", self.1);
        self.text("Message").to_owned()
    }

    /// The text of the first element of this name; empty when there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let part = self.1.split(open.as_str()).nth(1).unwrap_or_default();
        part.split(close.as_str()).next().unwrap_or_default()
    }

    pub(super) fn keys(&self) -> Keys {
        let token = self.text("SessionToken");
        Keys {
            id: self.text("AccessKeyId").to_owned(),
            secret: self.text("SecretAccessKey").to_owned(),
            token: (!token.is_empty()).then(|| token.to_owned()),
        }
    }
}

pub(super) fn place(account: &str) -> Place {
    Place::new(AccountId::parse(account).unwrap(), Region::us_east_1())
}

pub(super) fn sealer() -> Sealer {
    let root = RootSource::Bytes(Zeroizing::new("07".repeat(32)));
    Sealer::open(&root, Arc::new(MemoryKeyring::default()), Timestamp::from_seconds(0)).unwrap()
}

/// A policy with one statement that allows something.
pub(super) fn allow(action: &str, rest: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{action}{rest}}}]}}"#)
}

/// A trust policy.
pub(super) fn trust(principal: &str, action: &str, rest: &str) -> String {
    allow(action, &format!(r#","Principal":{principal}{rest}"#))
}

shapes! {
    Text = string();
    RelayRequest = structure(&[member("RoleArn", &Text).required()]);
}
operations! {
    Relay = operation(Access::Write).input(&RelayRequest).wrapped("RelayResult");
}

/// A service that assumes, as itself, the role that it is told.
static RELAY: Service =
    service("relay", "relay.amazonaws.com").speaks("1", &[Protocol::Query]).operations(&[&Relay], &[]);
static RELAY_HANDLERS: &[(&Operation, Handler)] = &[(&Relay, handler!(relay))];

async fn relay(call: &mut Permitted) -> Result<Document, Failure> {
    let input =
        Document::new().with("RoleArn", call.input().text("RoleArn")).with("RoleSessionName", "relay");
    call.call_as_service(call.place(), &sts_rows::AssumeRole, input).await?;
    Ok(Document::new())
}

fn nothing<'a>(_: &'a Asking<'a>, _: &'a Target) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    Box::pin(async { Ok(Vec::new()) })
}
