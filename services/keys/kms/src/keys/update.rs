use bastide_door::{Failure, Permitted};
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use crate::rotation::status;
use crate::stored::{Key, State};

/// EnableKey: the key may be used.
///
/// # Errors
/// `KMSInvalidStateException`.
pub(crate) async fn enable_key(call: &mut Permitted) -> Result<Document, Failure> {
    // A rotation that came due while it was disabled was passed over.
    if let Some(due) = status::due(&*call.resource::<Stored<Key>>()?) {
        call.changes().put(&Store::global(), due.id(), due);
    }
    change(call, |key| key.state = State::Enabled)
}

/// DisableKey: the key may not be used, until it is enabled again.
///
/// # Errors
/// `KMSInvalidStateException`.
pub(crate) async fn disable_key(call: &mut Permitted) -> Result<Document, Failure> {
    change(call, |key| key.state = State::Disabled)
}

/// UpdateKeyDescription: a text that says what the key is for.
///
/// # Errors
/// `KMSInvalidStateException`.
pub(crate) async fn update_key_description(call: &mut Permitted) -> Result<Document, Failure> {
    let description = call.input().text("Description").to_owned();
    change(call, |key| key.description = description)
}

fn change(call: &mut Permitted, change: impl FnOnce(&mut Key)) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    Key::must_allow(call, &read)?;
    let mut key = read.value.clone();
    change(&mut key);
    call.changes().update(&read, key);
    Ok(Document::new())
}
