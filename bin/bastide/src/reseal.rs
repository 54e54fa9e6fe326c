//! Following the keyring: what `bastide seal` has changed beside a server that runs, and sealing anew under a new
//! generation of the master key.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bastide_door::{Door, Resealed, Trunks};
use bastide_resources::{Changes, CommitError, Resource, Store};
use serde::{Deserialize, Serialize};

use crate::arguments::Data;
use crate::{data, keyring};

/// How often the keyring is looked at.
const TICK: Duration = Duration::from_secs(2);
/// Handlers that sealed under the generation before, on this node or on another, have committed by then.
const SETTLED: Duration = Duration::from_secs(60);
/// The lease of the node that seals anew.
const LEASE: &str = "seal.anew";

/// Up to which generation everything is sealed anew.
#[derive(Serialize, Deserialize)]
struct Done {
    keyring: String,
    generation: u32,
}

impl Resource for Done {
    const TYPE: &'static str = "bastide.resealed";
    const HISTORY: bool = false;
}

const ID: &str = "resealed";

/// Where the keyring is looked at.
pub(crate) struct Following {
    /// Its file; `None` where it lies in a store that nodes share.
    file: Option<PathBuf>,
    /// What was told of last, so that it is told once.
    told: String,
    /// The generation that is current, and when nothing was left to seal anew under it.
    current: u32,
    settled: Option<Instant>,
    /// The generation that everything is known to be sealed under.
    done: u32,
}

impl Following {
    pub(crate) fn new(data: &Data) -> Self {
        let file = (!Store::is_shared(&data.address())).then(|| data::keyring_file(data));
        Self { file, told: String::new(), current: 1, settled: None, done: 1 }
    }

    /// Goes on until it is dropped.
    pub(crate) async fn run(mut self, door: Arc<Door>) {
        loop {
            tokio::time::sleep(TICK).await;
            match self.once(&door).await {
                Ok(()) => self.told.clear(),
                Err(error) if error == self.told => {}
                Err(error) => {
                    tracing::warn!(%error, "the keyring cannot be followed; it is tried again");
                    self.told = error;
                }
            }
        }
    }

    async fn once(&mut self, door: &Door) -> Result<(), String> {
        let Trunks { store, sealer, .. } = door.trunks();
        let stored = match &self.file {
            Some(file) => {
                Some(std::fs::read(file).map_err(|error| format!("`{}`: {error}", file.display()))?)
            }
            None => keyring::kept(store).await?,
        };
        let stored = stored.ok_or("it is gone from the store")?;
        if sealer.follow(stored).map_err(|error| error.to_string())? {
            let status = sealer.status();
            tracing::info!(
                seals = status.seals.len(),
                generation = status.current,
                "the keyring has changed"
            );
        }
        if sealer.status().current > self.done {
            self.seal_anew(door).await?;
        }
        Ok(())
    }

    async fn seal_anew(&mut self, door: &Door) -> Result<(), String> {
        let Trunks { store, sealer, .. } = door.trunks();
        let status = sealer.status();
        if self.current != status.current {
            (self.current, self.settled) = (status.current, None);
        }
        if self.settled.is_some_and(|settled| settled.elapsed() < SETTLED) {
            return Ok(());
        }
        let found = store.find::<Done>(&Store::global(), ID).await.map_err(|error| error.to_string())?;
        let known = found.as_ref().filter(|done| done.keyring == status.keyring);
        if known.is_some_and(|done| done.generation >= status.current) {
            self.done = status.current;
            return Ok(());
        }
        let lease = store.lease(LEASE, &door.settings().node, SETTLED).await;
        if lease.map_err(|error| error.to_string())?.is_none() {
            return Ok(());
        }
        let Resealed { changed, left } = everything(door).await?;
        if changed > 0 {
            tracing::info!(changed, left, generation = status.current, "secrets were sealed anew");
        }
        let nothing = changed == 0 && left == 0;
        // The second time that nothing is found, nothing can come any more.
        if nothing && self.settled.is_some() {
            let mut changes = Changes::new(door.now());
            changes.put(
                &Store::global(),
                ID,
                Done { keyring: status.keyring.clone(), generation: status.current },
            );
            match store.commit(changes).await {
                Ok(_) => self.done = status.current,
                Err(CommitError::Conflict { .. }) => {}
                Err(CommitError::Failed(error)) => return Err(error.to_string()),
            }
        }
        self.settled = (changed == 0).then(Instant::now);
        Ok(())
    }
}

/// Each service that keeps sealed documents is named here.
async fn everything(door: &Door) -> Result<Resealed, String> {
    let Trunks { store, sealer, .. } = door.trunks();
    let told = |failure: bastide_door::Failure| failure.cause.unwrap_or(failure.message);
    let mut outcome = bastide_kms::reseal(store, sealer, door.now()).await.map_err(told)?;
    outcome += bastide_identity::reseal(store, sealer, door.now()).await.map_err(told)?;
    outcome += bastide_cloudhsm::work::reseal(store, sealer, door.now()).await.map_err(told)?;
    Ok(outcome)
}
