//! Operations: rotation of key material.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    EnableKeyRotation = operation(Access::Write)
        .input(&EnableKeyRotationRequest)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException, &UnsupportedOperationException,
        ])
        .on(&[target("key", "KeyId")]);
    DisableKeyRotation = operation(Access::Write)
        .input(&DisableKeyRotationRequest)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException, &UnsupportedOperationException,
        ])
        .on(&[target("key", "KeyId")]);
    GetKeyRotationStatus = operation(Access::Read)
        .input(&GetKeyRotationStatusRequest)
        .output(&GetKeyRotationStatusResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException, &UnsupportedOperationException,
        ])
        .on(&[target("shared-key", "KeyId")]);
    RotateKeyOnDemand = operation(Access::Write)
        .input(&RotateKeyOnDemandRequest)
        .output(&RotateKeyOnDemandResponse)
        .errors(&[
            &ConflictException, &DependencyTimeoutException, &DisabledException, &InvalidArnException,
            &KMSInternalException, &KMSInvalidStateException, &LimitExceededException, &NotFoundException,
            &UnsupportedOperationException,
        ])
        .on(&[target("key", "KeyId")]);
    ListKeyRotations = operation(Access::List)
        .input(&ListKeyRotationsRequest)
        .output(&ListKeyRotationsResponse)
        .errors(&[
            &InvalidArnException, &InvalidMarkerException, &KMSInternalException, &KMSInvalidStateException,
            &NotFoundException, &UnsupportedOperationException,
        ])
        .on(&[target("key", "KeyId")]);
}
