use std::borrow::Cow;

use bastide_ids::Timestamp;
use bastide_logs::dns::Query;
use bastide_sigma::{Record, Schema, Slot, Value};

use super::named;

/// A DNS query, as rules see it.
pub(crate) struct Dns<'a>(pub(crate) &'a Query<'a>);

/// The names of Sigma's taxonomy for DNS, and Resolver's own.
pub(crate) struct Fields;

const NAMES: &[&[&str]] = &[
    &["query", "query_name", "QueryName", "dns.question.name"],
    &["record_type", "query_type", "QueryType", "qtype"],
    &["rcode", "response_code"],
    &["answer", "answers", "answers.Rdata", "QueryResults"],
    &["src_ip", "srcaddr", "source_ip", "id.orig_h"],
    &["src_port", "srcport"],
    &["transport", "protocol"],
    &["srcids.instance", "instance", "instance_id"],
    &["firewall_rule_action"],
    &["vpc_id"],
    &["account_id"],
    &["region"],
    &["query_timestamp", "timestamp"],
    &["answers.Type"],
];

impl Schema for Fields {
    fn slot(&self, field: &str) -> Option<Slot> {
        named(NAMES, field)
    }

    fn indexed(&self) -> &'static [u16] {
        &[0]
    }
}

impl Record for Dns<'_> {
    fn member(&self, member: u16, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let query = self.0;
        let text: &str = match member {
            0 => query.name.strip_suffix('.').unwrap_or(&query.name),
            1 => &query.kind,
            2 => &query.rcode,
            3 => return query.answers.iter().any(|answer| visit(Value::Text(&answer.data))),
            4 => return query.source.is_some_and(|address| visit(Value::Address(address))),
            5 => return visit(Value::Integer(query.source_port.into())),
            6 => &query.transport,
            7 => &query.instance,
            8 => &query.firewall_action,
            9 => &query.vpc,
            10 => &query.account,
            11 => &query.region,
            12 => return visit(Value::Time(query.time)),
            13 => return query.answers.iter().any(|answer| visit(Value::Text(&answer.kind))),
            _ => "",
        };
        !text.is_empty() && visit(Value::Text(text))
    }

    fn json(&self, _member: u16) -> &str {
        ""
    }

    fn raw(&self) -> Cow<'_, str> {
        let answers: Vec<&str> = self.0.answers.iter().map(|answer| &*answer.data).collect();
        format!("{} {} {} {}", self.0.name, self.0.kind, self.0.rcode, answers.join(" ")).into()
    }

    fn time(&self) -> Timestamp {
        self.0.time
    }
}
