//! Operations: login profiles.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateLoginProfile = operation(Access::Write)
        .input(&CreateLoginProfileRequest)
        .output(&CreateLoginProfileResponse)
        .wrapped("CreateLoginProfileResult")
        .errors(&[
            &EntityAlreadyExistsException, &LimitExceededException, &NoSuchEntityException,
            &PasswordPolicyViolationException, &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    GetLoginProfile = operation(Access::List)
        .input(&GetLoginProfileRequest)
        .output(&GetLoginProfileResponse)
        .wrapped("GetLoginProfileResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    UpdateLoginProfile = operation(Access::Write)
        .input(&UpdateLoginProfileRequest)
        .errors(&[
            &EntityTemporarilyUnmodifiableException, &LimitExceededException, &NoSuchEntityException,
            &PasswordPolicyViolationException, &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    DeleteLoginProfile = operation(Access::Write)
        .input(&DeleteLoginProfileRequest)
        .errors(&[
            &EntityTemporarilyUnmodifiableException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
}
