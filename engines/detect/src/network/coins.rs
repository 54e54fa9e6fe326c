//! Cryptocurrencies, by the ports of their peers: what connects to several public addresses on one of these takes part
//! in its network. Pools are known by lists and by the names that are asked for; their ports are anybody's.

use super::Step;
use super::pair::COIN;
use super::report::{Report, reason};
use super::unusual::DAY;
use super::view::TCP;

/// Peers of one network within a day.
const PEERS: u16 = 4;

/// Ports of peers in the reference programs of each.
const COINS: [(u16, &str); 9] = [
    (8333, "Bitcoin"),
    (8334, "Bitcoin"),
    (9333, "Litecoin"),
    (9999, "Dash"),
    (16125, "Flux"),
    (18080, "Monero"),
    (22556, "Dogecoin"),
    (30303, "Ethereum"),
    (8767, "Ravencoin"),
];

pub(super) fn see(step: &mut Step<'_, '_>, report: &mut Report) {
    let view = step.view;
    if view.protocol != TCP || !view.accepted {
        return;
    }
    let Some((port, coin)) = COINS.iter().find(|(port, _)| *port == view.remote_port) else { return };
    let (counted, peers, since) = &mut step.interface.coins;
    if !view.sent {
        // A peer that answers.
        if !step.pair.has(COIN) && view.packets > 2 {
            step.pair.set(COIN);
            if *counted != *port || view.start.saturating_sub(*since) > DAY {
                (*counted, *peers, *since) = (*port, 0, view.start);
            }
            *peers = peers.saturating_add(1);
        }
        return;
    }
    let peers = *peers;
    if *counted != *port || peers < PEERS {
        return;
    }
    let kind = "CryptoCurrency:EC2/BitcoinTool.B";
    let key = format!("{}/{port}", step.interface.key());
    report.repeat(step, kind, |found| {
        found.key = key;
        found.severity = Some(5.0);
        let measure =
            format!("public addresses that answered on port {port}, that of {coin}'s peers, within a day");
        reason(found, measure, peers, format!("under {PEERS}"));
    });
}
