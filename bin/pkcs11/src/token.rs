//! A token: one cluster, and the client through which it is reached.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, RwLock},
};

use bastide_hsm::{
    Client,
    wire::{AttributeAnswer, AttributeType, Handle, Template, class},
};
use cryptoki_sys::*;

use crate::{
    config::Cluster,
    rv::{Answer, Rv},
};

const MANUFACTURER: &str = "Bastide";
/// The most keys whose attributes are remembered.
const MOST_REMEMBERED: usize = 4096;

/// A cluster as a token.
pub(crate) struct Token {
    pub(crate) slot: CK_SLOT_ID,
    cluster: Cluster,
    client: Mutex<Option<Arc<Client>>>,
    /// The cluster's id and whether it works in FIPS mode, once it was heard.
    heard: OnceLock<(String, bool)>,
    /// What was heard of keys: an HSM checks each use again.
    keys: RwLock<HashMap<Handle, Arc<Key>>>,
}

/// What is needed of a key before it is used.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) class: u64,
    pub(crate) kind: CK_KEY_TYPE,
    pub(crate) token: bool,
    /// Bytes of an RSA modulus; for a curve, bytes of its order; else 0.
    pub(crate) size: usize,
    attributes: Template,
}

/// How many sessions a token has.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Count {
    pub(crate) all: CK_ULONG,
    pub(crate) writable: CK_ULONG,
}

const KEY_ATTRIBUTES: &[AttributeType] = &[
    AttributeType::CLASS,
    AttributeType::KEY_TYPE,
    AttributeType::TOKEN,
    AttributeType::MODULUS,
    AttributeType::EC_PARAMS,
    AttributeType::SIGN,
    AttributeType::VERIFY,
    AttributeType::ENCRYPT,
    AttributeType::DECRYPT,
    AttributeType::WRAP,
    AttributeType::UNWRAP,
    AttributeType::DERIVE,
];

impl Token {
    pub(crate) fn new(slot: CK_SLOT_ID, cluster: Cluster) -> Self {
        Self { slot, cluster, client: Mutex::default(), heard: OnceLock::new(), keys: RwLock::default() }
    }

