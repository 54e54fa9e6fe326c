use bastide_ids::Timestamp;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

use super::PolicyType;

/// An organization. Its id in the store is always [`Organization::ID`]: an account has at most one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Organization {
    /// `o-…`
    pub(crate) id: String,
    /// The root's id, `r-…`
    pub(crate) root: String,
    /// All features, or consolidated billing alone.
    pub(crate) all_features: bool,
    /// The types of policies that are switched on.
    pub(crate) enabled: Vec<PolicyType>,
    /// The services that may work in all accounts, in the order of their names.
    pub(crate) services: Vec<ServiceAccess>,
}

/// A service that may work in all accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceAccess {
    /// The service principal.
    pub(crate) service: String,
    /// Since when.
    pub(crate) since: Timestamp,
}

impl Organization {
    /// Its id in the store.
    pub(crate) const ID: &'static str = "organization";

    /// Whether policies of a type count.
    pub(crate) fn applies(&self, kind: PolicyType) -> bool {
        self.all_features && self.enabled.contains(&kind)
    }

    /// Whether a service may work in all accounts.
    pub(crate) fn trusts(&self, service: &str) -> bool {
        self.services.iter().any(|access| access.service == service)
    }
}

impl Resource for Organization {
    const TYPE: &'static str = "org.organization";
    const HISTORY: bool = false;
}
