//! What an API is good for in an attack.

use bastide_finding::{FindingType, find};

use super::apis::APIS;
use super::hash::{self, Map};

/// A tactic, or what is done to S3's data: each has a type of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Tactic {
    InitialAccess,
    Discovery,
    CredentialAccess,
    PrivilegeEscalation,
    Persistence,
    DefenseEvasion,
    Exfiltration,
    Impact,
    S3Discovery,
    S3Exfiltration,
    S3Delete,
    S3Permission,
    S3Write,
}

impl Tactic {
    /// All, in order.
    #[cfg(test)]
    pub(super) const ALL: [Self; 13] = [
        Self::InitialAccess,
        Self::Discovery,
        Self::CredentialAccess,
        Self::PrivilegeEscalation,
        Self::Persistence,
        Self::DefenseEvasion,
        Self::Exfiltration,
        Self::Impact,
        Self::S3Discovery,
        Self::S3Exfiltration,
        Self::S3Delete,
        Self::S3Permission,
        Self::S3Write,
    ];

    /// The finding type's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InitialAccess => "InitialAccess:IAMUser/AnomalousBehavior",
            Self::Discovery => "Discovery:IAMUser/AnomalousBehavior",
            Self::CredentialAccess => "CredentialAccess:IAMUser/AnomalousBehavior",
            Self::PrivilegeEscalation => "PrivilegeEscalation:IAMUser/AnomalousBehavior",
            Self::Persistence => "Persistence:IAMUser/AnomalousBehavior",
            Self::DefenseEvasion => "DefenseEvasion:IAMUser/AnomalousBehavior",
            Self::Exfiltration => "Exfiltration:IAMUser/AnomalousBehavior",
            Self::Impact => "Impact:IAMUser/AnomalousBehavior",
            Self::S3Discovery => "Discovery:S3/AnomalousBehavior",
            Self::S3Exfiltration => "Exfiltration:S3/AnomalousBehavior",
            Self::S3Delete => "Impact:S3/AnomalousBehavior.Delete",
            Self::S3Permission => "Impact:S3/AnomalousBehavior.Permission",
            Self::S3Write => "Impact:S3/AnomalousBehavior.Write",
        }
    }

    /// The finding type.
    pub(super) fn kind(self) -> Option<&'static FindingType> {
        find(self.name())
    }

    /// Whether it is about buckets.
    pub(super) fn s3(self) -> bool {
        self >= Self::S3Discovery
    }

    /// Whether it only looks around, or is what all programs do with objects, unless there are many: that goes on
    /// all day.
    pub(super) fn looks(self) -> bool {
        matches!(self, Self::Discovery | Self::S3Discovery | Self::S3Exfiltration | Self::S3Write)
    }
}

/// What is known of an API.
#[derive(Clone, Copy, Debug)]
pub(super) struct Api {
    /// What it is good for; `None` for what no tactic needs.
    pub(super) tactic: Option<Tactic>,
    /// The share of identities that use it in a month, by experience.
    pub(super) prior: f32,
    /// The hash of service and name.
    pub(super) act: u64,
    /// The hash of the service.
    pub(super) service: u64,
    /// The service has one place for all regions.
    pub(super) global: bool,
    /// It only reads.
    pub(super) reads: bool,
    /// It is about S3's buckets or objects.
    pub(super) s3: bool,
    /// It takes on a role.
    pub(super) assumes: bool,
}

/// APIs that were met, by hash of source and name.
pub(super) struct Apis {
    met: Map<u64, Api>,
    known: Map<u64, (Tactic, f32)>,
}

/// APIs that may be met; beyond it their tactic is found anew each time.
const LIMIT: usize = 1 << 16;

impl Apis {
    pub(super) fn new() -> Self {
        let mut known = Map::default();
        for (tactic, service, prior, names) in APIS {
            for name in names.split(' ') {
                known.entry(hash::after(hash::text(service), name)).or_insert((*tactic, *prior));
            }
        }
        Self { met: Map::default(), known }
    }

    /// What is known of an API of an event source.
    pub(super) fn find(&mut self, source: &str, name: &str, data: bool) -> Api {
        let key = hash::after(hash::text(source), name).wrapping_add(u64::from(data));
        if let Some(api) = self.met.get(&key) {
            return *api;
        }
        let api = self.classify(source, name, data);
        if self.met.len() < LIMIT {
            self.met.insert(key, api);
        }
        api
    }

