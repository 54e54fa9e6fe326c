//! Scans by the interface's own machine: many ports of one address, one port of many addresses.

use std::collections::BTreeSet;
use std::net::IpAddr;

use bastide_finding::{Action, Detection};

use super::Step;
use super::interface::Interfaces;
use super::pair::{ANSWERED, Pairs};
use super::report::{detection, reason};
use super::table::{Row, Seed, Table};
use super::view::{TCP, UDP, View, number};
use crate::detector::Context;

/// Pairs whose ports are gathered at once.
const SCANS: usize = 8192;
/// Ports of one address within [`SCAN_WINDOW`] that are a scan.
const PORTS: usize = 25;
/// From this many ports on, by their bits in the pair, they are gathered one by one.
const GATHER: u32 = 6;
/// Seconds.
const SCAN_WINDOW: u32 = 3600;

/// Interfaces and ports whose addresses are gathered at once.
const SWEEPS: usize = 8192;
/// Addresses without an answer that are a sweep, of this many that are gathered.
const ADDRESSES: usize = 100;
/// Of those addresses at most this part answers; those of a crawler nearly all do. In percent.
const ANSWERING: usize = 25;
/// Seconds until answers have come, in records that come late.
const GRACE: u32 = 900;

pub(super) struct Scans {
    scans: Table<Scan>,
    sweeps: Table<Sweep>,
    /// Sweeps that have gathered enough, and since when.
    full: Vec<(u64, u32)>,
    seed: Seed,
}

impl Default for Scans {
    fn default() -> Self {
        let (scans, sweeps) = (Table::new(SCANS), Table::new(SWEEPS));
        Self { scans, sweeps, full: Vec::new(), seed: Seed::default() }
    }
}

struct Scan {
    hash: u64,
    interface: u32,
    remote: IpAddr,
    first: u32,
    last: u32,
    ports: BTreeSet<u16>,
    /// The ports of the machine's own that it came from.
    from: BTreeSet<u16>,
    /// How many ports had been told.
    told: usize,
}

struct Sweep {
    hash: u64,
    view: View,
    last: u32,
    addresses: BTreeSet<IpAddr>,
}

impl Row for Scan {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Row for Sweep {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Scans {
    pub(super) fn see(&mut self, step: &mut Step<'_, '_>) {
        let view = step.view;
        // Traceroute counts up from 33434.
        let route = view.protocol == UDP && (33434..=33534).contains(&view.remote_port);
        if !view.knocks() || route || (view.protocol != TCP && view.protocol != UDP) {
            return;
        }
        if view.flags.is_none_or(|flags| flags & super::view::SYN != 0) {
            if step.new {
                self.sweep(view);
            }
            let bit = u32::from(view.remote_port).wrapping_mul(0x9e37_79b1) >> 26;
            step.pair.knocked |= 1 << bit;
            if step.pair.knocked.count_ones() >= GATHER {
                self.scan(step);
            }
        }
    }

    fn scan(&mut self, step: &mut Step<'_, '_>) {
        let view = step.view;
        let hash = self.seed.numbers(number(view.remote), view.interface.0, 1);
        let same = |scan: &Scan| scan.interface == view.interface.0 && scan.remote == view.remote;
        let (scan, _) = self.scans.of(hash, same, || Scan {
            hash,
            interface: view.interface.0,
            remote: view.remote,
            first: view.start,
            last: view.end,
            ports: BTreeSet::new(),
            from: BTreeSet::new(),
            told: 0,
        });
        if view.start.saturating_sub(scan.first) > SCAN_WINDOW {
            scan.ports.clear();
            scan.from.clear();
            (scan.first, scan.told) = (view.start, 0);
        }
        scan.last = scan.last.max(view.end);
        if scan.from.len() < PORTS {
            scan.from.insert(view.local_port);
        }
        if !scan.ports.insert(view.remote_port) || scan.ports.len() < PORTS.max(scan.told * 4) {
            return;
        }
        // Without flags a service's answers to many clients look alike: they all come from one port that is a service's.
        let answers = view.flags.is_none() && scan.from.len() == 1 && view.local_port < 49152;
        if answers {
            return;
        }
        scan.told = scan.ports.len();
        let kind = "Recon:EC2/Portscan";
        let Some(mut found) = detection(step.interface, view, step.cx.intel, kind) else { return };
        found.first = super::view::moment(scan.first);
        found.count = scan.ports.len() as u64;
        found.severity = None;
        let measure = format!("ports of {} tried within an hour", view.remote);
        reason(&mut found, measure, scan.ports.len(), format!("under {PORTS}"));
        let some: Vec<String> = scan.ports.iter().take(30).map(u16::to_string).collect();
        reason(&mut found, "some of them", some.join(" "), "");
        step.out.push(found);
    }

