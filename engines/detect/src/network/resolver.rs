//! Public resolvers, asked past the VPC's own: by DNS, by DNS over TLS, by DNS over HTTPS.

use std::net::IpAddr;

use super::Step;
use super::pair::RESOLVER;
use super::report::{detection, reason};
use super::table::{Row, Seed, Table};
use super::unusual::DAY;
use super::view::{TCP, UDP, View, number};

/// An account's flows are known for this long before a resolver is unusual in it.
const BASELINE: u32 = 3 * DAY;
/// An interface that asks more name servers than this resolves names itself.
const RESOLVES: u16 = 16;

/// Resolvers that are open to everybody, as their operators publish them: who, and the first bits of their addresses.
const PUBLIC: [(&str, &[&str]); 12] = [
    ("AdGuard", &["94.140.14.", "94.140.15.", "2a10:50c0::"]),
    ("CIRA", &["149.112.121.", "149.112.122.", "2620:10a:80bb::", "2620:10a:80bc::"]),
    ("CleanBrowsing", &["185.228.168.", "185.228.169.", "2a0d:2a00:1::", "2a0d:2a00:2::"]),
    ("Cloudflare", &["1.1.1.", "1.0.0.", "2606:4700:4700::"]),
    ("Control D", &["76.76.2.", "76.76.10.", "2606:1a40::"]),
    ("DNS.SB", &["185.222.222.", "45.11.45.", "2a09::", "2a11::"]),
    ("Google", &["8.8.8.", "8.8.4.", "2001:4860:4860::"]),
    ("Mullvad", &["194.242.2.", "2a07:e340::"]),
    ("NextDNS", &["45.90.28.", "45.90.30.", "2a07:a8c0::", "2a07:a8c1::"]),
    ("OpenDNS", &["208.67.220.", "208.67.222.", "146.112.41.", "2620:119:35::", "2620:119:53::"]),
    ("Quad9", &["9.9.9.", "149.112.112.", "2620:fe::"]),
    ("Quad101", &["101.101.101.", "101.102.103.", "2001:de4::"]),
];

pub(super) struct Resolvers {
    /// Resolvers that an account's interfaces have asked.
    known: Table<Known>,
    seed: Seed,
}

impl Default for Resolvers {
    fn default() -> Self {
        Self { known: Table::new(65_536), seed: Seed::default() }
    }
}

struct Known {
    hash: u64,
    account: u64,
    remote: u128,
    port: u16,
    last: u32,
}

impl Row for Known {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Resolvers {
    /// Sees connections that an interface opened to public addresses. Once a pair.
    pub(super) fn see(&mut self, step: &mut Step<'_, '_>) {
        let view = step.view;
        let port = view.remote_port;
        // A question without an answer may be a scan; what comes back is what was asked for.
        if !matches!(port, 53 | 443 | 853) || view.sent || !view.accepted || step.pair.has(RESOLVER) {
            return;
        }
        if view.protocol != TCP && view.protocol != UDP {
            return;
        }
        step.pair.set(RESOLVER);
        let operator = operator(view.remote);
        if port == 443 && operator.is_none() {
            return;
        }
        if port == 53 {
            step.interface.resolvers = step.interface.resolvers.saturating_add(1);
        }
        let new = self.note(step.interface.account_hash, view);
        let resolves = step.interface.resolvers > RESOLVES;
        if !new || resolves || step.interface.account_age(view.start) < BASELINE {
            return;
        }
        let kind = match port {
            53 => "DefenseEvasion:EC2/UnusualDNSResolver",
            443 => "DefenseEvasion:EC2/UnusualDoHActivity",
            _ => "DefenseEvasion:EC2/UnusualDoTActivity",
        };
        let Some(mut found) = detection(step.interface, view, step.cx.intel, kind) else { return };
        let days = step.interface.account_age(view.start) / DAY;
        let measure = format!("resolver that nobody in the account asked in {days} days");
        reason(&mut found, measure, view.remote, "the VPC's own, or one asked before");
        reason(&mut found, "who runs it", operator.unwrap_or("unknown"), "");
        step.out.push(found);
    }

    /// Whether an account had not asked this resolver on this port before.
    fn note(&mut self, account: u64, view: &View) -> bool {
        let (remote, port) = (number(view.remote), view.remote_port);
        let [low, high] = [account as u32, (account >> 32) as u32];
        let hash = self.seed.numbers(remote ^ u128::from(high) << 32, low, u32::from(port));
        let same = |known: &Known| known.account == account && known.remote == remote && known.port == port;
        let make = || Known { hash, account, remote, port, last: view.end };
        let (known, new) = self.known.of(hash, same, make);
        known.last = known.last.max(view.end);
        new
    }
}

/// Who runs the public resolver at an address.
fn operator(address: IpAddr) -> Option<&'static str> {
    let text = match address {
        IpAddr::V4(address) => address.to_string(),
        // The blocks that are told apart end after 48 bits at most.
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            match (b, c) {
                (0, 0) => format!("{a:x}::"),
                (_, 0) => format!("{a:x}:{b:x}::"),
                _ => format!("{a:x}:{b:x}:{c:x}::"),
            }
        }
    };
    let known = |prefix: &str| text == prefix || (prefix.ends_with('.') && text.starts_with(prefix));
    PUBLIC.iter().find(|(_, prefixes)| prefixes.iter().any(|prefix| known(prefix))).map(|(name, _)| *name)
}
