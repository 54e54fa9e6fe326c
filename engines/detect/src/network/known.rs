//! Connections with addresses on lists.

use bastide_intel::Category;

use super::Step;
use super::pair::{LISTED, TOR_FROM, TOR_TO};
use super::report::{Report, reason, threats};
use crate::lists::THREATS;

/// What connecting to an address of a category is.
const OUTBOUND: [(Category, &str); 5] = [
    (Category::CommandAndControl, "Backdoor:EC2/C&CActivity.B"),
    (Category::Cryptocurrency, "CryptoCurrency:EC2/BitcoinTool.B"),
    (Category::Blackhole, "Trojan:EC2/BlackholeTraffic"),
    (Category::DropPoint, "Trojan:EC2/DropPoint"),
    (Category::Custom, CUSTOM),
];

const CUSTOM: &str = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";

/// From how many relays, and to how many, an instance is a relay itself and not a client.
const RELAYS: u16 = 3;

pub(super) fn see(step: &mut Step<'_, '_>, report: &mut Report) {
    let Some(hit) = step.cx.intel.address(step.view.remote) else { return };
    if hit.categories().any(THREATS) {
        step.pair.set(LISTED);
    }
    // A record of answers says nothing that the one of questions doesn't.
    if !step.view.forth() {
        return;
    }
    if hit.has(Category::TorRelay) || hit.has(Category::TorExit) {
        tor(step, report, hit.has(Category::TorRelay));
    }
    if step.view.inbound {
        // Strangers knock everywhere; what a firewall turned away is no caller.
        if step.view.accepted && hit.has(Category::Custom) {
            report.repeat(step, CUSTOM, |detection| threats(detection, &hit));
        }
        return;
    }
    for (category, kind) in OUTBOUND {
        if hit.has(category) {
            report.repeat(step, kind, |detection| threats(detection, &hit));
        }
    }
}

/// A relay takes connections from relays and makes some; a client only makes some.
fn tor(step: &mut Step<'_, '_>, report: &mut Report, relay: bool) {
    let (view, tor) = (step.view, &mut step.interface.tor);
    if view.inbound {
        if view.accepted && relay && !step.pair.has(TOR_FROM) {
            step.pair.set(TOR_FROM);
            tor.from = tor.from.saturating_add(1);
        }
    } else if !step.pair.has(TOR_TO) {
        step.pair.set(TOR_TO);
        tor.to = tor.to.saturating_add(1);
    }
    let (from, to) = (tor.from, tor.to);
    let hit = step.cx.intel.address(view.remote);
    let kind = match from >= RELAYS && to >= RELAYS {
        true => "UnauthorizedAccess:EC2/TorRelay",
        false if view.inbound => return,
        false => "UnauthorizedAccess:EC2/TorClient",
    };
    let key = step.interface.key().to_owned();
    report.repeat(step, kind, |detection| {
        detection.key = key;
        detection.actor = true;
        if let Some(hit) = hit {
            threats(detection, &hit);
        }
        reason(detection, "Tor relays connected to", to, "");
        reason(detection, "Tor relays that connected", from, format!("{RELAYS} of each: a relay"));
    });
}
