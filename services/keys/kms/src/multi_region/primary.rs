use bastide_door::{Failure, Permitted};
use bastide_ids::Region;
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use super::{beside, related};
use crate::refusal;
use crate::resolve::of_key;
use crate::rotation::{rotate::event, status};
use crate::stored::{Due, Key, MultiRegion};

/// UpdatePrimaryRegion: a replica becomes the primary key, and the primary a replica.
///
/// # Errors
/// `DisabledException`, `KMSInvalidStateException`, `NotFoundException`, `UnsupportedOperationException`.
pub(crate) async fn update_primary_region(call: &mut Permitted) -> Result<Document, Failure> {
    let primary = call.resource::<Stored<Key>>()?;
    let arn = Key::arn(&primary);
    let Some(set) = &primary.multi_region else { return Err(refusal::not_primary(arn)) };
    if !set.is_primary(&primary.key.place.region) {
        return Err(refusal::not_primary(arn));
    }
    Key::must_allow(call, &primary)?;
    let text = call.input().text("PrimaryRegion");
    let region = Region::parse(text).map_err(|error| Failure::validation(error.to_string()))?;
    if region == set.primary {
        return Err(Failure::validation(format!("{arn} is the primary key already.")));
    }
    let there = beside(&primary, &region);
    let missing = || refusal::no_such_key(&Key::arn_in(&there, &primary.key.id));
    let found = call.store().find::<Key>(&there, &primary.key.id).await?;
    let replica = found.filter(|key| !key.is_deleted(call.now())).ok_or_else(missing)?;
    call.require("kms:UpdatePrimaryRegion", &of_key(&replica)).await?;
    Key::must_allow(call, &replica)?;

    let mut replicas = set.replicas.clone();
    replicas.remove(&region);
    replicas.insert(set.primary.clone());
    let set = MultiRegion { primary: region, replicas };
    for other in related(call.store(), &primary).await? {
        let value = other.value.in_set(set.clone());
        call.changes().update(&other, value);
    }
    // Automatic rotation is the primary's.
    if let Some(due) = status::due(&primary) {
        let moved = Due { place: there, ..due.clone() };
        if let Some(found) = call.store().find::<Due>(&Store::global(), &due.id()).await? {
            call.changes().delete(&found);
        }
        call.changes().put(&Store::global(), moved.id(), moved);
    }
    let value = primary.value.in_set(set);
    call.changes().update(&primary, value);
    call.record_event(event(
        "UpdatePrimaryRegion",
        &replica,
        Document::new().with("keyId", replica.key.id.as_str()),
    ));
    Ok(Document::new())
}
