//! Shapes: account.

use bastide_shape::{blob, enumeration, integer, list, map, member, shapes, string, structure};

use super::*;

shapes! {
    CreateAccountAliasRequest = structure(&[
        member("AccountAlias", &accountAliasType).required(),
    ]);
    accountAliasType = string().length(3, 63).pattern(r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$");
    DeleteAccountAliasRequest = structure(&[
        member("AccountAlias", &accountAliasType).required(),
    ]);
    ListAccountAliasesRequest = structure(&[
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListAccountAliasesResponse = structure(&[
        member("AccountAliases", &accountAliasListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    accountAliasListType = list(&member("member", &accountAliasType));
    GetAccountSummaryResponse = structure(&[
        member("SummaryMap", &summaryMapType),
    ]);
    summaryMapType = map(&member("key", &summaryKeyType), &member("value", &summaryValueType));
    summaryKeyType = enumeration(&[
        "Users", "UsersQuota", "Groups", "GroupsQuota", "ServerCertificates", "ServerCertificatesQuota",
        "UserPolicySizeQuota", "GroupPolicySizeQuota", "GroupsPerUserQuota",
        "SigningCertificatesPerUserQuota", "AccessKeysPerUserQuota", "MFADevices", "MFADevicesInUse",
        "AccountMFAEnabled", "AccountAccessKeysPresent", "AccountPasswordPresent",
        "AccountSigningCertificatesPresent", "AttachedPoliciesPerGroupQuota", "AttachedPoliciesPerRoleQuota",
        "AttachedPoliciesPerUserQuota", "Policies", "PoliciesQuota", "PolicySizeQuota",
        "PolicyVersionsInUse", "PolicyVersionsInUseQuota", "VersionsPerPolicyQuota",
        "GlobalEndpointTokenVersion", "AssumeRolePolicySizeQuota", "InstanceProfiles",
        "InstanceProfilesQuota", "Providers", "RolePolicySizeQuota", "Roles", "RolesQuota",
    ]);
    summaryValueType = integer();
    GetAccountPasswordPolicyResponse = structure(&[
        member("PasswordPolicy", &PasswordPolicy).required(),
    ]);
    PasswordPolicy = structure(&[
        member("MinimumPasswordLength", &minimumPasswordLengthType),
        member("RequireSymbols", &booleanType),
        member("RequireNumbers", &booleanType),
        member("RequireUppercaseCharacters", &booleanType),
        member("RequireLowercaseCharacters", &booleanType),
        member("AllowUsersToChangePassword", &booleanType),
        member("ExpirePasswords", &booleanType),
        member("MaxPasswordAge", &maxPasswordAgeType),
        member("PasswordReusePrevention", &passwordReusePreventionType),
        member("HardExpiry", &booleanObjectType),
    ]);
    minimumPasswordLengthType = integer().range(6, 128);
    maxPasswordAgeType = integer().range(1, 1095);
    passwordReusePreventionType = integer().range(1, 24);
    UpdateAccountPasswordPolicyRequest = structure(&[
        member("MinimumPasswordLength", &minimumPasswordLengthType),
        member("RequireSymbols", &booleanType),
        member("RequireNumbers", &booleanType),
        member("RequireUppercaseCharacters", &booleanType),
        member("RequireLowercaseCharacters", &booleanType),
        member("AllowUsersToChangePassword", &booleanType),
        // In the order in which IAM tells what is wrong with them.
        member("PasswordReusePrevention", &passwordReusePreventionType),
        member("MaxPasswordAge", &maxPasswordAgeType),
        member("HardExpiry", &booleanObjectType),
    ]);
    GenerateCredentialReportResponse = structure(&[
        member("State", &ReportStateType),
        member("Description", &ReportStateDescriptionType),
    ]);
    ReportStateType = enumeration(&["STARTED", "INPROGRESS", "COMPLETE"]);
    ReportStateDescriptionType = string();
    GetCredentialReportResponse = structure(&[
        member("Content", &ReportContentType),
        member("ReportFormat", &ReportFormatType),
        member("GeneratedTime", &dateType),
    ]);
    ReportContentType = blob();
    ReportFormatType = enumeration(&["text/csv"]);
    GetAccountAuthorizationDetailsRequest = structure(&[
        member("Filter", &entityListType),
        member("MaxItems", &maxItemsType),
        member("Marker", &markerType),
    ]);
    entityListType = list(&member("member", &EntityType));
    GetAccountAuthorizationDetailsResponse = structure(&[
        member("UserDetailList", &userDetailListType),
        member("GroupDetailList", &groupDetailListType),
        member("RoleDetailList", &roleDetailListType),
        member("Policies", &ManagedPolicyDetailListType),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    userDetailListType = list(&member("member", &UserDetail));
    UserDetail = structure(&[
        member("Path", &pathType),
        member("UserName", &userNameType),
        member("UserId", &idType),
        member("Arn", &arnType),
        member("CreateDate", &dateType),
        member("UserPolicyList", &policyDetailListType),
        member("GroupList", &groupNameListType),
        member("AttachedManagedPolicies", &attachedPoliciesListType),
        member("PermissionsBoundary", &AttachedPermissionsBoundary),
        member("Tags", &tagListType),
    ]);
    policyDetailListType = list(&member("member", &PolicyDetail));
    PolicyDetail = structure(&[
        member("PolicyName", &policyNameType),
        member("PolicyDocument", &policyDocumentType),
    ]);
    groupNameListType = list(&member("member", &groupNameType));
    groupDetailListType = list(&member("member", &GroupDetail));
    GroupDetail = structure(&[
        member("Path", &pathType),
        member("GroupName", &groupNameType),
        member("GroupId", &idType),
        member("Arn", &arnType),
        member("CreateDate", &dateType),
        member("GroupPolicyList", &policyDetailListType),
        member("AttachedManagedPolicies", &attachedPoliciesListType),
    ]);
    roleDetailListType = list(&member("member", &RoleDetail));
    RoleDetail = structure(&[
        member("Path", &pathType),
        member("RoleName", &roleNameType),
        member("RoleId", &idType),
        member("Arn", &arnType),
        member("CreateDate", &dateType),
        member("AssumeRolePolicyDocument", &policyDocumentType),
        member("InstanceProfileList", &instanceProfileListType),
        member("RolePolicyList", &policyDetailListType),
        member("AttachedManagedPolicies", &attachedPoliciesListType),
        member("PermissionsBoundary", &AttachedPermissionsBoundary),
        member("Tags", &tagListType),
        member("RoleLastUsed", &RoleLastUsed),
    ]);
    ManagedPolicyDetailListType = list(&member("member", &ManagedPolicyDetail));
    ManagedPolicyDetail = structure(&[
        member("PolicyName", &policyNameType),
        member("PolicyId", &idType),
        member("Arn", &arnType),
        member("Path", &policyPathType),
        member("DefaultVersionId", &policyVersionIdType),
        member("AttachmentCount", &attachmentCountType),
        member("PermissionsBoundaryUsageCount", &attachmentCountType),
        member("IsAttachable", &booleanType),
        member("Description", &policyDescriptionType),
        member("CreateDate", &dateType),
        member("UpdateDate", &dateType),
        member("PolicyVersionList", &policyDocumentVersionListType),
    ]);
}
