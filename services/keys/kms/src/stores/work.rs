use std::sync::Arc;

use bastide_door::Failure;
use bastide_ids::{Place, Timestamp, random_bytes};
use bastide_resources::{Changes, CommitError, MAX_PAGE, Store, Stored};
use bastide_seal::Sealer;
use zeroize::Zeroizing;

use super::create::{NoService, service};
use super::xks::{Proxy, Trouble};
use super::{KeyStoreSettings, hsm};
use crate::hex;
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
        let made = match &read.backing {
            Backing::External(proxy) => {
                let connection = to_proxy(proxy, (id, request), (settings, sealer, place)).await;
                Ok((read, connection, None))
            }
            Backing::CloudHsm(_) => to_cluster(store, read, (settings, sealer), now).await,
        };
        let Ok((read, connection, backing)) = made else { return made.map(drop) };
        let backing = backing.unwrap_or_else(|| read.backing.clone());
        changes.update(&read, KeyStore { connection, backing, ..read.value.clone() });
    }
    match store.commit(changes).await {
        // It was disconnected or changed meanwhile: what waits then is seen the next time.
        Ok(_) | Err(CommitError::Conflict { .. }) => Ok(()),
        Err(CommitError::Failed(error)) => Err(error.into()),
    }
}

async fn to_proxy(
    proxy: &XksProxy,
    (id, request): (&str, &str),
    (settings, sealer, place): (&KeyStoreSettings, &Sealer, &Place),
) -> Connection {
    if let Some(code) = private(settings, proxy) {
        return Connection::Failed(code.to_owned());
    }
    match Proxy::of(proxy, id, (settings, sealer, place)) {
        Ok(proxy) => outcome(proxy.health(OPERATION, request).await),
        Err(failure) => {
            tracing::error!(?failure, store = id, "the credential of a key store does not open");
            Connection::Failed("INTERNAL_ERROR".to_owned())
        }
    }
}

/// Logs in to a cluster as `kmsuser`, and gives it another password, which only KMS knows. That stands in the store
/// before the cluster is told: whatever ends this, one of two known passwords opens.
async fn to_cluster(
    store: &Store,
    read: Arc<Stored<KeyStore>>,
    (settings, sealer): (&KeyStoreSettings, &Sealer),
    now: Timestamp,
) -> Result<(Arc<Stored<KeyStore>>, Connection, Option<Backing>), Failure> {
    let (place, id) = (read.key.place.clone(), read.key.id.clone());
    let arn = KeyStore::arn_in(&place, &id);
    let keys = (sealer, &place, arn.as_str());
    let Backing::CloudHsm(cluster) = &read.backing else { return Err(Failure::internal("not a cluster")) };
    let session = hsm::session(cluster, &id, (settings, sealer, &place))?;
    let before = cluster.next(keys)?.map(|next| session.with_password(next));
    let mut session = session;
    let mut outcome = session.log_in().await;
    if let (Err(hsm::Trouble::WrongPassword), Some(before)) = (&outcome, before) {
        (outcome, session) = (before.log_in().await, before);
    }
    if let Err(trouble) = outcome {
        tracing::warn!(%trouble, store = id, "a key store was not connected to its cluster");
        return Ok((read, Connection::Failed(trouble.connection_error().to_owned()), None));
    }
    let password = Zeroizing::new(hex::write(&random_bytes::<16>()));
    let mut cluster = cluster.clone();
    cluster.set_next(&password, keys)?;
    let mut changes = Changes::new(now);
    changes.update(&read, KeyStore { backing: Backing::CloudHsm(cluster.clone()), ..read.value.clone() });
    match store.commit(changes).await {
        Ok(_) => {}
        Err(CommitError::Conflict { .. }) => {
            return Err(Failure::internal("the key store was changed meanwhile"));
        }
        Err(CommitError::Failed(error)) => return Err(error.into()),
    }
    let Some(read) = store.find::<KeyStore>(&place, &id).await? else {
        return Err(Failure::internal("the key store is gone"));
    };
    if let Err(trouble) = session.change_password(&password).await {
        tracing::warn!(%trouble, store = id, "kmsuser was not given another password");
        return Ok((read, Connection::Failed(trouble.connection_error().to_owned()), None));
    }
    cluster.set_password(&password, keys)?;
    Ok((read, Connection::Connected, Some(Backing::CloudHsm(cluster))))
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
