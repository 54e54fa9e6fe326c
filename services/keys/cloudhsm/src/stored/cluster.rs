use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use bastide_ids::{Place, Timestamp};
use bastide_resources::{Key, Relation, Resource, Store};
use serde::{Deserialize, Serialize};

use super::Content;

/// A cluster of HSMs. Its id is `cluster-…`.
///
/// Handlers write here what is wanted; background work on the cluster's node makes it so and writes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cluster {
    pub(crate) created: Timestamp,
    pub(crate) hsm_type: String,
    /// `FIPS` or `NON_FIPS`.
    pub(crate) mode: String,
    /// How long its backups are kept.
    pub(crate) retention_days: u16,
    /// Zones, and the subnet in each.
    pub(crate) subnets: BTreeMap<String, String>,
    pub(crate) vpc: String,
    pub(crate) security_group: String,
    /// The backup that it was made from.
    pub(crate) source: Option<Source>,
    pub(crate) state: State,
    /// Why it is in that state.
    pub(crate) message: Option<String>,
    /// How far it has come, whatever it does just now.
    pub(crate) level: Level,
    pub(crate) certificates: Certificates,
    pub(crate) hsms: Vec<Hsm>,
    /// The node that its HSMs run on; none before its first HSM.
    pub(crate) node: Option<String>,
    /// The content of its last backup, or of the one that it was made from: what its next HSM takes over when there
    /// is no other one to take it from. Kept as long as the cluster is.
    pub(crate) content: Option<String>,
    /// When that was made.
    pub(crate) backed_up: Option<Timestamp>,
    /// While its type may be changed back.
    pub(crate) rollback: Option<Rollback>,
    pub(crate) tags: BTreeMap<String, String>,
    /// When it was deleted.
    pub(crate) deleted: Option<Timestamp>,
}

/// The backup that a cluster was made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Source {
    /// `backup-…`
    pub(crate) backup: String,
}

/// The type that a cluster had before it was changed, and until when it may be changed back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rollback {
    pub(crate) hsm_type: String,
    pub(crate) expires: Timestamp,
}

/// What a cluster does. Source: CloudHSM API Reference, `Cluster`, `State`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    CreateInProgress,
    Uninitialized,
    InitializeInProgress,
    Initialized,
    Active,
    /// Its type is being changed.
    ModifyInProgress,
    /// Its type is being changed back.
    RollbackInProgress,
    DeleteInProgress,
    Deleted,
}

/// How far a cluster has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Level {
    /// It has no certificate.
    New,
    /// It has a certificate; its admin has no password.
    Initialized,
    /// Its admin has a password.
    Active,
}

/// The certificates of a cluster's HSMs, in PEM, by the names that DescribeClusters has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Certificates {
    pub(crate) csr: Option<String>,
    pub(crate) hsm: Option<String>,
    pub(crate) aws_hardware: Option<String>,
    pub(crate) manufacturer_hardware: Option<String>,
    /// What the customer signed; from InitializeCluster on.
    pub(crate) cluster: Option<String>,
    /// By whom.
    pub(crate) trust_anchor: Option<String>,
}

/// One HSM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hsm {
    /// `hsm-…`
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) zone: String,
    pub(crate) eni: String,
    /// Where it listens.
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    pub(crate) state: HsmState,
    pub(crate) message: Option<String>,
    /// It came to have the state of its cluster.
    #[serde(default)]
    pub(crate) joined: bool,
    /// Being deleted: the backup before that is made, so that it may be destroyed.
    #[serde(default)]
    pub(crate) released: bool,
}

/// What an HSM does. Source: CloudHSM API Reference, `Hsm`, `State`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum HsmState {
    CreateInProgress,
    Active,
    /// It should run and does not answer.
    Degraded,
    DeleteInProgress,
}

impl Cluster {
    /// The ARN of the cluster with this id in this place.
    pub(crate) fn arn_in(place: &Place, id: &str) -> String {
        place.arn("cloudhsm", &format!("cluster/{id}"))
    }

    /// The state in which a cluster of this level rests.
    pub(crate) fn at_rest(level: Level) -> State {
        match level {
            Level::New => State::Uninitialized,
            Level::Initialized => State::Initialized,
            Level::Active => State::Active,
        }
    }

    /// Whether nothing is left of it but its name.
    pub(crate) fn is_gone(&self) -> bool {
        self.state == State::Deleted
    }

    /// The HSMs that work.
    pub(crate) fn active(&self) -> impl Iterator<Item = &Hsm> {
        self.hsms.iter().filter(|hsm| hsm.state == HsmState::Active)
    }
}

impl State {
    /// As `ClusterState` has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::CreateInProgress => "CREATE_IN_PROGRESS",
            Self::Uninitialized => "UNINITIALIZED",
            Self::InitializeInProgress => "INITIALIZE_IN_PROGRESS",
            Self::Initialized => "INITIALIZED",
            Self::Active => "ACTIVE",
            Self::ModifyInProgress => "MODIFY_IN_PROGRESS",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::DeleteInProgress => "DELETE_IN_PROGRESS",
            Self::Deleted => "DELETED",
        }
    }
}

impl HsmState {
    /// As `HsmState` has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::CreateInProgress => "CREATE_IN_PROGRESS",
            Self::Active => "ACTIVE",
            Self::Degraded => "DEGRADED",
            Self::DeleteInProgress => "DELETE_IN_PROGRESS",
        }
    }
}

impl Hsm {
    /// Where it listens.
    pub(crate) fn listens(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.port)
    }
}

impl Resource for Cluster {
    const TYPE: &'static str = "cloudhsm.cluster";

    // No item: AWS Config has no type for clusters.

    fn relations(&self, _key: &Key) -> Vec<Relation> {
        let content = self.content.iter().filter(|_| !self.is_gone());
        content.map(|id| Relation::new("content", Key::of::<Content>(&Store::global(), id))).collect()
    }
}
