//! AWS Config: its operations and shapes as tables, nothing more.

pub mod common;
pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Protocol, Service, service};

/// AWS Config.
pub static CONFIG: Service = service("config", "config.amazonaws.com")
    .speaks("2014-11-12", &[Protocol::Json11])
    .target_prefix("StarlingDoveService")
    .operations(operations::BUILT, operations::UNBUILT)
    .common_errors(common::COMMON);
