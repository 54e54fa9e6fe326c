//! Ciphertext blobs. A blob says which key it needs; nothing about the plaintext but its length.
//!
//! | bytes | |
//! |---|---|
//! | 4 | `BKC` and the version, 1 |
//! | 12 | the account, in digits |
//! | 1 + n | the region behind its length |
//! | 1 + n | the key's id behind its length |
//! | 32 | the id of the key material |
//! | 16 | salt of the message key |
//! | 12 | nonce |
//! | n + 16 | AES-256-GCM: ciphertext and tag |
//!
//! Every message has a key of its own, HKDF-SHA256 of the key material and a random 128-bit salt, as AWS KMS derives
//! one ("AWS KMS cryptographic details", "Key hierarchy"). So the limits of random nonces under one key (NIST
//! SP 800-38D, section 8.3) are never met, however many messages a key encrypts. Authenticated with the message:
//! all bytes before the ciphertext, and the encryption context.
//!
//! The blob of a key in an external key store begins with `BKX` and the version, and has in place of ciphertext and
//! tag what the external key made of them. That of a key in a cluster of HSMs begins with `BKH`, and has in their place
//! the IV, ciphertext and tag that an HSM made; its salt and nonce only make each header another one.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk};
use bastide_crypto::SecretKey;
use bastide_ids::{AccountId, Place, Region, random_bytes};
use bastide_resources::Key as DocumentKey;
use zeroize::Zeroizing;

use crate::{hex, multi_region};

/// Which kind of blob it is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Encrypted under material that is kept here.
    Local,
    /// Encrypted again, under an external key.
    External,
    /// Encrypted by a key in a cluster of HSMs.
    CloudHsm,
}

impl Kind {
    fn magic(self) -> [u8; 4] {
        match self {
            Self::Local => *b"BKC\x01",
            Self::External => *b"BKX\x01",
            Self::CloudHsm => *b"BKH\x01",
        }
    }
}

/// The length of a material's id.
const MATERIAL: usize = 32;
const SALT: usize = 16;
const TAG: usize = 16;
/// Ties the derived keys to this use of them.
const LABEL: &[u8] = b"bastide kms message key 1";

/// A blob, taken apart. Nothing of it is proven until it was opened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ciphertext<'a> {
    kind: Kind,
    place: Place,
    key_id: &'a str,
    material: [u8; MATERIAL],
    salt: [u8; SALT],
    nonce: [u8; NONCE_LEN],
    /// Everything before the ciphertext.
    header: &'a [u8],
    sealed: &'a [u8],
}

/// Encrypts under the material of a key, bound to an encryption context in its canonical form.
///
/// # Errors
/// When the cryptographic library refuses, or an id is too long to write.
pub(crate) fn encrypt(
    material: &SecretKey,
    (place, key_id, material_id): (&Place, &str, &str),
    context: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    encrypt_as(Kind::Local, material, (place, key_id, material_id), context, plaintext)
}

/// As [`encrypt`], for a kind of blob; what is to become one of an external key is not whole with this.
///
/// # Errors
/// When the cryptographic library refuses, or an id is too long to write.
pub(crate) fn encrypt_as(
    kind: Kind,
    material: &SecretKey,
    (place, key_id, material_id): (&Place, &str, &str),
    context: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let mut blob = header(kind, (place, key_id, material_id))?;
    blob.reserve(plaintext.len() + TAG);
    let (_, random) = blob.split_at_checked(blob.len() - SALT - NONCE_LEN).ok_or(Unspecified)?;
    let (salt, nonce) = random.split_at(SALT);
    let (salt, nonce) = (salt.try_into().map_err(|_| Unspecified)?, Nonce::try_assume_unique_for_key(nonce)?);
    let aad = authenticated(&blob, context);
    let start = blob.len();
    blob.extend_from_slice(plaintext);
    let text = blob.get_mut(start..).ok_or(Unspecified)?;
    let tag = message_key(material, &salt)?.seal_in_place_separate_tag(nonce, Aad::from(aad), text)?;
    blob.extend_from_slice(tag.as_ref());
    Ok(blob)
}

