//! What the one who runs HSMs has: the manufacturer's authorities, the processes, the link to each HSM.

mod control;
mod process;

use std::fmt;

use aws_lc_rs::hkdf;
use minicbor::{Decode, Encode};
use rcgen::{Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use zeroize::Zeroizing;

pub(crate) use self::control::hardware_name;
pub use self::control::{Control, ControlError};
pub use self::process::{HsmProcess, ProcessError, Program};
use crate::wire::Secret;
use crate::x509::{self, CertificateError};

/// The root of all HSMs of one installation: a secret from which the key of each HSM's folder and of backups comes,
/// and the two authorities that certify their hardware keys. Whoever has it can open HSM folders and backups: keep it
/// sealed.
pub struct Fleet {
    secret: Secret,
    operator: Authority,
    manufacturer: Authority,
}

struct Authority {
    key: Secret,
    certificate: Vec<u8>,
}

/// How a fleet is kept.
#[derive(Encode, Decode)]
struct Kept {
    #[n(0)]
    version: u8,
    #[n(1)]
    secret: Secret,
    #[n(2)]
    operator: (Secret, Secret),
    #[n(3)]
    manufacturer: (Secret, Secret),
}

/// What an HSM is told at its start, on its standard input: as one frame, followed by [`Hardware`]. Standard input
/// stays open; when it ends, the HSM stops.
#[derive(Clone, Encode, Decode)]
pub struct Provision {
    /// `hsm-…`.
    #[n(0)]
    pub(crate) hsm: String,
    /// `cluster-…`.
    #[n(1)]
    pub(crate) cluster: String,
    /// Whether the cluster works in FIPS mode.
    #[n(2)]
    pub(crate) fips: bool,
    /// Opens the HSM's folder.
    #[n(3)]
    pub(crate) unlock: Secret,
    /// Opens backups.
    #[n(4)]
    pub(crate) backup: Secret,
    /// The authority for HSMs and the supervisor, in DER.
    #[n(5)]
    pub(crate) root: Secret,
}

/// The certificates of an HSM's hardware key, in DER.
#[derive(Clone, Encode, Decode)]
pub(crate) struct Hardware {
    #[n(0)]
    pub(crate) operator: Secret,
    #[n(1)]
    pub(crate) manufacturer: Secret,
}

/// What an HSM says on its standard output when it listens.
#[derive(Clone, Encode, Decode)]
pub(crate) struct Ready {
    /// Where it listens, `ip:port`.
    #[n(0)]
    pub(crate) address: String,
    /// The public part of its hardware key, as SubjectPublicKeyInfo in DER.
    #[n(1)]
    pub(crate) hardware: Secret,
}

impl Fleet {
    /// A new root.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn generate() -> Result<Self, CertificateError> {
        let secret = Zeroizing::new(bastide_ids::random_bytes::<32>());
        Ok(Self {
            secret: Secret::from(secret.as_slice()),
            operator: Authority::generate("Bastide HSM Operator Root")?,
            manufacturer: Authority::generate("Bastide HSM Manufacturer Root")?,
        })
    }

    /// The root's bytes: seal them.
    ///
    /// # Errors
    /// Never, but for a failure of the encoder.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
        let kept = Kept {
            version: 1,
            secret: self.secret.clone(),
            operator: self.operator.kept(),
            manufacturer: self.manufacturer.kept(),
        };
        let bytes = minicbor::to_vec(&kept).map_err(|error| CertificateError::new(error.to_string()))?;
        Ok(Zeroizing::new(bytes))
    }

    /// Reads what [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CertificateError> {
        let kept: Kept =
            crate::wire::decode(bytes).map_err(|_| CertificateError::new("it is not a root of HSMs"))?;
        if kept.version != 1 {
            return Err(CertificateError::new("the root of HSMs is of a newer version: upgrade bastide"));
        }
        Ok(Self {
            secret: kept.secret,
            operator: Authority::from_kept(&kept.operator),
            manufacturer: Authority::from_kept(&kept.manufacturer),
        })
    }

    /// The certificate of the authority that certifies `AwsHardwareCertificate`, in PEM.
    #[must_use]
    pub fn operator_root(&self) -> String {
        x509::to_pem(&self.operator.certificate)
    }

    /// The certificate of the authority that certifies `ManufacturerHardwareCertificate`, in PEM.
    #[must_use]
    pub fn manufacturer_root(&self) -> String {
        x509::to_pem(&self.manufacturer.certificate)
    }

    /// What the HSM `hsm` of `cluster` is told at its start.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn provision(&self, cluster: &str, hsm: &str, fips: bool) -> Result<Provision, CertificateError> {
        Ok(Provision {
            hsm: hsm.to_owned(),
            cluster: cluster.to_owned(),
            fips,
            unlock: self.derive(&[b"bastide hsm folder", hsm.as_bytes()])?,
            backup: self.derive(&[b"bastide hsm backup"])?,
            root: Secret::from(self.operator.certificate.as_slice()),
        })
    }

    /// Certifies an HSM's hardware key.
    pub(crate) fn certify(
        &self,
        cluster: &str,
        hsm: &str,
        public_key: &[u8],
    ) -> Result<Hardware, CertificateError> {
        let subject = rcgen::SubjectPublicKeyInfo::from_der(public_key)?;
        let certify = |authority: &Authority| -> Result<Secret, CertificateError> {
            let parameters = x509::authority(x509::parameters(hsm, cluster));
            let certificate = parameters.signed_by(&subject, &authority.issuer()?)?;
            Ok(Secret::from(certificate.der().as_ref()))
        };
        Ok(Hardware { operator: certify(&self.operator)?, manufacturer: certify(&self.manufacturer)? })
    }

    /// The supervisor's own certificate and key for its links to HSMs.
    pub(crate) fn supervisor(
        &self,
    ) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), CertificateError> {
        let key = x509::new_key()?;
        let certificate =
            x509::client_parameters(SUPERVISOR, "").signed_by(&key, &self.operator.issuer()?)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        Ok((certificate.der().clone(), PrivateKeyDer::Pkcs8(key)))
    }

    pub(crate) fn root(&self) -> CertificateDer<'static> {
        CertificateDer::from(self.operator.certificate.clone())
    }

    fn derive(&self, info: &[&[u8]]) -> Result<Secret, CertificateError> {
        let mut out = Zeroizing::new([0; 32]);
        let key = hkdf::Salt::new(hkdf::HKDF_SHA256, b"bastide-hsm v1").extract(&self.secret);
        key.expand(info, hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(out.as_mut_slice()))
            .map_err(|_| CertificateError::new("the cryptographic library failed in HKDF"))?;
        Ok(Secret::from(out.as_slice()))
    }
}

/// The common name of the supervisor's certificate.
pub(crate) const SUPERVISOR: &str = "supervisor";

impl Authority {
    fn generate(name: &str) -> Result<Self, CertificateError> {
        let key = x509::new_key()?;
        let certificate = x509::authority(x509::parameters(name, "")).self_signed(&key)?;
        Ok(Self { key: Secret::new(key.serialize_der()), certificate: certificate.der().to_vec() })
    }

    fn issuer(&self) -> Result<Issuer<'static, KeyPair>, CertificateError> {
        let key = KeyPair::try_from(&*self.key)?;
        Ok(Issuer::from_ca_cert_der(&CertificateDer::from(self.certificate.as_slice()), key)?)
    }

    fn kept(&self) -> (Secret, Secret) {
        (self.key.clone(), Secret::from(self.certificate.as_slice()))
    }

    fn from_kept((key, certificate): &(Secret, Secret)) -> Self {
        Self { key: key.clone(), certificate: certificate.to_vec() }
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fleet(hidden)")
    }
}

impl fmt::Debug for Provision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provision({} of {})", self.hsm, self.cluster)
    }
}
