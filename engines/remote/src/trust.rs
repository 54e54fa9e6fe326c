use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The authorities whose certificates are believed.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    system: bool,
    more: Vec<CertificateDer<'static>>,
}

/// Authorities cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TrustError(String);

impl Trust {
    /// The authorities that the machine trusts.
    #[must_use]
    pub fn system() -> Self {
        Self { system: true, more: Vec::new() }
    }

    /// Those of a PEM file and no others.
    ///
    /// # Errors
    /// [`TrustError`] when the file cannot be read or holds no certificate.
    pub fn only(file: &Path) -> Result<Self, TrustError> {
        Self::default().and(file)
    }

    /// Those of a PEM file besides.
    ///
    /// # Errors
    /// [`TrustError`] when the file cannot be read or holds no certificate.
    pub fn and(mut self, file: &Path) -> Result<Self, TrustError> {
        let told = |error: String| TrustError(format!("`{}`: {error}", file.display()));
        let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
        let read = read.map_err(|error| told(error.to_string()))?;
        if read.is_empty() {
            return Err(told("there is no certificate in this file".to_owned()));
        }
        self.more.extend(read);
        Ok(self)
    }

    pub(crate) fn configuration(&self) -> Result<Arc<ClientConfig>, TrustError> {
        let mut roots = RootCertStore::empty();
        if self.system {
            // A machine without any, such as a bare container, reaches what has a certificate of the others.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        for certificate in &self.more {
            roots.add(certificate.clone()).map_err(|error| TrustError(error.to_string()))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| TrustError(error.to_string()))?;
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}
