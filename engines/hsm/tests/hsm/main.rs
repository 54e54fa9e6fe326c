//! Clusters of real HSM processes and their clients.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod failover;
mod keys;
mod users;
mod world;

use bastide_hsm::ClientError;
use bastide_hsm::wire::Code;

/// The code of a refusal.
pub fn refusal<T: std::fmt::Debug>(outcome: Result<T, ClientError>) -> Code {
    match outcome {
        Err(ClientError::Refused(fault)) => fault.code,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
