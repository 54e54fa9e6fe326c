//! Shapes: filters.

use bastide_shape::{Location, Trait, enumeration, integer, list, long, member, shapes, string, structure};

use super::*;

shapes! {
    CreateFilterRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("Name", &FilterName).required().wire("name"),
        member("Description", &FilterDescription).wire("description"),
        member("Action", &FilterAction).wire("action"),
        member("Rank", &FilterRank).wire("rank"),
        member("FindingCriteria", &FindingCriteria).required().wire("findingCriteria"),
        member("ClientToken", &ClientToken).wire("clientToken").with(&[Trait::IdempotencyToken]),
        member("Tags", &TagMap).wire("tags"),
    ]);
    FilterName = string().length(3, 64);
    FilterDescription = string().length(0, 512);
    FilterAction = enumeration(&["NOOP", "ARCHIVE"]).length(1, 300);
    FilterRank = integer().range(1, 100);
    CreateFilterResponse = structure(&[
        member("Name", &FilterName).required().wire("name"),
    ]);
    GetFilterRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FilterName", &String).required().at(Location::Uri("FilterName")),
    ]);
    GetFilterResponse = structure(&[
        member("Name", &FilterName).required().wire("name"),
        member("Description", &FilterDescription).wire("description"),
        member("Action", &FilterAction).required().wire("action"),
        member("Rank", &FilterRank).wire("rank"),
        member("FindingCriteria", &FindingCriteria).required().wire("findingCriteria"),
        member("Tags", &TagMap).wire("tags"),
        member("CreatedAt", &Timestamp).wire("createdAt"),
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
        member("Version", &FilterVersion).wire("version"),
    ]);
    FilterVersion = long().from(1);
    UpdateFilterRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FilterName", &String).required().at(Location::Uri("FilterName")),
        member("Description", &FilterDescription).wire("description"),
        member("Action", &FilterAction).wire("action"),
        member("Rank", &FilterRank).wire("rank"),
        member("FindingCriteria", &FindingCriteria).wire("findingCriteria"),
    ]);
    UpdateFilterResponse = structure(&[
        member("Name", &FilterName).required().wire("name"),
    ]);
    DeleteFilterRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FilterName", &String).required().at(Location::Uri("FilterName")),
    ]);
    DeleteFilterResponse = structure(&[]);
    ListFiltersRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
    ]);
    ListFiltersResponse = structure(&[
        member("FilterNames", &FilterNames).required().wire("filterNames"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    FilterNames = list(&member("member", &FilterName)).length(0, 50);
}
