//! What an administrator does with its members: CreateMembers, InviteMembers and their like.

use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_ids::AccountId;
use bastide_resources::Stored;
use bastide_shape::{Document, Value};

use super::{Unprocessed, administrator, named, place_of, show};
use crate::organization;
use crate::paging::{Paging, all};
use crate::refusal::{self, unprocessed};
use crate::resolve::detector_of;
use crate::stored::{Administrator, Invitation, Member, Relationship};
use crate::{filters, ids};

/// An account has at most so many members. Source: GuardDuty User Guide, quotas (by invitation).
const MOST: usize = 5_000;

/// CreateMembers. Accounts of the organization that the caller administers are members at once.
///
/// # Errors
/// `BadRequestException` from an account that is a member itself.
pub(crate) async fn create_members(call: &mut Permitted) -> Result<Document, Failure> {
    if administrator(call.store(), call.place()).await?.is_some() {
        return Err(refusal::member_may_not());
    }
    let place = call.place().clone();
    let organization = organization::administered(call).await?;
    let mut unprocessed = Unprocessed::default();
    let details: Vec<(String, String)> = call
        .input()
        .maps("AccountDetails")
        .map(|detail| (detail.text("AccountId").to_owned(), detail.text("Email").to_owned()))
        .collect();
    if all::<Member>(call.store(), &place, "").await?.len() + details.len() > MOST {
        return Err(refusal::too_many("member accounts", MOST));
    }
    let mut made: Vec<AccountId> = Vec::new();
    for (text, email) in details {
        let Ok(account) = AccountId::parse(&text) else {
            unprocessed.add(&text, "The request is rejected because the given account ID is invalid.");
            continue;
        };
        if account == place.account {
            unprocessed.add(&text, unprocessed::SELF);
            continue;
        }
        let there = call.store().find::<Member>(&place, &text).await?;
        if there.is_some() || made.contains(&account) {
            unprocessed.add(&text, unprocessed::ALREADY_MEMBER);
            continue;
        }
        made.push(account);
        let inside = match &organization {
            Some(management) => organization::holds(call, *management, account).await?,
            None => false,
        };
        let member = Member {
            email,
            relationship: if inside { Relationship::Enabled } else { Relationship::Created },
            organization: inside,
            invited: None,
            updated: call.now(),
        };
        let now = call.now();
        let store = call.store().clone();
        if inside && !organization::join(&store, call.changes(), &place, account, now).await? {
            unprocessed.add(&text, unprocessed::ALREADY_MEMBER);
            continue;
        }
        call.changes().create(&place, text, member);
    }
    filters::guard(call)?;
    Ok(unprocessed.answer())
}

/// GetMembers.
///
/// # Errors
/// None of its own.
pub(crate) async fn get_members(call: &mut Permitted) -> Result<Document, Failure> {
    let (members, unprocessed) = named(call).await?;
    let mut shown: Vec<Value> = Vec::new();
    for member in members {
        shown.push(shown_with_detector(call, &member).await?);
    }
    Ok(unprocessed.within(Document::new().with("Members", shown)))
}

/// ListMembers: those that are associated, unless all are asked for.
///
/// # Errors
/// `BadRequestException`: `OnlyAssociated` is no truth value, or a token of something else.
pub(crate) async fn list_members(call: &mut Permitted) -> Result<Document, Failure> {
    let only = match call.input().str("OnlyAssociated").map(str::to_ascii_lowercase).as_deref() {
        None | Some("true") => true,
        Some("false") => false,
        Some(_) => return Err(refusal::parameter("onlyAssociated")),
    };
    let paging = Paging::of(call, &format!("{} {only}", call.input().text("DetectorId")))?;
    let mut members = all::<Member>(call.store(), call.place(), "").await?;
    let listed =
        |member: &Member| !matches!(member.relationship, Relationship::Removed | Relationship::Resigned);
    members.retain(|member| !only || listed(member));
    let mut shown: Vec<(String, Value)> = Vec::new();
    for member in &members {
        shown.push((member.key.id.clone(), shown_with_detector(call, member).await?));
    }
    Ok(paging.cut("Members", &shown, |(id, _)| id, |(_, member)| member.clone()))
}

