//! Shapes: policies.

use bastide_shape::{enumeration, list, member, shapes, structure};

use super::*;

shapes! {
    CreatePolicyRequest = structure(&[
        member("PolicyName", &policyNameType).required(),
        member("Path", &policyPathType),
        member("PolicyDocument", &policyDocumentType).required(),
        member("Description", &policyDescriptionType),
        member("Tags", &tagListType),
    ]);
    CreatePolicyResponse = structure(&[
        member("Policy", &Policy),
    ]);
    Policy = structure(&[
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
        member("Tags", &tagListType),
    ]);
    GetPolicyRequest = structure(&[
        member("PolicyArn", &arnType).required(),
    ]);
    GetPolicyResponse = structure(&[
        member("Policy", &Policy),
    ]);
    DeletePolicyRequest = structure(&[
        member("PolicyArn", &arnType).required(),
    ]);
    ListPoliciesRequest = structure(&[
        member("Scope", &policyScopeType),
        member("OnlyAttached", &booleanType),
        member("PathPrefix", &policyPathType),
        member("PolicyUsageFilter", &PolicyUsageType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    policyScopeType = enumeration(&["All", "AWS", "Local"]);
    PolicyUsageType = enumeration(&["PermissionsPolicy", "PermissionsBoundary"]);
    ListPoliciesResponse = structure(&[
        member("Policies", &policyListType),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    policyListType = list(&member("member", &Policy));
    CreatePolicyVersionRequest = structure(&[
        member("PolicyArn", &arnType).required(),
        member("PolicyDocument", &policyDocumentType).required(),
        member("SetAsDefault", &booleanType),
    ]);
    CreatePolicyVersionResponse = structure(&[
        member("PolicyVersion", &PolicyVersion),
    ]);
    GetPolicyVersionRequest = structure(&[
        member("PolicyArn", &arnType).required(),
        member("VersionId", &policyVersionIdType).required(),
    ]);
    GetPolicyVersionResponse = structure(&[
        member("PolicyVersion", &PolicyVersion),
    ]);
    DeletePolicyVersionRequest = structure(&[
        member("PolicyArn", &arnType).required(),
        member("VersionId", &policyVersionIdType).required(),
    ]);
    ListPolicyVersionsRequest = structure(&[
        member("PolicyArn", &arnType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListPolicyVersionsResponse = structure(&[
        member("Versions", &policyDocumentVersionListType),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    SetDefaultPolicyVersionRequest = structure(&[
        member("PolicyArn", &arnType).required(),
        member("VersionId", &policyVersionIdType).required(),
    ]);
    TagPolicyRequest = structure(&[
        member("PolicyArn", &arnType).required(),
        member("Tags", &tagListType).required(),
    ]);
    UntagPolicyRequest = structure(&[
        member("PolicyArn", &arnType).required(),
        member("TagKeys", &tagKeyListType).required(),
    ]);
    ListPolicyTagsRequest = structure(&[
        member("PolicyArn", &arnType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListPolicyTagsResponse = structure(&[
        member("Tags", &tagListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    ListEntitiesForPolicyRequest = structure(&[
        member("PolicyArn", &arnType).required(),
        member("EntityFilter", &EntityType),
        member("PathPrefix", &pathType),
        member("PolicyUsageFilter", &PolicyUsageType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListEntitiesForPolicyResponse = structure(&[
        member("PolicyGroups", &PolicyGroupListType),
        member("PolicyUsers", &PolicyUserListType),
        member("PolicyRoles", &PolicyRoleListType),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    PolicyGroupListType = list(&member("member", &PolicyGroup));
    PolicyGroup = structure(&[
        member("GroupName", &groupNameType),
        member("GroupId", &idType),
    ]);
    PolicyUserListType = list(&member("member", &PolicyUser));
    PolicyUser = structure(&[
        member("UserName", &userNameType),
        member("UserId", &idType),
    ]);
    PolicyRoleListType = list(&member("member", &PolicyRole));
    PolicyRole = structure(&[
        member("RoleName", &roleNameType),
        member("RoleId", &idType),
    ]);
}
