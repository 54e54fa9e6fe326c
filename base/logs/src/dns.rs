//! Route 53 Resolver query logs.

mod answers;

use std::borrow::Cow;
use std::net::IpAddr;

use bastide_ids::Timestamp;

use crate::Broken;
use crate::json::{Fault, Scan};
use crate::walk::{self, Format};

pub use answers::{Answer, Answers};

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
    pub answers: Answers<'a>,
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

impl Format for Resolver {
    type Record<'a> = Query<'a>;

    #[allow(private_interfaces, reason = "only this crate has formats")]
    fn record<'a>(&mut self, scan: &mut Scan<'a>) -> Result<Query<'a>, Fault> {
        let mut query = Query::default();
        let mut time = Cow::Borrowed("");
        scan.open()?;
        let mut first = !usual(&mut query, &mut time, scan)?;
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

/// Reads the members with which Resolver begins each query, in its order, for as long as they come so and have no
/// escapes; whether there was one. What follows is read by name.
fn usual<'a>(query: &mut Query<'a>, time: &mut Cow<'a, str>, scan: &mut Scan<'a>) -> Result<bool, Fault> {
    let (mut ignored, mut port, mut source) = (Cow::Borrowed(""), Cow::Borrowed(""), Cow::Borrowed(""));
    if !scan.plain_member(b"\"version\":", &mut ignored) {
        return Ok(false);
    }
    // Each only if the one before it was there.
    let _ = scan.plain_member(b",\"account_id\":", &mut query.account)
        && scan.plain_member(b",\"region\":", &mut query.region)
        && scan.plain_member(b",\"vpc_id\":", &mut query.vpc)
        && scan.plain_member(b",\"query_timestamp\":", time)
        && scan.plain_member(b",\"query_name\":", &mut query.name)
        && scan.plain_member(b",\"query_type\":", &mut query.kind)
        && scan.plain_member(b",\"query_class\":", &mut ignored)
        && scan.plain_member(b",\"rcode\":", &mut query.rcode);
    if scan.pass(b",\"answers\":[") {
        answers(query, scan)?;
    }
    let _ = scan.plain_member(b",\"srcaddr\":", &mut source)
        && scan.plain_member(b",\"srcport\":", &mut port)
        && scan.plain_member(b",\"transport\":", &mut query.transport);
    if !source.is_empty() {
        query.source = crate::flow::address(source.as_bytes());
    }
    if !port.is_empty() {
        query.source_port = port.parse().unwrap_or_default();
    }
    Ok(true)
}

/// The answers, from behind the bracket that opens their list.
fn answers<'a>(query: &mut Query<'a>, scan: &mut Scan<'a>) -> Result<(), Fault> {
    let mut first = true;
    while scan.element(&mut first)? {
        query.answers.push(answer(scan)?);
    }
    Ok(())
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
    let begun = scan.clone();
    let (data, kind) = (&mut answer.data, &mut answer.kind);
    if scan.pass(b"{") {
        let _ = scan.plain_member(b"\"Rdata\":", data) && scan.plain_member(b",\"Type\":", kind);
        if scan.pass(b",\"Class\":\"IN\"}") {
            return Ok(answer);
        }
        *scan = begun;
    }
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
