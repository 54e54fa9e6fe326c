//! Operations: role policies.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    PutRolePolicy = operation(Access::Permissions)
        .input(&PutRolePolicyRequest)
        .errors(&[
            &LimitExceededException, &MalformedPolicyDocumentException, &NoSuchEntityException,
            &ServiceFailureException, &UnmodifiableEntityException,
        ])
        .on(&[target("role", "RoleName")]);
    GetRolePolicy = operation(Access::Read)
        .input(&GetRolePolicyRequest)
        .output(&GetRolePolicyResponse)
        .wrapped("GetRolePolicyResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("role", "RoleName")]);
    DeleteRolePolicy = operation(Access::Permissions)
        .input(&DeleteRolePolicyRequest)
        .errors(&[
            &LimitExceededException, &NoSuchEntityException, &ServiceFailureException,
            &UnmodifiableEntityException,
        ])
        .on(&[target("role", "RoleName")]);
    ListRolePolicies = operation(Access::List)
        .input(&ListRolePoliciesRequest)
        .output(&ListRolePoliciesResponse)
        .wrapped("ListRolePoliciesResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("role", "RoleName")]);
    AttachRolePolicy = operation(Access::Permissions)
        .input(&AttachRolePolicyRequest)
        .errors(&[
            &InvalidInputException, &LimitExceededException, &NoSuchEntityException,
            &PolicyNotAttachableException, &ServiceFailureException, &UnmodifiableEntityException,
        ])
        .on(&[target("role", "RoleName")]);
    DetachRolePolicy = operation(Access::Permissions)
        .input(&DetachRolePolicyRequest)
        .errors(&[
            &InvalidInputException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException, &UnmodifiableEntityException,
        ])
        .on(&[target("role", "RoleName")]);
    ListAttachedRolePolicies = operation(Access::List)
        .input(&ListAttachedRolePoliciesRequest)
        .output(&ListAttachedRolePoliciesResponse)
        .wrapped("ListAttachedRolePoliciesResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("role", "RoleName")]);
}
