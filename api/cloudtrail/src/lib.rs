//! AWS CloudTrail: its operations and shapes as tables, nothing more.

pub mod common;
pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Protocol, Service, service};

/// AWS CloudTrail.
pub static CLOUDTRAIL: Service = service("cloudtrail", "cloudtrail.amazonaws.com")
    .speaks("2013-11-01", &[Protocol::Json11])
    .target_prefix("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101")
    .operations(operations::BUILT, operations::UNBUILT)
    .common_errors(common::COMMON);
