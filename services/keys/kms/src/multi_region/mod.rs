//! Multi-Region keys: ReplicateKey, UpdatePrimaryRegion, and what related keys share.
//!
//! Related keys have one id and the same material, each in its Region, as documents of their own. What they share
//! (material, spec, usage, origin, rotation, and who is primary) stands in each of them, and whoever changes it writes
//! it to all in one commit: so they are never seen out of step. Source: KMS Developer Guide, "Multi-Region keys".

pub(crate) mod primary;
pub(crate) mod replicate;

use std::sync::Arc;

use bastide_door::{Failure, ServiceEvent};
use bastide_ids::{Place, Region, random_bytes};
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use crate::hex;
use crate::rotation::rotate::event;
use crate::stored::Key;

/// A new id of a multi-Region key.
pub(crate) fn new_id() -> String {
    format!("mrk-{}", hex::write(&random_bytes::<16>()))
}

/// Whether an id is one of a multi-Region key.
pub(crate) fn is_multi_region_id(id: &str) -> bool {
    id.starts_with("mrk-")
}

/// The other keys of a key's set; none for a key of one Region.
///
/// # Errors
/// When the store fails.
pub(crate) async fn related(store: &Store, key: &Stored<Key>) -> Result<Vec<Arc<Stored<Key>>>, Failure> {
    let mut found = Vec::new();
    for region in key.multi_region.iter().flat_map(|set| set.others(&key.key.place.region)) {
        found.extend(store.find::<Key>(&beside(key, region), &key.key.id).await?);
    }
    Ok(found)
}

/// The place of a related key.
pub(crate) fn beside(key: &Stored<Key>, region: &Region) -> Place {
    Place { region: region.clone(), ..key.key.place.clone() }
}

/// What the trail shows in a related key's Region when a shared property was brought there.
pub(crate) fn synchronized(key: &Stored<Key>) -> ServiceEvent {
    event("SynchronizeMultiRegionKey", key, Document::new().with("keyId", key.key.id.as_str()))
}

/// As `MultiRegionConfiguration` has it.
pub(crate) fn configuration(place: &Place, id: &str, key: &Key) -> Option<Document> {
    let set = key.multi_region.as_ref()?;
    let show = |region: &Region| {
        let there = Place { region: region.clone(), ..place.clone() };
        Document::new().with("Arn", Key::arn_in(&there, id)).with("Region", region.as_str())
    };
    Some(
        Document::new()
            .with("MultiRegionKeyType", set.key_type(&place.region))
            .with("PrimaryKey", show(&set.primary))
            .with("ReplicaKeys", set.replicas.iter().map(show).collect::<Vec<_>>()),
    )
}
