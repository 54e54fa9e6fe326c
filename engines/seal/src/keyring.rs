use bastide_ids::Timestamp;
use serde::{Deserialize, Serialize};

use crate::crypto::{Key, push_text};
use crate::error::SealError;
use crate::root::WrappedKey;
use crate::sealer::{SealStatus, Status};

/// The format that this version writes.
const FORMAT: u32 = 1;
/// What is read of a keyring at most.
const MAX_BYTES: usize = 4 << 20;
const MAX_SEALS: usize = 64;

/// The stored document: who can open the master key, and its generations. Everything secret in it is wrapped,
/// and all of it is authenticated under the keyring's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyring {
    /// Version of this form: 1.
    pub format: u32,
    /// A random name, bound to everything that is wrapped.
    pub id: String,
    /// Each wraps the keyring's key under a root of its own.
    pub seals: Vec<KeyringSeal>,
    /// The generations of the master key, each wrapped under the keyring's key.
    pub generations: Vec<KeyringGeneration>,
    /// The generation that new secrets are sealed under.
    pub current: u32,
    /// HMAC-SHA256 of the document with this member empty.
    #[serde(with = "base64_text")]
    pub mac: Vec<u8>,
}

/// One way to open the keyring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyringSeal {
    /// A random name.
    pub id: String,
    /// What kind of root wraps it, such as `file` or `passphrase`.
    pub kind: String,
    /// When it was added.
    pub created: Timestamp,
    /// The keyring's key, wrapped.
    pub key: WrappedKey,
}

/// One generation of the master key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyringGeneration {
    /// Counts from 1.
    pub number: u32,
    /// When it was made.
    pub created: Timestamp,
    /// The key, wrapped under the keyring's key.
    #[serde(with = "base64_text")]
    pub wrapped: Vec<u8>,
}

impl Keyring {
    /// Reads the stored form. Whether it is authentic shows when it is opened.
    ///
    /// # Errors
    /// [`SealError::KeyringDamaged`] when it is not of that form, [`SealError::KeyringTooNew`] when a newer
    /// version wrote it.
    pub fn parse(bytes: &[u8]) -> Result<Self, SealError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        if bytes.len() > MAX_BYTES {
            return Err(SealError::KeyringDamaged("too long"));
        }
        let read: Result<Format, _> = serde_json::from_slice(bytes);
        match read {
            Ok(Format { format: FORMAT }) => {}
            Ok(Format { format }) if format > FORMAT => return Err(SealError::KeyringTooNew(format)),
            _ => return Err(SealError::KeyringDamaged("not a keyring")),
        }
        let keyring: Self =
            serde_json::from_slice(bytes).map_err(|_| SealError::KeyringDamaged("not a keyring"))?;
        if keyring.seals.is_empty() || keyring.seals.len() > MAX_SEALS {
            return Err(SealError::KeyringDamaged("the number of its seals"));
        }
        Ok(keyring)
    }

    /// What it holds, for an operator to see. Without a root nothing says that it is authentic.
    #[must_use]
    pub fn status(&self, opened_by: &str) -> Status {
        let seal = |seal: &KeyringSeal| SealStatus {
            id: seal.id.clone(),
            kind: seal.kind.clone(),
            created: seal.created,
            parameters: seal.key.parameters.clone(),
            in_use: seal.id == opened_by,
        };
        Status {
            keyring: self.id.clone(),
            seals: self.seals.iter().map(seal).collect(),
            current: self.current,
            generations: self.generations.iter().map(|each| (each.number, each.created)).collect(),
        }
    }

    /// An empty keyring; it needs a seal and a generation.
    pub(crate) fn new(id: String) -> Self {
        Self { format: FORMAT, id, seals: Vec::new(), generations: Vec::new(), current: 0, mac: Vec::new() }
    }

    /// The stored form, authenticated anew.
    pub(crate) fn sign(&mut self, key: &Key) -> Result<Vec<u8>, SealError> {
        self.mac = mac_key(key)?.mac(&self.unsigned()?);
        serde_json::to_vec_pretty(self).map_err(|_| SealError::KeyringDamaged("it cannot be written"))
    }

    /// Holds the document against its authentication.
    pub(crate) fn check(&self, key: &Key) -> Result<(), SealError> {
        if mac_key(key)?.mac_matches(&self.unsigned()?, &self.mac) {
            Ok(())
        } else {
            Err(SealError::KeyringDamaged("it was changed by other hands"))
        }
    }

    /// What a seal's wrapped key is bound to.
    pub(crate) fn seal_context(&self, id: &str, kind: &str) -> Vec<u8> {
        let mut out = b"bastide keyring key v1".to_vec();
        [self.id.as_str(), id, kind].iter().for_each(|text| push_text(&mut out, text));
        out
    }

    /// What a generation's wrapped key is bound to.
    pub(crate) fn generation_context(&self, number: u32) -> Vec<u8> {
        let mut out = b"bastide master key v1".to_vec();
        push_text(&mut out, &self.id);
        out.extend_from_slice(&number.to_be_bytes());
        out
    }

    /// The seals as an error names them.
    #[must_use]
    pub fn seal_list(&self) -> String {
        let named: Vec<String> = self
            .seals
            .iter()
            .map(|seal| format!("{} `{}` of {}", seal.kind, seal.id, seal.created.iso8601()))
            .collect();
        named.join(", ")
    }

    fn unsigned(&self) -> Result<Vec<u8>, SealError> {
        let bare = Self { mac: Vec::new(), ..self.clone() };
        serde_json::to_vec(&bare).map_err(|_| SealError::KeyringDamaged("it cannot be written"))
    }
}

fn mac_key(key: &Key) -> Result<Key, SealError> {
    key.derive(b"", &[b"bastide keyring mac v1"])
}

/// Bytes as a string of base64.
pub(crate) mod base64_text {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(d)?).map_err(D::Error::custom)
    }
}
