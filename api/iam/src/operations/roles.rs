//! Operations: roles.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateRole = operation(Access::Write)
        .input(&CreateRoleRequest)
        .output(&CreateRoleResponse)
        .wrapped("CreateRoleResult")
        .errors(&[
            &ConcurrentModificationException, &EntityAlreadyExistsException, &InvalidInputException,
            &LimitExceededException, &MalformedPolicyDocumentException, &ServiceFailureException,
        ])
        .on(&[target("role", "RoleName")]);
    GetRole = operation(Access::Read)
        .input(&GetRoleRequest)
        .output(&GetRoleResponse)
        .wrapped("GetRoleResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("role", "RoleName")]);
    UpdateRole = operation(Access::Write)
        .input(&UpdateRoleRequest)
        .output(&UpdateRoleResponse)
        .wrapped("UpdateRoleResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException, &UnmodifiableEntityException])
        .on(&[target("role", "RoleName")]);
    UpdateRoleDescription = operation(Access::Write)
        .input(&UpdateRoleDescriptionRequest)
        .output(&UpdateRoleDescriptionResponse)
        .wrapped("UpdateRoleDescriptionResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException, &UnmodifiableEntityException])
        .on(&[target("role", "RoleName")]);
    DeleteRole = operation(Access::Write)
        .input(&DeleteRoleRequest)
        .errors(&[
            &ConcurrentModificationException, &DeleteConflictException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException, &UnmodifiableEntityException,
        ])
        .on(&[target("role", "RoleName")]);
    ListRoles = operation(Access::List)
        .input(&ListRolesRequest)
        .output(&ListRolesResponse)
        .wrapped("ListRolesResult")
        .errors(&[&ServiceFailureException])
        .on(&[target("role-path", "PathPrefix")]);
    UpdateAssumeRolePolicy = operation(Access::Permissions)
        .input(&UpdateAssumeRolePolicyRequest)
        .errors(&[
            &LimitExceededException, &MalformedPolicyDocumentException, &NoSuchEntityException,
            &ServiceFailureException, &UnmodifiableEntityException,
        ])
        .on(&[target("role", "RoleName")]);
    TagRole = operation(Access::Tagging)
        .input(&TagRoleRequest)
        .errors(&[
            &ConcurrentModificationException, &InvalidInputException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("role", "RoleName")]);
    UntagRole = operation(Access::Tagging)
        .input(&UntagRoleRequest)
        .errors(&[
            &ConcurrentModificationException, &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("role", "RoleName")]);
    ListRoleTags = operation(Access::List)
        .input(&ListRoleTagsRequest)
        .output(&ListRoleTagsResponse)
        .wrapped("ListRoleTagsResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("role", "RoleName")]);
    PutRolePermissionsBoundary = operation(Access::Permissions)
        .input(&PutRolePermissionsBoundaryRequest)
        .errors(&[
            &InvalidInputException, &NoSuchEntityException, &PolicyNotAttachableException,
            &ServiceFailureException, &UnmodifiableEntityException,
        ])
        .on(&[target("role", "RoleName")]);
    DeleteRolePermissionsBoundary = operation(Access::Permissions)
        .input(&DeleteRolePermissionsBoundaryRequest)
        .errors(&[&NoSuchEntityException, &ServiceFailureException, &UnmodifiableEntityException])
        .on(&[target("role", "RoleName")]);
    CreateServiceLinkedRole = operation(Access::Write)
        .input(&CreateServiceLinkedRoleRequest)
        .output(&CreateServiceLinkedRoleResponse)
        .wrapped("CreateServiceLinkedRoleResult")
        .errors(&[
            &InvalidInputException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("service-linked-role", "AWSServiceName")]);
    DeleteServiceLinkedRole = operation(Access::Write)
        .input(&DeleteServiceLinkedRoleRequest)
        .output(&DeleteServiceLinkedRoleResponse)
        .wrapped("DeleteServiceLinkedRoleResult")
        .errors(&[&LimitExceededException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("role", "RoleName")]);
    GetServiceLinkedRoleDeletionStatus = operation(Access::Read)
        .input(&GetServiceLinkedRoleDeletionStatusRequest)
        .output(&GetServiceLinkedRoleDeletionStatusResponse)
        .wrapped("GetServiceLinkedRoleDeletionStatusResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("deletion-task", "DeletionTaskId")]);
}
