//! What KMS does when nobody calls: it deletes the keys whose time has come.

use std::collections::BTreeSet;

use bastide_door::Failure;
use bastide_ids::Timestamp;
use bastide_resources::{Changes, CommitError, MAX_PAGE, Store, Stored};

use crate::grants::end;
use crate::stored::{Alias, Deletion, Grant, Grantee, Key, Material};

/// Deletes all keys that are due, with their material, aliases and grants. Gives how many were deleted.
///
/// To be called now and then, under a lease where nodes share a store: a key that is due does not exist for
/// callers even before this was there. Run twice at once it does no harm.
///
/// # Errors
/// When the store fails.
pub async fn delete_due_keys(store: &Store, now: Timestamp) -> Result<usize, Failure> {
    let mut deleted = 0;
    let mut after = None;
    loop {
        let page = store.list::<Deletion>(&Store::global(), "", after.as_deref(), MAX_PAGE).await?;
        for deletion in &page.items {
            // They are in the order of time.
            if deletion.due > now {
                return Ok(deleted);
            }
            if delete(store, deletion, now).await? {
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
async fn delete(store: &Store, deletion: &Stored<Deletion>, now: Timestamp) -> Result<bool, Failure> {
    let Deletion { place, key_id, .. } = &deletion.value;
    let mut changes = Changes::new(now);
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
        changes.delete(key);
    }
    changes.delete(deletion);
    match store.commit(changes).await {
        Ok(_) => Ok(key.is_some()),
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
