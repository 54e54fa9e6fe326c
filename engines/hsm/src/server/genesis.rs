//! What a new HSM makes for itself.

use rcgen::{DnType, Issuer, KeyPair, RsaKeySize};
use rustls::pki_types::CertificateDer;

use super::hsm::identity_of;
use super::record::{Entry, Identity, UserRecord, encoded, setting};
use super::state::{Change, Entries, State, broken};
use crate::sealing::SealKey;
use crate::wire::{Fault, Role, Secret};
use crate::x509::{self, CLUSTER_NAME, CertificateError};

/// The name of the first admin, as in AWS.
pub(crate) const ADMIN: &str = "admin";
/// The name of the user that stands for the HSMs themselves, as in AWS.
pub(crate) const APPLIANCE: &str = "app_user";

/// Makes what a new HSM begins with: the cluster's keys, its certificate signing request, and the users that every
/// cluster has. One that joins a cluster or is restored replaces all of this.
pub(crate) fn begin(state: &State, cluster: &str) -> Result<Vec<Entry>, Fault> {
    let identity = new_identity(cluster).map_err(|error| broken(&error))?;
    state.change(None, |now| {
        if now.setting(setting::IDENTITY).is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![
            Change::setting(setting::MASKING, Secret::from(SealKey::random().as_bytes())),
            Change::setting(setting::IDENTITY, encoded(&identity)),
            Change::user(ADMIN, &without_password(Role::UnactivatedAdmin)),
            Change::user(APPLIANCE, &without_password(Role::ApplianceUser)),
        ])
    })
}

/// The cluster's identity, once there is one.
pub(crate) fn identity(now: &Entries) -> Result<Option<Identity>, Fault> {
    now.setting(setting::IDENTITY).map(|bytes| identity_of(bytes)).transpose()
}

fn without_password(role: Role) -> UserRecord {
    UserRecord {
        role,
        password: None,
        generation: bastide_ids::random_bytes(),
        failures: 0,
        failed_at: 0,
        locked: false,
        quorum_key: None,
    }
}

fn new_identity(cluster: &str) -> Result<Identity, CertificateError> {
    // RSA-2048 with SHA-256, as AWS's: every tool that signs requests knows it.
    let key = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048)?;
    let mut parameters = x509::parameters(&format!("{CLUSTER_NAME}{cluster}"), cluster);
    parameters.distinguished_name.push(DnType::LocalityName, "Bastide");
    let csr = parameters.serialize_request(&key)?.pem()?;
    let authority_key = x509::new_key()?;
    let name = format!("{cluster} clients");
    let authority = x509::authority(x509::parameters(&name, cluster)).self_signed(&authority_key)?;
    Ok(Identity {
        key: Secret::new(key.serialize_der()),
        csr,
        authority_key: Secret::new(authority_key.serialize_der()),
        authority: Secret::from(authority.der().as_ref()),
    })
}

/// The certificate that the hardware key makes for the key of the cluster's request (`HsmCertificate`), in PEM.
pub(crate) fn hsm_certificate(
    csr: &str,
    hsm: &str,
    hardware_key: &[u8],
    hardware_certificate: &[u8],
) -> Result<String, CertificateError> {
    let issuer = Issuer::from_ca_cert_der(
        &CertificateDer::from(hardware_certificate),
        KeyPair::try_from(hardware_key)?,
    )?;
    let mut request = rcgen::CertificateSigningRequestParams::from_pem(csr)?;
    let name = request.params.distinguished_name.clone();
    request.params = x509::parameters(hsm, "");
    request.params.distinguished_name = name;
    Ok(request.signed_by(&issuer)?.pem())
}
