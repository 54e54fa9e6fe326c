//! Managed policies attached to users, groups and roles.

use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

use crate::boundaries::usable;
use crate::errors::{no_policy, no_usable_policy, quota};
use crate::holders::{ATTACHED_MOST, Holder};
use crate::model::AttachedPolicy;
use crate::paging::{Paging, finish};
use crate::resolver::found;
use crate::view;

/// `AttachUserPolicy`, `AttachGroupPolicy`, `AttachRolePolicy`
pub(crate) async fn attach<T: Holder>(call: &mut Permitted) -> Result<Document, Failure> {
    let holder = found::<T>(call)?;
    holder.changeable()?;
    let arn = call.input().text("PolicyArn").to_owned();
    let policy = usable(call, &arn).await?.ok_or_else(|| no_usable_policy(&arn))?;
    if holder.attached().contains(&policy) {
        return Ok(Document::new());
    }
    if holder.attached().len() >= ATTACHED_MOST {
        return Err(quota(T::ATTACHED_QUOTA, ATTACHED_MOST));
    }
    let mut changed = holder.value.clone();
    changed.attached_mut().push(policy);
    call.changes().update(&holder, changed);
    Ok(Document::new())
}

/// `DetachUserPolicy`, `DetachGroupPolicy`, `DetachRolePolicy`
pub(crate) async fn detach<T: Holder>(call: &mut Permitted) -> Result<Document, Failure> {
    let holder = found::<T>(call)?;
    holder.changeable()?;
    let arn = call.input().text("PolicyArn");
    let mut changed = holder.value.clone();
    changed.attached_mut().retain(|policy| policy.arn != arn);
    if changed.attached().len() == holder.attached().len() {
        return Err(no_policy(arn));
    }
    call.changes().update(&holder, changed);
    Ok(Document::new())
}

/// `ListAttachedUserPolicies`, `ListAttachedGroupPolicies`, `ListAttachedRolePolicies`
pub(crate) async fn list<T: Holder>(call: &mut Permitted) -> Result<Document, Failure> {
    let holder = found::<T>(call)?;
    let prefix = call.input().str("PathPrefix").unwrap_or("/");
    let shown: Vec<AttachedPolicy> =
        holder.attached().iter().filter(|policy| policy.path().starts_with(prefix)).cloned().collect();
    let (page, next) = Paging::of(call.input())?.cut(&shown, |policy| &policy.arn);
    Ok(finish(Document::new().with("AttachedPolicies", view::attached(page)), next.as_deref()))
}
