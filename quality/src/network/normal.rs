//! What machines say to each other on any day.

use crate::company::{DAY, HOUR, START};
use crate::network::{Host, Kind, Line, Talk, write};
use crate::random::Random;

const MINUTE: i64 = 60_000;

/// The machines of a network of this size.
#[must_use]
pub fn hosts(random: &Random, size: f64) -> Vec<Host> {
    let plan = [
        (Kind::Balancer, 4.0),
        (Kind::Web, 16.0),
        (Kind::Database, 6.0),
        (Kind::Desktop, 20.0),
        (Kind::Monitor, 1.0),
        (Kind::Bastion, 2.0),
        (Kind::Mail, 2.0),
        (Kind::Node, 10.0),
        (Kind::Directory, 3.0),
        (Kind::Backup, 1.0),
        // Last: machines are all before them.
        (Kind::Function, 5.0),
    ];
    let mut hosts = Vec::new();
    for (kind, full) in plan {
        for index in 0..((full * size.sqrt()).round() as usize).max(1) {
            let mut own = random.fork(&format!("{kind:?} {index}"));
            let number = hosts.len();
            hosts.push(Host {
                kind,
                interface: format!("eni-{}", own.hex(17)),
                instance: if matches!(kind, Kind::Balancer | Kind::Function) {
                    "-".into()
                } else {
                    format!("i-{}", own.hex(17))
                },
                address: format!("10.{}.{}.{}", kind as u8, number / 200, 10 + number % 200),
                address6: format!("2a05:d018:1:{:x}::{:x}", kind as u8, 16 + number),
                window: if own.chance(0.3) { 60 } else { 600 },
                load: size.sqrt(),
            });
        }
    }
    hosts
}

/// What all log on a day.
#[must_use]
pub fn day(hosts: &[Host], random: &Random, day: u32) -> Vec<Line> {
    let mut lines = Vec::new();
    let start = START + i64::from(day) * DAY;
    let machines = hosts.iter().position(|host| host.kind == Kind::Function).unwrap_or(hosts.len());
    let machines = &hosts[..machines];
    let free = matches!((day + 1) % 7, 5 | 6);
    for (index, host) in hosts.iter().enumerate() {
        let mut random = random.fork(&host.interface).fork(&day.to_string());
        // What stays the same for a host from day to day.
        let mut own = random_of(host);
        let mut log = Log { lines: &mut lines, host, start };
        machine(&mut log, machines, index, (day, free), &mut own, &mut random);
    }
    lines
}

fn random_of(host: &Host) -> Random {
    Random::new(23).fork(&host.interface)
}

struct Log<'a> {
    lines: &'a mut Vec<Line>,
    host: &'a Host,
    start: i64,
}

impl Log<'_> {
    fn at(&mut self, offset: i64, talk: &Talk, random: &mut Random) {
        write(self.lines, self.host, self.start + offset, talk, random);
    }
}

fn peers(hosts: &[Host], kind: Kind) -> Vec<&Host> {
    hosts.iter().filter(|host| host.kind == kind).collect()
}

fn machine(
    log: &mut Log<'_>,
    hosts: &[Host],
    index: usize,
    (day, free): (u32, bool),
    own: &mut Random,
    random: &mut Random,
) {
    if log.host.kind == Kind::Function {
        return function(log, hosts, own, random);
    }
    common(log, hosts, own, random);
    match log.host.kind {
        Kind::Balancer => balancer(log, hosts, free, random),
        Kind::Web => web(log, hosts, own, random),
        Kind::Database => database(log, hosts, random),
        Kind::Desktop => desktop(log, hosts, free, own, random),
        Kind::Monitor => monitor(log, hosts, random),
        Kind::Bastion => bastion(log, hosts, free, random),
        Kind::Mail => mail(log, free, random),
        Kind::Node => node(log, hosts, index, random),
        Kind::Directory => directory(log, hosts, free, random),
        Kind::Backup => backup(log, hosts, day, random),
        Kind::Function => {}
    }
}

