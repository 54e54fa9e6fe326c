use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_resources::Stored;
use bastide_shape::Document;

use crate::paging::Paging;
use crate::stored::{Key, Origin, State, Version};
use crate::{managed, multi_region};

/// DescribeKey: what a key is. Describing the alias of an AWS managed key makes that key.
///
/// # Errors
/// When the sealer fails.
pub(crate) async fn describe_key(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    managed::make_if_new(call, &key)?;
    Ok(Document::new().with("KeyMetadata", metadata(&key.key.place, &key.key.id, &key)))
}

/// ListKeys: all keys of the account in the region.
///
/// # Errors
/// `InvalidMarkerException`.
pub(crate) async fn list_keys(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, 100, 1000)?;
    let mut owners = call.input().strings("ResourceOwners").peekable();
    if owners.peek().is_some() && !owners.any(|owner| owner == "SELF") {
        // No keys are shared with this account by way of AWS RAM.
        return Ok(paging.answer("Keys", Vec::new(), None));
    }
    let (place, now) = (call.place(), call.now());
    let page = call.store().list::<Key>(place, "", paging.after.as_deref(), paging.limit).await?;
    // A page may have fewer keys than there is room for: the marker tells whether there are more.
    let mut keys = Vec::with_capacity(page.items.len());
    for key in page.items.iter().filter(|key| !key.is_deleted(now) && managed::owner(key).is_none()) {
        keys.push(Document::new().with("KeyId", &key.key.id).with("KeyArn", Key::arn(key)));
    }
    let last = page.items.last().filter(|_| page.more).map(|key| key.key.id.as_str());
    Ok(paging.answer("Keys", keys, last))
}

/// A key as `KeyMetadata` has it.
pub(crate) fn metadata(place: &Place, id: &str, key: &Key) -> Document {
    let window = match key.state {
        State::PendingReplicaDeletion(days) => Some(i64::from(days)),
        _ => None,
    };
    let state =
        if key.unavailable && !key.state.is_pending_deletion() { State::Unavailable } else { key.state };
    let (list, algorithms) = key.algorithms();
    let imported = key.origin == Origin::External && key.bound_versions().iter().any(Version::is_present);
    let valid_to = key.bound_versions().iter().filter_map(Version::expires).min();
    let model = if valid_to.is_some() { "KEY_MATERIAL_EXPIRES" } else { "KEY_MATERIAL_DOES_NOT_EXPIRE" };
    Document::new()
        .with("AWSAccountId", place.account.as_str())
        .with("KeyId", id)
        .with("Arn", Key::arn_in(place, id))
        .with("CreationDate", key.created)
        .with("Enabled", state == State::Enabled)
        .with("Description", &key.description)
        .with("KeyUsage", key.usage.as_str())
        .with("KeyState", state.as_str())
        .maybe("DeletionDate", key.state.deletion())
        .with("Origin", key.origin.as_str())
        .maybe("ValidTo", valid_to)
        .maybe("ExpirationModel", imported.then_some(model))
        .with("KeyManager", key.key_manager())
        .with("CustomerMasterKeySpec", key.spec.as_str())
        .with("KeySpec", key.spec.as_str())
        .with(list, algorithms.as_slice())
        .with("MultiRegion", key.multi_region.is_some())
        .maybe("MultiRegionConfiguration", multi_region::configuration(place, id, key))
        .maybe("PendingDeletionWindowInDays", window)
        .maybe("CurrentKeyMaterialId", key.current_material())
        .maybe("CustomKeyStoreId", key.in_store.as_ref().map(|kept| &kept.store))
        .maybe("CloudHsmClusterId", key.cluster.as_deref())
        .maybe("XksKeyConfiguration", external(key))
}

fn external(key: &Key) -> Option<Document> {
    let kept = key.in_store.as_ref().filter(|_| key.origin == Origin::ExternalKeyStore)?;
    Some(Document::new().with("Id", &kept.backing))
}
