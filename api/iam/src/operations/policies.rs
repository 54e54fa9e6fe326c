//! Operations: policies.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreatePolicy = operation(Access::Permissions)
        .input(&CreatePolicyRequest)
        .output(&CreatePolicyResponse)
        .wrapped("CreatePolicyResult")
        .errors(&[
            &ConcurrentModificationException, &EntityAlreadyExistsException, &InvalidInputException,
            &LimitExceededException, &MalformedPolicyDocumentException, &ServiceFailureException,
        ])
        .on(&[target("policy", "PolicyName")]);
    GetPolicy = operation(Access::Read)
        .input(&GetPolicyRequest)
        .output(&GetPolicyResponse)
        .wrapped("GetPolicyResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("policy", "PolicyArn")]);
    DeletePolicy = operation(Access::Permissions)
        .input(&DeletePolicyRequest)
        .errors(&[
            &DeleteConflictException, &InvalidInputException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("policy", "PolicyArn")]);
    ListPolicies = operation(Access::List)
        .input(&ListPoliciesRequest)
        .output(&ListPoliciesResponse)
        .wrapped("ListPoliciesResult")
        .errors(&[&ServiceFailureException])
        .on(&[target("policy-path", "PathPrefix")]);
    CreatePolicyVersion = operation(Access::Permissions)
        .input(&CreatePolicyVersionRequest)
        .output(&CreatePolicyVersionResponse)
        .wrapped("CreatePolicyVersionResult")
        .errors(&[
            &InvalidInputException, &LimitExceededException, &MalformedPolicyDocumentException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("policy", "PolicyArn")]);
    GetPolicyVersion = operation(Access::Read)
        .input(&GetPolicyVersionRequest)
        .output(&GetPolicyVersionResponse)
        .wrapped("GetPolicyVersionResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("policy", "PolicyArn")]);
    DeletePolicyVersion = operation(Access::Permissions)
        .input(&DeletePolicyVersionRequest)
        .errors(&[
            &DeleteConflictException, &InvalidInputException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("policy", "PolicyArn")]);
    ListPolicyVersions = operation(Access::List)
        .input(&ListPolicyVersionsRequest)
        .output(&ListPolicyVersionsResponse)
        .wrapped("ListPolicyVersionsResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("policy", "PolicyArn")]);
    SetDefaultPolicyVersion = operation(Access::Permissions)
        .input(&SetDefaultPolicyVersionRequest)
        .errors(&[
            &InvalidInputException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("policy", "PolicyArn")]);
    TagPolicy = operation(Access::Tagging)
        .input(&TagPolicyRequest)
        .errors(&[
            &ConcurrentModificationException, &InvalidInputException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("policy", "PolicyArn")]);
    UntagPolicy = operation(Access::Tagging)
        .input(&UntagPolicyRequest)
        .errors(&[
            &ConcurrentModificationException, &InvalidInputException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("policy", "PolicyArn")]);
    ListPolicyTags = operation(Access::List)
        .input(&ListPolicyTagsRequest)
        .output(&ListPolicyTagsResponse)
        .wrapped("ListPolicyTagsResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("policy", "PolicyArn")]);
    ListEntitiesForPolicy = operation(Access::List)
        .input(&ListEntitiesForPolicyRequest)
        .output(&ListEntitiesForPolicyResponse)
        .wrapped("ListEntitiesForPolicyResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("policy", "PolicyArn")]);
}
