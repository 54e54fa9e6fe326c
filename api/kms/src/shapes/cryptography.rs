//! Shapes: cryptography.

use bastide_shape::{enumeration, integer, list, member, shapes, structure};

use super::*;

shapes! {
    EncryptRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("Plaintext", &PlaintextType).required(),
        member("EncryptionContext", &EncryptionContextType),
        member("GrantTokens", &GrantTokenList),
        member("EncryptionAlgorithm", &EncryptionAlgorithmSpec),
        member("DryRun", &NullableBooleanType),
    ]);
    EncryptResponse = structure(&[
        member("CiphertextBlob", &CiphertextType),
        member("KeyId", &KeyIdType),
        member("EncryptionAlgorithm", &EncryptionAlgorithmSpec),
    ]);
    DecryptRequest = structure(&[
        member("CiphertextBlob", &CiphertextType),
        member("EncryptionContext", &EncryptionContextType),
        member("GrantTokens", &GrantTokenList),
        member("KeyId", &KeyIdType),
        member("EncryptionAlgorithm", &EncryptionAlgorithmSpec),
        member("Recipient", &RecipientInfo),
        member("DryRun", &NullableBooleanType),
        member("DryRunModifiers", &DryRunModifierList),
    ]);
    DryRunModifierList = list(&member("member", &DryRunModifierType));
    DryRunModifierType = enumeration(&["IGNORE_CIPHERTEXT"]);
    DecryptResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("Plaintext", &PlaintextType),
        member("EncryptionAlgorithm", &EncryptionAlgorithmSpec),
        member("CiphertextForRecipient", &CiphertextType),
        member("KeyMaterialId", &BackingKeyIdType),
    ]);
    ReEncryptRequest = structure(&[
        member("CiphertextBlob", &CiphertextType),
        member("SourceEncryptionContext", &EncryptionContextType),
        member("SourceKeyId", &KeyIdType),
        member("DestinationKeyId", &KeyIdType).required(),
        member("DestinationEncryptionContext", &EncryptionContextType),
        member("SourceEncryptionAlgorithm", &EncryptionAlgorithmSpec),
        member("DestinationEncryptionAlgorithm", &EncryptionAlgorithmSpec),
        member("GrantTokens", &GrantTokenList),
        member("DryRun", &NullableBooleanType),
        member("DryRunModifiers", &DryRunModifierList),
    ]);
    ReEncryptResponse = structure(&[
        member("CiphertextBlob", &CiphertextType),
        member("SourceKeyId", &KeyIdType),
        member("KeyId", &KeyIdType),
        member("SourceEncryptionAlgorithm", &EncryptionAlgorithmSpec),
        member("DestinationEncryptionAlgorithm", &EncryptionAlgorithmSpec),
        member("SourceKeyMaterialId", &BackingKeyIdType),
        member("DestinationKeyMaterialId", &BackingKeyIdType),
    ]);
    GenerateDataKeyRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("EncryptionContext", &EncryptionContextType),
        member("NumberOfBytes", &NumberOfBytesType),
        member("KeySpec", &DataKeySpec),
        member("GrantTokens", &GrantTokenList),
        member("Recipient", &RecipientInfo),
        member("DryRun", &NullableBooleanType),
    ]);
    NumberOfBytesType = integer().range(1, 1024);
    DataKeySpec = enumeration(&["AES_256", "AES_128"]);
    GenerateDataKeyResponse = structure(&[
        member("CiphertextBlob", &CiphertextType),
        member("Plaintext", &PlaintextType),
        member("KeyId", &KeyIdType),
        member("CiphertextForRecipient", &CiphertextType),
        member("KeyMaterialId", &BackingKeyIdType),
    ]);
    GenerateDataKeyWithoutPlaintextRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("EncryptionContext", &EncryptionContextType),
        member("KeySpec", &DataKeySpec),
        member("NumberOfBytes", &NumberOfBytesType),
        member("GrantTokens", &GrantTokenList),
        member("DryRun", &NullableBooleanType),
    ]);
    GenerateDataKeyWithoutPlaintextResponse = structure(&[
        member("CiphertextBlob", &CiphertextType),
        member("KeyId", &KeyIdType),
        member("KeyMaterialId", &BackingKeyIdType),
    ]);
    GenerateRandomRequest = structure(&[
        member("NumberOfBytes", &NumberOfBytesType),
        member("CustomKeyStoreId", &CustomKeyStoreIdType),
        member("Recipient", &RecipientInfo),
    ]);
    GenerateRandomResponse = structure(&[
        member("Plaintext", &PlaintextType),
        member("CiphertextForRecipient", &CiphertextType),
    ]);
}
