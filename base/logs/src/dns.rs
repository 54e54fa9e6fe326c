//! Route 53 Resolver query logs.

use std::borrow::Cow;
use std::net::IpAddr;

use bastide_ids::Timestamp;

/// One query, as Resolver logs it.
#[derive(Clone, Debug, Default)]
pub struct Query<'a> {
    /// `account_id`.
    pub account: Cow<'a, str>,
    /// `region`.
    pub region: Cow<'a, str>,
    /// `vpc_id`.
    pub vpc: Cow<'a, str>,
    /// `query_timestamp`.
    pub time: Timestamp,
    /// `query_name`, as logged: with a dot at its end.
    pub name: Cow<'a, str>,
    /// `query_type`: `A`, `AAAA`, `TXT`, …
    pub kind: Cow<'a, str>,
    /// `rcode`: `NOERROR`, `NXDOMAIN`, …
    pub rcode: Cow<'a, str>,
    /// `answers`.
    pub answers: Vec<Answer<'a>>,
    /// `srcaddr`.
    pub source: Option<IpAddr>,
    /// `srcport`.
    pub source_port: u16,
    /// `transport`: `UDP`, `TCP`, `TLS`, `HTTPS`.
    pub transport: Cow<'a, str>,
    /// `srcids.instance`.
    pub instance: Cow<'a, str>,
    /// `firewall_rule_action`: `BLOCK`, `ALERT`; empty when no rule matched.
    pub firewall_action: Cow<'a, str>,
}

/// One answer of a query.
#[derive(Clone, Debug, Default)]
pub struct Answer<'a> {
    /// `Rdata`.
    pub data: Cow<'a, str>,
    /// `Type`.
    pub kind: Cow<'a, str>,
}
