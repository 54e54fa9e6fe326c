//! The columns of a flow log, and one line read by them.

use std::net::IpAddr;

use bastide_ids::Timestamp;

use super::{Direction, Flow, Status, address, quick};
use crate::words::unspaced;
use crate::{Broken, Origin};

/// The columns of a flow log's lines, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(Vec<Column>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Account,
    Region,
    Interface,
    Instance,
    Vpc,
    Subnet,
    Source,
    Destination,
    PacketSource,
    PacketDestination,
    SourcePort,
    DestinationPort,
    Protocol,
    Packets,
    Bytes,
    Start,
    End,
    Action,
    LogStatus,
    TcpFlags,
    Direction,
    SourceService,
    DestinationService,
    /// One that no detector reads.
    Other,
}

/// The default format of version 2.
const DEFAULT: [Column; 14] = [
    Column::Other,
    Column::Account,
    Column::Interface,
    Column::Source,
    Column::Destination,
    Column::SourcePort,
    Column::DestinationPort,
    Column::Protocol,
    Column::Packets,
    Column::Bytes,
    Column::Start,
    Column::End,
    Column::Action,
    Column::LogStatus,
];

/// The names of the VPC User Guide, "Available fields", that are read.
const READ: [(&str, Column); 23] = [
    ("account-id", Column::Account),
    ("region", Column::Region),
    ("interface-id", Column::Interface),
    ("instance-id", Column::Instance),
    ("vpc-id", Column::Vpc),
    ("subnet-id", Column::Subnet),
    ("srcaddr", Column::Source),
    ("dstaddr", Column::Destination),
    ("pkt-srcaddr", Column::PacketSource),
    ("pkt-dstaddr", Column::PacketDestination),
    ("srcport", Column::SourcePort),
    ("dstport", Column::DestinationPort),
    ("protocol", Column::Protocol),
    ("packets", Column::Packets),
    ("bytes", Column::Bytes),
    ("start", Column::Start),
    ("end", Column::End),
    ("action", Column::Action),
    ("log-status", Column::LogStatus),
    ("tcp-flags", Column::TcpFlags),
    ("flow-direction", Column::Direction),
    ("pkt-src-aws-service", Column::SourceService),
    ("pkt-dst-aws-service", Column::DestinationService),
];

/// Those of the guide, and of transit gateways' logs, with which a header may begin and that are not read.
const OTHERS: [&str; 20] = [
    "version",
    "type",
    "az-id",
    "sublocation-type",
    "sublocation-id",
    "traffic-path",
    "ecs-cluster-arn",
    "ecs-cluster-name",
    "ecs-container-instance-arn",
    "ecs-container-instance-id",
    "ecs-container-id",
    "ecs-second-container-id",
    "ecs-service-name",
    "ecs-task-definition-arn",
    "ecs-task-arn",
    "ecs-task-id",
    "reject-reason",
    "resource-id",
    "encryption-status",
    "resource-type",
];

/// More columns than any log has: there are about forty names.
const MOST_COLUMNS: usize = 128;

impl Default for Columns {
    /// The default format: the fields of version 2.
    fn default() -> Self {
        Self(DEFAULT.to_vec())
    }
}

impl Columns {
    /// Reads a format: a header line, or a flow log's `LogFormat` (`${version} ${account-id} …`). Names that are
    /// not known stand for columns that are not read.
    ///
    /// # Errors
    /// [`Broken`] when something in it is no name, or no name is known.
    pub fn parse(format: &str) -> Result<Self, Broken> {
        let mut columns = Vec::new();
        let mut known = false;
        for word in format.split_ascii_whitespace() {
            let name = word.strip_prefix("${").and_then(|name| name.strip_suffix('}')).unwrap_or(word);
            let plain =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
            if name.is_empty() || !name.bytes().all(plain) || columns.len() == MOST_COLUMNS {
                return Err(Broken { reason: format!("`{word}` is no column of a flow log") });
            }
            let column = column(name);
            known |= column.is_some();
            columns.push(column.unwrap_or(Column::Other));
        }
        if !known {
            return Err(Broken { reason: "a format without a column of flow logs".to_owned() });
        }
        Ok(Self(columns))
    }

