//! Attacks in a network, and by machines in it.

use crate::company::event::moment;
use crate::company::places::{CUSTOM, LISTED};
use crate::company::{DAY, HOUR, START};
use crate::label::Stage;
use crate::network::hosts::{COMMAND, DROPS, POOLS, RELAYS, SINKHOLES};
use crate::network::{ACCOUNT, Host, Kind, Line, Talk, write};
use crate::random::Random;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;

/// What is done, what tells it, with whom, on which port, and whether this end begins.
type Listed<'a> = (&'a str, &'static [&'static str], &'a [&'a str], u16, bool);

/// Attacks being written.
struct Attacks<'a> {
    hosts: &'a [Host],
    random: Random,
    days: u32,
    lines: Vec<Line>,
    stages: Vec<Stage>,
    count: usize,
}

/// All of them, in the order of time.
pub fn all(hosts: &[Host], random: &Random, days: u32) -> (Vec<Line>, Vec<Stage>) {
    let random = random.fork("attacks");
    let mut attacks = Attacks { hosts, random, days, lines: Vec::new(), stages: Vec::new(), count: 0 };
    attacks.brute_force();
    attacks.scans();
    attacks.probes();
    attacks.floods();
    attacks.lists();
    attacks.beacons();
    attacks.resolvers();
    attacks.unusual();
    attacks.functions();
    attacks.six();
    let Attacks { mut lines, mut stages, .. } = attacks;
    let end = START + i64::from(days) * DAY;
    lines.retain(|line| line.time < end);
    stages.retain(|stage| stage.last.millis() < end);
    lines.sort_by_key(|line| line.time);
    (lines, stages)
}

