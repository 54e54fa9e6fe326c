//! What a client and a server see of the crate.

mod chunks;
mod common;
mod properties;
mod refusals;
mod vectors;
