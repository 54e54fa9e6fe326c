//! Imported key material: GetParametersForImport, ImportKeyMaterial, DeleteImportedKeyMaterial, and its expiry.
//!
//! Source: KMS Developer Guide, "Importing key material for AWS KMS keys".

pub(crate) mod drop;
pub(crate) mod parameters;
pub(crate) mod take_in;
pub(crate) mod token;

use aws_lc_rs::hmac;
use bastide_crypto::SecretKey;
use bastide_door::Failure;
use bastide_resources::Stored;

use crate::stored::{Due, Key, Origin, Version, What};
use crate::{hex, refusal};

/// # Errors
/// `UnsupportedOperationException` for keys whose material is not imported.
fn check_origin(key: &Stored<Key>) -> Result<(), Failure> {
    if key.origin == Origin::External {
        return Ok(());
    }
    Err(refusal::unsupported_origin(Key::arn(key), key.origin.as_str()))
}

/// The id of imported material: the same whenever the same material is imported into the same key or a related one,
/// and nothing that tells the material.
fn material_id(key_id: &str, material: &SecretKey) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, material.bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(b"bastide kms imported material 1");
    context.update(key_id.as_bytes());
    hex::write(context.sign().as_ref())
}

/// When the next of a key's materials expires.
pub(crate) fn next_expiry(key: &Stored<Key>) -> Option<Due> {
    let due = key.versions().iter().filter_map(Version::expires).min()?;
    Some(Due { place: key.key.place.clone(), key_id: key.key.id.clone(), due, what: What::Expiry })
}
