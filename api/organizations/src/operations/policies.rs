//! Operations: policies.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreatePolicy = operation(Access::Write)
        .input(&CreatePolicyRequest)
        .output(&CreatePolicyResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &DuplicatePolicyException, &InvalidInputException,
            &MalformedPolicyDocumentException, &PolicyTypeNotAvailableForOrganizationException,
            &ServiceException, &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ])
        .on(&[target("any", "")]);
    DescribePolicy = operation(Access::Read)
        .input(&DescribePolicyRequest)
        .output(&DescribePolicyResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &PolicyNotFoundException, &ServiceException, &TooManyRequestsException,
            &UnsupportedAPIEndpointException,
        ])
        .on(&[target("policy", "PolicyId")]);
    UpdatePolicy = operation(Access::Write)
        .input(&UpdatePolicyRequest)
        .output(&UpdatePolicyResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &DuplicatePolicyException, &InvalidInputException,
            &MalformedPolicyDocumentException, &PolicyChangesInProgressException, &PolicyNotFoundException,
            &ServiceException, &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ])
        .on(&[target("policy", "PolicyId")]);
    DeletePolicy = operation(Access::Write)
        .input(&DeletePolicyRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &InvalidInputException, &PolicyInUseException, &PolicyNotFoundException, &ServiceException,
            &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ])
        .on(&[target("policy", "PolicyId")]);
    ListPolicies = operation(Access::List)
        .input(&ListPoliciesRequest)
        .output(&ListPoliciesResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &ServiceException, &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ])
        .on(&[target("any", "")]);
    AttachPolicy = operation(Access::Write)
        .input(&AttachPolicyRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &DuplicatePolicyAttachmentException, &InvalidInputException,
            &PolicyChangesInProgressException, &PolicyNotFoundException, &PolicyTypeNotEnabledException,
            &ServiceException, &TargetNotFoundException, &TooManyRequestsException,
            &UnsupportedAPIEndpointException,
        ])
        .on(&[target("policy", "PolicyId"), target("target", "TargetId")]);
    DetachPolicy = operation(Access::Write)
        .input(&DetachPolicyRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &InvalidInputException, &PolicyChangesInProgressException,
            &PolicyNotAttachedException, &PolicyNotFoundException, &ServiceException,
            &TargetNotFoundException, &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ])
        .on(&[target("policy", "PolicyId"), target("target", "TargetId")]);
    ListPoliciesForTarget = operation(Access::List)
        .input(&ListPoliciesForTargetRequest)
        .output(&ListPoliciesForTargetResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &ServiceException, &TargetNotFoundException, &TooManyRequestsException,
            &UnsupportedAPIEndpointException,
        ])
        .on(&[target("target", "TargetId")]);
    ListTargetsForPolicy = operation(Access::List)
        .input(&ListTargetsForPolicyRequest)
        .output(&ListTargetsForPolicyResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &PolicyNotFoundException, &ServiceException, &TooManyRequestsException,
            &UnsupportedAPIEndpointException,
        ])
        .on(&[target("policy", "PolicyId")]);
}
