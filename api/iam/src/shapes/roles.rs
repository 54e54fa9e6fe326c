//! Shapes: roles.

use bastide_shape::{enumeration, list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateRoleRequest = structure(&[
        member("Path", &pathType),
        member("RoleName", &roleNameType).required(),
        member("AssumeRolePolicyDocument", &policyDocumentType).required(),
        member("Description", &roleDescriptionType),
        member("MaxSessionDuration", &roleMaxSessionDurationType),
        member("PermissionsBoundary", &arnType),
        member("Tags", &tagListType),
    ]);
    CreateRoleResponse = structure(&[
        member("Role", &Role).required(),
    ]);
    GetRoleRequest = structure(&[
        member("RoleName", &roleNameType).required(),
    ]);
    GetRoleResponse = structure(&[
        member("Role", &Role).required(),
    ]);
    UpdateRoleRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("Description", &roleDescriptionType),
        member("MaxSessionDuration", &roleMaxSessionDurationType),
    ]);
    UpdateRoleResponse = structure(&[]);
    UpdateRoleDescriptionRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("Description", &roleDescriptionType).required(),
    ]);
    UpdateRoleDescriptionResponse = structure(&[
        member("Role", &Role),
    ]);
    DeleteRoleRequest = structure(&[
        member("RoleName", &roleNameType).required(),
    ]);
    ListRolesRequest = structure(&[
        member("PathPrefix", &pathPrefixType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListRolesResponse = structure(&[
        member("Roles", &roleListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    UpdateAssumeRolePolicyRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("PolicyDocument", &policyDocumentType).required(),
    ]);
    TagRoleRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("Tags", &tagListType).required(),
    ]);
    UntagRoleRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("TagKeys", &tagKeyListType).required(),
    ]);
    ListRoleTagsRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListRoleTagsResponse = structure(&[
        member("Tags", &tagListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    PutRolePermissionsBoundaryRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("PermissionsBoundary", &arnType).required(),
    ]);
    DeleteRolePermissionsBoundaryRequest = structure(&[
        member("RoleName", &roleNameType).required(),
    ]);
    CreateServiceLinkedRoleRequest = structure(&[
        member("AWSServiceName", &groupNameType).required(),
        member("Description", &roleDescriptionType),
        member("CustomSuffix", &customSuffixType),
    ]);
    customSuffixType = string().length(1, 64).pattern(r"[\w+=,.@-]+").told(NAME);
    CreateServiceLinkedRoleResponse = structure(&[
        member("Role", &Role),
    ]);
    DeleteServiceLinkedRoleRequest = structure(&[
        member("RoleName", &roleNameType).required(),
    ]);
    DeleteServiceLinkedRoleResponse = structure(&[
        member("DeletionTaskId", &DeletionTaskIdType).required(),
    ]);
    DeletionTaskIdType = string().length(1, 1000);
    GetServiceLinkedRoleDeletionStatusRequest = structure(&[
        member("DeletionTaskId", &DeletionTaskIdType).required(),
    ]);
    GetServiceLinkedRoleDeletionStatusResponse = structure(&[
        member("Status", &DeletionTaskStatusType).required(),
        member("Reason", &DeletionTaskFailureReasonType),
    ]);
    DeletionTaskStatusType = enumeration(&["SUCCEEDED", "IN_PROGRESS", "FAILED", "NOT_STARTED"]);
    DeletionTaskFailureReasonType = structure(&[
        member("Reason", &ReasonType),
        member("RoleUsageList", &RoleUsageListType),
    ]);
    ReasonType = string().at_most(1000);
    RoleUsageListType = list(&member("member", &RoleUsageType));
    RoleUsageType = structure(&[
        member("Region", &RegionNameType),
        member("Resources", &ArnListType),
    ]);
    RegionNameType = string().length(1, 100);
    ArnListType = list(&member("member", &arnType));
}
