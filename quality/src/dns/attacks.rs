//! Bots, tunnels, rebinding and listed domains among the queries.

use bastide_ids::Timestamp;

use super::{ACCOUNT, Ask, Host, Kind, LISTED};
use crate::company::{DAY, HOUR, START};
use crate::dga::{Generator, Makes, generators};
use crate::label::Stage;
use crate::random::Random;

const BASE32: &str = "abcdefghijklmnopqrstuvwxyz234567";
const BASE64: &str = "abcdefghijklmnopqrstuvwxyz0123456789-";

/// All attacks, each on a host and at a time of its own.
pub(super) fn all(hosts: &[Host], random: &Random, days: u32) -> (Vec<Ask>, Vec<Stage>) {
    let mut plan = Plan { hosts, random: random.fork("attacks"), days, asks: Vec::new(), stages: Vec::new() };
    for generator in generators().iter().filter(|one| one.held_out) {
        plan.bot(generator);
    }
    plan.tunnels();
    plan.rebinding();
    plan.listed();
    (plan.asks, plan.stages)
}

struct Plan<'a> {
    hosts: &'a [Host],
    random: Random,
    days: u32,
    asks: Vec<Ask>,
    stages: Vec<Stage>,
}

/// A query of an attack: name, type, outcome, answers.
type Piece = (String, &'static str, &'static str, Vec<(&'static str, String)>);

impl Plan<'_> {
    /// Queries one after the other, with so many milliseconds between them on average.
    fn stage(
        &mut self,
        row: &'static str,
        what: &str,
        accept: &'static [&'static str],
        (first, gap): (i64, f64),
        pieces: Vec<Piece>,
    ) {
        let victims: Vec<usize> = (0..self.hosts.len())
            .filter(|index| matches!(self.hosts[*index].kind, Kind::Server | Kind::Desktop | Kind::Node))
            .collect();
        let host = *self.random.pick(&victims);
        let mut time = first;
        for (name, kind, rcode, answers) in pieces {
            self.asks.push(Ask { time, host, name, kind, rcode, answers });
            time += self.random.exponential(gap) as i64 + 1;
        }
        self.stages.push(Stage {
            row,
            attack: what.to_owned(),
            what: what.to_owned(),
            account: ACCOUNT.to_owned(),
            names: vec![self.hosts[host].instance.clone()],
            first: Timestamp::from_millis(first),
            last: Timestamp::from_millis(time),
            events: Vec::new(),
            accept,
        });
    }

    /// Some time on one of the days but the end of the last.
    fn moment(&mut self) -> i64 {
        START + self.random.range(HOUR, i64::from(self.days) * DAY - 14 * HOUR)
    }

    /// A bot looks for its master: of all names one exists.
    fn bot(&mut self, generator: &Generator) {
        let row = match generator.makes {
            Makes::Letters => "dns/generated-letters",
            Makes::Syllables => "dns/generated-syllables",
            Makes::Words => "dns/generated-words",
            Makes::Changed => return,
        };
        for run in 0..3 {
            let suffix: &[&str] = &["com", "net", "org", "info", "biz", "ru", "top"];
            let count = self.random.range(60, 300) as usize;
            let mut pieces: Vec<Piece> = Vec::new();
            for label in generator.labels(self.random.draw() + run, count) {
                let name = format!("{label}.{}", self.random.pick::<&str>(suffix));
                pieces.push((name, "A", "NXDOMAIN", Vec::new()));
            }
            if let Some(last) = pieces.last_mut() {
                last.2 = "NOERROR";
                last.3 = vec![("A", "198.51.100.7".into())];
            }
            let gap = [400.0, 5_000.0, 30_000.0][run as usize];
            let what = format!("{} every {} s", generator.name, gap / 1000.0);
            let moment = self.moment();
            self.stage(row, &what, &["*DGADomainRequest*"], (moment, gap), pieces);
        }
    }

    fn tunnels(&mut self) {
        type Make = fn(&mut Random, usize) -> Piece;
        let kinds: &[(&str, usize, f64, Make)] = &[
            ("iodine", 1500, 40.0, iodine),
            ("dnscat2", 400, 900.0, dnscat),
            ("dns2tcp", 600, 200.0, |random, n| {
                let name = format!("{}.{n}.t.example-tunnel.net", random.letters(BASE64, 60));
                (name, "TXT", "NOERROR", vec![("TXT", random.letters(BASE64, 180))])
            }),
            ("a file in names of 60 letters", 300, 1500.0, |random, n| {
                (
                    format!("{n}.{}.files.example-leak.com", random.letters(BASE32, 60)),
                    "A",
                    "NXDOMAIN",
                    Vec::new(),
                )
            }),
            ("a file in hexadecimal digits, one length", 200, 3000.0, |random, _| {
                (format!("{}.example-leak.org", random.hex(62)), "A", "NXDOMAIN", Vec::new())
            }),
            ("a slow leak", 170, 240_000.0, |random, _| {
                let answers = vec![("A", "203.0.113.9".to_owned())];
                (format!("{}.n.example-slow.com", random.letters(BASE32, 40)), "A", "NOERROR", answers)
            }),
            ("a stager in TXT", 300, 300.0, |random, n| {
                let word: String =
                    [n / 676, n / 26 % 26, n % 26].iter().map(|i| char::from(b'a' + *i as u8)).collect();
                let answers = vec![("TXT", random.letters(BASE64, 250))];
                (format!("{word}.stage.171717.example-beacon.net"), "TXT", "NOERROR", answers)
            }),
            ("short names in AAAA, each 20 s", 1200, 20_000.0, |random, n| {
                let answers = vec![("AAAA", format!("2001:db8::{:x}", n % 65_536))];
                (format!("{}.c.example-quiet.net", random.letters(BASE32, 28)), "AAAA", "NOERROR", answers)
            }),
        ];
        for (what, count, gap, make) in kinds {
            let pieces = (0..*count).map(|n| make(&mut self.random, n)).collect();
            let moment = self.moment();
            self.stage("dns/tunnels", what, &["*DNSDataExfiltration"], (moment, *gap), pieces);
        }
    }

    fn rebinding(&mut self) {
        for (kind, data) in [("A", "169.254.169.254"), ("AAAA", "fd00:ec2::254"), ("A", "169.254.170.2")] {
            let name = format!("{}.rebind.example-page.com", self.random.hex(8));
            let good = (name.clone(), kind, "NOERROR", vec![(kind, "203.0.113.77".to_owned())]);
            let bad = (name, kind, "NOERROR", vec![(kind, data.to_owned())]);
            let moment = self.moment();
            self.stage("dns/rebinding", data, &["*MetadataDNSRebind"], (moment, 2000.0), vec![good, bad]);
        }
    }

    fn listed(&mut self) {
        for (category, domain) in LISTED {
            let answers = vec![("A", "198.51.100.99".to_owned())];
            let piece =
                |n: usize| (format!("{}{domain}", ["", "x."][n % 2]), "A", "NOERROR", answers.clone());
            let pieces = (0..20).map(piece).collect();
            let moment = self.moment();
            let accept = &["Backdoor:*", "CryptoCurrency:*", "Impact:*", "Trojan:*"];
            self.stage("dns/lists", category.as_str(), accept, (moment, 60_000.0), pieces);
        }
    }
}

fn iodine(random: &mut Random, n: usize) -> Piece {
    let data: Vec<String> = (0..3).map(|_| random.letters(BASE32, 57)).collect();
    let name = format!("{}.v.example-iodine.org", data.join("."));
    let kind = if n.is_multiple_of(10) { "TXT" } else { "NULL" };
    (name, kind, "NOERROR", vec![(kind, random.letters(BASE64, 200))])
}

fn dnscat(random: &mut Random, n: usize) -> Piece {
    let name = format!("{}.{}.example-cat.com", random.hex(18), random.hex(60));
    let kind = ["TXT", "CNAME", "MX"][n % 3];
    (name, kind, "NOERROR", vec![(kind, format!("{}.example-cat.com", random.hex(34)))])
}
