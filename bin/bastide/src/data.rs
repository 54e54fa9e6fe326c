//! The data folder: what is in it, and how each part is opened.
//!
//! ```text
//! resources.db    the resources trunk (SQLite), unless --store says otherwise
//! events/         the events trunk
//! keyring.json    the keys that seal secret material, wrapped under the root
//! root.key        the root, unless the operator keeps it elsewhere
//! node            this node's name among those on a shared store
//! tls/            the certificate that was made on first start
//! ```

use std::fs;
use std::path::Path;
use std::sync::Arc;

use bastide_door::Trunks;
use bastide_events::{LocalLog, Options, Recovery};
use bastide_ids::{Clock, Uuid};
use bastide_resources::Store;
use bastide_seal::{FileKeyring, RootSource, Sealer};
use zeroize::Zeroizing;

use crate::arguments::Serve;

/// Opens both trunks and the seal.
///
/// # Errors
/// What could not be opened, and what to do.
pub(crate) async fn open(arguments: &Serve, clock: Arc<dyn Clock>) -> Result<Trunks, String> {
    let folder = &arguments.data_dir;
    make_private(folder)?;
    let root = root(arguments);
    let has_data = folder.join("resources.db").exists();
    if has_data && !folder.join("keyring.json").exists() {
        return Err(format!(
            "`{}` holds data but not the keyring that opens it: restore `keyring.json` from a backup",
            folder.display()
        ));
    }
    let keyring = Arc::new(FileKeyring::new(folder.join("keyring.json")));
    let sealer = Sealer::open(&root, keyring, clock.now()).map_err(|error| error.to_string())?;
    let address = match &arguments.store {
        Some(address) => address.clone(),
        None => format!("sqlite:{}", folder.join("resources.db").display()),
    };
    let store = Store::open(&address).await.map_err(|error| error.to_string())?;
    let report = Box::new(|notice| tracing::warn!(?notice, "the events trunk reports"));
    let opened = LocalLog::open(&folder.join("events"), Options::default(), report);
    let (events, recovery) = opened.map_err(|error| error.to_string())?;
    tell(&recovery);
    Ok(Trunks { store, events: Arc::new(events), sealer: Arc::new(sealer), clock })
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
        Ok(name) => Ok(name.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let name = Uuid::random().to_string();
            fs::write(&path, &name).map_err(told)?;
            Ok(name)
        }
        Err(error) => Err(told(error)),
    }
}

fn make_private(folder: &Path) -> Result<(), String> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| format!("the data folder `{}` cannot be made: {error}", folder.display()))
}

fn root(arguments: &Serve) -> RootSource {
    if let Some(passphrase) = secret("BASTIDE_ROOT_PASSPHRASE") {
        return RootSource::Passphrase(passphrase);
    }
    if let Some(key) = secret("BASTIDE_ROOT_KEY") {
        return RootSource::Bytes(key);
    }
    let file = arguments.root_key_file.clone();
    RootSource::File(file.unwrap_or_else(|| arguments.data_dir.join("root.key")))
}

/// A secret out of the environment; an empty one counts as absent.
#[allow(clippy::disallowed_methods, reason = "the one place where secrets come from the environment")]
pub(crate) fn secret(name: &str) -> Option<Zeroizing<String>> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).map(Zeroizing::new)
}
