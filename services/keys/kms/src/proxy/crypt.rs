//! What the proxy encrypts: AES-256-GCM under a key of its own for each message, derived from the key material and a
//! salt, as blobs of KMS are. The metadata that goes with a ciphertext says with which material and salt:
//!
//! | bytes | |
//! |---|---|
//! | 4 | the first of the id of the key material |
//! | 16 | the salt |
//!
//! Authenticated: the additional data behind its length in two bytes, the metadata behind its length in one, as the
//! specification asks, so that neither can be taken for a part of the other.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk};
use bastide_crypto::SecretKey;
use bastide_ids::random_bytes;
use zeroize::Zeroizing;

use crate::hex;

const MATERIAL: usize = 4;
const SALT: usize = 16;
const TAG: usize = 16;
const METADATA: usize = MATERIAL + SALT;
/// Ties the derived keys to this use of them: no blob of KMS opens here, nor the other way round.
const LABEL: &[u8] = b"bastide xks message key 1";

/// A ciphertext in its parts.
pub(super) struct Sealed {
    pub(super) metadata: [u8; METADATA],
    pub(super) iv: [u8; NONCE_LEN],
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: [u8; TAG],
}

/// The bytes by which a ciphertext names a key material.
pub(super) fn material_tag(id: &str) -> Option<[u8; MATERIAL]> {
    hex::read(id.get(..MATERIAL * 2)?)
}

impl Sealed {
    /// # Errors
    /// When the cryptographic library refuses.
    pub(super) fn make(
        secret: &SecretKey,
        material: [u8; MATERIAL],
        aad: &[u8],
        plaintext: &[u8],
    ) -> Result<Self, Unspecified> {
        let (salt, iv) = (random_bytes::<SALT>(), random_bytes::<NONCE_LEN>());
        let metadata = [&material[..], &salt].concat().try_into().map_err(|_| Unspecified)?;
        let mut sealed = Self { metadata, iv, ciphertext: plaintext.to_vec(), tag: [0; TAG] };
        let bound = sealed.bound(aad);
        let nonce = Nonce::assume_unique_for_key(iv);
        let key = sealed.key(secret)?;
        let tag = key.seal_in_place_separate_tag(nonce, Aad::from(bound), &mut sealed.ciphertext)?;
        sealed.tag.copy_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Reads the parts that a client hands back; `None` when they cannot have come from here.
    pub(super) fn read((iv, tag, metadata): (&[u8], &[u8], &[u8]), ciphertext: &[u8]) -> Option<Self> {
        Some(Self {
            metadata: metadata.try_into().ok()?,
            iv: iv.try_into().ok()?,
            ciphertext: ciphertext.to_vec(),
            tag: tag.try_into().ok()?,
        })
    }

    /// How the id of its key material begins.
    pub(super) fn material(&self) -> String {
        hex::write(self.metadata.get(..MATERIAL).unwrap_or_default())
    }

    /// The plaintext; `None` when anything was changed, or with another key.
    pub(super) fn open(&self, secret: &SecretKey, aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut text = Zeroizing::new([self.ciphertext.as_slice(), &self.tag].concat());
        let nonce = Nonce::assume_unique_for_key(self.iv);
        let bound = self.bound(aad);
        let length = self.key(secret).ok()?.open_in_place(nonce, Aad::from(bound), &mut text).ok()?.len();
        text.truncate(length);
        Some(text)
    }

    /// The value by which the client tells that it got what was made.
    pub(super) fn integrity(&self, aad: &[u8]) -> Vec<u8> {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [aad, &self.metadata, &self.iv, &self.ciphertext, &self.tag] {
            context.update(part);
        }
        context.finish().as_ref().to_vec()
    }

    fn key(&self, secret: &SecretKey) -> Result<LessSafeKey, Unspecified> {
        let salt = self.metadata.get(MATERIAL..).ok_or(Unspecified)?;
        let mut key = Zeroizing::new([0; 32]);
        Prk::new_less_safe(HKDF_SHA256, secret.bytes())
            .expand(&[LABEL, salt], HKDF_SHA256)?
            .fill(&mut *key)?;
        Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*key)?))
    }

    fn bound(&self, aad: &[u8]) -> Vec<u8> {
        // Longer data is refused before.
        let length = u16::try_from(aad.len()).unwrap_or(u16::MAX).to_be_bytes();
        let metadata = u8::try_from(METADATA).unwrap_or_default();
        [&length[..], aad, &[metadata], &self.metadata].concat()
    }
}

#[cfg(test)]
mod tests {
    use bastide_crypto::KeySpec;

    use super::*;

    #[test]
    fn only_what_was_sealed_opens() {
        let secret = SecretKey::generate(KeySpec::default()).unwrap();
        let other = SecretKey::generate(KeySpec::default()).unwrap();
        let made = || Sealed::make(&secret, [1, 2, 3, 4], b"aad", b"plaintext").unwrap();
        let sealed = made();
        assert_eq!(sealed.material(), "01020304");
        assert_eq!(sealed.ciphertext.len(), b"plaintext".len());
        assert_eq!(sealed.open(&secret, b"aad").unwrap().as_slice(), b"plaintext");
        assert!(sealed.open(&other, b"aad").is_none());
        assert!(sealed.open(&secret, b"").is_none() && sealed.open(&secret, b"aae").is_none());
        for change in [
            |sealed: &mut Sealed| sealed.metadata[0] ^= 1,
            |sealed: &mut Sealed| sealed.metadata[19] ^= 1,
            |sealed: &mut Sealed| sealed.iv[0] ^= 1,
            |sealed: &mut Sealed| sealed.ciphertext[8] ^= 1,
            |sealed: &mut Sealed| sealed.tag[15] ^= 1,
        ] {
            let mut changed = made();
            change(&mut changed);
            assert!(changed.open(&secret, b"aad").is_none());
        }
        // Metadata handed back as additional data is something else.
        let none = Sealed::make(&secret, [1, 2, 3, 4], b"", b"x").unwrap();
        assert!(none.open(&secret, &none.metadata).is_none());
    }

    #[test]
    fn parts_have_their_lengths() {
        let read = |iv: usize, tag: usize, metadata: usize| {
            Sealed::read((&vec![0; iv], &vec![0; tag], &vec![0; metadata]), b"c").is_some()
        };
        assert!(read(12, 16, 20));
        assert!(!read(16, 16, 20) && !read(12, 15, 20) && !read(12, 16, 0) && !read(12, 16, 19));
        assert_eq!(material_tag("0a0b0c0d0e"), Some([10, 11, 12, 13]));
        assert_eq!(material_tag(""), None);
    }
}
