use bastide_ids::{AccountId, Partition};
use bastide_policy::{
    Attached, ContextMap, ContextSource, Layers, Policy, PolicyKind, Principal, Request, decide,
};

pub(crate) const OWN: &str = "111122223333";
pub(crate) const OTHER: &str = "444455556666";
pub(crate) const BUCKET: &str = "arn:aws:s3:::bucket/key";

pub(crate) fn account(text: &str) -> AccountId {
    AccountId::parse(text).unwrap()
}

pub(crate) fn user() -> Principal {
    Principal::User {
        account: account(OWN),
        arn: format!("arn:aws:iam::{OWN}:user/team/alice"),
        name: "alice".into(),
        id: "AIDAALICE0000000000000".into(),
    }
}

pub(crate) fn role_session() -> Principal {
    Principal::AssumedRole {
        account: account(OWN),
        role_arn: format!("arn:aws:iam::{OWN}:role/path/reader"),
        session_arn: format!("arn:aws:sts::{OWN}:assumed-role/reader/bob"),
        role_id: "AROAREADER000000000000".into(),
        user_id: "AROAREADER000000000000:bob".into(),
    }
}

pub(crate) fn federated_user() -> Principal {
    Principal::FederatedUser {
        account: account(OWN),
        arn: format!("arn:aws:sts::{OWN}:federated-user/carol"),
        issuer_arn: format!("arn:aws:iam::{OWN}:user/team/alice"),
        user_id: format!("{OWN}:carol"),
    }
}

pub(crate) fn root() -> Principal {
    Principal::root(Partition::Aws, account(OWN))
}

pub(crate) fn service() -> Principal {
    Principal::Service { name: "cloudtrail.amazonaws.com".into() }
}

/// A policy of these statements, written as JSON without the outer brackets.
pub(crate) fn policy(kind: PolicyKind, statements: &str) -> Policy {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Policy::parse(&text, kind).unwrap_or_else(|refusal| panic!("{refusal}: {text}"))
}

pub(crate) fn attached(name: &str, kind: PolicyKind, statements: &str) -> Attached {
    Attached::new(name, policy(kind, statements))
}

pub(crate) fn request<'a>(principal: &'a Principal, context: &'a dyn ContextSource) -> Request<'a> {
    Request {
        principal,
        action: "s3:GetObject",
        resource: BUCKET,
        resource_account: Some(account(OWN)),
        context,
    }
}

/// Whether one identity policy allows a user this action on this resource.
pub(crate) fn allows(statement: &str, action: &str, resource: &str, context: &ContextMap) -> bool {
    let identity = [attached("test", PolicyKind::Identity, statement)];
    let user = user();
    let request = Request { action, resource, ..request(&user, context) };
    decide(&request, &Layers { identity: &identity, ..Layers::default() }).is_allowed()
}
