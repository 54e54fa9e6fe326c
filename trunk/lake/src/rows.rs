//! Records as rows.

use std::net::IpAddr;

use bastide_logs::flow::{Direction, Status};
use bastide_logs::{Record, cloudtrail, dns, flow, kubernetes, login};

use crate::table::Table;

/// Adds a record to the table of its kind.
pub(crate) fn push(table: &mut Table, record: &Record<'_>) {
    table.row(record.time().millis());
    match record {
        Record::CloudTrail(event) => cloudtrail(table, event),
        Record::Flow(flow) => self::flow(table, flow),
        Record::Dns(query) => dns(table, query),
        Record::Kubernetes(event) => kubernetes(table, event),
        Record::Login(login) => self::login(table, login),
    }
}

fn cloudtrail(table: &mut Table, event: &cloudtrail::Event<'_>) {
    table.number(Some(event.time.millis()));
    table.text(&event.id);
    table.text(&event.source);
    table.text(&event.name);
    table.text(&event.kind);
    table.text(&event.category);
    table.text(&event.region);
    table.text(&event.account);
    table.text(&event.source_ip);
    table.text(&event.user_agent);
    table.text(&event.error_code);
    table.text(&event.identity.kind);
    table.text(&event.identity.arn);
    table.text(&event.identity.user_name);
    table.text(&event.identity.access_key);
    table.truth(event.read_only);
    table.text(event.raw);
}

fn flow(table: &mut Table, flow: &flow::Flow<'_>) {
    for text in [flow.account, flow.region, flow.interface, flow.instance, flow.vpc, flow.subnet] {
        table.text(text);
    }
    for address in [flow.source, flow.destination, flow.packet_source, flow.packet_destination] {
        self::address(table, address);
    }
    for number in [u64::from(flow.source_port), flow.destination_port.into(), flow.protocol.into()] {
        table.number(Some(number.cast_signed()));
    }
    table.number(Some(flow.packets.cast_signed()));
    table.number(Some(flow.bytes.cast_signed()));
    table.number(Some(flow.start.seconds()));
    table.number(Some(flow.end.seconds()));
    table.text(match flow.accepted {
        Some(true) => "ACCEPT",
        Some(false) => "REJECT",
        None => "",
    });
    table.text(match flow.status {
        Status::Ok => "OK",
        Status::NoData => "NODATA",
        Status::SkipData => "SKIPDATA",
    });
    table.number(flow.tcp_flags.map(i64::from));
    table.text(match flow.direction {
        Some(Direction::Ingress) => "ingress",
        Some(Direction::Egress) => "egress",
        None => "",
    });
    table.text(flow.source_service);
    table.text(flow.destination_service);
}

fn dns(table: &mut Table, query: &dns::Query<'_>) {
    table.number(Some(query.time.millis()));
    for text in [&query.account, &query.region, &query.vpc, &query.name, &query.kind, &query.rcode] {
        table.text(text);
    }
    let answers: Vec<_> = query.answers.iter().map(|answer| (&*answer.data, &*answer.kind)).collect();
    if answers.is_empty() {
        table.text("");
    } else {
        table.text(&serde_json::json!(answers).to_string());
    }
    address(table, query.source);
    table.number(Some(query.source_port.into()));
    for text in [&query.transport, &query.instance, &query.firewall_action] {
        table.text(text);
    }
}

fn kubernetes(table: &mut Table, event: &kubernetes::Event<'_>) {
    table.number(Some(event.time.millis()));
    for text in [&event.id, &event.stage, &event.verb, &event.uri, &event.user] {
        table.text(text);
    }
    table.text(&event.source_ips.join(","));
    for text in [&event.user_agent, &event.object.namespace, &event.object.resource, &event.object.name] {
        table.text(text);
    }
    table.number(Some(event.status.into()));
    for text in [&event.account, &event.region, &event.cluster] {
        table.text(text);
    }
    table.text(event.raw);
}

fn login(table: &mut Table, login: &login::Login<'_>) {
    table.number(Some(login.time.millis()));
    table.truth(Some(login.success));
    for text in [&login.user, &login.database, &login.application] {
        table.text(text);
    }
    address(table, login.source);
    table.number(Some(login.source_port.into()));
    table.text(&login.method);
    table.truth(login.tls);
    for text in [&login.message, &login.engine, &login.instance, &login.account, &login.region] {
        table.text(text);
    }
}

fn address(table: &mut Table, address: Option<IpAddr>) {
    match address {
        Some(address) => table.text(&address.to_string()),
        None => table.text(""),
    }
}
