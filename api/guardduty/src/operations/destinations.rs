//! Operations: destinations.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreatePublishingDestination = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/publishingDestination", 200)
        .input(&CreatePublishingDestinationRequest)
        .output(&CreatePublishingDestinationResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    DescribePublishingDestination = operation(Access::Read)
        .http("GET", "/detector/{DetectorId}/publishingDestination/{DestinationId}", 200)
        .input(&DescribePublishingDestinationRequest)
        .output(&DescribePublishingDestinationResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("destination", "DestinationId")]);
    UpdatePublishingDestination = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/publishingDestination/{DestinationId}", 200)
        .input(&UpdatePublishingDestinationRequest)
        .output(&UpdatePublishingDestinationResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("destination", "DestinationId")]);
    DeletePublishingDestination = operation(Access::Write)
        .http("DELETE", "/detector/{DetectorId}/publishingDestination/{DestinationId}", 200)
        .input(&DeletePublishingDestinationRequest)
        .output(&DeletePublishingDestinationResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("destination", "DestinationId")]);
    ListPublishingDestinations = operation(Access::List)
        .http("GET", "/detector/{DetectorId}/publishingDestination", 200)
        .input(&ListPublishingDestinationsRequest)
        .output(&ListPublishingDestinationsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
}
