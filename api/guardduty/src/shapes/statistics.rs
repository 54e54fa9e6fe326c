//! Shapes: statistics.

use bastide_shape::{Location, enumeration, list, map, member, shapes, structure};

use super::*;

shapes! {
    ListCoverageRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("NextToken", &String).wire("nextToken"),
        member("MaxResults", &MaxResults).wire("maxResults"),
        member("FilterCriteria", &CoverageFilterCriteria).wire("filterCriteria"),
        member("SortCriteria", &CoverageSortCriteria).wire("sortCriteria"),
    ]);
    CoverageFilterCriteria = structure(&[
        member("FilterCriterion", &CoverageFilterCriterionList).wire("filterCriterion"),
    ]);
    CoverageFilterCriterionList = list(&member("member", &CoverageFilterCriterion)).length(0, 50);
    CoverageFilterCriterion = structure(&[
        member("CriterionKey", &CoverageFilterCriterionKey).wire("criterionKey"),
        member("FilterCondition", &CoverageFilterCondition).wire("filterCondition"),
    ]);
    CoverageFilterCriterionKey = enumeration(&[
        "ACCOUNT_ID", "RESOURCE_TYPE", "COVERAGE_STATUS", "ADDON_VERSION", "CLUSTER_NAME",
        "ECS_CLUSTER_NAME", "MANAGEMENT_TYPE", "EKS_CLUSTER_NAME", "AGENT_VERSION", "INSTANCE_ID",
        "CLUSTER_ARN",
    ]);
    CoverageFilterCondition = structure(&[
        member("Equals", &Equals).wire("equals"),
        member("NotEquals", &NotEquals).wire("notEquals"),
    ]);
    CoverageSortCriteria = structure(&[
        member("AttributeName", &CoverageSortKey).wire("attributeName"),
        member("OrderBy", &OrderBy).wire("orderBy"),
    ]);
    CoverageSortKey = enumeration(&[
        "ACCOUNT_ID", "COVERAGE_STATUS", "ISSUE", "ADDON_VERSION", "UPDATED_AT", "CLUSTER_NAME",
        "EKS_CLUSTER_NAME", "ECS_CLUSTER_NAME", "INSTANCE_ID",
    ]);
    ListCoverageResponse = structure(&[
        member("Resources", &CoverageResources).required().wire("resources"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    CoverageResources = list(&member("member", &CoverageResource));
    CoverageResource = structure(&[
        member("ResourceId", &String).wire("resourceId"),
        member("DetectorId", &DetectorId).wire("detectorId"),
        member("AccountId", &AccountId).wire("accountId"),
        member("ResourceDetails", &CoverageResourceDetails).wire("resourceDetails"),
        member("CoverageStatus", &CoverageStatus).wire("coverageStatus"),
        member("Issue", &String).wire("issue"),
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
    ]);
    CoverageResourceDetails = structure(&[
        member("EksClusterDetails", &CoverageEksClusterDetails).wire("eksClusterDetails"),
        member("EcsClusterDetails", &CoverageEcsClusterDetails).wire("ecsClusterDetails"),
        member("Ec2InstanceDetails", &CoverageEc2InstanceDetails).wire("ec2InstanceDetails"),
        member("ResourceType", &ResourceType).wire("resourceType"),
    ]);
    CoverageEksClusterDetails = structure(&[
        member("ClusterName", &String).wire("clusterName"),
        member("CoveredNodes", &Long).wire("coveredNodes"),
        member("CompatibleNodes", &Long).wire("compatibleNodes"),
        member("AddonDetails", &AddonDetails).wire("addonDetails"),
        member("ManagementType", &ManagementType).wire("managementType"),
    ]);
    AddonDetails = structure(&[
        member("AddonVersion", &String).wire("addonVersion"),
        member("AddonStatus", &String).wire("addonStatus"),
    ]);
    ManagementType = enumeration(&["AUTO_MANAGED", "MANUAL", "DISABLED"]);
    CoverageEcsClusterDetails = structure(&[
        member("ClusterName", &String).wire("clusterName"),
        member("FargateDetails", &FargateDetails).wire("fargateDetails"),
        member("ContainerInstanceDetails", &ContainerInstanceDetails).wire("containerInstanceDetails"),
    ]);
    FargateDetails = structure(&[
        member("Issues", &Issues).wire("issues"),
        member("ManagementType", &ManagementType).wire("managementType"),
    ]);
    Issues = list(&member("member", &String)).length(0, 50);
    ContainerInstanceDetails = structure(&[
        member("CoveredContainerInstances", &Long).wire("coveredContainerInstances"),
        member("CompatibleContainerInstances", &Long).wire("compatibleContainerInstances"),
    ]);
    CoverageEc2InstanceDetails = structure(&[
        member("InstanceId", &String).wire("instanceId"),
        member("InstanceType", &String).wire("instanceType"),
        member("ClusterArn", &String).wire("clusterArn"),
        member("AgentDetails", &AgentDetails).wire("agentDetails"),
        member("ManagementType", &ManagementType).wire("managementType"),
    ]);
    AgentDetails = structure(&[
        member("Version", &String).wire("version"),
    ]);
    ResourceType = enumeration(&["EKS", "ECS", "EC2"]);
    CoverageStatus = enumeration(&["HEALTHY", "UNHEALTHY"]);
    GetCoverageStatisticsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FilterCriteria", &CoverageFilterCriteria).wire("filterCriteria"),
        member("StatisticsType", &CoverageStatisticsTypeList).required().wire("statisticsType"),
    ]);
    CoverageStatisticsTypeList = list(&member("member", &CoverageStatisticsType));
    CoverageStatisticsType = enumeration(&["COUNT_BY_RESOURCE_TYPE", "COUNT_BY_COVERAGE_STATUS"]);
    GetCoverageStatisticsResponse = structure(&[
        member("CoverageStatistics", &CoverageStatistics).wire("coverageStatistics"),
    ]);
    CoverageStatistics = structure(&[
        member("CountByResourceType", &CountByResourceType).wire("countByResourceType"),
        member("CountByCoverageStatus", &CountByCoverageStatus).wire("countByCoverageStatus"),
    ]);
    CountByResourceType = map(&member("key", &ResourceType), &member("value", &Long));
    CountByCoverageStatus = map(&member("key", &CoverageStatus), &member("value", &Long));
    GetUsageStatisticsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("UsageStatisticType", &UsageStatisticType).required().wire("usageStatisticsType"),
        member("UsageCriteria", &UsageCriteria).required().wire("usageCriteria"),
        member("Unit", &String).wire("unit"),
        member("MaxResults", &MaxResults).wire("maxResults"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    UsageStatisticType = enumeration(&[
        "SUM_BY_ACCOUNT", "SUM_BY_DATA_SOURCE", "SUM_BY_RESOURCE", "TOP_RESOURCES", "SUM_BY_FEATURES",
        "TOP_ACCOUNTS_BY_FEATURE",
    ]);
    UsageCriteria = structure(&[
        member("AccountIds", &AccountIds).wire("accountIds"),
        member("DataSources", &DataSourceList).wire("dataSources"),
        member("Resources", &ResourceList).wire("resources"),
        member("Features", &UsageFeatureList).wire("features"),
    ]);
    DataSourceList = list(&member("member", &DataSource));
    DataSource = enumeration(&[
        "FLOW_LOGS", "CLOUD_TRAIL", "DNS_LOGS", "S3_LOGS", "KUBERNETES_AUDIT_LOGS", "EC2_MALWARE_SCAN",
    ]);
    ResourceList = list(&member("member", &String));
    UsageFeatureList = list(&member("member", &UsageFeature));
    UsageFeature = enumeration(&[
        "FLOW_LOGS", "CLOUD_TRAIL", "DNS_LOGS", "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION",
        "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS", "EKS_RUNTIME_MONITORING", "EC2_RUNTIME_MONITORING",
        "FARGATE_RUNTIME_MONITORING", "RDS_DBI_PROTECTION_PROVISIONED", "RDS_DBI_PROTECTION_SERVERLESS",
        "RDS_DBI_PROTECTION_LIMITLESS", "RDS_DATA_ACTIVITY_DBI_PROTECTION_PROVISIONED",
        "RDS_DATA_ACTIVITY_DBI_PROTECTION_SERVERLESS", "RDS_DATA_ACTIVITY_DBI_PROTECTION_LIMITLESS",
        "AI_PROTECTION",
    ]);
    GetUsageStatisticsResponse = structure(&[
        member("UsageStatistics", &UsageStatistics).wire("usageStatistics"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    UsageStatistics = structure(&[
        member("SumByAccount", &UsageAccountResultList).wire("sumByAccount"),
        member("TopAccountsByFeature", &UsageTopAccountsResultList).wire("topAccountsByFeature"),
        member("SumByDataSource", &UsageDataSourceResultList).wire("sumByDataSource"),
        member("SumByResource", &UsageResourceResultList).wire("sumByResource"),
        member("TopResources", &UsageResourceResultList).wire("topResources"),
        member("SumByFeature", &UsageFeatureResultList).wire("sumByFeature"),
    ]);
    UsageAccountResultList = list(&member("member", &UsageAccountResult));
    UsageAccountResult = structure(&[
        member("AccountId", &AccountId).wire("accountId"),
        member("Total", &Total).wire("total"),
    ]);
    Total = structure(&[
        member("Amount", &String).wire("amount"),
        member("Unit", &String).wire("unit"),
    ]);
    UsageTopAccountsResultList = list(&member("member", &UsageTopAccountsResult));
    UsageTopAccountsResult = structure(&[
        member("Feature", &UsageFeature).wire("feature"),
        member("Accounts", &UsageTopAccountsByFeatureList).wire("accounts"),
    ]);
    UsageTopAccountsByFeatureList = list(&member("member", &UsageTopAccountResult));
    UsageTopAccountResult = structure(&[
        member("AccountId", &AccountId).wire("accountId"),
        member("Total", &Total).wire("total"),
    ]);
    UsageDataSourceResultList = list(&member("member", &UsageDataSourceResult));
    UsageDataSourceResult = structure(&[
        member("DataSource", &DataSource).wire("dataSource"),
        member("Total", &Total).wire("total"),
    ]);
    UsageResourceResultList = list(&member("member", &UsageResourceResult));
    UsageResourceResult = structure(&[
        member("Resource", &String).wire("resource"),
        member("Total", &Total).wire("total"),
    ]);
    UsageFeatureResultList = list(&member("member", &UsageFeatureResult));
    UsageFeatureResult = structure(&[
        member("Feature", &UsageFeature).wire("feature"),
        member("Total", &Total).wire("total"),
    ]);
    GetRemainingFreeTrialDaysRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("AccountIds", &AccountIds).required().wire("accountIds"),
    ]);
    GetRemainingFreeTrialDaysResponse = structure(&[
        member("Accounts", &AccountFreeTrialInfos).wire("accounts"),
        member("UnprocessedAccounts", &UnprocessedAccounts).wire("unprocessedAccounts"),
    ]);
    AccountFreeTrialInfos = list(&member("member", &AccountFreeTrialInfo));
    AccountFreeTrialInfo = structure(&[
        member("AccountId", &String).wire("accountId"),
        member("DataSources", &DataSourcesFreeTrial).wire("dataSources"),
        member("Features", &FreeTrialFeatureConfigurationsResults).wire("features"),
    ]);
    DataSourcesFreeTrial = structure(&[
        member("CloudTrail", &DataSourceFreeTrial).wire("cloudTrail"),
        member("DnsLogs", &DataSourceFreeTrial).wire("dnsLogs"),
        member("FlowLogs", &DataSourceFreeTrial).wire("flowLogs"),
        member("S3Logs", &DataSourceFreeTrial).wire("s3Logs"),
        member("Kubernetes", &KubernetesDataSourceFreeTrial).wire("kubernetes"),
        member("MalwareProtection", &MalwareProtectionDataSourceFreeTrial).wire("malwareProtection"),
    ]);
    DataSourceFreeTrial = structure(&[
        member("FreeTrialDaysRemaining", &Integer).wire("freeTrialDaysRemaining"),
    ]);
    KubernetesDataSourceFreeTrial = structure(&[
        member("AuditLogs", &DataSourceFreeTrial).wire("auditLogs"),
    ]);
    MalwareProtectionDataSourceFreeTrial = structure(&[
        member("ScanEc2InstanceWithFindings", &DataSourceFreeTrial).wire("scanEc2InstanceWithFindings"),
    ]);
    FreeTrialFeatureConfigurationsResults = list(&member("member", &FreeTrialFeatureConfigurationResult));
    FreeTrialFeatureConfigurationResult = structure(&[
        member("Name", &FreeTrialFeatureResult).wire("name"),
        member("FreeTrialDaysRemaining", &Integer).wire("freeTrialDaysRemaining"),
    ]);
    FreeTrialFeatureResult = enumeration(&[
        "FLOW_LOGS", "CLOUD_TRAIL", "DNS_LOGS", "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION",
        "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS", "EKS_RUNTIME_MONITORING", "EC2_RUNTIME_MONITORING",
        "FARGATE_RUNTIME_MONITORING", "AI_PROTECTION",
    ]);
}
