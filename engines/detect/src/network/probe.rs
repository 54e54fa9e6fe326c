//! Strangers that try ports, and find one open.
//!
//! Strangers try all the time; what counts is that one that is known for it, or that has been seen trying many ports
//! here, reached a port that no firewall keeps.

use bastide_intel::{Category, Hit};

use super::Step;
use super::pair::LISTED;
use super::report::{Report, reason, threats};
use super::table::{Row, Seed, Table};
use super::view::{SYN, TCP, number};

/// Public addresses that have tried ports and are followed at once.
const LIMIT: usize = 131_072;
/// Distinct interfaces and ports, by their bits, that make an address a scanner: about 15.
const SCANNER: u32 = 13;
/// Seconds without a try after which an address begins anew.
const FORGOTTEN: u32 = 86_400;

/// Ports that are open to the world on purpose.
const OPEN: [u16; 4] = [80, 443, 25, 53];
/// Ports of Hadoop's, Spark's and Livy's pages, as EMR has them.
const EMR: [u16; 10] = [8042, 8088, 8188, 8998, 9864, 9870, 18080, 19888, 50070, 50075];
/// Elasticsearch.
const SEVERE: [u16; 2] = [9200, 9300];

pub(super) struct Probers {
    table: Table<Prober>,
    seed: Seed,
}

impl Default for Probers {
    fn default() -> Self {
        Self { table: Table::new(LIMIT), seed: Seed::default() }
    }
}

/// An address that has tried ports.
struct Prober {
    hash: u64,
    remote: u128,
    /// A bit for each interface and port by their hash.
    tried: u64,
    rejected: u32,
    last: u32,
}

impl Row for Prober {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Probers {
    pub(super) fn see(&mut self, step: &mut Step<'_, '_>, report: &mut Report) {
        let view = step.view;
        if view.protocol != TCP || !view.forth() || view.flags.is_some_and(|flags| flags & SYN == 0) {
            return;
        }
        let listed = step.pair.has(LISTED);
        if view.accepted && !view.knocks() && !listed {
            return;
        }
        let (tried, rejected) = self.tried(step);
        let port = view.local_port;
        if !view.accepted || OPEN.contains(&port) || port >= 32768 || (!listed && tried < SCANNER) {
            return;
        }
        let hit = step.cx.intel.address(view.remote);
        let kind = match EMR.contains(&port) {
            true => "Recon:EC2/PortProbeEMRUnprotectedPort",
            false => "Recon:EC2/PortProbeUnprotectedPort",
        };
        let key = step.interface.key().to_owned();
        report.repeat(step, kind, |found| {
            found.key = key;
            if let Some(hit) = hit.filter(|hit: &Hit<'_>| !hit.has(Category::Trusted)) {
                threats(found, &hit);
            }
            found.severity = SEVERE.contains(&port).then_some(8.0);
            super::report::as_probe(found, port);
            reason(found, "port that it reached", port, "closed to strangers");
            if tried >= SCANNER {
                reason(
                    found,
                    "ports and interfaces tried by the address, about",
                    estimate(tried),
                    "under 15",
                );
                reason(found, "tries that were rejected", rejected, "");
            }
        });
    }

    /// How many bits of interfaces and ports an address has tried, this one among them, and how often in vain.
    fn tried(&mut self, step: &Step<'_, '_>) -> (u32, u32) {
        let view = step.view;
        let remote = number(view.remote);
        let hash = self.seed.numbers(remote, 0, 2);
        let same = |prober: &Prober| prober.remote == remote;
        let make = || Prober { hash, remote, tried: 0, rejected: 0, last: view.end };
        let (prober, _) = self.table.of(hash, same, make);
        if view.start.saturating_sub(prober.last) > FORGOTTEN {
            (prober.tried, prober.rejected) = (0, 0);
        }
        prober.last = prober.last.max(view.end);
        let place = u64::from(view.local_port) | u64::from(view.interface.0) << 16;
        prober.tried |= 1 << (place.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58);
        prober.rejected = prober.rejected.saturating_add(u32::from(!view.accepted));
        (prober.tried.count_ones(), prober.rejected)
    }
}

/// How many there were, of which this many of 64 bits are set (linear counting).
fn estimate(bits: u32) -> u32 {
    let empty = f64::from(64u32.saturating_sub(bits).max(1));
    (-64.0 * (empty / 64.0).ln()).round() as u32
}
