//! Shapes: detectors.

use bastide_shape::{Location, Trait, enumeration, list, member, shapes, structure};

use super::*;

shapes! {
    CreateDetectorRequest = structure(&[
        member("Enable", &Boolean).required().wire("enable"),
        member("ClientToken", &ClientToken).wire("clientToken").with(&[Trait::IdempotencyToken]),
        member("FindingPublishingFrequency", &FindingPublishingFrequency).wire("findingPublishingFrequency"),
        member("DataSources", &DataSourceConfigurations).wire("dataSources"),
        member("Tags", &TagMap).wire("tags"),
        member("Features", &DetectorFeatureConfigurations).wire("features"),
    ]);
    FindingPublishingFrequency = enumeration(&["FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"]);
    DetectorFeatureConfigurations = list(&member("member", &DetectorFeatureConfiguration));
    DetectorFeatureConfiguration = structure(&[
        member("Name", &DetectorFeature).wire("name"),
        member("Status", &FeatureStatus).wire("status"),
        member("AdditionalConfiguration", &DetectorAdditionalConfigurations).wire("additionalConfiguration"),
    ]);
    DetectorFeature = enumeration(&[
        "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS",
        "LAMBDA_NETWORK_LOGS", "EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING", "AI_PROTECTION", "AI_ANALYST",
    ]);
    DetectorAdditionalConfigurations = list(&member("member", &DetectorAdditionalConfiguration));
    DetectorAdditionalConfiguration = structure(&[
        member("Name", &FeatureAdditionalConfiguration).wire("name"),
        member("Status", &FeatureStatus).wire("status"),
    ]);
    FeatureAdditionalConfiguration = enumeration(&[
        "EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT", "RDS_DATA_RISK",
    ]);
    CreateDetectorResponse = structure(&[
        member("DetectorId", &DetectorId).wire("detectorId"),
        member("UnprocessedDataSources", &UnprocessedDataSourcesResult).wire("unprocessedDataSources"),
    ]);
    UnprocessedDataSourcesResult = structure(&[
        member("MalwareProtection", &MalwareProtectionConfigurationResult).wire("malwareProtection"),
    ]);
    GetDetectorRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
    ]);
    GetDetectorResponse = structure(&[
        member("CreatedAt", &String).wire("createdAt"),
        member("FindingPublishingFrequency", &FindingPublishingFrequency).wire("findingPublishingFrequency"),
        member("ServiceRole", &String).required().wire("serviceRole"),
        member("Status", &DetectorStatus).required().wire("status"),
        member("UpdatedAt", &String).wire("updatedAt"),
        member("DataSources", &DataSourceConfigurationsResult).wire("dataSources"),
        member("Tags", &TagMap).wire("tags"),
        member("Features", &DetectorFeatureConfigurationsResults).wire("features"),
    ]);
    DetectorStatus = enumeration(&["ENABLED", "DISABLED"]).length(1, 300);
    DetectorFeatureConfigurationsResults = list(&member("member", &DetectorFeatureConfigurationResult));
    DetectorFeatureConfigurationResult = structure(&[
        member("Name", &DetectorFeatureResult).wire("name"),
        member("Status", &FeatureStatus).wire("status"),
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
        member("AdditionalConfiguration", &DetectorAdditionalConfigurationResults).wire("additionalConfiguration"),
        member("ManagedBy", &ManagedBy).wire("managedBy"),
    ]);
    DetectorFeatureResult = enumeration(&[
        "FLOW_LOGS", "CLOUD_TRAIL", "DNS_LOGS", "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION",
        "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS", "EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING",
        "AI_PROTECTION", "AI_ANALYST",
    ]);
    DetectorAdditionalConfigurationResults = list(&member("member", &DetectorAdditionalConfigurationResult));
    DetectorAdditionalConfigurationResult = structure(&[
        member("Name", &FeatureAdditionalConfiguration).wire("name"),
        member("Status", &FeatureStatus).wire("status"),
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
        member("ManagedBy", &ManagedBy).wire("managedBy"),
    ]);
    UpdateDetectorRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("Enable", &Boolean).wire("enable"),
        member("FindingPublishingFrequency", &FindingPublishingFrequency).wire("findingPublishingFrequency"),
        member("DataSources", &DataSourceConfigurations).wire("dataSources"),
        member("Features", &DetectorFeatureConfigurations).wire("features"),
    ]);
    UpdateDetectorResponse = structure(&[]);
    DeleteDetectorRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
    ]);
    DeleteDetectorResponse = structure(&[]);
    ListDetectorsRequest = structure(&[
        member("MaxResults", &MaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
    ]);
    ListDetectorsResponse = structure(&[
        member("DetectorIds", &DetectorIds).required().wire("detectorIds"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    DetectorIds = list(&member("member", &DetectorId)).length(0, 50);
}
