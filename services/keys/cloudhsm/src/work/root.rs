use std::sync::atomic::Ordering;

use bastide_door::{Failure, Resealable, Resealed};
use bastide_hsm::Fleet;
use bastide_ids::Timestamp;
use bastide_resources::{Key, Resource, Store};
use bastide_seal::{SealError, Sealed, Sealer};
use serde::{Deserialize, Serialize};

use super::{Stopped, Trouble, Work};

/// The root of all HSMs of this installation, sealed: it opens their folders and backups. Nodes that share a store
/// share it, so that a backup opens on each.
#[derive(Clone, Serialize, Deserialize)]
struct Root {
    sealed: Sealed,
}

/// The document's id, in the store's global place.
const ID: &str = "root";
/// What it is sealed for.
const ARN: &str = "bastide:cloudhsm:root";

impl Resource for Root {
    const TYPE: &'static str = "cloudhsm.root";
    const HISTORY: bool = false;
}

/// Seals the root of the HSMs anew, when it is sealed under an older generation of the master key.
///
/// # Errors
/// When the store fails.
pub async fn reseal(store: &Store, sealer: &Sealer, now: Timestamp) -> Result<Resealed, Failure> {
    bastide_door::reseal::<Root>(store, sealer, now).await
}

impl Resealable for Root {
    fn resealed(&self, key: &Key, sealer: &Sealer) -> Result<Option<Self>, SealError> {
        let sealed = sealer.reseal(&key.place, ARN, &self.sealed)?;
        Ok(sealed.map(|sealed| Self { sealed }))
    }
}

impl Work {
    /// Opens the root for the HSMs of this node, unless they have it; makes one on the first use.
    pub(super) async fn open_root(&self) -> Result<(), Stopped> {
        let place = Store::global();
        let Some(found) = self.store.find::<Root>(&place, ID).await? else {
            let made = Fleet::generate().and_then(|fleet| fleet.to_bytes());
            let bytes = made.map_err(|error| Trouble::Away(error.to_string()))?;
            let sealed = self.sealer.seal(&place, ARN, &bytes);
            let sealed = sealed.map_err(|error| Trouble::Away(error.to_string()))?;
            let mut changes = self.changes();
            changes.create(&place, ID, Root { sealed });
            // It is opened when it is found the next time.
            return self.commit(changes).await;
        };
        if self.root.load(Ordering::Relaxed) == found.sequence {
            return Ok(());
        }
        let bytes = self.sealer.unseal(&place, ARN, &found.sealed);
        let bytes = bytes.map_err(|error| Trouble::Away(error.to_string()))?;
        self.ask(move |machines| machines.set_root(&bytes)).await?;
        self.root.store(found.sequence, Ordering::Relaxed);
        Ok(())
    }
}
