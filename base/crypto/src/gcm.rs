use std::fmt;

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::error::CryptoError;

/// The length of a nonce in bytes.
pub const NONCE_LEN: usize = 12;
/// The length of a tag in bytes.
pub const TAG_LEN: usize = 16;

/// An AES key that encrypts in Galois counter mode (NIST SP 800-38D), opened once and kept.
pub struct AesGcmKey(LessSafeKey);

impl AesGcmKey {
    /// Takes a key of 16, 24 or 32 bytes.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] for other lengths.
    pub fn new(key: &[u8]) -> Result<Self, CryptoError> {
        let algorithm = match key.len() {
            16 => &AES_128_GCM,
            24 => &AES_192_GCM,
            32 => &AES_256_GCM,
            _ => {
                return Err(CryptoError::Failed("take an AES key of a length other than 16, 24 or 32 bytes"));
            }
        };
        let key = UnboundKey::new(algorithm, key).map_err(|_| CryptoError::Failed("open an AES key"))?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Encrypts: ciphertext and tag. No nonce may come twice with one key.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] when the text is longer than the mode allows.
    pub fn seal(&self, nonce: [u8; NONCE_LEN], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
        // The whole room at once, so that no plaintext is left behind by a growing vector.
        let mut sealed = Vec::with_capacity(plaintext.len() + TAG_LEN);
        sealed.extend_from_slice(plaintext);
        let tag = self.seal_in_place(nonce, aad, &mut sealed)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Turns a plaintext into its ciphertext where it stands, and gives the tag. No nonce may come twice with one
    /// key.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] when the text is longer than the mode allows.
    pub fn seal_in_place(
        &self,
        nonce: [u8; NONCE_LEN],
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<[u8; TAG_LEN], CryptoError> {
        let failed = CryptoError::Failed("encrypt with AES-GCM");
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::from(aad), text);
        tag.ok().and_then(|tag| tag.as_ref().try_into().ok()).ok_or(failed)
    }

    /// Decrypts ciphertext and tag.
    ///
    /// # Errors
    /// [`CryptoError::NotAuthentic`].
    pub fn open(
        &self,
        nonce: [u8; NONCE_LEN],
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let mut text = Zeroizing::new(sealed.to_vec());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.0.open_in_place(nonce, Aad::from(aad), &mut text);
        let length = opened.map_err(|_| CryptoError::NotAuthentic)?.len();
        text.truncate(length);
        Ok(text)
    }
}

impl fmt::Debug for AesGcmKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesGcmKey(hidden)")
    }
}
