use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_resources::Stored;
use bastide_shape::Document;

use crate::managed;
use crate::paging::Paging;
use crate::stored::{KEY_SPEC, KEY_USAGE, Key, ORIGIN, State};

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
    let (place, now) = (call.place(), call.now());
    let page = call.store().list::<Key>(place, "", paging.after.as_deref(), paging.limit).await?;
    let seen = |key: &&_| -> bool {
        let key: &Stored<Key> = key;
        !key.is_deleted(now) && managed::owner(key).is_none()
    };
    let show = |key: &Stored<Key>| Document::new().with("KeyId", &key.key.id).with("KeyArn", Key::arn(key));
    let keys = page.items.iter().map(|key| &**key).filter(seen).map(show).collect();
    // A page may have fewer keys than there is room for: the marker tells whether there are more.
    let last = page.items.last().filter(|_| page.more).map(|key| key.key.id.as_str());
    let listed_here = call.input().list("ResourceOwners").is_empty()
        || call.input().strings("ResourceOwners").any(|owner| owner == "SELF");
    if !listed_here {
        return Ok(paging.answer("Keys", Vec::new(), None));
    }
    Ok(paging.answer("Keys", keys, last))
}

/// A key as `KeyMetadata` has it.
pub(crate) fn metadata(place: &Place, id: &str, key: &Key) -> Document {
    let deletion = match key.state {
        State::PendingDeletion(due) => Some(due),
        State::Enabled | State::Disabled => None,
    };
    Document::new()
        .with("AWSAccountId", place.account.as_str())
        .with("KeyId", id)
        .with("Arn", Key::arn_in(place, id))
        .with("CreationDate", key.created)
        .with("Enabled", key.state == State::Enabled)
        .with("Description", &key.description)
        .with("KeyUsage", KEY_USAGE)
        .with("KeyState", key.state.as_str())
        .maybe("DeletionDate", deletion)
        .with("Origin", ORIGIN)
        .with("KeyManager", key.key_manager())
        .with("CustomerMasterKeySpec", KEY_SPEC)
        .with("KeySpec", KEY_SPEC)
        .with("EncryptionAlgorithms", &[KEY_SPEC][..])
        .with("MultiRegion", false)
        .with("CurrentKeyMaterialId", &key.material)
}