impl Attacks<'_> {
    /// A machine of a kind, another each time as far as there are.
    fn host(&mut self, kind: Kind) -> Host {
        let of: Vec<&Host> = self.hosts.iter().filter(|host| host.kind == kind).collect();
        self.count += 1;
        of[self.count % of.len()].clone()
    }

    /// A time from the tenth day on.
    fn time(&mut self) -> i64 {
        let day = self.random.range(10, i64::from(self.days.max(13)) - 2);
        START + day * DAY + self.random.range(0, 20 * HOUR)
    }

    /// A stage: `talks` gives what is said at a step, and the pause after it.
    fn stage(
        &mut self,
        (row, what, accept): (&'static str, &str, &'static [&'static str]),
        host: &Host,
        steps: i64,
        mut talk: impl FnMut(i64, &mut Random) -> (Talk, i64),
    ) {
        let begin = self.time();
        let mut at = begin;
        for step in 0..steps {
            let (said, pause) = talk(step, &mut self.random);
            write(&mut self.lines, host, at, &said, &mut self.random);
            at += pause;
        }
        let names =
            [&host.instance, &host.interface].into_iter().filter(|name| *name != "-").cloned().collect();
        self.stages.push(Stage {
            row,
            attack: what.into(),
            what: format!("{:?} {}", host.kind, host.address),
            account: ACCOUNT.into(),
            names,
            first: moment(begin),
            last: moment(at),
            events: Vec::new(),
            accept,
        });
    }

    fn stranger(&mut self) -> String {
        let first = *self.random.pick(&[45, 103, 146, 159, 167, 185, 193, 194]);
        format!(
            "{first}.{}.{}.{}",
            self.random.range(1, 250),
            self.random.range(1, 250),
            self.random.range(1, 250)
        )
    }

    fn brute_force(&mut self) {
        const SSH: &[&str] = &["UnauthorizedAccess:EC2/SSHBruteForce"];
        const RDP: &[&str] = &["UnauthorizedAccess:EC2/RDPBruteForce"];
        const WINRM: &[&str] = &["Impact:EC2/WinRMBruteForce"];
        let row = "flow/brute-force";
        let (bastion, web, directory, node) = (
            self.host(Kind::Bastion),
            self.host(Kind::Web),
            self.host(Kind::Directory),
            self.host(Kind::Node),
        );
        let stranger = self.stranger();
        self.stage((row, "SSH, fast, from outside", SSH), &bastion, 900, |_, random| {
            (
                Talk { lasts: random.range(2, 5), ..guess(Talk::from(&stranger, 22, 2600, 2400)) },
                random.range(2, 6) * SECOND,
            )
        });
        let stranger = self.stranger();
        self.stage((row, "SSH, slow, from outside", SSH), &bastion, 500, |_, random| {
            (Talk { lasts: 3, ..guess(Talk::from(&stranger, 22, 2600, 2400)) }, random.range(40, 80) * SECOND)
        });
        self.stage((row, "SSH, over IPv6, from outside", SSH), &bastion, 700, |_, random| {
            (
                Talk { lasts: 3, ..guess(Talk::from("2001:db8:dead::77", 22, 2600, 2400)) },
                random.range(2, 9) * SECOND,
            )
        });
        let targets: Vec<String> = (0..12).map(|_| self.stranger()).collect();
        self.stage((row, "SSH, by us, at many", SSH), &web, 1500, |step, random| {
            (
                Talk { lasts: 3, ..guess(Talk::to(&targets[step as usize % 12], 22, 2500, 2500)) },
                random.range(1, 3) * SECOND,
            )
        });
        let inside = node.address.clone();
        self.stage((row, "SSH, from one of us at another", SSH), &bastion, 400, |_, random| {
            (Talk { lasts: 2, ..guess(Talk::from(&inside, 22, 2600, 2300)) }, random.range(1, 5) * SECOND)
        });
        let stranger = self.stranger();
        self.stage((row, "RDP, from outside", RDP), &directory, 600, |_, random| {
            (Talk { lasts: 2, ..guess(Talk::from(&stranger, 3389, 2900, 1900)) }, random.range(3, 9) * SECOND)
        });
        let target = directory.address.clone();
        let desktop = self.host(Kind::Desktop);
        self.stage((row, "RDP, by us, inside", RDP), &desktop, 500, |_, random| {
            (Talk { lasts: 2, ..guess(Talk::to(&target, 3389, 2900, 1900)) }, random.range(2, 6) * SECOND)
        });
        self.stage((row, "WinRM, by us, inside", WINRM), &desktop, 500, |_, random| {
            (Talk { lasts: 1, ..guess(Talk::to(&target, 5985, 1900, 1500)) }, random.range(1, 5) * SECOND)
        });
    }

    fn scans(&mut self) {
        const SCAN: &[&str] = &["Recon:EC2/Portscan"];
        const SWEEP: &[&str] = &["Impact:EC2/PortSweep"];
        let row = "flow/scans";
        let (web, node, desktop) = (self.host(Kind::Web), self.host(Kind::Node), self.host(Kind::Desktop));
        let inside = self.host(Kind::Database).address;
        self.stage((row, "ports of one machine inside, fast", SCAN), &web, 1000, |step, random| {
            (Talk::to(&inside, 1 + step as u16, 60, 0).unanswered(), random.range(2, 60))
        });
        let outside = self.stranger();
        self.stage((row, "ports of one machine outside", SCAN), &node, 800, |_, random| {
            (Talk::to(&outside, random.range(1, 20_000) as u16, 60, 0).unanswered(), random.range(50, 400))
        });
        self.stage((row, "ports of one machine inside, slow", SCAN), &desktop, 900, |step, random| {
            (Talk::to(&inside, 20 + step as u16, 60, 0).unanswered(), random.range(5, 15) * SECOND)
        });
        let inside6 = self.host(Kind::Database).address6;
        self.stage((row, "ports over IPv6", SCAN), &node, 700, |step, random| {
            (Talk::to(&inside6, 1 + step as u16, 60, 0).unanswered(), random.range(20, 300))
        });
        self.stage((row, "one port of many outside, fast", SWEEP), &web, 1500, |_, random| {
            let peer = format!(
                "{}.{}.{}.{}",
                random.range(20, 200),
                random.range(0, 255),
                random.range(0, 255),
                random.range(1, 254)
            );
            (Talk::to(&peer, 6379, 60, 0).unanswered(), random.range(2, 90))
        });
        self.stage((row, "one port of all inside", SWEEP), &desktop, 500, |step, random| {
            (
                Talk::to(&format!("10.1.{}.{}", step / 250, 1 + step % 250), 445, 60, 0).unanswered(),
                random.range(30, 900),
            )
        });
    }

    fn probes(&mut self) {
        const PROBE: &[&str] = &["Recon:EC2/PortProbe*"];
        let row = "flow/probes";
        let (node, balancer) = (self.host(Kind::Node), self.host(Kind::Web));
        let scanner = LISTED.address(&mut self.random);
        self.stage((row, "an open Redis, by a known scanner", PROBE), &node, 6, |_, random| {
            (Talk { lasts: 1, ..Talk::from(&scanner, 6379, 300, 200) }, random.range(20, 900) * SECOND)
        });
        let scanner = LISTED.address(&mut self.random);
        self.stage(
            (row, "an open web interface of a cluster, by a known scanner", PROBE),
            &balancer,
            5,
            |_, random| {
                (Talk { lasts: 1, ..Talk::from(&scanner, 8088, 300, 900) }, random.range(20, 900) * SECOND)
            },
        );
    }

    fn floods(&mut self) {
        let row = "flow/denial-of-service";
        let kinds: [(&str, &'static [&'static str], u8, u16, u64); 5] = [
            ("UDP", &["Backdoor:EC2/DenialOfService.Udp"], 17, 19_132, 1200),
            ("TCP", &["Backdoor:EC2/DenialOfService.Tcp"], 6, 443, 60),
            ("DNS", &["Backdoor:EC2/DenialOfService.Dns"], 17, 53, 70),
            (
                "UDP at a port of TCP",
                &["Backdoor:EC2/DenialOfService.UdpOnTcpPorts", "Backdoor:EC2/DenialOfService.Udp"],
                17,
                80,
                1000,
            ),
            ("GRE", &["Backdoor:EC2/DenialOfService.UnusualProtocol"], 47, 0, 900),
        ];
        for (what, accept, protocol, port, size) in kinds {
            let (host, victim) = (self.host(Kind::Web), self.stranger());
            self.stage((row, what, accept), &host, 400, |_, random| {
                let packets = random.range(90_000, 400_000) as u64;
                let talk = Talk {
                    protocol,
                    sent: (packets, packets * size),
                    received: (0, 0),
                    lasts: 55,
                    ..Talk::to(&victim, port, 0, 0)
                };
                (talk, random.range(1, 4) * SECOND)
            });
        }
        let host = self.host(Kind::Node);
        self.stage(
            ("flow/spam", "mail to thousands", &["Backdoor:EC2/Spambot"]),
            &host,
            2500,
            |_, random| {
                let peer = format!(
                    "{}.{}.{}.{}",
                    random.range(20, 200),
                    random.range(0, 255),
                    random.range(0, 255),
                    random.range(1, 254)
                );
                (Talk { lasts: 4, ..Talk::to(&peer, 25, 9000, 1500) }, random.range(200, 3000))
            },
        );
    }

    fn lists(&mut self) {
        let row = "flow/lists";
        let all: [Listed<'_>; 8] = [
            ("command and control that is known", &["Backdoor:EC2/C&CActivity.B"], &COMMAND[..2], 443, true),
            ("command and control over IPv6", &["Backdoor:EC2/C&CActivity.B"], &COMMAND[2..], 8443, true),
            ("mining", &["CryptoCurrency:EC2/BitcoinTool.B"], &POOLS[..2], 3333, true),
            ("mining over IPv6", &["CryptoCurrency:EC2/BitcoinTool.B"], &POOLS[2..], 3333, true),
            ("a client of Tor", &["UnauthorizedAccess:EC2/TorClient"], &RELAYS[..3], 9001, true),
            ("a drop point", &["Trojan:EC2/DropPoint"], &DROPS[..1], 443, true),
            ("a sinkhole", &["Trojan:EC2/BlackholeTraffic"], &SINKHOLES[..2], 443, true),
            ("a relay of Tor", &["UnauthorizedAccess:EC2/TorRelay"], &RELAYS[..3], 9001, false),
        ];
        for (what, accept, peers, port, outbound) in all {
            let host = self.host(if outbound { Kind::Web } else { Kind::Node });
            self.stage((row, what, accept), &host, 40, |step, random| {
                let peer = peers[step as usize % peers.len()];
                let talk = Talk { lasts: 20, ..Talk::to(peer, port, 9000, 20_000) };
                // A relay passes on: it takes and makes connections.
                let outbound = outbound || step % 2 == 0;
                (Talk { outbound, ..talk }, random.range(20, 400) * SECOND)
            });
        }
        let (host, peer) = (self.host(Kind::Web), CUSTOM.address(&mut self.random));
        self.stage(
            (row, "an address of the operator's list", &["UnauthorizedAccess:EC2/MaliciousIPCaller.Custom"]),
            &host,
            5,
            |_, random| (Talk::to(&peer, 443, 2000, 2000), random.range(20, 400) * SECOND),
        );
    }

    /// Calls home at intervals to places that no list knows.
    fn beacons(&mut self) {
        const BEACON: &[&str] = &["*Beacon*", "Backdoor:EC2/C&CActivity*", "Behavior:EC2/*"];
        let row = "flow/beacons";
        for (what, every, jitter, port, kind) in [
            ("each minute, exactly", 60, 0.0, 443, Kind::Web),
            ("each minute, jitter a tenth", 60, 0.1, 443, Kind::Database),
            ("each five minutes, jitter a fifth", 300, 0.2, 8443, Kind::Node),
            ("each hour, jitter a tenth", 3600, 0.1, 443, Kind::Directory),
            ("each ten minutes, over IPv6", 600, 0.05, 443, Kind::Node),
        ] {
            let host = self.host(kind);
            let peer = if what.ends_with("IPv6") { "2001:db8:bad::1".to_owned() } else { self.stranger() };
            let steps = (2 * 86_400 / every).min(1500);
            self.stage((row, what, BEACON), &host, steps, |step, random| {
                let size = if step % 50 == 49 { 40_000 } else { 420 };
                let pause = every as f64 * (1.0 + jitter * (random.unit() * 2.0 - 1.0));
                (Talk::to(&peer, port, size, 380), (pause * 1000.0) as i64)
            });
        }
    }

    fn resolvers(&mut self) {
        let row = "flow/resolvers";
        let host = self.host(Kind::Web);
        let odd = self.stranger();
        self.stage(
            (row, "a resolver of the attacker's", &["DefenseEvasion:EC2/UnusualDNSResolver"]),
            &host,
            120,
            |_, random| {
                (
                    Talk { sent: (2, 160), received: (2, 900), ..Talk::to(&odd, 53, 160, 900).udp() },
                    random.range(3, 60) * SECOND,
                )
            },
        );
        let host = self.host(Kind::Database);
        self.stage(
            (row, "DNS over HTTPS", &["DefenseEvasion:EC2/UnusualDoHActivity"]),
            &host,
            80,
            |_, random| (Talk::to("1.1.1.1", 443, 1200, 2400), random.range(3, 90) * SECOND),
        );
        let host = self.host(Kind::Node);
        self.stage(
            (row, "DNS over TLS", &["DefenseEvasion:EC2/UnusualDoTActivity"]),
            &host,
            80,
            |_, random| (Talk::to("9.9.9.9", 853, 1200, 2400), random.range(3, 90) * SECOND),
        );
    }

    fn unusual(&mut self) {
        let row = "flow/unusual";
        let (host, peer) = (self.host(Kind::Database), self.stranger());
        self.stage(
            (row, "a port that was never used", &["Behavior:EC2/NetworkPortUnusual"]),
            &host,
            60,
            |_, random| {
                (Talk { lasts: 30, ..Talk::to(&peer, 4444, 30_000, 9000) }, random.range(5, 60) * SECOND)
            },
        );
        let (host, peer) = (self.host(Kind::Database), self.stranger());
        self.stage(
            (row, "forty gigabytes to a stranger", &["Behavior:EC2/TrafficVolumeUnusual", "Exfiltration:*"]),
            &host,
            40,
            |_, _| (Talk { lasts: 290, ..Talk::to(&peer, 443, 1_000_000_000, 9_000_000) }, 5 * MINUTE),
        );
        let (host, peer) = (self.host(Kind::Web), self.stranger());
        self.stage(
            (
                row,
                "six gigabytes to a stranger by a web server",
                &["Behavior:EC2/TrafficVolumeUnusual", "Exfiltration:*"],
            ),
            &host,
            30,
            |_, _| (Talk { lasts: 290, ..Talk::to(&peer, 443, 200_000_000, 2_000_000) }, 5 * MINUTE),
        );
    }
}

