//! Whom an HSM talks to, and as whom.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme};

use crate::fleet::{SUPERVISOR, hardware_name};
use crate::tls::{self, refused, verify_signature};
use crate::x509::{self, CLUSTER_NAME, CertificateError, Use};

/// Who is on the other end of a connection, by its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    /// The one who runs the HSM.
    Supervisor,
    /// Another HSM of the cluster.
    Member,
    /// An application or a person; with the SHA-256 of its certificate.
    Client([u8; 32]),
}

/// What certificates are accepted and shown.
pub(crate) struct Trust {
    hsm: String,
    cluster: String,
    /// The authority for HSMs and the supervisor.
    root: Vec<u8>,
    provider: Arc<CryptoProvider>,
    changing: RwLock<Changing>,
}

#[derive(Default)]
struct Changing {
    hardware: Option<Arc<CertifiedKey>>,
    cluster: Option<Arc<CertifiedKey>>,
    /// Authorities of clients' certificates.
    clients: Vec<Vec<u8>>,
}

impl Trust {
    pub(crate) fn new(hsm: &str, cluster: &str, root: &[u8]) -> Arc<Self> {
        Arc::new(Self {
            hsm: hsm.to_owned(),
            cluster: cluster.to_owned(),
            root: root.to_vec(),
            provider: tls::provider(),
            changing: RwLock::default(),
        })
    }

    /// The server's configuration, which follows every later change.
    pub(crate) fn server_config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, CertificateError> {
        let builder = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|error| CertificateError::new(error.to_string()))?;
        let mut config = builder
            .with_client_cert_verifier(Arc::new(Verifier(Arc::clone(self))))
            .with_cert_resolver(Arc::new(Resolver(Arc::clone(self))));
        // A connection lives long: resuming one would save nothing, and would skip the look at the certificate.
        config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Arc::new(config))
    }

    /// The certificate for the supervisor and the other HSMs.
    pub(crate) fn set_hardware(
        &self,
        certificate: &[u8],
        key: &PrivateKeyDer<'static>,
    ) -> Result<(), CertificateError> {
        x509::verify_issued(certificate, &self.root)?;
        let chain = vec![CertificateDer::from(certificate.to_vec())];
        let certified = tls::certified(chain, key, &self.provider)?;
        self.write(|changing| changing.hardware = Some(Arc::new(certified)));
        Ok(())
    }

    /// The certificate for clients.
    pub(crate) fn set_cluster(
        &self,
        certificate: &[u8],
        key: &PrivateKeyDer<'static>,
    ) -> Result<(), CertificateError> {
        let chain = vec![CertificateDer::from(certificate.to_vec())];
        let certified = tls::certified(chain, key, &self.provider)?;
        self.write(|changing| changing.cluster = Some(Arc::new(certified)));
        Ok(())
    }

    /// The authorities of clients' certificates.
    pub(crate) fn set_clients(&self, anchors: Vec<Vec<u8>>) {
        self.write(|changing| changing.clients = anchors);
    }

    /// Who shows this certificate.
    pub(crate) fn identify(
        &self,
        leaf: &[u8],
        others: &[CertificateDer<'_>],
    ) -> Result<Party, CertificateError> {
        let (name, unit) = x509::subject(leaf)?;
        if x509::verify_issued(leaf, &self.root).is_ok() {
            return match (name.as_str(), unit) {
                (SUPERVISOR, unit) if unit.is_empty() => Ok(Party::Supervisor),
                (hsm, unit) if unit == self.cluster && hsm.starts_with("hsm-") => Ok(Party::Member),
                _ => Err(CertificateError::new("the certificate is of another cluster")),
            };
        }
        if name.starts_with(CLUSTER_NAME) {
            return Err(CertificateError::new("the certificate is a cluster's"));
        }
        let changing = self.changing.read().unwrap_or_else(PoisonError::into_inner);
        // Before the cluster has a certificate of its own, it has no clients.
        if changing.cluster.is_none() {
            return Err(CertificateError::new("the cluster is not initialised"));
        }
        let mut last = CertificateError::new("no authority of clients is known");
        for anchor in &changing.clients {
            match x509::verify_chain(leaf, others, anchor, Use::Client) {
                Ok(()) => {
                    let hash = digest::digest(&digest::SHA256, leaf);
                    return Ok(Party::Client(hash.as_ref().first_chunk().copied().unwrap_or_default()));
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The hardware certificate and its key, for links to other HSMs.
    pub(crate) fn hardware(&self) -> Option<Arc<CertifiedKey>> {
        self.changing.read().unwrap_or_else(PoisonError::into_inner).hardware.clone()
    }

    fn write(&self, change: impl FnOnce(&mut Changing)) {
        change(&mut self.changing.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trust({} of {})", self.hsm, self.cluster)
    }
}

#[derive(Debug)]
struct Verifier(Arc<Trust>);

impl ClientCertVerifier for Verifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.0.identify(end_entity, intermediates).map_err(refused)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only TLS 1.3 is spoken".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_signature(&self.0.provider, message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[derive(Debug)]
struct Resolver(Arc<Trust>);

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let changing = self.0.changing.read().unwrap_or_else(PoisonError::into_inner);
        if hello.server_name() == Some(hardware_name(&self.0.hsm).as_str()) {
            changing.hardware.clone()
        } else {
            changing.cluster.clone()
        }
    }
}
