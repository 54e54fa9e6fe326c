//! Shapes: asymmetric.

use bastide_shape::{enumeration, member, shapes, structure};

use super::*;

shapes! {
    GetPublicKeyRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("GrantTokens", &GrantTokenList),
    ]);
    GetPublicKeyResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("PublicKey", &PublicKeyType),
        member("CustomerMasterKeySpec", &CustomerMasterKeySpec),
        member("KeySpec", &KeySpec),
        member("KeyUsage", &KeyUsageType),
        member("EncryptionAlgorithms", &EncryptionAlgorithmSpecList),
        member("SigningAlgorithms", &SigningAlgorithmSpecList),
        member("KeyAgreementAlgorithms", &KeyAgreementAlgorithmSpecList),
        member("EncapsulationAlgorithms", &EncapsulationAlgorithmSpecList),
    ]);
    SignRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("Message", &PlaintextType).required(),
        member("MessageType", &MessageType),
        member("GrantTokens", &GrantTokenList),
        member("SigningAlgorithm", &SigningAlgorithmSpec).required(),
        member("DryRun", &NullableBooleanType),
    ]);
    MessageType = enumeration(&["RAW", "DIGEST", "EXTERNAL_MU"]);
    SignResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("Signature", &CiphertextType),
        member("SigningAlgorithm", &SigningAlgorithmSpec),
    ]);
    VerifyRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("Message", &PlaintextType).required(),
        member("MessageType", &MessageType),
        member("Signature", &CiphertextType).required(),
        member("SigningAlgorithm", &SigningAlgorithmSpec).required(),
        member("GrantTokens", &GrantTokenList),
        member("DryRun", &NullableBooleanType),
    ]);
    VerifyResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("SignatureValid", &BooleanType),
        member("SigningAlgorithm", &SigningAlgorithmSpec),
    ]);
    DeriveSharedSecretRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("KeyAgreementAlgorithm", &KeyAgreementAlgorithmSpec).required(),
        member("PublicKey", &PublicKeyType).required(),
        member("GrantTokens", &GrantTokenList),
        member("DryRun", &NullableBooleanType),
        member("Recipient", &RecipientInfo),
    ]);
    DeriveSharedSecretResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("SharedSecret", &PlaintextType),
        member("CiphertextForRecipient", &CiphertextType),
        member("KeyAgreementAlgorithm", &KeyAgreementAlgorithmSpec),
        member("KeyOrigin", &OriginType),
    ]);
    EncapsulateRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("EncapsulationAlgorithm", &EncapsulationAlgorithmSpec).required(),
        member("GrantTokens", &GrantTokenList),
        member("DryRun", &NullableBooleanType),
    ]);
    EncapsulateResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("SharedSecret", &PlaintextType),
        member("SharedSecretCiphertextBlob", &CiphertextType),
        member("EncapsulationAlgorithm", &EncapsulationAlgorithmSpec),
    ]);
    DecapsulateRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("SharedSecretCiphertextBlob", &CiphertextType).required(),
        member("EncapsulationAlgorithm", &EncapsulationAlgorithmSpec).required(),
        member("GrantTokens", &GrantTokenList),
        member("DryRun", &NullableBooleanType),
    ]);
    DecapsulateResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("SharedSecret", &PlaintextType),
        member("EncapsulationAlgorithm", &EncapsulationAlgorithmSpec),
    ]);
}