    /// The columns that a line names, when it is a header.
    #[must_use]
    pub fn of_header(line: &str) -> Option<Self> {
        let first = line.split_ascii_whitespace().next()?;
        column(first)?;
        Self::parse(line).ok().filter(|columns| columns.0.len() > 1)
    }
}

fn column(name: &str) -> Option<Column> {
    // Parquet files have underscores.
    let same = |known: &str| {
        known.len() == name.len()
            && known.bytes().zip(name.bytes()).all(|(a, b)| a == b || (a == b'-' && b == b'_'))
    };
    let read = READ.iter().find(|(known, _)| same(known)).map(|(_, column)| *column);
    read.or_else(|| OTHERS.iter().any(|known| same(known)).then_some(Column::Other))
}

/// Reads one line, without its end. `origin` stands in for columns that the log lacks.
///
/// # Errors
/// [`Broken`] when it has other than the columns' number of fields, or a field that its column can't have.
pub fn parse<'a>(line: &'a str, columns: &Columns, origin: Origin<'a>) -> Result<Flow<'a>, Broken> {
    let mut flow = Flow::default();
    fill(&mut flow, line, columns, origin)?;
    Ok(flow)
}

/// Reads one line into an empty record.
#[inline]
pub(super) fn fill<'a>(
    flow: &mut Flow<'a>,
    line: &'a str,
    columns: &Columns,
    origin: Origin<'a>,
) -> Result<(), Broken> {
    (flow.account, flow.region) = (origin.account, origin.region);
    let mut times = (None, None);
    let mut rest = Some(line);
    for column in &columns.0 {
        let Some(text) = rest else { return Err(uneven(line, columns)) };
        if let Some(length) = usual(flow, &mut times, *column, text.as_bytes()) {
            rest = text.get(length + 1..);
            continue;
        }
        let (field, after) = next(text);
        rest = after;
        if field == "-" {
            continue;
        }
        set(flow, &mut times, *column, field).ok_or_else(|| wrong(*column, field))?;
    }
    if rest.is_some_and(|rest| !rest.trim_ascii().is_empty()) {
        return Err(uneven(line, columns));
    }
    flow.start = times.0.or(times.1).unwrap_or(origin.time);
    flow.end = times.1.unwrap_or(flow.start);
    Ok(())
}

/// The field before the first space, and what follows it.
#[inline]
fn next(text: &str) -> (&str, Option<&str>) {
    let at = unspaced(text.as_bytes());
    match text.split_at_checked(at) {
        Some((field, rest)) => (field, rest.get(1..)),
        None => (text, None),
    }
}

type Times = (Option<Timestamp>, Option<Timestamp>);

/// Reads what most fields are that are read as more than text, and tells its length; a space ends it. What is `None` is
/// left to [`set`], which says the same of what it can read too.
#[inline(always)]
fn usual(flow: &mut Flow<'_>, times: &mut Times, column: Column, text: &[u8]) -> Option<usize> {
    let length;
    match column {
        Column::Source => {
            let (address, of) = quick::ipv4(text)?;
            (flow.source, length) = (Some(IpAddr::V4(address)), of);
        }
        Column::Destination => {
            let (address, of) = quick::ipv4(text)?;
            (flow.destination, length) = (Some(IpAddr::V4(address)), of);
        }
        Column::PacketSource => {
            let (address, of) = quick::ipv4(text)?;
            (flow.packet_source, length) = (Some(IpAddr::V4(address)), of);
        }
        Column::PacketDestination => {
            let (address, of) = quick::ipv4(text)?;
            (flow.packet_destination, length) = (Some(IpAddr::V4(address)), of);
        }
        Column::SourcePort => {
            let (port, of) = quick::number(text)?;
            (flow.source_port, length) = (u16::try_from(port).ok()?, of);
        }
        Column::DestinationPort => {
            let (port, of) = quick::number(text)?;
            (flow.destination_port, length) = (u16::try_from(port).ok()?, of);
        }
        Column::Protocol => {
            let (protocol, of) = quick::number(text)?;
            (flow.protocol, length) = (u8::try_from(protocol).ok()?, of);
        }
        Column::Packets => (flow.packets, length) = quick::number(text)?,
        Column::Bytes => (flow.bytes, length) = quick::number(text)?,
        Column::Start => {
            let (seconds, of) = quick::number(text)?;
            (times.0, length) = (Some(Timestamp::from_seconds(i64::try_from(seconds).ok()?)), of);
        }
        Column::End => {
            let (seconds, of) = quick::number(text)?;
            (times.1, length) = (Some(Timestamp::from_seconds(i64::try_from(seconds).ok()?)), of);
        }
        _ => return None,
    }
    Some(length)
}

