//! The operations of cloudhsmv2: those that are built, a file a topic, and the names of the others.

mod backups;
mod clusters;
mod hsms;
mod policies;
mod tags;

pub use backups::*;
pub use clusters::*;
pub use hsms::*;
pub use policies::*;
pub use tags::*;

use bastide_shape::Operation;

/// Those that are built.
pub static BUILT: &[&Operation] = &[
    &DescribeBackups,
    &CopyBackupToRegion,
    &DeleteBackup,
    &RestoreBackup,
    &ModifyBackupAttributes,
    &CreateCluster,
    &DescribeClusters,
    &DeleteCluster,
    &ModifyCluster,
    &InitializeCluster,
    &CreateHsm,
    &DeleteHsm,
    &PutResourcePolicy,
    &GetResourcePolicy,
    &DeleteResourcePolicy,
    &TagResource,
    &UntagResource,
    &ListTags,
];

/// The names of those that are not.
pub static UNBUILT: &[&str] = &[];
