//! Operations: user policies.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    PutUserPolicy = operation(Access::Permissions)
        .input(&PutUserPolicyRequest)
        .errors(&[
            &LimitExceededException, &MalformedPolicyDocumentException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    GetUserPolicy = operation(Access::Read)
        .input(&GetUserPolicyRequest)
        .output(&GetUserPolicyResponse)
        .wrapped("GetUserPolicyResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    DeleteUserPolicy = operation(Access::Permissions)
        .input(&DeleteUserPolicyRequest)
        .errors(&[&LimitExceededException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    ListUserPolicies = operation(Access::List)
        .input(&ListUserPoliciesRequest)
        .output(&ListUserPoliciesResponse)
        .wrapped("ListUserPoliciesResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    AttachUserPolicy = operation(Access::Permissions)
        .input(&AttachUserPolicyRequest)
        .errors(&[
            &InvalidInputException, &LimitExceededException, &NoSuchEntityException,
            &PolicyNotAttachableException, &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    DetachUserPolicy = operation(Access::Permissions)
        .input(&DetachUserPolicyRequest)
        .errors(&[
            &InvalidInputException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    ListAttachedUserPolicies = operation(Access::List)
        .input(&ListAttachedUserPoliciesRequest)
        .output(&ListAttachedUserPoliciesResponse)
        .wrapped("ListAttachedUserPoliciesResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
}
