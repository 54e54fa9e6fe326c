//! Shapes: ip sets.

use bastide_shape::{Location, Trait, enumeration, list, member, shapes, structure};

use super::*;

shapes! {
    CreateIPSetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("Name", &Name).required().wire("name"),
        member("Format", &IpSetFormat).required().wire("format"),
        member("Location", &Location).required().wire("location"),
        member("Activate", &Boolean).required().wire("activate"),
        member("ClientToken", &ClientToken).wire("clientToken").with(&[Trait::IdempotencyToken]),
        member("Tags", &TagMap).wire("tags"),
        member("ExpectedBucketOwner", &AccountId).wire("expectedBucketOwner"),
    ]);
    IpSetFormat = enumeration(&["TXT", "STIX", "OTX_CSV", "ALIEN_VAULT", "PROOF_POINT", "FIRE_EYE"]).length(1, 300);
    CreateIPSetResponse = structure(&[
        member("IpSetId", &String).required().wire("ipSetId"),
    ]);
    GetIPSetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("IpSetId", &String).required().at(Location::Uri("IpSetId")),
    ]);
    GetIPSetResponse = structure(&[
        member("Name", &Name).required().wire("name"),
        member("Format", &IpSetFormat).required().wire("format"),
        member("Location", &Location).required().wire("location"),
        member("Status", &IpSetStatus).required().wire("status"),
        member("Tags", &TagMap).wire("tags"),
        member("ExpectedBucketOwner", &AccountId).wire("expectedBucketOwner"),
    ]);
    IpSetStatus = enumeration(&[
        "INACTIVE", "ACTIVATING", "ACTIVE", "DEACTIVATING", "ERROR", "DELETE_PENDING", "DELETED",
    ]).length(1, 300);
    UpdateIPSetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("IpSetId", &String).required().at(Location::Uri("IpSetId")),
        member("Name", &Name).wire("name"),
        member("Location", &Location).wire("location"),
        member("Activate", &Boolean).wire("activate"),
        member("ExpectedBucketOwner", &AccountId).wire("expectedBucketOwner"),
    ]);
    UpdateIPSetResponse = structure(&[]);
    DeleteIPSetRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("IpSetId", &String).required().at(Location::Uri("IpSetId")),
    ]);
    DeleteIPSetResponse = structure(&[]);
    ListIPSetsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
    ]);
    ListIPSetsResponse = structure(&[
        member("IpSetIds", &IpSetIds).required().wire("ipSetIds"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    IpSetIds = list(&member("member", &String)).length(0, 50);
}
