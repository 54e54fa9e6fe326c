use bastide_door::{Failure, Resealed};
use bastide_ids::Timestamp;
use bastide_resources::Store;
use bastide_seal::Sealer;

use crate::stored::Material;

/// Seals all key material anew that is sealed under an older generation of the master key.
///
/// # Errors
/// When the store fails.
pub async fn reseal(store: &Store, sealer: &Sealer, now: Timestamp) -> Result<Resealed, Failure> {
    bastide_door::reseal::<Material>(store, sealer, now).await
}
