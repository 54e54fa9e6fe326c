//! The HSMs that this server runs, each a process of its own.

use std::path::Path;
use std::sync::Arc;

use bastide_cloudhsm::work::{Setting, Work};
use bastide_door::{Settings, Trunks};

/// The background work that runs them. An HSM is this executable, called with `hsm run`.
///
/// # Errors
/// When the system does not tell which executable this is.
pub(crate) fn work(trunks: &Trunks, settings: &Settings, data_dir: &Path) -> Result<Work, String> {
    let executable = std::env::current_exe()
        .map_err(|error| format!("the path of this program, which HSMs need, is unknown: {error}"))?;
    Ok(Work::new(Setting {
        store: trunks.store.clone(),
        sealer: Arc::clone(&trunks.sealer),
        clock: Arc::clone(&trunks.clock),
        node: settings.node.clone(),
        executable,
        folder: data_dir.join("hsm"),
    }))
}
