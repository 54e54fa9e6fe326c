//! Versions of managed policies.

use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

use crate::aws_managed::AwsManaged;
use crate::errors::{conflict, limit, no_policy_version};
use crate::managed_policies::{document, own};
use crate::model::{ManagedPolicy, PolicyText, PolicyVersion};
use crate::paging::{Paging, finish};
use crate::resolver::found;
use crate::view;

/// The most versions of a policy.
pub(crate) const MOST: usize = 5;

pub(crate) async fn create_version(call: &mut Permitted) -> Result<Document, Failure> {
    let policy = own(call)?;
    let document = document(call)?;
    if policy.versions.len() >= MOST {
        return Err(limit(format!(
            "A managed policy can have up to {MOST} versions. Before you create a new version, you must delete \
             an existing version."
        )));
    }
    let now = call.now().truncated_to_seconds();
    let version = PolicyVersion { number: policy.next, created: now, document };
    let mut changed = policy.value.clone();
    changed.next += 1;
    changed.updated = now;
    if call.input().bool("SetAsDefault").unwrap_or(false) {
        changed.default = version.number;
    }
    let shown = view::version(&version, changed.default, false);
    changed.versions.push(version);
    call.changes().update(&policy, changed);
    Ok(Document::new().with("PolicyVersion", shown))
}

pub(crate) async fn get_version(call: &mut Permitted) -> Result<Document, Failure> {
    let id = call.input().text("VersionId");
    let arn = call.input().text("PolicyArn");
    let (versions, default) = all(call)?;
    let version = versions.iter().find(|version| Some(version.number) == number(id));
    let version = version.ok_or_else(|| no_policy_version(arn, id))?;
    Ok(Document::new().with("PolicyVersion", view::version(version, default, true)))
}

pub(crate) async fn list_versions(call: &mut Permitted) -> Result<Document, Failure> {
    let (versions, default) = all(call)?;
    let named: Vec<(String, &PolicyVersion)> =
        versions.iter().rev().map(|version| (version.number.to_string(), version)).collect();
    let (page, next) = Paging::of(call.input())?.cut(&named, |(name, _)| name);
    let shown: Vec<Document> =
        page.iter().map(|(_, version)| view::version(version, default, false)).collect();
    Ok(finish(Document::new().with("Versions", shown), next.as_deref()))
}

pub(crate) async fn delete_version(call: &mut Permitted) -> Result<Document, Failure> {
    let policy = own(call)?;
    let number = known(&policy, call.input().text("PolicyArn"), call.input().text("VersionId"))?;
    if number == policy.default {
        return Err(conflict("Cannot delete the default version of a policy."));
    }
    let mut changed = policy.value.clone();
    changed.versions.retain(|version| version.number != number);
    call.changes().update(&policy, changed);
    Ok(Document::new())
}

pub(crate) async fn set_default(call: &mut Permitted) -> Result<Document, Failure> {
    let policy = own(call)?;
    let default = known(&policy, call.input().text("PolicyArn"), call.input().text("VersionId"))?;
    let updated = call.now().truncated_to_seconds();
    call.changes().update(&policy, ManagedPolicy { default, updated, ..policy.value.clone() });
    Ok(Document::new())
}

/// The versions of the call's policy and the number of the default one.
fn all(call: &Permitted) -> Result<(Vec<PolicyVersion>, u32), Failure> {
    if let Some(policy) = AwsManaged::by_arn(call.input().text("PolicyArn")) {
        let document = PolicyText::new(policy.text(call.place().partition).text());
        return Ok((vec![PolicyVersion { number: 1, created: policy.created(), document }], 1));
    }
    let policy = found::<ManagedPolicy>(call)?;
    Ok((policy.versions.clone(), policy.default))
}

fn known(policy: &ManagedPolicy, arn: &str, id: &str) -> Result<u32, Failure> {
    let version = number(id).and_then(|number| policy.version(number));
    version.map(|version| version.number).ok_or_else(|| no_policy_version(arn, id))
}

fn number(id: &str) -> Option<u32> {
    id.strip_prefix('v')?.parse().ok()
}