impl Attacks<'_> {
    /// By functions, which GuardDuty has types of its own for.
    fn functions(&mut self) {
        let row = "flow/functions";
        let custom = CUSTOM.address(&mut self.random);
        let custom = [custom.as_str()];
        let all: [Listed<'_>; 7] = [
            (
                "command and control that is known",
                &["Backdoor:Lambda/C&CActivity.B"],
                &COMMAND[..2],
                443,
                true,
            ),
            ("command and control over IPv6", &["Backdoor:Lambda/C&CActivity.B"], &COMMAND[2..], 443, true),
            ("mining", &["CryptoCurrency:Lambda/BitcoinTool.B"], &POOLS[..2], 3333, true),
            ("a client of Tor", &["UnauthorizedAccess:Lambda/TorClient"], &RELAYS[..3], 9001, true),
            ("a drop point", &["Trojan:Lambda/DropPoint"], &DROPS[..1], 443, true),
            ("a sinkhole", &["Trojan:Lambda/BlackholeTraffic"], &SINKHOLES[..2], 443, true),
            (
                "an address of the operator's list",
                &["UnauthorizedAccess:Lambda/MaliciousIPCaller.Custom"],
                &custom,
                443,
                true,
            ),
        ];
        for (what, accept, peers, port, _) in all {
            let host = self.host(Kind::Function);
            self.stage((row, what, accept), &host, 12, |step, random| {
                let peer = peers[step as usize % peers.len()];
                (Talk { lasts: 20, ..Talk::to(peer, port, 9000, 20_000) }, random.range(20, 400) * SECOND)
            });
        }
    }

    /// Over IPv6, which GuardDuty doesn't look at.
    fn six(&mut self) {
        let web = self.host(Kind::Web);
        let victim = "2001:db8:99::1";
        self.stage(
            ("flow/denial-of-service", "UDP over IPv6", &["Backdoor:EC2/DenialOfService.Udp"]),
            &web,
            400,
            |_, random| {
                let packets = random.range(90_000, 400_000) as u64;
                let talk = Talk::to(victim, 19_132, 0, 0).udp();
                let talk = Talk { sent: (packets, packets * 1200), received: (0, 0), lasts: 55, ..talk };
                (talk, random.range(1, 4) * SECOND)
            },
        );
        let node = self.host(Kind::Node);
        self.stage(
            ("flow/scans", "one port of many over IPv6", &["Impact:EC2/PortSweep"]),
            &node,
            1200,
            |_, random| {
                let peer = format!("2a03:{:x}::{:x}", random.range(1, 60_000), random.range(1, 60_000));
                (Talk::to(&peer, 6379, 60, 0).unanswered(), random.range(2, 90))
            },
        );
        self.stage(
            ("flow/probes", "an open Redis, by a known scanner over IPv6", &["Recon:EC2/PortProbe*"]),
            &node,
            6,
            |_, random| {
                (Talk { lasts: 1, ..Talk::from(COMMAND[2], 6379, 300, 200) }, random.range(20, 900) * SECOND)
            },
        );
        let lists: [Listed<'_>; 2] = [
            ("a drop point over IPv6", &["Trojan:EC2/DropPoint"], &DROPS[1..], 443, true),
            ("a sinkhole over IPv6", &["Trojan:EC2/BlackholeTraffic"], &SINKHOLES[2..], 443, true),
        ];
        for (what, accept, peers, port, _) in lists {
            self.stage(("flow/lists", what, accept), &web, 20, |_, random| {
                (Talk { lasts: 20, ..Talk::to(peers[0], port, 9000, 20_000) }, random.range(20, 400) * SECOND)
            });
        }
        let database = self.host(Kind::Database);
        self.stage(
            ("flow/resolvers", "a resolver over IPv6", &["DefenseEvasion:EC2/UnusualDNSResolver"]),
            &database,
            120,
            |_, random| {
                let talk = Talk::to("2a0e:97c0:53::1", 53, 160, 900).udp();
                (Talk { sent: (2, 160), received: (2, 900), ..talk }, random.range(3, 60) * SECOND)
            },
        );
        let peer = "2a0e:97c0:77::1";
        self.stage(
            (
                "flow/unusual",
                "forty gigabytes to a stranger over IPv6",
                &["Behavior:EC2/TrafficVolumeUnusual", "Exfiltration:*"],
            ),
            &database,
            40,
            |_, _| (Talk { lasts: 290, ..Talk::to(peer, 443, 1_000_000_000, 9_000_000) }, 5 * MINUTE),
        );
    }
}

/// A wrong password takes a dozen packets each way: the protocols greet and agree on keys first.
fn guess(talk: Talk) -> Talk {
    let more = |(packets, bytes): (u64, u64)| (packets + 9, bytes + 360);
    Talk { sent: more(talk.sent), received: more(talk.received), ..talk }
}
