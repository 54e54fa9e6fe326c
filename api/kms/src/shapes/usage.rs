//! Shapes: when a key was last used.

use bastide_shape::{enumeration, member, shapes, string, structure};

use super::*;

shapes! {
    GetKeyLastUsageRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
    ]);
    GetKeyLastUsageResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("KeyLastUsage", &KeyLastUsageData),
        member("TrackingStartDate", &DateType),
        member("KeyCreationDate", &DateType),
    ]);
    KeyLastUsageData = structure(&[
        member("Operation", &KeyLastUsageTrackingOperation),
        member("Timestamp", &DateType),
        member("CloudTrailEventId", &CloudTrailEventIdType),
        member("KmsRequestId", &KmsRequestIdType),
    ]);
    KeyLastUsageTrackingOperation = enumeration(&[
        "Decrypt", "DeriveSharedSecret", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac", "ReEncrypt",
        "Sign", "Verify", "VerifyMac", "Encapsulate", "Decapsulate",
    ]);
    CloudTrailEventIdType = string();
    KmsRequestIdType = string();
}