async fn shown_with_detector(call: &Permitted, member: &Stored<Member>) -> Result<Value, Failure> {
    let account = AccountId::parse(&member.key.id).map_err(Failure::internal)?;
    let detector = if member.relationship.is_associated() {
        detector_of(call.store(), &place_of(call.place(), account)).await?
    } else {
        None
    };
    Ok(show(member, detector.as_ref().map(|detector| detector.key.id.as_str())))
}

/// DeleteMembers.
///
/// # Errors
/// None of its own; members that are associated are not processed.
pub(crate) async fn delete_members(call: &mut Permitted) -> Result<Document, Failure> {
    let (members, mut unprocessed) = named(call).await?;
    for member in members {
        if member.relationship.is_associated() {
            unprocessed.add(&member.key.id, unprocessed::STILL_ASSOCIATED);
            continue;
        }
        call.changes().delete(&member);
        if let Some(invitation) = invitation(call, &member).await? {
            call.changes().delete(&invitation);
        }
    }
    Ok(unprocessed.answer())
}

/// InviteMembers. No mail is sent.
///
/// # Errors
/// `BadRequestException` from an account that is a member itself.
pub(crate) async fn invite_members(call: &mut Permitted) -> Result<Document, Failure> {
    if administrator(call.store(), call.place()).await?.is_some() {
        return Err(refusal::member_may_not());
    }
    let (members, mut unprocessed) = named(call).await?;
    let inviter = call.place().account.to_string();
    for read in members {
        if read.relationship.is_associated() || read.relationship == Relationship::Invited {
            unprocessed.add(&read.key.id, unprocessed::ALREADY_INVITED);
            continue;
        }
        let account = AccountId::parse(&read.key.id).map_err(Failure::internal)?;
        let now = call.now();
        let member = Member {
            relationship: Relationship::Invited,
            invited: Some(now),
            updated: now,
            ..read.value.clone()
        };
        let place = place_of(call.place(), account);
        let invitation = Invitation { id: ids::random(), invited: now, relationship: Relationship::Invited };
        let changes = call.changes();
        changes.update(&read, member);
        changes.put(&place, inviter.clone(), invitation);
    }
    Ok(unprocessed.answer())
}

/// DisassociateMembers.
///
/// # Errors
/// None of its own; accounts that are not associated are not processed.
pub(crate) async fn disassociate_members(call: &mut Permitted) -> Result<Document, Failure> {
    let (members, mut unprocessed) = named(call).await?;
    for read in members {
        if matches!(read.relationship, Relationship::Removed | Relationship::Resigned) {
            unprocessed.add(&read.key.id, unprocessed::NOT_ASSOCIATED);
            continue;
        }
        let account = AccountId::parse(&read.key.id).map_err(Failure::internal)?;
        let place = place_of(call.place(), account);
        let theirs = administrator(call.store(), &place).await?;
        let invitation = invitation(call, &read).await?;
        let own = call.place().account;
        let now = call.now();
        let changes = call.changes();
        if let Some(theirs) = theirs.filter(|theirs: &Arc<Stored<Administrator>>| theirs.account == own) {
            changes.delete(&theirs);
        }
        if let Some(invitation) = invitation {
            changes.delete(&invitation);
        }
        let member = Member { relationship: Relationship::Removed, updated: now, ..read.value.clone() };
        changes.update(&read, member);
    }
    Ok(unprocessed.answer())
}

/// The invitation that a member was sent.
async fn invitation(
    call: &Permitted,
    member: &Stored<Member>,
) -> Result<Option<Arc<Stored<Invitation>>>, Failure> {
    let account = AccountId::parse(&member.key.id).map_err(Failure::internal)?;
    let place = place_of(call.place(), account);
    Ok(call.store().find::<Invitation>(&place, call.place().account.as_str()).await?)
}
