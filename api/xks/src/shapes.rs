//! Shapes of the specification.

use bastide_shape::{blob, enumeration, integer, list, member, shapes, string, structure};

shapes! {
    KeyIdType = string();
    ExternalKeyIdType = string().length(1, 128).pattern(r"^[a-zA-Z0-9-_.]+$");
    // Fields may come to it at any time: what is not known here is left out.
    RequestMetadata = structure(&[
        member("awsPrincipalArn", &MetadataType).required(),
        member("awsSourceVpc", &MetadataType),
        member("awsSourceVpce", &MetadataType),
        member("kmsKeyArn", &MetadataType),
        member("kmsOperation", &MetadataType).required(),
        member("kmsRequestId", &MetadataType).required(),
        member("kmsViaService", &MetadataType),
    ]);
    HealthMetadata = structure(&[
        member("kmsOperation", &MetadataType).required(),
        member("kmsRequestId", &MetadataType).required(),
    ]);
    MetadataType = string().length(0, 2048);
    EncryptionAlgorithmType = enumeration(&["AES_GCM"]);
    IntegrityAlgorithmType = enumeration(&["SHA_256"]);
    PlaintextType = blob().sensitive();
    BytesType = blob();
    GetKeyMetadataRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("ExternalKeyId", &ExternalKeyIdType).required(),
        member("requestMetadata", &RequestMetadata).required(),
    ]);
    GetKeyMetadataResponse = structure(&[
        member("keySpec", &KeyIdType),
        member("keyUsage", &KeyUsageType),
        member("keyStatus", &KeyIdType),
    ]);
    KeyUsageType = list(&member("member", &KeyIdType));
    EncryptRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("ExternalKeyId", &ExternalKeyIdType).required(),
        member("requestMetadata", &RequestMetadata).required(),
        member("additionalAuthenticatedData", &BytesType),
        member("plaintext", &PlaintextType).required(),
        member("encryptionAlgorithm", &EncryptionAlgorithmType).required(),
        member("ciphertextDataIntegrityValueAlgorithm", &IntegrityAlgorithmType),
    ]);
    EncryptResponse = structure(&[
        member("authenticationTag", &BytesType),
        member("ciphertext", &BytesType),
        member("ciphertextDataIntegrityValue", &BytesType),
        member("ciphertextMetadata", &BytesType),
        member("initializationVector", &BytesType),
    ]);
    DecryptRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("ExternalKeyId", &ExternalKeyIdType).required(),
        member("requestMetadata", &RequestMetadata).required(),
        member("additionalAuthenticatedData", &BytesType),
        member("ciphertext", &BytesType).required(),
        member("ciphertextMetadata", &BytesType),
        member("encryptionAlgorithm", &EncryptionAlgorithmType).required(),
        member("initializationVector", &BytesType).required(),
        member("authenticationTag", &BytesType).required(),
    ]);
    DecryptResponse = structure(&[
        member("plaintext", &PlaintextType),
    ]);
    GetHealthStatusRequest = structure(&[
        member("requestMetadata", &HealthMetadata).required(),
    ]);
    GetHealthStatusResponse = structure(&[
        member("xksProxyFleetSize", &CountType),
        member("xksProxyVendor", &KeyIdType),
        member("xksProxyModel", &KeyIdType),
        member("ekmVendor", &KeyIdType),
        member("ekmFleetDetails", &FleetType),
    ]);
    CountType = integer();
    FleetType = list(&member("member", &ManagerType));
    ManagerType = structure(&[
        member("id", &KeyIdType),
        member("model", &KeyIdType),
        member("healthStatus", &KeyIdType),
    ]);
}
