//! What an HSM keeps.

use std::sync::Arc;

use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use super::key::Material;
use crate::wire::{AttributeType, EntryName, OperationId, Role, Secret, Template, Value, Version, class};

/// One entry of the state, as it is written (sealed) to disk and in backups.
#[derive(Clone, Encode, Decode)]
pub(crate) struct Entry {
    #[n(0)]
    pub(crate) name: EntryName,
    #[n(1)]
    pub(crate) version: Version,
    /// It lives in memory only.
    #[n(2)]
    pub(crate) session: bool,
    #[n(3)]
    pub(crate) operation: Option<OperationId>,
    /// The record's bytes; none when it was deleted.
    #[n(4)]
    pub(crate) body: Option<Secret>,
}

/// A key, certificate or data object.
#[derive(Clone, Encode, Decode)]
pub(crate) struct ObjectRecord {
    /// All that may be asked for, but the secret part.
    #[n(0)]
    pub(crate) attributes: Template,
    /// Of a secret key its bytes, of a private key PKCS#8, of a public key SubjectPublicKeyInfo.
    #[n(1)]
    pub(crate) secret: Secret,
    #[n(2)]
    pub(crate) owner: String,
    #[n(3)]
    pub(crate) shared: Vec<String>,
    /// Of a session object: the client that it belongs to.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) client: Option<[u8; 16]>,
    /// How many approvals managing it needs.
    #[n(5)]
    pub(crate) manage_quorum: u8,
    /// How many approvals using it needs.
    #[n(6)]
    pub(crate) use_quorum: u8,
    /// The change that made it.
    #[n(7)]
    pub(crate) made_by: Option<OperationId>,
}

impl ObjectRecord {
    pub(crate) fn flag(&self, kind: AttributeType) -> bool {
        self.attributes.flag(kind).unwrap_or(false)
    }

    pub(crate) fn class(&self) -> u64 {
        self.attributes.number(AttributeType::CLASS).unwrap_or(class::DATA)
    }

    pub(crate) fn key_type(&self) -> Option<u64> {
        self.attributes.number(AttributeType::KEY_TYPE)
    }

    /// Whether it has all these attributes. A secret one matches nothing.
    pub(crate) fn matches(&self, template: &Template) -> bool {
        template.0.iter().all(|(kind, value)| self.attributes.value(*kind) == Some(value))
    }
}

/// An object that is in use: its record and its key, opened when it is first used.
pub(crate) struct Object {
    pub(crate) handle: u64,
    pub(crate) record: ObjectRecord,
    pub(crate) material: Material,
}

/// A user.
#[derive(Clone, Encode, Decode)]
pub(crate) struct UserRecord {
    #[n(0)]
    pub(crate) role: Role,
    /// Salt and Argon2id of the password; none for those who cannot log in.
    #[n(1)]
    pub(crate) password: Option<PasswordHash>,
    /// Another one with each password: tickets name it.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) generation: [u8; 16],
    /// Wrong passwords since the last right one.
    #[n(3)]
    pub(crate) failures: u32,
    /// When the last wrong one was given, in milliseconds since 1970.
    #[n(4)]
    pub(crate) failed_at: i64,
    #[n(5)]
    pub(crate) locked: bool,
    /// The key to approve with: SubjectPublicKeyInfo in DER.
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) quorum_key: Option<Vec<u8>>,
}

/// A password's hash by Argon2id (RFC 9106).
#[derive(Clone, Encode, Decode)]
pub(crate) struct PasswordHash {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) salt: [u8; 16],
    #[n(1)]
    pub(crate) hash: Secret,
    /// Memory in KiB, and passes; one lane.
    #[n(2)]
    pub(crate) cost: (u32, u32),
}

/// The cluster's identity.
#[derive(Clone, Encode, Decode)]
pub(crate) struct Identity {
    /// PKCS#8 of the key whose certificate the customer signs.
    #[n(0)]
    pub(crate) key: Secret,
    /// The request for it, in PEM.
    #[n(1)]
    pub(crate) csr: String,
    /// PKCS#8 of the authority for client certificates.
    #[n(2)]
    pub(crate) authority_key: Secret,
    /// Its certificate in DER.
    #[n(3)]
    pub(crate) authority: Secret,
}

/// The cluster's certificate and who signed it, in DER.
#[derive(Clone, Encode, Decode)]
pub(crate) struct ClusterCertificate {
    #[n(0)]
    pub(crate) certificate: Secret,
    #[n(1)]
    pub(crate) anchor: Secret,
}

/// Names of settings.
pub(crate) mod setting {
    /// The masking key; it never travels as an entry.
    pub(crate) const MASKING: &str = "masking";
    /// [`super::Identity`].
    pub(crate) const IDENTITY: &str = "identity";
    /// [`super::ClusterCertificate`].
    pub(crate) const CERTIFICATE: &str = "certificate";
    /// The HSM's own hardware key and certificates; it never travels either.
    pub(crate) const HARDWARE: &str = "hardware";
    /// `anchor/REFERENCE`: a registered trust anchor in DER.
    pub(crate) const ANCHOR: &str = "anchor/";
    /// `quorum/SERVICE`: one byte.
    pub(crate) const QUORUM: &str = "quorum/";
    /// `token/HASH`: a quorum token that was used or deleted.
    pub(crate) const TOKEN: &str = "token/";

    /// Whether it belongs to one HSM and not to the cluster.
    pub(crate) fn is_local(name: &str) -> bool {
        name == MASKING || name == HARDWARE
    }
}

/// What an entry holds, opened.
#[derive(Clone)]
pub(crate) enum Body {
    Object(Arc<Object>),
    User(Arc<UserRecord>),
    Setting(Secret),
}

/// An entry's record does not decode: it was written by a newer version, or by a fault.
#[derive(Debug, thiserror::Error)]
#[error("an entry of the state does not decode")]
pub(crate) struct Undecodable;

impl Body {
    pub(crate) fn open(name: &EntryName, bytes: &Secret) -> Result<Self, Undecodable> {
        let decoded = |_| Undecodable;
        Ok(match name {
            EntryName::Object(handle) => {
                let record: ObjectRecord = crate::wire::decode(bytes).map_err(decoded)?;
                Self::Object(Arc::new(Object { handle: *handle, record, material: Material::default() }))
            }
            EntryName::User(_) => Self::User(Arc::new(crate::wire::decode(bytes).map_err(decoded)?)),
            EntryName::Setting(_) => Self::Setting(bytes.clone()),
        })
    }
}

/// More than a record with a key needs.
const ROOM: usize = 16 << 10;

/// A record's bytes.
pub(crate) fn encoded<T: Encode<()>>(record: &T) -> Secret {
    // The room at once, so that no key is left behind by a growing vector. Writing to a vector does not fail.
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    let _ = minicbor::encode(record, &mut *bytes);
    Secret::from(bytes.as_slice())
}

/// The attribute as a flag, or another value.
pub(crate) fn is_flag(value: &Value) -> bool {
    matches!(value, Value::Bool(_))
}

/// The HSM's own key and the certificates that its makers gave it, in DER.
#[derive(Clone, Encode, Decode)]
pub(crate) struct Hardware {
    #[n(0)]
    pub(crate) key: Secret,
    #[n(1)]
    pub(crate) operator: Secret,
    #[n(2)]
    pub(crate) manufacturer: Secret,
}
