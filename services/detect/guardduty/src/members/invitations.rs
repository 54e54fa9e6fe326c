//! What an account does with the invitations that it was sent, and with its administrator.

use bastide_door::{Failure, Permitted};
use bastide_ids::AccountId;
use bastide_resources::Stored;
use bastide_shape::{Document, Value};

use super::{accounts, administrator, place_of};
use crate::paging::{Paging, all};
use crate::refusal::{self, unprocessed};
use crate::stored::{Administrator, Invitation, Member, Relationship};

/// ListInvitations.
///
/// # Errors
/// `BadRequestException` for a token of something else.
pub(crate) async fn list_invitations(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, "")?;
    let invitations = all::<Invitation>(call.store(), call.place(), "").await?;
    let show = |invitation: &std::sync::Arc<Stored<Invitation>>| -> Value {
        Document::new()
            .with("AccountId", &invitation.key.id)
            .with("InvitationId", &invitation.id)
            .with("RelationshipStatus", invitation.relationship.as_str())
            .with("InvitedAt", invitation.invited.iso8601_millis())
            .into()
    };
    Ok(paging.cut("Invitations", &invitations, |it| &it.key.id, show))
}

/// GetInvitationsCount: without the one that is accepted.
///
/// # Errors
/// None of its own.
pub(crate) async fn get_invitations_count(call: &mut Permitted) -> Result<Document, Failure> {
    let invitations = all::<Invitation>(call.store(), call.place(), "").await?;
    let open = invitations.iter().filter(|invitation| invitation.relationship != Relationship::Enabled);
    Ok(Document::new().with("InvitationsCount", i64::try_from(open.count()).unwrap_or(i64::MAX)))
}

/// AcceptAdministratorInvitation and AcceptInvitation: the account has an administrator from now on.
///
/// # Errors
/// `BadRequestException`: no such invitation, or it has an administrator.
pub(crate) async fn accept(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let inviter = input.str("AdministratorId").unwrap_or_else(|| input.text("MasterId")).to_owned();
    let id = input.text("InvitationId").to_owned();
    let place = call.place().clone();
    if administrator(call.store(), &place).await?.is_some() {
        let message = "The request is rejected because the current account is already associated with an administrator account.";
        return Err(refusal::invalid(message));
    }
    let own_members = all::<Member>(call.store(), &place, "").await?;
    if own_members.iter().any(|member| member.relationship.is_associated()) {
        let message = "The request is rejected because the current account is an administrator account with member accounts.";
        return Err(refusal::invalid(message));
    }
    let read = call.store().find::<Invitation>(&place, &inviter).await?;
    let read =
        read.filter(|invitation| invitation.id == id && invitation.relationship == Relationship::Invited);
    let (Some(read), Ok(account)) = (read, AccountId::parse(&inviter)) else {
        return Err(refusal::parameter("invitationId"));
    };
    let member = call.store().find::<Member>(&place_of(&place, account), place.account.as_str()).await?;
    let Some(member) = member else { return Err(refusal::parameter("invitationId")) };
    let now = call.now();
    let theirs = Administrator { account, invitation: id, invited: read.invited, organization: false };
    let changes = call.changes();
    changes.create(&place, Administrator::ID, theirs);
    changes.update(&read, Invitation { relationship: Relationship::Enabled, ..read.value.clone() });
    changes.update(
        &member,
        Member { relationship: Relationship::Enabled, updated: now, ..member.value.clone() },
    );
    crate::filters::guard(call)?;
    Ok(Document::new())
}

/// DeclineInvitations.
///
/// # Errors
/// None of its own; accounts that sent none are not processed.
pub(crate) async fn decline_invitations(call: &mut Permitted) -> Result<Document, Failure> {
    let (accounts, mut unprocessed) = accounts(call);
    for inviter in accounts {
        let invitation = call.store().find::<Invitation>(call.place(), inviter.as_str()).await?;
        let open = invitation.filter(|invitation| invitation.relationship == Relationship::Invited);
        let Some(read) = open else {
            unprocessed.add(inviter.as_str(), unprocessed::NOT_INVITED);
            continue;
        };
        resign(call, inviter).await?;
        let declined = Invitation { relationship: Relationship::Resigned, ..read.value.clone() };
        call.changes().update(&read, declined);
    }
    Ok(unprocessed.answer())
}

/// DeleteInvitations: those that are declined, or not answered.
///
/// # Errors
/// None of its own; accounts that sent none, or that the account is a member of, are not processed.
pub(crate) async fn delete_invitations(call: &mut Permitted) -> Result<Document, Failure> {
    let (accounts, mut unprocessed) = accounts(call);
    for inviter in accounts {
        let invitation = call.store().find::<Invitation>(call.place(), inviter.as_str()).await?;
        match invitation.filter(|invitation| invitation.relationship != Relationship::Enabled) {
            Some(read) => {
                if read.relationship == Relationship::Invited {
                    resign(call, inviter).await?;
                }
                call.changes().delete(&read);
            }
            None => unprocessed.add(inviter.as_str(), unprocessed::NOT_INVITED),
        }
    }
    Ok(unprocessed.answer())
}

/// GetAdministratorAccount.
///
/// # Errors
/// None of its own.
pub(crate) async fn get_administrator_account(call: &mut Permitted) -> Result<Document, Failure> {
    shown(call, "Administrator").await
}

/// GetMasterAccount.
///
/// # Errors
/// None of its own.
pub(crate) async fn get_master_account(call: &mut Permitted) -> Result<Document, Failure> {
    shown(call, "Master").await
}

/// An account without an administrator has no such member in its answer.
async fn shown(call: &Permitted, member: &'static str) -> Result<Document, Failure> {
    let found = administrator(call.store(), call.place()).await?;
    let shown = found.map(|administrator| {
        let invitation = Some(administrator.invitation.as_str()).filter(|id| !id.is_empty());
        Document::new()
            .with("AccountId", administrator.account.to_string())
            .maybe("InvitationId", invitation)
            .with("RelationshipStatus", Relationship::Enabled.as_str())
            .with("InvitedAt", administrator.invited.iso8601_millis())
    });
    Ok(Document::new().maybe(member, shown))
}

/// DisassociateFromAdministratorAccount and DisassociateFromMasterAccount.
///
/// # Errors
/// `BadRequestException`: it has none, or the organization decides.
pub(crate) async fn disassociate(call: &mut Permitted) -> Result<Document, Failure> {
    let Some(read) = administrator(call.store(), call.place()).await? else {
        let message = "The request is rejected because the current account is not associated with an administrator account.";
        return Err(refusal::invalid(message));
    };
    if read.organization {
        let message = "The request is rejected because the current account is managed by an organization's administrator account.";
        return Err(refusal::invalid(message));
    }
    resign(call, read.account).await?;
    let invitation = call.store().find::<Invitation>(call.place(), read.account.as_str()).await?;
    if let Some(invitation) = invitation {
        call.changes().delete(&invitation);
    }
    call.changes().delete(&read);
    Ok(Document::new())
}

/// The caller's account is no longer a member of another, which keeps that in its list.
async fn resign(call: &mut Permitted, administrator: AccountId) -> Result<(), Failure> {
    let theirs = place_of(call.place(), administrator);
    if let Some(member) = call.store().find::<Member>(&theirs, call.place().account.as_str()).await? {
        let resigned =
            Member { relationship: Relationship::Resigned, updated: call.now(), ..member.value.clone() };
        call.changes().update(&member, resigned);
    }
    Ok(())
}
