use bastide_api_kms::errors::CustomKeyStoreHasCMKsException;
use bastide_door::{Failure, Permitted};
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use super::{hsm, named, register, settings, wrong_state};
use crate::stored::{Backing, Connecting, Connection, KeyInStore, KeyStore};

/// ConnectCustomKeyStore: begins to connect a key store; DescribeCustomKeyStores tells what came of it.
///
/// # Errors
/// `CustomKeyStoreInvalidStateException`, `CustomKeyStoreNotFoundException`; those about the cluster of HSMs.
pub(crate) async fn connect_custom_key_store(call: &mut Permitted) -> Result<Document, Failure> {
    let id = call.input().text("CustomKeyStoreId").to_owned();
    let read = named(call, &id).await?;
    match &read.connection {
        Connection::Disconnected => {}
        Connection::Connecting | Connection::Connected => return Ok(Document::new()),
        Connection::Failed(_) => {
            let message = "The last attempt to connect the custom key store failed. Disconnect it before you connect it again.";
            return Err(wrong_state(message));
        }
    }
    if let Backing::CloudHsm(cluster) = &read.backing {
        hsm::cluster::active(call, &cluster.cluster, hsm::cluster::TO_CONNECT).await?;
    }
    let place = call.place().clone();
    let request = call.request_id().to_string();
    let waiting = Connecting { place: place.clone(), store: id.clone(), request };
    let store = KeyStore { connection: Connection::Connecting, ..read.value.clone() };
    call.changes().update(&read, store).put(&Store::global(), Connecting::id(&place, &id), waiting);
    Ok(Document::new())
}

/// DisconnectCustomKeyStore: its keys cannot be used until it is connected again.
///
/// # Errors
/// `CustomKeyStoreInvalidStateException`, `CustomKeyStoreNotFoundException`.
pub(crate) async fn disconnect_custom_key_store(call: &mut Permitted) -> Result<Document, Failure> {
    let id = call.input().text("CustomKeyStoreId").to_owned();
    let read = named(call, &id).await?;
    if read.connection == Connection::Disconnected {
        return Err(wrong_state("The custom key store is not connected."));
    }
    stop_connecting(call, &id).await?;
    if let Backing::CloudHsm(_) = &read.backing {
        settings(call)?.clusters.forget(&KeyStore::arn_in(call.place(), &id));
    }
    let store = KeyStore { connection: Connection::Disconnected, ..read.value.clone() };
    call.changes().update(&read, store);
    Ok(Document::new())
}

/// DeleteCustomKeyStore: of a store without keys that is not connected. What backs it is left alone.
///
/// # Errors
/// `CustomKeyStoreHasCMKsException`, `CustomKeyStoreInvalidStateException`, `CustomKeyStoreNotFoundException`.
pub(crate) async fn delete_custom_key_store(call: &mut Permitted) -> Result<Document, Failure> {
    let id = call.input().text("CustomKeyStoreId").to_owned();
    let read: std::sync::Arc<Stored<KeyStore>> = named(call, &id).await?;
    let keys = call.store().list::<KeyInStore>(call.place(), &KeyInStore::id(&id, ""), None, 1).await?;
    if !keys.items.is_empty() {
        let message = "The custom key store contains KMS keys. Schedule their deletion, and wait until they are deleted.";
        return Err(Failure::new(&CustomKeyStoreHasCMKsException, message));
    }
    if read.connection != Connection::Disconnected {
        return Err(wrong_state("Disconnect the custom key store before you delete it."));
    }
    register::leave(call, &id).await?;
    call.changes().delete(&read);
    Ok(Document::new())
}

async fn stop_connecting(call: &mut Permitted, id: &str) -> Result<(), Failure> {
    let waiting = Connecting::id(call.place(), id);
    if let Some(waiting) = call.store().find::<Connecting>(&Store::global(), &waiting).await? {
        call.changes().delete(&waiting);
    }
    Ok(())
}
