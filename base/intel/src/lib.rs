//! Threat lists of IP addresses and domains, and where addresses are.

use std::net::IpAddr;

/// What a list says of its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Known for attacks, without saying which.
    Malicious,
    /// A command and control server.
    CommandAndControl,
    /// Cryptocurrency: pools, miners, wallets.
    Cryptocurrency,
    /// A Tor exit node.
    TorExit,
    /// A Tor relay (guard or middle); clients of Tor connect to these.
    TorRelay,
    /// Phishing.
    Phishing,
    /// Drive-by downloads.
    DriveBy,
    /// Where stolen data is dropped.
    DropPoint,
    /// A black hole or sinkhole.
    Blackhole,
    /// Domains that anyone can make names under, often abused.
    Abused,
    /// Suspicious by reputation alone.
    Suspicious,
    /// A list of the operator's own (GuardDuty's threat intel and threat entity sets).
    Custom,
    /// A list of the operator's own of what is trusted: no finding is made of it.
    Trusted,
}

/// One list that holds an address or a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'a> {
    /// The list's name.
    pub list: &'a str,
    /// What the list says.
    pub category: Category,
    /// The name that the list gives the threat; empty when it gives none.
    pub threat: &'a str,
}

/// Where an address is, from files in MaxMind's format.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Location {
    /// Two letters of ISO 3166.
    pub country_code: String,
    /// The country's English name.
    pub country: String,
    /// The city's English name.
    pub city: String,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// The number of the autonomous system.
    pub asn: Option<u32>,
    /// The organization that runs the autonomous system.
    pub organization: String,
}

/// All lists and places that an engine looks things up in. Shared, immutable; a new one replaces the old.
#[derive(Debug, Default)]
pub struct Intel {}

impl Intel {
    /// The lists of `category` that hold an address, if any.
    #[must_use]
    pub fn address(&self, _address: IpAddr, _category: Category) -> Option<Match<'_>> {
        None
    }

    /// The lists of `category` that hold a domain or a parent of it. `domain` in lower case, without a dot at its end.
    #[must_use]
    pub fn domain(&self, _domain: &str, _category: Category) -> Option<Match<'_>> {
        None
    }

    /// Where an address is; `None` without files, or when they don't know.
    #[must_use]
    pub fn location(&self, _address: IpAddr) -> Option<Location> {
        None
    }
}
