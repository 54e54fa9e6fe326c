//! Shapes: findings.

use bastide_shape::{Location, enumeration, integer, list, map, member, shapes, structure};

use super::*;

shapes! {
    ListFindingsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FindingCriteria", &FindingCriteria).wire("findingCriteria"),
        member("SortCriteria", &SortCriteria).wire("sortCriteria"),
        member("MaxResults", &MaxResults).wire("maxResults"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    ListFindingsResponse = structure(&[
        member("FindingIds", &FindingIds).required().wire("findingIds"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    GetFindingsStatisticsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FindingStatisticTypes", &FindingStatisticTypes).wire("findingStatisticTypes"),
        member("FindingCriteria", &FindingCriteria).wire("findingCriteria"),
        member("GroupBy", &GroupByType).wire("groupBy"),
        member("OrderBy", &OrderBy).wire("orderBy"),
        member("MaxResults", &MaxResults100).wire("maxResults"),
    ]);
    FindingStatisticTypes = list(&member("member", &FindingStatisticType)).length(0, 10);
    FindingStatisticType = enumeration(&["COUNT_BY_SEVERITY"]);
    GroupByType = enumeration(&["ACCOUNT", "DATE", "FINDING_TYPE", "RESOURCE", "SEVERITY"]);
    MaxResults100 = integer().range(1, 100);
    GetFindingsStatisticsResponse = structure(&[
        member("FindingStatistics", &FindingStatistics).required().wire("findingStatistics"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    FindingStatistics = structure(&[
        member("CountBySeverity", &CountBySeverity).wire("countBySeverity"),
        member("GroupedByAccount", &GroupedByAccount).wire("groupedByAccount"),
        member("GroupedByDate", &GroupedByDate).wire("groupedByDate"),
        member("GroupedByFindingType", &GroupedByFindingType).wire("groupedByFindingType"),
        member("GroupedByResource", &GroupedByResource).wire("groupedByResource"),
        member("GroupedBySeverity", &GroupedBySeverity).wire("groupedBySeverity"),
    ]);
    CountBySeverity = map(&member("key", &String), &member("value", &Integer));
    GroupedByAccount = list(&member("member", &AccountStatistics));
    AccountStatistics = structure(&[
        member("AccountId", &String).wire("accountId"),
        member("LastGeneratedAt", &Timestamp).wire("lastGeneratedAt"),
        member("TotalFindings", &Integer).wire("totalFindings"),
    ]);
    GroupedByDate = list(&member("member", &DateStatistics));
    DateStatistics = structure(&[
        member("Date", &Timestamp).wire("date"),
        member("LastGeneratedAt", &Timestamp).wire("lastGeneratedAt"),
        member("Severity", &Double).wire("severity"),
        member("TotalFindings", &Integer).wire("totalFindings"),
    ]);
    GroupedByFindingType = list(&member("member", &FindingTypeStatistics));
    FindingTypeStatistics = structure(&[
        member("FindingType", &String).wire("findingType"),
        member("LastGeneratedAt", &Timestamp).wire("lastGeneratedAt"),
        member("TotalFindings", &Integer).wire("totalFindings"),
    ]);
    GroupedByResource = list(&member("member", &ResourceStatistics));
    ResourceStatistics = structure(&[
        member("AccountId", &String).wire("accountId"),
        member("LastGeneratedAt", &Timestamp).wire("lastGeneratedAt"),
        member("ResourceId", &String).wire("resourceId"),
        member("ResourceType", &String).wire("resourceType"),
        member("TotalFindings", &Integer).wire("totalFindings"),
    ]);
    GroupedBySeverity = list(&member("member", &SeverityStatistics));
    SeverityStatistics = structure(&[
        member("LastGeneratedAt", &Timestamp).wire("lastGeneratedAt"),
        member("Severity", &Double).wire("severity"),
        member("TotalFindings", &Integer).wire("totalFindings"),
    ]);
    ArchiveFindingsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FindingIds", &FindingIds).required().wire("findingIds"),
    ]);
    ArchiveFindingsResponse = structure(&[]);
    UnarchiveFindingsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FindingIds", &FindingIds).required().wire("findingIds"),
    ]);
    UnarchiveFindingsResponse = structure(&[]);
    UpdateFindingsFeedbackRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FindingIds", &FindingIds).required().wire("findingIds"),
        member("Feedback", &Feedback).required().wire("feedback"),
        member("Comments", &SensitiveString).wire("comments"),
    ]);
    Feedback = enumeration(&["USEFUL", "NOT_USEFUL"]);
    UpdateFindingsFeedbackResponse = structure(&[]);
    CreateSampleFindingsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FindingTypes", &FindingTypes).wire("findingTypes"),
    ]);
    FindingTypes = list(&member("member", &FindingType)).length(0, 50);
    CreateSampleFindingsResponse = structure(&[]);
}
