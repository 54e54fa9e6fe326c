//! Where rules find the fields of each kind of records: the names that Sigma's taxonomy and the logs themselves use.

mod cloudtrail;
mod dns;
mod flow;
mod kubernetes;
mod login;

use bastide_logs::Record as Log;
use bastide_sigma::{Logsource, Record, Schema, Slot};

pub(super) use cloudtrail::{CloudTrail, column};
pub(super) use dns::Dns;
pub(super) use flow::Flow;
pub(super) use kubernetes::Kubernetes;
pub(super) use login::Login;

/// A kind of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    /// CloudTrail's events.
    CloudTrail,
    /// Flows.
    Flow,
    /// DNS queries.
    Dns,
    /// Kubernetes' audit events.
    Kubernetes,
    /// Logins to databases.
    Login,
}

impl Kind {
    /// All of them; their places are those of [`Kind::place`].
    pub(super) const ALL: [Self; 5] =
        [Self::CloudTrail, Self::Flow, Self::Dns, Self::Kubernetes, Self::Login];

    pub(super) fn place(self) -> usize {
        Self::ALL.iter().position(|kind| *kind == self).unwrap_or(0)
    }

    /// The kind that a record is of.
    pub(super) fn of(record: &Log<'_>) -> Self {
        match record {
            Log::CloudTrail(_) => Self::CloudTrail,
            Log::Flow(_) => Self::Flow,
            Log::Dns(_) => Self::Dns,
            Log::Kubernetes(_) => Self::Kubernetes,
            Log::Login(_) => Self::Login,
        }
    }

    /// The records that a rule is about; `None` when Bastide has no such.
    pub(super) fn of_source(source: &Logsource) -> Option<Self> {
        let (category, product, service) =
            (source.category.as_str(), source.product.as_str(), source.service.as_str());
        Some(match (product, service, category) {
            ("aws", "cloudtrail" | "", "") => Self::CloudTrail,
            ("aws", "vpcflow" | "vpcflowlogs" | "vpc_flow" | "vpc", _) => Self::Flow,
            ("aws", "route53" | "route53resolver" | "resolver" | "dns", _) => Self::Dns,
            ("aws", "rds" | "aurora", _) => Self::Login,
            ("kubernetes" | "k8s", "audit" | "", _) | ("aws", "eks", _) => Self::Kubernetes,
            ("postgresql" | "mysql" | "mariadb", _, _) | ("", "", "database") => Self::Login,
            ("", "" | "dns", "dns") | ("zeek", "dns", _) => Self::Dns,
            ("", "" | "firewall", "firewall" | "network" | "network_connection" | "netflow") => Self::Flow,
            _ => return None,
        })
    }

    pub(super) fn schema(self) -> &'static dyn Schema {
        match self {
            Self::CloudTrail => &cloudtrail::Fields,
            Self::Flow => &flow::Fields,
            Self::Dns => &dns::Fields,
            Self::Kubernetes => &kubernetes::Fields,
            Self::Login => &login::Fields,
        }
    }
}

/// Calls with the record as rules see it.
pub(super) fn with<T>(record: &Log<'_>, call: impl FnOnce(&dyn Record) -> T) -> T {
    match record {
        Log::CloudTrail(event) => call(&CloudTrail(event)),
        Log::Flow(flow) => call(&Flow(flow)),
        Log::Dns(query) => call(&Dns(query)),
        Log::Kubernetes(event) => call(&Kubernetes(event)),
        Log::Login(login) => call(&Login(login)),
    }
}

/// The member of a name, whatever its case; a name's place is its number, and several names may share one.
fn named(names: &[&[&str]], field: &str) -> Option<Slot> {
    let place = names.iter().position(|names| names.iter().any(|name| name.eq_ignore_ascii_case(field)))?;
    u16::try_from(place).ok().map(Slot::Member)
}

/// What follows a prefix, whatever its case.
fn below<'f>(field: &'f str, prefix: &str) -> Option<&'f str> {
    let head = field.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| field.get(prefix.len()..))
        .flatten()
        .filter(|rest| !rest.is_empty())
}
