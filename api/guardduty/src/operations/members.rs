//! Operations: members.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateMembers = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/member", 200)
        .input(&CreateMembersRequest)
        .output(&CreateMembersResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetMembers = operation(Access::Read)
        .http("POST", "/detector/{DetectorId}/member/get", 200)
        .input(&GetMembersRequest)
        .output(&GetMembersResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    ListMembers = operation(Access::List)
        .http("GET", "/detector/{DetectorId}/member", 200)
        .input(&ListMembersRequest)
        .output(&ListMembersResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    DeleteMembers = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/member/delete", 200)
        .input(&DeleteMembersRequest)
        .output(&DeleteMembersResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    InviteMembers = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/member/invite", 200)
        .input(&InviteMembersRequest)
        .output(&InviteMembersResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    DisassociateMembers = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/member/disassociate", 200)
        .input(&DisassociateMembersRequest)
        .output(&DisassociateMembersResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    StartMonitoringMembers = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/member/start", 200)
        .input(&StartMonitoringMembersRequest)
        .output(&StartMonitoringMembersResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    StopMonitoringMembers = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/member/stop", 200)
        .input(&StopMonitoringMembersRequest)
        .output(&StopMonitoringMembersResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetMemberDetectors = operation(Access::Read)
        .http("POST", "/detector/{DetectorId}/member/detector/get", 200)
        .input(&GetMemberDetectorsRequest)
        .output(&GetMemberDetectorsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    UpdateMemberDetectors = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/member/detector/update", 200)
        .input(&UpdateMemberDetectorsRequest)
        .output(&UpdateMemberDetectorsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
}
