//! The HSMs that this server runs, each a process of its own.

use std::sync::Arc;

use bastide_cloudhsm::work::{Setting, Work};
use bastide_door::Door;

use crate::arguments::Serve;

/// The background work that runs them. An HSM is this executable, called with `hsm run`.
///
/// # Errors
/// When the system does not tell which executable this is, or nobody could connect to the HSMs' address.
pub(crate) fn work(door: &Arc<Door>, arguments: &Serve) -> Result<Work, String> {
    let executable = std::env::current_exe()
        .map_err(|error| format!("the path of this program, which HSMs need, is unknown: {error}"))?;
    if arguments.hsm_address.is_some_and(|address| address.is_unspecified()) {
        return Err("--hsm-address is what clients connect to: name one address of this machine".to_owned());
    }
    Ok(Work::new(Setting {
        door: Arc::clone(door),
        listen: arguments.hsm_address,
        executable,
        folder: arguments.data.data_dir.join("hsm"),
    }))
}
