//! The finding types that logs alone can show, as a table.
//!
//! Names and default severities: GuardDuty's finding types.

use std::sync::{Mutex, PoisonError};

/// What kind of log a type is found in; GuardDuty switches these as a detector's features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// CloudTrail's management events.
    CloudTrail,
    /// CloudTrail's data events of S3.
    S3Data,
    /// DNS queries.
    Dns,
    /// VPC flow logs.
    Flow,
    /// VPC flow logs of functions' interfaces.
    Lambda,
    /// Kubernetes audit events.
    Kubernetes,
    /// Logins to databases.
    RdsLogin,
}

/// What a type is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// An identity.
    AccessKey,
    /// A bucket.
    Bucket,
    /// An EC2 instance.
    Instance,
    /// A Lambda function.
    Function,
    /// A Kubernetes cluster.
    Cluster,
    /// A database.
    Database,
}

/// One type of findings.
#[derive(Debug, PartialEq)]
pub struct FindingType {
    /// Its name, such as `Recon:EC2/Portscan`.
    pub name: &'static str,
    /// Its default severity: 2.0 low, 5.0 medium, 8.0 high, 9.0 critical.
    pub severity: f64,
    /// The log that shows it.
    pub source: Source,
    /// What it is about.
    pub resource: Resource,
    /// Whether it is a type of Bastide's own, which GuardDuty doesn't have.
    pub own: bool,
    /// Its title, for types that rules brought; may hold `{who}` and the like. Empty for all others.
    pub title: &'static str,
    /// Its description, for types that rules brought.
    pub description: &'static str,
}

const fn row(name: &'static str, severity: f64, source: Source, resource: Resource) -> FindingType {
    FindingType { name, severity, source, resource, own: false, title: "", description: "" }
}

/// A row for a type that GuardDuty doesn't have.
#[allow(dead_code, reason = "rows of our own come with their detectors")]
const fn own(name: &'static str, severity: f64, source: Source, resource: Resource) -> FindingType {
    FindingType { name, severity, source, resource, own: true, title: "", description: "" }
}

/// The type of a name; `None` for what logs alone can't show, and for names that don't exist.
#[must_use]
pub fn find(name: &str) -> Option<&'static FindingType> {
    let built_in = TYPES.binary_search_by(|row| row.name.cmp(name)).ok().and_then(|index| TYPES.get(index));
    built_in.or_else(|| {
        let declared = DECLARED.lock().unwrap_or_else(PoisonError::into_inner);
        declared.iter().rev().find(|row| row.name == name).copied()
    })
}

/// The types that rules brought. They live as long as the process: findings hold them by reference.
static DECLARED: Mutex<Vec<&'static FindingType>> = Mutex::new(Vec::new());

/// Types that rules may bring.
const MAX_DECLARED: usize = 10_000;

/// Makes a type that a rule brings known; the same again is the same. `None` when the name is one of GuardDuty's,
/// or after 10,000 different ones.
pub fn declare(
    name: &str,
    severity: f64,
    (source, resource): (Source, Resource),
    (title, description): (&str, &str),
) -> Option<&'static FindingType> {
    if TYPES.iter().any(|row| row.name == name) {
        return None;
    }
    let mut declared = DECLARED.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |row: &&&'static FindingType| {
        row.name == name
            && row.severity.total_cmp(&severity).is_eq()
            && (row.source, row.resource) == (source, resource)
            && (row.title, row.description) == (title, description)
    };
    if let Some(row) = declared.iter().find(same) {
        return Some(row);
    }
    if declared.len() >= MAX_DECLARED {
        return None;
    }
    let leak = |text: &str| -> &'static str { Box::leak(Box::from(text)) };
    let row: &'static FindingType = Box::leak(Box::new(FindingType {
        name: leak(name),
        severity,
        source,
        resource,
        own: true,
        title: leak(title),
        description: leak(description),
    }));
    declared.push(row);
    Some(row)
}

