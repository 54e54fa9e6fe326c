//! The operations of kms: those that are built, a file a topic, and the names of the others.

mod aliases;
mod cryptography;
mod grants;
mod keys;
mod policies;
mod tags;

pub use aliases::*;
pub use cryptography::*;
pub use grants::*;
pub use keys::*;
pub use policies::*;
pub use tags::*;

use bastide_shape::Operation;

/// Those that are built.
pub static BUILT: &[&Operation] = &[
    &CreateAlias,
    &DeleteAlias,
    &ListAliases,
    &UpdateAlias,
    &Encrypt,
    &Decrypt,
    &ReEncrypt,
    &GenerateDataKey,
    &GenerateDataKeyWithoutPlaintext,
    &GenerateRandom,
    &CreateGrant,
    &ListGrants,
    &ListRetirableGrants,
    &RetireGrant,
    &RevokeGrant,
    &CreateKey,
    &DescribeKey,
    &ListKeys,
    &EnableKey,
    &DisableKey,
    &ScheduleKeyDeletion,
    &CancelKeyDeletion,
    &UpdateKeyDescription,
    &GetKeyPolicy,
    &PutKeyPolicy,
    &ListKeyPolicies,
    &TagResource,
    &UntagResource,
    &ListResourceTags,
];

/// The names of those that are not.
pub static UNBUILT: &[&str] = &[
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "Decapsulate",
    "DeleteCustomKeyStore",
    "DeleteImportedKeyMaterial",
    "DeriveSharedSecret",
    "DescribeCustomKeyStores",
    "DisableKeyRotation",
    "DisconnectCustomKeyStore",
    "EnableKeyRotation",
    "Encapsulate",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "GetKeyLastUsage",
    "GetKeyRotationStatus",
    "GetParametersForImport",
    "GetPublicKey",
    "ImportKeyMaterial",
    "ListKeyRotations",
    "ReplicateKey",
    "RotateKeyOnDemand",
    "Sign",
    "UpdateCustomKeyStore",
    "UpdatePrimaryRegion",
    "Verify",
    "VerifyMac",
];