/// What stands before the ciphertext, with a new salt and nonce.
///
/// # Errors
/// When an id is too long to write.
pub(crate) fn header(
    kind: Kind,
    (place, key_id, material_id): (&Place, &str, &str),
) -> Result<Vec<u8>, Unspecified> {
    let random: [u8; SALT + NONCE_LEN] = random_bytes();
    let mut blob = Vec::with_capacity(192);
    blob.extend_from_slice(&kind.magic());
    blob.extend_from_slice(place.account.as_str().as_bytes());
    for text in [place.region.as_str(), key_id] {
        blob.push(u8::try_from(text.len()).map_err(|_| Unspecified)?);
        blob.extend_from_slice(text.as_bytes());
    }
    blob.extend_from_slice(&hex::read::<MATERIAL>(material_id).ok_or(Unspecified)?);
    blob.extend_from_slice(&random);
    Ok(blob)
}

impl<'a> Ciphertext<'a> {
    /// Takes a blob apart; `None` when it is none.
    pub(crate) fn parse(blob: &'a [u8]) -> Option<Self> {
        let (magic, rest) = blob.split_first_chunk::<4>()?;
        let kind =
            [Kind::Local, Kind::External, Kind::CloudHsm].into_iter().find(|kind| kind.magic() == *magic)?;
        let (account, rest) = rest.split_first_chunk::<12>()?;
        let (region, rest) = text(rest)?;
        let (key_id, rest) = text(rest)?;
        let (material, rest) = rest.split_first_chunk()?;
        let (salt, rest) = rest.split_first_chunk()?;
        let (nonce, sealed) = rest.split_first_chunk()?;
        if sealed.len() < TAG {
            return None;
        }
        let account = AccountId::parse(std::str::from_utf8(account).ok()?).ok()?;
        Some(Self {
            kind,
            place: Place::new(account, Region::parse(region).ok()?),
            key_id,
            material: *material,
            salt: *salt,
            nonce: *nonce,
            header: blob.get(..blob.len() - sealed.len())?,
            sealed,
        })
    }

    /// The place of the key that opens it in a Region: related multi-Region keys open each other's ciphertexts.
    pub(crate) fn place_in(&self, region: &Region) -> Place {
        let related = multi_region::is_multi_region_id(self.key_id);
        let region = if related { region } else { &self.place.region };
        Place { region: region.clone(), ..self.place.clone() }
    }

    /// Whether it says that it needs this key, or one related to it.
    pub(crate) fn is_of(&self, key: &DocumentKey) -> bool {
        self.key_id == key.id && self.place_in(&key.place.region) == key.place
    }

    /// The id of that key.
    pub(crate) fn key_id(&self) -> &'a str {
        self.key_id
    }

    /// The id of that key's material.
    pub(crate) fn material_id(&self) -> String {
        hex::write(&self.material)
    }

    /// Which kind of blob it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Everything before what is encrypted.
    pub(crate) fn header(&self) -> &'a [u8] {
        self.header
    }

    /// What is encrypted.
    pub(crate) fn sealed(&self) -> &'a [u8] {
        self.sealed
    }

    /// Decrypts; `None` when a byte was changed, or with another key or encryption context than it was made with.
    pub(crate) fn open(&self, material: &SecretKey, context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if self.kind == Kind::Local { self.open_sealed(material, context, self.sealed) } else { None }
    }

    /// As [`Self::open`], of what an external key has decrypted.
    pub(crate) fn open_sealed(
        &self,
        material: &SecretKey,
        context: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let aad = authenticated(self.header, context);
        let mut text = Zeroizing::new(sealed.to_vec());
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let key = message_key(material, &self.salt).ok()?;
        let length = key.open_in_place(nonce, Aad::from(aad), &mut text).ok()?.len();
        text.truncate(length);
        Some(text)
    }
}

