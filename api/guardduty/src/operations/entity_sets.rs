//! Operations: entity sets.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateThreatEntitySet = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/threatentityset", 200)
        .input(&CreateThreatEntitySetRequest)
        .output(&CreateThreatEntitySetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetThreatEntitySet = operation(Access::Read)
        .http("GET", "/detector/{DetectorId}/threatentityset/{ThreatEntitySetId}", 200)
        .input(&GetThreatEntitySetRequest)
        .output(&GetThreatEntitySetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("threat-entity-set", "ThreatEntitySetId")]);
    UpdateThreatEntitySet = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/threatentityset/{ThreatEntitySetId}", 200)
        .input(&UpdateThreatEntitySetRequest)
        .output(&UpdateThreatEntitySetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("threat-entity-set", "ThreatEntitySetId")]);
    DeleteThreatEntitySet = operation(Access::Write)
        .http("DELETE", "/detector/{DetectorId}/threatentityset/{ThreatEntitySetId}", 200)
        .input(&DeleteThreatEntitySetRequest)
        .output(&DeleteThreatEntitySetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("threat-entity-set", "ThreatEntitySetId")]);
    ListThreatEntitySets = operation(Access::List)
        .http("GET", "/detector/{DetectorId}/threatentityset", 200)
        .input(&ListThreatEntitySetsRequest)
        .output(&ListThreatEntitySetsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    CreateTrustedEntitySet = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/trustedentityset", 200)
        .input(&CreateTrustedEntitySetRequest)
        .output(&CreateTrustedEntitySetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetTrustedEntitySet = operation(Access::Read)
        .http("GET", "/detector/{DetectorId}/trustedentityset/{TrustedEntitySetId}", 200)
        .input(&GetTrustedEntitySetRequest)
        .output(&GetTrustedEntitySetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("trusted-entity-set", "TrustedEntitySetId")]);
    UpdateTrustedEntitySet = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/trustedentityset/{TrustedEntitySetId}", 200)
        .input(&UpdateTrustedEntitySetRequest)
        .output(&UpdateTrustedEntitySetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("trusted-entity-set", "TrustedEntitySetId")]);
    DeleteTrustedEntitySet = operation(Access::Write)
        .http("DELETE", "/detector/{DetectorId}/trustedentityset/{TrustedEntitySetId}", 200)
        .input(&DeleteTrustedEntitySetRequest)
        .output(&DeleteTrustedEntitySetResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("trusted-entity-set", "TrustedEntitySetId")]);
    ListTrustedEntitySets = operation(Access::List)
        .http("GET", "/detector/{DetectorId}/trustedentityset", 200)
        .input(&ListTrustedEntitySetsRequest)
        .output(&ListTrustedEntitySetsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
}
