//! Shapes: used by several topics.

use bastide_shape::{
    boolean, double, enumeration, integer, list, long, map, member, shapes, string, structure, timestamp,
};

shapes! {
    DetectorId = string().length(1, 300);
    String = string();
    AccountId = string().length(12, 12);
    ClientToken = string().length(0, 64);
    TagMap = map(&member("key", &TagKey), &member("value", &TagValue)).length(1, 200);
    TagKey = string().length(1, 128).pattern(r"(?!aws:)[a-zA-Z+-=._:/]+");
    TagValue = string().length(0, 256);
    Long = long();
    MaxResults = integer().range(1, 50);
    Boolean = boolean();
    DataSourceConfigurations = structure(&[
        member("S3Logs", &S3LogsConfiguration).wire("s3Logs"),
        member("Kubernetes", &KubernetesConfiguration).wire("kubernetes"),
        member("MalwareProtection", &MalwareProtectionConfiguration).wire("malwareProtection"),
    ]);
    S3LogsConfiguration = structure(&[
        member("Enable", &Boolean).required().wire("enable"),
    ]);
    KubernetesConfiguration = structure(&[
        member("AuditLogs", &KubernetesAuditLogsConfiguration).required().wire("auditLogs"),
    ]);
    KubernetesAuditLogsConfiguration = structure(&[
        member("Enable", &Boolean).required().wire("enable"),
    ]);
    MalwareProtectionConfiguration = structure(&[
        member("ScanEc2InstanceWithFindings", &ScanEc2InstanceWithFindings).wire("scanEc2InstanceWithFindings"),
    ]);
    ScanEc2InstanceWithFindings = structure(&[
        member("EbsVolumes", &Boolean).wire("ebsVolumes"),
    ]);
    FeatureStatus = enumeration(&["ENABLED", "DISABLED"]);
    MalwareProtectionConfigurationResult = structure(&[
        member("ScanEc2InstanceWithFindings", &ScanEc2InstanceWithFindingsResult).wire("scanEc2InstanceWithFindings"),
        member("ServiceRole", &String).wire("serviceRole"),
    ]);
    ScanEc2InstanceWithFindingsResult = structure(&[
        member("EbsVolumes", &EbsVolumesResult).wire("ebsVolumes"),
    ]);
    EbsVolumesResult = structure(&[
        member("Status", &DataSourceStatus).wire("status"),
        member("Reason", &String).wire("reason"),
    ]);
    DataSourceStatus = enumeration(&["ENABLED", "DISABLED"]).length(1, 300);
    DataSourceConfigurationsResult = structure(&[
        member("CloudTrail", &CloudTrailConfigurationResult).required().wire("cloudTrail"),
        member("DNSLogs", &DNSLogsConfigurationResult).required().wire("dnsLogs"),
        member("FlowLogs", &FlowLogsConfigurationResult).required().wire("flowLogs"),
        member("S3Logs", &S3LogsConfigurationResult).required().wire("s3Logs"),
        member("Kubernetes", &KubernetesConfigurationResult).wire("kubernetes"),
        member("MalwareProtection", &MalwareProtectionConfigurationResult).wire("malwareProtection"),
    ]);
    CloudTrailConfigurationResult = structure(&[
        member("Status", &DataSourceStatus).required().wire("status"),
    ]);
    DNSLogsConfigurationResult = structure(&[
        member("Status", &DataSourceStatus).required().wire("status"),
    ]);
    FlowLogsConfigurationResult = structure(&[
        member("Status", &DataSourceStatus).required().wire("status"),
    ]);
    S3LogsConfigurationResult = structure(&[
        member("Status", &DataSourceStatus).required().wire("status"),
    ]);
    KubernetesConfigurationResult = structure(&[
        member("AuditLogs", &KubernetesAuditLogsConfigurationResult).required().wire("auditLogs"),
    ]);
    KubernetesAuditLogsConfigurationResult = structure(&[
        member("Status", &DataSourceStatus).required().wire("status"),
    ]);
    Timestamp = timestamp();
    ManagedBy = enumeration(&["GUARDDUTY_POLICY"]);
    Name = string().length(1, 300);
    Location = string().length(1, 300);
    FindingCriteria = structure(&[
        member("Criterion", &Criterion).wire("criterion"),
    ]);
    Criterion = map(&member("key", &String), &member("value", &Condition));
    Condition = structure(&[
        member("Eq", &Eq).wire("eq"),
        member("Neq", &Neq).wire("neq"),
        member("Gt", &Integer).wire("gt"),
        member("Gte", &Integer).wire("gte"),
        member("Lt", &Integer).wire("lt"),
        member("Lte", &Integer).wire("lte"),
        member("Equals", &Equals).wire("equals"),
        member("NotEquals", &NotEquals).wire("notEquals"),
        member("GreaterThan", &Long).wire("greaterThan"),
        member("GreaterThanOrEqual", &Long).wire("greaterThanOrEqual"),
        member("LessThan", &Long).wire("lessThan"),
        member("LessThanOrEqual", &Long).wire("lessThanOrEqual"),
        member("Matches", &Matches).wire("matches"),
        member("NotMatches", &NotMatches).wire("notMatches"),
    ]);
    Eq = list(&member("member", &String));
    Neq = list(&member("member", &String));
    Integer = integer();
    Equals = list(&member("member", &String));
    NotEquals = list(&member("member", &String));
    Matches = list(&member("member", &Match)).length(0, 5);
    Match = string().length(1, 512);
    NotMatches = list(&member("member", &NotMatch)).length(0, 5);
    NotMatch = string().length(1, 512);
    FindingIds = list(&member("member", &FindingId)).length(0, 50);
    FindingId = string().length(1, 300);
    SortCriteria = structure(&[
        member("AttributeName", &String).wire("attributeName"),
        member("OrderBy", &OrderBy).wire("orderBy"),
    ]);
    OrderBy = enumeration(&["ASC", "DESC"]);
    Double = double();
    SensitiveString = string().sensitive();
    FindingType = string().length(1, 100);
    AccountIds = list(&member("member", &AccountId)).length(1, 50);
    UnprocessedAccounts = list(&member("member", &UnprocessedAccount)).length(0, 50);
    UnprocessedAccount = structure(&[
        member("AccountId", &AccountId).required().wire("accountId"),
        member("Result", &String).required().wire("result"),
    ]);
    OrgFeature = enumeration(&[
        "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS",
        "LAMBDA_NETWORK_LOGS", "EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING", "AI_PROTECTION",
    ]);
    OrgFeatureAdditionalConfiguration = enumeration(&[
        "EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT", "RDS_DATA_RISK",
    ]);
}
