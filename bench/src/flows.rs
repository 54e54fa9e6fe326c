//! The detectors of flow logs on records that are parsed already: nanoseconds of the processor a record, with no lists and with lists of
//! two million addresses. No yardstick: what parsing alone takes is measured where flow logs are parsed.

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bastide_detect::{Engine, Settings, all};
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::Record;
use bastide_logs::flow::{Direction, Flow, Status};

use crate::http::say;
use crate::intel::{cpu, four, million, mix};

const RECORDS: u64 = 4_000_000;
/// Records that are made before they are fed, so that they are as near as parsed ones.
const TOGETHER: u64 = 1000;
/// Records of ten minutes.
const WINDOW: u64 = 200_000;
const INTERFACES: u64 = 500;

/// `flows`: nanoseconds a record.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let names: Vec<String> = (0..INTERFACES).map(|n| format!("eni-{:017x}", mix(n))).collect();
    for (what, intel) in [("no lists", Intel::default()), ("2 million addresses on lists", million()?)] {
        let detectors = all().into_iter().filter(|detector| detector.name() == "network").collect();
        let mut engine = Engine::new(Arc::new(intel), Settings::default(), detectors);
        let mut took = Duration::ZERO;
        for from in (0..RECORDS).step_by(TOGETHER as usize) {
            let flows: Vec<Flow<'_>> = (from..from + TOGETHER).map(|number| flow(number, &names)).collect();
            let began = cpu();
            for flow in &flows {
                engine.feed(&Record::Flow(flow));
            }
            took += cpu() - began;
            engine.drain();
        }
        let each = took.as_nanos() as f64 / RECORDS as f64;
        let found = engine.findings().count();
        say(&format!("flows: {what}: {each:.0} ns a record (asked: 70); {found} findings"));
    }
    Ok(())
}

/// Of a company's traffic: most between private addresses, a fifth from strangers to servers, some to the internet.
fn flow(number: u64, names: &[String]) -> Flow<'_> {
    let start = Timestamp::from_millis(1_767_571_200_000 + (number * 600_000 / WINDOW) as i64);
    // The same again in each window.
    let number = number % WINDOW;
    let mixed = mix(number / 2);
    let answer = number % 2 == 1;
    let interface = mixed % INTERFACES;
    let own = private(interface);
    let client = 32_768 + (mixed >> 20) as u16 % 28_000;
    let (remote, own_port, remote_port, opened) = match mixed >> 40 & 15 {
        0..11 => (private(mix(interface ^ (mixed >> 50 & 7)) % INTERFACES), client, 5432, true),
        11..14 => (four(mixed >> 30 & 0xffff), 443, client, false),
        _ => (four(mixed >> 34 & 0x1ff), client, 443, true),
    };
    let sent = opened != answer;
    let ((source, source_port), (destination, destination_port)) = match sent {
        true => ((own, own_port), (remote, remote_port)),
        false => ((remote, remote_port), (own, own_port)),
    };
    Flow {
        account: "111122223333",
        region: "eu-central-1",
        interface: names.get(interface as usize).map_or("", String::as_str),
        instance: "",
        vpc: "vpc-0123456789abcdef0",
        subnet: "subnet-0123456789abcdef0",
        source: Some(source),
        destination: Some(destination),
        packet_source: None,
        packet_destination: None,
        source_port,
        destination_port,
        protocol: 6,
        packets: 10 + mixed % 90,
        bytes: 1000 + mixed % 50_000,
        start,
        end: Timestamp::from_millis(start.millis() + 59_000),
        accepted: Some(true),
        status: Status::Ok,
        tcp_flags: Some(if answer { 19 } else { 3 }),
        direction: Some(if sent { Direction::Egress } else { Direction::Ingress }),
        source_service: "",
        destination_service: "",
    }
}

fn private(number: u64) -> IpAddr {
    IpAddr::from([10, 0, (number >> 8) as u8, number as u8])
}
