//! TLS 1.3 with certificates on both sides.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    CertificateError as TlsCertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
};

use crate::x509::{self, CLUSTER_NAME, CertificateError, Use};

/// The one implementation of cryptography.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// What a client holds against the server's certificate.
#[derive(Clone)]
pub(crate) enum Expected {
    /// A cluster, whose certificate this anchor signed.
    Cluster { anchor: CertificateDer<'static> },
    /// One HSM, by its hardware's certificate.
    Hardware { root: CertificateDer<'static>, hsm: String, cluster: String },
}

/// The configuration of a client.
pub(crate) fn client_config(
    expected: Expected,
    chain: Vec<CertificateDer<'static>>,
    key: &PrivateKeyDer<'static>,
) -> Result<Arc<ClientConfig>, CertificateError> {
    client_config_as(expected, Arc::new(certified(chain, key, &provider())?))
}

/// The configuration of a client that has this certificate and key.
pub(crate) fn client_config_as(
    expected: Expected,
    certified: Arc<CertifiedKey>,
) -> Result<Arc<ClientConfig>, CertificateError> {
    let provider = provider();
    let verifier = Arc::new(ServerVerifier { expected, provider: Arc::clone(&provider) });
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| CertificateError::new(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    Ok(Arc::new(config))
}

/// A chain and its key, which fit. The constructor of rustls that checks this refuses certificates of version 1.
pub(crate) fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: &PrivateKeyDer<'static>,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, CertificateError> {
    let key = provider.key_provider.load_private_key(key.clone_key());
    let key = key.map_err(|_| CertificateError::new("the private key is of no known kind"))?;
    let leaf = chain.first().ok_or_else(|| CertificateError::new("there is no certificate"))?;
    if key.public_key().is_some_and(|public| x509::public_key(leaf).ok().as_deref() != Some(public.as_ref()))
    {
        return Err(CertificateError::new("the private key is not the certificate's"));
    }
    Ok(CertifiedKey::new(chain, key))
}

struct ServerVerifier {
    expected: Expected,
    provider: Arc<CryptoProvider>,
}

impl ServerVerifier {
    fn check(&self, leaf: &[u8], others: &[CertificateDer<'_>]) -> Result<(), CertificateError> {
        match &self.expected {
            Expected::Cluster { anchor } => {
                let (name, _) = x509::subject(leaf)?;
                if !name.starts_with(CLUSTER_NAME) {
                    return Err(CertificateError::new("the certificate is not a cluster's"));
                }
                x509::verify_chain(leaf, others, anchor, Use::Server)
            }
            Expected::Hardware { root, hsm, cluster } => {
                if x509::subject(leaf)? != (hsm.clone(), cluster.clone()) {
                    return Err(CertificateError::new("the certificate is another HSM's"));
                }
                x509::verify_issued(leaf, root)
            }
        }
    }
}

impl ServerCertVerifier for ServerVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(end_entity, intermediates).map_err(refused)?;
        Ok(ServerCertVerified::assertion())
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
        verify_signature(&self.provider, message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl fmt::Debug for ServerVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerVerifier")
    }
}

/// The handshake's signature, by the key of a certificate of any version.
pub(crate) fn verify_signature(
    provider: &CryptoProvider,
    message: &[u8],
    certificate: &[u8],
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    let key = SubjectPublicKeyInfoDer::from(x509::public_key(certificate).map_err(refused)?);
    let algorithms = &provider.signature_verification_algorithms;
    verify_tls13_signature_with_raw_key(message, &key, signed, algorithms)
}

pub(crate) fn refused(error: CertificateError) -> Error {
    Error::InvalidCertificate(TlsCertificateError::Other(rustls::OtherError(Arc::new(error))))
}
