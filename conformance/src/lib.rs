//! The botocore oracle: AWS's own service models as botocore carries them, and our tables and codecs held against
//! them.
//!
//! `cargo xtask scaffold` drafts tables from a [`Model`]; `cargo xtask conformance` compares ([`compare`]), and
//! sends generated values through botocore and our codecs ([`exchange`]).

pub mod compare;
pub mod convert;
pub mod draft;
#[cfg(feature = "tables")]
pub mod exchange;
pub mod model;
#[cfg(feature = "tables")]
pub mod tables;

pub use model::{Model, ModelError};
