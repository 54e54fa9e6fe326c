//! A door with IAM behind it, spoken to as a client would.

use std::sync::Arc;
use std::time::Duration;

use bastide_door::{Directory, Door, Failure, Mode, Organization, Origin, Settings, Standing, Trunks};
use bastide_events::MemoryLog;
use bastide_ids::{AccountId, Clock, MovableClock, Place, Region, Timestamp};
use bastide_resources::Store;
use bastide_seal::{MemoryKeyring, RootSource, Sealer};
use bastide_sigv4::{SignedBody, Signer};
use bytes::Bytes;
use futures_core::future::BoxFuture;
use zeroize::Zeroizing;

use crate::{IdentityDirectory, bootstrap, iam, shown};

pub(super) const ACCOUNT: &str = "111122223333";

/// A pair of access key id and secret.
pub(super) type Keys = (String, String);

pub(super) struct World {
    pub(super) door: Arc<Door>,
    pub(super) directory: Arc<IdentityDirectory>,
    pub(super) clock: Arc<MovableClock>,
    pub(super) store: Store,
    pub(super) place: Place,
    pub(super) admin: Keys,
}

/// An answer: its status and its XML.
pub(super) struct Answer(pub(super) u16, pub(super) String);

struct Alone;

impl Organization for Alone {
    fn standing<'a>(&'a self, _account: AccountId) -> BoxFuture<'a, Result<Standing, Failure>> {
        Box::pin(async { Ok(Standing::default()) })
    }
}

impl World {
    pub(super) async fn new() -> Self {
        let clock = Arc::new(MovableClock::default());
        clock.set(Timestamp::parse_iso8601("2026-11-21T09:30:00Z").unwrap());
        let store = Store::temporary().unwrap();
        let root = RootSource::Bytes(Zeroizing::new("07".repeat(32)));
        let sealer = Arc::new(Sealer::open(&root, Arc::new(MemoryKeyring::default()), clock.now()).unwrap());
        let place = Place::new(AccountId::parse(ACCOUNT).unwrap(), Region::us_east_1());
        let first = bootstrap(&store, &sealer, &place, clock.now(), None).await.unwrap().unwrap();
        let again = bootstrap(&store, &sealer, &place, clock.now(), None).await.unwrap().unwrap();
        assert_eq!(again.access_key_id, first.access_key_id, "credentials are made once");
        assert_eq!(again.secret_access_key, first.secret_access_key);
        shown(&store, &place, clock.now()).await.unwrap();
        let again = bootstrap(&store, &sealer, &place, clock.now(), None).await.unwrap();
        assert!(again.is_none(), "credentials that were shown are not given again");
        let directory = Arc::new(IdentityDirectory::new(store.clone(), Arc::clone(&sealer)));
        let trunks = Trunks {
            store: store.clone(),
            events: Arc::new(MemoryLog::default()),
            sealer,
            clock: Arc::<MovableClock>::clone(&clock),
        };
        let settings = Settings {
            mode: Mode::Strict,
            account: place.account,
            region: Region::us_east_1(),
            node: "test".into(),
            for_services: Default::default(),
        };
        let door = Door::open(
            vec![iam()],
            trunks,
            Arc::<IdentityDirectory>::clone(&directory),
            Arc::new(Alone),
            settings,
        );
        let admin = (first.access_key_id, first.secret_access_key.to_string());
        Self { door, directory, clock, store, place, admin }
    }

    /// Calls an operation with the first user's credentials.
    pub(super) async fn admin(&self, operation: &str, input: &[(&str, &str)]) -> Answer {
        self.call(&self.admin, operation, input).await
    }

    /// As [`Self::admin`]; the call must succeed.
    pub(super) async fn ok(&self, operation: &str, input: &[(&str, &str)]) -> Answer {
        let answer = self.admin(operation, input).await;
        assert_eq!(answer.0, 200, "{operation}: {}", answer.1);
        answer
    }

    /// As [`Self::admin`]; the call must fail with this code. Gives the message.
    pub(super) async fn fails(&self, operation: &str, input: &[(&str, &str)], code: &str) -> String {
        let answer = self.admin(operation, input).await;
        assert_eq!(answer.text("Code"), code, "{operation}: {}", answer.1);
        answer.text("Message").to_owned()
    }

    pub(super) async fn call(&self, keys: &Keys, operation: &str, input: &[(&str, &str)]) -> Answer {
        let encoded = |text: &str| crate::encoding::url_encoded(text);
        let mut body = format!("Action={operation}&Version=2010-05-08");
        for (name, value) in input {
            body.push_str(&format!("&{}={}", encoded(name), encoded(value)));
        }
        let request = http::Request::post("/")
            .header("host", "iam.amazonaws.com")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let signer = Signer {
            access_key_id: &keys.0,
            secret: &keys.1,
            session_token: None,
            region: "us-east-1",
            service: "iam",
        };
        signer.sign(&mut parts, SignedBody::Whole(body.as_bytes()), self.clock.now()).unwrap();
        let response = Arc::clone(&self.door).answer(parts, Bytes::from(body), Origin::default()).await;
        let status = response.status().as_u16();
        Answer(status, String::from_utf8(response.into_body().to_vec()).unwrap())
    }

    /// A user with one access key.
    pub(super) async fn user(&self, name: &str) -> Keys {
        self.ok("CreateUser", &[("UserName", name)]).await;
        let key = self.ok("CreateAccessKey", &[("UserName", name)]).await;
        (key.text("AccessKeyId").to_owned(), key.text("SecretAccessKey").to_owned())
    }

    pub(super) async fn knows(&self, keys: &Keys) -> bool {
        self.directory.credential(&keys.0, None, self.clock.now()).await.unwrap().is_some()
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Answer {
    /// The text of the first element of this name; empty when there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.texts(name).first().copied().unwrap_or_default()
    }

    /// The texts of all elements of this name.
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let parts = self.1.split(open.as_str()).skip(1);
        parts.map(|part| part.split(close.as_str()).next().unwrap_or_default()).collect()
    }
}
