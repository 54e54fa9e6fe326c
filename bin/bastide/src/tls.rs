//! TLS: the operator's certificate, or one made on first start.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::data::write_whole;

/// Reads `--tls`: `off`, `auto` or `CERTIFICATE.pem,KEY.pem`. Gives the configuration and where the
/// certificate is.
///
/// # Errors
/// What is wrong with the value or the files.
pub(crate) fn configure(
    mode: &str,
    data_dir: &Path,
    listen: SocketAddr,
) -> Result<Option<(Arc<ServerConfig>, PathBuf)>, String> {
    let (certificate, key) = match mode {
        "off" => return Ok(None),
        "auto" => make(&data_dir.join("tls"), listen)?,
        pair => match pair.split_once(',') {
            Some((certificate, key)) => (PathBuf::from(certificate), PathBuf::from(key)),
            None => return Err(format!("--tls takes off, auto or CERTIFICATE.pem,KEY.pem; not `{pair}`")),
        },
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&certificate)
        .and_then(Iterator::collect)
        .map_err(|error| format!("`{}`: {error}", certificate.display()))?;
    let secret =
        PrivateKeyDer::from_pem_file(&key).map_err(|error| format!("`{}`: {error}", key.display()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
        .map_err(|error| format!("the certificate cannot be used: {error}"))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some((Arc::new(config), certificate)))
}

/// A certificate for this machine, made once: clients are told to trust it by its file.
fn make(folder: &Path, listen: SocketAddr) -> Result<(PathBuf, PathBuf), String> {
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    if certificate.exists() && key.exists() {
        return Ok((certificate, key));
    }
    let mut names =
        vec!["localhost".to_owned(), "*.localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !listen.ip().is_unspecified() && !listen.ip().is_loopback() {
        names.push(listen.ip().to_string());
    }
    let made = rcgen::generate_simple_self_signed(names).map_err(|error| error.to_string())?;
    let write = || {
        fs::create_dir_all(folder)?;
        write_whole(&key, made.signing_key.serialize_pem().as_bytes())?;
        write_whole(&certificate, made.cert.pem().as_bytes())
    };
    write().map_err(|error: std::io::Error| format!("`{}`: {error}", folder.display()))?;
    Ok((certificate, key))
}
