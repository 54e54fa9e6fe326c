//! IAM and STS.

mod encoding;
pub mod model;
pub mod sts;
