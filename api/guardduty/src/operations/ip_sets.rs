//! Operations: ip sets.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateIPSet = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/ipset", 200)
        .input(&CreateIPSetRequest)
        .output(&CreateIPSetResponse)
        .errors(&[&AccessDeniedException, &BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetIPSet = operation(Access::Read)
        .http("GET", "/detector/{DetectorId}/ipset/{IpSetId}", 200)
        .input(&GetIPSetRequest)
        .output(&GetIPSetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("ip-set", "IpSetId")]);
    UpdateIPSet = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/ipset/{IpSetId}", 200)
        .input(&UpdateIPSetRequest)
        .output(&UpdateIPSetResponse)
        .errors(&[&AccessDeniedException, &BadRequestException, &InternalServerErrorException])
        .on(&[target("ip-set", "IpSetId")]);
    DeleteIPSet = operation(Access::Write)
        .http("DELETE", "/detector/{DetectorId}/ipset/{IpSetId}", 200)
        .input(&DeleteIPSetRequest)
        .output(&DeleteIPSetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("ip-set", "IpSetId")]);
    ListIPSets = operation(Access::List)
        .http("GET", "/detector/{DetectorId}/ipset", 200)
        .input(&ListIPSetsRequest)
        .output(&ListIPSetsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
}
