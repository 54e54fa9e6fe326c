//! Operations: detectors.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateDetector = operation(Access::Write)
        .http("POST", "/detector", 200)
        .input(&CreateDetectorRequest)
        .output(&CreateDetectorResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException]);
    GetDetector = operation(Access::Read)
        .http("GET", "/detector/{DetectorId}", 200)
        .input(&GetDetectorRequest)
        .output(&GetDetectorResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    UpdateDetector = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}", 200)
        .input(&UpdateDetectorRequest)
        .output(&UpdateDetectorResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    DeleteDetector = operation(Access::Write)
        .http("DELETE", "/detector/{DetectorId}", 200)
        .input(&DeleteDetectorRequest)
        .output(&DeleteDetectorResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    ListDetectors = operation(Access::List)
        .http("GET", "/detector", 200)
        .input(&ListDetectorsRequest)
        .output(&ListDetectorsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException]);
}
