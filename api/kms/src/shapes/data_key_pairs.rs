//! Shapes: data key pairs.

use bastide_shape::{enumeration, member, shapes, structure};

use super::*;

shapes! {
    GenerateDataKeyPairRequest = structure(&[
        member("EncryptionContext", &EncryptionContextType),
        member("KeyId", &KeyIdType).required(),
        member("KeyPairSpec", &DataKeyPairSpec).required(),
        member("GrantTokens", &GrantTokenList),
        member("Recipient", &RecipientInfo),
        member("DryRun", &NullableBooleanType),
    ]);
    DataKeyPairSpec = enumeration(&[
        "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",
        "ECC_SECG_P256K1", "SM2", "ECC_NIST_EDWARDS25519", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024",
    ]);
    GenerateDataKeyPairResponse = structure(&[
        member("PrivateKeyCiphertextBlob", &CiphertextType),
        member("PrivateKeyPlaintext", &PlaintextType),
        member("PublicKey", &PublicKeyType),
        member("KeyId", &KeyIdType),
        member("KeyPairSpec", &DataKeyPairSpec),
        member("CiphertextForRecipient", &CiphertextType),
        member("KeyMaterialId", &BackingKeyIdType),
    ]);
    GenerateDataKeyPairWithoutPlaintextRequest = structure(&[
        member("EncryptionContext", &EncryptionContextType),
        member("KeyId", &KeyIdType).required(),
        member("KeyPairSpec", &DataKeyPairSpec).required(),
        member("GrantTokens", &GrantTokenList),
        member("DryRun", &NullableBooleanType),
    ]);
    GenerateDataKeyPairWithoutPlaintextResponse = structure(&[
        member("PrivateKeyCiphertextBlob", &CiphertextType),
        member("PublicKey", &PublicKeyType),
        member("KeyId", &KeyIdType),
        member("KeyPairSpec", &DataKeyPairSpec),
        member("KeyMaterialId", &BackingKeyIdType),
    ]);
}
