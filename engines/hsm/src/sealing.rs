//! AES-256-GCM and HKDF under keys of this crate.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use zeroize::{Zeroize, Zeroizing};

use crate::wire::Secret;

/// A 256-bit key that seals: with random nonces, so for no more than 2^32 messages (NIST SP 800-38D).
#[derive(Clone)]
pub(crate) struct SealKey(Secret);

/// The cryptographic library failed, or something does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it does not open: it was changed, or sealed under another key")]
pub(crate) struct SealFailure;

impl SealKey {
    pub(crate) fn random() -> Self {
        let mut bytes = bastide_ids::random_bytes::<32>();
        let key = Self(Secret::from(bytes.as_slice()));
        bytes.zeroize();
        key
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Result<Self, SealFailure> {
        if bytes.len() == 32 { Ok(Self(Secret::from(bytes))) } else { Err(SealFailure) }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// HKDF-SHA256 (RFC 5869) of this key.
    pub(crate) fn derive(&self, salt: &[u8], info: &[&[u8]]) -> Result<Self, SealFailure> {
        derive(&self.0, salt, info)
    }

    /// `nonce ‖ ciphertext ‖ tag`.
    pub(crate) fn seal(&self, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealFailure> {
        let nonce = bastide_ids::random_bytes::<NONCE_LEN>();
        let mut out = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plain);
        let body = out.get_mut(NONCE_LEN..).ok_or(SealFailure)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        match self.gcm()?.seal_in_place_separate_tag(nonce, Aad::from(aad), body) {
            Ok(tag) => {
                out.extend_from_slice(tag.as_ref());
                Ok(out)
            }
            Err(_) => {
                out.zeroize();
                Err(SealFailure)
            }
        }
    }

    /// The reverse of [`Self::seal`].
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealFailure> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealFailure)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.gcm()?.open_in_place(nonce, Aad::from(aad), &mut plain);
        let length = opened.map_err(|_| SealFailure)?.len();
        plain.truncate(length);
        Ok(plain)
    }

    pub(crate) fn mac(&self, data: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), data).as_ref().to_vec()
    }

    pub(crate) fn mac_matches(&self, data: &[u8], mac: &[u8]) -> bool {
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), data, mac).is_ok()
    }

    fn gcm(&self) -> Result<LessSafeKey, SealFailure> {
        UnboundKey::new(&AES_256_GCM, &self.0).map(LessSafeKey::new).map_err(|_| SealFailure)
    }
}

/// HKDF-SHA256 of a secret.
pub(crate) fn derive(secret: &[u8], salt: &[u8], info: &[&[u8]]) -> Result<SealKey, SealFailure> {
    let mut out = Zeroizing::new([0; 32]);
    let key = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    key.expand(info, hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(out.as_mut_slice()))
        .map_err(|_| SealFailure)?;
    SealKey::from_slice(out.as_slice())
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(hidden)")
    }
}
