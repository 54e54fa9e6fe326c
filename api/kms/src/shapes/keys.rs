//! Shapes: keys.

use bastide_shape::{enumeration, integer, list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateKeyRequest = structure(&[
        member("Policy", &PolicyType),
        member("Description", &DescriptionType),
        member("KeyUsage", &KeyUsageType),
        member("CustomerMasterKeySpec", &CustomerMasterKeySpec),
        member("KeySpec", &KeySpec),
        member("Origin", &OriginType),
        member("CustomKeyStoreId", &CustomKeyStoreIdType),
        member("BypassPolicyLockoutSafetyCheck", &BooleanType),
        member("Tags", &TagList),
        member("MultiRegion", &NullableBooleanType),
        member("XksKeyId", &XksKeyIdType),
    ]);
    DescriptionType = string().length(0, 8192);
    KeyUsageType = enumeration(&[
        "SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE",
    ]);
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
    OriginType = enumeration(&["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]);
    XksKeyIdType = string().length(1, 128).pattern(r"^[a-zA-Z0-9-_.]+$");
    CreateKeyResponse = structure(&[
        member("KeyMetadata", &KeyMetadata),
    ]);
    KeyMetadata = structure(&[
        member("AWSAccountId", &AWSAccountIdType),
        member("KeyId", &KeyIdType).required(),
        member("Arn", &ArnType),
        member("CreationDate", &DateType),
        member("Enabled", &BooleanType),
        member("Description", &DescriptionType),
        member("KeyUsage", &KeyUsageType),
        member("KeyState", &KeyState),
        member("DeletionDate", &DateType),
        member("ValidTo", &DateType),
        member("Origin", &OriginType),
        member("CustomKeyStoreId", &CustomKeyStoreIdType),
        member("CloudHsmClusterId", &CloudHsmClusterIdType),
        member("ExpirationModel", &ExpirationModelType),
        member("KeyManager", &KeyManagerType),
        member("CustomerMasterKeySpec", &CustomerMasterKeySpec),
        member("KeySpec", &KeySpec),
        member("EncryptionAlgorithms", &EncryptionAlgorithmSpecList),
        member("SigningAlgorithms", &SigningAlgorithmSpecList),
        member("KeyAgreementAlgorithms", &KeyAgreementAlgorithmSpecList),
        member("EncapsulationAlgorithms", &EncapsulationAlgorithmSpecList),
        member("MultiRegion", &NullableBooleanType),
        member("MultiRegionConfiguration", &MultiRegionConfiguration),
        member("PendingDeletionWindowInDays", &PendingWindowInDaysType),
        member("MacAlgorithms", &MacAlgorithmSpecList),
        member("XksKeyConfiguration", &XksKeyConfigurationType),
        member("CurrentKeyMaterialId", &BackingKeyIdType),
    ]);
    AWSAccountIdType = string();
    KeyState = enumeration(&[
        "Creating", "Enabled", "Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion",
        "Unavailable", "Updating",
    ]);
    CloudHsmClusterIdType = string().length(19, 24).pattern(r"cluster-[2-7a-zA-Z]{11,16}");
    ExpirationModelType = enumeration(&["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"]);
    KeyManagerType = enumeration(&["AWS", "CUSTOMER"]);
    EncryptionAlgorithmSpecList = list(&member("member", &EncryptionAlgorithmSpec));
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
    MultiRegionConfiguration = structure(&[
        member("MultiRegionKeyType", &MultiRegionKeyType),
        member("PrimaryKey", &MultiRegionKey),
        member("ReplicaKeys", &MultiRegionKeyList),
    ]);
    MultiRegionKeyType = enumeration(&["PRIMARY", "REPLICA"]);
    MultiRegionKey = structure(&[
        member("Arn", &ArnType),
        member("Region", &RegionType),
    ]);
    RegionType = string().length(1, 32).pattern(r"^([a-z]+-){2,3}\d+$");
    MultiRegionKeyList = list(&member("member", &MultiRegionKey));
    PendingWindowInDaysType = integer().range(1, 365);
    MacAlgorithmSpecList = list(&member("member", &MacAlgorithmSpec));
    MacAlgorithmSpec = enumeration(&["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"]);
    XksKeyConfigurationType = structure(&[
        member("Id", &XksKeyIdType),
    ]);
    DescribeKeyRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("GrantTokens", &GrantTokenList),
    ]);
    DescribeKeyResponse = structure(&[
        member("KeyMetadata", &KeyMetadata),
    ]);
    ListKeysRequest = structure(&[
        member("Limit", &LimitType),
        member("Marker", &MarkerType),
        member("ResourceOwners", &ResourceOwnersList),
    ]);
    ResourceOwnersList = list(&member("member", &ResourceOwnerType)).length(1, 2);
    ResourceOwnerType = enumeration(&["SELF", "OTHER_ACCOUNTS_VIA_RAM"]);
    ListKeysResponse = structure(&[
        member("Keys", &KeyList),
        member("NextMarker", &MarkerType),
        member("Truncated", &BooleanType),
    ]);
    KeyList = list(&member("member", &KeyListEntry));
    KeyListEntry = structure(&[
        member("KeyId", &KeyIdType),
        member("KeyArn", &ArnType),
    ]);
    EnableKeyRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
    ]);
    DisableKeyRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
    ]);
    ScheduleKeyDeletionRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("PendingWindowInDays", &PendingWindowInDaysType),
    ]);
    ScheduleKeyDeletionResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("DeletionDate", &DateType),
        member("KeyState", &KeyState),
        member("PendingWindowInDays", &PendingWindowInDaysType),
    ]);
    CancelKeyDeletionRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
    ]);
    CancelKeyDeletionResponse = structure(&[
        member("KeyId", &KeyIdType),
    ]);
    UpdateKeyDescriptionRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("Description", &DescriptionType).required(),
    ]);
}
