//! What an instance has not done before: ports it connects to, mail it sends; how much it sends is in [`volume`].
//!
//! Baselines are an interface's own, of the days since it was first seen; before a baseline is old enough nothing is
//! unusual.

use super::Step;
use super::interface::Interface;
use super::pair::{ANSWERED, MAIL};
use super::report::{Report, detection, reason};
use super::table::{Row, Seed, Table};
use super::view::{TCP, View};
use super::volume;

pub(super) const DAY: u32 = 86_400;

/// Ports that are remembered of an interface; one that uses more has no usual ports.
const PORTS: usize = 24;
/// Days of an interface's own before a port is unusual for it.
const PORT_BASELINE: u32 = 7 * DAY;
/// Seconds since an interface last began to use a port, before another is unusual.
const PORT_CALM: u32 = 2 * DAY;
/// Ports that everybody uses.
const PLAIN_PORTS: [u16; 5] = [53, 80, 123, 443, 853];
/// A connection that says something has at least this many packets.
const SAYS: u64 = 6;

/// Mail servers connected to in a day, by an interface that has sent no mail for a day.
const MAIL_NEW: u16 = 3;
/// Mail servers connected to in an hour, by any interface that takes no mail.
const MAIL_MANY: u16 = 40;

/// The ports of public addresses that an interface connects to.
#[derive(Clone, Debug, Default)]
pub(super) struct Ports {
    known: Vec<u16>,
    changed: u32,
    many: bool,
}

/// Mail that an interface sends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mail {
    /// It takes mail: it is a mail server.
    takes: bool,
    first: Option<u32>,
    /// Mail servers since the first mail.
    servers: u16,
    hour: u32,
    /// Mail servers that are new in this hour.
    of_hour: u16,
    told: bool,
}

/// Ports that an account's interfaces use.
pub(super) struct Unusual {
    fleet: Table<Used>,
    seed: Seed,
}

struct Used {
    hash: u64,
    account: u64,
    port: u16,
    by: u32,
    several: bool,
    last: u32,
}

impl Row for Used {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Default for Unusual {
    fn default() -> Self {
        Self { fleet: Table::new(65_536), seed: Seed::default() }
    }
}

impl Unusual {
    /// Sees connections that an interface opened to public addresses.
    pub(super) fn see(&mut self, step: &mut Step<'_, '_>, report: &mut Report) {
        let view = step.view;
        if !view.sent || !view.accepted {
            return;
        }
        volume::see(step);
        if view.protocol != TCP {
            return;
        }
        if view.remote_port == 25 {
            mail(step, report);
        }
        if step.pair.service != view.remote_port && view.packets >= SAYS {
            self.port(step);
        }
    }

    fn port(&mut self, step: &mut Step<'_, '_>) {
        let (view, interface) = (step.view, &mut *step.interface);
        let port = view.remote_port;
        if PLAIN_PORTS.contains(&port) || (port >= 32768 && view.flags.is_none()) {
            return;
        }
        let fleet = self.fleet_uses(interface, view);
        let ports = &mut interface.ports;
        if ports.many || ports.known.contains(&port) {
            return;
        }
        let calm = view.start.saturating_sub(ports.changed) >= PORT_CALM;
        ports.changed = view.start;
        ports.many = ports.known.len() >= PORTS;
        if !ports.many {
            ports.known.push(port);
        }
        let known = interface.ports.known.len();
        if !calm
            || fleet
            || interface.age(view.start) < PORT_BASELINE
            || !step.pair.has(ANSWERED) && view.packets < 10
        {
            return;
        }
        let kind = "Behavior:EC2/NetworkPortUnusual";
        let Some(mut found) = detection(interface, view, step.cx.intel, kind) else { return };
        found.key = format!("{}/{port}", step.interface.key());
        let days = step.interface.age(view.start) / DAY;
        reason(
            &mut found,
            format!("port of a public address, in {days} days"),
            port,
            "one of those used before",
        );
        reason(&mut found, "ports used before", known.saturating_sub(1), format!("at most {PORTS}"));
        reason(&mut found, "other interfaces of the account that use it", 0, "");
        step.out.push(found);
    }

    /// Notes that an interface uses a port; whether another one of the account does.
    fn fleet_uses(&mut self, interface: &Interface, view: &View) -> bool {
        let (account, port) = (interface.account_hash, view.remote_port);
        let hash = self.seed.numbers(u128::from(account), u32::from(port), 3);
        let same = |used: &Used| used.account == account && used.port == port;
        let by = view.interface.0;
        let make = || Used { hash, account, port, by, several: false, last: view.end };
        let (used, _) = self.fleet.of(hash, same, make);
        used.several |= used.by != by;
        used.last = used.last.max(view.end);
        used.several
    }
}

/// Mail from what has sent none, or to very many.
fn mail(step: &mut Step<'_, '_>, report: &mut Report) {
    let view = step.view;
    let since = step.interface.first;
    let mail = &mut step.interface.mail;
    let first = *mail.first.get_or_insert(view.start);
    if view.start >= mail.hour.saturating_add(3600) {
        (mail.hour, mail.of_hour) = (view.start, 0);
    }
    if !step.pair.has(MAIL) {
        step.pair.set(MAIL);
        mail.servers = mail.servers.saturating_add(1);
        mail.of_hour = mail.of_hour.saturating_add(1);
    }
    let before = first.saturating_sub(since);
    let unheard = before >= DAY && view.start < first.saturating_add(DAY) && mail.servers >= MAIL_NEW;
    let (servers, of_hour) = (mail.servers, mail.of_hour);
    mail.told |= unheard || of_hour >= MAIL_MANY;
    if !mail.told || mail.takes {
        return;
    }
    let key = step.interface.key().to_owned();
    report.repeat(step, "Backdoor:EC2/Spambot", |found| {
        found.key = key;
        reason(
            found,
            "mail servers connected to on port 25",
            servers,
            format!("under {MAIL_NEW} when mail is new"),
        );
        reason(found, "new ones of these within an hour", of_hour, format!("under {MAIL_MANY}"));
        reason(found, "hours known before its first mail", before / 3600, "under 24, or mail is usual");
    });
}

/// An interface that takes mail is a mail server, whose sending is no news.
pub(super) fn takes_mail(interface: &mut Interface) {
    interface.mail.takes = true;
}
