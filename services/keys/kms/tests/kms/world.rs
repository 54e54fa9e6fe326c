use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bastide_api_kms::{operations as row, shapes as kms};
use bastide_door::{
    Caller, CallerPolicies, Credential, Directory, Door, Failure, Handler, Mode, Organization, Origin,
    Permitted, Resource, Room, Session, Settings, Standing, Trunks, handler,
};
use bastide_events::MemoryLog;
use bastide_ids::{AccountId, Clock, MovableClock, Place, Region, Timestamp};
use bastide_policy::{Attached, Policy, PolicyKind, Principal};
use bastide_resources::Store;
use bastide_seal::{MemoryKeyring, RootSource, Sealer};
use bastide_shape::{
    Access, Document, Operation, Protocol, Service, Shape, member, operation, operations, service, shapes,
    structure,
};
use bytes::Bytes;
use futures_core::future::BoxFuture;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// The account that most tests play in; its root user calls under this access key.
pub(crate) const ACCOUNT: &str = "111122223333";
/// Another account.
pub(crate) const OTHER: &str = "444455556666";
pub(crate) const REGION: &str = "us-east-1";

/// A door with KMS behind it, and a service that uses KMS for its callers.
pub(crate) struct World {
    pub(crate) door: Arc<Door>,
    pub(crate) clock: Arc<MovableClock>,
    people: Arc<People>,
}

/// What a call came to: the answer, or the error's code and message.
pub(crate) type Answer = Result<Value, (String, String)>;

impl World {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(MovableClock::default());
        let root = RootSource::Bytes(Zeroizing::new("42".repeat(32)));
        let sealer = Sealer::open(&root, Arc::new(MemoryKeyring::default()), clock.now()).unwrap();
        let trunks = Trunks {
            store: Store::temporary().unwrap(),
            events: Arc::new(MemoryLog::new()),
            sealer: Arc::new(sealer),
            clock: clock.clone(),
        };
        let people = Arc::new(People::default());
        let settings = Settings {
            mode: Mode::Dev,
            account: AccountId::parse(ACCOUNT).unwrap(),
            region: Region::us_east_1(),
            node: "test".to_owned(),
            for_services: Default::default(),
        };
        let rooms = vec![bastide_kms::room(), vault()];
        let door = Door::open(rooms, trunks, people.clone(), Arc::new(NoOrganization), settings);
        Self { door, clock, people }
    }

    /// Makes a user with an identity policy, who calls under the access key `AKIA` and the name.
    pub(crate) fn user(&self, account: &str, name: &str, policy: Option<Value>) -> String {
        let id = AccountId::parse(account).unwrap();
        let arn = format!("arn:aws:iam::{account}:user/{name}");
        let principal = Principal::User {
            account: id,
            arn: arn.clone(),
            name: name.to_owned(),
            id: format!("AIDA{name}"),
        };
        self.people.add(&format!("AKIA{name}"), principal, None, policy);
        arn
    }

    /// Makes a session of a role, which calls under the access key `ASIA` and the role's name.
    pub(crate) fn role(&self, account: &str, name: &str, policy: Option<Value>) -> String {
        let id = AccountId::parse(account).unwrap();
        let role_arn = format!("arn:aws:iam::{account}:role/{name}");
        let principal = Principal::AssumedRole {
            account: id,
            role_arn: role_arn.clone(),
            session_arn: format!("arn:aws:sts::{account}:assumed-role/{name}/session"),
            role_id: format!("AROA{name}"),
            user_id: format!("AROA{name}:session"),
        };
        let now = self.clock.now();
        let session = Session {
            issued: now,
            expires: now.plus(std::time::Duration::from_secs(1 << 30)),
            mfa: None,
            tags: Vec::new(),
            source_identity: None,
            issuer_id: String::new(),
            kept: None,
        };
        self.people.add(&format!("ASIA{name}"), principal, Some(session), policy);
        role_arn
    }

    /// Calls an operation of KMS.
    pub(crate) async fn call(&self, who: &str, operation: &str, input: Value) -> Answer {
        self.call_in(REGION, who, operation, input).await
    }

    pub(crate) async fn call_in(&self, region: &str, who: &str, operation: &str, input: Value) -> Answer {
        self.send(region, who, &format!("TrentService.{operation}"), &input).await
    }

    /// Calls an operation of KMS through the service, with the caller's identity forwarded.
    pub(crate) async fn through(&self, who: &str, operation: &str, input: Value) -> Answer {
        self.send(REGION, who, &format!("Vault.{operation}"), &input).await
    }

    /// A call that is expected to succeed.
    pub(crate) async fn done(&self, who: &str, operation: &str, input: Value) -> Value {
        match self.call(who, operation, input).await {
            Ok(answer) => answer,
            Err((code, message)) => panic!("{operation}: {code}: {message}"),
        }
    }

    /// The code of the error of a call that is expected to fail.
    pub(crate) async fn refused(&self, who: &str, operation: &str, input: Value) -> String {
        self.call(who, operation, input).await.expect_err(operation).0
    }

    /// A new key of the account: its id.
    pub(crate) async fn key(&self) -> String {
        let answer = self.done(ACCOUNT, "CreateKey", json!({})).await;
        answer["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    }

    /// A new key with a key policy: its id.
    pub(crate) async fn key_with(&self, policy: &Value) -> String {
        let input = json!({ "Policy": policy.to_string(), "BypassPolicyLockoutSafetyCheck": true });
        let answer = self.done(ACCOUNT, "CreateKey", input).await;
        answer["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    }

    pub(crate) fn days(&self, days: u64) {
        self.clock.advance(std::time::Duration::from_secs(days * 86_400));
    }

    async fn send(&self, region: &str, who: &str, target: &str, input: &Value) -> Answer {
        let date = self.clock.now().basic();
        let scope = format!("{who}/{}/{region}/kms/aws4_request", &date[..8]);
        let zeros = "0".repeat(64);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date;x-amz-target, Signature={zeros}"
        );
        let request = http::Request::post("/")
            .header("host", "localhost:4566")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-date", date)
            .header("x-amz-target", target)
            .header("authorization", authorization)
            .body(())
            .unwrap();
        let (parts, ()) = request.into_parts();
        let response =
            self.door.clone().answer(parts, Bytes::from(input.to_string()), Origin::default()).await;
        let body: Value = if response.body().is_empty() {
            json!({})
        } else {
            serde_json::from_slice(response.body()).unwrap()
        };
        if response.status().is_success() {
            return Ok(body);
        }
        let code = body["__type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned();
        let message = body["message"].as_str().or_else(|| body["Message"].as_str()).unwrap_or_default();
        Err((code, message.to_owned()))
    }
}

/// The ARN of a key of the account.
pub(crate) fn arn(key: &str) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{key}")
}

/// A policy of one statement that allows actions on everything.
pub(crate) fn allow(actions: &[&str]) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }],
    })
}

