use bastide_door::Failure;
use bastide_ids::Timestamp;
use bastide_resources::{Changes, CommitError, MAX_PAGE, Store, Stored};
use bastide_seal::Sealer;

use super::KeyStoreSettings;
use super::create::{NoService, service};
use super::xks::{Proxy, Trouble};
use crate::stored::{Backing, Connecting, Connection, KeyStore, XksProxy};

/// What connecting is called to the proxy.
const OPERATION: &str = "ConnectCustomKeyStore";

/// Connects the key stores that wait for it. Gives how many were tried.
///
/// To be called again and again, under a lease where nodes share a store. Run twice at once it does no harm.
///
/// # Errors
/// When the store of documents fails.
pub async fn connect_key_stores(
    store: &Store,
    sealer: &Sealer,
    settings: &KeyStoreSettings,
    now: Timestamp,
) -> Result<usize, Failure> {
    let waiting = store.list::<Connecting>(&Store::global(), "", None, MAX_PAGE).await?.items;
    for waiting in &waiting {
        connect(store, sealer, settings, waiting, now).await?;
    }
    Ok(waiting.len())
}

/// Whether a key store waits to be connected.
///
/// # Errors
/// When the store of documents fails.
pub async fn has_key_stores_to_connect(store: &Store) -> Result<bool, Failure> {
    Ok(!store.list::<Connecting>(&Store::global(), "", None, 1).await?.items.is_empty())
}

async fn connect(
    store: &Store,
    sealer: &Sealer,
    settings: &KeyStoreSettings,
    waiting: &Stored<Connecting>,
    now: Timestamp,
) -> Result<(), Failure> {
    let Connecting { place, store: id, request } = &waiting.value;
    let mut changes = Changes::new(now);
    changes.delete(waiting);
    let read = store.find::<KeyStore>(place, id).await?;
    if let Some(read) = read.filter(|read| read.connection == Connection::Connecting) {
        let Backing::External(proxy) = &read.backing;
        let connection = match private(settings, proxy) {
            Some(code) => Connection::Failed(code.to_owned()),
            None => match Proxy::of(proxy, id, (settings, sealer, place)) {
                Ok(proxy) => outcome(proxy.health(OPERATION, request).await),
                Err(failure) => {
                    tracing::error!(?failure, store = id, "the credential of a key store does not open");
                    Connection::Failed("INTERNAL_ERROR".to_owned())
                }
            },
        };
        changes.update(&read, KeyStore { connection, ..read.value.clone() });
    }
    match store.commit(changes).await {
        // It was disconnected or changed meanwhile: what waits then is seen the next time.
        Ok(_) | Err(CommitError::Conflict { .. }) => Ok(()),
        Err(CommitError::Failed(error)) => Err(error.into()),
    }
}

fn private(settings: &KeyStoreSettings, proxy: &XksProxy) -> Option<&'static str> {
    let vpc = proxy.vpc.as_ref()?;
    match service(settings, vpc, &proxy.endpoint) {
        Ok(()) => None,
        Err(NoService::NotFound) => Some("XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND"),
        Err(NoService::OtherName(_)) => Some("XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION"),
    }
}

fn outcome(health: Result<(), Trouble>) -> Connection {
    match health {
        Ok(()) => Connection::Connected,
        Err(trouble) => Connection::Failed(trouble.connection_error().to_owned()),
    }
}
