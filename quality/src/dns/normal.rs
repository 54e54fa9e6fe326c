//! What a network asks on a normal day: the same names again and again, and all that looks odd but is not.

use super::{Ask, Host, Kind};
use crate::company::{DAY, START};
use crate::random::Random;

/// The names that there are. Domains of the net are those that the model was not trained on.
pub(super) struct Net {
    domains: Vec<String>,
}

impl Net {
    pub(super) fn new(domains: Vec<String>) -> Self {
        Self { domains }
    }
}

/// The machines of a network.
pub(super) fn hosts(random: &Random, size: f64) -> Vec<Host> {
    let mut random = random.fork("hosts");
    let mut hosts = Vec::new();
    for (kind, count) in [
        (Kind::Server, 40.0),
        (Kind::Node, 10.0),
        (Kind::Desktop, 30.0),
        (Kind::Mail, 3.0),
        (Kind::Crawler, 2.0),
    ] {
        for _ in 0..((count * size) as usize).max(2) {
            let address = format!("10.4.{}.{}", hosts.len() / 200, hosts.len() % 200 + 10);
            hosts.push(Host { kind, instance: format!("i-0{}", random.hex(16)), address });
        }
    }
    hosts
}

/// All that is asked on a day.
pub(super) fn day(hosts: &[Host], net: &Net, random: &Random, day: u32) -> Vec<Ask> {
    let start = START + i64::from(day) * DAY;
    let mut asks = Vec::new();
    for (index, host) in hosts.iter().enumerate() {
        let mut own = random.fork(&host.instance);
        let taste = own.draw();
        let mut asker = Asker {
            host: index,
            net,
            random: random.fork(&format!("{} {day}", host.instance)),
            taste,
            asks: &mut asks,
        };
        match host.kind {
            Kind::Server => asker.each(start, 2500, Asker::server),
            Kind::Node => asker.each(start, 2500, Asker::node),
            Kind::Desktop => asker.each(start, 1200, Asker::desktop),
            Kind::Mail => asker.each(start, 3000, Asker::mail),
            Kind::Crawler => asker.each(start, 8000, Asker::crawler),
        }
    }
    asks
}

struct Asker<'a> {
    host: usize,
    net: &'a Net,
    random: Random,
    /// What this host asks for again and again.
    taste: u64,
    asks: &'a mut Vec<Ask>,
}

const AWS: &[&str] = &[
    "sqs.eu-west-1.amazonaws.com",
    "sts.eu-west-1.amazonaws.com",
    "logs.eu-west-1.amazonaws.com",
    "monitoring.eu-west-1.amazonaws.com",
    "dynamodb.eu-west-1.amazonaws.com",
    "ec2messages.eu-west-1.amazonaws.com",
    "orders-db.c9akciq32rf8.eu-west-1.rds.amazonaws.com",
    "internal-app-1184502938.eu-west-1.elb.amazonaws.com",
    "3f9a1c20b7de48c5a6e2d90b11f47c83.gr7.eu-west-1.eks.amazonaws.com",
    "prod-assets-7f3c9a.s3.eu-west-1.amazonaws.com",
    "d111111abcdef8.cloudfront.net",
    "a8k2m4x9q1-ats.iot.eu-west-1.amazonaws.com",
];

