//! Operations: invitations.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    ListInvitations = operation(Access::List)
        .http("GET", "/invitation", 200)
        .input(&ListInvitationsRequest)
        .output(&ListInvitationsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException]);
    GetInvitationsCount = operation(Access::Read)
        .http("GET", "/invitation/count", 200)
        .input(&GetInvitationsCountRequest)
        .output(&GetInvitationsCountResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException]);
    AcceptAdministratorInvitation = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/administrator", 200)
        .input(&AcceptAdministratorInvitationRequest)
        .output(&AcceptAdministratorInvitationResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    AcceptInvitation = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/master", 200)
        .input(&AcceptInvitationRequest)
        .output(&AcceptInvitationResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    DeclineInvitations = operation(Access::Write)
        .http("POST", "/invitation/decline", 200)
        .input(&DeclineInvitationsRequest)
        .output(&DeclineInvitationsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException]);
    DeleteInvitations = operation(Access::Write)
        .http("POST", "/invitation/delete", 200)
        .input(&DeleteInvitationsRequest)
        .output(&DeleteInvitationsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException]);
    GetAdministratorAccount = operation(Access::Read)
        .http("GET", "/detector/{DetectorId}/administrator", 200)
        .input(&GetAdministratorAccountRequest)
        .output(&GetAdministratorAccountResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetMasterAccount = operation(Access::Read)
        .http("GET", "/detector/{DetectorId}/master", 200)
        .input(&GetMasterAccountRequest)
        .output(&GetMasterAccountResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    DisassociateFromAdministratorAccount = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/administrator/disassociate", 200)
        .input(&DisassociateFromAdministratorAccountRequest)
        .output(&DisassociateFromAdministratorAccountResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    DisassociateFromMasterAccount = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/master/disassociate", 200)
        .input(&DisassociateFromMasterAccountRequest)
        .output(&DisassociateFromMasterAccountResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
}
