//! The one check of a cluster's certificate: for whoever takes it from the customer, and for the HSM.

use rustls::pki_types::CertificateSigningRequestDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::FromDer as _;

use crate::x509::{self, CLUSTER_NAME, CertificateError, MAX_PEM, Use};

/// Whether a certificate may be a cluster's: it is of the key of the request, and the trust anchor, which is
/// self-signed, signed it. All in PEM. Source: CloudHSM API Reference, `InitializeCluster`.
///
/// # Errors
/// Why it may not.
pub fn check_cluster_certificate(
    request: &str,
    certificate: &str,
    trust_anchor: &str,
) -> Result<(), CertificateError> {
    let certificate = x509::read_pem(certificate).map_err(|error| told("signed certificate", &error))?;
    let anchor = x509::read_pem(trust_anchor).map_err(|error| told("trust anchor", &error))?;
    if x509::public_key(&certificate)? != key_of_request(request)? {
        return Err(CertificateError::new(
            "the signed certificate is not of the key in the cluster's request",
        ));
    }
    if !x509::subject(&certificate)?.0.starts_with(CLUSTER_NAME) {
        return Err(CertificateError::new(
            "the signed certificate has not the subject of the cluster's request",
        ));
    }
    if let Err(error) = x509::verify_issued(&anchor, &anchor) {
        return Err(told("trust anchor is not a valid self-signed certificate", &error));
    }
    x509::verify_chain(&certificate, &[], &anchor, Use::Server)
        .map_err(|error| told("signed certificate", &error))
}

fn key_of_request(pem: &str) -> Result<Vec<u8>, CertificateError> {
    let malformed = || CertificateError::new("the cluster's request is not a certificate signing request");
    if pem.len() > MAX_PEM {
        return Err(malformed());
    }
    let der = CertificateSigningRequestDer::from_pem_slice(pem.as_bytes()).map_err(|_| malformed())?;
    let (_, request) = X509CertificationRequest::from_der(&der).map_err(|_| malformed())?;
    Ok(request.certification_request_info.subject_pki.raw.to_vec())
}

fn told(what: &str, error: &CertificateError) -> CertificateError {
    CertificateError::new(format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateSigningRequestParams, Issuer, KeyPair};

    use super::*;

    struct Customer {
        anchor: String,
        key: KeyPair,
    }

    impl Customer {
        fn new(name: &str) -> Self {
            let key = x509::new_key().unwrap();
            let anchor = x509::authority(x509::parameters(name, "")).self_signed(&key).unwrap().pem();
            Self { anchor, key }
        }

        fn sign(&self, request: &str) -> String {
            let anchor = x509::read_pem(&self.anchor).unwrap();
            let issuer = Issuer::from_ca_cert_der(&anchor, &self.key).unwrap();
            let request = CertificateSigningRequestParams::from_pem(request).unwrap();
            request.signed_by(&issuer).unwrap().pem()
        }
    }

    fn request() -> String {
        let key = x509::new_key().unwrap();
        x509::parameters("HSM:test", "cluster-1").serialize_request(&key).unwrap().pem().unwrap()
    }

    #[test]
    fn a_cluster_certificate_fits_request_and_anchor() {
        let (mine, other, request) = (Customer::new("mine"), Customer::new("other"), request());
        let signed = mine.sign(&request);
        let told = |certificate: &str, anchor: &str| {
            check_cluster_certificate(&request, certificate, anchor).map_err(|error| error.to_string()).err()
        };
        assert_eq!(told(&signed, &mine.anchor), None);
        let foreign = mine.sign(&self::request());
        assert!(told(&foreign, &mine.anchor).unwrap().contains("not of the key"));
        assert!(told(&signed, &other.anchor).unwrap().contains("another issuer"));
        assert!(told(&signed, &signed).unwrap().contains("not a valid self-signed certificate"));
        assert!(told("", &mine.anchor).is_some() && told(&signed, "x").is_some());
        // The same name, another key.
        assert!(told(&signed, &Customer::new("mine").anchor).unwrap().contains("did not sign"));
    }
}
