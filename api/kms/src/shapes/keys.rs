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
    ExpirationModelType = enumeration(&["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"]);
    KeyManagerType = enumeration(&["AWS", "CUSTOMER"]);
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
