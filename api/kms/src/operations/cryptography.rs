//! Operations: cryptography.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    Encrypt = operation(Access::Write)
        .input(&EncryptRequest)
        .output(&EncryptResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
    Decrypt = operation(Access::Write)
        .input(&DecryptRequest)
        .output(&DecryptResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &IncorrectKeyException, &InvalidCiphertextException, &InvalidGrantTokenException,
            &InvalidKeyUsageException, &KMSInternalException, &KMSInvalidStateException,
            &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("ciphertext", "CiphertextBlob")])
        .unrecorded(&["GrantTokens"])
        .reads();
    ReEncrypt = operation(Access::Write)
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
            target("named-key", "DestinationKeyId").action("kms:ReEncryptTo"),
        ])
        .unrecorded(&["GrantTokens"])
        .reads();
    GenerateDataKey = operation(Access::Write)
        .input(&GenerateDataKeyRequest)
        .output(&GenerateDataKeyResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
    GenerateDataKeyWithoutPlaintext = operation(Access::Write)
        .input(&GenerateDataKeyWithoutPlaintextRequest)
        .output(&GenerateDataKeyWithoutPlaintextResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
    GenerateRandom = operation(Access::Write)
        .input(&GenerateRandomRequest)
        .output(&GenerateRandomResponse)
        .errors(&[
            &CustomKeyStoreInvalidStateException, &CustomKeyStoreNotFoundException,
            &DependencyTimeoutException, &KMSInternalException, &UnsupportedOperationException,
        ])
        .reads();
}
