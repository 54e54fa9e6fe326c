//! Shapes: destinations.

use bastide_shape::{Location, Trait, enumeration, list, member, shapes, structure};

use super::*;

shapes! {
    CreatePublishingDestinationRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("DestinationType", &DestinationType).required().wire("destinationType"),
        member("DestinationProperties", &DestinationProperties).required().wire("destinationProperties"),
        member("ClientToken", &ClientToken).wire("clientToken").with(&[Trait::IdempotencyToken]),
        member("Tags", &TagMap).wire("tags"),
    ]);
    DestinationType = enumeration(&["S3"]).length(1, 300);
    DestinationProperties = structure(&[
        member("DestinationArn", &String).wire("destinationArn"),
        member("KmsKeyArn", &String).wire("kmsKeyArn"),
        member("ExpectedBucketOwner", &AccountId).wire("expectedBucketOwner"),
    ]);
    CreatePublishingDestinationResponse = structure(&[
        member("DestinationId", &String).required().wire("destinationId"),
    ]);
    DescribePublishingDestinationRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("DestinationId", &String).required().at(Location::Uri("DestinationId")),
    ]);
    DescribePublishingDestinationResponse = structure(&[
        member("DestinationId", &String).required().wire("destinationId"),
        member("DestinationType", &DestinationType).required().wire("destinationType"),
        member("Status", &PublishingStatus).required().wire("status"),
        member("PublishingFailureStartTimestamp", &Long).required().wire("publishingFailureStartTimestamp"),
        member("DestinationProperties", &DestinationProperties).required().wire("destinationProperties"),
        member("Tags", &TagMap).wire("tags"),
    ]);
    PublishingStatus = enumeration(&[
        "PENDING_VERIFICATION", "PUBLISHING", "UNABLE_TO_PUBLISH_FIX_DESTINATION_PROPERTY", "STOPPED",
    ]).length(1, 300);
    UpdatePublishingDestinationRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("DestinationId", &String).required().at(Location::Uri("DestinationId")),
        member("DestinationProperties", &DestinationProperties).wire("destinationProperties"),
    ]);
    UpdatePublishingDestinationResponse = structure(&[]);
    DeletePublishingDestinationRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("DestinationId", &String).required().at(Location::Uri("DestinationId")),
    ]);
    DeletePublishingDestinationResponse = structure(&[]);
    ListPublishingDestinationsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
    ]);
    ListPublishingDestinationsResponse = structure(&[
        member("Destinations", &Destinations).required().wire("destinations"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    Destinations = list(&member("member", &Destination));
    Destination = structure(&[
        member("DestinationId", &String).required().wire("destinationId"),
        member("DestinationType", &DestinationType).required().wire("destinationType"),
        member("Status", &PublishingStatus).required().wire("status"),
    ]);
}
