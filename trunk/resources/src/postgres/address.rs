use std::io;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};

use super::session::describe;
use super::tls::Tls;
use crate::StoreError;

/// Where the database is, and how it is talked to.
pub(super) struct Address {
    config: Config,
    tls: Option<Tls>,
    /// For messages: without the password.
    shown: String,
}

impl Address {
    /// Reads `postgres://user:password@host:port/database?…` as libpq does, with these differences: a server
    /// elsewhere needs `sslmode=require` (or `verify-ca`, `verify-full`: all three verify its certificate
    /// and name) together with `sslrootcert=PATH` (PEM), or `sslmode=disable` in so many words. On a Unix
    /// socket or a loopback address TLS is not used unless asked for.
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        let (plain, options) = take_tls_options(text);
        // The error of the parser does not quote the text, which may hold a password.
        let mut config: Config = plain.parse().map_err(|error: tokio_postgres::Error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            StoreError::Address(format!("the store's address is not a valid postgres:// address: {cause}"))
        })?;
        let shown = shown(&config);
        let tls = options.tls(&config, &shown)?;
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        if config.get_application_name().is_none() {
            config.application_name("bastide");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        // A node that is cut off notices in about half a minute.
        config.keepalives_idle(Duration::from_secs(15)).keepalives_interval(Duration::from_secs(5));
        config.tcp_user_timeout(Duration::from_secs(30));
        Ok(Self { config, tls, shown })
    }

    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) async fn connect(&self) -> Result<Client, StoreError> {
        let result = match &self.tls {
            None => self.config.connect(NoTls).await.map(|(client, connection)| {
                tokio::spawn(async move { lost(connection.await) });
                client
            }),
            Some(tls) => self.config.connect(tls.clone()).await.map(|(client, connection)| {
                tokio::spawn(async move { lost(connection.await) });
                client
            }),
        };
        result.map_err(|error| {
            StoreError::Database(format!("cannot connect to {}: {}", self.shown, describe(&error)))
        })
    }
}

fn lost(end: Result<(), tokio_postgres::Error>) {
    if let Err(error) = end {
        let error = describe(&error);
        tracing::warn!(error, "a connection to the database was lost");
    }
}

#[derive(Default)]
struct TlsOptions {
    mode: Option<String>,
    roots: Option<String>,
}

/// The address without the TLS options, which the parser does not know as libpq does, and those options.
fn take_tls_options(text: &str) -> (String, TlsOptions) {
    let mut options = TlsOptions::default();
    let Some((base, query)) = text.split_once('?') else { return (text.into(), options) };
    let mut rest = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
        match name {
            "sslmode" => options.mode = Some(value),
            "sslrootcert" => options.roots = Some(value),
            _ => rest.push(pair),
        }
    }
    (format!("{base}?{}", rest.join("&")), options)
}

impl TlsOptions {
    fn tls(&self, config: &Config, shown: &str) -> Result<Option<Tls>, StoreError> {
        let refused = |why: String| Err(StoreError::Address(why));
        match self.mode.as_deref() {
            Some("disable") => Ok(None),
            None | Some("allow" | "prefer") if is_local(config) => Ok(None),
            None | Some("allow" | "prefer") => refused(format!(
                "{shown} is not on this machine: add `sslmode=verify-full&sslrootcert=PATH` to the address, or \
                 `sslmode=disable` where the network between is trusted"
            )),
            Some("require" | "verify-ca" | "verify-full") => {
                let Some(path) = &self.roots else {
                    return refused(format!(
                        "TLS to {shown} needs to know whom to trust: add `sslrootcert=PATH`, a PEM file with the \
                         certificate that the server's is issued by"
                    ));
                };
                let roots = roots(path).map_err(|error| {
                    StoreError::Address(format!("`sslrootcert={path}` cannot be read: {error}"))
                })?;
                Ok(Some(Tls::new(roots)?))
            }
            Some(other) => refused(format!("`sslmode={other}` is not known: use `verify-full` or `disable`")),
        }
    }
}

fn roots(path: &str) -> Result<rustls::RootCertStore, io::Error> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(io::Error::other)? {
        roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    if roots.is_empty() { Err(io::Error::other("it has no certificate")) } else { Ok(roots) }
}

fn is_local(config: &Config) -> bool {
    let loopback = |name: &str| {
        name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
    };
    if !config.get_hostaddrs().is_empty() {
        return config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
    }
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => loopback(name),
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

fn shown(config: &Config) -> String {
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    });
    let (hosts, database): (Vec<_>, _) = (hosts.collect(), config.get_dbname().unwrap_or_default());
    let ports: Vec<_> = config.get_ports().iter().map(|port| format!(":{port}")).collect();
    format!("postgres://{}{}/{database}", hosts.join(","), ports.join(","))
}

/// The configuration of TLS: aws-lc-rs, TLS 1.2 and 1.3, and only the given roots.
pub(super) fn client_config(roots: rustls::RootCertStore) -> Result<Arc<rustls::ClientConfig>, StoreError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Address(format!("TLS cannot be set up: {error}")))?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        match Address::parse(text) {
            Err(StoreError::Address(why)) => why,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("`{text}` was accepted"),
        }
    }

    #[test]
    fn tls_is_asked_for_in_so_many_words() {
        for local in ["postgres://u@localhost/d", "postgres://u@127.0.0.1:5433/d", "postgres://u@[::1]/d"] {
            assert!(Address::parse(local).unwrap().tls.is_none(), "{local}");
        }
        assert!(Address::parse("postgres://u@db.example/d?sslmode=disable").unwrap().tls.is_none());
        assert!(refusal("postgres://u@db.example/d").contains("sslmode=verify-full"));
        assert!(refusal("postgres://u@db.example/d?sslmode=prefer").contains("sslmode=verify-full"));
        assert!(refusal("postgres://u@localhost/d?sslmode=require").contains("sslrootcert"));
        assert!(refusal("postgres://u@localhost/d?sslmode=maybe").contains("`sslmode=maybe`"));
        assert!(refusal("postgres://u@h/d?sslmode=require&sslrootcert=%2Fno%2Fsuch").contains("/no/such"));
    }

    #[test]
    fn messages_have_no_password() {
        let address = Address::parse("postgres://u:hunter2@127.0.0.1:5433/d?connect_timeout=1").unwrap();
        assert_eq!(address.shown(), "postgres://127.0.0.1:5433/d");
        assert!(!refusal("postgres://u:hunter2@db.example/d").contains("hunter2"));
        assert!(!refusal("postgres://u:hunter2@h/d?bogus=1").contains("hunter2"));
    }
}
