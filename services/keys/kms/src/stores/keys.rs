//! Keys in a custom key store.

use std::sync::Arc;

use bastide_api_kms::errors::{
    UnsupportedOperationException, XksKeyAlreadyInUseException, XksKeyInvalidConfigurationException,
};
use bastide_crypto::{KeySpec, KeyUsage};
use bastide_door::{Failure, Permitted};
use bastide_resources::{Changes, Store, Stored};
use bastide_shape::Document;

use super::xks::{Proxy, Trouble, metadata};
use super::{hsm, named, settings, wrong_state};
use crate::stored::{Backing, Connection, InStore, Key, KeyInStore, KeyStore, Origin};

/// What CreateKey says of a custom key store; `None` when the key is to be in none.
///
/// # Errors
/// `ValidationException`, `UnsupportedOperationException` when it does not fit together.
pub(crate) fn requested(input: &Document) -> Result<Option<Origin>, Failure> {
    let origin = input.str("Origin").and_then(Origin::parse).unwrap_or_default();
    let (store, external) = (input.str("CustomKeyStoreId"), input.str("XksKeyId"));
    if external.is_some() && origin != Origin::ExternalKeyStore {
        return Err(Failure::validation("XksKeyId is only for keys with the origin EXTERNAL_KEY_STORE."));
    }
    if !origin.is_in_key_store() {
        return match store {
            Some(_) => {
                let message =
                    "CustomKeyStoreId is only for keys with the origin AWS_CLOUDHSM or EXTERNAL_KEY_STORE.";
                Err(Failure::validation(message))
            }
            None => Ok(None),
        };
    }
    let name = origin.as_str();
    if store.is_none() {
        return Err(Failure::validation(format!("CustomKeyStoreId is required for the origin {name}.")));
    }
    if origin == Origin::ExternalKeyStore && external.is_none() {
        return Err(Failure::validation(format!("XksKeyId is required for the origin {name}.")));
    }
    let spec = input.str("KeySpec").or_else(|| input.str("CustomerMasterKeySpec"));
    let symmetric = spec.is_none_or(|spec| spec == KeySpec::default().as_str())
        && input.str("KeyUsage").is_none_or(|usage| usage == KeyUsage::default().as_str());
    if !symmetric || input.bool("MultiRegion") == Some(true) {
        let message = "A custom key store has symmetric encryption keys of a single Region only.";
        return Err(Failure::new(&UnsupportedOperationException, message));
    }
    Ok(Some(origin))
}

/// Finds the store for a new key with this id, and what backs the key there, and the id of its cluster if it is one of
/// HSMs: a part of this call's changes. A key that was made in a cluster stays there should the changes not be made,
/// with the id of the KMS key that was not made as its label.
///
/// # Errors
/// The exceptions of CreateKey's row about custom key stores.
pub(crate) async fn enter(
    call: &mut Permitted,
    origin: Origin,
    key: &str,
) -> Result<(InStore, Option<String>), Failure> {
    let id = call.input().text("CustomKeyStoreId").to_owned();
    let store = named(call, &id).await?;
    if store.kind() != origin.as_str() {
        let message = format!("{id} is not a key store for keys with the origin {}.", origin.as_str());
        return Err(Failure::validation(message));
    }
    if store.connection != Connection::Connected {
        return Err(wrong_state(not_connected(origin)));
    }
    let place = call.place().clone();
    let proxy = match &store.backing {
        Backing::External(proxy) => proxy,
        Backing::CloudHsm(cluster) => {
            let handle = hsm::make_key(call, cluster, (&id, key)).await?;
            let kept = InStore { store: id, backing: handle.0.to_string() };
            let index = KeyInStore::id(&kept.store, &kept.backing);
            let made = KeyInStore { key: key.to_owned() };
            call.changes().expect_unchanged(&store).create(&place, index, made);
            return Ok((kept, Some(cluster.cluster.clone())));
        }
    };
    let external = call.input().text("XksKeyId").to_owned();
    let index = KeyInStore::id(&id, &external);
    if call.store().find::<KeyInStore>(&place, &index).await?.is_some() {
        let message = format!("The external key {external} is already associated with another KMS key.");
        return Err(Failure::new(&XksKeyAlreadyInUseException, message));
    }
    let proxy = Proxy::of(proxy, &id, (settings(call)?, call.sealer(), &place))?;
    let found = proxy.key(&external, metadata(call, None)).await.map_err(Trouble::of_new_key)?;
    if !found.enabled {
        return Err(Trouble::InvalidState.of_new_key());
    }
    if !found.fits {
        let message = "The external key must be an AES-256 symmetric key that can encrypt and decrypt.";
        return Err(Failure::new(&XksKeyInvalidConfigurationException, message));
    }
    call.changes().expect_unchanged(&store).create(&place, index, KeyInStore { key: key.to_owned() });
    Ok((InStore { store: id, backing: external }, None))
}

/// Takes a key out of its store, which is deleted with these changes.
///
/// # Errors
/// When the store of documents fails.
pub(crate) async fn leave(store: &Store, changes: &mut Changes, key: &Stored<Key>) -> Result<(), Failure> {
    let Some(kept) = &key.in_store else { return Ok(()) };
    let index = KeyInStore::id(&kept.store, &kept.backing);
    let index = store.find::<KeyInStore>(&key.key.place, &index).await?;
    if let Some(index) = index.filter(|index| index.value.key == key.key.id) {
        changes.delete(&index);
    }
    Ok(())
}

/// The key as it is now: one in a store that is not connected is unavailable.
///
/// # Errors
/// When the store of documents fails.
pub(crate) async fn present(store: &Store, key: Arc<Stored<Key>>) -> Result<Arc<Stored<Key>>, Failure> {
    let Some(kept) = &key.in_store else { return Ok(key) };
    let place = &key.key.place;
    let found = store.find::<KeyStore>(place, &kept.store).await?;
    let connected = found.as_ref().is_some_and(|store| store.connection == Connection::Connected);
    let cluster = match found.as_ref().map(|store| &store.backing) {
        Some(Backing::CloudHsm(hsm)) => Some(hsm.cluster.clone()),
        _ => None,
    };
    if key.unavailable != connected && key.cluster == cluster {
        return Ok(key);
    }
    let Stored { key: name, version, sequence, time, value } = &*key;
    let mut value = value.clone();
    (value.unavailable, value.cluster) = (!connected, cluster);
    let (name, version, sequence, time) = (name.clone(), *version, *sequence, *time);
    Ok(Arc::new(Stored { key: name, version, sequence, time, value }))
}

/// What is told of a key in a store that is not connected.
pub(crate) fn not_connected(origin: Origin) -> &'static str {
    match origin {
        Origin::AwsCloudHsm => {
            "This KMS key is in a custom key store that is not connected to its AWS CloudHSM cluster. Connect the custom key store and try the request again."
        }
        _ => {
            "This KMS key is in a custom key store that is not connected to its external key store proxy. Connect the external key store and try the request again."
        }
    }
}
