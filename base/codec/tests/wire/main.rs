//! The wire protocols by literal examples.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "tests may fail by panicking, and this is one program"
)]

mod cbor;
mod common;
mod json;
mod properties;
mod query;
mod rest;
mod route;
