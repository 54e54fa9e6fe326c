//! Brute force: connection after connection to a service where one logs in, each as long as a few tries take.

use super::Step;
use super::report::{detection, reason};
use super::view::{SYN, TCP};

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
        pair.logins = 0;
    }
    pair.logins = pair.logins.saturating_add(1);
    let limit = if view.public { PUBLIC } else { PRIVATE };
    if !pair.logins.is_multiple_of(limit) {
        return;
    }
    let logins = pair.logins;
    let Some(mut found) = detection(step.interface, view, step.cx.intel, service.kind) else { return };
    found.severity = found.actor.then_some(8.0);
    found.count = u64::from(limit);
    reason(
        &mut found,
        format!("connections to port {port} within 10 minutes"),
        logins,
        format!("under {limit}"),
    );
    let each = format!("{} to {} packets: tries to log in", service.packets.start(), service.packets.end());
    reason(&mut found, "packets of the last one", view.packets, each);
    step.out.push(found);
}
