//! Operations: instance profiles.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateInstanceProfile = operation(Access::Write)
        .input(&CreateInstanceProfileRequest)
        .output(&CreateInstanceProfileResponse)
        .wrapped("CreateInstanceProfileResult")
        .errors(&[
            &ConcurrentModificationException, &EntityAlreadyExistsException, &InvalidInputException,
            &LimitExceededException, &ServiceFailureException,
        ])
        .on(&[target("instance-profile", "InstanceProfileName")]);
    GetInstanceProfile = operation(Access::Read)
        .input(&GetInstanceProfileRequest)
        .output(&GetInstanceProfileResponse)
        .wrapped("GetInstanceProfileResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("instance-profile", "InstanceProfileName")]);
    DeleteInstanceProfile = operation(Access::Write)
        .input(&DeleteInstanceProfileRequest)
        .errors(&[
            &DeleteConflictException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("instance-profile", "InstanceProfileName")]);
    ListInstanceProfiles = operation(Access::List)
        .input(&ListInstanceProfilesRequest)
        .output(&ListInstanceProfilesResponse)
        .wrapped("ListInstanceProfilesResult")
        .errors(&[&ServiceFailureException])
        .on(&[target("instance-profile-path", "PathPrefix")]);
    ListInstanceProfilesForRole = operation(Access::List)
        .input(&ListInstanceProfilesForRoleRequest)
        .output(&ListInstanceProfilesForRoleResponse)
        .wrapped("ListInstanceProfilesForRoleResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("role", "RoleName")]);
    AddRoleToInstanceProfile = operation(Access::Write)
        .input(&AddRoleToInstanceProfileRequest)
        .errors(&[
            &EntityAlreadyExistsException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException, &UnmodifiableEntityException,
        ])
        .on(&[target("instance-profile", "InstanceProfileName")]);
    RemoveRoleFromInstanceProfile = operation(Access::Write)
        .input(&RemoveRoleFromInstanceProfileRequest)
        .errors(&[
            &LimitExceededException, &NoSuchEntityException, &ServiceFailureException,
            &UnmodifiableEntityException,
        ])
        .on(&[target("instance-profile", "InstanceProfileName")]);
    TagInstanceProfile = operation(Access::Tagging)
        .input(&TagInstanceProfileRequest)
        .errors(&[
            &ConcurrentModificationException, &InvalidInputException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("instance-profile", "InstanceProfileName")]);
    UntagInstanceProfile = operation(Access::Tagging)
        .input(&UntagInstanceProfileRequest)
        .errors(&[
            &ConcurrentModificationException, &InvalidInputException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("instance-profile", "InstanceProfileName")]);
    ListInstanceProfileTags = operation(Access::List)
        .input(&ListInstanceProfileTagsRequest)
        .output(&ListInstanceProfileTagsResponse)
        .wrapped("ListInstanceProfileTagsResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("instance-profile", "InstanceProfileName")]);
}
