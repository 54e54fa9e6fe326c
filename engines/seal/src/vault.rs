//! Roots that never leave the place where they are kept: it encrypts a random key, and that key wraps the keyring's.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bastide_ids::random_bytes;
use zeroize::Zeroizing;

use crate::crypto::Key;
use crate::error::SealError;
use crate::root::{Seal, WrappedKey};

/// What a vault made of a key: the ciphertext, and what a person may want to know of it.
#[derive(Debug)]
pub struct Vaulted {
    /// Only the vault opens it.
    pub ciphertext: Vec<u8>,
    /// Stored with the seal, shown in its status, and given back for opening; nothing secret.
    pub parameters: BTreeMap<String, String>,
}

/// A place that encrypts small secrets and keeps its key to itself: a hardware token, another key service.
///
/// It never sees the keyring's key, so whoever runs it needs the keyring too.
pub trait Vault: Send + Sync {
    /// What the keyring calls it, such as `pkcs11`.
    fn kind(&self) -> &str;

    /// Encrypts a key. Where the vault knows associated data, `context` is bound to it.
    ///
    /// # Errors
    /// [`SealError::RootUnavailable`] when the vault cannot be reached or refuses.
    fn encrypt(&self, context: &[u8], key: &[u8; 32]) -> Result<Vaulted, SealError>;

    /// Decrypts what [`Self::encrypt`] made; `None` when another key made it.
    ///
    /// # Errors
    /// As [`Self::encrypt`].
    fn decrypt(&self, context: &[u8], sealed: &Vaulted) -> Result<Option<Zeroizing<Vec<u8>>>, SealError>;
}

/// The seal of a vault.
#[derive(Debug)]
pub struct VaultSeal<V>(pub V);

const CIPHERTEXT: &str = "encrypted-key";
const SALT: &str = "salt";
const LABEL: &[u8] = b"bastide vault root v1";

impl<V: Vault> Seal for VaultSeal<V> {
    fn kind(&self) -> &str {
        self.0.kind()
    }

    fn wrap(&self, context: &[u8], key: &[u8; 32]) -> Result<WrappedKey, SealError> {
        let (root, salt) = (Key::random(), random_bytes::<16>());
        let Vaulted { ciphertext, mut parameters } = self.0.encrypt(context, root.as_bytes())?;
        parameters.insert(CIPHERTEXT.to_owned(), STANDARD.encode(ciphertext));
        parameters.insert(SALT.to_owned(), STANDARD.encode(salt));
        Ok(WrappedKey { wrapped: root.derive(&salt, &[LABEL])?.wrap(context, key)?, parameters })
    }

    fn unwrap(&self, context: &[u8], key: &WrappedKey) -> Result<Option<Zeroizing<[u8; 32]>>, SealError> {
        let bytes = |name: &str| key.parameters.get(name).and_then(|text| STANDARD.decode(text).ok());
        let (Some(ciphertext), Some(salt)) = (bytes(CIPHERTEXT), bytes(SALT)) else {
            return Err(SealError::KeyringDamaged("the parameters of a seal"));
        };
        let sealed = Vaulted { ciphertext, parameters: key.parameters.clone() };
        let root = self.0.decrypt(context, &sealed)?.and_then(|bytes| Key::from_slice(&bytes));
        let Some(root) = root else { return Ok(None) };
        let opened = root.derive(&salt, &[LABEL])?.unwrap(context, &key.wrapped);
        Ok(opened.and_then(|bytes| bytes.as_slice().try_into().ok().map(Zeroizing::new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vault whose key is a byte.
    struct Byte(u8);

    impl Vault for Byte {
        fn kind(&self) -> &str {
            "byte"
        }
        fn encrypt(&self, _: &[u8], key: &[u8; 32]) -> Result<Vaulted, SealError> {
            let parameters = BTreeMap::from([("name".to_owned(), self.0.to_string())]);
            Ok(Vaulted { ciphertext: key.iter().map(|byte| byte ^ self.0).collect(), parameters })
        }
        fn decrypt(&self, _: &[u8], sealed: &Vaulted) -> Result<Option<Zeroizing<Vec<u8>>>, SealError> {
            Ok(Some(Zeroizing::new(sealed.ciphertext.iter().map(|byte| byte ^ self.0).collect())))
        }
    }

    #[test]
    fn only_the_same_vault_opens_in_the_same_context() {
        let wrapped = VaultSeal(Byte(9)).wrap(b"context", &[7; 32]).unwrap();
        assert_eq!(wrapped.parameters["name"], "9");
        let open = |byte, context: &[u8]| VaultSeal(Byte(byte)).unwrap(context, &wrapped).unwrap();
        assert_eq!(*open(9, b"context").unwrap(), [7; 32]);
        assert!(open(8, b"context").is_none());
        assert!(open(9, b"other").is_none());
        let bare = WrappedKey { parameters: BTreeMap::new(), ..wrapped.clone() };
        assert!(VaultSeal(Byte(9)).unwrap(b"context", &bare).is_err());
    }
}
