//! Shapes: organization.

use bastide_shape::{enumeration, list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateOrganizationRequest = structure(&[
        member("FeatureSet", &OrganizationFeatureSet),
    ]);
    OrganizationFeatureSet = enumeration(&["ALL", "CONSOLIDATED_BILLING"]);
    CreateOrganizationResponse = structure(&[
        member("Organization", &Organization),
    ]);
    Organization = structure(&[
        member("Id", &OrganizationId),
        member("Arn", &OrganizationArn),
        member("FeatureSet", &OrganizationFeatureSet),
        member("MasterAccountArn", &AccountArn),
        member("MasterAccountId", &AccountId),
        member("MasterAccountEmail", &Email),
        member("AvailablePolicyTypes", &PolicyTypes),
    ]);
    OrganizationId = string().pattern(r"^o-[a-z0-9]{10,32}$");
    OrganizationArn = string().pattern(r"^arn:aws:organizations::\d{12}:organization\/o-[a-z0-9]{10,32}");
    PolicyTypes = list(&member("member", &PolicyTypeSummary));
    PolicyTypeSummary = structure(&[
        member("Type", &PolicyType),
        member("Status", &PolicyTypeStatus),
    ]);
    PolicyTypeStatus = enumeration(&["ENABLED", "PENDING_ENABLE", "PENDING_DISABLE"]);
    AccessDeniedForDependencyExceptionReason = enumeration(&["ACCESS_DENIED_DURING_CREATE_SERVICE_LINKED_ROLE"]);
    DescribeOrganizationResponse = structure(&[
        member("Organization", &Organization),
    ]);
    EnableAllFeaturesRequest = structure(&[]);
    EnableAllFeaturesResponse = structure(&[
        member("Handshake", &Handshake),
    ]);
    Handshake = structure(&[
        member("Id", &HandshakeId),
        member("Arn", &HandshakeArn),
        member("Parties", &HandshakeParties),
        member("State", &HandshakeState),
        member("RequestedTimestamp", &Timestamp),
        member("ExpirationTimestamp", &Timestamp),
        member("Action", &ActionType),
        member("Resources", &HandshakeResources),
    ]);
    HandshakeId = string().at_most(34).pattern(r"^h-[0-9a-z]{8,32}$");
    HandshakeArn = string().pattern(r"^arn:aws:organizations::\d{12}:handshake\/o-[a-z0-9]{10,32}\/[a-z_]{1,32}\/h-[0-9a-z]{8,32}");
    HandshakeParties = list(&member("member", &HandshakeParty));
    HandshakeParty = structure(&[
        member("Id", &HandshakePartyId).required(),
        member("Type", &HandshakePartyType).required(),
    ]);
    HandshakePartyId = string().length(1, 64).pattern(r"[\s\S]*").sensitive();
    HandshakePartyType = enumeration(&["ACCOUNT", "ORGANIZATION", "EMAIL"]);
    HandshakeState = enumeration(&["REQUESTED", "OPEN", "CANCELED", "ACCEPTED", "DECLINED", "EXPIRED"]);
    ActionType = enumeration(&[
        "INVITE", "ENABLE_ALL_FEATURES", "APPROVE_ALL_FEATURES", "ADD_ORGANIZATIONS_SERVICE_LINKED_ROLE",
        "TRANSFER_RESPONSIBILITY",
    ]);
    HandshakeResources = list(&member("member", &HandshakeResource));
    HandshakeResource = structure(&[
        member("Value", &HandshakeResourceValue),
        member("Type", &HandshakeResourceType),
        member("Resources", &HandshakeResources),
    ]);
    HandshakeResourceValue = string().sensitive();
    HandshakeResourceType = enumeration(&[
        "ACCOUNT", "ORGANIZATION", "ORGANIZATION_FEATURE_SET", "EMAIL", "MASTER_EMAIL", "MASTER_NAME",
        "NOTES", "PARENT_HANDSHAKE", "RESPONSIBILITY_TRANSFER", "TRANSFER_START_TIMESTAMP", "TRANSFER_TYPE",
        "MANAGEMENT_ACCOUNT", "MANAGEMENT_EMAIL", "MANAGEMENT_NAME",
    ]);
    HandshakeConstraintViolationExceptionReason = enumeration(&[
        "ACCOUNT_NUMBER_LIMIT_EXCEEDED", "HANDSHAKE_RATE_LIMIT_EXCEEDED", "ALREADY_IN_AN_ORGANIZATION",
        "ORGANIZATION_ALREADY_HAS_ALL_FEATURES", "ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION",
        "INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES", "PAYMENT_INSTRUMENT_REQUIRED",
        "ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD", "ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED",
        "MANAGEMENT_ACCOUNT_EMAIL_NOT_VERIFIED", "RESPONSIBILITY_TRANSFER_ALREADY_EXISTS",
        "SOURCE_AND_TARGET_CANNOT_MATCH", "UNUSED_PREPAYMENT_BALANCE", "LEGACY_PERMISSIONS_STILL_IN_USE",
        "PAST_DUE_INVOICE", "TARGET_ACCOUNT_VALIDATION_FAILURE",
    ]);
    ListRootsRequest = structure(&[
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListRootsResponse = structure(&[
        member("Roots", &Roots),
        member("NextToken", &NextToken),
    ]);
    Roots = list(&member("member", &Root));
    Root = structure(&[
        member("Id", &RootId),
        member("Arn", &RootArn),
        member("Name", &RootName),
        member("PolicyTypes", &PolicyTypes),
    ]);
    RootId = string().at_most(34).pattern(r"^r-[0-9a-z]{4,32}$");
    RootArn = string().pattern(r"^arn:aws:organizations::\d{12}:root\/o-[a-z0-9]{10,32}\/r-[0-9a-z]{4,32}");
    RootName = string().length(1, 128);
    EnablePolicyTypeRequest = structure(&[
        member("RootId", &RootId).required(),
        member("PolicyType", &PolicyType).required(),
    ]);
    EnablePolicyTypeResponse = structure(&[
        member("Root", &Root),
    ]);
    DisablePolicyTypeRequest = structure(&[
        member("RootId", &RootId).required(),
        member("PolicyType", &PolicyType).required(),
    ]);
    DisablePolicyTypeResponse = structure(&[
        member("Root", &Root),
    ]);
}
