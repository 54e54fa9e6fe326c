//! What the fuzz targets share: a service in every protocol, requests as text, and what must hold of whatever a
//! decoder accepts.
//!
//! `cargo xtask fuzz` builds and runs the targets, with no more than the stable toolchain; `cargo fuzz` works too.

pub mod cost;
pub mod disk;
pub mod logs;
pub mod message;
pub mod read;
pub mod same;
pub mod tables;
