use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::material;
use crate::refusal;
use crate::stored::Key;

/// GetPublicKey: the public half of an asymmetric key, and what it is for.
///
/// # Errors
/// `DisabledException`, `KMSInvalidStateException`; `UnsupportedOperationException` for keys that have none.
pub(crate) async fn get_public_key(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    if !key.spec.is_asymmetric() {
        return Err(refusal::no_public_key(Key::arn(&key), key.spec.as_str()));
    }
    Key::must_allow(call, &key)?;
    let material = material::present(call, &key).await?;
    let public = material.public_key().map_err(Failure::internal)?;
    let (list, algorithms) = key.algorithms();
    Ok(Document::new()
        .with("KeyId", Key::arn(&key))
        .with("PublicKey", public.spki())
        .with("CustomerMasterKeySpec", key.spec.as_str())
        .with("KeySpec", key.spec.as_str())
        .with("KeyUsage", key.usage.as_str())
        .with(list, algorithms.as_slice()))
}