/// A key policy of one statement that allows a principal actions.
pub(crate) fn trust(principal: &str, actions: &[&str]) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": actions, "Resource": "*" }],
    })
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    BASE64.decode(value.as_str().unwrap()).unwrap()
}

/// Runs futures side by side.
pub(crate) async fn side_by_side<F: Future>(count: usize, make: impl Fn(usize) -> F) -> Vec<F::Output> {
    let mut running: Vec<_> = (0..count).map(|n| Some(Box::pin(make(n)))).collect();
    let mut done: Vec<Option<F::Output>> = (0..count).map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (slot, out) in running.iter_mut().zip(&mut done) {
            if let Some(future) = slot
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *out = Some(output);
                *slot = None;
            }
        }
        if running.iter().all(Option::is_none) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[derive(Default)]
struct People(Mutex<HashMap<String, (Arc<Caller>, CallerPolicies)>>);

impl People {
    fn add(&self, key: &str, principal: Principal, session: Option<Session>, policy: Option<Value>) {
        let account = principal.account().unwrap();
        let caller = Caller { principal, account, access_key_id: Some(key.to_owned()), session };
        let parse = |policy: Value| {
            Attached::new("test", Policy::parse(&policy.to_string(), PolicyKind::Identity).unwrap())
        };
        let policies =
            CallerPolicies { identity: policy.map(parse).into_iter().collect(), ..Default::default() };
        self.0.lock().unwrap().insert(key.to_owned(), (Arc::new(caller), policies));
    }
}

impl Directory for People {
    fn credential<'a>(
        &'a self,
        access_key_id: &'a str,
        _session_token: Option<&'a str>,
        _now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>, Failure>> {
        let found = self.0.lock().unwrap().get(access_key_id).map(|(caller, _)| {
            Arc::new(Credential { secret: Zeroizing::default(), caller: caller.clone(), expires: None })
        });
        Box::pin(async { Ok(found) })
    }

    fn policies<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<CallerPolicies, Failure>> {
        let key = caller.access_key_id.as_deref().unwrap_or_default();
        let found = self.0.lock().unwrap().get(key).map(|(_, policies)| policies.clone());
        Box::pin(async { Ok(found.unwrap_or_default()) })
    }

    fn may_exist<'a>(&'a self, arn: &'a str) -> BoxFuture<'a, Result<bool, Failure>> {
        Box::pin(async move { Ok(!arn.contains("nobody")) })
    }

