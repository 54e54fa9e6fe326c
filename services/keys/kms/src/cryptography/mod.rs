//! The operations that use a key: encrypt and decrypt, sign and verify, authenticate, agree on secrets; data keys.

pub(crate) mod agreement;
pub(crate) mod ciphertext;
pub(crate) mod context;
pub(crate) mod decrypt;
pub(crate) mod encrypt;
pub(crate) mod generate;
pub(crate) mod key_pair;
pub(crate) mod mac;
pub(crate) mod material;
pub(crate) mod permitted_use;
pub(crate) mod public_key;
pub(crate) mod re_encrypt;
pub(crate) mod sign;

use bastide_door::Failure;
use bastide_shape::Document;

use crate::refusal;

/// Answers for Nitro enclaves are encrypted for them; without that, an answer in the clear would be a leak.
fn check_recipient(input: &Document) -> Result<(), Failure> {
    if input.map("Recipient").is_some() { Err(refusal::not_built("Recipient")) } else { Ok(()) }
}
