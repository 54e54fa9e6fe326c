//! Shapes: entity sets.

use bastide_shape::{Location, Trait, enumeration, list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateThreatEntitySetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("Name", &Name).required().wire("name"),
        member("Format", &ThreatEntitySetFormat).required().wire("format"),
        member("Location", &Location).required().wire("location"),
        member("ExpectedBucketOwner", &ExpectedBucketOwner).wire("expectedBucketOwner"),
        member("Activate", &Boolean).required().wire("activate"),
        member("ClientToken", &ClientToken).wire("clientToken").with(&[Trait::IdempotencyToken]),
        member("Tags", &TagMap).wire("tags"),
    ]);
    ThreatEntitySetFormat = enumeration(&["TXT", "STIX", "OTX_CSV", "ALIEN_VAULT", "PROOF_POINT", "FIRE_EYE"]).length(1, 300);
    ExpectedBucketOwner = string().length(12, 12).pattern(r"[0-9]+");
    CreateThreatEntitySetResponse = structure(&[
        member("ThreatEntitySetId", &String).required().wire("threatEntitySetId"),
    ]);
    GetThreatEntitySetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("ThreatEntitySetId", &String).required().at(Location::Uri("ThreatEntitySetId")),
    ]);
    GetThreatEntitySetResponse = structure(&[
        member("Name", &Name).required().wire("name"),
        member("Format", &ThreatEntitySetFormat).required().wire("format"),
        member("Location", &Location).required().wire("location"),
        member("ExpectedBucketOwner", &ExpectedBucketOwner).wire("expectedBucketOwner"),
        member("Status", &ThreatEntitySetStatus).required().wire("status"),
        member("Tags", &TagMap).wire("tags"),
        member("CreatedAt", &Timestamp).wire("createdAt"),
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
        member("ErrorDetails", &String).wire("errorDetails"),
    ]);
    ThreatEntitySetStatus = enumeration(&[
        "INACTIVE", "ACTIVATING", "ACTIVE", "DEACTIVATING", "ERROR", "DELETE_PENDING", "DELETED",
    ]).length(1, 300);
    UpdateThreatEntitySetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("ThreatEntitySetId", &String).required().at(Location::Uri("ThreatEntitySetId")),
        member("Name", &Name).wire("name"),
        member("Location", &Location).wire("location"),
        member("ExpectedBucketOwner", &ExpectedBucketOwner).wire("expectedBucketOwner"),
        member("Activate", &Boolean).wire("activate"),
    ]);
    UpdateThreatEntitySetResponse = structure(&[]);
    DeleteThreatEntitySetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("ThreatEntitySetId", &String).required().at(Location::Uri("ThreatEntitySetId")),
    ]);
    DeleteThreatEntitySetResponse = structure(&[]);
    ListThreatEntitySetsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
    ]);
    ListThreatEntitySetsResponse = structure(&[
        member("ThreatEntitySetIds", &ThreatEntitySetIds).required().wire("threatEntitySetIds"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    ThreatEntitySetIds = list(&member("member", &String)).length(0, 50);
    CreateTrustedEntitySetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("Name", &Name).required().wire("name"),
        member("Format", &TrustedEntitySetFormat).required().wire("format"),
        member("Location", &Location).required().wire("location"),
        member("ExpectedBucketOwner", &ExpectedBucketOwner).wire("expectedBucketOwner"),
        member("Activate", &Boolean).required().wire("activate"),
        member("ClientToken", &ClientToken).wire("clientToken").with(&[Trait::IdempotencyToken]),
        member("Tags", &TagMap).wire("tags"),
    ]);
    TrustedEntitySetFormat = enumeration(&["TXT", "STIX", "OTX_CSV", "ALIEN_VAULT", "PROOF_POINT", "FIRE_EYE"]).length(1, 300);
    CreateTrustedEntitySetResponse = structure(&[
        member("TrustedEntitySetId", &String).required().wire("trustedEntitySetId"),
    ]);
    GetTrustedEntitySetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("TrustedEntitySetId", &String).required().at(Location::Uri("TrustedEntitySetId")),
    ]);
    GetTrustedEntitySetResponse = structure(&[
        member("Name", &Name).required().wire("name"),
        member("Format", &TrustedEntitySetFormat).required().wire("format"),
        member("Location", &Location).required().wire("location"),
        member("ExpectedBucketOwner", &ExpectedBucketOwner).wire("expectedBucketOwner"),
        member("Status", &TrustedEntitySetStatus).required().wire("status"),
        member("Tags", &TagMap).wire("tags"),
        member("CreatedAt", &Timestamp).wire("createdAt"),
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
        member("ErrorDetails", &String).wire("errorDetails"),
    ]);
    TrustedEntitySetStatus = enumeration(&[
        "INACTIVE", "ACTIVATING", "ACTIVE", "DEACTIVATING", "ERROR", "DELETE_PENDING", "DELETED",
    ]).length(1, 300);
    UpdateTrustedEntitySetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("TrustedEntitySetId", &String).required().at(Location::Uri("TrustedEntitySetId")),
        member("Name", &Name).wire("name"),
        member("Location", &Location).wire("location"),
        member("ExpectedBucketOwner", &ExpectedBucketOwner).wire("expectedBucketOwner"),
        member("Activate", &Boolean).wire("activate"),
    ]);
    UpdateTrustedEntitySetResponse = structure(&[]);
    DeleteTrustedEntitySetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("TrustedEntitySetId", &String).required().at(Location::Uri("TrustedEntitySetId")),
    ]);
    DeleteTrustedEntitySetResponse = structure(&[]);
    ListTrustedEntitySetsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
    ]);
    ListTrustedEntitySetsResponse = structure(&[
        member("TrustedEntitySetIds", &TrustedEntitySetIds).required().wire("trustedEntitySetIds"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    TrustedEntitySetIds = list(&member("member", &String)).length(0, 50);
}