/// Functions ask partners, S3 and the database when something happens; some are called each few minutes.
fn function(log: &mut Log<'_>, hosts: &[Host], own: &mut Random, random: &mut Random) {
    let databases = peers(hosts, Kind::Database);
    let partners: Vec<String> =
        (0..3).map(|_| format!("104.18.{}.{}", own.range(0, 30), own.range(1, 250))).collect();
    let six = "2606:4700::6812:1a2b".to_owned();
    let (clocked, every) = (own.chance(0.5), own.range(4, 16) * MINUTE);
    let mut at = own.range(0, every);
    while clocked && at < DAY {
        log.at(at, &Talk::to(&partners[0], 443, 2400, 5200), random);
        at += every;
    }
    for _ in 0..random.count(120.0 * log.host.load) {
        let at = random.range(0, DAY - 1);
        let s3 = format!("52.218.{}.{}", random.range(1, 120), random.range(1, 250));
        let talk = match random.below(5) {
            0 => Talk::to(&s3, 443, 3000, random.exponential(400_000.0) as u64 + 900),
            1 => Talk::to(&six, 443, 2000, 4000),
            2 => Talk { lasts: 20, ..Talk::to(&random.pick(&databases).address, 5432, 9000, 60_000) },
            _ => Talk::to(random.zipf::<String>(&partners), 443, 3000, 9000),
        };
        log.at(at, &talk, random);
    }
}

/// Names, time, agents that report at fixed intervals, patches: as on every machine.
fn common(log: &mut Log<'_>, hosts: &[Host], own: &mut Random, random: &mut Random) {
    // Time, about every quarter of an hour, from the same servers.
    let clocks = ["162.159.200.1", "185.125.190.56", "2606:4700:f1::1"];
    let clock = *own.pick(&clocks);
    for step in 0..24 {
        log.at(
            step * HOUR + random.range(0, HOUR - 1),
            &Talk { sent: (1, 76), received: (1, 76), ..Talk::to(clock, 123, 76, 76).udp() },
            random,
        );
        log.at(
            step * HOUR + random.range(0, HOUR - 1),
            &Talk { sent: (12, 900), received: (12, 2400), ..Talk::to("10.0.0.2", 53, 900, 2400).udp() },
            random,
        );
    }
    // An agent of a monitoring vendor, each ten minutes or so: a beacon that is none.
    let vendor = format!("3.233.{}.{}", own.range(144, 151), own.range(1, 250));
    let every = *own.pick(&[600_000, 900_000, 1_800_000]);
    let (phase, size) = (own.range(0, every), own.range(900, 4000));
    let mut at = phase;
    while at < DAY {
        let sent = (size + random.range(-300, 900)).max(300) as u64;
        log.at(at, &Talk::to(&vendor, 443, sent, 400), random);
        at += every + random.range(-400, 400);
    }
    // The metrics of the place itself.
    if let Some(monitor) = peers(hosts, Kind::Monitor).first() {
        for step in 0..24 {
            log.at(
                step * HOUR + 60_000,
                &Talk { lasts: 30, ..Talk::from(&monitor.address, 9100, 9000, 160_000) },
                random,
            );
        }
    }
    // Systems Manager and patches.
    for step in 0..12 {
        let ip = format!("52.94.{}.{}", random.range(1, 20), random.range(1, 250));
        log.at(step * 2 * HOUR + random.range(0, HOUR), &Talk::to(&ip, 443, 3000, 4000), random);
    }
    if random.chance(0.15) {
        let ip = format!("52.218.{}.{}", random.range(1, 120), random.range(1, 250));
        log.at(
            3 * HOUR + random.range(0, HOUR),
            &Talk { lasts: 120, ..Talk::to(&ip, 443, 40_000, 90_000_000) },
            random,
        );
    }
}

