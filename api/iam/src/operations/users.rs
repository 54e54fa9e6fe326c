//! Operations: users.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateUser = operation(Access::Write)
        .input(&CreateUserRequest)
        .output(&CreateUserResponse)
        .wrapped("CreateUserResult")
        .errors(&[
            &ConcurrentModificationException, &EntityAlreadyExistsException, &InvalidInputException,
            &LimitExceededException, &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    GetUser = operation(Access::Read)
        .input(&GetUserRequest)
        .output(&GetUserResponse)
        .wrapped("GetUserResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    UpdateUser = operation(Access::Write)
        .input(&UpdateUserRequest)
        .errors(&[
            &ConcurrentModificationException, &EntityAlreadyExistsException,
            &EntityTemporarilyUnmodifiableException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    DeleteUser = operation(Access::Write)
        .input(&DeleteUserRequest)
        .errors(&[
            &ConcurrentModificationException, &DeleteConflictException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    ListUsers = operation(Access::List)
        .input(&ListUsersRequest)
        .output(&ListUsersResponse)
        .wrapped("ListUsersResult")
        .errors(&[&ServiceFailureException])
        .on(&[target("user-path", "PathPrefix")]);
    TagUser = operation(Access::Tagging)
        .input(&TagUserRequest)
        .errors(&[
            &ConcurrentModificationException, &InvalidInputException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    UntagUser = operation(Access::Tagging)
        .input(&UntagUserRequest)
        .errors(&[
            &ConcurrentModificationException, &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    ListUserTags = operation(Access::List)
        .input(&ListUserTagsRequest)
        .output(&ListUserTagsResponse)
        .wrapped("ListUserTagsResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    PutUserPermissionsBoundary = operation(Access::Permissions)
        .input(&PutUserPermissionsBoundaryRequest)
        .errors(&[
            &InvalidInputException, &NoSuchEntityException, &PolicyNotAttachableException,
            &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    DeleteUserPermissionsBoundary = operation(Access::Permissions)
        .input(&DeleteUserPermissionsBoundaryRequest)
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
}
