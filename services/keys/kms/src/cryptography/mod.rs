//! The operations that use a key: encrypt, decrypt, and data keys.

pub(crate) mod ciphertext;
pub(crate) mod context;
pub(crate) mod decrypt;
pub(crate) mod encrypt;
pub(crate) mod generate;
mod material;
pub(crate) mod re_encrypt;

use bastide_door::Failure;
use bastide_shape::Document;

use crate::refusal;
use crate::stored::Key;

/// The one algorithm of symmetric encryption keys.
const ALGORITHM: &str = "SYMMETRIC_DEFAULT";

/// # Errors
/// `InvalidKeyUsageException` when a member names an algorithm that the key does not have.
fn check_algorithm(key: &Key, input: &Document, member: &str) -> Result<(), Failure> {
    match input.str(member) {
        None | Some(ALGORITHM) => Ok(()),
        Some(other) => Err(refusal::incompatible_algorithm(other, key.spec.as_str())),
    }
}

/// Answers for Nitro enclaves are encrypted for them; without that, an answer in the clear would be a leak.
fn check_recipient(input: &Document) -> Result<(), Failure> {
    if input.map("Recipient").is_some() { Err(refusal::not_built("Recipient")) } else { Ok(()) }
}