    fn sweep(&mut self, view: &View) {
        let mark = 1 << 16 | u32::from(view.remote_port);
        let hash = self.seed.numbers(u128::from(view.protocol), view.interface.0, mark);
        let same = |sweep: &Sweep| {
            sweep.view.interface.0 == view.interface.0
                && sweep.view.remote_port == view.remote_port
                && sweep.view.protocol == view.protocol
        };
        let make = || Sweep { hash, view: *view, last: view.end, addresses: BTreeSet::new() };
        let (sweep, _) = self.sweeps.of(hash, same, make);
        if view.start.saturating_sub(sweep.view.start) > SCAN_WINDOW && sweep.addresses.len() < ADDRESSES {
            sweep.addresses.clear();
            sweep.view = *view;
        }
        sweep.last = sweep.last.max(view.end);
        if sweep.addresses.len() < ADDRESSES
            && sweep.addresses.insert(view.remote)
            && sweep.addresses.len() == ADDRESSES
        {
            self.full.push((hash, view.end));
        }
    }

    /// Judges sweeps whose answers must have come.
    pub(super) fn tick(
        &mut self,
        now: u32,
        interfaces: &mut Interfaces,
        pairs: &mut Pairs,
        cx: Context<'_>,
        out: &mut Vec<Detection>,
    ) {
        let sweeps = &mut self.sweeps;
        self.full.retain(|(hash, since)| {
            if now < since.saturating_add(GRACE) {
                return true;
            }
            if let Some(sweep) = sweeps.find(*hash, |sweep| sweep.hash == *hash) {
                out.extend(judge(sweep, interfaces, pairs, cx));
                sweeps.remove(*hash, |sweep| sweep.hash == *hash);
            }
            false
        });
    }
}

fn judge(
    sweep: &Sweep,
    interfaces: &mut Interfaces,
    pairs: &mut Pairs,
    cx: Context<'_>,
) -> Option<Detection> {
    let view = &sweep.view;
    let interface = interfaces.find(view.interface)?;
    if !interface.receives {
        return None;
    }
    let answered = |address: &&IpAddr| {
        pairs.find(view.interface.0, number(**address)).is_some_and(|pair| pair.has(ANSWERED))
    };
    let answers = sweep.addresses.iter().filter(answered).count();
    if answers * 100 > sweep.addresses.len() * ANSWERING {
        return None;
    }
    let mut found = detection(interface, view, cx.intel, "Impact:EC2/PortSweep")?;
    found.key = format!("{}/{}", interface.key(), view.remote_port);
    found.last = super::view::moment(sweep.last);
    found.count = sweep.addresses.len() as u64;
    if let Action::Connection(connection) = &mut found.action {
        connection.blocked = false;
    }
    let minutes = sweep.last.saturating_sub(view.start) / 60;
    let measure =
        format!("new addresses that port {} was tried on within {minutes} minutes", view.remote_port);
    reason(&mut found, measure, sweep.addresses.len(), format!("under {ADDRESSES}"));
    reason(&mut found, "of these answered", answers, format!("over {ANSWERING} %"));
    let some: Vec<String> = sweep.addresses.iter().take(10).map(IpAddr::to_string).collect();
    reason(&mut found, "some of them", some.join(" "), "");
    Some(found)
}
