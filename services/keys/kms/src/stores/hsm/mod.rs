//! Clusters of HSMs that back key stores. A key of such a store is an AES-256 key of the user `kmsuser` in the
//! cluster, which never leaves it: each encryption is a call to an HSM.
//!
//! - `cluster`: what CloudHSM's API says of a cluster;
//! - `crypt`: encryption under such a key;
//! - `sessions`: being logged in as `kmsuser`;
//! - `trouble`: what callers are told when it fails.

pub(super) mod cluster;
pub(super) mod crypt;
mod sessions;
mod trouble;

use bastide_door::{Door, Failure, Permitted, Trunks};
use bastide_hsm::Client;
use bastide_hsm::wire::{AttributeType as A, Handle, Template, class, key_type};
use bastide_ids::Place;
use bastide_resources::Stored;
use bastide_seal::Sealer;

pub use self::sessions::HsmClusters;
pub(super) use self::sessions::Session;
pub(super) use self::trouble::Trouble;
use super::KeyStoreSettings;
use crate::stored::{Backing, Connection, HsmCluster, InStore, Key, KeyStore, Origin};

/// The crypto user that KMS is in a cluster. Source: KMS Developer Guide, "Create an AWS CloudHSM key store".
pub(super) const USER: &str = "kmsuser";

/// The session of a store's cluster.
///
/// # Errors
/// When the password does not open.
pub(super) fn session(
    hsm: &HsmCluster,
    id: &str,
    (settings, sealer, place): (&KeyStoreSettings, &Sealer, &Place),
) -> Result<Session, Failure> {
    let arn = KeyStore::arn_in(place, id);
    let password = hsm.password((sealer, place, &arn))?;
    Ok(Session::new(settings.clusters.clone(), (arn, hsm.cluster.clone()), password))
}

/// Makes the key in the cluster that backs a KMS key. Gives its handle.
///
/// # Errors
/// `CustomKeyStoreInvalidStateException`, `CloudHsmClusterInvalidConfigurationException`.
pub(super) async fn make_key(
    call: &Permitted,
    hsm: &HsmCluster,
    (store, key): (&str, &str),
) -> Result<Handle, Failure> {
    cluster::active(call, &hsm.cluster, cluster::FOR_KEYS).await?;
    let session = session(hsm, store, (super::settings(call)?, call.sealer(), call.place()))?;
    let label = key.to_owned();
    session.run(move |client| client.generate_key(template(&label))).await.map_err(Trouble::of_new_key)
}

/// The handle of the key that backs a KMS key.
///
/// # Errors
/// When what is stored is no handle.
pub(super) fn handle(kept: &InStore) -> Result<Handle, Failure> {
    let handle = kept.backing.parse().map(Handle);
    handle.map_err(|_| Failure::internal(format!("`{}` is no handle of a key", kept.backing)))
}

/// Destroys the key in the cluster that backed a KMS key. As with AWS's, one that is out of reach stays behind.
pub(crate) async fn after_deletion(door: &Door, key: &Stored<Key>) {
    let Some(kept) = key.in_store.as_ref().filter(|_| key.origin == Origin::AwsCloudHsm) else { return };
    if let Err(failure) = destroy(door, &key.key.place, kept).await {
        let (key, handle) = (&key.key.id, &kept.backing);
        tracing::warn!(
            ?failure,
            key,
            handle,
            "the key in a cluster that backed a deleted KMS key stays there"
        );
    }
}

async fn destroy(door: &Door, place: &Place, kept: &InStore) -> Result<(), Failure> {
    let Trunks { store, sealer, .. } = door.trunks();
    let settings = door.settings().for_services.get::<KeyStoreSettings>();
    let settings =
        settings.ok_or_else(|| Failure::internal("this process was not told how to reach key stores"))?;
    let found = store.find::<KeyStore>(place, &kept.store).await?;
    let found = found.filter(|store| store.connection == Connection::Connected);
    let Some(Backing::CloudHsm(hsm)) = found.as_ref().map(|store| &store.backing) else {
        return Err(Failure::internal("its key store is not connected"));
    };
    let (session, handle) = (session(hsm, &kept.store, (settings, sealer, place))?, handle(kept)?);
    session.run(move |client| client.destroy(handle)).await.map_err(Trouble::of_use)
}

/// Random bytes of an HSM.
///
/// # Errors
/// `CustomKeyStoreInvalidStateException` when no HSM answers.
pub(super) async fn random(session: &Session, length: u32) -> Result<zeroize::Zeroizing<Vec<u8>>, Failure> {
    let bytes =
        session.run(move |client: &Client| client.random(length)).await.map_err(Trouble::of_new_key)?;
    Ok(zeroize::Zeroizing::new(bytes.to_vec()))
}

/// As AWS makes them: AES-256, to encrypt and decrypt, sensitive, not extractable, with the KMS key's id as label.
fn template(label: &str) -> Template {
    Template::new()
        .with(A::CLASS, class::SECRET_KEY)
        .with(A::KEY_TYPE, key_type::AES)
        .with(A::VALUE_LEN, 32)
        .with(A::LABEL, label)
        .with(A::TOKEN, true)
        .with(A::PRIVATE, true)
        .with(A::SENSITIVE, true)
        .with(A::EXTRACTABLE, false)
        .with(A::ENCRYPT, true)
        .with(A::DECRYPT, true)
}
