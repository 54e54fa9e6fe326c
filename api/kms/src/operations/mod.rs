//! The operations of kms: those that are built, a file a topic, and the names of the others.

mod aliases;
mod asymmetric;
mod cryptography;
mod data_key_pairs;
mod grants;
mod import;
mod key_stores;
mod keys;
mod macs;
mod multi_region;
mod policies;
mod rotation;
mod tags;
mod usage;

pub use aliases::*;
pub use asymmetric::*;
pub use cryptography::*;
pub use data_key_pairs::*;
pub use grants::*;
pub use import::*;
pub use key_stores::*;
pub use keys::*;
pub use macs::*;
pub use multi_region::*;
pub use policies::*;
pub use rotation::*;
pub use tags::*;
pub use usage::*;

use bastide_shape::Operation;

/// Those that are built.
pub static BUILT: &[&Operation] = &[
    &CreateAlias,
    &DeleteAlias,
    &ListAliases,
    &UpdateAlias,
    &GetPublicKey,
    &Sign,
    &Verify,
    &DeriveSharedSecret,
    &Encapsulate,
    &Decapsulate,
    &Encrypt,
    &Decrypt,
    &ReEncrypt,
    &GenerateDataKey,
    &GenerateDataKeyWithoutPlaintext,
    &GenerateRandom,
    &GenerateDataKeyPair,
    &GenerateDataKeyPairWithoutPlaintext,
    &CreateGrant,
    &ListGrants,
    &ListRetirableGrants,
    &RetireGrant,
    &RevokeGrant,
    &CreateCustomKeyStore,
    &DescribeCustomKeyStores,
    &ConnectCustomKeyStore,
    &DisconnectCustomKeyStore,
    &UpdateCustomKeyStore,
    &DeleteCustomKeyStore,
    &CreateKey,
    &DescribeKey,
    &ListKeys,
    &EnableKey,
    &DisableKey,
    &ScheduleKeyDeletion,
    &CancelKeyDeletion,
    &UpdateKeyDescription,
    &GenerateMac,
    &VerifyMac,
    &GetKeyPolicy,
    &PutKeyPolicy,
    &ListKeyPolicies,
    &TagResource,
    &UntagResource,
    &ListResourceTags,
    &EnableKeyRotation,
    &DisableKeyRotation,
    &GetKeyRotationStatus,
    &RotateKeyOnDemand,
    &ListKeyRotations,
    &GetKeyLastUsage,
    &GetParametersForImport,
    &ImportKeyMaterial,
    &DeleteImportedKeyMaterial,
    &ReplicateKey,
    &UpdatePrimaryRegion,
];

/// The names of those that are not.
pub static UNBUILT: &[&str] = &[];
