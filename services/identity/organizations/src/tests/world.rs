//! A door with Organizations behind it, and an IAM that only remembers roles.

use std::sync::Arc;

use bastide_api_iam::{IAM, operations as iam};
use bastide_door::{
    Asking, Caller, CallerPolicies, Credential, Directory, Door, Failure, Handler, Mode, Organization as _,
    Origin, Permitted, Resource, Room, Settings, Standing, Trunks, handler,
};
use bastide_events::MemoryLog;
use bastide_ids::{AccountId, MovableClock, Partition, Place, Region, Timestamp};
use bastide_policy::{Attached, Policy, PolicyKind, Principal};
use bastide_resources::Store;
use bastide_seal::{MemoryKeyring, RootSource, Sealer};
use bastide_shape::{Document, Operation, Target};
use futures_core::future::BoxFuture;
use serde_json::{Value, json};

use crate::StoredOrganization;

pub(super) const MANAGEMENT: &str = "111111111111";
pub(super) const STRANGER: &str = "222222222222";

/// A door, its store and what the organization says.
pub(super) struct World {
    door: Arc<Door>,
    pub(super) store: Store,
    organization: StoredOrganization,
}

impl World {
    pub(super) fn new() -> Self {
        let store = Store::temporary().unwrap();
        let root = RootSource::Bytes("00".repeat(32).into());
        let clock = Arc::new(MovableClock::default());
        let now = Timestamp::from_seconds(1_795_000_000);
        clock.set(now);
        let sealer = Sealer::open(&root, Arc::new(MemoryKeyring::default()), now).unwrap();
        let trunks = Trunks {
            store: store.clone(),
            events: Arc::new(MemoryLog::new()),
            sealer: Arc::new(sealer),
            clock,
        };
        let settings = Settings {
            mode: Mode::Dev,
            account: AccountId::from_number(0),
            region: Region::us_east_1(),
            node: "test".into(),
            for_services: Default::default(),
        };
        let rooms = vec![crate::room(), Room { service: &IAM, handlers: IAM_HANDLERS, resolver: everything }];
        let organization = Arc::new(StoredOrganization::new(store.clone()));
        let door = Door::open(rooms, trunks, Arc::new(Nobody), organization, settings);
        Self { door, organization: StoredOrganization::new(store.clone()), store }
    }

    pub(super) async fn with_organization() -> Self {
        let world = Self::new();
        world.ok(MANAGEMENT, "CreateOrganization", json!({})).await;
        world
    }