#[inline]
fn set<'a>(flow: &mut Flow<'a>, times: &mut Times, column: Column, field: &'a str) -> Option<()> {
    let bytes = field.as_bytes();
    match column {
        Column::Other => {}
        Column::Account => flow.account = field,
        Column::Region => flow.region = field,
        Column::Interface => flow.interface = field,
        Column::Instance => flow.instance = field,
        Column::Vpc => flow.vpc = field,
        Column::Subnet => flow.subnet = field,
        Column::Source => flow.source = Some(address(bytes)?),
        Column::Destination => flow.destination = Some(address(bytes)?),
        Column::PacketSource => flow.packet_source = Some(address(bytes)?),
        Column::PacketDestination => flow.packet_destination = Some(address(bytes)?),
        Column::SourcePort => flow.source_port = u16::try_from(number(bytes)?).ok()?,
        Column::DestinationPort => flow.destination_port = u16::try_from(number(bytes)?).ok()?,
        Column::Protocol => flow.protocol = u8::try_from(number(bytes)?).ok()?,
        Column::Packets => flow.packets = number(bytes)?,
        Column::Bytes => flow.bytes = number(bytes)?,
        Column::Start => times.0 = Some(Timestamp::from_seconds(i64::try_from(number(bytes)?).ok()?)),
        Column::End => times.1 = Some(Timestamp::from_seconds(i64::try_from(number(bytes)?).ok()?)),
        Column::Action => flow.accepted = Some(accepted(field)?),
        Column::LogStatus => flow.status = status(field)?,
        Column::TcpFlags => flow.tcp_flags = Some(u8::try_from(number(bytes)? & 0xff).ok()?),
        Column::Direction => flow.direction = Some(direction(field)?),
        Column::SourceService => flow.source_service = field,
        Column::DestinationService => flow.destination_service = field,
    }
    Some(())
}

#[inline]
fn number(text: &[u8]) -> Option<u64> {
    // Nineteen digits cannot overflow; nothing that is counted here has more.
    if text.is_empty() || text.len() > 19 {
        return None;
    }
    let mut number = 0_u64;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u64::from(byte - b'0');
    }
    Some(number)
}

fn accepted(field: &str) -> Option<bool> {
    match field {
        "ACCEPT" => Some(true),
        "REJECT" => Some(false),
        _ => None,
    }
}

fn status(field: &str) -> Option<Status> {
    match field {
        "OK" => Some(Status::Ok),
        "NODATA" => Some(Status::NoData),
        "SKIPDATA" => Some(Status::SkipData),
        _ => None,
    }
}

fn direction(field: &str) -> Option<Direction> {
    match field {
        "ingress" => Some(Direction::Ingress),
        "egress" => Some(Direction::Egress),
        _ => None,
    }
}

#[cold]
fn wrong(column: Column, field: &str) -> Broken {
    let name = READ.iter().find(|(_, known)| *known == column).map_or("a column", |(name, _)| name);
    let shown: String = field.chars().take(64).collect();
    Broken { reason: format!("`{shown}` can't be a `{name}`") }
}

#[cold]
fn uneven(line: &str, columns: &Columns) -> Broken {
    let fields = line.split_ascii_whitespace().count();
    let wanted = columns.0.len();
    Broken { reason: format!("{fields} fields, and the log's format has {wanted}; say which format it has") }
}
