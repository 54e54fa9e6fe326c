//! The data folder: what is in it, and how each part is opened.
//!
//! ```text
//! resources.db    the resources trunk (SQLite), unless --store says otherwise
//! events/         the events trunk
//! keyring.json    the keys that seal secret material, wrapped under the root; nodes that share a store have
//!                 them there instead
//! root.key        the root, unless the operator keeps it elsewhere
//! node            this node's name among those on a shared store
//! tls/            the certificate that was made on first start
//! lake/           logs of other places, as Parquet
//! sources.json    the sources of such logs that are followed, and sources-status.json how far each was read
//! ```

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bastide_door::Trunks;
use bastide_events::{LocalLog, Options, Recovery};
use bastide_ids::{Clock, Timestamp, Uuid};
use bastide_resources::Store;
use bastide_seal::{FileKeyring, KeyringStore, Sealer};
use zeroize::Zeroizing;

use crate::arguments::{Data, Serve};
use crate::keyring::SharedKeyring;
use crate::roots::{self, Spec};

/// Opens both trunks and the seal.
///
/// # Errors
/// What could not be opened, and what to do.
pub(crate) async fn open(arguments: &Serve, clock: Arc<dyn Clock>) -> Result<Trunks, String> {
    let data = &arguments.data;
    let folder = &data.data_dir;
    make_private(folder)?;
    let address = data.address();
    // First, because it keeps a second process away from what follows.
    let store = Store::open(&address).await.map_err(|error| error.to_string())?;
    let sealer = seal(data, &store, clock.now()).await?;
    let report = Box::new(|notice| tracing::warn!(?notice, "the events trunk reports"));
    let opened = LocalLog::open(&folder.join("events"), Options::default(), report);
    let (events, recovery) = opened.map_err(|error| error.to_string())?;
    tell(&recovery);
    if Store::is_shared(&address) {
        tracing::info!(
            "resources are shared with other nodes; the record is not: LookupEvents shows the calls that this \
             node answered"
        );
    }
    Ok(Trunks { store, events: Arc::new(events), sealer: Arc::new(sealer), clock })
}

/// Opens the seal with the keyring that belongs to the store, or makes both on the first start.
async fn seal(data: &Data, store: &Store, now: Timestamp) -> Result<Sealer, String> {
    // Asked before the keyring: another node that starts now makes the keyring first, and then data.
    let has_data = !store.is_empty().await.map_err(|error| error.to_string())?;
    let shared = Store::is_shared(&data.address());
    let (keyring, specs) = (keyring(data), roots::chosen(data));
    let stored = keyring.load().map_err(|error| error.to_string())?;
    if has_data && stored.is_none() {
        return Err(if shared {
            "the store holds data but not the keyring that opens it: restore it from a backup".to_owned()
        } else {
            format!(
                "the store holds data, but the keyring that opens it is missing: restore `{}` from a backup",
                keyring_file(data).display()
            )
        });
    }
    if stored.is_none() && specs.iter().any(Spec::deals_shares) {
        return Err(
            "shares are shown to those who keep them: make the keyring by `bastide seal init`, and then \
                    start with `--seal shares`"
                .to_owned(),
        );
    }
    let opened = match stored {
        Some(_) => roots::open(&specs, data, &keyring, now),
        None => roots::create(&specs, data, &keyring, now).map(|(sealer, _)| sealer),
    };
    opened.map_err(|error| {
        if !shared {
            return error;
        }
        format!(
            "{error}. Nodes that share a store share its root: give this one the root of the node that was \
             started first, by --seal, --root-key-file, BASTIDE_ROOT_KEY or BASTIDE_ROOT_PASSPHRASE"
        )
    })
}

/// Where the keyring is kept.
pub(crate) fn keyring(data: &Data) -> Arc<dyn KeyringStore> {
    let address = data.address();
    if Store::is_shared(&address) {
        Arc::new(SharedKeyring::new(&address))
    } else {
        Arc::new(FileKeyring::new(keyring_file(data)))
    }
}

/// The keyring's file, for a store that is not shared.
pub(crate) fn keyring_file(data: &Data) -> PathBuf {
    data.data_dir.join("keyring.json")
}

/// Says what a crash, a disk or a person did to the events.
fn tell(recovery: &Recovery) {
    for dropped in &recovery.dropped {
        tracing::warn!(?dropped, "a torn write was cut off; it was never acknowledged, and a copy is kept");
    }
    for damage in &recovery.damaged {
        tracing::error!(?damage, "acknowledged events are damaged: the disk or somebody changed the files");
    }
}

/// This node's name among those on a shared store; made on first start.
///
/// # Errors
/// When the file cannot be read or written.
pub(crate) fn node(folder: &Path) -> Result<String, String> {
    let path = folder.join("node");
    let told = |error: std::io::Error| format!("`{}`: {error}", path.display());
    match fs::read_to_string(&path) {
        Ok(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(told(error)),
        _ => {
            let name = Uuid::random().to_string();
            write_whole(&path, name.as_bytes()).map_err(told)?;
            Ok(name)
        }
    }
}

/// Writes a file that only its owner may read, so that a crash leaves it whole or not there.
///
/// # Errors
/// The system's.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

/// Makes the data folder, for its owner only.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn make_private(folder: &Path) -> Result<(), String> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| format!("the data folder `{}` cannot be made: {error}", folder.display()))
}

/// A secret out of the environment; an empty one counts as absent.
#[allow(clippy::disallowed_methods, reason = "the one place where secrets come from the environment")]
pub(crate) fn secret(name: &str) -> Option<Zeroizing<String>> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).map(Zeroizing::new)
}
