//! What happens when nobody calls.
//!
//! - `follow` shows the engine what this node records. Nodes follow their own events; so this is not leased.
//! - `keep` makes findings of what the engine finds, and puts what publishers are to be told into their queues, in the
//!   same commit as the finding: nothing is lost, whatever ends when.
//! - `publish` empties the queues, on the one node that has the lease.
//! - `lists` reads the operator's lists; each node for its own engine.
//! - `rules`: which custom rules are at work, what their dry runs count, and what organizations want of them;
//! - `chores`, under the lease: what is due, what has grown old, and accounts that join an organization.
//!
//! What the engine has learned is not stored: at its start it is shown the last 30 days again.

mod chores;
pub(crate) mod export;
mod feed;
mod follow;
mod keep;
mod lists;
pub mod objects;
pub mod publish;
mod rules;
mod usage;
pub mod webhook;

use std::sync::Arc;
use std::time::Duration;

use bastide_door::Door;
use bastide_intel::Builder;
use bastide_resources::{CommitError, Store, StoreError};

pub use feed::{Feed, Watched};
pub use objects::{Objects, Server};
pub use publish::{Note, Publisher};

use crate::stored::Realm;
use rules::DryRuns;

/// How often it is looked whether there is something to do.
const TICK: Duration = Duration::from_millis(500);

/// What adds lists of the operator's to those of accounts: lists that count for all, and files of places.
pub type Lists = Arc<dyn Fn(&mut Builder) + Send + Sync>;

/// What the background work of a node needs.
#[derive(Clone)]
pub struct Setting {
    /// The trunks, this node's name, and the record of what happens by itself.
    pub door: Arc<Door>,
    /// Where buckets are; without it neither lists in buckets can be read nor findings be exported.
    pub objects: Option<Objects>,
    /// Who is told of findings, besides publishing destinations.
    pub publishers: Vec<Arc<dyn Publisher>>,
    /// Lists that count for all accounts.
    pub lists: Lists,
}

/// The background work of one node.
#[derive(Clone)]
pub struct Work {
    setting: Setting,
    feed: Feed,
    /// What dry runs of custom rules have counted.
    dry_runs: Arc<DryRuns>,
    /// Told when something was put into a queue.
    queued: Arc<tokio::sync::Notify>,
}

/// Why a step was not finished; it is tried again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] bastide_events::LogError),
    /// Somebody else changed the same: look again.
    #[error("changed meanwhile")]
    Conflict,
    #[error("{0}")]
    Failed(String),
}

impl From<CommitError> for Stopped {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict { .. } => Self::Conflict,
            CommitError::Failed(error) => Self::Store(error),
        }
    }
}

impl From<bastide_door::Failure> for Stopped {
    fn from(failure: bastide_door::Failure) -> Self {
        Self::Failed(failure.cause.unwrap_or(failure.message))
    }
}

impl Work {
    /// The work of a node; nothing is done before [`Self::run`]. `feed` shows the engine records of sources besides this
    /// server's own events.
    #[must_use]
    pub fn new(setting: Setting, feed: Feed) -> Self {
        let dry_runs = Arc::new(DryRuns::new(setting.door.metrics()));
        Self { setting, feed, dry_runs, queued: Arc::default() }
    }

    /// Works until it is dropped.
    pub async fn run(self) {
        tokio::join!(self.follow(), self.publish(), self.chores());
    }

    fn store(&self) -> &Store {
        &self.setting.door.trunks().store
    }

    fn node(&self) -> &str {
        &self.setting.door.settings().node
    }

    fn now(&self) -> bastide_ids::Timestamp {
        self.setting.door.now()
    }

    /// The places that have detectors.
    async fn realms(&self) -> Result<Vec<Realm>, StoreError> {
        let found = crate::paging::all::<Realm>(self.store(), &Store::global(), "").await?;
        Ok(found.iter().map(|realm| realm.value.clone()).collect())
    }
}
