//! What the fuzz targets may ask for: the parsers of what clients hand back.

use bastide_crypto::{KeySpec, SecretKey};
use bastide_ids::{AccountId, Place, Region};

use crate::cryptography::ciphertext::{Ciphertext, encrypt};
use crate::grants::token::GrantToken;
use crate::resolve::{Accepts, KeyName};

fn here() -> Place {
    Place::new(AccountId::from_number(111_122_223_333), Region::us_east_1())
}

/// Takes a blob apart and tries to open it, as it is and behind the header of a real one. Gives the id of the key
/// that it names; `None` when it is no blob.
///
/// # Panics
/// When a blob that was not made with the key opens.
#[must_use]
pub fn ciphertext(blob: &[u8]) -> Option<String> {
    let Ok(material) = SecretKey::generate(KeySpec::SymmetricDefault) else { return None };
    let read = Ciphertext::parse(blob)?;
    let opened = read.open(&material, b"context");
    assert!(opened.is_none(), "a blob opened under a key that it was not made with");
    Some(read.key_id().to_owned())
}

/// Encrypts, changes what is told to, and opens: the plaintext comes back only when nothing was changed.
///
/// # Panics
/// When something else comes back.
pub fn changed(plaintext: &[u8], context: &[u8], changes: &[(usize, u8)]) {
    let Ok(material) = SecretKey::generate(KeySpec::SymmetricDefault) else { return };
    let key = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let Ok(whole) = encrypt(&material, (&here(), key, &"ab".repeat(32)), context, plaintext) else { return };
    let mut blob = whole.clone();
    for (at, change) in changes {
        let at = at % blob.len().max(1);
        if let Some(byte) = blob.get_mut(at) {
            *byte ^= change;
        }
    }
    let opened = Ciphertext::parse(&blob).and_then(|read| read.open(&material, context));
    let wanted = (blob == whole).then_some(plaintext);
    assert_eq!(opened.as_deref().map(Vec::as_slice), wanted);
}

/// Reads the name of a key, and a grant token.
///
/// # Panics
/// When a name reaches into another region, or a token is read back as another.
pub fn names(text: &str) {
    for accepts in [Accepts::Keys, Accepts::KeysAndAliases] {
        if let Ok(KeyName::Key(place, _) | KeyName::Alias(place, _)) = KeyName::parse(text, &here(), accepts)
        {
            assert_eq!(place.region, here().region);
        }
    }
    if let Some(GrantToken { place, key, grant }) = GrantToken::parse(text) {
        let again = GrantToken::parse(&GrantToken::write(&place, &key, &grant));
        assert_eq!(again, Some(GrantToken { place, key, grant }));
    }
}
