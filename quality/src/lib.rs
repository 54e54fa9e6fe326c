//! How well the detectors do: labelled logs made from a seed, and a table of recall, precision and noise.
//!
//! The logs are text as the services write it; they go through the same parsers and the same engine as anyone's.
//! Whoever makes a detector better measures it with `cargo xtask quality --family NAME --verbose`.
#![allow(
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "no part of the product: a panic here is a test that fails"
)]

mod attacks;
mod cloudtrail;
mod company;
pub mod dga;
pub mod dns;
mod family;
mod intel;
mod judge;
mod kubernetes;
mod label;
mod login;
mod mmdb;
mod network;
mod random;
mod report;
mod table;

pub use family::{Family, Measured, Note, Plan, Progress, all};
pub use judge::{Judge, Owner};
pub use label::{Stage, matches};
pub use random::Random;
pub use report::{Report, Size, measure};
pub use table::{Row, worse, write};
