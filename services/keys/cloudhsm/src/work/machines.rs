use std::net::SocketAddr;

use crate::stored::{Certificates, Level};

/// An HSM, as its process is started and spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    /// `cluster-…`
    pub(crate) cluster: String,
    /// `hsm-…`
    pub(crate) hsm: String,
    /// Whether the cluster works in FIPS mode.
    pub(crate) fips: bool,
    /// Where it listens.
    pub(crate) listens: SocketAddr,
}

/// Why an HSM did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// It does not run or does not answer: to be tried again.
    #[error("{0}")]
    Away(String),
    /// It answers that this cannot be.
    #[error("{0}")]
    Refused(String),
}

/// Whether a process had to be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Started {
    /// It ran already.
    Before,
    /// It was started just now: it may have missed something.
    Now,
}

/// The HSMs of this node: their processes, and what is asked of them. All functions block.
pub(crate) trait Machines: Send + Sync {
    /// Opens the root of the HSMs: what their folders and backups are sealed by.
    fn set_root(&self, root: &[u8]) -> Result<(), Trouble>;
    /// Sees to it that the process runs. One that ended is started again, after a pause that grows.
    fn start(&self, machine: &Machine) -> Result<Started, Trouble>;
    /// How far the HSM has come.
    fn level(&self, machine: &Machine) -> Result<Level, Trouble>;
    /// Its certificates.
    fn certificates(&self, machine: &Machine) -> Result<Certificates, Trouble>;
    /// Gives the cluster its certificate.
    fn initialize(&self, machine: &Machine, certificate: &str, trust_anchor: &str) -> Result<(), Trouble>;
    /// Tells it all HSMs of its cluster.
    fn set_members(&self, machine: &Machine, members: &[Machine]) -> Result<(), Trouble>;
    /// Has a new one take everything over from another one of its cluster.
    fn join(&self, machine: &Machine, from: &Machine) -> Result<(), Trouble>;
    /// Its whole state, sealed.
    fn backup(&self, machine: &Machine) -> Result<Vec<u8>, Trouble>;
    /// Has a new one take over a state.
    fn restore(&self, machine: &Machine, backup: &[u8]) -> Result<(), Trouble>;
    /// Writes what its audit log has got since to a file that the operator can read. So it also tells whether the
    /// HSM answers.
    fn keep_audit(&self, machine: &Machine) -> Result<(), Trouble>;
    /// Ends the process, and deletes all that the HSM kept.
    fn destroy(&self, machine: &Machine) -> Result<(), Trouble>;
    /// Deletes what is left of a cluster, but for the audit logs.
    fn forget(&self, cluster: &str) -> Result<(), Trouble>;
    /// Writes what clients need to reach a cluster, for `bastide hsm`.
    fn publish(&self, machine: &Machine, members: &[Machine], trust_anchor: &str) -> Result<(), Trouble>;
    /// Ends the processes of all HSMs but these; their folders stay.
    fn only(&self, hsms: &[String]);
    /// Ends all processes.
    fn stop(&self);
}
