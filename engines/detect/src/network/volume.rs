//! Unusually much to one address: by what the interface has sent to that network before, and by whether it has sent
//! much to a network that is new to it.

use std::net::IpAddr;

use super::Step;
use super::pair::LOUD;
use super::report::{detection, reason};
use super::unusual::DAY;
use super::view::number;

/// Seconds that an interface is known for before a volume is unusual.
const BASELINE: u32 = 7 * DAY;
/// Seconds since an interface last began to send much to a network, before another is unusual.
const CALM: u32 = 3 * DAY;
/// Bytes to one address in ten minutes from which on a volume may be unusual.
const WINDOW: u64 = 500_000_000;
/// Bytes to one address in a day from which on a volume may be unusual.
const TODAY: u64 = 2_000_000_000;
/// Bytes to one address in a day that are remembered.
const MUCH: u64 = 400_000_000;
/// How many times the usual is unusual.
const TIMES: u64 = 10;
/// Networks that are remembered of an interface.
const NETWORKS: usize = 16;

/// The networks that an interface sends much to.
#[derive(Clone, Debug, Default)]
pub(super) struct Volume {
    networks: Vec<Network>,
}

#[derive(Clone, Copy, Debug)]
struct Network {
    network: u64,
    /// When it was first sent much to.
    began: u32,
    /// That has been told.
    told: bool,
    day: u32,
    today: u64,
    /// The most of the days before, of which older ones count less; 0 on the first day.
    usual: u64,
}

/// Sees what an interface sends to public addresses.
pub(super) fn see(step: &mut Step<'_, '_>) {
    let today = step.pair.sent_today();
    if today >= MUCH && !step.view.service {
        much(step, today);
    }
}

fn much(step: &mut Step<'_, '_>, today: u64) {
    let (view, now) = (step.view, step.pair.sent_bytes);
    let network = network(view.remote, step);
    let young = step.interface.age(view.start) < BASELINE;
    let volume = &mut step.interface.volume;
    let before = volume.note(network, today, view.start);
    let loud = now >= WINDOW || today >= TODAY;
    if !loud || step.pair.has(LOUD) || young {
        return;
    }
    let (limit, calm) = match before {
        Some(usual) => (usual.saturating_mul(TIMES).max(TODAY), true),
        None => (0, volume.calm(network, view.start)),
    };
    if today <= limit || !calm {
        return;
    }
    step.pair.set(LOUD);
    volume.told(network);
    let kind = "Behavior:EC2/TrafficVolumeUnusual";
    let Some(mut found) = detection(step.interface, view, step.cx.intel, kind) else { return };
    let days = step.interface.age(view.start) / DAY;
    let expected = format!("under {WINDOW} to a network that is new to it");
    reason(&mut found, "bytes sent to one address within 10 minutes", now, expected);
    let expected = match before {
        Some(_) => format!("at most {limit}"),
        None => format!("under {TODAY} to a network that is new to it"),
    };
    reason(&mut found, "bytes sent to it since the day began", today, expected);
    let usual = before.unwrap_or(0);
    reason(&mut found, format!("the most to its network on one of the {days} days before"), usual, "");
    step.out.push(found);
}

impl Volume {
    /// Notes what went to one address of a network on a day; what was usual for the network, `None` when it is new.
    fn note(&mut self, network: u64, bytes: u64, now: u32) -> Option<u64> {
        let day = now / DAY;
        let Some(known) = self.networks.iter_mut().find(|known| known.network == network) else {
            if self.networks.len() >= NETWORKS {
                let oldest = self.networks.iter().enumerate().min_by_key(|(_, known)| known.day);
                if let Some((at, _)) = oldest {
                    self.networks.swap_remove(at);
                }
            }
            self.networks.push(Network { network, began: now, told: false, day, today: bytes, usual: 0 });
            return None;
        };
        if day > known.day {
            known.usual = (known.usual / 16 * 15).max(known.today);
            (known.day, known.today) = (day, 0);
        }
        known.today = known.today.max(bytes);
        (known.usual > 0).then_some(known.usual)
    }

    /// Whether it has not begun lately to send much to another network than this.
    fn calm(&self, network: u64, now: u32) -> bool {
        let others = self.networks.iter().filter(|known| known.network != network && !known.told);
        others.map(|known| known.began).max().is_none_or(|began| now.saturating_sub(began) >= CALM)
    }

    fn told(&mut self, network: u64) {
        if let Some(known) = self.networks.iter_mut().find(|known| known.network == network) {
            known.told = true;
        }
    }
}

/// What addresses share: the autonomous system where that is known, else the first 16 bits (IPv6: 32).
fn network(address: IpAddr, step: &Step<'_, '_>) -> u64 {
    if let Some(network) = step.cx.intel.network(address) {
        return u64::from(network.asn);
    }
    let bits = number(address);
    match address {
        IpAddr::V4(_) => 1 << 48 | (bits >> 16) as u64 & 0xffff,
        IpAddr::V6(_) => 1 << 49 | (bits >> 96) as u64,
    }
}
