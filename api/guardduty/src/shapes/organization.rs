//! Shapes: organization.

use bastide_shape::{Location, enumeration, list, member, shapes, structure};

use super::*;

shapes! {
    EnableOrganizationAdminAccountRequest = structure(&[
        member("AdminAccountId", &String).required().wire("adminAccountId"),
    ]);
    EnableOrganizationAdminAccountResponse = structure(&[]);
    DisableOrganizationAdminAccountRequest = structure(&[
        member("AdminAccountId", &String).required().wire("adminAccountId"),
    ]);
    DisableOrganizationAdminAccountResponse = structure(&[]);
    ListOrganizationAdminAccountsRequest = structure(&[
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
    ]);
    ListOrganizationAdminAccountsResponse = structure(&[
        member("AdminAccounts", &AdminAccounts).wire("adminAccounts"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    AdminAccounts = list(&member("member", &AdminAccount)).length(0, 1);
    AdminAccount = structure(&[
        member("AdminAccountId", &String).wire("adminAccountId"),
        member("AdminStatus", &AdminStatus).wire("adminStatus"),
    ]);
    AdminStatus = enumeration(&["ENABLED", "DISABLE_IN_PROGRESS"]).length(1, 300);
    DescribeOrganizationConfigurationRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
    ]);
    DescribeOrganizationConfigurationResponse = structure(&[
        member("AutoEnable", &Boolean).wire("autoEnable"),
        member("MemberAccountLimitReached", &Boolean).required().wire("memberAccountLimitReached"),
        member("DataSources", &OrganizationDataSourceConfigurationsResult).wire("dataSources"),
        member("Features", &OrganizationFeaturesConfigurationsResults).wire("features"),
        member("NextToken", &String).wire("nextToken"),
        member("AutoEnableOrganizationMembers", &AutoEnableMembers).wire("autoEnableOrganizationMembers"),
    ]);
    OrganizationDataSourceConfigurationsResult = structure(&[
        member("S3Logs", &OrganizationS3LogsConfigurationResult).required().wire("s3Logs"),
        member("Kubernetes", &OrganizationKubernetesConfigurationResult).wire("kubernetes"),
        member("MalwareProtection", &OrganizationMalwareProtectionConfigurationResult).wire("malwareProtection"),
    ]);
    OrganizationS3LogsConfigurationResult = structure(&[
        member("AutoEnable", &Boolean).required().wire("autoEnable"),
    ]);
    OrganizationKubernetesConfigurationResult = structure(&[
        member("AuditLogs", &OrganizationKubernetesAuditLogsConfigurationResult).required().wire("auditLogs"),
    ]);
    OrganizationKubernetesAuditLogsConfigurationResult = structure(&[
        member("AutoEnable", &Boolean).required().wire("autoEnable"),
    ]);
    OrganizationMalwareProtectionConfigurationResult = structure(&[
        member("ScanEc2InstanceWithFindings", &OrganizationScanEc2InstanceWithFindingsResult).wire("scanEc2InstanceWithFindings"),
    ]);
    OrganizationScanEc2InstanceWithFindingsResult = structure(&[
        member("EbsVolumes", &OrganizationEbsVolumesResult).wire("ebsVolumes"),
    ]);
    OrganizationEbsVolumesResult = structure(&[
        member("AutoEnable", &Boolean).wire("autoEnable"),
    ]);
    OrganizationFeaturesConfigurationsResults = list(&member("member", &OrganizationFeatureConfigurationResult));
    OrganizationFeatureConfigurationResult = structure(&[
        member("Name", &OrgFeature).wire("name"),
        member("AutoEnable", &OrgFeatureStatus).wire("autoEnable"),
        member("AdditionalConfiguration", &OrganizationAdditionalConfigurationResults).wire("additionalConfiguration"),
    ]);
    OrgFeatureStatus = enumeration(&["NEW", "NONE", "ALL"]);
    OrganizationAdditionalConfigurationResults = list(&member("member", &OrganizationAdditionalConfigurationResult));
    OrganizationAdditionalConfigurationResult = structure(&[
        member("Name", &OrgFeatureAdditionalConfiguration).wire("name"),
        member("AutoEnable", &OrgFeatureStatus).wire("autoEnable"),
    ]);
    AutoEnableMembers = enumeration(&["NEW", "ALL", "NONE"]);
    UpdateOrganizationConfigurationRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AutoEnable", &Boolean).wire("autoEnable"),
        member("DataSources", &OrganizationDataSourceConfigurations).wire("dataSources"),
        member("Features", &OrganizationFeaturesConfigurations).wire("features"),
        member("AutoEnableOrganizationMembers", &AutoEnableMembers).wire("autoEnableOrganizationMembers"),
    ]);
    OrganizationDataSourceConfigurations = structure(&[
        member("S3Logs", &OrganizationS3LogsConfiguration).wire("s3Logs"),
        member("Kubernetes", &OrganizationKubernetesConfiguration).wire("kubernetes"),
        member("MalwareProtection", &OrganizationMalwareProtectionConfiguration).wire("malwareProtection"),
    ]);
    OrganizationS3LogsConfiguration = structure(&[
        member("AutoEnable", &Boolean).required().wire("autoEnable"),
    ]);
    OrganizationKubernetesConfiguration = structure(&[
        member("AuditLogs", &OrganizationKubernetesAuditLogsConfiguration).required().wire("auditLogs"),
    ]);
    OrganizationKubernetesAuditLogsConfiguration = structure(&[
        member("AutoEnable", &Boolean).required().wire("autoEnable"),
    ]);
    OrganizationMalwareProtectionConfiguration = structure(&[
        member("ScanEc2InstanceWithFindings", &OrganizationScanEc2InstanceWithFindings).wire("scanEc2InstanceWithFindings"),
    ]);
    OrganizationScanEc2InstanceWithFindings = structure(&[
        member("EbsVolumes", &OrganizationEbsVolumes).wire("ebsVolumes"),
    ]);
    OrganizationEbsVolumes = structure(&[
        member("AutoEnable", &Boolean).wire("autoEnable"),
    ]);
    OrganizationFeaturesConfigurations = list(&member("member", &OrganizationFeatureConfiguration));
    OrganizationFeatureConfiguration = structure(&[
        member("Name", &OrgFeature).wire("name"),
        member("AutoEnable", &OrgFeatureStatus).wire("autoEnable"),
        member("AdditionalConfiguration", &OrganizationAdditionalConfigurations).wire("additionalConfiguration"),
    ]);
    OrganizationAdditionalConfigurations = list(&member("member", &OrganizationAdditionalConfiguration));
    OrganizationAdditionalConfiguration = structure(&[
        member("Name", &OrgFeatureAdditionalConfiguration).wire("name"),
        member("AutoEnable", &OrgFeatureStatus).wire("autoEnable"),
    ]);
    UpdateOrganizationConfigurationResponse = structure(&[]);
    GetOrganizationStatisticsResponse = structure(&[
        member("OrganizationDetails", &OrganizationDetails).wire("organizationDetails"),
    ]);
    OrganizationDetails = structure(&[
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
        member("OrganizationStatistics", &OrganizationStatistics).wire("organizationStatistics"),
    ]);
    OrganizationStatistics = structure(&[
        member("TotalAccountsCount", &Integer).wire("totalAccountsCount"),
        member("MemberAccountsCount", &Integer).wire("memberAccountsCount"),
        member("ActiveAccountsCount", &Integer).wire("activeAccountsCount"),
        member("EnabledAccountsCount", &Integer).wire("enabledAccountsCount"),
        member("CountByFeature", &OrganizationFeatureStatisticsResults).wire("countByFeature"),
    ]);
    OrganizationFeatureStatisticsResults = list(&member("member", &OrganizationFeatureStatistics));
    OrganizationFeatureStatistics = structure(&[
        member("Name", &OrgFeature).wire("name"),
        member("EnabledAccountsCount", &Integer).wire("enabledAccountsCount"),
        member("AdditionalConfiguration", &OrganizationFeatureStatisticsAdditionalConfigurations).wire("additionalConfiguration"),
    ]);
    OrganizationFeatureStatisticsAdditionalConfigurations = list(&member("member", &OrganizationFeatureStatisticsAdditionalConfiguration));
    OrganizationFeatureStatisticsAdditionalConfiguration = structure(&[
        member("Name", &OrgFeatureAdditionalConfiguration).wire("name"),
        member("EnabledAccountsCount", &Integer).wire("enabledAccountsCount"),
    ]);
}
