use std::collections::BTreeMap;

use bastide_ids::{Place, Region, Timestamp};
use bastide_resources::{Key, Relation, Resource, Store};
use serde::{Deserialize, Serialize};

use super::{Content, Level};

/// A backup of a cluster. Its id is `backup-…`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Backup {
    pub(crate) created: Timestamp,
    /// The cluster that it was made of.
    pub(crate) cluster: String,
    pub(crate) state: BackupState,
    pub(crate) never_expires: bool,
    /// Where it was copied from. A copy belongs to no cluster, so that no retention applies.
    pub(crate) origin: Option<Origin>,
    pub(crate) hsm_type: String,
    /// `FIPS` or `NON_FIPS`.
    pub(crate) mode: String,
    /// How far the cluster had come.
    pub(crate) level: Level,
    /// The cluster's certificate, and that of who signed it.
    pub(crate) certificate: Option<String>,
    pub(crate) trust_anchor: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// The resource policy as it was given: with whom it is shared.
    pub(crate) policy: Option<String>,
    /// What the HSM gave, which only HSMs open.
    pub(crate) content: String,
}

/// Where a backup was copied from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub(crate) region: Region,
    pub(crate) backup: String,
    pub(crate) copied: Timestamp,
}

/// The state of a backup. Source: CloudHSM API Reference, `Backup`, `BackupState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum BackupState {
    Ready,
    /// Waiting to be deleted at that moment.
    PendingDeletion(Timestamp),
}

impl Backup {
    /// The ARN of the backup with this id in this place.
    pub(crate) fn arn_in(place: &Place, id: &str) -> String {
        place.arn("cloudhsm", &format!("backup/{id}"))
    }

    /// Whether its time has come: from then on it does not exist for anyone.
    pub(crate) fn is_deleted(&self, now: Timestamp) -> bool {
        matches!(self.state, BackupState::PendingDeletion(due) if due <= now)
    }
}

impl BackupState {
    /// As `BackupState` has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "READY",
            Self::PendingDeletion(_) => "PENDING_DELETION",
        }
    }
}

impl Resource for Backup {
    const TYPE: &'static str = "cloudhsm.backup";

    fn relations(&self, _key: &Key) -> Vec<Relation> {
        vec![Relation::new("content", Key::of::<Content>(&Store::global(), &self.content))]
    }
}
