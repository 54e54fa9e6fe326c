//! X.509 as CloudHSM needs it: certificates that `openssl x509 -req` signs are of version 1 and name no host, so
//! they are held against their issuer here, with x509-parser and aws-lc-rs, and not by webpki.

use bastide_ids::{Clock as _, SystemClock};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use time::OffsetDateTime;
use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry::{
    OID_PKCS1_SHA1WITHRSA, OID_SHA1_WITH_RSA, OID_X509_EXT_BASIC_CONSTRAINTS,
    OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE, OID_X509_EXT_SUBJECT_ALT_NAME,
};
use x509_parser::prelude::FromDer as _;

/// The largest certificate that is taken, in bytes of PEM.
pub(crate) const MAX_PEM: usize = 20_000;

/// Why a certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CertificateError(pub(crate) String);

impl CertificateError {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl From<rcgen::Error> for CertificateError {
    fn from(error: rcgen::Error) -> Self {
        Self(error.to_string())
    }
}

/// Reads one certificate in PEM.
pub(crate) fn read_pem(pem: &str) -> Result<CertificateDer<'static>, CertificateError> {
    if pem.len() > MAX_PEM {
        return Err(CertificateError::new("the certificate is too large"));
    }
    let der = CertificateDer::from_pem_slice(pem.as_bytes())
        .map_err(|_| CertificateError::new("it is not a certificate in PEM"))?;
    parse(&der)?;
    Ok(der)
}

/// Reads a chain of certificates in PEM, the leaf first.
pub(crate) fn read_chain(pem: &str) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match chain {
        Ok(chain) if !chain.is_empty() && chain.len() <= MAX_CHAIN => Ok(chain),
        _ => Err(CertificateError::new("it is not a chain of certificates in PEM")),
    }
}

/// A certificate's bytes as PEM.
pub(crate) fn to_pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// The most certificates in a chain.
const MAX_CHAIN: usize = 4;

pub(crate) fn parse(der: &[u8]) -> Result<X509Certificate<'_>, CertificateError> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(CertificateError::new("it is not an X.509 certificate")),
    }
}

/// The public key of a certificate, as SubjectPublicKeyInfo in DER.
pub(crate) fn public_key(der: &[u8]) -> Result<Vec<u8>, CertificateError> {
    Ok(parse(der)?.public_key().raw.to_vec())
}

/// The common name and the organizational unit of a certificate's subject.
pub(crate) fn subject(der: &[u8]) -> Result<(String, String), CertificateError> {
    let certificate = parse(der)?;
    let first = |mut all: Box<dyn Iterator<Item = &x509_parser::x509::AttributeTypeAndValue<'_>> + '_>| {
        all.next().and_then(|value| value.as_str().ok()).unwrap_or_default().to_owned()
    };
    let name = certificate.subject();
    Ok((first(Box::new(name.iter_common_name())), first(Box::new(name.iter_organizational_unit()))))
}

/// What a certificate is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Server,
    Client,
}

