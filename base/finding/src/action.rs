//! What was done (`Service.Action` of a GuardDuty finding).

use std::net::IpAddr;

use bastide_intel::Location;

/// What was done. GuardDuty's `actionType` is the variant.
#[derive(Clone, Debug)]
pub enum Action {
    /// `AWS_API_CALL`.
    ApiCall(Box<ApiCall>),
    /// `NETWORK_CONNECTION`.
    Connection(Box<Connection>),
    /// `PORT_PROBE`.
    PortProbe(PortProbe),
    /// `DNS_REQUEST`.
    DnsRequest(DnsRequest),
    /// `KUBERNETES_API_CALL`.
    KubernetesCall(Box<KubernetesCall>),
    /// `RDS_LOGIN_ATTEMPT`.
    Login(Login),
}

/// The other end.
#[derive(Clone, Debug, Default)]
pub struct Remote {
    /// Its address.
    pub address: Option<IpAddr>,
    /// Where that is, when known.
    pub location: Option<Location>,
}

/// `AwsApiCallAction`.
#[derive(Clone, Debug, Default)]
pub struct ApiCall {
    /// `Api`.
    pub api: String,
    /// `ServiceName`, such as `s3.amazonaws.com`.
    pub service: String,
    /// `CallerType`: `Remote IP` or `AWS service`.
    pub caller_service: Option<String>,
    /// `RemoteIpDetails`.
    pub remote: Remote,
    /// `ErrorCode`; empty for a success.
    pub error_code: String,
    /// `UserAgent`.
    pub user_agent: String,
    /// `RemoteAccountDetails.AccountId`; empty when it is the account itself.
    pub remote_account: String,
    /// `AffectedResources`: type to name.
    pub affected: Vec<(String, String)>,
}

/// `NetworkConnectionAction`.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// Whether the resource was the one connected to (`INBOUND`), or connected itself (`OUTBOUND`); `None`: `UNKNOWN`.
    pub inbound: Option<bool>,
    /// IANA's number.
    pub protocol: u8,
    /// The resource's address.
    pub local_address: Option<IpAddr>,
    /// The resource's port.
    pub local_port: u16,
    /// The other end.
    pub remote: Remote,
    /// The other end's port.
    pub remote_port: u16,
    /// Whether it was refused.
    pub blocked: bool,
}

/// `PortProbeAction`.
#[derive(Clone, Debug, Default)]
pub struct PortProbe {
    /// Whether it was refused.
    pub blocked: bool,
    /// Local port and who probed it.
    pub probes: Vec<(u16, Option<IpAddr>, Remote)>,
}

/// `DnsRequestAction`.
#[derive(Clone, Debug, Default)]
pub struct DnsRequest {
    /// The domain that was asked for.
    pub domain: String,
    /// Its registrable part.
    pub domain_with_suffix: String,
    /// `UDP`, `TCP`, …
    pub protocol: String,
    /// Whether it was refused.
    pub blocked: bool,
    /// `VpcOwnerAccountId`.
    pub vpc_owner: String,
}

/// `KubernetesApiCallAction`.
#[derive(Clone, Debug, Default)]
pub struct KubernetesCall {
    /// The path of the request.
    pub uri: String,
    /// The verb.
    pub verb: String,
    /// `UserAgent`.
    pub user_agent: String,
    /// Where the call came from.
    pub remote: Remote,
    /// All addresses that it passed.
    pub source_ips: Vec<String>,
    /// The HTTP status.
    pub status: u16,
    /// `Resource`.
    pub resource: String,
    /// `Subresource`.
    pub subresource: String,
    /// `Namespace`.
    pub namespace: String,
    /// `ResourceName`.
    pub name: String,
    /// `Parameters`.
    pub parameters: String,
}

/// `RdsLoginAttemptAction`.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// Where the client was.
    pub remote: Remote,
    /// User, application, failed attempts, successful attempts.
    pub attempts: Vec<LoginAttempts>,
}

/// `LoginAttribute`: attempts of one user with one application.
#[derive(Clone, Debug, Default)]
pub struct LoginAttempts {
    /// The database's user.
    pub user: String,
    /// The client's name of itself.
    pub application: String,
    /// How many were refused.
    pub failed: u64,
    /// How many were let in.
    pub successful: u64,
}
