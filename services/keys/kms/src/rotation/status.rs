use bastide_door::{Failure, Permitted};
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use super::{check_automatic, check_kind, check_own};
use crate::multi_region::related;
use crate::stored::{Automatic, Due, Key, Origin, What};

/// The rotation period when none is told, in days.
pub(crate) const DEFAULT_PERIOD: u16 = 365;

/// EnableKeyRotation: automatic rotation, or another period for it.
///
/// # Errors
/// `DisabledException`, `KMSInvalidStateException`, `UnsupportedOperationException`.
pub(crate) async fn enable_key_rotation(call: &mut Permitted) -> Result<Document, Failure> {
    let days = call.input().int("RotationPeriodInDays").and_then(|days| u16::try_from(days).ok());
    let now = call.now();
    set(call, |key| {
        let period = days.unwrap_or(DEFAULT_PERIOD);
        match key.rotation {
            // Asked for again as it is: the rhythm stays.
            Some(rotation) if rotation.days == period => rotation,
            _ => Automatic::from(now, period),
        }
        .into()
    })
    .await
}

/// DisableKeyRotation: no automatic rotation.
///
/// # Errors
/// `DisabledException`, `KMSInvalidStateException`, `UnsupportedOperationException`.
pub(crate) async fn disable_key_rotation(call: &mut Permitted) -> Result<Document, Failure> {
    set(call, |_| None).await
}

/// Changes the automatic rotation of a key and of its replicas.
async fn set(
    call: &mut Permitted,
    rotation: impl FnOnce(&Key) -> Option<Automatic>,
) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    check_automatic(&read)?;
    check_own(&read)?;
    Key::must_allow(call, &read)?;
    let rotation = rotation(&read);
    if rotation == read.rotation {
        return Ok(Document::new());
    }
    for replica in related(call.store(), &read).await? {
        let value = replica.value.rotated_by(rotation);
        call.changes().update(&replica, value);
        call.record_event(crate::multi_region::synchronized(&replica));
    }
    if let Some(due) = due(&read) {
        forget(call, &due).await?;
    }
    let value = read.value.rotated_by(rotation);
    if let Some(Automatic { next, .. }) = rotation {
        let due = rotation_due(&read, next);
        call.changes().put(&Store::global(), due.id(), due);
    }
    call.changes().update(&read, value);
    Ok(Document::new())
}

/// GetKeyRotationStatus: whether and when a key is rotated.
///
/// # Errors
/// `UnsupportedOperationException`.
pub(crate) async fn get_key_rotation_status(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    check_kind(&key)?;
    let answer =
        Document::new().with("KeyRotationEnabled", key.is_rotated()).with("KeyId", key.key.id.as_str());
    // A rotation on demand is complete when it is answered, so that none is ever under way.
    Ok(match key.rotation.filter(|_| key.is_rotated() && key.origin == Origin::AwsKms) {
        Some(Automatic { days, next }) => {
            answer.with("RotationPeriodInDays", i64::from(days)).with("NextRotationDate", next)
        }
        None => answer,
    })
}

/// What is to be done at the next rotation of a key; `None` when it is not rotated, or only with its primary.
pub(crate) fn due(key: &Stored<Key>) -> Option<Due> {
    let next = key.rotation?.next;
    (!key.is_replica(&key.key.place)).then(|| rotation_due(key, next))
}

fn rotation_due(key: &Stored<Key>, due: bastide_ids::Timestamp) -> Due {
    Due { place: key.key.place.clone(), key_id: key.key.id.clone(), due, what: What::Rotation }
}

/// Takes something back that was due, if it still is.
async fn forget(call: &mut Permitted, due: &Due) -> Result<(), Failure> {
    if let Some(found) = call.store().find::<Due>(&Store::global(), &due.id()).await? {
        call.changes().delete(&found);
    }
    Ok(())
}
