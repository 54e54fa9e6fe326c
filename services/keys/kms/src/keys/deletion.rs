use std::time::Duration;

use bastide_door::{Failure, Permitted};
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use crate::stored::{Deletion, Key, State};

/// The window that is meant when none is told, in days.
const DEFAULT_WINDOW: i64 = 30;
const DAY: u64 = 86_400;

/// ScheduleKeyDeletion: the key is deleted in 7 to 30 days, and cannot be used until then.
///
/// # Errors
/// `KMSInvalidStateException`.
pub(crate) async fn schedule_key_deletion(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    let days = call.input().int("PendingWindowInDays").unwrap_or(DEFAULT_WINDOW);
    if !(7..=30).contains(&days) {
        return Err(Failure::validation("PendingWindowInDays must be between 7 and 30"));
    }
    Key::must_allow(call, &read)?;
    let due = call.now().plus(Duration::from_secs(days.unsigned_abs() * DAY));
    let mut key = read.value.clone();
    key.state = State::PendingDeletion(due);
    let answer = Document::new()
        .with("KeyId", Key::arn(&read))
        .with("DeletionDate", due)
        .with("KeyState", key.state.as_str())
        .with("PendingWindowInDays", days);
    let (place, id) = (&read.key.place, &read.key.id);
    let deletion = Deletion { place: place.clone(), key_id: id.clone(), due };
    call.changes().create(&Store::global(), Deletion::id(due, place, id), deletion).update(&read, key);
    Ok(answer)
}

/// CancelKeyDeletion: the key stays, disabled.
///
/// # Errors
/// `KMSInvalidStateException`.
pub(crate) async fn cancel_key_deletion(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    Key::must_allow(call, &read)?;
    if let Some(due) = Key::deletion(&read) {
        let id = Deletion::id(due, &read.key.place, &read.key.id);
        if let Some(deletion) = call.store().find::<Deletion>(&Store::global(), &id).await? {
            call.changes().delete(&deletion);
        }
    }
    let mut key = read.value.clone();
    key.state = State::Disabled;
    call.changes().update(&read, key);
    Ok(Document::new().with("KeyId", Key::arn(&read)))
}
