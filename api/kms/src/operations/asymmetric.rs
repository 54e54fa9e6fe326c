//! Operations: asymmetric.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    GetPublicKey = operation(Access::Read)
        .input(&GetPublicKeyRequest)
        .output(&GetPublicKeyResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &InvalidArnException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
            &UnsupportedOperationException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"]);
    Sign = operation(Access::Write)
        .input(&SignRequest)
        .output(&SignResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
    Verify = operation(Access::Write)
        .input(&VerifyRequest)
        .output(&VerifyResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidSignatureException, &KMSInvalidStateException, &KeyUnavailableException,
            &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
    DeriveSharedSecret = operation(Access::Write)
        .input(&DeriveSharedSecretRequest)
        .output(&DeriveSharedSecretResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
    Encapsulate = operation(Access::Write)
        .input(&EncapsulateRequest)
        .output(&EncapsulateResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
    Decapsulate = operation(Access::Write)
        .input(&DecapsulateRequest)
        .output(&DecapsulateResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidCiphertextException, &InvalidGrantTokenException, &InvalidKeyUsageException,
            &KMSInternalException, &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
}
