//! Custom key stores: keys whose material is kept elsewhere.
//!
//! - `create`, `describe`, `update`, `connect`: the operations;
//! - `register`: what must be unique among the stores of an account in a region;
//! - `keys`: keys in a store, from CreateKey on;
//! - `double`: encryption under a key in an external key store;
//! - `hsm`: clusters of HSMs, as their client;
//! - `xks`: the proxy of an external key store, as its client;
//! - `work`: connecting, which happens when nobody calls.

pub(crate) mod connect;
pub(crate) mod create;
pub(crate) mod describe;
mod double;
pub(crate) mod hsm;
pub(crate) mod keys;
mod register;
mod settings;
pub(crate) mod update;
pub(crate) mod work;
mod xks;

use std::sync::Arc;

use bastide_api_kms::errors::{
    CustomKeyStoreInvalidStateException, CustomKeyStoreNotFoundException, UnsupportedOperationException,
};
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use zeroize::Zeroizing;

use crate::cryptography::ciphertext::{Ciphertext, Kind};
use crate::refusal;
use crate::stored::{Backing, Connection, InStore, Key, KeyStore};

pub use hsm::HsmClusters;
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

/// The ciphertext of some bytes, by a key in a store.
///
/// # Errors
/// `KMSInvalidStateException`, `KeyUnavailableException` when what backs the key cannot be used.
pub(crate) async fn encrypt(
    call: &mut Permitted,
    key: &Stored<Key>,
    kept: &InStore,
    context: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Failure> {
    let store = of_key(call, key, kept).await?;
    let blob = match &store.backing {
        Backing::External(proxy) => double::encrypt(call, (key, kept, proxy), context, plaintext).await?,
        Backing::CloudHsm(cluster) => {
            let session =
                hsm::session(cluster, &kept.store, (settings(call)?, call.sealer(), &key.key.place))?;
            hsm::crypt::encrypt(&session, key, hsm::handle(kept)?, context, plaintext).await?
        }
    };
    call.record_data("customKeyStoreId", kept.store.as_str());
    Ok(blob)
}

/// What [`encrypt`] has encrypted.
///
/// # Errors
/// `InvalidCiphertextException` for what is no such blob; `KMSInvalidStateException`, `KeyUnavailableException` when
/// what backs the key cannot be used.
pub(crate) async fn decrypt(
    call: &Permitted,
    key: &Stored<Key>,
    kept: &InStore,
    ciphertext: &Ciphertext<'_>,
    context: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let store = of_key(call, key, kept).await?;
    match (&store.backing, ciphertext.kind()) {
        (Backing::External(proxy), Kind::External) => {
            double::decrypt(call, (key, kept, proxy), ciphertext, context).await
        }
        (Backing::CloudHsm(cluster), Kind::CloudHsm) => {
            let session =
                hsm::session(cluster, &kept.store, (settings(call)?, call.sealer(), &key.key.place))?;
            hsm::crypt::decrypt(&session, hsm::handle(kept)?, ciphertext, context).await
        }
        _ => Err(refusal::invalid_ciphertext()),
    }
}

/// Random bytes of the cluster that backs a store.
///
/// # Errors
/// `CustomKeyStoreNotFoundException`, `CustomKeyStoreInvalidStateException`, `UnsupportedOperationException`.
pub(crate) async fn random(call: &Permitted, id: &str, length: u32) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let store = named(call, id).await?;
    let Backing::CloudHsm(cluster) = &store.backing else {
        let message = "Random bytes come from AWS CloudHSM key stores only.";
        return Err(Failure::new(&UnsupportedOperationException, message));
    };
    if store.connection != Connection::Connected {
        return Err(wrong_state("The custom key store is not connected."));
    }
    let session = hsm::session(cluster, id, (settings(call)?, call.sealer(), call.place()))?;
    hsm::random(&session, length).await
}

async fn of_key(
    call: &Permitted,
    key: &Stored<Key>,
    kept: &InStore,
) -> Result<Arc<Stored<KeyStore>>, Failure> {
    match call.store().find::<KeyStore>(&key.key.place, &kept.store).await? {
        Some(store) => Ok(store),
        None => named(call, &kept.store).await,
    }
}
