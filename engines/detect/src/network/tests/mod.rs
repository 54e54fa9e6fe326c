//! Flows as an instance's interface sees them, and what is found in them.

mod behaviour;
mod floods;
mod hostile;
mod listed;
mod scans;

use std::net::IpAddr;

use bastide_finding::Detection;
use bastide_ids::Timestamp;
use bastide_intel::{Category, Format, Intel};
use bastide_logs::flow::{Direction, Flow, Status};

use super::Network;
use crate::detector::{Context, Detector};
use crate::settings::Settings;

/// A Monday, 2026-01-05T00:00:00Z.
const BEGIN: u32 = 1_767_571_200;
const HOUR: u32 = 3600;
const DAY: u32 = 86_400;

/// A detector with its surroundings, and what it has found.
struct Lab {
    network: Network,
    intel: Intel,
    settings: Settings,
    out: Vec<Detection>,
}

/// What a test says of a record; [`Lab::feed`] makes a flow of it.
#[derive(Clone, Copy, Debug)]
struct Record {
    interface: &'static str,
    from: (IpAddr, u16),
    to: (IpAddr, u16),
    protocol: u8,
    packets: u64,
    bytes: u64,
    start: u32,
    lasts: u32,
    accepted: bool,
    flags: Option<u8>,
    direction: Option<Direction>,
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

const LOCAL: &str = "10.0.0.5";
const LOCAL6: &str = "2600:1f18::5";

/// Packets that the instance sends.
fn sent(to: &str, port: u16, at: u32) -> Record {
    let local = if to.contains(':') { LOCAL6 } else { LOCAL };
    let local_port = 40_000 + u16::try_from(at % 20_000).expect("small");
    Record {
        interface: "eni-1",
        from: (ip(local), local_port),
        to: (ip(to), port),
        protocol: 6,
        packets: 10,
        bytes: 2000,
        start: at,
        lasts: 5,
        accepted: true,
        flags: Some(3),
        direction: Some(Direction::Egress),
    }
}

/// Packets that the instance receives, from a stranger that connects to it.
fn received(from: &str, port: u16, at: u32) -> Record {
    let record = sent(from, 50_000 + u16::try_from(at % 10_000).expect("small"), at);
    Record { from: record.to, to: (record.from.0, port), direction: Some(Direction::Ingress), ..record }
}

impl Record {
    /// The answer to it.
    fn answer(self) -> Self {
        let direction = self.direction.map(|direction| match direction {
            Direction::Ingress => Direction::Egress,
            Direction::Egress => Direction::Ingress,
        });
        Self { from: self.to, to: self.from, direction, flags: self.flags.map(|_| 19), ..self }
    }

    fn size(self, packets: u64, bytes: u64) -> Self {
        Self { packets, bytes, ..self }
    }

    fn on(self, interface: &'static str) -> Self {
        Self { interface, ..self }
    }

    fn udp(self) -> Self {
        Self { protocol: 17, flags: None, ..self }
    }

    fn rejected(self) -> Self {
        Self { accepted: false, ..self }
    }

    /// As the default format has it: neither flags nor direction.
    fn plain(self) -> Self {
        Self { flags: None, direction: None, ..self }
    }
}

impl Lab {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(lists: &[(Category, &str)]) -> Self {
        let mut builder = Intel::builder();
        for (category, text) in lists {
            let report =
                builder.list(category.as_str(), *category, Format::Txt, text.as_bytes()).expect("a list");
            assert_eq!(report.broken, 0);
        }
        let (network, settings, out) = (Network::default(), Settings::default(), Vec::new());
        Self { network, intel: builder.build(), settings, out }
    }

    fn feed(&mut self, record: Record) {
        let at = |seconds: u32| Timestamp::from_seconds(i64::from(seconds));
        let flow = Flow {
            account: "111122223333",
            region: "us-east-1",
            interface: record.interface,
            instance: "",
            vpc: "vpc-1",
            subnet: "subnet-1",
            source: Some(record.from.0),
            destination: Some(record.to.0),
            packet_source: None,
            packet_destination: None,
            source_port: record.from.1,
            destination_port: record.to.1,
            protocol: record.protocol,
            packets: record.packets,
            bytes: record.bytes,
            start: at(record.start),
            end: at(record.start + record.lasts),
            accepted: Some(record.accepted),
            status: Status::Ok,
            tcp_flags: record.flags,
            direction: record.direction,
            source_service: "",
            destination_service: "",
        };
        let cx = Context { intel: &self.intel, settings: &self.settings };
        self.network.flow(&flow, cx, &mut self.out);
    }

    /// A record and its answer.
    fn both(&mut self, record: Record) {
        self.feed(record);
        self.feed(record.answer());
    }

    fn tick(&mut self, at: u32) {
        let cx = Context { intel: &self.intel, settings: &self.settings };
        self.network.tick(Timestamp::from_seconds(i64::from(at)), cx, &mut self.out);
    }

    fn finish(&mut self) {
        let cx = Context { intel: &self.intel, settings: &self.settings };
        self.network.tick(Timestamp::from_millis(i64::MAX), cx, &mut self.out);
    }

    /// Days of plain work: web pages and a database, from `from` on.
    fn work(&mut self, from: u32, days: u32) {
        for hour in 0..days * 24 {
            let at = from + hour * HOUR;
            self.both(sent("93.184.216.34", 443, at + 60).size(200, 20_000));
            self.both(sent("10.0.1.9", 5432, at + 120).size(2000, 200_000));
            self.both(received("93.184.217.1", 443, at + 180).size(20, 3000));
        }
    }

    /// The types that were found, each once, in the order of their names.
    fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<_> = self.out.iter().map(|detection| detection.kind.name).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    #[track_caller]
    fn only(&self, kind: &str) -> &Detection {
        assert_eq!(self.kinds(), [kind]);
        let found = self.out.first().expect("a detection");
        assert!(found.last >= found.first && found.count >= 1 && !found.evidence.is_empty());
        found
    }
}
