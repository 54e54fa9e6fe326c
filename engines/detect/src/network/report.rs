//! From what was seen to detections. What goes on is told when it begins, then every ten minutes with the count since.

use std::fmt::Display;

use bastide_finding::{Action, Connection, Detection, Evidence, PortProbe, Reason, Remote, find};
use bastide_intel::{Hit, Intel};

use super::Step;
use super::interface::Interface;
use super::table::{Row, Seed, Table};
use super::view::{View, moment, number};

/// Repeated activity that is followed at once.
const LIMIT: usize = 8192;
/// Seconds from one word about the same to the next.
const PAUSE: u32 = 600;

/// What has been told, and how often it has happened since.
pub(super) struct Report {
    told: Table<Told>,
    /// What has happened again since it was told.
    again: Vec<(u64, u32)>,
    seed: Seed,
    serial: u32,
}

struct Told {
    hash: u64,
    serial: u32,
    kind: &'static str,
    remote: u128,
    detection: Detection,
    /// When it was last told.
    at: u32,
    last: u32,
    since: u64,
    first_since: u32,
}

impl Row for Told {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Default for Report {
    fn default() -> Self {
        Self { told: Table::new(LIMIT), again: Vec::new(), seed: Seed::default(), serial: 0 }
    }
}

impl Report {
    /// Tells of a record, or counts it when the same was told lately. `fill` adds what explains it.
    pub(super) fn repeat(
        &mut self,
        step: &mut Step<'_, '_>,
        kind: &'static str,
        fill: impl FnOnce(&mut Detection),
    ) {
        let view = step.view;
        let remote = number(view.remote);
        let mark = u32::from(view.inbound) << 16 | u32::from(view.service_port());
        let hash = self.seed.numbers(remote, view.interface.0, mark) ^ self.seed.text(kind);
        let same = |told: &Told| told.hash == hash && told.kind == kind && told.remote == remote;
        if let Some(told) = self.told.find(hash, same) {
            told.last = told.last.max(view.end);
            if view.start < told.at.saturating_add(PAUSE) {
                if told.since == 0 {
                    told.first_since = view.start;
                    self.again.push((hash, told.serial));
                }
                told.since += 1;
                return;
            }
            told.since += 1;
            step.out.push(told.tell(Some(view)));
            return;
        }
        let Some(mut detection) = detection(step.interface, view, step.cx.intel, kind) else { return };
        fill(&mut detection);
        self.serial = self.serial.wrapping_add(1);
        let serial = self.serial;
        let made = detection.clone();
        self.told.of(hash, same, || Told {
            hash,
            serial,
            kind,
            remote,
            detection: made,
            at: view.start,
            last: view.end,
            since: 0,
            first_since: view.start,
        });
        step.out.push(detection);
    }

    /// Tells what has happened again, once the pause is over.
    pub(super) fn tick(&mut self, now: u32, out: &mut Vec<Detection>) {
        let told = &mut self.told;
        self.again.retain(|(hash, serial)| {
            let Some(told) = told.find(*hash, |told| told.serial == *serial) else { return false };
            if told.since == 0 {
                return false;
            }
            if now < told.at.saturating_add(PAUSE) {
                return true;
            }
            out.push(told.tell(None));
            false
        });
    }
}

impl Told {
    /// A detection of what has happened since the last one.
    fn tell(&mut self, view: Option<&View>) -> Detection {
        let mut detection = self.detection.clone();
        let first = if self.since > 1 || view.is_none() { self.first_since } else { self.last };
        detection.first = moment(first);
        detection.last = moment(self.last);
        detection.count = self.since.max(1);
        if let Some(view) = view {
            detection.evidence = vec![evidence(view)];
            if let Action::Connection(connection) = &mut detection.action {
                connection.local_port = view.local_port;
                connection.remote_port = view.remote_port;
            }
        }
        (self.since, self.at) = (0, self.last);
        detection
    }
}

/// A detection of a record; `None` where the type isn't of functions and the interface is a function's.
pub(super) fn detection(interface: &Interface, view: &View, intel: &Intel, kind: &str) -> Option<Detection> {
    let kind = match interface.function {
        Some(_) => find(&kind.replace(":EC2/", ":Lambda/"))?,
        None => find(kind)?,
    };
    let action = Action::Connection(Box::new(Connection {
        inbound: Some(view.inbound),
        protocol: view.protocol,
        local_address: Some(view.local),
        local_port: view.local_port,
        remote: Remote { address: Some(view.remote), location: intel.location(view.remote) },
        remote_port: view.remote_port,
        blocked: !view.accepted,
    }));
    let key = format!("{}/{}", interface.key(), view.remote);
    let place = (&*interface.account, &*interface.region);
    let resource = interface.resource(view.local);
    let mut detection = Detection::new(kind, place, key, moment(view.start), resource, action);
    detection.last = moment(view.end);
    detection.actor = !view.inbound;
    detection.evidence.push(evidence(view));
    Some(detection)
}

/// A number behind a detection.
pub(super) fn reason(
    detection: &mut Detection,
    measure: impl Into<String>,
    observed: impl Display,
    expected: impl Display,
) {
    let (observed, expected) = (observed.to_string(), expected.to_string());
    detection.reasons.push(Reason { measure: measure.into(), observed, expected });
}

/// The lists of a hit.
pub(super) fn threats(detection: &mut Detection, hit: &Hit<'_>) {
    detection.threats = crate::lists::threats(hit);
}

/// What finds a record again.
fn evidence(view: &View) -> Evidence {
    let (from, from_port, to, to_port) = match view.sent {
        true => (view.local, view.local_port, view.remote, view.remote_port),
        false => (view.remote, view.remote_port, view.local, view.local_port),
    };
    let id = format!("{} {from} {to} {from_port} {to_port} {}", view.start, view.protocol);
    let action = if view.accepted { "accepted" } else { "rejected" };
    let what = format!("flow {action}: {} packets, {} bytes", view.packets, view.bytes);
    Evidence { id, time: moment(view.start), what }
}

/// GuardDuty tells probes as `PORT_PROBE`, one finding an instance.
pub(super) fn as_probe(found: &mut Detection, port: u16) {
    if let Action::Connection(connection) = &found.action {
        let probe = (port, connection.local_address, connection.remote.clone());
        found.action = Action::PortProbe(PortProbe { blocked: connection.blocked, probes: vec![probe] });
    }
}
