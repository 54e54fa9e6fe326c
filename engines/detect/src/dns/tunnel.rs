//! Data carried in DNS: tunnels (iodine, dnscat2, dns2tcp), beacons, and files sent away in names.
//!
//! Whoever carries data in names must ask for a new name with each piece, long names to be quick, and names that look
//! like nothing a person chose, since data doesn't. Look-ups of hashes (virus scanners, mail filters) do the same;
//! what tells them is that many hosts make them, or that the answers are those of a block list.

use bastide_finding::{Detection, FindingType, Reason};
use bastide_ids::Timestamp;
use bastide_logs::dns::Query;

use super::aging::Aging;
use super::dga::{Chars, Model};
use super::host;
use super::name::Domain;

const KIND: &str = "Trojan:EC2/DNSDataExfiltration";

/// Pairs of a host and a domain that are watched at a time.
const PAIRS: usize = 65_536;
/// Domains whose askers are counted at a time.
const DOMAINS: usize = 16_384;

/// How long names are counted together: an hour, in milliseconds.
const WINDOW: i64 = 3_600_000;

/// Shorter names below a domain carry nothing worth counting.
const SHORTEST: usize = 6;
/// Different names from which on a window is judged.
const NAMES: u32 = 40;
/// Bits a character from which on names look like data. Names that people chose have about 4, hexadecimal digits and
/// base 32 about 6 to 8.
const DATA_LIKE: f64 = 5.0;
/// Names that are counted at most in a window: the bits are used up.
const COUNTED: u32 = 400;
/// A domain that so many hosts ask in such a manner is a service.
const SERVICE: usize = 4;
/// Slow tunnels: so many hours of at least so many names within a day.
const SLOW: (u32, u32) = (5, 12);
const DAY: i64 = 24 * WINDOW;

/// Watches pairs of hosts and domains for names that carry data.
pub(super) struct Tunnels {
    chars: &'static Chars,
    pairs: Aging<Pair>,
    domains: Aging<Askers>,
}

/// Who asks a domain in a manner that looks like a tunnel.
#[derive(Debug, Default)]
struct Askers {
    hosts: [u64; SERVICE],
}

/// What a host asked below a domain, in an hour.
#[derive(Clone, Debug, Default)]
struct Pair {
    start: i64,
    /// A bit for each name, by its hash.
    seen: [u64; 8],
    queries: u32,
    /// Different names that are counted.
    names: u32,
    /// Their bytes, without the domain.
    bytes: u32,
    /// What their letters cost, in sixteenths of a bit.
    cost: u32,
    /// Their letters: bytes without dots.
    letters: u32,
    /// Those that are hashes by their length.
    hashes: u32,
    /// Queries of types whose answers carry data.
    carriers: u32,
    /// Bytes of such answers.
    answered: u32,
    /// Queries for addresses that were answered as a block list does: 127.0.0.0/8, or no such name.
    listed: (u32, u32),
    said: bool,
    /// Hours that looked like a slow tunnel, since when, and the names in them.
    slow: u32,
    slow_since: i64,
    slow_names: u32,
}

impl Tunnels {
    pub(super) fn new() -> Self {
        let chars = &Model::shipped().tables.chars;
        Self { chars, pairs: Aging::new(PAIRS), domains: Aging::new(DOMAINS) }
    }

    pub(super) fn see(
        &mut self,
        domain: &Domain<'_>,
        host: u64,
        query: &Query<'_>,
        out: &mut Vec<Detection>,
    ) {
        let below = domain.below();
        if below.len() < SHORTEST {
            return;
        }
        let name = domain.hashes.1;
        let time = query.time.millis();
        let pair = self.pairs.entry(host::pair(host, name));
        if pair.start == 0 || time >= pair.start.saturating_add(WINDOW) {
            pair.roll(time);
        }
        if !pair.add(domain, query, self.chars) || pair.said {
            return;
        }
        if pair.names == SLOW.1 && pair.data_like() {
            self.domains.entry(name).add(host);
        }
        if pair.names < NAMES && pair.slow < SLOW.0 {
            return;
        }
        let service = self.domains.find(name).is_some_and(|askers| askers.many());
        if !pair.is_tunnel(service) {
            return;
        }
        pair.said = true;
        if let Some(kind) = host::kind(KIND) {
            out.push(pair.tell(kind, domain, query));
        }
    }
}

