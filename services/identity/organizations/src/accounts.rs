//! The accounts of an organization.

use bastide_api_organizations::errors as org;
use bastide_door::{Failure, Permitted};
use bastide_resources::{Key, Store};
use bastide_shape::Document;

use crate::errors::{constraint, no_account};
use crate::lookup::Target;
use crate::model::{AccountEntry, Member, PARENT, Unit};
use crate::paging::Paging;
use crate::scope::{Found, Scope};
use crate::units::unit;
use crate::view;

pub(crate) async fn describe_account(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let member = member(call)?;
    Ok(Document::new().with("Account", view::account(call.store(), &scope, &member).await?))
}

pub(crate) async fn list_accounts(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, paging) = (Scope::of(call).await?, Paging::of(call)?);
    let after = paging.after.as_deref();
    let page = call.store().list::<Member>(scope.home(), "", after, paging.limit).await?;
    let next = page.items.last().filter(|_| page.more).map(|last| last.key.id.clone());
    let shown = accounts(call, &scope, &page.items).await?;
    Ok(paging.answer("Accounts", shown, next.as_deref()))
}

pub(crate) async fn list_accounts_for_parent(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, paging) = (Scope::of(call).await?, Paging::of(call)?);
    let (members, next) = members_in(call, &scope, &paging).await?;
    let shown = accounts(call, &scope, &members).await?;
    Ok(paging.answer("Accounts", shown, next.as_deref()))
}

pub(crate) async fn list_children(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, paging) = (Scope::of(call).await?, Paging::of(call)?);
    let kind = call.input().text("ChildType").to_owned();
    let child = |id: &str| Document::new().with("Id", id).with("Type", kind.as_str());
    if kind == "ACCOUNT" {
        let (members, next) = members_in(call, &scope, &paging).await?;
        let shown = members.iter().map(|member| child(&member.key.id)).collect();
        return Ok(paging.answer("Children", shown, next.as_deref()));
    }
    let key = Key::of::<Unit>(scope.home(), unit(call)?.id.as_str());
    let after = paging.after.as_deref();
    let page = call.store().referrers::<Unit>(scope.home(), PARENT, &key, after, paging.limit).await?;
    let next = page.items.last().filter(|_| page.more).map(|last| last.id.as_str());
    Ok(paging.answer("Children", page.items.iter().map(|unit| child(&unit.id)).collect(), next))
}

pub(crate) async fn list_parents(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call)?;
    let parent = match &*call.resource::<Target>()? {
        Target::Unit(unit) => unit.parent.clone(),
        Target::Member(member) => Some(member.parent.clone()),
    };
    let show = |id: &String| {
        let kind = if id.starts_with("r-") { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
        Document::new().with("Id", id.as_str()).with("Type", kind)
    };
    Ok(paging.answer("Parents", parent.iter().map(show).collect(), None))
}

/// Closes an account. AWS keeps it for 90 days in which its support can open it again; here it stays closed.
pub(crate) async fn close_account(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let member = member(call)?;
    if member.account == scope.management() {
        let message = "You can't close the management account.";
        return Err(constraint("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", message));
    }
    let entry = view::entry(call.store(), &member).await?;
    if entry.closed {
        let message = "You attempted to close an account that is already closed.";
        return Err(Failure::new(&org::AccountAlreadyClosedException, message));
    }
    call.changes().update(&entry, AccountEntry { closed: true, ..AccountEntry::clone(&entry) });
    Ok(Document::new())
}

pub(crate) async fn move_account(call: &mut Permitted) -> Result<Document, Failure> {
    let _ = Scope::of(call).await?;
    let member = member(call)?;
    let (source, destination) = (call.nth_resource::<Target>(1)?, call.nth_resource::<Target>(2)?);
    if member.parent != source.id() {
        return Err(no_account());
    }
    let Target::Unit(destination) = &*destination else {
        let message = "You specified a destination parent that doesn't exist.";
        return Err(Failure::new(&org::DestinationParentNotFoundException, message));
    };
    if destination.id == member.parent {
        let message = "The account is already in the specified destination.";
        return Err(Failure::new(&org::DuplicateAccountException, message));
    }
    let moved = Member { parent: destination.id.clone(), ..Member::clone(&member) };
    call.changes().expect_unchanged(destination).update(&member, moved);
    Ok(Document::new())
}

/// Lets an account go: from then on it stands alone.
pub(crate) async fn remove_account_from_organization(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let member = member(call)?;
    if member.account == scope.management() {
        let message = "The management account can't leave the organization.";
        return Err(Failure::new(&org::MasterCannotLeaveOrganizationException, message));
    }
    if !member.delegations.is_empty() {
        let message = "You can't remove an account that is a delegated administrator for a service: deregister it first.";
        return Err(constraint("CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", message));
    }
    let entry = view::entry(call.store(), &member).await?;
    if entry.closed {
        let message = "You can't remove an account that is closed.";
        return Err(constraint("ACCOUNT_CANNOT_LEAVE_ORGANIZATION", message));
    }
    let alone = AccountEntry { organization: None, ..AccountEntry::clone(&entry) };
    call.changes().update(&entry, alone).delete(&member);
    Ok(Document::new())
}

/// The account that the call was permitted on.
pub(crate) fn member(call: &Permitted) -> Result<Found<Member>, Failure> {
    match &*call.resource::<Target>()? {
        Target::Member(member) => Ok(member.clone()),
        Target::Unit(_) => Err(no_account()),
    }
}

async fn members_in(
    call: &Permitted,
    scope: &Scope,
    paging: &Paging,
) -> Result<(Vec<Found<Member>>, Option<String>), Failure> {
    let key = Key::of::<Unit>(scope.home(), unit(call)?.id.as_str());
    let after = paging.after.as_deref();
    let page = call.store().referrers::<Member>(scope.home(), PARENT, &key, after, paging.limit).await?;
    let next = page.items.last().filter(|_| page.more).map(|last| last.key.id.clone());
    Ok((page.items, next))
}

async fn accounts(
    call: &Permitted,
    scope: &Scope,
    members: &[Found<Member>],
) -> Result<Vec<Document>, Failure> {
    let store: &Store = call.store();
    let mut shown = Vec::with_capacity(members.len());
    for member in members {
        shown.push(view::account(store, scope, member).await?);
    }
    Ok(shown)
}
