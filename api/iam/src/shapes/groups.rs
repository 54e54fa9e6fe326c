//! Shapes: groups.

use bastide_shape::{list, member, shapes, structure};

use super::*;

shapes! {
    CreateGroupRequest = structure(&[
        member("Path", &pathType),
        member("GroupName", &groupNameType).required(),
    ]);
    CreateGroupResponse = structure(&[
        member("Group", &Group).required(),
    ]);
    Group = structure(&[
        member("Path", &pathType).required(),
        member("GroupName", &groupNameType).required(),
        member("GroupId", &idType).required(),
        member("Arn", &arnType).required(),
        member("CreateDate", &dateType).required(),
    ]);
    GetGroupRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    GetGroupResponse = structure(&[
        member("Group", &Group).required(),
        member("Users", &userListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    UpdateGroupRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("NewPath", &pathType),
        member("NewGroupName", &groupNameType),
    ]);
    DeleteGroupRequest = structure(&[
        member("GroupName", &groupNameType).required(),
    ]);
    ListGroupsRequest = structure(&[
        member("PathPrefix", &pathPrefixType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListGroupsResponse = structure(&[
        member("Groups", &groupListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    groupListType = list(&member("member", &Group));
    AddUserToGroupRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("UserName", &existingUserNameType).required(),
    ]);
    RemoveUserFromGroupRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("UserName", &existingUserNameType).required(),
    ]);
    ListGroupsForUserRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListGroupsForUserResponse = structure(&[
        member("Groups", &groupListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    PutGroupPolicyRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("PolicyName", &policyNameType).required(),
        member("PolicyDocument", &policyDocumentType).required(),
    ]);
    GetGroupPolicyRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("PolicyName", &policyNameType).required(),
    ]);
    GetGroupPolicyResponse = structure(&[
        member("GroupName", &groupNameType).required(),
        member("PolicyName", &policyNameType).required(),
        member("PolicyDocument", &policyDocumentType).required(),
    ]);
    DeleteGroupPolicyRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("PolicyName", &policyNameType).required(),
    ]);
    ListGroupPoliciesRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListGroupPoliciesResponse = structure(&[
        member("PolicyNames", &policyNameListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    AttachGroupPolicyRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("PolicyArn", &arnType).required(),
    ]);
    DetachGroupPolicyRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("PolicyArn", &arnType).required(),
    ]);
    ListAttachedGroupPoliciesRequest = structure(&[
        member("GroupName", &groupNameType).required(),
        member("PathPrefix", &policyPathType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListAttachedGroupPoliciesResponse = structure(&[
        member("AttachedPolicies", &attachedPoliciesListType),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
}