impl Askers {
    fn add(&mut self, host: u64) {
        if !self.hosts.contains(&host)
            && let Some(place) = self.hosts.iter_mut().find(|place| **place == 0)
        {
            *place = host;
        }
    }

    fn many(&self) -> bool {
        !self.hosts.contains(&0)
    }
}

impl Pair {
    /// Another hour begins.
    fn roll(&mut self, time: i64) {
        let mut slow = (self.slow, self.slow_since, self.slow_names);
        if self.is_slow() {
            if slow.0 == 0 || self.start > slow.1.saturating_add(DAY) {
                slow = (0, self.start, 0);
            }
            slow = (slow.0 + 1, slow.1, slow.2 + self.names);
        }
        let [slow, slow_since, slow_names] = [i64::from(slow.0), slow.1, i64::from(slow.2)];
        let (slow, slow_names) = (slow as u32, slow_names as u32);
        *self = Self { start: time, slow, slow_since, slow_names, ..Self::default() };
    }

    /// Whether the hour looks like one of a slow tunnel. Hashes that lists are asked for come slowly too.
    fn is_slow(&self) -> bool {
        let data = self.data_like() && self.names * 2 >= self.queries && self.mean() >= 24.0;
        data && self.names >= SLOW.1 && !self.are_hashes()
    }

    /// Counts a query; whether its name is new and counted.
    fn add(&mut self, domain: &Domain<'_>, query: &Query<'_>, chars: &Chars) -> bool {
        if self.names >= COUNTED {
            return false;
        }
        self.queries += 1;
        let carrier = carries(&query.kind);
        self.carriers += u32::from(carrier);
        self.listed.1 += u32::from(query.rcode == "NXDOMAIN");
        for answer in query.answers.iter() {
            self.listed.0 += u32::from(answer.kind == "A" && answer.data.starts_with("127."));
            if carrier && answer.kind == query.kind {
                self.answered = self.answered.saturating_add(answer.data.len() as u32);
            }
        }
        let hash = domain.hashes.0;
        let Some(bits) = self.seen.get_mut((hash >> 6) as usize % 8) else { return false };
        let bit = 1 << (hash & 63);
        if *bits & bit != 0 {
            return false;
        }
        *bits |= bit;
        let below = domain.below();
        if is_address(below) {
            return false;
        }
        self.names += 1;
        self.bytes += below.len() as u32;
        self.letters += below.bytes().filter(|byte| *byte != b'.').count() as u32;
        self.cost += chars.total(below.as_bytes());
        self.hashes += u32::from(is_hash(below));
        true
    }

    /// Bytes of a name.
    fn mean(&self) -> f64 {
        f64::from(self.bytes) / f64::from(self.names.max(1))
    }

    /// Bits of a letter.
    fn bits(&self) -> f64 {
        f64::from(self.cost) / 16.0 / f64::from(self.letters.max(1))
    }

    fn data_like(&self) -> bool {
        self.bits() >= DATA_LIKE
    }

    fn is_tunnel(&self, service: bool) -> bool {
        let carriers = f64::from(self.carriers) / f64::from(self.queries.max(1));
        if self.is_list() || self.names * 2 < self.queries && carriers < 0.5 {
            return false;
        }
        if service && !(self.data_like() && (self.mean() >= 60.0 || (carriers >= 0.5 && self.mean() >= 30.0)))
        {
            return false;
        }
        if self.names < NAMES {
            return self.slow >= SLOW.0 && self.is_slow();
        }
        let up = self.data_like() && self.mean() >= 24.0 && self.bytes >= 1500;
        let control = self.data_like() && carriers >= 0.5 && self.mean() >= 10.0;
        let down = carriers >= 0.5 && self.answered >= 4096 && self.answered / self.carriers.max(1) >= 60;
        up || control || down
    }

