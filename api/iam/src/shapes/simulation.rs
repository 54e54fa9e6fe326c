//! Shapes: simulation.

use bastide_shape::{enumeration, integer, list, map, member, shapes, string, structure, union};

use super::*;

shapes! {
    SimulatePrincipalPolicyRequest = structure(&[
        member("PolicySourceArn", &arnType).required(),
        member("PolicyInputList", &SimulationPolicyListType),
        member("PermissionsBoundaryPolicyInputList", &SimulationPolicyListType),
        member("PolicyExclusionList", &PolicyExclusionsListType),
        member("ActionNames", &ActionNameListType).required(),
        member("ResourceArns", &ResourceNameListType),
        member("ResourcePolicy", &policyDocumentType),
        member("ResourceOwner", &ResourceNameType),
        member("CallerArn", &ResourceNameType),
        member("ContextEntries", &ContextEntryListType),
        member("ResourceHandlingOption", &ResourceHandlingOptionType),
        member("MaxItems", &maxItemsType),
        member("Marker", &markerType),
    ]);
    SimulationPolicyListType = list(&member("member", &policyDocumentType));
    PolicyExclusionsListType = list(&member("member", &PolicyIdentifier)).at_most(256);
    PolicyIdentifier = union(&[
        member("PolicyType", &PolicyIdentifierPolicyType),
        member("PolicyArn", &arnType),
        member("InlinePolicyIdentifier", &InlinePolicyIdentifierType),
    ]);
    PolicyIdentifierPolicyType = enumeration(&["inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp"]);
    InlinePolicyIdentifierType = structure(&[
        member("PolicyName", &policyNameType).required(),
        member("AttachmentType", &AttachmentType).required(),
        member("AttachmentName", &AttachmentName).required(),
    ]);
    AttachmentType = enumeration(&["user", "group", "role"]);
    AttachmentName = string().length(1, 128).pattern(r"[\w+=,.@-]+");
    ActionNameListType = list(&member("member", &ActionNameType));
    ActionNameType = string().length(3, 128);
    ResourceNameListType = list(&member("member", &ResourceNameType));
    ResourceNameType = string().length(1, 2048);
    ContextEntryListType = list(&member("member", &ContextEntry));
    ContextEntry = structure(&[
        member("ContextKeyName", &ContextKeyNameType),
        member("ContextKeyValues", &ContextKeyValueListType),
        member("ContextKeyType", &ContextKeyTypeEnum),
    ]);
    ContextKeyNameType = string().length(5, 256);
    ContextKeyValueListType = list(&member("member", &ContextKeyValueType));
    ContextKeyValueType = string();
    ContextKeyTypeEnum = enumeration(&[
        "string", "stringList", "numeric", "numericList", "boolean", "booleanList", "ip", "ipList", "binary",
        "binaryList", "date", "dateList",
    ]);
    ResourceHandlingOptionType = string().length(1, 64);
    SimulatePolicyResponse = structure(&[
        member("EvaluationResults", &EvaluationResultsListType),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    EvaluationResultsListType = list(&member("member", &EvaluationResult));
    EvaluationResult = structure(&[
        member("EvalActionName", &ActionNameType).required(),
        member("EvalResourceName", &ResourceNameType),
        member("EvalDecision", &PolicyEvaluationDecisionType).required(),
        member("MatchedStatements", &StatementListType),
        member("MissingContextValues", &ContextKeyNamesResultListType),
        member("OrganizationsDecisionDetail", &OrganizationsDecisionDetail),
        member("PermissionsBoundaryDecisionDetail", &PermissionsBoundaryDecisionDetail),
        member("EvalDecisionDetails", &EvalDecisionDetailsType),
        member("ResourceSpecificResults", &ResourceSpecificResultListType),
    ]);
    PolicyEvaluationDecisionType = enumeration(&["allowed", "explicitDeny", "implicitDeny"]);
    StatementListType = list(&member("member", &Statement));
    Statement = structure(&[
        member("SourcePolicyId", &PolicyIdentifierType),
        member("SourcePolicyType", &PolicySourceType),
        member("StartPosition", &Position),
        member("EndPosition", &Position),
    ]);
    PolicyIdentifierType = string();
    PolicySourceType = enumeration(&["user", "group", "role", "aws-managed", "user-managed", "resource", "none"]);
    Position = structure(&[
        member("Line", &LineNumber),
        member("Column", &ColumnNumber),
    ]);
    LineNumber = integer();
    ColumnNumber = integer();
    ContextKeyNamesResultListType = list(&member("member", &ContextKeyNameType));
    OrganizationsDecisionDetail = structure(&[
        member("AllowedByOrganizations", &booleanType),
    ]);
    PermissionsBoundaryDecisionDetail = structure(&[
        member("AllowedByPermissionsBoundary", &booleanType),
    ]);
    EvalDecisionDetailsType = map(&member("key", &EvalDecisionSourceType), &member("value", &PolicyEvaluationDecisionType));
    EvalDecisionSourceType = string().length(3, 256);
    ResourceSpecificResultListType = list(&member("member", &ResourceSpecificResult));
    ResourceSpecificResult = structure(&[
        member("EvalResourceName", &ResourceNameType).required(),
        member("EvalResourceDecision", &PolicyEvaluationDecisionType).required(),
        member("MatchedStatements", &StatementListType),
        member("MissingContextValues", &ContextKeyNamesResultListType),
        member("EvalDecisionDetails", &EvalDecisionDetailsType),
        member("PermissionsBoundaryDecisionDetail", &PermissionsBoundaryDecisionDetail),
    ]);
    SimulateCustomPolicyRequest = structure(&[
        member("PolicyInputList", &SimulationPolicyListType).required(),
        member("PermissionsBoundaryPolicyInputList", &SimulationPolicyListType),
        member("OrderedOrganizationPolicyInputList", &OrganizationPolicyListType),
        member("ActionNames", &ActionNameListType).required(),
        member("ResourceArns", &ResourceNameListType),
        member("ResourcePolicy", &policyDocumentType),
        member("ResourceOwner", &ResourceNameType),
        member("CallerArn", &ResourceNameType),
        member("ContextEntries", &ContextEntryListType),
        member("ResourceHandlingOption", &ResourceHandlingOptionType),
        member("MaxItems", &maxItemsType),
        member("Marker", &markerType),
    ]);
    OrganizationPolicyListType = list(&member("member", &OrderedOrganizationPolicyType)).at_most(7);
    OrderedOrganizationPolicyType = structure(&[
        member("ServiceControlPolicyInputList", &SimulationPolicyListType),
    ]);
    GetContextKeysForCustomPolicyRequest = structure(&[
        member("PolicyInputList", &SimulationPolicyListType).required(),
    ]);
    GetContextKeysForPolicyResponse = structure(&[
        member("ContextKeyNames", &ContextKeyNamesResultListType),
    ]);
    GetContextKeysForPrincipalPolicyRequest = structure(&[
        member("PolicySourceArn", &arnType).required(),
        member("PolicyInputList", &SimulationPolicyListType),
    ]);
}