    /// The client; connects when it has not yet.
    pub(crate) fn client(&self) -> Answer<Arc<Client>> {
        let mut kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*kept {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(self.connect()?);
        *kept = Some(Arc::clone(&client));
        Ok(client)
    }

    /// A client of its own.
    pub(crate) fn connect(&self) -> Answer<Client> {
        let connected = self.cluster.options().and_then(|options| {
            let client = Client::connect(&options).map_err(|error| error.to_string())?;
            let info = client.info().map_err(|error| error.to_string())?;
            let _ = self.heard.set((info.cluster, info.fips));
            Ok(client)
        });
        connected.map_err(|error| {
            crate::module::complain(&format!("cluster `{}`: {error}", self.cluster.label));
            Rv(CKR_DEVICE_ERROR)
        })
    }

    /// The client when there is one already.
    pub(crate) fn connected(&self) -> Option<Arc<Client>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn is_logged_in(&self) -> bool {
        self.connected().is_some_and(|client| client.is_logged_in())
    }

    /// Ends the login and forgets what it showed.
    pub(crate) fn log_out(&self) -> Answer {
        self.keys.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.connected().map_or(Ok(()), |client| Ok(client.logout()?))
    }

    /// What is known of a key.
    pub(crate) fn key(&self, handle: Handle) -> Answer<Arc<Key>> {
        if let Some(key) = self.keys.read().unwrap_or_else(PoisonError::into_inner).get(&handle) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(self.look_up(handle)?);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MOST_REMEMBERED {
            keys.clear();
        }
        keys.insert(handle, Arc::clone(&key));
        Ok(key)
    }

    /// What was known of an object no longer holds.
    pub(crate) fn forget(&self, handle: Handle) {
        self.keys.write().unwrap_or_else(PoisonError::into_inner).remove(&handle);
    }

    fn look_up(&self, handle: Handle) -> Answer<Key> {
        if handle.0 == CK_INVALID_HANDLE {
            return Err(Rv(CKR_OBJECT_HANDLE_INVALID));
        }
        let mut attributes = Template::new();
        for (kind, answer) in self.client()?.attributes(handle, KEY_ATTRIBUTES.to_vec())? {
            if let AttributeAnswer::Value(value) = answer {
                attributes.set(kind, value);
            }
        }
        let modulus = attributes.bytes(AttributeType::MODULUS).map(<[u8]>::len);
        let curve = attributes.bytes(AttributeType::EC_PARAMS).map(order);
        Ok(Key {
            class: attributes.number(AttributeType::CLASS).unwrap_or(class::DATA),
            kind: attributes.number(AttributeType::KEY_TYPE).unwrap_or(CK_UNAVAILABLE_INFORMATION),
            token: attributes.flag(AttributeType::TOKEN).unwrap_or(false),
            size: modulus.or(curve).unwrap_or(0),
            attributes,
        })
    }

    pub(crate) fn slot_info(&self) -> CK_SLOT_INFO {
        CK_SLOT_INFO {
            slotDescription: padded(&format!("Bastide HSM cluster {}", self.id())),
            manufacturerID: padded(MANUFACTURER),
            flags: CKF_TOKEN_PRESENT | CKF_HW_SLOT,
            hardwareVersion: version(),
            firmwareVersion: version(),
        }
    }

    pub(crate) fn info(&self, sessions: Count) -> CK_TOKEN_INFO {
        CK_TOKEN_INFO {
            label: padded(&self.cluster.label),
            manufacturerID: padded(MANUFACTURER),
            model: padded("Bastide HSM"),
            serialNumber: padded(self.id().trim_start_matches("cluster-")),
            flags: CKF_RNG | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED,
            ulMaxSessionCount: CK_EFFECTIVELY_INFINITE,
            ulSessionCount: sessions.all,
            ulMaxRwSessionCount: CK_EFFECTIVELY_INFINITE,
            ulRwSessionCount: sessions.writable,
            // `user:password`: 31 and 32 characters.
            ulMaxPinLen: 64,
            ulMinPinLen: 10,
            ulTotalPublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulTotalPrivateMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePrivateMemory: CK_UNAVAILABLE_INFORMATION,
            hardwareVersion: version(),
            firmwareVersion: version(),
            utcTime: [b'0'; 16],
        }
    }

    /// Whether 12 zero bytes for AES-GCM are the HSM's to fill.
    pub(crate) fn makes_vectors(&self) -> bool {
        self.cluster.gcm_iv_by_hsm || self.heard.get().is_some_and(|(_, fips)| *fips)
    }

    /// The cluster's id; empty while no HSM answers.
    fn id(&self) -> &str {
        if self.heard.get().is_none() {
            let _ = self.client();
        }
        self.heard.get().map_or("", |(id, _)| id)
    }
}

impl Key {
    /// Refuses a use that the key does not have, or a mechanism for another kind of key.
    pub(crate) fn allows(&self, usage: AttributeType, kinds: &[CK_KEY_TYPE]) -> Answer {
        if !kinds.contains(&self.kind) || !fits_class(self.class, usage) {
            return Err(Rv(CKR_KEY_TYPE_INCONSISTENT));
        }
        if self.attributes.flag(usage) == Some(true) {
            Ok(())
        } else {
            Err(Rv(CKR_KEY_FUNCTION_NOT_PERMITTED))
        }
    }
}

/// Private keys sign, decrypt, unwrap and derive; public ones do the opposite; secret keys do all.
fn fits_class(class: u64, usage: AttributeType) -> bool {
    match usage {
        AttributeType::SIGN | AttributeType::DECRYPT | AttributeType::UNWRAP | AttributeType::DERIVE => {
            matches!(class, class::PRIVATE_KEY | class::SECRET_KEY)
        }
        _ => matches!(class, class::PUBLIC_KEY | class::SECRET_KEY),
    }
}

/// Bytes of a curve's order, by its object identifier (SEC 2, RFC 5480) or name (PKCS#11 3.0).
fn order(parameters: &[u8]) -> usize {
    match parameters {
        [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x21] => 28,
        [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22] => 48,
        [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23] => 66,
        // P-256, secp256k1, edwards25519.
        _ => 32,
    }
}

pub(crate) fn version() -> CK_VERSION {
    CK_VERSION { major: 0, minor: 1 }
}

/// A text as PKCS#11 has it: filled up with blanks, cut between characters.
pub(crate) fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [b' '; N];
    let end = (0..=text.len().min(N)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    for (to, from) in bytes.iter_mut().zip(text.as_bytes().iter().take(end)) {
        *to = *from;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(&padded::<4>("ab"), b"ab  ");
        assert_eq!(padded::<4>("abcé"), *b"abc ");
        assert!(padded::<0>("a").is_empty());
    }
}
