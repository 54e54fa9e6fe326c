//! `libbastide_pkcs11.so`: a PKCS#11 2.40 module for clusters of Bastide's HSMs.
//!
//! ```text
//! application -> abi (C, pointers)  -> Module, sessions, operations (safe Rust) -> bastide_hsm::Client -> HSMs
//! ```
//!
//! `abi` is the boundary: the only place with `unsafe`. Every key stays in the HSMs; here are hashing, the cutting of
//! long data into calls, and PKCS#11's rules for sessions, operations and buffers. A cluster is a token. An HSM that
//! dies is the client's matter: the call goes to another one, and handles are the same on all.
//!
//! The configuration is a file of JSON, see [`config`].

mod abi;
mod catalogue;
mod cipher;
pub mod config;
mod digest;
mod keys;
pub mod mechanism;
mod module;
mod objects;
pub mod rv;
mod session;
mod sign;
pub mod template;
mod token;

pub use abi::{C_GetFunctionList, Place};
