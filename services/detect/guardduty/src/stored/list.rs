use bastide_ids::Timestamp;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

use super::Tags;

/// A list of addresses, domains or access keys of the operator's own. Its id in the store is that of its kind, a slash
/// and its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct List {
    pub(crate) name: String,
    /// `TXT`, `STIX`, …
    pub(crate) format: String,
    /// Where it is read from.
    pub(crate) location: String,
    pub(crate) bucket_owner: Option<String>,
    pub(crate) state: ListState,
    /// Why it could not be read.
    pub(crate) error: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// Raised each time that it is to be read again.
    pub(crate) revision: u64,
    pub(crate) tags: Tags,
    /// Of the call that made it.
    pub(crate) token: Option<String>,
}

/// What the API has four kinds of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListKind {
    /// Trusted addresses.
    Ip,
    /// Malicious addresses.
    ThreatIntel,
    /// Malicious addresses and domains.
    ThreatEntity,
    /// Trusted addresses and domains.
    TrustedEntity,
}

/// How far a list has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ListState {
    Inactive,
    Activating,
    Active,
    Error,
    /// Gone, but for those who ask what became of it.
    Deleted,
}

impl ListKind {
    pub(crate) const ALL: [Self; 4] = [Self::Ip, Self::ThreatIntel, Self::ThreatEntity, Self::TrustedEntity];

    /// What ARNs call it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ip => "ipset",
            Self::ThreatIntel => "threatintelset",
            Self::ThreatEntity => "threatentityset",
            Self::TrustedEntity => "trustedentityset",
        }
    }

    /// A detector has at most so many. Source: GuardDuty User Guide, quotas.
    pub(crate) fn most(self) -> usize {
        match self {
            Self::Ip | Self::TrustedEntity => 1,
            Self::ThreatIntel | Self::ThreatEntity => 6,
        }
    }

    /// Whether no findings are made of what it holds.
    pub(crate) fn is_trusted(self) -> bool {
        matches!(self, Self::Ip | Self::TrustedEntity)
    }

    /// What the ids of all in the store begin with.
    pub(crate) fn prefix(self) -> String {
        format!("{}/", self.as_str())
    }

    /// The id in the store.
    pub(crate) fn id(self, id: &str) -> String {
        format!("{}/{id}", self.as_str())
    }
}

impl ListState {
    /// As the API has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Inactive => "INACTIVE",
            Self::Activating => "ACTIVATING",
            Self::Active => "ACTIVE",
            Self::Error => "ERROR",
            Self::Deleted => "DELETED",
        }
    }
}

impl Resource for List {
    const TYPE: &'static str = "guardduty.list";
}
