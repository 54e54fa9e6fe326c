//! Policies embedded in users, groups and roles.

use bastide_door::{Failure, Permitted};
use bastide_policy::{Policy, PolicyKind};
use bastide_shape::Document;

use crate::encoding::url_encoded;
use crate::errors::{limit, malformed, no_such};
use crate::holders::Holder;
use crate::model::{InlinePolicy, PolicyText};
use crate::paging::{Paging, finish};
use crate::resolver::found;

/// `PutUserPolicy`, `PutGroupPolicy`, `PutRolePolicy`
pub(crate) async fn put<T: Holder>(call: &mut Permitted) -> Result<Document, Failure> {
    let holder = found::<T>(call)?;
    holder.changeable()?;
    let (name, text) = (call.input().text("PolicyName"), call.input().text("PolicyDocument"));
    Policy::parse(text, PolicyKind::Identity).map_err(|refusal| malformed(&refusal))?;
    let mut changed = holder.value.clone();
    let policies = changed.inline_mut();
    policies.retain(|policy| policy.name != name);
    let at = policies.partition_point(|policy| policy.name.as_str() < name);
    policies.insert(at, InlinePolicy { name: name.to_owned(), document: PolicyText::new(text) });
    let size: usize = policies.iter().map(|policy| PolicyText::counted(policy.document.text())).sum();
    if size > T::INLINE_MOST {
        let (most, kind, name) = (T::INLINE_MOST, T::KIND, holder.name());
        return Err(limit(format!("Maximum policy size of {most} bytes exceeded for {kind} {name}")));
    }
    call.changes().update(&holder, changed);
    Ok(Document::new())
}

/// `GetUserPolicy`, `GetGroupPolicy`, `GetRolePolicy`
pub(crate) async fn get<T: Holder>(call: &mut Permitted) -> Result<Document, Failure> {
    let holder = found::<T>(call)?;
    let name = call.input().text("PolicyName");
    let policy =
        holder.inline().iter().find(|policy| policy.name == name).ok_or_else(|| missing::<T>(name))?;
    Ok(Document::new()
        .with(T::MEMBER, holder.name())
        .with("PolicyName", &policy.name)
        .with("PolicyDocument", url_encoded(policy.document.text())))
}

/// `DeleteUserPolicy`, `DeleteGroupPolicy`, `DeleteRolePolicy`
pub(crate) async fn delete<T: Holder>(call: &mut Permitted) -> Result<Document, Failure> {
    let holder = found::<T>(call)?;
    holder.changeable()?;
    let name = call.input().text("PolicyName");
    let mut changed = holder.value.clone();
    changed.inline_mut().retain(|policy| policy.name != name);
    if changed.inline().len() == holder.inline().len() {
        return Err(missing::<T>(name));
    }
    call.changes().update(&holder, changed);
    Ok(Document::new())
}

/// `ListUserPolicies`, `ListGroupPolicies`, `ListRolePolicies`
pub(crate) async fn list<T: Holder>(call: &mut Permitted) -> Result<Document, Failure> {
    let holder = found::<T>(call)?;
    let (page, next) = Paging::of(call.input())?.cut(holder.inline(), |policy| &policy.name);
    let names: Vec<String> = page.iter().map(|policy| policy.name.clone()).collect();
    Ok(finish(Document::new().with("PolicyNames", names), next.as_deref()))
}

fn missing<T: Holder>(name: &str) -> Failure {
    no_such(format!("The {} policy with name {name} cannot be found.", T::KIND))
}
