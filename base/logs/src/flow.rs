//! VPC flow log records, versions 2 to 10.

mod columns;
mod quick;
mod records;

use std::net::{IpAddr, Ipv4Addr};

use bastide_ids::Timestamp;

pub use columns::{Columns, parse};
pub use records::Records;

/// One flow record. Columns that the log's format lacks, and `-`, are `None`, empty or zero.
#[derive(Clone, Debug, Default)]
pub struct Flow<'a> {
    /// `account-id`.
    pub account: &'a str,
    /// `region`; where the format lacks it, what the reader knows from the file's place.
    pub region: &'a str,
    /// `interface-id`.
    pub interface: &'a str,
    /// `instance-id`.
    pub instance: &'a str,
    /// `vpc-id`.
    pub vpc: &'a str,
    /// `subnet-id`.
    pub subnet: &'a str,
    /// `srcaddr`.
    pub source: Option<IpAddr>,
    /// `dstaddr`.
    pub destination: Option<IpAddr>,
    /// `pkt-srcaddr`: the packet's own source, where a NAT or load balancer stands between.
    pub packet_source: Option<IpAddr>,
    /// `pkt-dstaddr`.
    pub packet_destination: Option<IpAddr>,
    /// `srcport`.
    pub source_port: u16,
    /// `dstport`.
    pub destination_port: u16,
    /// `protocol`: IANA's number; 6 TCP, 17 UDP, 1 ICMP.
    pub protocol: u8,
    /// `packets`.
    pub packets: u64,
    /// `bytes`.
    pub bytes: u64,
    /// `start`: when the first packet of the aggregation interval came.
    pub start: Timestamp,
    /// `end`: when the last came.
    pub end: Timestamp,
    /// `action` is `ACCEPT`; `None` for records without one.
    pub accepted: Option<bool>,
    /// `log-status`.
    pub status: Status,
    /// `tcp-flags`: the bitmask of all packets of the record (1 FIN, 2 SYN, 4 RST, 18 SYN-ACK).
    pub tcp_flags: Option<u8>,
    /// `flow-direction`.
    pub direction: Option<Direction>,
    /// `pkt-src-aws-service`.
    pub source_service: &'a str,
    /// `pkt-dst-aws-service`.
    pub destination_service: &'a str,
}

/// `log-status` of a flow record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// The record holds a flow.
    #[default]
    Ok,
    /// There was no traffic in the interval.
    NoData,
    /// Records were skipped.
    SkipData,
}

/// `flow-direction` of a flow record, seen from the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the interface.
    Ingress,
    /// From the interface.
    Egress,
}

/// Reads an IP address; IPv4 without detours. `None` for what is none.
#[must_use]
pub fn address(text: &[u8]) -> Option<IpAddr> {
    if let Some(address) = ipv4(text) {
        return Some(IpAddr::V4(address));
    }
    str::from_utf8(text).ok()?.parse().ok()
}

fn ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    let mut address = 0_u32;
    let (mut part, mut digits, mut dots) = (0_u32, 0, 0);
    for byte in text {
        match byte {
            b'0'..=b'9' if digits < 3 && (digits == 0 || part != 0) => {
                part = part * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && dots < 3 && part < 256 => {
                address = address << 8 | part;
                (part, digits) = (0, 0);
                dots += 1;
            }
            _ => return None,
        }
    }
    (dots == 3 && digits > 0 && part < 256).then(|| Ipv4Addr::from(address << 8 | part))
}

#[cfg(test)]
mod tests;