/// Whether `leaf` may be used so, and `anchor` signed it, itself or through the `others` in order.
pub(crate) fn verify_chain(
    leaf: &[u8],
    others: &[CertificateDer<'_>],
    anchor: &[u8],
    usage: Use,
) -> Result<(), CertificateError> {
    if others.len() >= MAX_CHAIN {
        return Err(CertificateError::new("the chain is too long"));
    }
    fits_usage(&parse(leaf)?, usage)?;
    let mut lower = leaf;
    for (below, upper) in (0_u32..).zip(others) {
        // Some send the anchor along: it ends the chain here.
        if verify_issued(lower, anchor).is_ok() {
            return may_stand_above(anchor, below);
        }
        if !matches!(parse(upper)?.basic_constraints(), Ok(Some(limits)) if limits.value.ca) {
            return Err(CertificateError::new("an intermediate certificate is not an authority's"));
        }
        verify_issued(lower, upper)?;
        may_stand_above(upper, below)?;
        lower = upper;
    }
    verify_issued(lower, anchor)?;
    may_stand_above(anchor, u32::try_from(others.len()).unwrap_or(u32::MAX))
}

/// Whether an authority may have so many authorities below it (RFC 5280, section 4.2.1.9).
fn may_stand_above(authority: &[u8], below: u32) -> Result<(), CertificateError> {
    let authority = parse(authority)?;
    let limit =
        authority.basic_constraints().ok().flatten().and_then(|limits| limits.value.path_len_constraint);
    if limit.is_some_and(|limit| limit < below) {
        return Err(CertificateError::new("the chain is longer than an authority allows"));
    }
    Ok(())
}

/// Whether all that must be understood is understood (RFC 5280, section 4.2).
fn is_understood(certificate: &X509Certificate<'_>) -> Result<(), CertificateError> {
    let known = [
        OID_X509_EXT_BASIC_CONSTRAINTS,
        OID_X509_EXT_KEY_USAGE,
        OID_X509_EXT_EXTENDED_KEY_USAGE,
        OID_X509_EXT_SUBJECT_ALT_NAME,
    ];
    if certificate.extensions().iter().any(|extension| extension.critical && !known.contains(&extension.oid))
    {
        return Err(CertificateError::new("a certificate has a critical extension that is not known here"));
    }
    Ok(())
}

/// Whether `issuer` signed `certificate`, and both are valid now.
pub(crate) fn verify_issued(certificate: &[u8], issuer: &[u8]) -> Result<(), CertificateError> {
    let (certificate, issuer) = (parse(certificate)?, parse(issuer)?);
    is_understood(&certificate)?;
    is_understood(&issuer)?;
    if certificate.issuer().as_raw() != issuer.subject().as_raw() {
        return Err(CertificateError::new("the certificate names another issuer"));
    }
    if matches!(issuer.basic_constraints(), Ok(Some(limits)) if !limits.value.ca) {
        return Err(CertificateError::new("the issuer is not an authority"));
    }
    if matches!(issuer.key_usage(), Ok(Some(usage)) if !usage.value.key_cert_sign()) {
        return Err(CertificateError::new("the issuer may not sign certificates"));
    }
    let algorithm = &certificate.signature_algorithm.algorithm;
    if [OID_PKCS1_SHA1WITHRSA, OID_SHA1_WITH_RSA].contains(algorithm) {
        return Err(CertificateError::new("the certificate is signed with SHA-1"));
    }
    let signed = certificate.verify_signature(Some(issuer.public_key()));
    signed.map_err(|_| CertificateError::new("the issuer did not sign the certificate"))?;
    is_valid_now(&certificate)?;
    is_valid_now(&issuer)
}

fn is_valid_now(certificate: &X509Certificate<'_>) -> Result<(), CertificateError> {
    let now = SystemClock.now().seconds();
    let validity = certificate.validity();
    if now < validity.not_before.timestamp() {
        return Err(CertificateError::new("a certificate is not valid yet"));
    }
    if now > validity.not_after.timestamp() {
        return Err(CertificateError::new("a certificate has expired"));
    }
    Ok(())
}

fn fits_usage(leaf: &X509Certificate<'_>, usage: Use) -> Result<(), CertificateError> {
    let Ok(extended) = leaf.extended_key_usage() else {
        return Err(CertificateError::new("the certificate's extended key usage is malformed"));
    };
    let fits = extended.is_none_or(|extended| {
        let extended = extended.value;
        extended.any
            || match usage {
                Use::Server => extended.server_auth,
                Use::Client => extended.client_auth,
            }
    });
    if fits { Ok(()) } else { Err(CertificateError::new("the certificate is made for another use")) }
}

/// A new key for a certificate: P-256.
pub(crate) fn new_key() -> Result<KeyPair, CertificateError> {
    Ok(KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?)
}

/// What a certificate made here says.
pub(crate) fn parameters(common_name: &str, unit: &str) -> CertificateParams {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Bastide");
    if !unit.is_empty() {
        name.push(DnType::OrganizationalUnitName, unit);
    }
    name.push(DnType::CommonName, common_name);
    let now = OffsetDateTime::from_unix_timestamp(SystemClock.now().seconds())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = name;
    // An hour back, for clocks that go slow; ten years, as the customer's own are in AWS's guide.
    parameters.not_before = now - time::Duration::hours(1);
    parameters.not_after = now + time::Duration::days(3652);
    parameters
}

/// Makes the certificate an authority's.
pub(crate) fn authority(mut parameters: CertificateParams) -> CertificateParams {
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    parameters
}

/// A client's certificate for a request, by an authority. Of the request only key and common name are taken.
pub(crate) fn issue_client(
    request_pem: &str,
    unit: &str,
    issuer: &Issuer<'_, impl rcgen::SigningKey>,
) -> Result<String, CertificateError> {
    if request_pem.len() > MAX_PEM {
        return Err(CertificateError::new("the request is too large"));
    }
    let mut request = rcgen::CertificateSigningRequestParams::from_pem(request_pem)?;
    let name = match request.params.distinguished_name.get(&DnType::CommonName) {
        Some(rcgen::DnValue::Utf8String(name)) => name.clone(),
        Some(rcgen::DnValue::PrintableString(name)) => name.as_str().to_owned(),
        _ => return Err(CertificateError::new("the request has no common name")),
    };
    if name.starts_with(CLUSTER_NAME) {
        return Err(CertificateError::new("the request's common name is a cluster's"));
    }
    request.params = client_parameters(&name, unit);
    Ok(request.signed_by(issuer)?.pem())
}

/// A client's key and certificate by a customer's own authority: both in PEM, as are `authority` and its `key`.
///
/// # Errors
/// When the authority or its key are not of their form, or do not belong together.
pub fn client_certificate(
    name: &str,
    authority: &str,
    key: &str,
) -> Result<(String, crate::wire::Secret), CertificateError> {
    if name.is_empty() || name.starts_with(CLUSTER_NAME) {
        return Err(CertificateError::new(format!("a client cannot have the name `{name}`")));
    }
    let anchor = read_pem(authority)?;
    let key = KeyPair::from_pem(key)?;
    let issuer = Issuer::from_ca_cert_der(&anchor, key)?;
    let own = new_key()?;
    let certificate = client_parameters(name, "").signed_by(&own, &issuer)?;
    verify_chain(certificate.der(), &[], &anchor, Use::Client)?;
    Ok((certificate.pem(), crate::wire::Secret::new(own.serialize_pem().into_bytes())))
}

/// What a client's certificate says.
pub(crate) fn client_parameters(name: &str, unit: &str) -> CertificateParams {
    let mut parameters = parameters(name, unit);
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters
}

/// How the common name of a cluster's certificate begins, so that no client's certificate by the same authority
/// can stand for a cluster.
pub(crate) const CLUSTER_NAME: &str = "HSM:";

#[cfg(test)]
mod tests {
    use super::*;

    struct Signer(KeyPair, CertificateParams);

    impl Signer {
        fn new(name: &str) -> Self {
            Self(new_key().unwrap(), authority(parameters(name, "")))
        }

        fn root(&self) -> Vec<u8> {
            self.1.self_signed(&self.0).unwrap().der().to_vec()
        }

        fn sign(&self, parameters: &CertificateParams, key: &KeyPair) -> Vec<u8> {
            parameters.signed_by(key, &Issuer::from_params(&self.1, &self.0)).unwrap().der().to_vec()
        }
    }

    #[test]
    fn chains() {
        let (root, middle, key) = (Signer::new("root"), Signer::new("middle"), new_key().unwrap());
        let anchor = root.root();
        let between = CertificateDer::from(root.sign(&middle.1, &middle.0));
        let client = client_parameters("client", "");
        let leaf = middle.sign(&client, &key);
        let ok = |leaf: &[u8], others: &[CertificateDer<'_>], anchor: &[u8], usage| {
            verify_chain(leaf, others, anchor, usage).is_ok()
        };
        assert!(ok(&leaf, std::slice::from_ref(&between), &anchor, Use::Client));
        assert!(ok(&leaf, &[between.clone(), CertificateDer::from(anchor.clone())], &anchor, Use::Client));
        assert!(!ok(&leaf, &[], &anchor, Use::Client));
        assert!(!ok(&leaf, std::slice::from_ref(&between), &anchor, Use::Server), "made for clients");
        assert!(!ok(&leaf, std::slice::from_ref(&between), &Signer::new("root").root(), Use::Client));
        // A client is no authority.
        let client_key = new_key().unwrap();
        let fake = Signer(client_key, client.clone());
        let issued = CertificateDer::from(root.sign(&client, &fake.0));
        assert!(!ok(&fake.sign(&client, &key), &[issued], &anchor, Use::Client));
        // An authority that may have none below it.
        let mut narrow = Signer::new("narrow");
        narrow.1.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let below = CertificateDer::from(narrow.sign(&middle.1, &middle.0));
        assert!(!ok(&leaf, &[below], &narrow.root(), Use::Client));
        assert!(ok(&narrow.sign(&client, &key), &[], &narrow.root(), Use::Client));
    }

    #[test]
    fn times_and_signatures() {
        let (root, key) = (Signer::new("root"), new_key().unwrap());
        let anchor = root.root();
        let mut client = client_parameters("client", "");
        let good = root.sign(&client, &key);
        for at in (good.len() / 2..good.len()).step_by(7) {
            let mut changed = good.clone();
            changed[at] ^= 1;
            assert!(verify_chain(&changed, &[], &anchor, Use::Client).is_err(), "{at}");
        }
        client.not_after = client.not_before + time::Duration::minutes(1);
        assert!(verify_chain(&root.sign(&client, &key), &[], &anchor, Use::Client).is_err(), "expired");
        client.not_after += time::Duration::days(3);
        client.not_before += time::Duration::days(1);
        assert!(verify_chain(&root.sign(&client, &key), &[], &anchor, Use::Client).is_err(), "not yet");
        let mut odd = client_parameters("client", "");
        let mut extension = rcgen::CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(true);
        odd.custom_extensions.push(extension);
        assert!(verify_chain(&root.sign(&odd, &key), &[], &anchor, Use::Client).is_err(), "critical");
    }

    #[test]
    fn requests_say_only_the_name() {
        let (root, key) = (Signer::new("root"), new_key().unwrap());
        let issuer = Issuer::from_params(&root.1, &root.0);
        let mut asked = authority(parameters("client", "other"));
        let request =
            |parameters: &CertificateParams| parameters.serialize_request(&key).unwrap().pem().unwrap();
        let made = issue_client(&request(&asked), "unit", &issuer).unwrap();
        let made = read_pem(&made).unwrap();
        assert_eq!(subject(&made).unwrap(), ("client".to_owned(), "unit".to_owned()));
        assert!(!matches!(parse(&made).unwrap().basic_constraints(), Ok(Some(limits)) if limits.value.ca));
        asked.distinguished_name.push(DnType::CommonName, "HSM:mine");
        assert!(issue_client(&request(&asked), "unit", &issuer).is_err());
    }
}
