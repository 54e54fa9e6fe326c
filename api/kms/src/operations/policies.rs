//! Operations: policies.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    GetKeyPolicy = operation(Access::Read)
        .input(&GetKeyPolicyRequest)
        .output(&GetKeyPolicyResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")]);
    PutKeyPolicy = operation(Access::Permissions)
        .input(&PutKeyPolicyRequest)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &LimitExceededException, &MalformedPolicyDocumentException,
            &NotFoundException, &UnsupportedOperationException,
        ])
        .on(&[target("key", "KeyId")]);
    ListKeyPolicies = operation(Access::List)
        .input(&ListKeyPoliciesRequest)
        .output(&ListKeyPoliciesResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")]);
}
