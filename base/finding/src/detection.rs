//! What detectors say.

use bastide_ids::Timestamp;
use serde_json::Value;

use crate::action::Action;
use crate::catalogue::FindingType;
use crate::resource::Resource;

/// What a detector says at one moment.
#[derive(Clone, Debug)]
pub struct Detection {
    /// The finding's type.
    pub kind: &'static FindingType,
    /// The account that it is about.
    pub account: String,
    /// The region that it is about.
    pub region: String,
    /// What makes repeated activity one finding, together with type, account and region: usually actor and resource.
    pub key: String,
    /// When the activity began, in the log's time.
    pub first: Timestamp,
    /// When it was last seen, in the log's time.
    pub last: Timestamp,
    /// How many events it stands for; 1 or more.
    pub count: u64,
    /// 1.0 to 10.0 where it differs from the type's own.
    pub severity: Option<f64>,
    /// What it is about.
    pub resource: Resource,
    /// What was done.
    pub action: Action,
    /// Whether the resource is the one that acted (`ACTOR`), or was acted on (`TARGET`).
    pub actor: bool,
    /// Why, in numbers that a person can check.
    pub reasons: Vec<Reason>,
    /// Lists that hold the other end.
    pub threats: Vec<Threat>,
    /// The name of the custom detection rule that found it; empty for everything else.
    pub rule: String,
    /// The records that show it; the first few.
    pub evidence: Vec<Evidence>,
    /// `service.additionalInfo.value` in GuardDuty's shape; null when the type has none.
    pub additional: Value,
    /// `service.detection` in GuardDuty's shape (anomalies, sequences); null when the type has none.
    pub detection: Value,
}

impl Detection {
    /// A detection of one event at one moment, with nothing yet that explains it.
    #[must_use]
    pub fn new(
        kind: &'static FindingType,
        place: (&str, &str),
        key: String,
        at: Timestamp,
        resource: Resource,
        action: Action,
    ) -> Self {
        let (account, region) = place;
        Self {
            kind,
            account: account.to_owned(),
            region: region.to_owned(),
            key,
            first: at,
            last: at,
            count: 1,
            severity: None,
            resource,
            action,
            actor: false,
            reasons: Vec::new(),
            threats: Vec::new(),
            rule: String::new(),
            evidence: Vec::new(),
            additional: Value::Null,
            detection: Value::Null,
        }
    }
}

/// One number behind a finding: what was seen, beside what is usual.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What was measured, such as `ports probed in 5 minutes`.
    pub measure: String,
    /// What was seen.
    pub observed: String,
    /// What is usual, or the limit; empty when there is none.
    pub expected: String,
}

/// A list that holds the other end of what was seen (`ThreatIntelligenceDetail`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Threat {
    /// The list's name.
    pub list: String,
    /// The names it gives the threat.
    pub names: Vec<String>,
}

/// A record that shows something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The record's own id (`eventID`, `auditID`); for those without, what finds it again.
    pub id: String,
    /// When it was made.
    pub time: Timestamp,
    /// What it was, in a few words: `iam CreateAccessKey`.
    pub what: String,
}