impl Asker<'_> {
    fn each(&mut self, start: i64, count: u64, what: fn(&mut Self, i64)) {
        for _ in 0..count {
            // Twice as much by day as by night.
            let mut time = start + self.random.range(0, DAY - 1);
            if (time - start < DAY / 3) && self.random.chance(0.5) {
                time += DAY / 2;
            }
            what(self, time);
        }
    }

    fn ask(&mut self, time: i64, name: String, kind: &'static str, rcode: &'static str) {
        let answers = match (kind, rcode) {
            ("A", "NOERROR") => vec![("A", self.public())],
            ("AAAA", "NOERROR") => vec![("AAAA", format!("2600:9000:{:x}::1", self.random.below(65_536)))],
            ("TXT", "NOERROR") => {
                vec![("TXT", format!("\\\"v=spf1 include:_spf.{} ~all\\\"", "example.com"))]
            }
            _ => Vec::new(),
        };
        self.asks.push(Ask { time, host: self.host, name, kind, rcode, answers });
    }

    fn public(&mut self) -> String {
        format!("52.{}.{}.{}", self.random.below(256), self.random.below(256), self.random.below(256))
    }

    /// A name for both families of addresses.
    fn both(&mut self, time: i64, name: &str) {
        self.ask(time, name.to_owned(), "A", "NOERROR");
        self.ask(time + 1, name.to_owned(), "AAAA", "NOERROR");
    }

    fn domain(&mut self) -> String {
        self.random.pick(&self.net.domains).clone()
    }

    /// A domain that this host likes.
    fn favourite(&mut self, of: usize) -> String {
        let rank = *self.random.zipf(&(0..of).collect::<Vec<_>>()) as u64;
        let place = (self.taste.wrapping_mul(rank + 1) >> 20) as usize % self.net.domains.len();
        self.net.domains[place].clone()
    }

    fn server(&mut self, time: i64) {
        let aws = *self.random.zipf(AWS);
        match self.random.below(100) {
            0..55 => self.both(time, aws),
            55..75 => {
                let name = format!("api.{}", self.favourite(6));
                self.both(time, &name);
            }
            75..90 => {
                self.ask(time, format!("{aws}.eu-west-1.compute.internal"), "A", "NXDOMAIN");
                self.both(time + 2, aws);
            }
            90..96 => {
                let n = self.random.below(200);
                self.ask(time, format!("{n}.0.4.10.in-addr.arpa"), "PTR", "NXDOMAIN");
            }
            96..99 => self.ask(time, "deb.debian.org".into(), "AAAA", "NOERROR"),
            _ => {
                let domain = self.domain();
                self.both(time, &domain);
            }
        }
    }

    /// `ndots: 5`: each name is tried with each suffix of the search path first.
    fn node(&mut self, time: i64) {
        let aws = *self.random.zipf(AWS);
        let name =
            if self.random.chance(0.7) { aws.to_owned() } else { format!("api.{}", self.favourite(25)) };
        for (index, suffix) in ["eu-west-1.compute.internal", "corp.example.com"].iter().enumerate() {
            self.ask(time + index as i64, format!("{name}.{suffix}"), "A", "NXDOMAIN");
        }
        self.both(time + 5, &name);
    }

    fn desktop(&mut self, time: i64) {
        match self.random.below(1000) {
            0..500 => {
                let name = format!("www.{}", self.favourite(300));
                self.both(time, &name);
            }
            500..700 => {
                let domain = self.favourite(60);
                let id = self.random.hex(12);
                self.both(time, &format!("{id}.cdn.{domain}"));
            }
            700..800 => {
                let id = self.random.uuid();
                self.both(time, &format!("{id}.telemetry.example-analytics.com"));
            }
            800..850 => {
                // A virus scanner asks for the hash of each file.
                let hash = self.random.letters("abcdefghijklmnopqrstuvwxyz234567", 52);
                let rcode = if self.random.chance(0.9) { "NXDOMAIN" } else { "NOERROR" };
                self.ask(time, format!("{hash}.s.example-scanner.com"), "A", rcode);
            }
            850..880 => {
                let name = self.random.letters("abcdefghijklmnopqrstuvwxyz", 10);
                self.ask(time, name.clone(), "A", "NXDOMAIN");
                self.ask(time, format!("{name}.corp.example.com"), "A", "NXDOMAIN");
            }
            880..910 => {
                let name = self.random.letters("0123456789abcdefghijklmnopqrstuvwxyz", 8);
                self.both(time, &format!("r4---sn-{name}.example-video.com"));
            }
            910..925 => self.mistyped(time),
            925..940 => self.ask(time, "_ldap._tcp.dc._msdcs.corp.local".into(), "SRV", "NXDOMAIN"),
            940..950 => self.both(time, "xn--bcher-kva.example"),
            _ => {
                let domain = self.domain();
                self.both(time, &domain);
            }
        }
    }

    /// A name with two letters exchanged, doubled or left out.
    fn mistyped(&mut self, time: i64) {
        let domain = self.domain();
        let mut letters: Vec<char> = domain.chars().collect();
        let place = self.random.below(domain.find('.').unwrap_or(1).max(2) - 1);
        match self.random.below(3) {
            0 => letters.swap(place, place + 1),
            1 => letters.insert(place, letters[place]),
            _ => drop(letters.remove(place)),
        }
        let name: String = letters.into_iter().collect();
        let rcode = if self.random.chance(0.6) { "NXDOMAIN" } else { "NOERROR" };
        self.ask(time, name, "A", rcode);
    }

    fn mail(&mut self, time: i64) {
        let domain = self.domain();
        let address =
            |random: &mut Random| (0..4).map(|_| random.below(256).to_string()).collect::<Vec<_>>().join(".");
        match self.random.below(10) {
            0..2 => self.ask(time, domain, "MX", "NOERROR"),
            2 => self.ask(time, domain, "TXT", "NOERROR"),
            3 => self.ask(time, format!("_dmarc.{domain}"), "TXT", "NXDOMAIN"),
            4 => {
                let selector = self.random.letters("abcdefghijklmnopqrstuvwxyz0123456789", 12);
                self.ask(time, format!("{selector}._domainkey.{domain}"), "TXT", "NOERROR");
            }
            5..7 => {
                let name = format!("{}.zen.example-blocklist.org", address(&mut self.random));
                self.listed(time, name);
            }
            7 => self.listed(time, format!("{domain}.dbl.example-blocklist.org")),
            8 => {
                let hash = self.random.hex(40);
                self.listed(time, format!("{hash}.ebl.example-hashes.org"));
            }
            _ if self.random.chance(0.3) => self.mistyped(time),
            _ => {
                let name = format!("{}.in-addr.arpa", address(&mut self.random));
                self.ask(time, name, "PTR", "NOERROR");
            }
        }
    }

    /// Asks a block list, which seldom holds it.
    fn listed(&mut self, time: i64, name: String) {
        if self.random.chance(0.9) {
            self.ask(time, name, "A", "NXDOMAIN");
        } else {
            let answers = vec![("A", "127.0.0.2".to_owned())];
            self.asks.push(Ask { time, host: self.host, name, kind: "A", rcode: "NOERROR", answers });
        }
    }

    /// One link in fifteen leads nowhere any more.
    fn crawler(&mut self, time: i64) {
        let domain = self.domain();
        let www = if self.random.chance(0.5) { "www." } else { "" };
        let gone = domain.len().is_multiple_of(15);
        self.ask(time, format!("{www}{domain}"), "A", if gone { "NXDOMAIN" } else { "NOERROR" });
    }
}
