//! Custom key stores: keys whose material is kept elsewhere.
//!
//! - `create`, `describe`, `update`, `connect`: the operations;
//! - `register`: what must be unique among the stores of an account in a region;
//! - `keys`: keys in a store, from CreateKey on;
//! - `double`: encryption under such a key;
//! - `xks`: the proxy of an external key store, as its client;
//! - `work`: connecting, which happens when nobody calls.

pub(crate) mod connect;
pub(crate) mod create;
pub(crate) mod describe;
pub(crate) mod double;
pub(crate) mod keys;
mod register;
mod settings;
pub(crate) mod update;
pub(crate) mod work;
mod xks;

use std::sync::Arc;

use bastide_api_kms::errors::{CustomKeyStoreInvalidStateException, CustomKeyStoreNotFoundException};
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;

use crate::stored::KeyStore;

pub use settings::{KeyStoreSettings, VpcEndpointService};

/// The store that a request names.
///
/// # Errors
/// `CustomKeyStoreNotFoundException`.
pub(crate) async fn named(call: &Permitted, id: &str) -> Result<Arc<Stored<KeyStore>>, Failure> {
    let found = call.store().find::<KeyStore>(call.place(), id).await?;
    found.ok_or_else(|| no_such_store(id))
}

pub(crate) fn no_such_store(named: &str) -> Failure {
    let message = format!("Custom key store {named} is not found.");
    Failure::new(&CustomKeyStoreNotFoundException, message)
}

/// Not an operation for the state of the store's connection.
pub(crate) fn wrong_state(message: impl Into<String>) -> Failure {
    Failure::new(&CustomKeyStoreInvalidStateException, message)
}

/// How what backs key stores is reached.
///
/// # Errors
/// An internal failure in a process that was not told.
pub(crate) fn settings(call: &Permitted) -> Result<&KeyStoreSettings, Failure> {
    call.setting().ok_or_else(|| Failure::internal("this process was not told how to reach key stores"))
}
