use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;

use crate::managed;
use crate::stored::{Key, Material, Opened};

/// The material that a key encrypts with. An AWS managed key that is used for the first time is made now.
///
/// # Errors
/// When the store or the sealer fails.
pub(crate) async fn current(call: &mut Permitted, key: &Stored<Key>) -> Result<Arc<Opened>, Failure> {
    if let Some(made) = managed::make_if_new(call, key)? {
        return Ok(made);
    }
    let found = find(call, key, &key.material).await?;
    found.ok_or_else(|| Failure::internal(format!("{} has no key material", Key::arn(key))))
}

/// The material of a key with this id, if the key has it.
///
/// # Errors
/// When the store or the sealer fails.
pub(crate) async fn find(
    call: &Permitted,
    key: &Stored<Key>,
    material: &str,
) -> Result<Option<Arc<Opened>>, Failure> {
    let place = &key.key.place;
    let found = call.store().find::<Material>(place, &Material::id(&key.key.id, material)).await?;
    Ok(match found {
        Some(material) => Some(material.open(call.sealer(), place, Key::arn(key))?),
        None => None,
    })
}
