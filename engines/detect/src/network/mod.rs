//! Detectors of VPC flow logs: who talks to whom, as interfaces of instances and functions see it. IPv4 and IPv6.
//!
//! One pass: a record is seen from its interface ([`view::View`]), counted in the pair of interface and other end
//! ([`pair::Pair`], one hash), and shown to those detectors that its direction, ports and size concern. Whether the
//! other end is on a list is looked up for public addresses alone.
//!
//! All tables have limits and forget what was seen longest ago. Hashes are seeded, and nothing depends on their order.

mod beacon;
mod brute;
mod coins;
mod flood;
mod interface;
mod known;
mod pair;
mod probe;
mod report;
mod resolver;
mod scan;
mod table;
#[cfg(test)]
mod tests;
mod unusual;
mod view;
mod volume;

use bastide_finding::Detection;
use bastide_ids::Timestamp;
use bastide_logs::Kind;
use bastide_logs::flow::{Flow, Status};

use crate::detector::{Context, Detector};
use beacon::Beacons;
use flood::Floods;
use interface::{Interface, Interfaces};
use pair::{Pair, Pairs};
use probe::Probers;
use report::Report;
use resolver::Resolvers;
use scan::Scans;
use unusual::Unusual;
use view::View;

/// All detectors of flow logs, which share what they have seen.
#[derive(Default)]
pub(crate) struct Network {
    interfaces: Interfaces,
    pairs: Pairs,
    watch: Watch,
}

/// What single detectors keep besides the pairs.
#[derive(Default)]
struct Watch {
    beacons: Beacons,
    floods: Floods,
    probers: Probers,
    resolvers: Resolvers,
    scans: Scans,
    unusual: Unusual,
    report: Report,
}

/// A record on its way through the detectors.
struct Step<'a, 'b> {
    view: &'a View,
    interface: &'a mut Interface,
    pair: &'a mut Pair,
    /// The pair wasn't known before.
    new: bool,
    cx: Context<'b>,
    out: &'a mut Vec<Detection>,
}

impl Detector for Network {
    fn name(&self) -> &'static str {
        "network"
    }

    fn sees(&self, kind: Kind) -> bool {
        kind == Kind::Flow
    }

    fn flow(&mut self, flow: &Flow<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        let (Status::Ok, Some(source), Some(destination)) = (flow.status, flow.source, flow.destination)
        else {
            return;
        };
        let interface = self.interfaces.of(flow, source, destination, cx.settings);
        let view = View::new(flow, source, destination, interface);
        interface.learn(&view, flow.direction.is_some());
        let (pair, new) = self.pairs.of(&view);
        let mut step = Step { view: &view, interface, pair, new, cx, out };
        self.watch.see(&mut step);
    }

    fn tick(&mut self, now: Timestamp, cx: Context<'_>, out: &mut Vec<Detection>) {
        let now = view::seconds(now);
        self.watch.floods.tick(now, &mut self.interfaces, &mut self.pairs, cx, out);
        self.watch.scans.tick(now, &mut self.interfaces, &mut self.pairs, cx, out);
        self.watch.report.tick(now, out);
    }
}

impl Watch {
    fn see(&mut self, step: &mut Step<'_, '_>) {
        let view = step.view;
        if step.pair.ended(view) {
            self.floods.window_ended(step);
            step.pair.begin(view);
        }
        step.pair.count(view);
        if view.public {
            known::see(step, &mut self.report);
            if view.inbound {
                if view.local_port == 25 && view.accepted {
                    unusual::takes_mail(step.interface);
                }
                self.probers.see(step, &mut self.report);
            } else {
                self.floods.see(step);
                self.unusual.see(step, &mut self.report);
                self.resolvers.see(step);
                coins::see(step, &mut self.report);
                self.beacons.see(step);
            }
        }
        brute::see(step);
        if !view.inbound {
            self.scans.see(step);
        }
        step.pair.served(view);
    }
}
