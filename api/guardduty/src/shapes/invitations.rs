//! Shapes: invitations.

use bastide_shape::{Location, list, member, shapes, structure};

use super::*;

shapes! {
    ListInvitationsRequest = structure(&[
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
    ]);
    ListInvitationsResponse = structure(&[
        member("Invitations", &Invitations).wire("invitations"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    Invitations = list(&member("member", &Invitation)).length(0, 50);
    Invitation = structure(&[
        member("AccountId", &AccountId).wire("accountId"),
        member("InvitationId", &String).wire("invitationId"),
        member("RelationshipStatus", &String).wire("relationshipStatus"),
        member("InvitedAt", &String).wire("invitedAt"),
    ]);
    GetInvitationsCountRequest = structure(&[]);
    GetInvitationsCountResponse = structure(&[
        member("InvitationsCount", &Integer).wire("invitationsCount"),
    ]);
    AcceptAdministratorInvitationRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AdministratorId", &String).required().wire("administratorId"),
        member("InvitationId", &String).required().wire("invitationId"),
    ]);
    AcceptAdministratorInvitationResponse = structure(&[]);
    AcceptInvitationRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("MasterId", &String).required().wire("masterId"),
        member("InvitationId", &String).required().wire("invitationId"),
    ]);
    AcceptInvitationResponse = structure(&[]);
    DeclineInvitationsRequest = structure(&[
        member("AccountIds", &AccountIds).required().wire("accountIds"),
    ]);
    DeclineInvitationsResponse = structure(&[
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
    DeleteInvitationsRequest = structure(&[
        member("AccountIds", &AccountIds).required().wire("accountIds"),
    ]);
    DeleteInvitationsResponse = structure(&[
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
    GetAdministratorAccountRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
    ]);
    GetAdministratorAccountResponse = structure(&[
        member("Administrator", &Administrator).required().wire("administrator"),
    ]);
    Administrator = structure(&[
        member("AccountId", &AccountId).wire("accountId"),
        member("InvitationId", &String).wire("invitationId"),
        member("RelationshipStatus", &String).wire("relationshipStatus"),
        member("InvitedAt", &String).wire("invitedAt"),
    ]);
    GetMasterAccountRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
    ]);
    GetMasterAccountResponse = structure(&[
        member("Master", &Master).required().wire("master"),
    ]);
    Master = structure(&[
        member("AccountId", &AccountId).wire("accountId"),
        member("InvitationId", &String).wire("invitationId"),
        member("RelationshipStatus", &String).wire("relationshipStatus"),
        member("InvitedAt", &String).wire("invitedAt"),
    ]);
    DisassociateFromAdministratorAccountRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
    ]);
    DisassociateFromAdministratorAccountResponse = structure(&[]);
    DisassociateFromMasterAccountRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
    ]);
    DisassociateFromMasterAccountResponse = structure(&[]);
}
