use std::time::Duration;

use bastide_door::{Failure, Permitted};
use bastide_ids::Timestamp;
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
    let mut key = read.value.clone();
    let answer = Document::new().with("KeyId", Key::arn(&read));
    let waits = !key.is_replica(&read.key.place)
        && key.multi_region.as_ref().is_some_and(|set| !set.replicas.is_empty());
    let answer = if waits {
        // The waiting period of a primary key begins when its last replica is deleted.
        key.state = State::PendingReplicaDeletion(u8::try_from(days).unwrap_or(u8::MAX));
        answer
    } else {
        let due = after_days(call.now(), days);
        key.state = State::PendingDeletion(due);
        let deletion = Deletion::of(&read.key, due);
        call.changes().create(&Store::global(), deletion.id(), deletion);
        answer.with("DeletionDate", due)
    };
    let answer = answer.with("KeyState", key.state.as_str()).with("PendingWindowInDays", days);
    call.changes().update(&read, key);
    Ok(answer)
}

/// So many days later.
pub(crate) fn after_days(now: Timestamp, days: i64) -> Timestamp {
    now.plus(Duration::from_secs(days.unsigned_abs() * DAY))
}

/// CancelKeyDeletion: the key stays, disabled.
///
/// # Errors
/// `KMSInvalidStateException`.
pub(crate) async fn cancel_key_deletion(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    Key::must_allow(call, &read)?;
    if let Some(due) = Key::deletion(&read) {
        let id = Deletion::of(&read.key, due).id();
        if let Some(deletion) = call.store().find::<Deletion>(&Store::global(), &id).await? {
            call.changes().delete(&deletion);
        }
    }
    let mut key = read.value.clone();
    // Without its material it cannot be enabled again.
    key.state = if key.lacks_material() { State::PendingImport } else { State::Disabled };
    call.changes().update(&read, key);
    Ok(Document::new().with("KeyId", Key::arn(&read)))
}