fn public(random: &mut Random) -> String {
    if random.chance(0.12) {
        return format!(
            "2003:e{:x}:{:x}:{:x}::{:x}",
            random.below(15),
            random.below(60_000),
            random.below(60_000),
            1 + random.below(60_000)
        );
    }
    let first = *random.pick(&[
        2, 5, 24, 31, 46, 62, 73, 78, 79, 80, 81, 84, 86, 87, 88, 91, 92, 93, 98, 109, 151, 176, 188, 212,
        213,
    ]);
    format!("{first}.{}.{}.{}", random.range(0, 255), random.range(0, 255), random.range(1, 254))
}

/// The internet's noise: knocks at any door, which are turned away.
fn knocks(log: &mut Log<'_>, mean: f64, random: &mut Random) {
    for _ in 0..random.count(mean) {
        let port = *random.pick(&[
            22, 23, 80, 445, 1433, 2323, 3306, 3389, 5060, 5432, 5900, 6379, 8080, 8443, 9200, 27017, 52869,
        ]);
        let peer = public(random);
        log.at(random.range(0, DAY - 1), &Talk::from(&peer, port, 60, 0).unanswered().refused(), random);
    }
}

fn balancer(log: &mut Log<'_>, hosts: &[Host], free: bool, random: &mut Random) {
    let webs = peers(hosts, Kind::Web);
    for hour in 0..24 {
        let load = if (6..21).contains(&hour) { 1.0 } else { 0.25 } * if free { 0.6 } else { 1.0 };
        for _ in 0..random.count(45.0 * load * log.host.load) {
            let at = hour * HOUR + random.range(0, HOUR - 1);
            let (client, reply) = (public(random), random.exponential(60_000.0) as u64 + 2000);
            log.at(at, &Talk { lasts: random.range(1, 60), ..Talk::from(&client, 443, 3000, reply) }, random);
            log.at(at, &Talk::to(&random.pick(&webs).address, 8080, 3000, reply), random);
        }
        for web in &webs {
            log.at(hour * HOUR, &Talk { lasts: 590, ..Talk::to(&web.address, 8080, 24_000, 30_000) }, random);
        }
    }
    knocks(log, 60.0, random);
}

fn web(log: &mut Log<'_>, hosts: &[Host], own: &mut Random, random: &mut Random) {
    let (balancers, databases) = (peers(hosts, Kind::Balancer), peers(hosts, Kind::Database));
    let apis: Vec<String> =
        (0..4).map(|_| format!("104.18.{}.{}", own.range(0, 30), own.range(1, 250))).collect();
    for hour in 0..24 {
        let load = if (6..21).contains(&hour) { 1.0 } else { 0.3 };
        for balancer in &balancers {
            for _ in 0..2 {
                log.at(
                    hour * HOUR + random.range(0, HOUR - 1),
                    &Talk { lasts: 500, ..Talk::from(&balancer.address, 8080, 200_000, 2_000_000) },
                    random,
                );
            }
        }
        for _ in 0..random.count(6.0 * load) {
            let database = random.pick(&databases);
            log.at(
                hour * HOUR + random.range(0, HOUR - 1),
                &Talk { lasts: 400, ..Talk::to(&database.address, 5432, 90_000, 700_000) },
                random,
            );
        }
        for _ in 0..random.count(5.0 * load) {
            let api = random.zipf(&apis).clone();
            log.at(hour * HOUR + random.range(0, HOUR - 1), &Talk::to(&api, 443, 4000, 12_000), random);
        }
        if random.chance(0.3) {
            let ip = format!("52.218.{}.{}", random.range(1, 120), random.range(1, 250));
            log.at(hour * HOUR + random.range(0, HOUR - 1), &Talk::to(&ip, 443, 600_000, 9000), random);
        }
    }
}

