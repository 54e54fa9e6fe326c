//! Operations: groups.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateGroup = operation(Access::Write)
        .input(&CreateGroupRequest)
        .output(&CreateGroupResponse)
        .wrapped("CreateGroupResult")
        .errors(&[
            &EntityAlreadyExistsException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("group", "GroupName")]);
    GetGroup = operation(Access::Read)
        .input(&GetGroupRequest)
        .output(&GetGroupResponse)
        .wrapped("GetGroupResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("group", "GroupName")]);
    UpdateGroup = operation(Access::Write)
        .input(&UpdateGroupRequest)
        .errors(&[
            &EntityAlreadyExistsException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("group", "GroupName")]);
    DeleteGroup = operation(Access::Write)
        .input(&DeleteGroupRequest)
        .errors(&[
            &DeleteConflictException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("group", "GroupName")]);
    ListGroups = operation(Access::List)
        .input(&ListGroupsRequest)
        .output(&ListGroupsResponse)
        .wrapped("ListGroupsResult")
        .errors(&[&ServiceFailureException])
        .on(&[target("group-path", "PathPrefix")]);
    AddUserToGroup = operation(Access::Write)
        .input(&AddUserToGroupRequest)
        .errors(&[&LimitExceededException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("group", "GroupName")]);
    RemoveUserFromGroup = operation(Access::Write)
        .input(&RemoveUserFromGroupRequest)
        .errors(&[&LimitExceededException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("group", "GroupName")]);
    ListGroupsForUser = operation(Access::List)
        .input(&ListGroupsForUserRequest)
        .output(&ListGroupsForUserResponse)
        .wrapped("ListGroupsForUserResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    PutGroupPolicy = operation(Access::Permissions)
        .input(&PutGroupPolicyRequest)
        .errors(&[
            &LimitExceededException, &MalformedPolicyDocumentException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("group", "GroupName")]);
    GetGroupPolicy = operation(Access::Read)
        .input(&GetGroupPolicyRequest)
        .output(&GetGroupPolicyResponse)
        .wrapped("GetGroupPolicyResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("group", "GroupName")]);
    DeleteGroupPolicy = operation(Access::Permissions)
        .input(&DeleteGroupPolicyRequest)
        .errors(&[&LimitExceededException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("group", "GroupName")]);
    ListGroupPolicies = operation(Access::List)
        .input(&ListGroupPoliciesRequest)
        .output(&ListGroupPoliciesResponse)
        .wrapped("ListGroupPoliciesResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("group", "GroupName")]);
    AttachGroupPolicy = operation(Access::Permissions)
        .input(&AttachGroupPolicyRequest)
        .errors(&[
            &InvalidInputException, &LimitExceededException, &NoSuchEntityException,
            &PolicyNotAttachableException, &ServiceFailureException,
        ])
        .on(&[target("group", "GroupName")]);
    DetachGroupPolicy = operation(Access::Permissions)
        .input(&DetachGroupPolicyRequest)
        .errors(&[
            &InvalidInputException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("group", "GroupName")]);
    ListAttachedGroupPolicies = operation(Access::List)
        .input(&ListAttachedGroupPoliciesRequest)
        .output(&ListAttachedGroupPoliciesResponse)
        .wrapped("ListAttachedGroupPoliciesResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("group", "GroupName")]);
}
