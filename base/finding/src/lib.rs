//! Findings: the types that logs can show, what a finding holds, and how GuardDuty, ASFF and OCSF write it.
//!
//! A detector makes a [`Detection`] for each moment at which it has something to say. Those of the same type,
//! place and key are one [`Finding`], which counts them.

mod action;
pub mod asff;
mod catalogue;
mod detection;
mod finding;
pub mod guardduty;
pub mod ocsf;
mod resource;
pub mod words;

pub use action::{
    Action, ApiCall, Connection, DnsRequest, KubernetesCall, Login, LoginAttempts, PortProbe, Remote,
};
pub use catalogue::{FindingType, Resource as ResourceKind, Source, TYPES, declare, find};
pub use detection::{Detection, Evidence, Reason, Threat};
pub use finding::Finding;
pub use resource::{AccessKey, Bucket, Cluster, Database, Function, Instance, Interface, Resource};
