//! AWS CloudHSM (`cloudhsmv2`): its operations and shapes as tables, nothing more.
//!
//! The kinds of resources that operations act on (`.on(…)`):
//!
//! | kind | |
//! |---|---|
//! | `cluster` | a cluster of the caller's account, by its id |
//! | `backup` | a backup of the caller's account, by its id |
//! | `source-backup` | the backup that a new cluster is made from, by its id or, of another account, its ARN; none without one |
//! | `policy-holder` | the backup that a resource policy stands with, by its ARN |
//! | `tagged` | a cluster or backup, by its id |

pub mod common;
pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Protocol, Service, service};

/// AWS CloudHSM.
pub static CLOUDHSMV2: Service = service("cloudhsmv2", "cloudhsm.amazonaws.com")
    .signed_as("cloudhsm")
    .speaks("2017-04-28", &[Protocol::Cbor, Protocol::Json11])
    .target_prefix("BaldrApiService")
    .operations(operations::BUILT, operations::UNBUILT)
    .common_errors(common::COMMON);
