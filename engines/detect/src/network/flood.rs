//! Floods: very many packets to one public address, and next to nothing comes back.

use bastide_finding::Detection;

use super::Step;
use super::interface::{Interface, Interfaces};
use super::pair::{PENDING, Pair, Pairs, WINDOW};
use super::report::{detection, reason};
use super::view::{TCP, UDP, View, number};
use crate::detector::Context;

/// Packets to one address in ten minutes: 500 a second.
const PACKETS: u32 = 300_000;
/// Connections to one address in ten minutes.
const CONNECTIONS: u32 = 10_000;
/// A flood's connections have at most this many packets each; one that says something under TLS has more.
const PACKETS_A_CONNECTION: u32 = 6;
/// What comes back of a flood: less than a packet for this many. A download's acknowledgements are one for two to ten.
const RETURN: u32 = 50;
/// Seconds that records of the other direction may take longer.
const GRACE: u32 = 600;
/// Floods that are watched at once.
const LIMIT: usize = 4096;

/// Ports of services that speak TCP alone. UDP to 443 is QUIC, which answers.
const TCP_PORTS: [u16; 19] =
    [21, 22, 23, 25, 80, 110, 143, 443, 445, 465, 587, 993, 995, 1433, 3306, 3389, 5432, 6379, 8080];

/// Pairs whose window has had enough for a flood, to be judged when it is over.
#[derive(Default)]
pub(super) struct Floods {
    pending: Vec<(u32, View)>,
}

impl Floods {
    pub(super) fn see(&mut self, step: &mut Step<'_, '_>) {
        let (view, pair) = (step.view, &mut *step.pair);
        if pair.sent_packets < PACKETS && pair.opened < CONNECTIONS || !view.sent || pair.has(PENDING) {
            return;
        }
        if self.pending.len() < LIMIT {
            pair.set(PENDING);
            self.pending.push((pair.window(), *view));
        }
    }

    /// Judges the window of a pair, before it begins the next.
    pub(super) fn window_ended(&mut self, step: &mut Step<'_, '_>) {
        if !step.pair.has(PENDING) {
            return;
        }
        let (interface, remote) = (step.view.interface, step.view.remote);
        let mut all = self.pending.iter();
        let Some(at) = all.position(|(_, view)| view.interface == interface && view.remote == remote) else {
            return;
        };
        let (window, view) = self.pending.swap_remove(at);
        step.out.extend(judge(step.interface, step.pair, window, &view, step.cx));
    }

    /// Judges windows that are over.
    pub(super) fn tick(
        &mut self,
        now: u32,
        interfaces: &mut Interfaces,
        pairs: &mut Pairs,
        cx: Context<'_>,
        out: &mut Vec<Detection>,
    ) {
        self.pending.retain(|(window, view)| {
            if now < window.saturating_add(1).saturating_mul(WINDOW).saturating_add(GRACE) {
                return true;
            }
            let pair = pairs.find(view.interface.0, number(view.remote));
            if let (Some(pair), Some(interface)) = (pair, interfaces.find(view.interface)) {
                if pair.window() == *window {
                    out.extend(judge(interface, pair, *window, view, cx));
                }
                pair.clear(PENDING);
            }
            false
        });
    }
}

fn judge(interface: &Interface, pair: &Pair, window: u32, view: &View, cx: Context<'_>) -> Option<Detection> {
    // A log of one direction alone can't show that nothing came back.
    if !interface.receives {
        return None;
    }
    let silent = pair.received_packets < pair.sent_packets / RETURN;
    let short = pair.sent_packets / pair.opened.max(1) <= PACKETS_A_CONNECTION;
    let many = pair.sent_packets >= PACKETS && silent;
    let connections = view.protocol == TCP && pair.opened >= CONNECTIONS && short;
    if !many && !connections {
        return None;
    }
    let kind = match view.protocol {
        TCP => "Backdoor:EC2/DenialOfService.Tcp",
        UDP if view.remote_port == 53 => "Backdoor:EC2/DenialOfService.Dns",
        UDP if TCP_PORTS.contains(&view.remote_port) => "Backdoor:EC2/DenialOfService.UdpOnTcpPorts",
        UDP => "Backdoor:EC2/DenialOfService.Udp",
        _ => "Backdoor:EC2/DenialOfService.UnusualProtocol",
    };
    let mut found = detection(interface, view, cx.intel, kind)?;
    found.first = super::view::moment(window * WINDOW);
    found.count = u64::from(pair.opened.max(1));
    reason(
        &mut found,
        "packets sent to one address in 10 minutes",
        pair.sent_packets,
        format!("under {PACKETS}"),
    );
    let expected = format!("at least one for {RETURN} sent");
    reason(&mut found, "packets that came back", pair.received_packets, expected);
    reason(&mut found, "bytes sent", pair.sent_bytes, "");
    reason(
        &mut found,
        "flows",
        pair.opened,
        format!("under {CONNECTIONS} with {PACKETS_A_CONNECTION} packets or fewer"),
    );
    Some(found)
}