    fn classify(&self, source: &str, name: &str, data: bool) -> Api {
        let service = service(source);
        let act = hash::after(hash::text(service), name);
        let plain = hash::after(hash::text(service), without_version(name));
        let known = || self.known.get(&plain).copied().or_else(|| fallback(name));
        let s3 = matches!(service, "s3" | "s3express");
        let found = if s3 { object(name, data).or_else(known) } else { known() };
        // The data of other services is not S3's, and has no type: secrets and tokens are management events.
        let found = if data && !s3 { None } else { found };
        Api {
            tactic: found.map(|(tactic, _)| tactic),
            prior: found.map_or(0.2, |(_, prior)| prior),
            act,
            service: hash::text(service),
            global: GLOBAL.contains(&service),
            reads: READS.iter().any(|verb| name.starts_with(verb)),
            s3,
            assumes: service == "sts" && name.starts_with("AssumeRole"),
        }
    }
}

/// The first part of an event source.
pub(super) fn service(source: &str) -> &str {
    source.split('.').next().unwrap_or(source)
}

/// The name of an API without its version, which is a date: `CreateFunction20150331`, `GetPolicy20150331v2`,
/// `CreateDistribution2020_05_31`.
fn without_version(name: &str) -> &str {
    let undated = name
        .rsplit_once('v')
        .filter(|(_, number)| number.parse::<u8>().is_ok())
        .map_or(name, |(name, _)| name);
    let plain = undated.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let digits = undated.len() - plain.len();
    if digits == "20150331".len() || digits == "2020_05_31".len() { plain } else { name }
}

/// Services whose events all come from one region.
const GLOBAL: &[&str] = &[
    "iam",
    "sts",
    "organizations",
    "route53",
    "route53domains",
    "cloudfront",
    "signin",
    "sso",
    "account",
    "ce",
    "support",
    "health",
    "globalaccelerator",
    "shield",
    "waf",
    "budgets",
    "billing",
];

const READS: &[&str] = &[
    "Describe",
    "List",
    "Get",
    "Head",
    "Lookup",
    "Search",
    "BatchGet",
    "BatchDescribe",
    "Query",
    "Scan",
    "Select",
    "Filter",
    "Check",
    "Simulate",
    "Validate",
    "Test",
    "View",
    "Estimate",
    "Preview",
    "Count",
];

/// What is done to S3's buckets and objects.
fn object(name: &str, data: bool) -> Option<(Tactic, f32)> {
    Some(match name {
        "GetObject" | "SelectObjectContent" | "GetObjectTorrent" => (Tactic::S3Exfiltration, 0.3),
        "CopyObject" | "RestoreObject" | "UploadPartCopy" => (Tactic::S3Exfiltration, 0.1),
        "DeleteObject" | "DeleteObjects" | "AbortMultipartUpload" => (Tactic::S3Delete, 0.15),
        "DeleteBucket" => (Tactic::S3Delete, 0.01),
        "PutObjectAcl" | "PutObjectVersionAcl" => (Tactic::S3Permission, 0.02),
        "PutBucketPolicy"
        | "PutBucketAcl"
        | "DeleteBucketPolicy"
        | "PutBucketPublicAccessBlock"
        | "DeleteBucketPublicAccessBlock"
        | "PutAccountPublicAccessBlock"
        | "DeleteAccountPublicAccessBlock"
        | "PutPublicAccessBlock"
        | "DeletePublicAccessBlock" => (Tactic::S3Permission, 0.01),
        "PutObject" | "CreateMultipartUpload" | "CompleteMultipartUpload" | "UploadPart" | "PostObject" => {
            (Tactic::S3Write, 0.3)
        }
        "PutObjectTagging" | "PutObjectRetention" | "PutObjectLegalHold" => (Tactic::S3Write, 0.03),
        "ListObjects" | "ListObjectsV2" | "ListObjectVersions" | "HeadBucket" | "HeadObject" => {
            (Tactic::S3Discovery, 0.3)
        }
        "ListParts"
        | "ListMultipartUploads"
        | "GetObjectAcl"
        | "GetObjectTagging"
        | "GetObjectAttributes" => (Tactic::S3Discovery, 0.05),
        _ if data => return None,
        _ => return None,
    })
}

