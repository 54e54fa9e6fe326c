use std::sync::Arc;

use bastide_api_kms::errors::NotFoundException;
use bastide_door::{Failure, Permitted, ServiceEvent};
use bastide_ids::Timestamp;
use bastide_resources::{Changes, Store, Stored};
use bastide_shape::Document;

use super::check_origin;
use crate::multi_region::{related, synchronized};
use crate::rotation::rotate::event;
use crate::stored::{Import, Key, Material, State, Version};

/// DeleteImportedKeyMaterial: the material goes; the key waits for the same to be imported again.
///
/// # Errors
/// `KMSInvalidStateException`, `NotFoundException`, `UnsupportedOperationException`.
pub(crate) async fn delete_imported_key_material(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    check_origin(&read)?;
    Key::must_allow(call, &read)?;
    let id = call.input().str("KeyMaterialId").unwrap_or(&read.material).to_owned();
    let answer = Document::new().with("KeyId", Key::arn(&read)).with("KeyMaterialId", id.as_str());
    if id.is_empty() {
        // Nothing was ever imported: there is nothing to do.
        return Ok(answer);
    }
    let versions = read.versions();
    let Some(at) = versions.iter().position(|version| version.id == id) else {
        let message = format!("{} has no key material {id}.", Key::arn(&read));
        return Err(Failure::new(&NotFoundException, message));
    };
    let current = versions.iter().position(|version| version.id == read.material);
    let waits = current.is_some_and(|current| at > current);
    let store = call.store().clone();
    if waits && !read.is_replica(&read.key.place) {
        // It is not bound to the key yet: it goes from the replicas too, and another may take its place.
        for other in related(&store, &read).await? {
            forget(&store, call.changes(), &other, &id, true).await?;
            call.record_event(synchronized(&other));
        }
        forget(&store, call.changes(), &read, &id, true).await?;
    } else {
        forget(&store, call.changes(), &read, &id, false).await?;
    }
    Ok(answer)
}

/// Takes material away from one key. `entirely`: its entry goes too.
async fn forget(
    store: &Store,
    changes: &mut Changes,
    read: &Stored<Key>,
    id: &str,
    entirely: bool,
) -> Result<(), Failure> {
    let mut key = read.value.clone();
    if entirely {
        key.versions_mut().retain(|version| version.id != id);
    } else {
        key.versions_mut().iter_mut().filter(|version| version.id == id).for_each(empty);
    }
    settle(&mut key);
    delete_material(store, changes, read, id).await?;
    changes.update(read, key);
    Ok(())
}

/// Deletes what has expired of a key's material.
///
/// # Errors
/// When the store fails.
pub(crate) async fn expire(
    store: &Store,
    changes: &mut Changes,
    read: &Arc<Stored<Key>>,
    now: Timestamp,
) -> Result<Vec<ServiceEvent>, Failure> {
    let mut key = read.value.clone();
    let mut events = Vec::new();
    for version in key.versions_mut() {
        if !version.has_expired(now) {
            continue;
        }
        empty(version);
        delete_material(store, changes, read, &version.id).await?;
        let details =
            Document::new().with("keyId", read.key.id.as_str()).with("keyMaterialId", version.id.as_str());
        events.push(event("DeleteExpiredKeyMaterial", read, details));
    }
    if !events.is_empty() {
        settle(&mut key);
        changes.update(read, key);
    }
    Ok(events)
}

fn empty(version: &mut Version) {
    let import = version.import.get_or_insert_default();
    *import = Import { present: false, expires: None, description: import.description.take() };
}

/// A key without material that it needs waits for it, unless it is to be deleted.
fn settle(key: &mut Key) {
    if key.lacks_material() && !key.state.is_pending_deletion() {
        key.state = State::PendingImport;
    }
}

async fn delete_material(
    store: &Store,
    changes: &mut Changes,
    read: &Stored<Key>,
    id: &str,
) -> Result<(), Failure> {
    let document = Material::id(&read.key.id, id);
    if let Some(material) = store.find::<Material>(&read.key.place, &document).await? {
        changes.delete(&material);
    }
    Ok(())
}
