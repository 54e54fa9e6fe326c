//! Which policies are attached to which roots, units and accounts.

use bastide_api_organizations::errors as org;
use bastide_door::{Failure, Permitted};
use bastide_resources::Key;
use bastide_shape::Document;

use crate::errors::{constraint, invalid};
use crate::lookup::{self, Target, all, referrers};
use crate::model::{ATTACHED, Member, Policy, PolicyRef, PolicyType, Unit, reattached};
use crate::organization::asked;
use crate::paging::Paging;
use crate::scope::Scope;
use crate::view;

/// So many policies of IAM's language may be attached to one target. Source: Organizations User Guide, "Quotas".
const MOST: usize = 5;
/// So many of the other types. Source: as above.
const MOST_OTHERS: usize = 10;

pub(crate) async fn attach_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let (policy, target) = (call.resource::<PolicyRef>()?, call.resource::<Target>()?);
    let kind = policy.kind();
    enabled(&scope, kind)?;
    let mut policies: Vec<String> = target.attached(kind).into_iter().map(str::to_owned).collect();
    if policies.iter().any(|attached| attached == policy.id()) {
        let message = "The selected policy is already attached to the specified target.";
        return Err(Failure::new(&org::DuplicatePolicyAttachmentException, message));
    }
    let most = if kind.language().is_some() { MOST } else { MOST_OTHERS };
    if policies.len() >= most {
        let message =
            "You have exceeded the number of policies of this type that can be attached to the target.";
        return Err(constraint("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", message));
    }
    policies.push(policy.id().to_owned());
    if let PolicyRef::Own(own) = &*policy {
        call.changes().expect_unchanged(own);
    }
    replace(call, &scope, &target, kind, policies);
    Ok(Document::new())
}

pub(crate) async fn detach_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let (policy, target) = (call.resource::<PolicyRef>()?, call.resource::<Target>()?);
    let kind = policy.kind();
    if policy.id() == "p-RCPFullAWSAccess" {
        return Err(invalid("NON_DETACHABLE_POLICY", "You specified a policy that can't be detached."));
    }
    let not_attached = || {
        let message = "The policy isn't attached to the specified target.";
        Failure::new(&org::PolicyNotAttachedException, message)
    };
    if enabled(&scope, kind).is_err() {
        return Err(not_attached());
    }
    let mut policies: Vec<String> = target.attached(kind).into_iter().map(str::to_owned).collect();
    let at = policies.iter().position(|attached| attached == policy.id()).ok_or_else(not_attached)?;
    policies.remove(at);
    if kind == PolicyType::ServiceControlPolicy && policies.is_empty() {
        let message = "You cannot remove the last policy attached to the specified target. You must have at least one attached at all times.";
        return Err(constraint("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", message));
    }
    replace(call, &scope, &target, kind, policies);
    Ok(Document::new())
}

pub(crate) async fn list_policies_for_target(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, kind, paging) = (Scope::of(call).await?, asked(call, "Filter")?, Paging::of(call)?);
    let target = call.resource::<Target>()?;
    let mut found = Vec::new();
    if enabled(&scope, kind).is_ok() {
        for id in target.attached(kind) {
            found.extend(lookup::policy(call.store(), scope.home(), id).await?);
        }
    }
    found.sort_by(|a, b| a.id().cmp(b.id()));
    let show = |policy: &PolicyRef| view::policy_summary(&scope, policy);
    Ok(paging.cut("Policies", &found, |policy| policy.id().to_owned(), show))
}

pub(crate) async fn list_targets_for_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, paging) = (Scope::of(call).await?, Paging::of(call)?);
    let policy = call.resource::<PolicyRef>()?;
    let mut targets = match &*policy {
        PolicyRef::Own(own) => {
            let key = Key::of::<Policy>(scope.home(), own.id.as_str());
            let units = referrers::<Unit>(call.store(), ATTACHED, &key).await?;
            let members = referrers::<Member>(call.store(), ATTACHED, &key).await?;
            units.into_iter().map(Target::Unit).chain(members.into_iter().map(Target::Member)).collect()
        }
        PolicyRef::Aws(_) if enabled(&scope, policy.kind()).is_err() => Vec::new(),
        PolicyRef::Aws(managed) => {
            let units = all::<Unit>(call.store(), scope.home()).await?;
            let members = all::<Member>(call.store(), scope.home()).await?;
            let all = units.into_iter().map(Target::Unit).chain(members.into_iter().map(Target::Member));
            all.filter(|target| target.attached(managed.kind).contains(&managed.id)).collect::<Vec<_>>()
        }
    };
    targets.sort_by(|a, b| a.id().cmp(b.id()));
    let mut shown = Vec::with_capacity(targets.len());
    for target in &targets {
        shown.push(view::target(call.store(), &scope, target).await?);
    }
    Ok(paging.cut("Targets", &shown, |target| target.text("TargetId").to_owned(), Document::clone))
}

fn enabled(scope: &Scope, kind: PolicyType) -> Result<(), Failure> {
    if scope.organization.applies(kind) {
        return Ok(());
    }
    let message = "This operation can be performed only for enabled policy types.";
    Err(Failure::new(&org::PolicyTypeNotEnabledException, message))
}

/// Writes which policies of a type are attached. The type must still be switched on when this is committed, or
/// attachments would outlive it.
fn replace(call: &mut Permitted, scope: &Scope, target: &Target, kind: PolicyType, policies: Vec<String>) {
    let attachments = reattached(target.attachments(), kind, policies);
    let changes = call.changes();
    changes.expect_unchanged(&scope.organization);
    match target {
        Target::Unit(unit) => changes.update(unit, Unit { attachments, ..Unit::clone(unit) }),
        Target::Member(member) => changes.update(member, Member { attachments, ..Member::clone(member) }),
    };
}
