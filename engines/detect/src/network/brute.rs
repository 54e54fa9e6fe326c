//! Brute force: connection after connection to a service where one logs in, each as long as a few tries take.

use super::Step;
use super::pair::WINDOW;
use super::report::{detection, reason};
use super::view::{SYN, TCP, number};

/// A service where one logs in, and how many packets and bytes a connection takes that fails to: more than finding the
/// port open, less than working there.
struct Service {
    ports: &'static [u16],
    kind: &'static str,
    packets: std::ops::RangeInclusive<u64>,
    bytes: u64,
}

const SERVICES: [Service; 3] = [
    Service { ports: &[22], kind: "UnauthorizedAccess:EC2/SSHBruteForce", packets: 7..=120, bytes: 24_000 },
    Service { ports: &[3389], kind: "UnauthorizedAccess:EC2/RDPBruteForce", packets: 5..=120, bytes: 40_000 },
    Service { ports: &[5985, 5986], kind: "Impact:EC2/WinRMBruteForce", packets: 5..=120, bytes: 40_000 },
];

/// Connections in ten minutes from or to a public address.
const PUBLIC: u16 = 30;
/// Connections in ten minutes within private networks, where programs work over SSH.
const PRIVATE: u16 = 90;
/// Connections in a day from or to a public address that was strange three days before.
const SLOW: u16 = 300;
/// Seconds after which an address is no stranger.
const STRANGE: u32 = 3 * 86_400;
/// Connections in ten minutes to strangers, [`MANY`] of them or more, however few to each.
const WIDE: u16 = 60;
/// Strangers, by their bits.
const MANY: u32 = 5;

/// Connections to strangers in one window, where one logs in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tries {
    window: u32,
    count: u16,
    strangers: u64,
}

pub(super) fn see(step: &mut Step<'_, '_>) {
    let (view, pair) = (step.view, &mut *step.pair);
    if view.protocol != TCP || !view.accepted || !view.forth() {
        return;
    }
    let port = view.service_port();
    let Some(service) = SERVICES.iter().find(|service| service.ports.contains(&port)) else { return };
    let one = service.packets.contains(&view.packets) && view.bytes <= service.bytes;
    // Where flags are told, a record without SYN goes on with a connection that was counted.
    if !one || view.flags.is_some_and(|flags| flags & SYN == 0) {
        return;
    }
    if pair.service != port {
        (pair.logins, pair.logins_today) = (0, 0);
    }
    pair.logins = pair.logins.saturating_add(1);
    pair.logins_today = pair.logins_today.saturating_add(1);
    let strange = view.public && pair.age(view.start) < STRANGE;
    let (now, today) = (pair.logins, pair.logins_today);
    let fast = if view.public { PUBLIC } else { PRIVATE };
    if now.is_multiple_of(fast) {
        tell(step, service, ("connections within 10 minutes", now, fast), 1);
    } else if strange && today.is_multiple_of(SLOW) {
        tell(step, service, ("connections within a day, with a stranger", today, SLOW), 1);
    } else if strange && !view.inbound {
        wide(step, service);
    }
}

/// Tries at many strangers, a few at each.
fn wide(step: &mut Step<'_, '_>, service: &Service) {
    let view = step.view;
    let tries = &mut step.interface.tries;
    if view.start / WINDOW != tries.window {
        *tries = Tries { window: view.start / WINDOW, ..Tries::default() };
    }
    tries.count = tries.count.saturating_add(1);
    let mixed =
        (number(view.remote) as u64 ^ (number(view.remote) >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    tries.strangers |= 1 << (mixed >> 58);
    let (count, strangers) = (tries.count, tries.strangers.count_ones());
    if strangers >= MANY && count.is_multiple_of(WIDE) {
        tell(step, service, ("connections within 10 minutes, with strangers", count, WIDE), strangers);
    }
}

fn tell(
    step: &mut Step<'_, '_>,
    service: &Service,
    (measure, observed, limit): (&str, u16, u16),
    strangers: u32,
) {
    let view = step.view;
    let port = view.service_port();
    let Some(mut found) = detection(step.interface, view, step.cx.intel, service.kind) else { return };
    found.severity = found.actor.then_some(8.0);
    found.count = u64::from(limit);
    if strangers > 1 {
        found.key = format!("{}/{port}", step.interface.key());
        reason(&mut found, "strangers, at least", strangers, format!("under {MANY}"));
    }
    reason(&mut found, format!("{measure}, to port {port}"), observed, format!("under {limit}"));
    let each = format!("{} to {} packets: tries to log in", service.packets.start(), service.packets.end());
    reason(&mut found, "packets of the last one", view.packets, each);
    step.out.push(found);
}
