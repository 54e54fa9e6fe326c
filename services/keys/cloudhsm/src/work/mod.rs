//! What makes the documents come true: it starts the HSMs, watches over them, and brings clusters from state to state.
//!
//! Handlers write what is wanted; [`Work::run`] looks every half second what is not so yet. Each step ends in one
//! commit that expects the cluster as it was read, and can be done again when it was not: so a crash at any moment,
//! or a call that changes the cluster meanwhile, costs a repetition and nothing else.
//!
//! An HSM's process ends with the server, also when that is killed: it reads the end of its standard input. Its state
//! is in its folder, and it is started again with the server. The HSMs of a cluster run on the node that made the
//! first one; when a cluster has none left, any node makes the next one, from the last backup.

mod backup;
mod cluster;
mod hsm;
mod machines;
mod processes;
mod purge;
mod root;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bastide_door::{Door, ServiceEvent, Trunks};
use bastide_ids::{Clock, Place};
use bastide_resources::{Changes, CommitError, MAX_PAGE, Store, StoreError};
use bastide_seal::Sealer;
use tokio::task::JoinHandle;

pub use root::reseal;

pub(crate) use machines::{Machine, Machines, Started, Trouble};

use crate::clusters;
use crate::stored::{Cluster, Realm};

/// How often it is looked whether something is to be done.
const TICK: Duration = Duration::from_millis(500);
/// So often in ticks the backups are looked through.
const PURGE: u64 = 4;
/// So often in ticks each HSM is asked whether it answers.
const PROBE: u64 = 20;

/// The background work of one node.
#[derive(Clone)]
pub struct Work {
    store: Store,
    clock: Arc<dyn Clock>,
    /// This node's name.
    node: Arc<str>,
    machines: Arc<dyn Machines>,
    sealer: Arc<Sealer>,
    /// Where HSMs listen, if not each at an address of its own.
    listen: Option<IpAddr>,
    assigning: Arc<tokio::sync::Mutex<()>>,
    /// Through it what happens by itself is recorded.
    door: Option<Arc<Door>>,
    /// The version of the root that the machines have.
    root: Arc<AtomicU64>,
}

/// What the background work of a node needs.
pub struct Setting {
    /// The trunks, this node's name, and the record of what happens by itself.
    pub door: Arc<Door>,
    /// Where HSMs listen, each on a port of its own; each at a local address of its own without it.
    pub listen: Option<IpAddr>,
    /// The program that is an HSM when it is called with `hsm run`.
    pub executable: PathBuf,
    /// The folder for the HSMs' own folders.
    pub folder: PathBuf,
}

/// Why a step was not finished; it is tried again.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// Somebody else changed the cluster: look again.
    #[error("changed meanwhile")]
    Conflict,
}

impl Work {
    /// The work of a node; nothing is done before [`Self::run`].
    #[must_use]
    pub fn new(setting: Setting) -> Self {
        let Setting { door, listen, executable, folder } = setting;
        let Trunks { store, sealer, clock, .. } = door.trunks().clone();
        Self {
            store,
            clock,
            node: door.settings().node.as_str().into(),
            machines: Arc::new(processes::Processes::new(executable, folder)),
            sealer,
            listen,
            assigning: Arc::default(),
            door: Some(door),
            root: Arc::default(),
        }
    }

    /// Ends the HSMs of this node. Their keys stay in their folders.
    pub async fn stop(&self) {
        self.blocking(|machines| machines.stop()).await;
    }

    /// Works until it is dropped.
    pub async fn run(self) {
        let mut under_way: HashMap<String, JoinHandle<()>> = HashMap::new();
        for tick in 0_u64.. {
            if let Err(error) = self.look(&mut under_way, tick).await {
                tracing::warn!(%error, "clusters of HSMs are not looked after; it is tried again");
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// Starts a pass over each cluster of this node that has none under way.
    async fn look(&self, under_way: &mut HashMap<String, JoinHandle<()>>, tick: u64) -> Result<(), Stopped> {
        under_way.retain(|_, pass| !pass.is_finished());
        let probe = tick.is_multiple_of(PROBE);
        let mut hsms = Vec::new();
        for place in self.places().await? {
            for cluster in clusters::all(&self.store, &place).await? {
                if self.is_elsewhere(&cluster) {
                    continue;
                }
                if !cluster.hsms.is_empty() {
                    self.open_root().await?;
                }
                hsms.extend(cluster.hsms.iter().map(|hsm| hsm.id.clone()));
                let id = cluster.key.id.clone();
                if let Entry::Vacant(free) = under_way.entry(id) {
                    let (work, place) = (self.clone(), place.clone());
                    let pass = async move { work.pass(&place, &cluster.key.id, probe).await };
                    free.insert(tokio::spawn(pass));
                }
            }
            if tick.is_multiple_of(PURGE)
                && let Err(error) = self.purge(&place).await
            {
                tracing::warn!(%error, "backups that are due were not deleted; it is tried again");
            }
        }
        self.blocking(move |machines| machines.only(&hsms)).await;
        Ok(())
    }

    fn is_elsewhere(&self, cluster: &Cluster) -> bool {
        cluster.node.as_deref().is_some_and(|node| node != &*self.node)
    }

    /// The places that have clusters or backups.
    async fn places(&self) -> Result<Vec<Place>, StoreError> {
        let (mut places, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.list::<Realm>(&Store::global(), "", after.as_deref(), MAX_PAGE).await?;
            places.extend(page.items.iter().map(|realm| realm.place.clone()));
            after = page.items.last().map(|realm| realm.key.id.clone());
            if !page.more {
                return Ok(places);
            }
        }
    }

    fn changes(&self) -> Changes {
        Changes::new(self.clock.now())
    }

    async fn commit(&self, changes: Changes) -> Result<(), Stopped> {
        self.commit_recorded(changes, Vec::new()).await
    }

    /// Commits changes together with their records.
    async fn commit_recorded(&self, changes: Changes, events: Vec<ServiceEvent>) -> Result<(), Stopped> {
        let committed = match &self.door {
            Some(door) if !events.is_empty() => door.commit_work(changes, events).await,
            _ => self.store.commit(changes).await.map(|_| ()),
        };
        match committed {
            Ok(()) => Ok(()),
            Err(CommitError::Conflict { .. }) => Err(Stopped::Conflict),
            Err(CommitError::Failed(error)) => Err(error.into()),
        }
    }

    /// Asks the HSMs for something, which blocks.
    async fn blocking<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Machines) -> T + Send + 'static,
    ) -> Option<T> {
        let machines = Arc::clone(&self.machines);
        tokio::task::spawn_blocking(move || ask(&*machines)).await.ok()
    }

    /// As [`Self::blocking`], of something that may fail.
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Machines) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Stopped> {
        let broke_off = || Trouble::Away("the call to the HSM broke off".to_owned());
        Ok(self.blocking(ask).await.ok_or_else(broke_off)??)
    }
}
