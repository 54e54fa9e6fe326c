//! Authorization messages: what a denial was decided from, for those who may know.
//!
//! AWS adds such a message to some denials. It is encoded because its details may be more than whom it was told to
//! may see; only who has `sts:DecodeAuthorizationMessage` in the account reads it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bastide_api_sts::errors as sts;
use bastide_door::{Failure, Permitted};
use bastide_ids::{AccountId, Place};
use bastide_resources::Store;
use bastide_seal::{SealError, Sealed, Sealer};
use bastide_shape::Document;

use super::refuse_sessions_of_users;

/// What messages are sealed for; ours, as with session tokens.
const ARN: &str = "arn:aws:sts:::authorization-message";
/// The longest that DecodeAuthorizationMessage takes, in characters.
const LONGEST: usize = 10_240;

/// Encodes a message for an account. `Ok(None)`: it is too long to be decoded again.
///
/// # Errors
/// When the seal fails.
pub fn encode(sealer: &Sealer, account: AccountId, message: &str) -> Result<Option<String>, Failure> {
    let sealed = sealer.seal(&place(account), ARN, message.as_bytes())?;
    let text = URL_SAFE_NO_PAD.encode(sealed.as_bytes());
    Ok((text.len() <= LONGEST).then_some(text))
}

/// Decodes a message of an account. `Ok(None)`: it is none, or another account's.
///
/// # Errors
/// When the seal fails otherwise.
pub fn decode(sealer: &Sealer, account: AccountId, text: &str) -> Result<Option<String>, Failure> {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else { return Ok(None) };
    let Ok(sealed) = Sealed::parse(bytes) else { return Ok(None) };
    match sealer.unseal(&place(account), ARN, &sealed) {
        Ok(plain) => Ok(String::from_utf8(plain.to_vec()).ok()),
        Err(SealError::NotAuthentic(_) | SealError::NoSuchGeneration(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn decode_authorization_message(call: &mut Permitted) -> Result<Document, Failure> {
    refuse_sessions_of_users(call)?;
    let text = call.input().text("EncodedMessage");
    let message = decode(call.sealer(), call.caller().account, text)?.ok_or_else(|| {
        let message = "The message to be decoded is not valid.";
        Failure::new(&sts::InvalidAuthorizationMessageException, message)
    })?;
    Ok(Document::new().with("DecodedMessage", message))
}

fn place(account: AccountId) -> Place {
    Place { account, ..Store::global() }
}
