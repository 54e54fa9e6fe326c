//! What is due at a moment: automatic rotations, and imported material that expires.

use std::sync::Arc;

use bastide_door::{Door, Failure, ServiceEvent};
use bastide_resources::{Changes, MAX_PAGE, Store, Stored};

use super::done;
use crate::import::drop;
use crate::rotation::{rotate, status};
use crate::stored::{Due, Key, RotationType, State, Version, What};

/// Does all that is due. Gives how much was done.
///
/// # Errors
/// When the store or the sealer fails.
pub(super) async fn do_what_is_due(door: &Door) -> Result<usize, Failure> {
    let (store, now) = (&door.trunks().store, door.now());
    let (mut count, mut after) = (0, None);
    loop {
        let page = store.list::<Due>(&Store::global(), "", after.as_deref(), MAX_PAGE).await?;
        for due in &page.items {
            // They are in the order of time.
            if due.due > now {
                return Ok(count);
            }
            if carry_out(door, due).await? {
                count += 1;
            }
        }
        match page.items.last() {
            Some(last) if page.more => after = Some(last.key.id.clone()),
            _ => return Ok(count),
        }
    }
}

/// Does one thing that is due, and takes it off the list; false when it was not to be done any more, or somebody
/// else was there first.
async fn carry_out(door: &Door, due: &Arc<Stored<Due>>) -> Result<bool, Failure> {
    let (store, now) = (&door.trunks().store, door.now());
    let mut changes = Changes::new(now);
    let key = store.find::<Key>(&due.place, &due.key_id).await?.filter(|key| !key.is_deleted(now));
    let events = match (key, due.what) {
        (Some(key), What::Rotation) => rotation(door, due, &key, &mut changes).await?,
        (Some(key), What::Expiry) => expiry(door, &key, &mut changes).await?,
        (None, _) => Vec::new(),
    };
    changes.delete(due);
    let happened = !events.is_empty();
    Ok(done(door.commit_work(changes, events).await)? && happened)
}

/// Deletes what has expired of a key's imported material, and comes back for what expires later.
async fn expiry(
    door: &Door,
    key: &Arc<Stored<Key>>,
    changes: &mut Changes,
) -> Result<Vec<ServiceEvent>, Failure> {
    let (store, now) = (&door.trunks().store, door.now());
    let events = drop::expire(store, changes, key, now).await?;
    let later = key.versions().iter().filter_map(Version::expires).filter(|moment| *moment > now).min();
    if let Some(due) = later {
        let next = Due { place: key.key.place.clone(), key_id: key.key.id.clone(), due, what: What::Expiry };
        changes.put(&Store::global(), next.id(), next);
    }
    Ok(events)
}

/// Rotates a key, unless its rotation was changed meanwhile or its state forbids it: enabling the key puts it back on
/// the list.
async fn rotation(
    door: &Door,
    due: &Stored<Due>,
    key: &Arc<Stored<Key>>,
    changes: &mut Changes,
) -> Result<Vec<ServiceEvent>, Failure> {
    let wanted = status::due(key).is_some_and(|wanted| wanted.due == due.due);
    if !wanted || !matches!(key.state, State::Enabled | State::Updating) {
        return Ok(Vec::new());
    }
    let trunks = door.trunks();
    let rotation =
        rotate::prepare(&trunks.store, &trunks.sealer, key, RotationType::Automatic, door.now()).await?;
    rotation.write(changes);
    if let Some(next) = rotation.key().and_then(|key| key.rotation) {
        let next = Due { due: next.next, ..due.value.clone() };
        changes.put(&Store::global(), next.id(), next);
    }
    Ok(rotation.events())
}
