//! Operations: finding.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    GetFindings = operation(Access::Read)
        .http("POST", "/detector/{DetectorId}/findings/get", 200)
        .input(&GetFindingsRequest)
        .output(&GetFindingsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
}