    /// Whether it is the look-ups of hashes in a list: hashes of one length, and answers as lists give them.
    fn is_list(&self) -> bool {
        let (local, missing) = self.listed;
        self.are_hashes() && local > 0 && (local + missing) * 10 >= self.queries * 9
    }

    fn are_hashes(&self) -> bool {
        self.hashes * 10 >= self.names * 9 && self.carriers * 10 < self.queries
    }

    fn tell(&self, kind: &'static FindingType, domain: &Domain<'_>, query: &Query<'_>) -> Detection {
        let mut detection = host::detection(kind, query, domain);
        detection.key = format!("{} {}", detection.key, domain.registrable);
        detection.first =
            Timestamp::from_millis(if self.slow >= SLOW.0 { self.slow_since } else { self.start });
        detection.count = u64::from(self.queries);
        let minutes = (query.time.millis() - self.start) / 60_000 + 1;
        let mut say = |measure: String, observed: String, expected: &str| {
            detection.reasons.push(Reason { measure, observed, expected: expected.to_owned() });
        };
        say(
            format!("different names below `{}` in {minutes} min", domain.registrable),
            format!("{} in {} queries", self.names, self.queries),
            "fewer than 40 an hour",
        );
        say(
            "bytes carried in these names".into(),
            format!("{} ({:.0} a name)", self.bytes, self.mean()),
            "fewer than 24 a name",
        );
        say(
            "how little the names look like chosen ones, in bits a character".into(),
            format!("{:.1}", self.bits()),
            "about 4; data from 5 on",
        );
        say(
            "queries of types whose answers carry data (TXT, NULL, CNAME, MX)".into(),
            format!("{} of {}, {} bytes in answers", self.carriers, self.queries, self.answered),
            "few",
        );
        if self.slow > 0 {
            let observed = format!("{} names in {} hours", self.slow_names, self.slow);
            say("earlier hours of the same day with such names".into(), observed, "none");
        }
        detection
    }
}

/// Types whose answers carry data.
fn carries(kind: &str) -> bool {
    matches!(kind, "TXT" | "NULL" | "CNAME" | "MX" | "KEY" | "DNSKEY" | "TYPE10" | "TYPE65399")
}

/// Whether it is an address that a list is asked for: four numbers, or the digits of an IPv6 address.
fn is_address(below: &str) -> bool {
    let labels = || below.split('.');
    let numbers = labels().take_while(|label| label.len() <= 3 && label.parse::<u8>().is_ok()).count();
    numbers >= 4 || labels().take_while(|label| label.len() == 1).count() >= 16
}

/// Whether it begins with a label as long as the usual hashes are in hexadecimal digits.
fn is_hash(below: &str) -> bool {
    let label = below.split('.').next().unwrap_or_default();
    matches!(label.len(), 32 | 40 | 56) && label.bytes().all(|byte| byte.is_ascii_hexdigit())
        || matches!(label.len(), 26 | 32 | 52) && label.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::{is_address, is_hash};

    #[test]
    fn what_lists_are_asked_for() {
        assert!(is_address("4.3.2.1.zen") && is_address("4.3.2.1"));
        assert!(is_address("b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.zen"));
        assert!(!is_address("4.3.2") && !is_address("www.shop") && !is_address("4444.3.2.1"));
        assert!(is_hash("0123456789abcdef0123456789abcdef.hash"));
        assert!(!is_hash("0123456789abcdef0123456789abcde.hash") && !is_hash(""));
    }
}
