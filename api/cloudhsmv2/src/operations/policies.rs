//! Operations: policies.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    PutResourcePolicy = operation(Access::Permissions)
        .input(&PutResourcePolicyRequest)
        .output(&PutResourcePolicyResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
        ])
        .on(&[target("policy-holder", "ResourceArn")]);
    GetResourcePolicy = operation(Access::Read)
        .input(&GetResourcePolicyRequest)
        .output(&GetResourcePolicyResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
        ])
        .on(&[target("policy-holder", "ResourceArn")]);
    DeleteResourcePolicy = operation(Access::Permissions)
        .input(&DeleteResourcePolicyRequest)
        .output(&DeleteResourcePolicyResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
        ])
        .on(&[target("policy-holder", "ResourceArn")]);
}
