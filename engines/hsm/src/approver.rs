//! A person's key to approve with, kept outside of every HSM.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

use crate::wire::Secret;
use crate::x509::CertificateError;

/// The RSA-2048 key with which a user approves what needs a quorum.
#[derive(Debug)]
pub struct ApproverKey(KeyPair);

impl ApproverKey {
    /// A new one.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn generate() -> Result<Self, CertificateError> {
        let failed = |_| CertificateError::new("the cryptographic library failed to make an RSA key");
        KeyPair::generate(KeySize::Rsa2048).map(Self).map_err(failed)
    }

    /// Reads a private key in PEM, of PKCS#8 or PKCS#1.
    ///
    /// # Errors
    /// When it is no RSA key of 2048 bits.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        let wrong = || CertificateError::new("it is not an RSA private key of 2048 bits in PEM");
        let key = match PrivateKeyDer::from_pem_slice(pem).map_err(|_| wrong())? {
            PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(wrong()),
        };
        let key = key.map_err(|_| wrong())?;
        if key.public_modulus_len() == 256 { Ok(Self(key)) } else { Err(wrong()) }
    }

    /// The private key in PEM, of PKCS#8.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn to_pem(&self) -> Result<Secret, CertificateError> {
        let der = self.0.as_der().map_err(|_| CertificateError::new("the key cannot be written"))?;
        Ok(Secret::new(pem("PRIVATE KEY", der.as_ref()).into_bytes()))
    }

    /// The public key in PEM, for [`crate::Client::register_quorum_key`].
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn public_key(&self) -> Result<String, CertificateError> {
        let der = self.0.public_key().as_der();
        Ok(pem("PUBLIC KEY", der.map_err(|_| CertificateError::new("the key cannot be written"))?.as_ref()))
    }

    /// Signs a challenge or a token: PKCS#1 v1.5 with SHA-256.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CertificateError> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        let signed = self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.map(|()| signature).map_err(|_| CertificateError::new("the key does not sign"))
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back() {
        let key = ApproverKey::generate().unwrap();
        let again = ApproverKey::from_pem(&key.to_pem().unwrap()).unwrap();
        assert_eq!(again.public_key().unwrap(), key.public_key().unwrap());
        assert_eq!(again.sign(b"message").unwrap(), key.sign(b"message").unwrap());
        assert!(ApproverKey::from_pem(b"nonsense").is_err());
    }
}
