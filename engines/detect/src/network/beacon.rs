//! Beacons: connections to one address at even intervals, of even size.
//!
//! The idea is RITA's: a score from the skew and the dispersion of intervals and of sizes, from four connections on.
//! A record of a flow log is what an aggregation interval held of a connection, so that a connection that stays open
//! makes one record an interval and looks like a beacon; only new connections count, and what is open and silent for
//! more than two intervals.

use super::Step;
use super::pair::LISTED;
use super::report::{detection, reason};
use super::table::{Row, Seed, Table};
use super::unusual::DAY;
use super::view::{SYN, View, number};

/// Channels that are followed at once; at most 600 bytes each.
const LIMIT: usize = 32_768;
/// Connections that are kept of a channel.
const KEPT: usize = 48;
/// Connections before a channel is judged.
const ENOUGH: usize = 24;
/// Seconds from the first to the last of those that are kept.
const SPAN: u32 = 1200;
/// Seconds since the first of all.
const AGE: u32 = 2 * 3600;
/// Flows of the account are known for this long before a channel may be judged.
const BASELINE: u32 = 3 * DAY;
/// The score, of 1 at most, from which on a channel is a beacon.
const SCORE: f64 = 0.9;
/// More connections than these within [`TOGETHER`] are no beacon.
const BUSY: u16 = 200;
/// Connections within so many seconds count as one.
const TOGETHER: u32 = 5;
/// More interfaces than these that use a channel of the same address make it a service that all use.
const SHARED: u16 = 2;

/// Ports of what is even by nature: DNS, NTP.
const EVEN: [u16; 3] = [53, 123, 853];

pub(super) struct Beacons {
    channels: Table<Channel>,
    users: Table<Users>,
    seed: Seed,
}

impl Default for Beacons {
    fn default() -> Self {
        Self { channels: Table::new(LIMIT), users: Table::new(65_536), seed: Seed::default() }
    }
}

/// Connections of one interface to one address and port.
struct Channel {
    hash: u64,
    interface: u32,
    remote: u128,
    service: (u16, u8),
    /// Start and bytes of each connection.
    beats: Vec<(u32, u32)>,
    local_port: u16,
    first: u32,
    last: u32,
    crowd: u16,
    told: u32,
}

/// How many interfaces use an address.
struct Users {
    hash: u64,
    remote: u128,
    count: u16,
    last: u32,
}

impl Row for Channel {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Row for Users {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Beacons {
    /// Sees connections that an interface opened to public addresses.
    pub(super) fn see(&mut self, step: &mut Step<'_, '_>) {
        let view = step.view;
        if !view.sent || !view.accepted || view.service || EVEN.contains(&view.remote_port) {
            return;
        }
        let remote = number(view.remote);
        let service = (view.remote_port, view.protocol);
        let mark = u32::from(view.remote_port) | u32::from(view.protocol) << 16;
        let hash = self.seed.numbers(remote, view.interface.0, mark);
        let same = |channel: &Channel| {
            channel.interface == view.interface.0 && channel.remote == remote && channel.service == service
        };
        let make = || Channel::new(hash, view, remote, service);
        let (channel, new) = self.channels.of(hash, same, make);
        if new {
            let hash = self.seed.numbers(remote, 0, 4);
            let make = || Users { hash, remote, count: 0, last: view.end };
            let (users, _) = self.users.of(hash, |users| users.remote == remote, make);
            users.count = users.count.saturating_add(1);
            users.last = users.last.max(view.end);
        }
        if !channel.beat(view, step.interface.interval) {
            return;
        }
        let began = step.interface.account_age(channel.first);
        let listed = step.pair.has(LISTED);
        if began < BASELINE && !listed {
            return;
        }
        let Some(score) = score(&channel.beats) else { return };
        if score.total < SCORE || view.start < channel.told.saturating_add(DAY) {
            return;
        }
        let users_hash = self.seed.numbers(remote, 0, 4);
        let users =
            self.users.find(users_hash, |users| users.remote == remote).map_or(0, |users| users.count);
        if users > SHARED && !listed {
            return;
        }
        channel.told = view.start;
        let (first, count) = (channel.first, channel.beats.len());
        let Some(mut found) = detection(step.interface, view, step.cx.intel, "Behavior:EC2/Beaconing") else {
            return;
        };
        found.first = super::view::moment(first);
        found.count = count as u64;
        explain(&mut found, &score, count, users);
        step.out.push(found);
    }
}

fn explain(found: &mut bastide_finding::Detection, score: &Score, count: usize, users: u16) {
    reason(found, "score of evenness, from 0 to 1", format!("{:.2}", score.total), format!("under {SCORE}"));
    reason(found, "connections judged", count, format!("at least {ENOUGH}"));
    reason(found, "seconds between connections, the median", score.interval, "");
    reason(found, "seconds that intervals differ from it, the median", score.interval_spread, "");
    reason(found, "bytes sent a connection, the median", score.size, "");
    reason(found, "bytes that sizes differ from it, the median", score.size_spread, "");
    reason(found, "interfaces that connect to the address", users, format!("more than {SHARED}"));
}

impl Channel {
    fn new(hash: u64, view: &View, remote: u128, service: (u16, u8)) -> Self {
        Self {
            hash,
            interface: view.interface.0,
            remote,
            service,
            beats: Vec::new(),
            local_port: 0,
            first: view.start,
            last: 0,
            crowd: 0,
            told: 0,
        }
    }

