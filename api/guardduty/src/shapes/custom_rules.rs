//! Shapes: custom detection rules.

use bastide_shape::{Location, Trait, enumeration, integer, list, member, shapes, string, structure};

use super::*;

shapes! {
    ListCustomDetectionRulesRequest = structure(&[
        member("MaxResults", &DetectionRuleMaxResults).wire("maxResults"),
        member("NextToken", &String).wire("nextToken"),
        member("Filters", &DetectionRuleFilterList).wire("filters"),
    ]);
    DetectionRuleMaxResults = integer().range(1, 100);
    DetectionRuleFilterList = list(&member("member", &DetectionRuleFilter)).length(0, 100);
    DetectionRuleFilter = structure(&[
        member("Name", &FilterFieldName).required().wire("name"),
        member("Values", &DetectionRuleFilterValues).required().wire("values"),
        member("Condition", &DetectionRuleFilterCondition).wire("condition"),
    ]);
    FilterFieldName = enumeration(&["name", "description", "dataSource", "severity", "tactic", "technique", "service"]);
    DetectionRuleFilterValues = list(&member("member", &DetectionRuleFilterValue)).length(1, 50);
    DetectionRuleFilterValue = string().length(1, 255).pattern(r"[a-zA-Z0-9 _.\-:/]+");
    DetectionRuleFilterCondition = enumeration(&["EQUALS", "CONTAINS"]);
    ListCustomDetectionRulesResponse = structure(&[
        member("Rules", &RuleSummaryList).required().wire("rules"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    RuleSummaryList = list(&member("member", &RuleSummary));
    RuleSummary = structure(&[
        member("RuleId", &RuleId).required().wire("ruleId"),
        member("Arn", &DetectionRuleArn).required().wire("arn"),
        member("Name", &RuleName).required().wire("name"),
        member("Description", &DetectionRuleDescription).required().wire("description"),
        member("Severity", &DetectionRuleSeverity).required().wire("severity"),
        member("DataSource", &DetectionRuleDataSource).required().wire("dataSource"),
        member("Tactic", &MitreTactic).required().wire("tactic"),
        member("Technique", &MitreTechnique).required().wire("technique"),
        member("Service", &DetectionRuleServiceName).required().wire("service"),
        member("Language", &RuleLanguage).wire("language"),
        member("Schema", &RuleSchema).wire("schema"),
        member("CreatedAt", &Timestamp).required().wire("createdAt"),
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
    ]);
    RuleId = string().length(1, 100).pattern(r"[a-z0-9]+(-[a-z0-9]+)*");
    DetectionRuleArn = string().length(1, 1024).pattern(r"arn:[a-zA-Z0-9\-]+:[a-zA-Z0-9\-]+:[a-zA-Z0-9\-]*:([0-9]*|aws):.+");
    RuleName = string().length(1, 255);
    DetectionRuleDescription = string().length(1, 1024);
    DetectionRuleSeverity = enumeration(&["CRITICAL", "HIGH", "MEDIUM", "LOW"]);
    DetectionRuleDataSource = enumeration(&["CloudTrailManagementEvent", "RuntimeMonitoring"]);
    MitreTactic = string().length(1, 255);
    MitreTechnique = string().length(1, 255);
    DetectionRuleServiceName = string().length(1, 128);
    RuleLanguage = enumeration(&["SQL"]);
    RuleSchema = enumeration(&["CloudTrail"]);
    GetCustomDetectionRuleRequest = structure(&[
        member("RuleId", &RuleId).required().at(Location::Uri("RuleId")),
    ]);
    GetCustomDetectionRuleResponse = structure(&[
        member("Rule", &RuleDetail).required().wire("rule"),
    ]);
    RuleDetail = structure(&[
        member("RuleId", &RuleId).required().wire("ruleId"),
        member("Arn", &DetectionRuleArn).required().wire("arn"),
        member("Name", &RuleName).required().wire("name"),
        member("Description", &DetectionRuleDescription).required().wire("description"),
        member("Severity", &DetectionRuleSeverity).required().wire("severity"),
        member("DataSource", &DetectionRuleDataSource).required().wire("dataSource"),
        member("Tactic", &MitreTactic).required().wire("tactic"),
        member("Technique", &MitreTechnique).required().wire("technique"),
        member("Service", &DetectionRuleServiceName).required().wire("service"),
        member("Definition", &RuleDefinition).required().wire("definition"),
        member("Language", &RuleLanguage).wire("language"),
        member("Schema", &RuleSchema).wire("schema"),
        member("RuntimeMonitoringDetails", &DetectionRuleRuntimeMonitoringDetails).wire("runtimeMonitoringDetails"),
        member("CreatedAt", &Timestamp).required().wire("createdAt"),
        member("UpdatedAt", &Timestamp).wire("updatedAt"),
    ]);
    RuleDefinition = structure(&[
        member("Expression", &RuleExpression).required().wire("expression"),
    ]);
    RuleExpression = string().length(1, 4096);
    DetectionRuleRuntimeMonitoringDetails = structure(&[
        member("Platforms", &DetectionRuleRuntimePlatforms).wire("platforms"),
    ]);
    DetectionRuleRuntimePlatforms = structure(&[
        member("Eks", &DetectionRuleEksRequirements).wire("eks"),
        member("Ec2", &DetectionRuleEc2Requirements).wire("ec2"),
        member("EcsFargate", &DetectionRuleEcsFargateRequirements).wire("ecsFargate"),
    ]);
    DetectionRuleEksRequirements = structure(&[
        member("MinAgentVersion", &DetectionRuleAgentVersion).wire("minAgentVersion"),
    ]);
    DetectionRuleAgentVersion = string().length(1, 64).pattern(r"[0-9]+(\.[0-9]+){1,3}");
    DetectionRuleEc2Requirements = structure(&[
        member("MinAgentVersion", &DetectionRuleAgentVersion).wire("minAgentVersion"),
    ]);
    DetectionRuleEcsFargateRequirements = structure(&[
        member("MinAgentVersion", &DetectionRuleAgentVersion).wire("minAgentVersion"),
    ]);
    CreateCustomDetectionRuleAssociationRequest = structure(&[
        member("RuleId", &RuleId).required().wire("ruleId"),
        member("Mode", &AssociationMode).required().wire("mode"),
        member("ClientToken", &ClientToken).wire("clientToken").with(&[Trait::IdempotencyToken]),
        member("Tags", &TagMap).wire("tags"),
    ]);
    AssociationMode = enumeration(&["LIVE", "DRY_RUN"]);
    CreateCustomDetectionRuleAssociationResponse = structure(&[
        member("RuleAssociation", &AssociationDetail).required().wire("ruleAssociation"),
    ]);
    AssociationDetail = structure(&[
        member("AssociationId", &AssociationId).required().wire("associationId"),
        member("Arn", &DetectionRuleArn).required().wire("arn"),
        member("RuleId", &RuleId).required().wire("ruleId"),
        member("AccountId", &AccountId).required().wire("accountId"),
        member("Mode", &AssociationMode).required().wire("mode"),
        member("CreatedAt", &Timestamp).required().wire("createdAt"),
        member("UpdatedAt", &Timestamp).required().wire("updatedAt"),
        member("ExpiresAt", &Timestamp).wire("expiresAt"),
    ]);
    AssociationId = string().length(1, 64).pattern(r"[a-zA-Z0-9_-]{1,64}");
    GetCustomDetectionRuleAssociationRequest = structure(&[
        member("RuleId", &RuleId).required().at(Location::Uri("RuleId")),
        member("AssociationId", &AssociationId).required().at(Location::Uri("AssociationId")),
    ]);
    GetCustomDetectionRuleAssociationResponse = structure(&[
        member("RuleAssociation", &AssociationDetail).required().wire("ruleAssociation"),
        member("Tags", &TagMap).wire("tags"),
    ]);
    ListCustomDetectionRuleAssociationsRequest = structure(&[
        member("MaxResults", &DetectionRuleMaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
        member("RuleId", &RuleId).at(Location::Query("ruleId")),
        member("Mode", &AssociationMode).at(Location::Query("mode")),
    ]);
    ListCustomDetectionRuleAssociationsResponse = structure(&[
        member("RuleAssociations", &AssociationSummaryList).required().wire("ruleAssociations"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    AssociationSummaryList = list(&member("member", &AssociationSummary));
    AssociationSummary = structure(&[
        member("AssociationId", &AssociationId).required().wire("associationId"),
        member("Arn", &DetectionRuleArn).required().wire("arn"),
        member("RuleId", &RuleId).required().wire("ruleId"),
        member("Mode", &AssociationMode).required().wire("mode"),
        member("CreatedAt", &Timestamp).required().wire("createdAt"),
        member("UpdatedAt", &Timestamp).required().wire("updatedAt"),
        member("ExpiresAt", &Timestamp).wire("expiresAt"),
    ]);
    UpdateCustomDetectionRuleAssociationRequest = structure(&[
        member("RuleId", &RuleId).required().at(Location::Uri("RuleId")),
        member("AssociationId", &AssociationId).required().at(Location::Uri("AssociationId")),
        member("Mode", &AssociationMode).required().wire("mode"),
    ]);
    UpdateCustomDetectionRuleAssociationResponse = structure(&[]);
    DeleteCustomDetectionRuleAssociationRequest = structure(&[
        member("RuleId", &RuleId).required().at(Location::Uri("RuleId")),
        member("AssociationId", &AssociationId).required().at(Location::Uri("AssociationId")),
    ]);
    DeleteCustomDetectionRuleAssociationResponse = structure(&[]);
    CreateCustomDetectionRuleOrgConfigurationRequest = structure(&[
        member("RuleId", &RuleId).required().wire("ruleId"),
        member("Mode", &AssociationMode).required().wire("mode"),
        member("IncludeAccountIds", &DetectionRuleAccountIds).wire("includeAccountIds"),
        member("ExcludeAccountIds", &DetectionRuleAccountIds).wire("excludeAccountIds"),
        member("ClientToken", &ClientToken).wire("clientToken").with(&[Trait::IdempotencyToken]),
    ]);
    DetectionRuleAccountIds = list(&member("member", &AccountId)).length(0, 50000);
    CreateCustomDetectionRuleOrgConfigurationResponse = structure(&[]);
    GetCustomDetectionRuleOrgConfigurationRequest = structure(&[
        member("RuleId", &RuleId).required().at(Location::Uri("RuleId")),
        member("Mode", &AssociationMode).required().at(Location::Query("mode")),
    ]);
    GetCustomDetectionRuleOrgConfigurationResponse = structure(&[
        member("Configuration", &DetectionRuleOrgConfiguration).required().wire("configuration"),
    ]);
    DetectionRuleOrgConfiguration = structure(&[
        member("RuleId", &RuleId).required().wire("ruleId"),
        member("Mode", &AssociationMode).required().wire("mode"),
        member("Status", &DetectionRuleConfigurationStatus).required().wire("status"),
        member("StatusReason", &String).wire("statusReason"),
        member("IncludeAccountIds", &DetectionRuleAccountIds).required().wire("includeAccountIds"),
        member("ExcludeAccountIds", &DetectionRuleAccountIds).required().wire("excludeAccountIds"),
        member("CreatedAt", &Timestamp).required().wire("createdAt"),
        member("UpdatedAt", &Timestamp).required().wire("updatedAt"),
        member("ExpiresAt", &Timestamp).wire("expiresAt"),
    ]);
    DetectionRuleConfigurationStatus = enumeration(&["ACTIVE", "PROCESSING", "FAILED"]);
    ListCustomDetectionRuleOrgConfigurationsRequest = structure(&[
        member("MaxResults", &DetectionRuleMaxResults).at(Location::Query("maxResults")),
        member("NextToken", &String).at(Location::Query("nextToken")),
        member("Status", &DetectionRuleConfigurationStatus).at(Location::Query("status")),
    ]);
    ListCustomDetectionRuleOrgConfigurationsResponse = structure(&[
        member("Configurations", &DetectionRuleOrgConfigurationSummaryList).required().wire("configurations"),
        member("NextToken", &String).wire("nextToken"),
    ]);
    DetectionRuleOrgConfigurationSummaryList = list(&member("member", &DetectionRuleOrgConfigurationSummary));
    DetectionRuleOrgConfigurationSummary = structure(&[
        member("RuleId", &RuleId).required().wire("ruleId"),
        member("Mode", &AssociationMode).required().wire("mode"),
        member("Status", &DetectionRuleConfigurationStatus).required().wire("status"),
        member("StatusReason", &String).wire("statusReason"),
        member("CreatedAt", &Timestamp).required().wire("createdAt"),
        member("UpdatedAt", &Timestamp).required().wire("updatedAt"),
        member("ExpiresAt", &Timestamp).wire("expiresAt"),
    ]);
    UpdateCustomDetectionRuleOrgConfigurationRequest = structure(&[
        member("RuleId", &RuleId).required().at(Location::Uri("RuleId")),
        member("Mode", &AssociationMode).required().wire("mode"),
        member("IncludeAccountIds", &DetectionRuleAccountIds).wire("includeAccountIds"),
        member("ExcludeAccountIds", &DetectionRuleAccountIds).wire("excludeAccountIds"),
    ]);
    UpdateCustomDetectionRuleOrgConfigurationResponse = structure(&[]);
    DeleteCustomDetectionRuleOrgConfigurationRequest = structure(&[
        member("RuleId", &RuleId).required().at(Location::Uri("RuleId")),
        member("Mode", &AssociationMode).required().at(Location::Query("mode")),
    ]);
    DeleteCustomDetectionRuleOrgConfigurationResponse = structure(&[]);
}
