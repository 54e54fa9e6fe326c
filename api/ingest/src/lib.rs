//! Taking logs over HTTP: an operation of Bastide's own, as a table and nothing more.
//!
//! It is no AWS service and speaks no protocol of AWS's: `bin/bastide` reads its requests, whose bodies are files of logs,
//! and hands them to the door. docs/guardduty.md tells the form.

pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Service, service};

/// What takes logs.
pub static INGEST: Service = Service {
    action_prefix: "bastide",
    ..service("bastide-ingest", "ingest.bastide.internal").operations(operations::BUILT, &[])
};
