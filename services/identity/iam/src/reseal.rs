use bastide_door::{Failure, Resealable, Resealed};
use bastide_ids::Timestamp;
use bastide_resources::{Key, Store};
use bastide_seal::{SealError, Sealer};

use crate::model::{AccessKey, MfaDevice};

/// Seals all secret access keys and seeds anew that are sealed under an older generation of the master key. Session
/// tokens are with their holders: the older generation opens them until they expire.
///
/// # Errors
/// When the store fails.
pub async fn reseal(store: &Store, sealer: &Sealer, now: Timestamp) -> Result<Resealed, Failure> {
    let mut outcome = bastide_door::reseal::<AccessKey>(store, sealer, now).await?;
    outcome += bastide_door::reseal::<MfaDevice>(store, sealer, now).await?;
    Ok(outcome)
}

impl Resealable for AccessKey {
    fn resealed(&self, key: &Key, sealer: &Sealer) -> Result<Option<Self>, SealError> {
        let sealed = sealer.reseal(&self.place, &Self::arn(&self.place, &key.id), &self.secret)?;
        Ok(sealed.map(|secret| {
            let mut resealed = self.clone();
            resealed.secret = secret;
            resealed
        }))
    }
}

impl Resealable for MfaDevice {
    fn resealed(&self, key: &Key, sealer: &Sealer) -> Result<Option<Self>, SealError> {
        let sealed = sealer.reseal(&key.place, &self.serial(&key.place), &self.seed)?;
        Ok(sealed.map(|seed| Self { seed, ..self.clone() }))
    }
}