/// All types, in the order of their names.
#[rustfmt::skip]
pub static TYPES: &[FindingType] = &[
    row("AttackSequence:EKS/CompromisedCluster", 9.0, Source::Kubernetes, Resource::Cluster),
    row("AttackSequence:IAM/CompromisedCredentials", 9.0, Source::CloudTrail, Resource::AccessKey),
    row("AttackSequence:S3/CompromisedData", 9.0, Source::S3Data, Resource::Bucket),
    row("Backdoor:EC2/C&CActivity.B", 8.0, Source::Flow, Resource::Instance),
    row("Backdoor:EC2/C&CActivity.B!DNS", 8.0, Source::Dns, Resource::Instance),
    row("Backdoor:EC2/DenialOfService.Dns", 8.0, Source::Flow, Resource::Instance),
    row("Backdoor:EC2/DenialOfService.Tcp", 8.0, Source::Flow, Resource::Instance),
    row("Backdoor:EC2/DenialOfService.Udp", 8.0, Source::Flow, Resource::Instance),
    row("Backdoor:EC2/DenialOfService.UdpOnTcpPorts", 8.0, Source::Flow, Resource::Instance),
    row("Backdoor:EC2/DenialOfService.UnusualProtocol", 8.0, Source::Flow, Resource::Instance),
    row("Backdoor:EC2/Spambot", 5.0, Source::Flow, Resource::Instance),
    row("Backdoor:Lambda/C&CActivity.B", 8.0, Source::Lambda, Resource::Function),
    own("Behavior:EC2/Beaconing", 5.0, Source::Flow, Resource::Instance),
    row("Behavior:EC2/NetworkPortUnusual", 5.0, Source::Flow, Resource::Instance),
    row("Behavior:EC2/TrafficVolumeUnusual", 5.0, Source::Flow, Resource::Instance),
    row("CredentialAccess:IAMUser/AnomalousBehavior", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("CredentialAccess:IAMUser/CompromisedCredentials", 8.0, Source::CloudTrail, Resource::AccessKey),
    row("CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed", 5.0, Source::Kubernetes, Resource::Cluster),
    row("CredentialAccess:Kubernetes/MaliciousIPCaller", 8.0, Source::Kubernetes, Resource::Cluster),
    row("CredentialAccess:Kubernetes/MaliciousIPCaller.Custom", 8.0, Source::Kubernetes, Resource::Cluster),
    row("CredentialAccess:Kubernetes/SuccessfulAnonymousAccess", 8.0, Source::Kubernetes, Resource::Cluster),
    row("CredentialAccess:Kubernetes/TorIPCaller", 8.0, Source::Kubernetes, Resource::Cluster),
    row("CredentialAccess:RDS/AnomalousBehavior.FailedLogin", 2.0, Source::RdsLogin, Resource::Database),
    row("CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce", 8.0, Source::RdsLogin, Resource::Database),
    row("CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin", 8.0, Source::RdsLogin, Resource::Database),
    row("CredentialAccess:RDS/MaliciousIPCaller.FailedLogin", 5.0, Source::RdsLogin, Resource::Database),
    row("CredentialAccess:RDS/MaliciousIPCaller.SuccessfulLogin", 8.0, Source::RdsLogin, Resource::Database),
    row("CredentialAccess:RDS/TorIPCaller.FailedLogin", 5.0, Source::RdsLogin, Resource::Database),
    row("CredentialAccess:RDS/TorIPCaller.SuccessfulLogin", 8.0, Source::RdsLogin, Resource::Database),
    row("CryptoCurrency:EC2/BitcoinTool.B", 8.0, Source::Flow, Resource::Instance),
    row("CryptoCurrency:EC2/BitcoinTool.B!DNS", 8.0, Source::Dns, Resource::Instance),
    row("CryptoCurrency:Lambda/BitcoinTool.B", 8.0, Source::Lambda, Resource::Function),
    row("DefenseEvasion:EC2/UnusualDNSResolver", 5.0, Source::Flow, Resource::Instance),
    row("DefenseEvasion:EC2/UnusualDoHActivity", 5.0, Source::Flow, Resource::Instance),
    row("DefenseEvasion:EC2/UnusualDoTActivity", 5.0, Source::Flow, Resource::Instance),
    row("DefenseEvasion:IAMUser/AnomalousBehavior", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("DefenseEvasion:IAMUser/BedrockLoggingDisabled", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("DefenseEvasion:Kubernetes/MaliciousIPCaller", 8.0, Source::Kubernetes, Resource::Cluster),
    row("DefenseEvasion:Kubernetes/MaliciousIPCaller.Custom", 8.0, Source::Kubernetes, Resource::Cluster),
    row("DefenseEvasion:Kubernetes/SuccessfulAnonymousAccess", 8.0, Source::Kubernetes, Resource::Cluster),
    row("DefenseEvasion:Kubernetes/TorIPCaller", 8.0, Source::Kubernetes, Resource::Cluster),
    row("Discovery:IAMUser/AnomalousBehavior", 2.0, Source::CloudTrail, Resource::AccessKey),
    row("Discovery:Kubernetes/AnomalousBehavior.PermissionChecked", 2.0, Source::Kubernetes, Resource::Cluster),
    row("Discovery:Kubernetes/MaliciousIPCaller", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Discovery:Kubernetes/MaliciousIPCaller.Custom", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Discovery:Kubernetes/SuccessfulAnonymousAccess", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Discovery:Kubernetes/TorIPCaller", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Discovery:RDS/MaliciousIPCaller", 5.0, Source::RdsLogin, Resource::Database),
    row("Discovery:RDS/TorIPCaller", 5.0, Source::RdsLogin, Resource::Database),
    row("Discovery:S3/AnomalousBehavior", 2.0, Source::S3Data, Resource::Bucket),
    row("Discovery:S3/MaliciousIPCaller", 8.0, Source::S3Data, Resource::Bucket),
    row("Discovery:S3/MaliciousIPCaller.Custom", 8.0, Source::S3Data, Resource::Bucket),
    row("Discovery:S3/TorIPCaller", 5.0, Source::S3Data, Resource::Bucket),
    row("Execution:Kubernetes/AnomalousBehavior.ExecInPod", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed", 2.0, Source::Kubernetes, Resource::Cluster),
    row("Execution:Kubernetes/ExecInKubeSystemPod", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Exfiltration:IAMUser/AnomalousBehavior", 8.0, Source::CloudTrail, Resource::AccessKey),
    row("Exfiltration:S3/AnomalousBehavior", 8.0, Source::S3Data, Resource::Bucket),
    row("Exfiltration:S3/MaliciousIPCaller", 8.0, Source::S3Data, Resource::Bucket),
    row("Impact:EC2/AbusedDomainRequest.Reputation", 5.0, Source::Dns, Resource::Instance),
    row("Impact:EC2/BitcoinDomainRequest.Reputation", 8.0, Source::Dns, Resource::Instance),
    row("Impact:EC2/MaliciousDomainRequest.Custom", 5.0, Source::Dns, Resource::Instance),
    row("Impact:EC2/MaliciousDomainRequest.Reputation", 8.0, Source::Dns, Resource::Instance),
    row("Impact:EC2/PortSweep", 8.0, Source::Flow, Resource::Instance),
    row("Impact:EC2/SuspiciousDomainRequest.Reputation", 2.0, Source::Dns, Resource::Instance),
    row("Impact:EC2/WinRMBruteForce", 2.0, Source::Flow, Resource::Instance),
    row("Impact:IAMUser/AnomalousBehavior", 8.0, Source::CloudTrail, Resource::AccessKey),
    row("Impact:Kubernetes/MaliciousIPCaller", 8.0, Source::Kubernetes, Resource::Cluster),
    row("Impact:Kubernetes/MaliciousIPCaller.Custom", 8.0, Source::Kubernetes, Resource::Cluster),
    row("Impact:Kubernetes/SuccessfulAnonymousAccess", 8.0, Source::Kubernetes, Resource::Cluster),
    row("Impact:Kubernetes/TorIPCaller", 8.0, Source::Kubernetes, Resource::Cluster),
    row("Impact:S3/AnomalousBehavior.Delete", 8.0, Source::S3Data, Resource::Bucket),
    row("Impact:S3/AnomalousBehavior.Permission", 8.0, Source::S3Data, Resource::Bucket),
    row("Impact:S3/AnomalousBehavior.Write", 5.0, Source::S3Data, Resource::Bucket),
    row("Impact:S3/MaliciousIPCaller", 8.0, Source::S3Data, Resource::Bucket),
    row("InitialAccess:IAMUser/AnomalousBehavior", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("PenTest:IAMUser/KaliLinux", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("PenTest:IAMUser/ParrotLinux", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("PenTest:IAMUser/PentooLinux", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("PenTest:S3/KaliLinux", 5.0, Source::S3Data, Resource::Bucket),
    row("PenTest:S3/ParrotLinux", 5.0, Source::S3Data, Resource::Bucket),
    row("PenTest:S3/PentooLinux", 5.0, Source::S3Data, Resource::Bucket),
    row("Persistence:IAMUser/AnomalousBehavior", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount", 8.0, Source::Kubernetes, Resource::Cluster),
    row("Persistence:Kubernetes/MaliciousIPCaller", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Persistence:Kubernetes/MaliciousIPCaller.Custom", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Persistence:Kubernetes/SuccessfulAnonymousAccess", 8.0, Source::Kubernetes, Resource::Cluster),
    row("Persistence:Kubernetes/TorIPCaller", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Policy:IAMUser/RootCredentialUsage", 2.0, Source::CloudTrail, Resource::AccessKey),
    row("Policy:IAMUser/ShortTermRootCredentialUsage", 2.0, Source::CloudTrail, Resource::AccessKey),
    row("Policy:Kubernetes/AdminAccessToDefaultServiceAccount", 8.0, Source::Kubernetes, Resource::Cluster),
    row("Policy:Kubernetes/AnonymousAccessGranted", 8.0, Source::Kubernetes, Resource::Cluster),
    row("Policy:Kubernetes/ExposedDashboard", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Policy:Kubernetes/KubeflowDashboardExposed", 5.0, Source::Kubernetes, Resource::Cluster),
    row("Policy:S3/AccountBlockPublicAccessDisabled", 2.0, Source::CloudTrail, Resource::Bucket),
    row("Policy:S3/BucketAnonymousAccessGranted", 8.0, Source::CloudTrail, Resource::Bucket),
    row("Policy:S3/BucketBlockPublicAccessDisabled", 2.0, Source::CloudTrail, Resource::Bucket),
    row("Policy:S3/BucketPublicAccessGranted", 8.0, Source::CloudTrail, Resource::Bucket),
    row("PrivilegeEscalation:IAMUser/AnomalousBehavior", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated", 5.0, Source::Kubernetes, Resource::Cluster),
    row("PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated", 5.0, Source::Kubernetes, Resource::Cluster),
    row("PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer", 8.0, Source::Kubernetes, Resource::Cluster),
    row("Recon:EC2/PortProbeEMRUnprotectedPort", 8.0, Source::Flow, Resource::Instance),
    row("Recon:EC2/PortProbeUnprotectedPort", 2.0, Source::Flow, Resource::Instance),
    row("Recon:EC2/Portscan", 5.0, Source::Flow, Resource::Instance),
    row("Recon:IAMUser/MaliciousIPCaller", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("Recon:IAMUser/MaliciousIPCaller.Custom", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("Recon:IAMUser/TorIPCaller", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("Stealth:IAMUser/CloudTrailLoggingDisabled", 2.0, Source::CloudTrail, Resource::AccessKey),
    row("Stealth:IAMUser/PasswordPolicyChange", 2.0, Source::CloudTrail, Resource::AccessKey),
    row("Stealth:S3/ServerAccessLoggingDisabled", 2.0, Source::CloudTrail, Resource::Bucket),
    row("Trojan:EC2/BlackholeTraffic", 5.0, Source::Flow, Resource::Instance),
    row("Trojan:EC2/BlackholeTraffic!DNS", 5.0, Source::Dns, Resource::Instance),
    row("Trojan:EC2/DGADomainRequest.B", 8.0, Source::Dns, Resource::Instance),
    row("Trojan:EC2/DGADomainRequest.C!DNS", 8.0, Source::Dns, Resource::Instance),
    row("Trojan:EC2/DNSDataExfiltration", 8.0, Source::Dns, Resource::Instance),
    row("Trojan:EC2/DriveBySourceTraffic!DNS", 8.0, Source::Dns, Resource::Instance),
    row("Trojan:EC2/DropPoint", 5.0, Source::Flow, Resource::Instance),
    row("Trojan:EC2/DropPoint!DNS", 5.0, Source::Dns, Resource::Instance),
    row("Trojan:EC2/PhishingDomainRequest!DNS", 8.0, Source::Dns, Resource::Instance),
    row("Trojan:Lambda/BlackholeTraffic", 5.0, Source::Lambda, Resource::Function),
    row("Trojan:Lambda/DropPoint", 5.0, Source::Lambda, Resource::Function),
    row("UnauthorizedAccess:EC2/MaliciousIPCaller.Custom", 5.0, Source::Flow, Resource::Instance),
    row("UnauthorizedAccess:EC2/MetadataDNSRebind", 8.0, Source::Dns, Resource::Instance),
    row("UnauthorizedAccess:EC2/RDPBruteForce", 2.0, Source::Flow, Resource::Instance),
    row("UnauthorizedAccess:EC2/SSHBruteForce", 2.0, Source::Flow, Resource::Instance),
    row("UnauthorizedAccess:EC2/TorClient", 8.0, Source::Flow, Resource::Instance),
    row("UnauthorizedAccess:EC2/TorRelay", 8.0, Source::Flow, Resource::Instance),
    row("UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.InsideAWS", 8.0, Source::CloudTrail, Resource::AccessKey),
    row("UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS", 8.0, Source::CloudTrail, Resource::AccessKey),
    row("UnauthorizedAccess:IAMUser/MaliciousIPCaller", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.InsideAWS", 8.0, Source::CloudTrail, Resource::AccessKey),
    row("UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.OutsideAWS", 8.0, Source::CloudTrail, Resource::AccessKey),
    row("UnauthorizedAccess:IAMUser/TorIPCaller", 5.0, Source::CloudTrail, Resource::AccessKey),
    row("UnauthorizedAccess:Lambda/MaliciousIPCaller.Custom", 5.0, Source::Lambda, Resource::Function),
    row("UnauthorizedAccess:Lambda/TorClient", 8.0, Source::Lambda, Resource::Function),
    row("UnauthorizedAccess:Lambda/TorRelay", 8.0, Source::Lambda, Resource::Function),
    row("UnauthorizedAccess:S3/MaliciousIPCaller.Custom", 8.0, Source::S3Data, Resource::Bucket),
    row("UnauthorizedAccess:S3/TorIPCaller", 8.0, Source::S3Data, Resource::Bucket),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_and_whole() {
        assert!(TYPES.is_sorted_by(|a, b| a.name < b.name));
        assert_eq!(
            TYPES.iter().filter(|row| !row.own && !row.name.starts_with("AttackSequence")).count(),
            137
        );
        assert_eq!(find("Recon:EC2/Portscan").map(|row| row.source), Some(Source::Flow));
        assert_eq!(find("Recon:EC2/Nothing"), None);
    }

    #[test]
    fn rules_bring_types() {
        let make = |name, severity| {
            declare(name, severity, (Source::CloudTrail, Resource::AccessKey), ("title", "what {who} did"))
        };
        let made = make("Custom:IAMUser/Thing", 5.0).unwrap();
        assert!(std::ptr::eq(made, make("Custom:IAMUser/Thing", 5.0).unwrap()));
        assert_eq!(find("Custom:IAMUser/Thing"), Some(made));
        assert_eq!(make("Custom:IAMUser/Thing", 8.0).unwrap().severity, 8.0);
        assert_eq!(make("Recon:EC2/Portscan", 5.0), None);
    }
}
