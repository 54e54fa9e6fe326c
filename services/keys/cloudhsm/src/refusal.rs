//! What CloudHSM tells whom it refuses: each message in one place, as AWS words it where a client may depend on it.

use bastide_api_cloudhsmv2::errors as error;
use bastide_door::{Failure, Reason};

pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(&error::CloudHsmInvalidRequestException, message)
}

pub(crate) fn no_such_cluster(id: &str) -> Failure {
    Failure::new(&error::CloudHsmResourceNotFoundException, format!("Cluster {id} not found."))
}

pub(crate) fn no_such_backup(id: &str) -> Failure {
    Failure::new(&error::CloudHsmResourceNotFoundException, format!("Backup {id} not found."))
}

pub(crate) fn no_such_hsm(what: &str) -> Failure {
    Failure::new(&error::CloudHsmResourceNotFoundException, format!("HSM {what} not found in the cluster."))
}

pub(crate) fn no_such_policy(arn: &str) -> Failure {
    Failure::new(&error::CloudHsmResourceNotFoundException, format!("{arn} has no resource policy."))
}

/// A second HSM before the first has been initialised.
pub(crate) fn not_activated(cluster: &str) -> Failure {
    invalid(format!("Cluster '{cluster}' already contains an HSM but has not yet been fully activated"))
}

/// A cluster is in a state in which that cannot be done.
pub(crate) fn cluster_state(cluster: &str, state: &str, wanted: &str) -> Failure {
    invalid(format!("Cluster {cluster} is in state {state}; it must be {wanted} for this operation."))
}

/// A backup is in a state in which that cannot be done.
pub(crate) fn backup_state(backup: &str, state: &str, wanted: &str) -> Failure {
    invalid(format!("Backup {backup} is in state {state}; it must be {wanted} for this operation."))
}

pub(crate) fn tag(message: impl Into<String>) -> Failure {
    Failure::new(&error::CloudHsmTagException, message)
}

pub(crate) fn too_many_tags(message: impl Into<String>) -> Failure {
    Failure::new(&error::CloudHsmResourceLimitExceededException, message)
}

/// What AWS has and this does not, of an operation that is built otherwise.
pub(crate) fn not_built(what: &str) -> Failure {
    Failure::because(Reason::NotImplemented, format!("{what} is not implemented by Bastide yet"))
}
