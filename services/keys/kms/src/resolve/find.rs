use std::sync::Arc;

use bastide_door::Failure;
use bastide_ids::{Place, Timestamp};
use bastide_resources::{Store, Stored};

use crate::stored::{Alias, Key};

/// The key with this id. One whose time has come is gone, whether or not the background work was there yet.
///
/// # Errors
/// When the store fails.
pub(crate) async fn find_key(
    store: &Store,
    place: &Place,
    id: &str,
    now: Timestamp,
) -> Result<Option<Arc<Stored<Key>>>, Failure> {
    let found = store.find::<Key>(place, id).await?;
    Ok(found.filter(|key| !key.is_deleted(now)))
}

/// The alias with this name, such as `alias/orders`, and its key. An alias goes with its key.
///
/// # Errors
/// When the store fails.
pub(crate) async fn find_alias(
    store: &Store,
    place: &Place,
    name: &str,
    now: Timestamp,
) -> Result<Option<(Arc<Stored<Alias>>, Arc<Stored<Key>>)>, Failure> {
    let Some(alias) = store.find::<Alias>(place, name).await? else { return Ok(None) };
    let key = find_key(store, place, &alias.target, now).await?;
    Ok(key.map(|key| (alias, key)))
}
