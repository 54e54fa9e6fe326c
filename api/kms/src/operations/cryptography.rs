//! Operations: cryptography.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    Encrypt = operation(Access::Read)
        .input(&EncryptRequest)
        .output(&EncryptResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")])
        .unrecorded(&["GrantTokens"]);
    Decrypt = operation(Access::Read)
        .input(&DecryptRequest)
        .output(&DecryptResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &IncorrectKeyException, &InvalidCiphertextException, &InvalidGrantTokenException,
            &InvalidKeyUsageException, &KMSInternalException, &KMSInvalidStateException,
            &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("ciphertext", "CiphertextBlob")])
        .unrecorded(&["GrantTokens"]);
    ReEncrypt = operation(Access::Read)
        .input(&ReEncryptRequest)
        .output(&ReEncryptResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &IncorrectKeyException, &InvalidCiphertextException, &InvalidGrantTokenException,
            &InvalidKeyUsageException, &KMSInternalException, &KMSInvalidStateException,
            &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[
            target("ciphertext", "CiphertextBlob").action("kms:ReEncryptFrom"),
            target("key", "DestinationKeyId").action("kms:ReEncryptTo"),
        ])
        .unrecorded(&["GrantTokens"]);
    GenerateDataKey = operation(Access::Read)
        .input(&GenerateDataKeyRequest)
        .output(&GenerateDataKeyResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")])
        .unrecorded(&["GrantTokens"]);
    GenerateDataKeyWithoutPlaintext = operation(Access::Read)
        .input(&GenerateDataKeyWithoutPlaintextRequest)
        .output(&GenerateDataKeyWithoutPlaintextResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")])
        .unrecorded(&["GrantTokens"]);
    GenerateRandom = operation(Access::Read)
        .input(&GenerateRandomRequest)
        .output(&GenerateRandomResponse)
        .errors(&[
            &CustomKeyStoreInvalidStateException, &CustomKeyStoreNotFoundException,
            &DependencyTimeoutException, &KMSInternalException, &UnsupportedOperationException,
        ]);
}
