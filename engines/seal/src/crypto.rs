use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use bastide_ids::random_bytes;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::SealError;

/// The length of every key.
pub(crate) const KEY: usize = 32;
/// What AES-256-GCM adds.
pub(crate) const TAG: usize = 16;
/// The length of a nonce.
pub(crate) const NONCE: usize = NONCE_LEN;

/// A 256-bit key, erased when dropped and never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Key([u8; KEY]);

impl Key {
    pub(crate) fn random() -> Self {
        let mut bytes = random_bytes();
        let key = Self(bytes);
        bytes.zeroize();
        key
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self([0; KEY]);
        if bytes.len() != KEY {
            return None;
        }
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; KEY] {
        &self.0
    }

    /// HKDF-SHA256 (RFC 5869) of this key. `info` begins with a label that stands nowhere else.
    pub(crate) fn derive(&self, salt: &[u8], info: &[&[u8]]) -> Result<Self, SealError> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(&self.0);
        let okm = root.expand(info, hkdf::HKDF_SHA256).map_err(|_| SealError::Crypto("HKDF"))?;
        let mut key = Self([0; KEY]);
        okm.fill(&mut key.0).map_err(|_| SealError::Crypto("HKDF"))?;
        Ok(key)
    }

    /// `nonce ‖ ciphertext ‖ tag` of a small plaintext, with a random nonce. For keys that wrap few keys.
    pub(crate) fn wrap(&self, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = random_bytes::<NONCE>();
        let mut out = nonce.to_vec();
        out.extend_from_slice(&self.seal(nonce, aad, plain)?);
        Ok(out)
    }

    /// The reverse of [`Self::wrap`]; `None` when it is not authentic.
    pub(crate) fn unwrap(&self, aad: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = wrapped.split_first_chunk::<NONCE>()?;
        self.open(*nonce, aad, sealed)
    }

    pub(crate) fn seal(&self, nonce: [u8; NONCE], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        // The whole room at once, so that no plaintext is left behind by a growing vector.
        let mut bytes = Vec::with_capacity(plain.len() + TAG);
        bytes.extend_from_slice(plain);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let sealed = self.gcm()?.seal_in_place_append_tag(nonce, Aad::from(aad), &mut bytes);
        if sealed.is_err() {
            bytes.zeroize();
            return Err(SealError::Crypto("AES-256-GCM"));
        }
        Ok(bytes)
    }

    pub(crate) fn open(&self, nonce: [u8; NONCE], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(sealed.to_vec());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let length = self.gcm().ok()?.open_in_place(nonce, Aad::from(aad), &mut bytes).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }

    pub(crate) fn mac(&self, data: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), data).as_ref().to_vec()
    }

    pub(crate) fn mac_matches(&self, data: &[u8], mac: &[u8]) -> bool {
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), data, mac).is_ok()
    }

    fn gcm(&self) -> Result<LessSafeKey, SealError> {
        let unbound = UnboundKey::new(&AES_256_GCM, &self.0);
        unbound.map(LessSafeKey::new).map_err(|_| SealError::Crypto("AES-256-GCM"))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

/// Appends a text behind its length, so that neighbours cannot run into each other.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}
