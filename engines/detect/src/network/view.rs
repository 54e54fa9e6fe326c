//! A record, seen from its interface: which end is the interface's own, and who opened the connection.

use std::net::IpAddr;

use bastide_ids::Timestamp;
use bastide_intel::is_public;
use bastide_logs::flow::{Direction, Flow};

use super::interface::Interface;

pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;

/// `tcp-flags`: FIN, SYN, RST, ACK as SYN-ACK shows it.
pub(super) const SYN: u8 = 2;
pub(super) const ACK: u8 = 16;

/// A record, seen from its interface.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// The interface's number and its hash.
    pub(super) interface: (u32, u64),
    pub(super) local: IpAddr,
    pub(super) remote: IpAddr,
    pub(super) local_port: u16,
    pub(super) remote_port: u16,
    pub(super) protocol: u8,
    /// The packets went from the interface to the other end.
    pub(super) sent: bool,
    /// The other end opened the connection.
    pub(super) inbound: bool,
    /// `tcp-flags`, where the format has them.
    pub(super) flags: Option<u8>,
    /// The other end is publicly routable.
    pub(super) public: bool,
    pub(super) accepted: bool,
    /// The other end is a service of AWS, as the log says.
    pub(super) service: bool,
    pub(super) packets: u64,
    pub(super) bytes: u64,
    /// Seconds.
    pub(super) start: u32,
    /// Seconds.
    pub(super) end: u32,
}

/// A moment in whole seconds of 1970 to 2106.
pub(super) fn seconds(moment: Timestamp) -> u32 {
    u32::try_from(moment.millis().max(0) / 1000).unwrap_or(u32::MAX)
}

pub(super) fn moment(seconds: u32) -> Timestamp {
    Timestamp::from_seconds(i64::from(seconds))
}

/// An address as a number; IPv4 as it is mapped into IPv6.
pub(super) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => 0xffff_0000_0000 | u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl View {
    pub(super) fn new(flow: &Flow<'_>, source: IpAddr, destination: IpAddr, interface: &Interface) -> Self {
        let sent = match flow.direction {
            Some(direction) => direction == Direction::Egress,
            None => interface.sends(source, destination),
        };
        let by_source = opened_by_source(flow);
        let (local, remote, local_port, remote_port) = match sent {
            true => (source, destination, flow.source_port, flow.destination_port),
            false => (destination, source, flow.destination_port, flow.source_port),
        };
        let start = seconds(flow.start);
        Self {
            interface: (interface.serial, interface.hash),
            local,
            remote,
            local_port,
            remote_port,
            protocol: flow.protocol,
            sent,
            inbound: by_source != sent,
            flags: flow.tcp_flags.filter(|_| flow.protocol == TCP),
            public: is_public(remote),
            accepted: flow.accepted != Some(false),
            service: !(if sent { flow.destination_service } else { flow.source_service }).is_empty(),
            packets: flow.packets,
            bytes: flow.bytes,
            start,
            end: seconds(flow.end).max(start),
        }
    }

    /// The port of who was connected to.
    pub(super) fn service_port(&self) -> u16 {
        if self.inbound { self.local_port } else { self.remote_port }
    }

    /// The packets went from who opened the connection to who was connected to.
    pub(super) fn forth(&self) -> bool {
        self.sent != self.inbound
    }

    /// Little enough to be nothing but knocking.
    pub(super) fn knocks(&self) -> bool {
        self.forth() && self.packets <= 3 && self.bytes <= 60 * self.packets.max(1) + 120
    }
}

/// Who opened it: by the flags of TCP where they tell, else whoever has the less service-like port.
fn opened_by_source(flow: &Flow<'_>) -> bool {
    if flow.protocol == TCP
        && let Some(flags) = flow.tcp_flags
        && flags & SYN != 0
    {
        return flags & ACK == 0;
    }
    if flow.protocol != TCP && flow.protocol != UDP {
        return true;
    }
    let source = (rank(flow.source_port), flow.source_port);
    let destination = (rank(flow.destination_port), flow.destination_port);
    source >= destination
}

/// How little a port looks like a service's.
fn rank(port: u16) -> u8 {
    match port {
        0..1024 => 0,
        1194
        | 1433
        | 1521
        | 2049
        | 2181
        | 2375..=2380
        | 3000
        | 3128
        | 3306
        | 3389
        | 4317..=4318
        | 4500
        | 5000
        | 5060..=5061
        | 5432..=5433
        | 5439
        | 5671..=5672
        | 5900
        | 5985..=5986
        | 6379..=6380
        | 6443
        | 8000..=8999
        | 9000..=9600
        | 10000
        | 10250..=10259
        | 11211
        | 15672
        | 27017..=27019
        | 33060
        | 50051
        | 50070 => 1,
        1024..32768 => 2,
        _ => 3,
    }
}
