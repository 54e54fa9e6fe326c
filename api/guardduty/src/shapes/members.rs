//! Shapes: members.

use bastide_shape::{Location, list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateMembersRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AccountDetails", &AccountDetails).required().wire("accountDetails"),
    ]);
    AccountDetails = list(&member("member", &AccountDetail)).length(1, 50);
    AccountDetail = structure(&[
        member("AccountId", &AccountId).required().wire("accountId"),
        member("Email", &Email).required().wire("email"),
    ]);
    Email = string().length(1, 64).sensitive();
    CreateMembersResponse = structure(&[
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
    GetMembersRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AccountIds", &AccountIds).required().wire("accountIds"),
    ]);
    GetMembersResponse = structure(&[
        member("Members", &Members).required().wire("members"),
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
    Members = list(&member("member", &Member)).length(0, 50);
    Member = structure(&[
        member("AccountId", &AccountId).required().wire("accountId"),
        member("DetectorId", &DetectorId).wire("detectorId"),
        member("MasterId", &String).required().wire("masterId"),
        member("Email", &Email).required().wire("email"),
        member("RelationshipStatus", &String).required().wire("relationshipStatus"),
        member("InvitedAt", &String).wire("invitedAt"),
        member("UpdatedAt", &String).required().wire("updatedAt"),
        member("AdministratorId", &String).wire("administratorId"),
    ]);
    ListMembersRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
        member("OnlyAssociated", &String).at(Location::Query("onlyAssociated")),
    ]);
    ListMembersResponse = structure(&[
        member("Members", &Members).wire("members"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    DeleteMembersRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AccountIds", &AccountIds).required().wire("accountIds"),
    ]);
    DeleteMembersResponse = structure(&[
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
    InviteMembersRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AccountIds", &AccountIds).required().wire("accountIds"),
        member("DisableEmailNotification", &Boolean).wire("disableEmailNotification"),
        member("Message", &String).wire("message"),
    ]);
    InviteMembersResponse = structure(&[
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
    DisassociateMembersRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AccountIds", &AccountIds).required().wire("accountIds"),
    ]);
    DisassociateMembersResponse = structure(&[
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
    StartMonitoringMembersRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AccountIds", &AccountIds).required().wire("accountIds"),
    ]);
    StartMonitoringMembersResponse = structure(&[
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
    StopMonitoringMembersRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AccountIds", &AccountIds).required().wire("accountIds"),
    ]);
    StopMonitoringMembersResponse = structure(&[
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
    GetMemberDetectorsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AccountIds", &AccountIds).required().wire("accountIds"),
    ]);
    GetMemberDetectorsResponse = structure(&[
        member("MemberDataSourceConfigurations", &MemberDataSourceConfigurations).required().wire("members"),
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
    MemberDataSourceConfigurations = list(&member("member", &MemberDataSourceConfiguration)).length(1, 50);
    MemberDataSourceConfiguration = structure(&[
        member("AccountId", &AccountId).required().wire("accountId"),
        member("DataSources", &DataSourceConfigurationsResult).required().wire("dataSources"),
        member("Features", &MemberFeaturesConfigurationsResults).wire("features"),
    ]);
    MemberFeaturesConfigurationsResults = list(&member("member", &MemberFeaturesConfigurationResult));
    MemberFeaturesConfigurationResult = structure(&[
        member("Name", &OrgFeature).wire("name"),
        member("Status", &FeatureStatus).wire("status"),
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
        member("AdditionalConfiguration", &MemberAdditionalConfigurationResults).wire("additionalConfiguration"),
        member("ManagedBy", &ManagedBy).wire("managedBy"),
    ]);
    MemberAdditionalConfigurationResults = list(&member("member", &MemberAdditionalConfigurationResult));
    MemberAdditionalConfigurationResult = structure(&[
        member("Name", &OrgFeatureAdditionalConfiguration).wire("name"),
        member("Status", &FeatureStatus).wire("status"),
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
        member("ManagedBy", &ManagedBy).wire("managedBy"),
    ]);
    UpdateMemberDetectorsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AccountIds", &AccountIds).required().wire("accountIds"),
        member("DataSources", &DataSourceConfigurations).wire("dataSources"),
        member("Features", &MemberFeaturesConfigurations).wire("features"),
    ]);
    MemberFeaturesConfigurations = list(&member("member", &MemberFeaturesConfiguration));
    MemberFeaturesConfiguration = structure(&[
        member("Name", &OrgFeature).wire("name"),
        member("Status", &FeatureStatus).wire("status"),
        member("AdditionalConfiguration", &MemberAdditionalConfigurations).wire("additionalConfiguration"),
    ]);
    MemberAdditionalConfigurations = list(&member("member", &MemberAdditionalConfiguration));
    MemberAdditionalConfiguration = structure(&[
        member("Name", &OrgFeatureAdditionalConfiguration).wire("name"),
        member("Status", &FeatureStatus).wire("status"),
    ]);
    UpdateMemberDetectorsResponse = structure(&[
        member("UnprocessedAccounts", &UnprocessedAccounts).required().wire("unprocessedAccounts"),
    ]);
}
