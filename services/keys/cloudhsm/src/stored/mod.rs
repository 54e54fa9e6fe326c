//! The documents of CloudHSM in the store. They change by their own rules, apart from the shapes on the wire.

mod backup;
mod cluster;
mod content;
mod index;

pub(crate) use backup::{Backup, BackupState, Origin};
pub(crate) use cluster::{Certificates, Cluster, Hsm, HsmState, Level, Rollback, Source, State};
pub(crate) use content::{Content, Part};
pub(crate) use index::{Realm, Shared};
