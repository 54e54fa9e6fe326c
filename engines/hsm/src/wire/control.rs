use minicbor::{Decode, Encode};

use super::secret::Secret;

/// What the supervisor asks: the one who made the HSM and runs it, and who has no user in it.
#[derive(Clone, Debug, Encode, Decode)]
pub enum ControlRequest {
    /// The certificates. Reply: [`ControlReply::Certificates`].
    #[n(0)]
    Certificates,
    /// Gives the cluster its certificate. Reply: done.
    #[n(1)]
    Initialize {
        /// The signed cluster certificate, in PEM.
        #[n(0)]
        certificate: String,
        /// The self-signed certificate of who signed it, in PEM.
        #[n(1)]
        trust_anchor: String,
    },
    /// All HSMs of the cluster. The HSM brings itself in step with them, if it can. Reply: done.
    #[n(2)]
    SetMembers {
        /// All of them, this one among them.
        #[n(0)]
        members: Vec<Member>,
    },
    /// Takes the whole state over from another HSM of the cluster: for a new HSM. Reply: done.
    #[n(3)]
    Join {
        /// The other one.
        #[n(0)]
        from: Member,
    },
    /// The whole state, sealed for the HSMs of this supervisor. Reply: [`ControlReply::Bytes`].
    #[n(4)]
    Backup,
    /// Takes a backup's state over: for a new HSM. Reply: done.
    #[n(5)]
    Restore {
        /// From [`Self::Backup`].
        #[n(0)]
        backup: Secret,
    },
    /// Makes a client certificate. Reply: [`ControlReply::Text`], in PEM.
    #[n(6)]
    IssueClientCertificate {
        /// A certificate signing request, in PEM.
        #[n(0)]
        request: String,
    },
    /// Lines of the audit log. Reply: [`ControlReply::Audit`].
    #[n(7)]
    Audit {
        /// The first sequence number that is asked for; the log begins with 1.
        #[n(0)]
        from: u64,
        /// How many at most.
        #[n(1)]
        count: u32,
    },
    /// Whether the audit log is whole. Reply: done, or a fault that says where it breaks.
    #[n(8)]
    VerifyAudit,
    /// Ends the process. Reply: done.
    #[n(9)]
    Stop,
}

/// One HSM of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Member {
    /// `hsm-…`.
    #[n(0)]
    pub hsm: String,
    /// `ip:port`.
    #[n(1)]
    pub address: String,
}

/// Replies to [`ControlRequest`].
#[derive(Clone, Debug, Encode, Decode)]
pub enum ControlReply {
    /// To [`ControlRequest::Certificates`].
    #[n(0)]
    Certificates(#[n(0)] Certificates),
    /// A backup.
    #[n(1)]
    Bytes(
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        Vec<u8>,
    ),
    /// A certificate.
    #[n(2)]
    Text(#[n(0)] String),
    /// Lines of the audit log, each one JSON object.
    #[n(3)]
    Audit(#[n(0)] Vec<String>),
}

/// The certificates of an HSM and its cluster, in PEM, as DescribeClusters names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Certificates {
    /// The request that the customer signs.
    #[n(0)]
    pub cluster_csr: String,
    /// Made by the HSM's hardware key for the key of the request.
    #[n(1)]
    pub hsm: String,
    /// The hardware key's certificate by the one who runs it.
    #[n(2)]
    pub aws_hardware: String,
    /// The hardware key's certificate by its manufacturer.
    #[n(3)]
    pub manufacturer_hardware: String,
    /// What the customer signed, once initialised.
    #[n(4)]
    pub cluster: Option<String>,
    /// Who signed it.
    #[n(5)]
    pub trust_anchor: Option<String>,
}
