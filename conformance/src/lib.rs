//! The botocore oracle: AWS's own service models as botocore carries them, and our tables held against them.
//!
//! `cargo xtask scaffold` drafts tables from a [`Model`]; `cargo xtask conformance` compares.

pub mod convert;
pub mod draft;
pub mod model;

pub use model::{Model, ModelError};
