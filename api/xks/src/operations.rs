//! Operations: all of the specification. They are authorised as what they do to the key.

use bastide_shape::{Access, Operation, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    GetKeyMetadata = operation(Access::Read)
        .input(&GetKeyMetadataRequest)
        .output(&GetKeyMetadataResponse)
        .errors(&[
            &AccessDeniedException, &AuthenticationFailedException, &InternalException, &InvalidStateException,
            &InvalidUriPathException, &KeyNotFoundException, &ThrottlingException, &ValidationException,
        ])
        .action("kms:DescribeKey")
        .on(&[target("named-key", "KeyId")]);
    Encrypt = operation(Access::Write)
        .input(&EncryptRequest)
        .output(&EncryptResponse)
        .errors(&[
            &AccessDeniedException, &AuthenticationFailedException, &InternalException,
            &InvalidKeyUsageException, &InvalidStateException, &InvalidUriPathException, &KeyNotFoundException,
            &ThrottlingException, &UnsupportedOperationException, &ValidationException,
        ])
        .action("kms:Encrypt")
        .on(&[target("named-key", "KeyId")])
        .reads();
    Decrypt = operation(Access::Write)
        .input(&DecryptRequest)
        .output(&DecryptResponse)
        .errors(&[
            &AccessDeniedException, &AuthenticationFailedException, &InternalException,
            &InvalidCiphertextException, &InvalidKeyUsageException, &InvalidStateException,
            &InvalidUriPathException, &KeyNotFoundException, &ThrottlingException,
            &UnsupportedOperationException, &ValidationException,
        ])
        .action("kms:Decrypt")
        .on(&[target("named-key", "KeyId")])
        .reads();
    GetHealthStatus = operation(Access::Read)
        .input(&GetHealthStatusRequest)
        .output(&GetHealthStatusResponse)
        .errors(&[
            &AuthenticationFailedException, &InternalException, &InvalidUriPathException, &ThrottlingException,
        ])
        .unauthorized();
}

/// All of them.
pub static BUILT: &[&Operation] = &[&GetKeyMetadata, &Encrypt, &Decrypt, &GetHealthStatus];
