//! What KMS does when nobody calls: it deletes the keys whose time has come, and rotates those that are due.

mod due;

use std::collections::BTreeSet;

use bastide_door::{Door, Failure, ServiceEvent};
use bastide_ids::Timestamp;
use bastide_resources::{Changes, CommitError, MAX_PAGE, Store, Stored};
use bastide_shape::Document;

use crate::grants::end;
use crate::keys::deletion::after_days;
use crate::multi_region::{related, synchronized};
use crate::rotation::rotate::event;
use crate::stored::{Alias, Deletion, Grant, Grantee, Key, Material, State};
use crate::stores::{self, keys};

pub use crate::stores::work::{connect_key_stores, has_key_stores_to_connect};

/// Does all that is due by the door's clock: deletes keys, with their material, aliases and grants, and rotates
/// keys. Gives how much was done.
///
/// To be called now and then, under a lease where nodes share a store: a key that is to be deleted does not exist
/// for callers even before this was there. Run twice at once it does no harm.
///
/// # Errors
/// When the store fails.
pub async fn run(door: &Door) -> Result<usize, Failure> {
    Ok(delete_due_keys(door).await? + due::do_what_is_due(door).await?)
}

async fn delete_due_keys(door: &Door) -> Result<usize, Failure> {
    let (store, now) = (&door.trunks().store, door.now());
    let mut deleted = 0;
    let mut after = None;
    loop {
        let page = store.list::<Deletion>(&Store::global(), "", after.as_deref(), MAX_PAGE).await?;
        for deletion in &page.items {
            // They are in the order of time.
            if deletion.due > now {
                return Ok(deleted);
            }
            if delete(door, deletion).await? {
                deleted += 1;
            }
        }
        match page.items.last() {
            Some(last) if page.more => after = Some(last.key.id.clone()),
            _ => return Ok(deleted),
        }
    }
}

/// Deletes one key; false when somebody else was there first.
async fn delete(door: &Door, deletion: &Stored<Deletion>) -> Result<bool, Failure> {
    let (store, now) = (&door.trunks().store, door.now());
    let Deletion { place, key_id, .. } = &deletion.value;
    let (mut changes, mut events) = (Changes::new(now), Vec::new());
    let key = store.find::<Key>(place, key_id).await?.filter(|key| key.is_deleted(now));
    if let Some(key) = &key {
        delete_grants(store, key, now).await?;
        for alias in &key.aliases {
            // It may have been given to another key meanwhile.
            let alias = store.find::<Alias>(place, alias).await?;
            if let Some(alias) = alias.filter(|alias| alias.target == *key_id) {
                changes.delete(&alias);
            }
        }
        for material in store.list::<Material>(place, &Material::id(key_id, ""), None, MAX_PAGE).await?.items
        {
            changes.delete(&material);
        }
        leave_related(store, key, &mut changes, &mut events).await?;
        keys::leave(store, &mut changes, key).await?;
        changes.delete(key);
        events.push(event("DeleteKey", key, Document::new().with("keyId", key_id.as_str())));
    }
    changes.delete(deletion);
    let deleted = done(door.commit_work(changes, events).await)? && key.is_some();
    if let (true, Some(key)) = (deleted, &key) {
        stores::hsm::after_deletion(door, key).await;
    }
    Ok(deleted)
}

/// Takes a key that is deleted out of its set of related keys. When it was the last replica of a primary key that is
/// to be deleted too, that one's waiting period begins.
async fn leave_related(
    store: &Store,
    key: &Stored<Key>,
    changes: &mut Changes,
    events: &mut Vec<ServiceEvent>,
) -> Result<(), Failure> {
    for other in related(store, key).await? {
        let mut value = other.value.clone();
        let Some(set) = &mut value.multi_region else { continue };
        set.replicas.remove(&key.key.place.region);
        if let State::PendingReplicaDeletion(days) = value.state
            && set.replicas.is_empty()
        {
            let due = after_days(changes.time(), days.into());
            value.state = State::PendingDeletion(due);
            let deletion = Deletion::of(&other.key, due);
            changes.create(&Store::global(), deletion.id(), deletion);
        }
        changes.update(&other, value);
        events.push(synchronized(&other));
    }
    Ok(())
}

/// Whether a commit went through; false when somebody else was there first: what is left is done the next time.
fn done(committed: Result<(), CommitError>) -> Result<bool, Failure> {
    match committed {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict { .. }) => Ok(false),
        Err(CommitError::Failed(error)) => Err(error.into()),
    }
}

/// Deletes the grants of a key that nobody can use any more, in several commits: there may be many.
async fn delete_grants(store: &Store, key: &Stored<Key>, now: Timestamp) -> Result<(), Failure> {
    let place = &key.key.place;
    loop {
        let page = store.list::<Grant>(place, &Grant::document_id(&key.key.id, ""), None, MAX_PAGE).await?;
        let mut changes = Changes::new(now);
        let mut grantees = BTreeSet::new();
        for grant in &page.items {
            end::remove_retirable(store, &mut changes, grant).await?;
            changes.delete(grant);
            grantees.insert(Grantee::id(&key.key.id, &grant.grantee));
        }
        for id in grantees {
            if let Some(grantee) = store.find::<Grantee>(place, &id).await? {
                changes.delete(&grantee);
            }
        }
        match store.commit(changes).await {
            Ok(_) if page.more => {}
            // What is left after a conflict is done the next time.
            Ok(_) | Err(CommitError::Conflict { .. }) => return Ok(()),
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}
