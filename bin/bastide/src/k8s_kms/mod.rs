//! `bastide k8s-kms`: the KMS plugin that a Kubernetes API server asks to encrypt its secrets, over gRPC on a Unix
//! socket. Source: the Kubernetes KMS v2 API, `k8s.io/kms/apis/v2/api.proto`.

mod arguments;
mod authority;
mod grpc;
mod messages;
mod plugin;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use tokio::net::UnixListener;

use crate::serve::stop_signal;
pub(crate) use arguments::K8sKms;

/// Serves until a signal.
///
/// # Errors
/// What keeps the plugin from starting, and what to do.
pub(crate) async fn run(arguments: K8sKms) -> Result<(), String> {
    let stop = stop_signal()?;
    let socket = arguments.socket.clone();
    let plugin = Arc::new(arguments.plugin()?);
    let listener = bind(&socket)?;
    if let Err(error) = plugin.check().await {
        tracing::warn!(%error, "the key cannot be used yet; the API server is told so until it can");
    }
    let line = format!("Bastide's KMS plugin for Kubernetes is ready at unix://{}\n", socket.display());
    // Nobody need be listening.
    let mut out = std::io::stdout();
    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
    grpc::serve(listener, plugin, stop).await;
    // Another one may have taken its place meanwhile; then this fails, or that one binds anew.
    let _ = fs::remove_file(&socket);
    Ok(())
}

/// Listens at a path that only this user may connect to. A socket that a crash left is taken away.
fn bind(path: &Path) -> Result<UnixListener, String> {
    let told = |error: std::io::Error| format!("cannot listen at `{}`: {error}", path.display());
    if let Ok(found) = fs::symlink_metadata(path) {
        if !found.file_type().is_socket() {
            return Err(format!(
                "`{}` is there and is no socket: choose another with --socket",
                path.display()
            ));
        }
        if UnixStream::connect(path).is_ok() {
            return Err(format!("somebody listens at `{}` already", path.display()));
        }
        fs::remove_file(path).map_err(told)?;
    }
    let listener = UnixListener::bind(path).map_err(told)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(told)?;
    Ok(listener)
}
