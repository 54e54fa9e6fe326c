//! What the supervisor asks for.

use rcgen::{Issuer, KeyPair};
use rustls::pki_types::CertificateDer;

use super::audit::Event;
use super::hsm::{Hsm, cluster_certificate, decoded};
use super::record::{self, ClusterCertificate, encoded, setting};
use super::state::{Change, broken};
use super::{genesis, join, replicate};
use crate::wire::{Certificates, Code, ControlReply, ControlRequest, Fault, Member, Secret};
use crate::x509::{self, CertificateError, Use};

/// HSMs in a cluster at most, as in AWS.
const MAX_MEMBERS: usize = 28;
/// The largest certificate that InitializeCluster takes, in bytes of PEM.
const MAX_CERTIFICATE: usize = 20_000;

/// Answers the supervisor; none is "done".
pub(crate) fn answer(hsm: &Hsm, request: ControlRequest) -> Result<Option<ControlReply>, Fault> {
    let command = match &request {
        ControlRequest::Initialize { .. } => Some("INITIALIZE"),
        ControlRequest::Join { .. } => Some("JOIN"),
        ControlRequest::Backup => Some("BACKUP"),
        ControlRequest::Restore { .. } => Some("RESTORE"),
        ControlRequest::IssueClientCertificate { .. } => Some("ISSUE_CLIENT_CERTIFICATE"),
        ControlRequest::Stop => Some("STOP"),
        _ => None,
    };
    let outcome = run(hsm, request);
    if let Some(command) = command {
        let response = match &outcome {
            Ok(_) => "SUCCESS".to_owned(),
            Err(fault) => format!("{:?}", fault.code),
        };
        let client = Some("supervisor".to_owned());
        hsm.audit.write(&Event { command, client, response: &response, ..Event::default() })?;
    }
    outcome
}

fn run(hsm: &Hsm, request: ControlRequest) -> Result<Option<ControlReply>, Fault> {
    match request {
        ControlRequest::Certificates => certificates(hsm).map(ControlReply::Certificates).map(Some),
        ControlRequest::Initialize { certificate, trust_anchor } => {
            initialize(hsm, &certificate, &trust_anchor).map(|()| None)
        }
        ControlRequest::SetMembers { members } => set_members(hsm, &members).map(|()| None),
        ControlRequest::Join { from } => join::join(hsm, &from).map(|()| None),
        ControlRequest::Backup => join::backup(hsm).map(ControlReply::Bytes).map(Some),
        ControlRequest::Restore { backup } => join::restore(hsm, &backup).map(|()| None),
        ControlRequest::IssueClientCertificate { request } => {
            issue(hsm, &request).map(ControlReply::Text).map(Some)
        }
        ControlRequest::Audit { from, count } => {
            hsm.audit.lines(from, count).map(ControlReply::Audit).map(Some)
        }
        ControlRequest::VerifyAudit => hsm.audit.verify().map(|()| None),
        ControlRequest::Stop => {
            hsm.stop();
            Ok(None)
        }
    }
}

fn certificates(hsm: &Hsm) -> Result<Certificates, Fault> {
    let now = hsm.state.read();
    let identity = genesis::identity(&now)?
        .ok_or_else(|| Fault::new(Code::Unavailable, "the HSM has no identity yet"))?;
    let hardware = now.setting(setting::HARDWARE);
    let hardware: record::Hardware =
        decoded(hardware.ok_or_else(|| Fault::new(Code::Unavailable, "the HSM has no hardware key yet"))?)?;
    let made = genesis::hsm_certificate(&identity.csr, &hsm.id, &hardware.key, &hardware.operator);
    let cluster = cluster_certificate(&now)?;
    Ok(Certificates {
        cluster_csr: identity.csr.clone(),
        hsm: made.map_err(|error| broken(&error))?,
        aws_hardware: x509::to_pem(&hardware.operator),
        manufacturer_hardware: x509::to_pem(&hardware.manufacturer),
        cluster: cluster.as_ref().map(|kept| x509::to_pem(&kept.certificate)),
        trust_anchor: cluster.as_ref().map(|kept| x509::to_pem(&kept.anchor)),
    })
}

fn initialize(hsm: &Hsm, certificate: &str, anchor: &str) -> Result<(), Fault> {
    let refused = |error: CertificateError| Fault::new(Code::Certificate, error.to_string());
    if certificate.len() > MAX_CERTIFICATE || anchor.len() > MAX_CERTIFICATE {
        return Err(Fault::new(Code::Certificate, "the certificate is too large"));
    }
    let certificate = x509::read_pem(certificate).map_err(refused)?;
    let anchor = x509::read_pem(anchor).map_err(refused)?;
    x509::verify_issued(&anchor, &anchor).map_err(|_| {
        Fault::new(Code::Certificate, "the trust anchor is not a valid self-signed certificate")
    })?;
    x509::verify_chain(&certificate, &[], &anchor, Use::Server).map_err(refused)?;
    hsm.change(None, |now| {
        if cluster_certificate(now)?.is_some() {
            return Err(Fault::new(Code::AlreadyDone, "the cluster was initialised before"));
        }
        let identity = genesis::identity(now)?
            .ok_or_else(|| Fault::new(Code::Unavailable, "the HSM has no identity yet"))?;
        fits_request(&certificate, &identity.csr).map_err(refused)?;
        let kept = ClusterCertificate {
            certificate: Secret::from(certificate.as_ref()),
            anchor: Secret::from(anchor.as_ref()),
        };
        Ok(vec![Change::setting(setting::CERTIFICATE, encoded(&kept))])
    })?;
    hsm.follow_trust()
}

/// Whether a certificate is for the key and the name of a request.
fn fits_request(certificate: &[u8], csr: &str) -> Result<(), CertificateError> {
    let request = rcgen::CertificateSigningRequestParams::from_pem(csr)?;
    let spki = rcgen::PublicKeyData::subject_public_key_info(&request.public_key);
    if x509::public_key(certificate)? != spki {
        return Err(CertificateError::new("the certificate is not for the key of the cluster's request"));
    }
    let (name, _) = x509::subject(certificate)?;
    if !name.starts_with(x509::CLUSTER_NAME) {
        return Err(CertificateError::new("the certificate has not the subject of the cluster's request"));
    }
    Ok(())
}

/// Takes the list of members over and brings this HSM in step with those that live; then it answers clients.
fn set_members(hsm: &Hsm, members: &[Member]) -> Result<(), Fault> {
    if members.len() > MAX_MEMBERS || !members.iter().any(|member| member.hsm == hsm.id) {
        return Err(Fault::new(Code::Arguments, "the members are 1 to 28 HSMs, this one among them"));
    }
    hsm.peers.set(members, &hsm.trust)?;
    replicate::catch_up(hsm);
    hsm.set_ready();
    Ok(())
}

fn issue(hsm: &Hsm, request: &str) -> Result<String, Fault> {
    let refused = |error: CertificateError| Fault::new(Code::Certificate, error.to_string());
    let now = hsm.state.read();
    let identity = genesis::identity(&now)?
        .ok_or_else(|| Fault::new(Code::Unavailable, "the HSM has no identity yet"))?;
    if cluster_certificate(&now)?.is_none() {
        return Err(Fault::new(Code::Unavailable, "the cluster is not initialised"));
    }
    let key = KeyPair::try_from(&*identity.authority_key).map_err(|error| broken(&error))?;
    let authority = CertificateDer::from(identity.authority.to_vec());
    let issuer = Issuer::from_ca_cert_der(&authority, key).map_err(|error| broken(&error))?;
    x509::issue_client(request, &hsm.cluster, &issuer).map_err(refused)
}
