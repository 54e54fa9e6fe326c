//! Key policies: GetKeyPolicy, PutKeyPolicy, ListKeyPolicies. A key has one, named `default`.

use bastide_api_kms::errors::MalformedPolicyDocumentException;
use bastide_door::{Failure, Permitted, Resource};
use bastide_ids::Place;
use bastide_policy::{
    Attached, Fault, Layers, NamedPrincipal, Policy, PolicyKind, Request, ResourceRule, decide,
};
use bastide_resources::Stored;
use bastide_shape::Document;

use crate::paging::Paging;
use crate::refusal;
use crate::resolve::of_key;
use crate::stored::Key;

/// The one name that a key policy has.
const NAME: &str = "default";
/// The quota on a key policy's size, in bytes.
const LARGEST: usize = 32_768;
const INVALID_PRINCIPALS: &str = "Policy contains a statement with one or more invalid principals.";

/// GetKeyPolicy: the key policy as it was given.
///
/// # Errors
/// `NotFoundException` for a policy of another name.
pub(crate) async fn get_key_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    check_name(call.input())?;
    Ok(Document::new().with("Policy", &key.policy).with("PolicyName", NAME))
}

/// PutKeyPolicy: replaces the key policy.
///
/// # Errors
/// `LimitExceededException`, `MalformedPolicyDocumentException`.
pub(crate) async fn put_key_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    check_name(call.input())?;
    let mut key = read.value.clone();
    call.input().text("Policy").clone_into(&mut key.policy);
    let compiled = compile(call, &key.policy).await?;
    check_lockout(call, Resource { policy: Some(compiled), ..of_key(&read) }).await?;
    call.changes().update(&read, key);
    Ok(Document::new())
}

/// ListKeyPolicies: their names.
///
/// # Errors
/// `InvalidMarkerException`.
pub(crate) async fn list_key_policies(call: &mut Permitted) -> Result<Document, Failure> {
    Paging::of(call, 100, 1000)?;
    Ok(Document::new().with("PolicyNames", &[NAME][..]).with("Truncated", false))
}

/// The policy of a key that is made without one: the account decides, by its identity policies.
pub(crate) fn default_policy(place: &Place) -> String {
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "{}"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#,
        root_arn(place)
    )
}

/// The ARN that stands for a whole account in policies.
pub(crate) fn root_arn(place: &Place) -> String {
    place.global_arn("iam", "root")
}

/// Reads a key policy.
///
/// # Errors
/// `MalformedPolicyDocumentException`, `LimitExceededException`.
pub(crate) async fn compile(call: &Permitted, text: &str) -> Result<Attached, Failure> {
    if text.len() > LARGEST {
        let message = format!("The key policy has {} bytes; it may have {LARGEST}.", text.len());
        return Err(refusal::limit_exceeded(message));
    }
    let policy = Policy::parse(text, PolicyKind::Resource).map_err(|error| match error.fault() {
        Fault::Principal => malformed(INVALID_PRINCIPALS),
        _ => malformed(error.message()),
    })?;
    for principal in policy.principals() {
        if let NamedPrincipal::Arn(arn) = principal
            && !call.principal_may_exist(arn).await?
        {
            return Err(malformed(INVALID_PRINCIPALS));
        }
    }
    Ok(Attached::new(NAME, policy))
}

/// Refuses a key policy that would not let the caller change it again, unless the request bypasses this. As AWS
/// does, it asks whether the policy names the caller, or leaves it to the account.
///
/// # Errors
/// `MalformedPolicyDocumentException`.
pub(crate) async fn check_lockout(call: &Permitted, resource: Resource) -> Result<(), Failure> {
    if call.input().bool("BypassPolicyLockoutSafetyCheck") == Some(true) {
        return Ok(());
    }
    if leaves_it_to_the_account(call, &resource)? || call.require("kms:PutKeyPolicy", &resource).await.is_ok()
    {
        return Ok(());
    }
    Err(malformed("The new key policy will not allow you to update the key policy in the future."))
}

/// Whether a caller whose identity policies allow everything may change the policy.
fn leaves_it_to_the_account(call: &Permitted, resource: &Resource) -> Result<bool, Failure> {
    let everything =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let everything = Policy::parse(everything, PolicyKind::Identity).map_err(Failure::internal)?;
    let request = Request {
        principal: &call.caller().principal,
        action: "kms:PutKeyPolicy",
        resource: &resource.arn,
        resource_account: resource.account,
        context: &(),
    };
    let layers = Layers {
        identity: &[Attached::new("everything", everything)],
        resource: resource.policy.as_ref(),
        rule: ResourceRule::ResourceMustTrust,
        ..Layers::default()
    };
    Ok(decide(&request, &layers).is_allowed())
}

fn check_name(input: &Document) -> Result<(), Failure> {
    match input.str("PolicyName") {
        None | Some(NAME) => Ok(()),
        Some(_) => Err(Failure::new(&bastide_api_kms::errors::NotFoundException, "No such policy exists")),
    }
}

fn malformed(message: &str) -> Failure {
    Failure::new(&MalformedPolicyDocumentException, message)
}