/// HKDF-Expand (RFC 5869): key material is uniformly random, so it is a pseudorandom key already.
fn message_key(material: &SecretKey, salt: &[u8; SALT]) -> Result<LessSafeKey, Unspecified> {
    let mut key = Zeroizing::new([0; 32]);
    Prk::new_less_safe(HKDF_SHA256, material.bytes()).expand(&[LABEL, salt], HKDF_SHA256)?.fill(&mut *key)?;
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*key)?))
}

fn authenticated(header: &[u8], context: &[u8]) -> Vec<u8> {
    // The header has its own end: what follows cannot be taken for a part of it.
    [header, context].concat()
}

/// A text behind its length.
fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = bytes.split_first()?;
    let (text, rest) = rest.split_at_checked(usize::from(*length))?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const MATERIAL_ID: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn random_key() -> SecretKey {
        SecretKey::generate(bastide_crypto::KeySpec::SymmetricDefault).unwrap()
    }

    fn here() -> Place {
        Place::new(AccountId::from_number(111_122_223_333), Region::us_east_1())
    }

    fn blob(material: &SecretKey, context: &[u8], plaintext: &[u8]) -> Vec<u8> {
        encrypt(material, (&here(), KEY, MATERIAL_ID), context, plaintext).unwrap()
    }

    #[test]
    fn tells_its_key_and_opens() {
        let material = random_key();
        let blob = blob(&material, b"context", b"plaintext");
        let read = Ciphertext::parse(&blob).unwrap();
        assert_eq!((&read.place, read.key_id()), (&here(), KEY));
        assert_eq!(read.material_id(), MATERIAL_ID);
        assert_eq!(&**read.open(&material, b"context").unwrap(), b"plaintext");
        assert!(!blob.windows(9).any(|part| part == b"plaintext"));
    }

    #[test]
    fn no_changed_byte_opens() {
        let material = random_key();
        let whole = blob(&material, b"context", b"plaintext");
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut changed = whole.clone();
                changed[at] ^= 1 << bit;
                let opened = Ciphertext::parse(&changed).and_then(|read| read.open(&material, b"context"));
                assert!(opened.is_none(), "byte {at}, bit {bit}");
            }
        }
        for length in 0..whole.len() {
            let opened =
                Ciphertext::parse(&whole[..length]).and_then(|read| read.open(&material, b"context"));
            assert!(opened.is_none(), "length {length}");
        }
        let longer = [whole.as_slice(), &[0]].concat();
        assert!(Ciphertext::parse(&longer).unwrap().open(&material, b"context").is_none());
    }

    #[test]
    fn another_context_or_key_does_not_open() {
        let material = random_key();
        let blob = blob(&material, b"context", b"plaintext");
        let read = Ciphertext::parse(&blob).unwrap();
        for context in [&b""[..], b"contexT", b"context\0", b"contex"] {
            assert!(read.open(&material, context).is_none());
        }
        assert!(read.open(&random_key(), b"context").is_none());
    }

    #[test]
    fn every_message_has_a_key_of_its_own() {
        let material = random_key();
        let tag = |salt: u8| {
            let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
            let key = message_key(&material, &[salt; SALT]).unwrap();
            key.seal_in_place_separate_tag(nonce, Aad::empty(), &mut []).unwrap().as_ref().to_vec()
        };
        assert_eq!(tag(1), tag(1));
        assert_ne!(tag(1), tag(2));
    }

    #[test]
    fn no_two_blobs_are_the_same() {
        let material = random_key();
        assert_ne!(blob(&material, b"", b"x"), blob(&material, b"", b"x"));
        assert!(blob(&material, b"", &[0; 4096]).len() <= 6144);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = Ciphertext::parse(&bytes);
            let _ = Ciphertext::parse(&[&Kind::Local.magic()[..], b"111122223333", &bytes].concat());
        }

        #[test]
        fn opens_to_what_was_encrypted(plaintext in proptest::collection::vec(any::<u8>(), 0..300)) {
            let material = random_key();
            let blob = blob(&material, b"c", &plaintext);
            let opened = Ciphertext::parse(&blob).unwrap().open(&material, b"c");
            prop_assert_eq!(opened.map(|text| text.to_vec()), Some(plaintext));
        }
    }
}
