//! Policies of an organization.

use bastide_api_organizations::errors as org;
use bastide_door::{Failure, Permitted};
use bastide_resources::Key;
use bastide_shape::Document;

use crate::errors::{constraint, invalid};
use crate::lookup::all;
use crate::model::{ATTACHED, AWS_MANAGED, Member, Name, Policy, PolicyRef, PolicyType, Unit};
use crate::organization::{asked, available};
use crate::paging::Paging;
use crate::scope::{Found, Scope};
use crate::{ids, plain_text, resolver, tags, view};

/// So many policies of a type may an organization have. Source: Organizations User Guide, "Quotas".
const MOST: usize = 2000;

pub(crate) async fn create_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, kind) = (Scope::of(call).await?, asked(call, "Type")?);
    available(&scope)?;
    let input = call.input();
    let made = Policy {
        id: ids::policy(),
        kind,
        name: plain_text(input.text("Name"))?.to_owned(),
        description: input.text("Description").to_owned(),
        content: input.text("Content").to_owned(),
        tags: tags::given(input)?,
        compiled: Default::default(),
    };
    check(kind, &made.content)?;
    let of_type = all::<Policy>(call.store(), scope.home()).await?;
    if of_type.iter().filter(|policy| policy.kind == kind).count() >= MOST {
        let message = "You have exceeded the number of policies of this type that you can have.";
        return Err(constraint("POLICY_NUMBER_LIMIT_EXCEEDED", message));
    }
    free_name(call, &scope, kind, &made.name).await?;
    let changes = call.changes();
    scope.touch(changes);
    changes.create(scope.home(), Name::policy(kind, &made.name), Name { id: made.id.clone() });
    changes.create(scope.home(), made.id.clone(), made.clone());
    let shown = view::policy(&scope, &made);
    let arn = shown.map("PolicySummary").map(|summary| summary.text("Arn").to_owned());
    call.record_resource(resolver::POLICY, arn.unwrap_or_default());
    Ok(Document::new().with("Policy", shown))
}

pub(crate) async fn describe_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let shown = match &*call.resource::<PolicyRef>()? {
        PolicyRef::Aws(policy) => view::aws_policy(policy),
        PolicyRef::Own(policy) => view::policy(&scope, policy),
    };
    Ok(Document::new().with("Policy", shown))
}

pub(crate) async fn update_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let found = own(call)?;
    let mut changed = Policy::clone(&found);
    let input = call.input();
    if let Some(name) = input.str("Name") {
        plain_text(name)?.clone_into(&mut changed.name);
    }
    if let Some(description) = input.str("Description") {
        description.clone_into(&mut changed.description);
    }
    if let Some(content) = input.str("Content") {
        content.clone_into(&mut changed.content);
        check(found.kind, content)?;
    }
    if changed.name != found.name {
        free_name(call, &scope, found.kind, &changed.name).await?;
        let old = Name::policy(found.kind, &found.name);
        let held = call.store().find::<Name>(scope.home(), &old).await?;
        let changes = call.changes();
        if let Some(held) = held {
            changes.delete(&held);
        }
        let name = Name { id: found.id.clone() };
        changes.create(scope.home(), Name::policy(found.kind, &changed.name), name);
    }
    let shown = view::policy(&scope, &changed);
    call.changes().update(&found, changed);
    Ok(Document::new().with("Policy", shown))
}

pub(crate) async fn delete_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let (found, store) = (own(call)?, call.store().clone());
    let key = Key::of::<Policy>(scope.home(), found.id.as_str());
    let units = store.referrers::<Unit>(scope.home(), ATTACHED, &key, None, 1).await?;
    let members = store.referrers::<Member>(scope.home(), ATTACHED, &key, None, 1).await?;
    if !units.items.is_empty() || !members.items.is_empty() {
        let message = "The policy is attached to one or more entities: detach it from all of them first.";
        return Err(Failure::new(&org::PolicyInUseException, message));
    }
    let held = store.find::<Name>(scope.home(), &Name::policy(found.kind, &found.name)).await?;
    let changes = call.changes();
    changes.expect_unreferenced(ATTACHED, &key).delete(&found);
    if let Some(held) = held {
        changes.delete(&held);
    }
    Ok(Document::new())
}

pub(crate) async fn list_policies(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, kind, paging) = (Scope::of(call).await?, asked(call, "Filter")?, Paging::of(call)?);
    available(&scope)?;
    let own = all::<Policy>(call.store(), scope.home()).await?.into_iter().map(PolicyRef::Own);
    let found = AWS_MANAGED.iter().map(PolicyRef::Aws).chain(own);
    let mut found: Vec<PolicyRef> = found.filter(|policy| policy.kind() == kind).collect();
    found.sort_by(|a, b| a.id().cmp(b.id()));
    let show = |policy: &PolicyRef| view::policy_summary(&scope, policy);
    Ok(paging.cut("Policies", &found, |policy| policy.id().to_owned(), show))
}

/// The policy that the call was permitted on, which must be the organization's own.
fn own(call: &Permitted) -> Result<Found<Policy>, Failure> {
    match &*call.resource::<PolicyRef>()? {
        PolicyRef::Own(policy) => Ok(policy.clone()),
        PolicyRef::Aws(_) => {
            let message = "You specified a policy that is managed by AWS and can't be modified.";
            Err(invalid("IMMUTABLE_POLICY", message))
        }
    }
}

/// Holds a document against what its type asks for. Documents that are not in IAM's language are JSON objects;
/// what they say is for the services that they are meant for.
fn check(kind: PolicyType, content: &str) -> Result<(), Failure> {
    if content.chars().count() > kind.longest() {
        let message = "You have exceeded the allowed length of a policy document of this type.";
        return Err(constraint("POLICY_CONTENT_LIMIT_EXCEEDED", message));
    }
    let fits = match kind.language() {
        Some(language) => bastide_policy::Policy::parse(content, language).map(|_| ()),
        None => {
            let object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(content);
            return object.map(|_| ()).map_err(|_| malformed(MALFORMED));
        }
    };
    fits.map_err(|refusal| malformed(refusal.message()))
}

const MALFORMED: &str =
    "The provided policy document does not meet the requirements of the specified policy type.";

fn malformed(message: &str) -> Failure {
    Failure::new(&org::MalformedPolicyDocumentException, message)
}

async fn free_name(call: &Permitted, scope: &Scope, kind: PolicyType, name: &str) -> Result<(), Failure> {
    let managed = AWS_MANAGED.iter().any(|policy| policy.kind == kind && policy.name == name);
    let held = call.store().find::<Name>(scope.home(), &Name::policy(kind, name)).await?;
    if !managed && held.is_none() {
        return Ok(());
    }
    Err(Failure::new(&org::DuplicatePolicyException, "A policy with the same name already exists."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_held_against_their_type() {
        let scp = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
        assert!(check(PolicyType::ServiceControlPolicy, scp).is_ok());
        let refused = check(PolicyType::ResourceControlPolicy, scp).unwrap_err();
        assert!(refused.is(&org::MalformedPolicyDocumentException));
        let long = format!("{scp}{}", " ".repeat(5121 - scp.len()));
        let refused = check(PolicyType::ServiceControlPolicy, &long).unwrap_err();
        assert_eq!(refused.members.str("Reason"), Some("POLICY_CONTENT_LIMIT_EXCEEDED"));
        assert!(check(PolicyType::ServiceControlPolicy, &long[..5120]).is_ok());
        assert!(check(PolicyType::TagPolicy, r#"{"tags":{}}"#).is_ok());
        assert!(check(PolicyType::TagPolicy, "[]").is_err());
    }
}
