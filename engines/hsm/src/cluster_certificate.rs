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

/// Whether a trust anchor is the one that signed a cluster's certificate. Both in PEM.
///
/// # Errors
/// Why it is not.
pub fn check_trust_anchor(certificate: &str, trust_anchor: &str) -> Result<(), CertificateError> {
    let certificate = x509::read_pem(certificate)?;
    x509::verify_chain(&certificate, &[], &x509::read_pem(trust_anchor)?, Use::Server)
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

    #[test]
    fn an_altered_certificate_is_no_cluster_certificate() {
        let (mine, request) = (Customer::new("mine"), request());
        let signed = x509::read_pem(&mine.sign(&request)).unwrap();
        // What is signed, and the signature. Between them stand the algorithm's name once more and three bytes of
        // framing, of which x509-parser takes other spellings: they change nothing.
        let name = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
        let outside = (0..signed.len()).rev().find(|at| signed[*at..].starts_with(&name)).unwrap();
        for at in (0..outside).chain(outside + name.len() + 3..signed.len()) {
            let mut altered = signed.to_vec();
            altered[at] ^= 1 << (at % 8);
            let altered = x509::to_pem(&altered);
            assert!(check_cluster_certificate(&request, &altered, &mine.anchor).is_err(), "byte {at}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_refused(one: Vec<u8>, other: Vec<u8>, third: Vec<u8>) {
            let texts = [x509::to_pem(&one), x509::to_pem(&other), x509::to_pem(&third)];
            assert!(check_cluster_certificate(&texts[0], &texts[1], &texts[2]).is_err());
        }
    }
}