    /// What an account's root user (or `KEY/ACCOUNT`'s user) is answered.
    pub(super) async fn call(&self, account: &str, operation: &str, input: Value) -> (u16, Value) {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={account}/20261121/us-east-1/organizations/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature={}",
            "0".repeat(64)
        );
        let request = http::Request::post("/")
            .header("host", "localhost")
            .header("x-amz-date", "20261121T093000Z")
            .header("authorization", authorization)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("AWSOrganizationsV20161128.{operation}"))
            .body(())
            .unwrap();
        let body = bytes::Bytes::from(input.to_string());
        let answer = Arc::clone(&self.door).answer(request.into_parts().0, body, Origin::default()).await;
        let body =
            if answer.body().is_empty() { json!({}) } else { serde_json::from_slice(answer.body()).unwrap() };
        (answer.status().as_u16(), body)
    }

    pub(super) async fn ok(&self, account: &str, operation: &str, input: Value) -> Value {
        let (status, body) = self.call(account, operation, input).await;
        assert_eq!(status, 200, "{operation}: {body}");
        body
    }

    pub(super) async fn refusal(&self, account: &str, operation: &str, input: Value) -> Value {
        let (status, body) = self.call(account, operation, input).await;
        assert_eq!(status, 400, "{operation}: {body}");
        body
    }

    /// The error's name.
    pub(super) async fn refused(&self, account: &str, operation: &str, input: Value) -> String {
        let body = self.refusal(account, operation, input).await;
        body["__type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned()
    }

    pub(super) async fn root(&self) -> String {
        let roots = self.ok(MANAGEMENT, "ListRoots", json!({})).await;
        roots["Roots"][0]["Id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn unit(&self, parent: &str, name: &str) -> String {
        let ask = json!({ "ParentId": parent, "Name": name });
        let made = self.ok(MANAGEMENT, "CreateOrganizationalUnit", ask).await;
        made["OrganizationalUnit"]["Id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn account(&self, email: &str) -> String {
        let made =
            self.ok(MANAGEMENT, "CreateAccount", json!({ "Email": email, "AccountName": "a name" })).await;
        made["CreateAccountStatus"]["AccountId"].as_str().unwrap().to_owned()
    }

    pub(super) async fn policy(&self, kind: &str, name: &str, content: &str) -> String {
        let ask = json!({ "Type": kind, "Name": name, "Description": "", "Content": content });
        let made = self.ok(MANAGEMENT, "CreatePolicy", ask).await;
        made["Policy"]["PolicySummary"]["Id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn standing(&self, account: &str) -> Standing {
        self.organization.standing(AccountId::parse(account).unwrap()).await.unwrap()
    }

    /// The policies of a role in an account.
    pub(super) async fn role(&self, account: &str, name: &str) -> Option<Role> {
        let place = Place::new(AccountId::parse(account).unwrap(), Region::us_east_1());
        self.store.find::<Role>(&place, name).await.unwrap().map(|role| role.value.clone())
    }
}

/// Knows one user, whose key is `AKIAUSER` and who may do one thing, and nobody else.
struct Nobody;

impl Directory for Nobody {
    fn credential<'a>(
        &'a self,
        id: &'a str,
        _token: Option<&'a str>,
        _now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>, Failure>> {
        let account = AccountId::parse(MANAGEMENT).unwrap();
        let principal = Principal::User {
            account,
            arn: format!("arn:aws:iam::{account}:user/u"),
            name: "u".into(),
            id: "AIDAUSER".into(),
        };
        let caller = Caller { principal, ..Caller::root(account, Partition::Aws, Some(id.to_owned())) };
        let credential = Credential { secret: String::new().into(), caller: Arc::new(caller), expires: None };
        let found = (id == "AKIAUSER").then(|| Arc::new(credential));
        Box::pin(async move { Ok(found) })
    }

    fn policies<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<CallerPolicies, Failure>> {
        let mut policies = CallerPolicies::default();
        if matches!(caller.principal, Principal::User { .. }) {
            let text = r#"{"Version":"2012-10-17","Statement":{
                "Effect":"Allow","Action":"organizations:CreatePolicy","Resource":"*",
                "Condition":{"StringEquals":{"organizations:PolicyType":"TAG_POLICY"}}}}"#;
            policies.identity = vec![Attached::new("p", Policy::parse(text, PolicyKind::Identity).unwrap())];
        }
        Box::pin(async move { Ok(policies) })
    }

    fn may_exist<'a>(&'a self, arn: &'a str) -> BoxFuture<'a, Result<bool, Failure>> {
        Box::pin(async move { Ok(!arn.contains("nobody")) })
    }

    fn used(&self, _: &str, _: &'static str, _: &str, _: Timestamp) {}
}

/// A role that was made, with its trust policy and what was attached to it.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct Role {
    pub(super) trust: String,
    pub(super) attached: Vec<String>,
}

impl bastide_resources::Resource for Role {
    const TYPE: &'static str = "test.role";
}

static IAM_HANDLERS: &[(&Operation, Handler)] =
    &[(&iam::CreateRole, handler!(create_role)), (&iam::AttachRolePolicy, handler!(attach_role_policy))];

async fn create_role(call: &mut Permitted) -> Result<Document, Failure> {
    let (place, input) = (call.place().clone(), call.input().clone());
    let role = Role { trust: input.text("AssumeRolePolicyDocument").into(), attached: Vec::new() };
    call.changes().create(&place, input.text("RoleName"), role);
    Ok(Document::new())
}

async fn attach_role_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let name = call.input().text("RoleName").to_owned();
    let found = call.store().find::<Role>(call.place(), &name).await?.unwrap();
    let mut role = found.value.clone();
    role.attached.push(call.input().text("PolicyArn").to_owned());
    call.changes().update(&found, role);
    Ok(Document::new())
}

fn everything<'a>(_: &'a Asking<'a>, _: &'a Target) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    Box::pin(async { Ok(vec![Resource::any()]) })
}
