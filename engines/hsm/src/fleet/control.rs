use super::Fleet;
use crate::client::link::{Link, LinkError, Timeouts};
use crate::tls::{self, Expected};
use crate::wire::{
    Certificates, ControlReply, ControlRequest, Info, MAX_INNER_FRAME, Member, Reply, Request, Secret,
};
use crate::x509::{self, CertificateError};

/// Why a call to an HSM failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The connection failed or the HSM refused.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// A certificate could not be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The HSM answered something else than what was asked.
    #[error("the HSM's answer does not fit the request")]
    Unexpected,
}

/// The supervisor's link to one HSM. Its calls block.
pub struct Control {
    link: Link,
}

/// The name by which an HSM's hardware certificate is asked for.
pub(crate) fn hardware_name(hsm: &str) -> String {
    format!("{hsm}.hsm.internal")
}

#[allow(clippy::missing_errors_doc, reason = "all fail alike: the link breaks, or the HSM refuses")]
impl Control {
    /// Connects to the HSM `hsm` of `cluster` at `address`, `ip:port`.
    pub fn connect(
        fleet: &Fleet,
        cluster: &str,
        hsm: &str,
        address: &str,
        timeouts: Timeouts,
    ) -> Result<Self, ControlError> {
        let (certificate, key) = fleet.supervisor()?;
        let expected =
            Expected::Hardware { root: fleet.root(), hsm: hsm.to_owned(), cluster: cluster.to_owned() };
        let config = tls::client_config(expected, vec![certificate], &key)?;
        let mut link = Link::open(address, Some(&hardware_name(hsm)), &config, timeouts, MAX_INNER_FRAME)?;
        link.hello(bastide_ids::random_bytes())?;
        Ok(Self { link })
    }

    /// What the HSM says of itself.
    pub fn info(&mut self) -> Result<Info, ControlError> {
        match self.link.call(&Request::Info)? {
            Reply::Info(info) => Ok(info),
            _ => Err(ControlError::Unexpected),
        }
    }

    /// The certificates of HSM and cluster.
    pub fn certificates(&mut self) -> Result<Certificates, ControlError> {
        match self.call(ControlRequest::Certificates)? {
            Reply::Control(ControlReply::Certificates(certificates)) => Ok(certificates),
            _ => Err(ControlError::Unexpected),
        }
    }

    /// The cluster's certificate signing request, in PEM.
    pub fn csr(&mut self) -> Result<String, ControlError> {
        Ok(self.certificates()?.cluster_csr)
    }

    /// Gives the cluster its certificate; refused with [`crate::wire::Code::Certificate`] when it does not fit the
    /// request or the anchor did not sign it.
    pub fn initialize(&mut self, certificate: &str, trust_anchor: &str) -> Result<(), ControlError> {
        let (certificate, trust_anchor) = (certificate.to_owned(), trust_anchor.to_owned());
        self.done(ControlRequest::Initialize { certificate, trust_anchor })
    }

    /// Tells all HSMs of the cluster. Call it on every HSM when one comes or goes.
    pub fn set_members(&mut self, members: &[Member]) -> Result<(), ControlError> {
        self.done(ControlRequest::SetMembers { members: members.to_vec() })
    }

    /// Has a new HSM take everything over from one of the cluster.
    pub fn join(&mut self, from: &Member) -> Result<(), ControlError> {
        self.done(ControlRequest::Join { from: from.clone() })
    }

    /// The HSM's whole state, sealed for HSMs of this fleet.
    pub fn backup(&mut self) -> Result<Vec<u8>, ControlError> {
        match self.call(ControlRequest::Backup)? {
            Reply::Control(ControlReply::Bytes(bytes)) => Ok(bytes),
            _ => Err(ControlError::Unexpected),
        }
    }

    /// Has a new HSM take a backup's state over: its users, keys and cluster certificate.
    pub fn restore(&mut self, backup: &[u8]) -> Result<(), ControlError> {
        self.done(ControlRequest::Restore { backup: Secret::from(backup) })
    }

    /// Makes a client certificate for the request `csr`, both in PEM.
    pub fn issue_client_certificate(&mut self, csr: &str) -> Result<String, ControlError> {
        match self.call(ControlRequest::IssueClientCertificate { request: csr.to_owned() })? {
            Reply::Control(ControlReply::Text(pem)) => Ok(pem),
            _ => Err(ControlError::Unexpected),
        }
    }

    /// Makes a key, and a client certificate for it: both in PEM.
    pub fn new_client(&mut self, name: &str) -> Result<(String, Secret), ControlError> {
        let key = x509::new_key()?;
        let request = x509::parameters(name, "").serialize_request(&key).map_err(CertificateError::from)?;
        let request = request.pem().map_err(CertificateError::from)?;
        Ok((self.issue_client_certificate(&request)?, Secret::new(key.serialize_pem().into_bytes())))
    }

    /// Lines of the audit log from a sequence number on.
    pub fn audit(&mut self, from: u64, count: u32) -> Result<Vec<String>, ControlError> {
        match self.call(ControlRequest::Audit { from, count })? {
            Reply::Control(ControlReply::Audit(lines)) => Ok(lines),
            _ => Err(ControlError::Unexpected),
        }
    }

    /// Whether the audit log is whole.
    pub fn verify_audit(&mut self) -> Result<(), ControlError> {
        self.done(ControlRequest::VerifyAudit)
    }

    /// Ends the HSM's process.
    pub fn stop(&mut self) -> Result<(), ControlError> {
        self.done(ControlRequest::Stop)
    }

    fn call(&mut self, request: ControlRequest) -> Result<Reply, ControlError> {
        Ok(self.link.call(&Request::Control(request))?)
    }

    fn done(&mut self, request: ControlRequest) -> Result<(), ControlError> {
        match self.call(request)? {
            Reply::Done => Ok(()),
            _ => Err(ControlError::Unexpected),
        }
    }
}
