//! Route 53 Resolver query logs.

use std::borrow::Cow;
use std::net::IpAddr;

use bastide_ids::Timestamp;

use crate::Broken;
use crate::json::{Fault, Scan};
use crate::walk::{self, Format};

/// The queries in a piece of text; see [`crate::Records::read`].
pub type Records<'a> = walk::Records<'a, Resolver>;

/// The form of Resolver's query logs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resolver;

/// Reads one query.
///
/// # Errors
/// [`Broken`] when the text is not one JSON object, or no query.
pub fn parse(text: &str) -> Result<Query<'_>, Broken> {
    walk::one::<Resolver>(text)
}

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
    /// `srcids.resolver_endpoint`: the inbound endpoint that the query came through.
    pub endpoint: Cow<'a, str>,
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

impl Format for Resolver {
    type Record<'a> = Query<'a>;

    #[allow(private_interfaces, reason = "only this crate has formats")]
    fn record<'a>(&mut self, scan: &mut Scan<'a>) -> Result<Query<'a>, Fault> {
        let mut query = Query::default();
        let mut time = Cow::Borrowed("");
        let mut first = true;
        scan.open()?;
        while let Some(key) = scan.key(&mut first)? {
            match key {
                "query_timestamp" => time = scan.text("query_timestamp")?,
                _ => member(&mut query, scan, key)?,
            }
        }
        if query.name.is_empty() {
            return Err(Fault::Missing("query_name"));
        }
        if time.is_empty() {
            return Err(Fault::Missing("query_timestamp"));
        }
        let moment = crate::time::iso8601(&time);
        query.time = moment.ok_or(Fault::Member { name: "query_timestamp", wanted: "a moment" })?;
        Ok(query)
    }
}

fn member<'a>(query: &mut Query<'a>, scan: &mut Scan<'a>, key: &str) -> Result<(), Fault> {
    match key {
        "account_id" => query.account = scan.text("account_id")?,
        "region" => query.region = scan.text("region")?,
        "vpc_id" => query.vpc = scan.text("vpc_id")?,
        "query_name" => query.name = scan.text("query_name")?,
        "query_type" => query.kind = scan.text("query_type")?,
        "rcode" => query.rcode = scan.text("rcode")?,
        "answers" => scan.array("answers", |scan| {
            query.answers.push(answer(scan)?);
            Ok(())
        })?,
        "srcaddr" => query.source = crate::flow::address(scan.text("srcaddr")?.as_bytes()),
        "srcport" => query.source_port = scan.text("srcport")?.parse().unwrap_or_default(),
        "transport" => query.transport = scan.text("transport")?,
        "srcids" => scan.object("srcids", |scan, key| {
            match key {
                "instance" => query.instance = scan.text("srcids.instance")?,
                "resolver_endpoint" => query.endpoint = scan.text("srcids.resolver_endpoint")?,
                _ => scan.skip_value()?,
            }
            Ok(())
        })?,
        "firewall_rule_action" => query.firewall_action = scan.text("firewall_rule_action")?,
        // What holds queries: CloudWatch Logs' subscriptions and messages.
        "logEvents" | "events" | "message" => return Err(Fault::Holder(scan.at())),
        _ => scan.skip_value()?,
    }
    Ok(())
}

fn answer<'a>(scan: &mut Scan<'a>) -> Result<Answer<'a>, Fault> {
    let mut answer = Answer::default();
    scan.object("answers", |scan, key| {
        match key {
            "Rdata" => answer.data = scan.text("answers.Rdata")?,
            "Type" => answer.kind = scan.text("answers.Type")?,
            _ => scan.skip_value()?,
        }
        Ok(())
    })?;
    Ok(answer)
}

#[cfg(test)]
mod tests;
