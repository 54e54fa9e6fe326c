use std::borrow::Cow;

use bastide_ids::Timestamp;
use bastide_logs::flow::{self, Direction};
use bastide_sigma::{Record, Schema, Slot, Value};

use super::named;

/// A flow, as rules see it.
pub(crate) struct Flow<'a>(pub(crate) &'a flow::Flow<'a>);

/// The names of Sigma's taxonomy for firewalls, and the flow log's own.
pub(crate) struct Fields;

const NAMES: &[&[&str]] = &[
    &["dst_port", "dstport", "destination.port", "DestinationPort"],
    &["src_port", "srcport", "source.port", "SourcePort"],
    &["dst_ip", "dstaddr", "destination.ip", "DestinationIp"],
    &["src_ip", "srcaddr", "source.ip", "SourceIp"],
    &["action"],
    &["protocol"],
    &["bytes"],
    &["packets"],
    &["account-id", "account_id"],
    &["region"],
    &["interface-id", "interface_id"],
    &["instance-id", "instance_id"],
    &["vpc-id", "vpc_id"],
    &["subnet-id", "subnet_id"],
    &["pkt-srcaddr", "pkt_srcaddr"],
    &["pkt-dstaddr", "pkt_dstaddr"],
    &["tcp-flags", "tcp_flags"],
    &["flow-direction", "flow_direction"],
    &["pkt-src-aws-service", "pkt_src_aws_service"],
    &["pkt-dst-aws-service", "pkt_dst_aws_service"],
    &["start"],
    &["end"],
];

impl Schema for Fields {
    fn slot(&self, field: &str) -> Option<Slot> {
        named(NAMES, field)
    }

    fn indexed(&self) -> &'static [u16] {
        &[]
    }
}

impl Record for Flow<'_> {
    fn member(&self, member: u16, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let flow = self.0;
        let whole = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        let address = |address: Option<std::net::IpAddr>| address.map(Value::Address);
        let value = match member {
            0 => Some(Value::Integer(flow.destination_port.into())),
            1 => Some(Value::Integer(flow.source_port.into())),
            2 => address(flow.destination),
            3 => address(flow.source),
            4 => flow.accepted.map(|accepted| Value::Text(if accepted { "ACCEPT" } else { "REJECT" })),
            5 => {
                return visit(Value::Integer(flow.protocol.into()))
                    || visit(Value::Text(protocol(flow.protocol)));
            }
            6 => Some(whole(flow.bytes)),
            7 => Some(whole(flow.packets)),
            8 => text(flow.account),
            9 => text(flow.region),
            10 => text(flow.interface),
            11 => text(flow.instance),
            12 => text(flow.vpc),
            13 => text(flow.subnet),
            14 => address(flow.packet_source),
            15 => address(flow.packet_destination),
            16 => flow.tcp_flags.map(|flags| Value::Integer(flags.into())),
            17 => flow.direction.map(|direction| {
                Value::Text(if direction == Direction::Ingress { "ingress" } else { "egress" })
            }),
            18 => text(flow.source_service),
            19 => text(flow.destination_service),
            20 => Some(Value::Time(flow.start)),
            21 => Some(Value::Time(flow.end)),
            _ => None,
        };
        value.is_some_and(visit)
    }

    fn json(&self, _member: u16) -> &str {
        ""
    }

    fn raw(&self) -> Cow<'_, str> {
        let shown =
            |address: Option<std::net::IpAddr>| address.map(|one| one.to_string()).unwrap_or_default();
        let flow = self.0;
        let (source, destination) = (shown(flow.source), shown(flow.destination));
        format!("{} {} {source} {destination}", flow.account, flow.interface).into()
    }

    fn time(&self) -> Timestamp {
        self.0.start
    }
}

fn text(text: &str) -> Option<Value<'_>> {
    (!text.is_empty()).then_some(Value::Text(text))
}

fn protocol(number: u8) -> &'static str {
    match number {
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        47 => "gre",
        50 => "esp",
        58 => "icmpv6",
        _ => "other",
    }
}
