use std::sync::{Arc, LazyLock};

use bastide_crypto::{CryptoError, KeySpec, SecretKey};
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::managed;
use crate::stored::{Key, Material};

/// The material that a key works with. An AWS managed key that is used for the first time is made now.
///
/// # Errors
/// When the store or the sealer fails.
pub(crate) async fn current(call: &mut Permitted, key: &Stored<Key>) -> Result<Arc<SecretKey>, Failure> {
    if let Some(made) = managed::make_if_new(call, key)? {
        return Ok(made);
    }
    present(call, key).await
}

/// The material that a key works with, of a key that is in the store.
///
/// # Errors
/// When the store or the sealer fails.
pub(crate) async fn present(call: &Permitted, key: &Stored<Key>) -> Result<Arc<SecretKey>, Failure> {
    let found = find(call, key, &key.material).await?;
    found.ok_or_else(|| Failure::internal(format!("{} has no key material", Key::arn(key))))
}

/// The material of a key with this id, if the key has it.
///
/// # Errors
/// When the store or the sealer fails.
pub(crate) async fn find(
    call: &Permitted,
    key: &Stored<Key>,
    material: &str,
) -> Result<Option<Arc<SecretKey>>, Failure> {
    let place = &key.key.place;
    let found = call.store().find::<Material>(place, &Material::id(&key.key.id, material)).await?;
    Ok(match found {
        Some(material) => Some(material.open(call.sealer(), place, Key::arn(key), key.spec)?),
        None => None,
    })
}

/// So many RSA keys are made at once; the others wait, so that processors stay free for other calls.
static RSA_MAKERS: LazyLock<Semaphore> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Semaphore::new((processors / 2).max(1))
});

/// New random key material. An RSA key takes up to seconds, on a thread that serves no calls.
///
/// # Errors
/// `UnsupportedOperationException` for a spec that is not built.
pub(crate) async fn make(spec: KeySpec) -> Result<SecretKey, Failure> {
    let made = if matches!(spec, KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096) {
        let turn = RSA_MAKERS.acquire().await.map_err(Failure::internal)?;
        // The turn is over when the key is made, even if nobody waits for it any more.
        let make = move || {
            let made = SecretKey::generate(spec);
            drop(turn);
            made
        };
        spawn_blocking(make).await.map_err(Failure::internal)?
    } else {
        SecretKey::generate(spec)
    };
    made.map_err(|error| match error {
        CryptoError::Unsupported(what) => crate::refusal::unsupported(&format!("the key spec {what}")),
        other => Failure::internal(other),
    })
}
