//! AWS CloudHSM: clusters of HSMs, and their backups.
//!
//! - [`room`]: every operation and what carries it out, one line each;
//! - `clusters`, `hsms`, `backups`, `policies`, `tags`: the operations, by what they are about. They write what is
//!   wanted into documents and start nothing;
//! - `resolve`: which cluster or backup a request names, and what the door must know to decide on it;
//! - `stored`: the documents in the store, apart from the shapes on the wire;
//! - [`work`]: what makes the documents come true: it starts the HSMs, each a process of its own, and brings
//!   clusters from state to state.

mod backups;
mod clusters;
mod hsms;
mod names;
mod paging;
mod policies;
mod refusal;
mod resolve;
mod show;
mod stored;
mod tags;
pub mod work;

use bastide_api_cloudhsmv2::{CLOUDHSMV2, operations as row};
use bastide_door::{Handler, Room, handler};
use bastide_shape::Operation;

/// CloudHSM, as the door knows it.
#[must_use]
pub fn room() -> Room {
    Room { service: &CLOUDHSMV2, handlers: HANDLERS, resolver: resolve::resolve }
}

static HANDLERS: &[(&Operation, Handler)] = &[
    (&row::CreateCluster, handler!(clusters::create::create_cluster)),
    (&row::DescribeClusters, handler!(clusters::describe::describe_clusters)),
    (&row::InitializeCluster, handler!(clusters::change::initialize_cluster)),
    (&row::ModifyCluster, handler!(clusters::change::modify_cluster)),
    (&row::DeleteCluster, handler!(clusters::change::delete_cluster)),
    (&row::CreateHsm, handler!(hsms::create_hsm)),
    (&row::DeleteHsm, handler!(hsms::delete_hsm)),
    (&row::DescribeBackups, handler!(backups::describe::describe_backups)),
    (&row::CopyBackupToRegion, handler!(backups::copy::copy_backup_to_region)),
    (&row::ModifyBackupAttributes, handler!(backups::change::modify_backup_attributes)),
    (&row::DeleteBackup, handler!(backups::change::delete_backup)),
    (&row::RestoreBackup, handler!(backups::change::restore_backup)),
    (&row::PutResourcePolicy, handler!(policies::put_resource_policy)),
    (&row::GetResourcePolicy, handler!(policies::get_resource_policy)),
    (&row::DeleteResourcePolicy, handler!(policies::delete_resource_policy)),
    (&row::TagResource, handler!(tags::tag_resource)),
    (&row::UntagResource, handler!(tags::untag_resource)),
    (&row::ListTags, handler!(tags::list_tags)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_handler() {
        for operation in CLOUDHSMV2.operations {
            assert!(room().has(operation), "{}", operation.name);
        }
        assert!(HANDLERS.len() == CLOUDHSMV2.operations.len() && CLOUDHSMV2.unbuilt.is_empty());
    }
}
