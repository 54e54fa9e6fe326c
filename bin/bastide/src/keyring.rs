//! The keyring of nodes that share a store: a document of that store.

use std::error::Error;
use std::thread;

use bastide_ids::Timestamp;
use bastide_resources::{Changes, CommitError, Resource, Store, StoreError};
use bastide_seal::{KeyringStore, SaveError};
use serde::{Deserialize, Serialize};

type Cause = Box<dyn Error + Send + Sync>;

/// The keyring in a PostgreSQL that several nodes share.
///
/// The seal asks without waiting for futures, also on threads of the runtime that drives the store's
/// connections, where a wait could stop that very runtime. So each access has a thread, a runtime and a
/// connection of its own. There are few: at the start, and when the master key is rotated.
pub(crate) struct SharedKeyring {
    address: String,
}

/// As it is stored. Everything secret in it is wrapped.
#[derive(Serialize, Deserialize)]
struct Document {
    text: String,
}

impl Resource for Document {
    const TYPE: &'static str = "bastide.keyring";
    // What a rotation has taken away is to be gone.
    const HISTORY: bool = false;
}

/// There is one in a store.
const ID: &str = "keyring";

impl SharedKeyring {
    /// The keyring of the store at this address, which is a PostgreSQL's.
    pub(crate) fn new(address: &str) -> Self {
        Self { address: address.to_owned() }
    }

    fn with_store<T: Send>(
        &self,
        work: impl AsyncFnOnce(&Store) -> Result<T, SaveError> + Send,
    ) -> Result<T, SaveError> {
        let run = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| SaveError::Failed(error.into()))?;
            runtime.block_on(async {
                let store = Store::open(&self.address).await.map_err(failed)?;
                work(&store).await
            })
        };
        let done = thread::scope(|scope| scope.spawn(run).join());
        done.unwrap_or_else(|_| Err(SaveError::Failed("the thread that accesses it panicked".into())))
    }
}

impl KeyringStore for SharedKeyring {
    fn load(&self) -> Result<Option<Vec<u8>>, Cause> {
        self.with_store(load).map_err(Cause::from)
    }

    fn save(&self, expected: Option<&[u8]>, new: &[u8]) -> Result<(), SaveError> {
        self.with_store(async |store| save(store, expected, new).await)
    }
}

async fn load(store: &Store) -> Result<Option<Vec<u8>>, SaveError> {
    let found = store.find::<Document>(&Store::global(), ID).await.map_err(failed)?;
    Ok(found.map(|document| document.text.clone().into_bytes()))
}

async fn save(store: &Store, expected: Option<&[u8]>, new: &[u8]) -> Result<(), SaveError> {
    let text = std::str::from_utf8(new).map_err(|error| SaveError::Failed(error.into()))?.to_owned();
    let place = Store::global();
    let found = store.find::<Document>(&place, ID).await.map_err(failed)?;
    if found.as_ref().map(|document| document.text.as_bytes()) != expected {
        return Err(SaveError::Conflict);
    }
    // The time of a document without history is never asked for.
    let mut changes = Changes::new(Timestamp::default());
    match found {
        Some(found) => changes.update(&found, Document { text }),
        None => changes.create(&place, ID, Document { text }),
    };
    match store.commit(changes).await {
        Ok(_) => Ok(()),
        Err(CommitError::Conflict { .. }) => Err(SaveError::Conflict),
        Err(CommitError::Failed(error)) => Err(failed(error)),
    }
}

/// The keyring of a shared store, to be put back after a reset; `None` where it is elsewhere.
///
/// # Errors
/// When the store fails.
pub(crate) async fn kept(store: &Store) -> Result<Option<Vec<u8>>, String> {
    load(store).await.map_err(|error| error.to_string())
}

/// Puts a keyring back. A crash before that leaves an empty store, which gets a new one.
///
/// # Errors
/// When the store fails.
pub(crate) async fn restore(store: &Store, keyring: Option<Vec<u8>>) -> Result<(), String> {
    match keyring {
        Some(bytes) => save(store, None, &bytes).await.map_err(|error| error.to_string()),
        None => Ok(()),
    }
}

fn failed(error: StoreError) -> SaveError {
    SaveError::Failed(error.into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bastide_seal::{RootSource, SealError, Sealer};
    use zeroize::Zeroizing;

    use super::*;

    #[tokio::test]
    async fn one_of_two_that_save_wins() {
        let store = Store::temporary().unwrap();
        assert!(load(&store).await.unwrap().is_none());
        assert!(matches!(save(&store, Some(b"a"), b"b").await, Err(SaveError::Conflict)));
        save(&store, None, b"a").await.unwrap();
        assert!(matches!(save(&store, None, b"other").await, Err(SaveError::Conflict)));
        save(&store, Some(b"a"), b"b").await.unwrap();
        assert!(matches!(save(&store, Some(b"a"), b"c").await, Err(SaveError::Conflict)));
        assert_eq!(load(&store).await.unwrap().as_deref(), Some(b"b".as_slice()));
    }

    fn root(byte: u8) -> RootSource {
        RootSource::Bytes(Zeroizing::new(format!("{byte:02x}").repeat(32)))
    }

    /// On a runtime with one thread, which the seal blocks while it waits.
    #[tokio::test]
    #[ignore = "needs BASTIDE_TEST_POSTGRES=postgres://…, which `cargo xtask test` sets"]
    #[allow(clippy::disallowed_methods, reason = "tests are configured by their environment")]
    async fn nodes_share_it() {
        let server = std::env::var("BASTIDE_TEST_POSTGRES").expect("set BASTIDE_TEST_POSTGRES=postgres://…");
        let keyring = Arc::new(SharedKeyring::new(&server));
        Store::open(&server).await.unwrap().reset().await.unwrap();
        let open = |byte| Sealer::open(&root(byte), keyring.clone(), Timestamp::from_seconds(1));
        let (one, two) = (open(1).unwrap(), open(1).unwrap());
        assert!(matches!(open(2), Err(SealError::WrongRoot { .. })));
        let place = Store::global();
        one.rotate_master(Timestamp::from_seconds(2)).unwrap();
        let sealed = one.seal(&place, "arn", b"secret").unwrap();
        assert_eq!(two.unseal(&place, "arn", &sealed).unwrap().as_slice(), b"secret");
    }
}