    /// Takes a record; whether the channel is to be judged.
    fn beat(&mut self, view: &View, interval: u32) -> bool {
        // Still the same connection: its own port, or, where flags are told, no SYN; and no long silence.
        let goes_on = match view.flags {
            Some(flags) => flags & SYN == 0,
            None => self.local_port == view.local_port,
        };
        let continues = goes_on && self.last != 0 && view.start <= self.last.saturating_add(2 * interval);
        self.local_port = view.local_port;
        self.last = self.last.max(view.end).max(1);
        let bytes = u32::try_from(view.bytes).unwrap_or(u32::MAX);
        if continues || self.crowd > BUSY {
            return false;
        }
        match self.beats.last_mut() {
            Some((start, _)) if view.start < start.saturating_add(TOGETHER) => {
                self.crowd = self.crowd.saturating_add(1);
                if self.crowd > BUSY {
                    self.beats = Vec::new();
                }
                return false;
            }
            _ => {}
        }
        if self.beats.len() >= KEPT {
            self.beats.drain(..KEPT / 2);
        }
        self.beats.push((view.start, bytes));
        let span = self.beats.first().map_or(0, |(first, _)| view.start.saturating_sub(*first));
        let age = view.start.saturating_sub(self.first);
        self.beats.len() >= ENOUGH && span >= SPAN && age >= AGE && self.beats.len().is_multiple_of(4)
    }
}

/// How even a channel is.
#[derive(Debug)]
struct Score {
    total: f64,
    interval: u32,
    interval_spread: u32,
    size: u32,
    size_spread: u32,
}

/// The mean of four evennesses, each from 0 to 1: of intervals and sizes, skew (Bowley's, by quartiles) and dispersion
/// (the median of differences to the median, beside the median). `None` for fewer than four connections.
fn score(beats: &[(u32, u32)]) -> Option<Score> {
    if beats.len() < 4 {
        return None;
    }
    let mut starts: Vec<u32> = beats.iter().map(|(start, _)| *start).collect();
    starts.sort_unstable();
    let gaps = starts.iter().zip(starts.iter().skip(1)).map(|(before, after)| after - before);
    let (time_skew, interval, interval_spread) = evenness(gaps.collect());
    let (size_skew, size, size_spread) = evenness(beats.iter().map(|(_, bytes)| *bytes).collect());
    let dispersion = |spread: u32, median: u32| (1.0 - f64::from(spread) / f64::from(median.max(1))).max(0.0);
    let parts = [time_skew, dispersion(interval_spread, interval), size_skew, dispersion(size_spread, size)];
    // Intervals that vary by a quarter of themselves are not even, however even the sizes are.
    let total = match f64::from(interval_spread) <= f64::from(interval) * 0.25 {
        true => parts.iter().sum::<f64>() / 4.0,
        false => 0.0,
    };
    Some(Score { total, interval, interval_spread, size, size_spread })
}

/// One minus the skew; the median; the median of differences to it.
fn evenness(mut values: Vec<u32>) -> (f64, u32, u32) {
    values.sort_unstable();
    let at = |values: &[u32], quarter: usize| values.get(values.len() * quarter / 4).copied().unwrap_or(0);
    let [low, middle, high] = [1, 2, 3].map(|quarter| at(&values, quarter));
    let mut differences: Vec<u32> = values.iter().map(|value| value.abs_diff(middle)).collect();
    differences.sort_unstable();
    let spread = at(&differences, 2);
    // Quartiles this near each other have no shape.
    let flat = high - low <= (middle / 50).max(2);
    let skew = match flat {
        true => 0.0,
        false => (f64::from(low) + f64::from(high) - 2.0 * f64::from(middle)) / f64::from(high - low),
    };
    (1.0 - skew.abs(), middle, spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores() {
        let even: Vec<(u32, u32)> = (0..30).map(|n| (n * 300 + n % 3, 1000 + n % 4)).collect();
        assert!(score(&even).expect("enough").total > 0.95);
        let jitter: Vec<(u32, u32)> = (0..30).map(|n| (n * 300 + n * 7919 % 61, 1000)).collect();
        assert!(score(&jitter).expect("enough").total > 0.85);
        let mut at = 0;
        let people: Vec<(u32, u32)> = (0..30u32)
            .map(|n| {
                at += 10 + n * n * 2654 % 3571;
                (at, 500 + n * n * 7919 % 90_000)
            })
            .collect();
        assert!(score(&people).expect("enough").total < 0.7);
        assert!(score(&even[..3]).is_none());
    }
}
