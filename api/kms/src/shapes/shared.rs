//! Shapes: used by several topics.

use bastide_shape::{
    blob, boolean, enumeration, integer, list, map, member, shapes, string, structure, timestamp,
};

shapes! {
    KeyIdType = string().length(1, 2048);
    LimitType = integer().range(1, 1000);
    MarkerType = string().length(1, 1024).pattern(r"[\u0020-\u00FF]*");
    ArnType = string().length(20, 2048);
    DateType = timestamp();
    BooleanType = boolean();
    GrantTokenList = list(&member("member", &GrantTokenType)).length(0, 10);
    GrantTokenType = string().length(1, 8192);
    PublicKeyType = blob().length(1, 8192);
    CustomerMasterKeySpec = enumeration(&[
        "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",
        "ECC_SECG_P256K1", "SYMMETRIC_DEFAULT", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2",
    ]);
    KeySpec = enumeration(&[
        "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",
        "ECC_SECG_P256K1", "SYMMETRIC_DEFAULT", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2",
        "ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ECC_NIST_EDWARDS25519", "ML_KEM_512", "ML_KEM_768",
        "ML_KEM_1024",
    ]);
    KeyUsageType = enumeration(&[
        "SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE",
    ]);
    EncryptionAlgorithmSpecList = list(&member("member", &EncryptionAlgorithmSpec));
    EncryptionAlgorithmSpec = enumeration(&["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]);
    SigningAlgorithmSpecList = list(&member("member", &SigningAlgorithmSpec));
    SigningAlgorithmSpec = enumeration(&[
        "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512", "RSASSA_PKCS1_V1_5_SHA_256",
        "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512", "ECDSA_SHA_256", "ECDSA_SHA_384",
        "ECDSA_SHA_512", "SM2DSA", "ML_DSA_SHAKE_256", "ED25519_SHA_512", "ED25519_PH_SHA_512",
    ]);
    KeyAgreementAlgorithmSpecList = list(&member("member", &KeyAgreementAlgorithmSpec));
    KeyAgreementAlgorithmSpec = enumeration(&["ECDH"]);
    EncapsulationAlgorithmSpecList = list(&member("member", &EncapsulationAlgorithmSpec));
    EncapsulationAlgorithmSpec = enumeration(&["ML_KEM"]);
    PlaintextType = blob().length(1, 4096).sensitive();
    NullableBooleanType = boolean();
    CiphertextType = blob().length(1, 6144);
    RecipientInfo = structure(&[
        member("KeyEncryptionAlgorithm", &KeyEncryptionMechanism),
        member("AttestationDocument", &AttestationDocumentType),
    ]);
    KeyEncryptionMechanism = enumeration(&["RSAES_OAEP_SHA_256"]);
    AttestationDocumentType = blob().length(1, 262144);
    OriginType = enumeration(&["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]);
    EncryptionContextType = map(&member("key", &EncryptionContextKey), &member("value", &EncryptionContextValue));
    EncryptionContextKey = string();
    EncryptionContextValue = string();
    BackingKeyIdType = string().length(64, 64).pattern(r"^[a-f0-9]+$");
    CustomKeyStoreIdType = string().length(1, 64);
    CloudHsmClusterIdType = string().length(19, 24).pattern(r"cluster-[2-7a-zA-Z]{11,16}");
    PolicyType = string().length(1, 131072).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
    TagList = list(&member("member", &Tag));
    Tag = structure(&[
        member("TagKey", &TagKeyType).required(),
        member("TagValue", &TagValueType).required(),
    ]);
    TagKeyType = string().length(1, 128);
    TagValueType = string().length(0, 256);
    MacAlgorithmSpec = enumeration(&["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"]);
}
