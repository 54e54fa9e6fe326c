//! What went between an interface and another address.

use super::table::{Row, Seed, Table};
use super::view::{ACK, SYN, View, number};

/// Pairs that are known at once; 73 bytes each with their place in the table.
const LIMIT: usize = 262_144;
/// Counts are kept for windows of this many seconds: the longest aggregation interval of flow logs.
pub(super) const WINDOW: u32 = 600;

pub(super) struct Pairs {
    table: Table<Pair>,
    seed: Seed,
}

impl Default for Pairs {
    fn default() -> Self {
        Self { table: Table::new(LIMIT), seed: Seed::default() }
    }
}

/// Counts of the present window, and what has been seen before. It is known by its hash alone, of 64 bits with a seed
/// that nobody knows: that two of these are alike doesn't happen, and a pair takes one line of the processor's cache.
#[derive(Debug)]
pub(super) struct Pair {
    hash: u64,
    first: u32,
    last: u32,
    window: u32,
    pub(super) sent_packets: u32,
    pub(super) received_packets: u32,
    pub(super) sent_bytes: u64,
    /// Records of connections that the interface opened.
    pub(super) opened: u32,
    /// Connections that may have been attempts to log in, on the service's port last connected to.
    pub(super) logins: u16,
    /// The same since the day began.
    pub(super) logins_today: u16,
    /// The day that counts of days are of, since 1970.
    day: u16,
    /// 1024 bytes, sent since the day began.
    sent_today: u32,
    /// Ports that were knocked at, a bit for each by its hash.
    pub(super) knocked: u64,
    /// The service's port that was last connected to.
    pub(super) service: u16,
    flags: u16,
}

/// The window is to be judged when it ends.
pub(super) const PENDING: u16 = 1;
/// The other end has answered, with more than refusals.
pub(super) const ANSWERED: u16 = 2;
/// The volume of this day has been told.
pub(super) const LOUD: u16 = 4;
/// Asking this resolver has been judged.
pub(super) const RESOLVER: u16 = 8;
/// Counted as a peer on a cryptocurrency's port.
pub(super) const COIN: u16 = 16;
/// Counted as a Tor relay that connected.
pub(super) const TOR_FROM: u16 = 32;
/// Counted as a Tor relay that was connected to.
pub(super) const TOR_TO: u16 = 64;
/// A threat list holds the other end.
pub(super) const LISTED: u16 = 128;
/// Counted as a mail server that was connected to.
pub(super) const MAIL: u16 = 256;

impl Row for Pair {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Pairs {
    /// The pair of a record; whether it is new.
    pub(super) fn of(&mut self, view: &View) -> (&mut Pair, bool) {
        let remote = number(view.remote);
        let interface = view.interface.0;
        let hash = self.seed.numbers(remote, interface, 0);
        self.table.of(hash, |pair| pair.hash == hash, || Pair::new(hash, view))
    }

    /// The pair of an interface and an address.
    pub(super) fn find(&mut self, interface: u32, remote: u128) -> Option<&mut Pair> {
        let hash = self.seed.numbers(remote, interface, 0);
        self.table.find(hash, |pair| pair.hash == hash)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }
}

impl Pair {
    fn new(hash: u64, view: &View) -> Self {
        Self {
            hash,
            first: view.start,
            last: view.end,
            window: view.start / WINDOW,
            sent_packets: 0,
            received_packets: 0,
            sent_bytes: 0,
            opened: 0,
            logins: 0,
            logins_today: 0,
            day: day(view),
            sent_today: 0,
            knocked: 0,
            service: 0,
            flags: 0,
        }
    }

    pub(super) fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn set(&mut self, flag: u16) {
        self.flags |= flag;
    }

    pub(super) fn clear(&mut self, flag: u16) {
        self.flags &= !flag;
    }

    pub(super) fn window(&self) -> u32 {
        self.window
    }

    /// Whether a record is of a later window. What comes late counts for the present one.
    pub(super) fn ended(&self, view: &View) -> bool {
        view.start / WINDOW > self.window
    }

    /// The window of a record begins.
    pub(super) fn begin(&mut self, view: &View) {
        self.window = view.start / WINDOW;
        (self.sent_packets, self.received_packets, self.sent_bytes) = (0, 0, 0);
        (self.opened, self.logins, self.knocked) = (0, 0, 0);
        self.clear(PENDING);
        if day(view) > self.day {
            self.clear(LOUD);
            (self.day, self.logins_today, self.sent_today) = (day(view), 0, 0);
        }
    }

    /// Bytes sent since the day began.
    pub(super) fn sent_today(&self) -> u64 {
        u64::from(self.sent_today) * 1024
    }

    /// How long it has been known at a moment, in seconds.
    pub(super) fn age(&self, now: u32) -> u32 {
        now.saturating_sub(self.first)
    }

    pub(super) fn count(&mut self, view: &View) {
        self.last = self.last.max(view.end);
        let packets = u32::try_from(view.packets).unwrap_or(u32::MAX);
        if view.sent {
            self.sent_packets = self.sent_packets.saturating_add(packets);
            self.sent_bytes = self.sent_bytes.saturating_add(view.bytes);
            let kilobytes = u32::try_from(view.bytes / 1024).unwrap_or(u32::MAX);
            self.sent_today = self.sent_today.saturating_add(kilobytes);
            self.opened = self.opened.saturating_add(u32::from(!view.inbound));
        } else {
            self.received_packets = self.received_packets.saturating_add(packets);
            let answer = match view.flags {
                Some(flags) => flags & (SYN | ACK) != 0 || packets > 2,
                None => packets > 2 || view.bytes > 60 * u64::from(packets),
            };
            if answer && view.accepted {
                self.set(ANSWERED);
            }
        }
    }

    /// What was connected to last, once a record has been judged.
    pub(super) fn served(&mut self, view: &View) {
        self.service = view.service_port();
    }
}

fn day(view: &View) -> u16 {
    u16::try_from(view.start / 86_400).unwrap_or(u16::MAX)
}