    fn used(&self, _access_key_id: &str, _service: &'static str, _region: &str, _now: Timestamp) {}
}

struct NoOrganization;

impl Organization for NoOrganization {
    fn standing<'a>(&'a self, _account: AccountId) -> BoxFuture<'a, Result<Standing, Failure>> {
        Box::pin(async { Ok(Standing::default()) })
    }
}

/// A service that forwards to KMS under the name of Secrets Manager.
fn vault() -> Room {
    static HANDLERS: &[(&Operation, Handler)] = &[
        (&GenerateDataKey, handler!(forward)),
        (&Decrypt, handler!(forward)),
        (&CreateGrant, handler!(forward)),
        (&OwnEncrypt, handler!(own_encrypt)),
        (&Keep, handler!(keep)),
        (&Promise, handler!(promise)),
    ];
    Room {
        service: &VAULT,
        handlers: HANDLERS,
        resolver: |_, _| Box::pin(async { Ok(vec![Resource::any()]) }),
    }
}

static VAULT: Service = service("vault", "secretsmanager.amazonaws.com")
    .speaks("2017-10-17", &[Protocol::Json11])
    .target_prefix("Vault")
    .operations(&[&GenerateDataKey, &Decrypt, &CreateGrant, &OwnEncrypt, &Keep, &Promise], &[]);

operations! {
    GenerateDataKey = forwarded(&kms::GenerateDataKeyRequest, &kms::GenerateDataKeyResponse);
    Decrypt = forwarded(&kms::DecryptRequest, &kms::DecryptResponse);
    CreateGrant = forwarded(&kms::CreateGrantRequest, &kms::CreateGrantResponse);
    OwnEncrypt = forwarded(&OwnEncryptRequest, &OwnEncryptRequest);
    Keep = forwarded(&KeepRequest, &KeepRequest);
    Promise = forwarded(&KeepRequest, &KeepRequest);
}

shapes! {
    OwnEncryptRequest = structure(&[]);
    KeepRequest = structure(&[member("KeyId", &kms::KeyIdType), member("Name", &kms::KeyIdType)]);
}

const fn forwarded(input: &'static Shape, output: &'static Shape) -> Operation {
    operation(Access::Write).input(input).output(output).unauthorized()
}

async fn forward(call: &mut Permitted) -> Result<Document, Failure> {
    let operation = match call.operation().name {
        "GenerateDataKey" => &row::GenerateDataKey,
        "Decrypt" => &row::Decrypt,
        _ => &row::CreateGrant,
    };
    call.call(operation, call.input().clone()).await
}

/// Encrypts under the key that the service owns, for itself.
async fn own_encrypt(call: &mut Permitted) -> Result<Document, Failure> {
    let place = Place::new(call.caller().account, call.place().region.clone());
    let input = Document::new().with("KeyId", "alias/aws/owned/secretsmanager").with("Plaintext", &b"x"[..]);
    let sealed = call.call_as_service(&place, &row::Encrypt, input).await?;
    let key = sealed.text("KeyId").to_owned();
    let input = Document::new().with("CiphertextBlob", sealed.blob("CiphertextBlob").unwrap_or_default());
    call.call_as_service(&place, &row::Decrypt, input).await?;
    call.record_data("key", key);
    Ok(Document::new())
}

/// Keeps something under a caller's key, and looks at it again.
async fn keep(call: &mut Permitted) -> Result<Document, Failure> {
    let (key, name) = (call.input().text("KeyId"), call.input().text("Name"));
    let context = [("name", name)];
    let lock = call.lock();
    let data_key = lock.data_key(key, &context).await?;
    assert_eq!(*lock.decrypt(&data_key.ciphertext, &context).await?, *data_key.plaintext);
    let sealed = lock.encrypt(&data_key.key, &context, b"kept").await?;
    assert_eq!(*lock.decrypt(&sealed, &context).await?, b"kept");
    assert!(lock.decrypt(&sealed, &[("name", "another")]).await.is_err());
    Ok(Document::new().with("KeyId", data_key.key))
}

/// Makes a grant to the service, uses the key as the service, and gives the grant back.
async fn promise(call: &mut Permitted) -> Result<Document, Failure> {
    let (key, context) = (call.input().text("KeyId"), [("name", call.input().text("Name"))]);
    let sealed = call.lock().encrypt(key, &context, b"kept").await?;
    let grant = call.lock().grant(key, &["Decrypt", "RetireGrant"], &context).await?;
    let own = call.own_lock(call.place());
    assert_eq!(*own.decrypt(&sealed, &context).await?, b"kept");
    own.retire(key, &grant).await?;
    Ok(Document::new().with("KeyId", key).with("Name", grant))
}
