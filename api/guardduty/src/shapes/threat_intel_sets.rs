//! Shapes: threat intel sets.

use bastide_shape::{Location, Trait, enumeration, list, member, shapes, structure};

use super::*;

shapes! {
    CreateThreatIntelSetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("Name", &Name).required().wire("name"),
        member("Format", &ThreatIntelSetFormat).required().wire("format"),
        member("Location", &Location).required().wire("location"),
        member("Activate", &Boolean).required().wire("activate"),
        member("ClientToken", &ClientToken).wire("clientToken").with(&[Trait::IdempotencyToken]),
        member("Tags", &TagMap).wire("tags"),
        member("ExpectedBucketOwner", &AccountId).wire("expectedBucketOwner"),
    ]);
    ThreatIntelSetFormat = enumeration(&["TXT", "STIX", "OTX_CSV", "ALIEN_VAULT", "PROOF_POINT", "FIRE_EYE"]).length(1, 300);
    CreateThreatIntelSetResponse = structure(&[
        member("ThreatIntelSetId", &String).required().wire("threatIntelSetId"),
    ]);
    GetThreatIntelSetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("ThreatIntelSetId", &String).required().at(Location::Uri("ThreatIntelSetId")),
    ]);
    GetThreatIntelSetResponse = structure(&[
        member("Name", &Name).required().wire("name"),
        member("Format", &ThreatIntelSetFormat).required().wire("format"),
        member("Location", &Location).required().wire("location"),
        member("Status", &ThreatIntelSetStatus).required().wire("status"),
        member("Tags", &TagMap).wire("tags"),
        member("ExpectedBucketOwner", &AccountId).wire("expectedBucketOwner"),
    ]);
    ThreatIntelSetStatus = enumeration(&[
        "INACTIVE", "ACTIVATING", "ACTIVE", "DEACTIVATING", "ERROR", "DELETE_PENDING", "DELETED",
    ]).length(1, 300);
    UpdateThreatIntelSetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("ThreatIntelSetId", &String).required().at(Location::Uri("ThreatIntelSetId")),
        member("Name", &Name).wire("name"),
        member("Location", &Location).wire("location"),
        member("Activate", &Boolean).wire("activate"),
        member("ExpectedBucketOwner", &AccountId).wire("expectedBucketOwner"),
    ]);
    UpdateThreatIntelSetResponse = structure(&[]);
    DeleteThreatIntelSetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("ThreatIntelSetId", &String).required().at(Location::Uri("ThreatIntelSetId")),
    ]);
    DeleteThreatIntelSetResponse = structure(&[]);
    ListThreatIntelSetsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
    ]);
    ListThreatIntelSetsResponse = structure(&[
        member("ThreatIntelSetIds", &ThreatIntelSetIds).required().wire("threatIntelSetIds"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    ThreatIntelSetIds = list(&member("member", &String)).length(0, 50);
}