/// The tactic of an API that the table doesn't name, by its verb and words.
fn fallback(name: &str) -> Option<(Tactic, f32)> {
    let starts = |verbs: &[&str]| verbs.iter().any(|verb| name.starts_with(verb));
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let secret =
        ["Secret", "Password", "Credential", "AuthorizationToken", "AuthToken", "PrivateKey", "ApiKey"];
    let watch =
        ["Logging", "LogGroup", "Trail", "Alarm", "Detector", "Monitor", "Recorder", "Audit", "Guard"];
    let leave = ["Export", "Share", "Replicat"];
    let rights = ["Policy", "Permission", "Role", "Grant", "Access"];
    Some(if starts(&["Get", "BatchGet", "Generate", "Download", "Export"]) && says(&secret) {
        (Tactic::CredentialAccess, 0.03)
    } else if starts(READS) {
        (Tactic::Discovery, 0.1)
    } else if starts(&["Delete", "Stop", "Disable", "Update", "Remove", "Deregister"]) && says(&watch) {
        (Tactic::DefenseEvasion, 0.005)
    } else if starts(&["Delete", "Terminate", "Purge", "Destroy", "Deregister", "Reset", "Cancel", "Wipe"]) {
        (Tactic::Impact, 0.03)
    } else if starts(&["Put", "Attach", "Add", "Set", "Associate", "Grant", "Authorize"]) && says(&rights) {
        (Tactic::PrivilegeEscalation, 0.02)
    } else if (starts(&leave) || says(&leave)) && !starts(&["Tag", "Untag"]) {
        (Tactic::Exfiltration, 0.01)
    } else if starts(&["Create", "Import", "Register", "Issue"])
        && says(&["User", "Key", "Token", "Credential", "Role", "Member", "Connection", "Endpoint"])
    {
        (Tactic::Persistence, 0.02)
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tactic_is_a_type() {
        for tactic in Tactic::ALL {
            assert!(tactic.kind().is_some(), "{}", tactic.name());
        }
    }

    #[test]
    fn the_table_and_the_verbs() {
        let mut apis = Apis::new();
        let mut tactic = |source: &str, name, data| apis.find(source, name, data).tactic;
        assert_eq!(tactic("iam.amazonaws.com", "CreateAccessKey", false), Some(Tactic::Persistence));
        assert_eq!(tactic("ec2.amazonaws.com", "DescribeVpcs", false), Some(Tactic::Discovery));
        assert_eq!(tactic("s3.amazonaws.com", "GetObject", true), Some(Tactic::S3Exfiltration));
        assert_eq!(tactic("s3.amazonaws.com", "PutBucketPolicy", false), Some(Tactic::S3Permission));
        assert_eq!(tactic("dynamodb.amazonaws.com", "GetItem", true), None);
        assert_eq!(tactic("new.amazonaws.com", "DescribeThings", false), Some(Tactic::Discovery));
        assert_eq!(tactic("new.amazonaws.com", "DeleteThing", false), Some(Tactic::Impact));
        assert_eq!(tactic("new.amazonaws.com", "StopAuditLogging", false), Some(Tactic::DefenseEvasion));
        assert_eq!(tactic("new.amazonaws.com", "GetMasterPassword", false), Some(Tactic::CredentialAccess));
        assert_eq!(tactic("new.amazonaws.com", "PutThing", false), None);
        assert_eq!(
            tactic("lambda.amazonaws.com", "AddPermission20150331v2", false),
            Some(Tactic::Persistence)
        );
        assert_eq!(
            tactic("lambda.amazonaws.com", "CreateFunction20150331", false),
            Some(Tactic::Persistence)
        );
        assert_eq!(
            tactic("cloudfront.amazonaws.com", "UpdateDistribution2020_05_31", false),
            Some(Tactic::Impact)
        );
        assert_eq!(tactic("s3.amazonaws.com", "ListObjectsV2", false), Some(Tactic::S3Discovery));
    }

    #[test]
    fn an_api_stands_in_one_row() {
        let mut all = std::collections::HashSet::new();
        for (_, service, prior, names) in APIS {
            assert!((0.0..1.0).contains(prior));
            for name in names.split(' ') {
                assert!(all.insert((service, name)), "{service}:{name} twice");
            }
        }
    }
}