fn database(log: &mut Log<'_>, hosts: &[Host], random: &mut Random) {
    for web in peers(hosts, Kind::Web) {
        for hour in 0..24 {
            log.at(
                hour * HOUR + random.range(0, HOUR - 1),
                &Talk { lasts: 900, ..Talk::from(&web.address, 5432, 200_000, 2_000_000) },
                random,
            );
        }
    }
    // The backup at night, to S3: much more than all else.
    let ip = format!("52.218.{}.{}", random.range(1, 120), random.range(1, 250));
    let size = 9_000_000_000 + random.range(0, 900_000_000) as u64;
    log.at(
        HOUR + random.range(0, 20 * MINUTE),
        &Talk { lasts: 3000, ..Talk::to(&ip, 443, size, 30_000_000) },
        random,
    );
}

fn desktop(log: &mut Log<'_>, hosts: &[Host], free: bool, own: &mut Random, random: &mut Random) {
    let sites: Vec<String> = (0..40).map(|_| public(own)).collect();
    let directories = peers(hosts, Kind::Directory);
    if free && !random.chance(0.1) {
        return;
    }
    for hour in 6..17 {
        for _ in 0..random.count(14.0 * log.host.load) {
            let site = if random.chance(0.7) { random.zipf(&sites).clone() } else { public(random) };
            let port = if random.chance(0.95) { 443 } else { 80 };
            let talk = Talk::to(&site, port, 4000, random.exponential(300_000.0) as u64 + 3000);
            let talk = if port == 443 && random.chance(0.25) { talk.udp() } else { talk };
            log.at(
                hour * HOUR + random.range(0, HOUR - 1),
                &Talk { lasts: random.range(1, 90), ..talk },
                random,
            );
        }
        // A meeting: much UDP, both ways, to one place.
        if random.chance(0.2) {
            let meeting = format!("52.112.{}.{}", random.range(0, 100), random.range(1, 250));
            log.at(
                hour * HOUR + random.range(0, HOUR / 2),
                &Talk { lasts: 1700, ..Talk::to(&meeting, 3480, 60_000_000, 180_000_000).udp() },
                random,
            );
        }
        for port in [88, 389, 445] {
            let directory = random.pick(&directories);
            log.at(
                hour * HOUR + random.range(0, HOUR - 1),
                &Talk::to(&directory.address, port, 3000, 9000),
                random,
            );
        }
    }
    if random.chance(0.1) {
        let upload = public(random);
        log.at(13 * HOUR, &Talk { lasts: 600, ..Talk::to(&upload, 443, 250_000_000, 4_000_000) }, random);
    }
}

/// Asks every machine on a few ports, each minute; logged by the hour here.
fn monitor(log: &mut Log<'_>, hosts: &[Host], random: &mut Random) {
    for hour in 0..24 {
        for host in hosts.iter().filter(|host| host.interface != log.host.interface) {
            log.at(
                hour * HOUR + 60_000,
                &Talk { lasts: 30, ..Talk::to(&host.address, 9100, 9000, 160_000) },
                random,
            );
        }
    }
}

fn bastion(log: &mut Log<'_>, hosts: &[Host], free: bool, random: &mut Random) {
    knocks(log, 80.0, random);
    let admins = ["62.96.201.10", "87.198.33.10", "2a02:8101:1234::7"];
    for _ in 0..random.count(if free { 1.0 } else { 9.0 }) {
        let at = random.range(6 * HOUR, 18 * HOUR);
        log.at(
            at,
            &Talk {
                lasts: random.range(60, 4000),
                ..Talk::from(random.pick::<&str>(&admins), 22, 60_000, 400_000)
            },
            random,
        );
        for _ in 0..random.range(1, 4) {
            let host = random.pick(hosts);
            log.at(
                at + random.range(0, 600_000),
                &Talk { lasts: random.range(5, 900), ..Talk::to(&host.address, 22, 20_000, 90_000) },
                random,
            );
        }
    }
    // Ansible goes through all of them, once a day.
    if !free {
        for (step, host) in hosts.iter().enumerate() {
            log.at(
                5 * HOUR + step as i64 * 3000,
                &Talk { lasts: 20, ..Talk::to(&host.address, 22, 90_000, 60_000) },
                random,
            );
        }
    }
}

