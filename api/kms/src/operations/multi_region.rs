//! Operations: multi-Region keys.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    ReplicateKey = operation(Access::Write)
        .input(&ReplicateKeyRequest)
        .output(&ReplicateKeyResponse)
        .errors(&[
            &AlreadyExistsException, &DisabledException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &LimitExceededException, &MalformedPolicyDocumentException,
            &NotFoundException, &TagException, &UnsupportedOperationException,
        ])
        .on(&[target("key", "KeyId")]);
    UpdatePrimaryRegion = operation(Access::Write)
        .input(&UpdatePrimaryRegionRequest)
        .errors(&[
            &DisabledException, &InvalidArnException, &KMSInternalException, &KMSInvalidStateException,
            &NotFoundException, &UnsupportedOperationException,
        ])
        .on(&[target("key", "KeyId")]);
}
