//! Shapes: imported key material.

use bastide_shape::{enumeration, member, shapes, string, structure};

use super::*;

shapes! {
    GetParametersForImportRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("WrappingAlgorithm", &AlgorithmSpec).required(),
        member("WrappingKeySpec", &WrappingKeySpec).required(),
    ]);
    AlgorithmSpec = enumeration(&[
        "RSAES_PKCS1_V1_5", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1",
        "RSA_AES_KEY_WRAP_SHA_256", "SM2PKE",
    ]);
    WrappingKeySpec = enumeration(&["RSA_2048", "RSA_3072", "RSA_4096", "SM2"]);
    GetParametersForImportResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("ImportToken", &CiphertextType),
        member("PublicKey", &PlaintextType),
        member("ParametersValidTo", &DateType),
    ]);
    ImportKeyMaterialRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("ImportToken", &CiphertextType).required(),
        member("EncryptedKeyMaterial", &CiphertextType).required(),
        member("ValidTo", &DateType),
        member("ExpirationModel", &ExpirationModelType),
        member("ImportType", &ImportType),
        member("KeyMaterialDescription", &KeyMaterialDescriptionType),
        member("KeyMaterialId", &BackingKeyIdType),
    ]);
    ImportType = enumeration(&["NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"]);
    ImportKeyMaterialResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("KeyMaterialId", &BackingKeyIdType),
    ]);
    DeleteImportedKeyMaterialRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("KeyMaterialId", &BackingKeyIdType),
    ]);
    DeleteImportedKeyMaterialResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("KeyMaterialId", &BackingKeyIdResponseType),
    ]);
    BackingKeyIdResponseType = string().length(0, 64).pattern(r"^[a-f0-9]+$");
}