fn mail(log: &mut Log<'_>, free: bool, random: &mut Random) {
    for _ in 0..random.count(if free { 60.0 } else { 350.0 } * log.host.load) {
        let (at, peer) = (random.range(0, DAY - 1), public(random));
        let talk = if random.chance(0.5) {
            Talk::to(&peer, 25, 60_000, 3000)
        } else {
            Talk::from(&peer, 25, 60_000, 3000)
        };
        log.at(at, &Talk { lasts: random.range(1, 20), ..talk }, random);
    }
    knocks(log, 30.0, random);
}

fn node(log: &mut Log<'_>, hosts: &[Host], index: usize, random: &mut Random) {
    let nodes = peers(hosts, Kind::Node);
    for hour in 0..24 {
        for _ in 0..random.count(25.0 * log.host.load) {
            let node = random.pick(&nodes);
            if node.interface == log.host.interface {
                continue;
            }
            let port = *random.pick(&[10250, 4789, 9153, 53, 8443, 30_080 + (index as u16 % 7) * 11]);
            let at = hour * HOUR + random.range(0, HOUR - 1);
            let talk = if random.chance(0.5) {
                Talk::to(&node.address, port, 30_000, 90_000)
            } else {
                Talk::from(&node.address, port, 30_000, 90_000)
            };
            log.at(
                at,
                &Talk { lasts: random.range(1, 300), ..if port == 4789 { talk.udp() } else { talk } },
                random,
            );
        }
        // Images are pulled.
        if random.chance(0.2) {
            let ip = format!("52.218.{}.{}", random.range(1, 120), random.range(1, 250));
            log.at(
                hour * HOUR + random.range(0, HOUR - 1),
                &Talk { lasts: 30, ..Talk::to(&ip, 443, 30_000, 300_000_000) },
                random,
            );
        }
    }
}

fn directory(log: &mut Log<'_>, hosts: &[Host], free: bool, random: &mut Random) {
    for desktop in peers(hosts, Kind::Desktop) {
        for _ in 0..random.count(if free { 1.0 } else { 8.0 }) {
            let port = *random.pick(&[88, 389, 445, 135, 49_670]);
            log.at(
                random.range(6 * HOUR, 17 * HOUR),
                &Talk::from(&desktop.address, port, 4000, 9000),
                random,
            );
        }
    }
    // Administrators use remote desktops and PowerShell a few times, and mistype.
    if let Some(bastion) = peers(hosts, Kind::Bastion).first()
        && !free
    {
        for _ in 0..random.count(3.0) {
            let port = *random.pick(&[3389, 3389, 5985]);
            log.at(
                random.range(7 * HOUR, 16 * HOUR),
                &Talk {
                    lasts: random.range(3, 1500),
                    ..Talk::from(&bastion.address, port, 300_000, 4_000_000)
                },
                random,
            );
        }
    }
}

fn backup(log: &mut Log<'_>, hosts: &[Host], day: u32, random: &mut Random) {
    for (step, host) in hosts.iter().enumerate() {
        let size = if day.is_multiple_of(7) { 3_000_000_000 } else { 200_000_000 }
            + random.range(0, 90_000_000) as u64;
        let at = 22 * HOUR + (step as i64 % 60) * MINUTE;
        log.at(at, &Talk { lasts: 300, ..Talk::from(&host.address, 10_050, size, 3_000_000) }, random);
    }
    let ip = format!("52.218.{}.{}", random.range(1, 120), random.range(1, 250));
    log.at(23 * HOUR, &Talk { lasts: 3000, ..Talk::to(&ip, 443, 20_000_000_000, 9_000_000) }, random);
}
