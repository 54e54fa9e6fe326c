//! Operations: threat intel sets.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateThreatIntelSet = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/threatintelset", 200)
        .input(&CreateThreatIntelSetRequest)
        .output(&CreateThreatIntelSetResponse)
        .errors(&[&AccessDeniedException, &BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetThreatIntelSet = operation(Access::Read)
        .http("GET", "/detector/{DetectorId}/threatintelset/{ThreatIntelSetId}", 200)
        .input(&GetThreatIntelSetRequest)
        .output(&GetThreatIntelSetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("threat-intel-set", "ThreatIntelSetId")]);
    UpdateThreatIntelSet = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/threatintelset/{ThreatIntelSetId}", 200)
        .input(&UpdateThreatIntelSetRequest)
        .output(&UpdateThreatIntelSetResponse)
        .errors(&[&AccessDeniedException, &BadRequestException, &InternalServerErrorException])
        .on(&[target("threat-intel-set", "ThreatIntelSetId")]);
    DeleteThreatIntelSet = operation(Access::Write)
        .http("DELETE", "/detector/{DetectorId}/threatintelset/{ThreatIntelSetId}", 200)
        .input(&DeleteThreatIntelSetRequest)
        .output(&DeleteThreatIntelSetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("threat-intel-set", "ThreatIntelSetId")]);
    ListThreatIntelSets = operation(Access::List)
        .http("GET", "/detector/{DetectorId}/threatintelset", 200)
        .input(&ListThreatIntelSetsRequest)
        .output(&ListThreatIntelSetsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
}
