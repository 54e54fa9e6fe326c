use bastide_door::{Failure, Resealed};
use bastide_ids::Timestamp;
use bastide_resources::Store;
use bastide_seal::Sealer;

use crate::stored::{KeyStore, Material};

/// Seals all key material and the credentials of key stores anew that are sealed under an older generation of the master key.
///
/// # Errors
/// When the store fails.
pub async fn reseal(store: &Store, sealer: &Sealer, now: Timestamp) -> Result<Resealed, Failure> {
    let mut outcome = bastide_door::reseal::<Material>(store, sealer, now).await?;
    outcome += bastide_door::reseal::<KeyStore>(store, sealer, now).await?;
    Ok(outcome)
}
