//! Flow logs: a network's month, with and without attacks.

mod attacks;
pub mod hosts;
mod normal;

use std::fmt::Write as _;
use std::sync::Arc;
use std::{fs, io};

use bastide_detect::{Engine, FunctionNetwork, Settings};
use bastide_logs::flow::{Columns, parse};
use bastide_logs::{Origin, Record};

use crate::company::{DAY, START};
use crate::family::{Family, Measured, Plan, Progress};
use crate::intel;
use crate::judge::{Judge, Owner};
use crate::random::Random;

/// The log's format: that of version 5 with the columns that people add.
const FORMAT: &str = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status} ${vpc-id} ${subnet-id} ${instance-id} ${tcp-flags} ${type} ${pkt-srcaddr} ${pkt-dstaddr} ${region} ${pkt-src-aws-service} ${pkt-dst-aws-service} ${flow-direction}";

/// The account that the network is in.
const ACCOUNT: &str = "210987654321";

static OWNERS: &[Owner] = &[
    ("flow/brute-force", &["*BruteForce"]),
    ("flow/scans", &["Recon:EC2/Portscan", "Impact:EC2/PortSweep"]),
    ("flow/probes", &["Recon:EC2/PortProbe*"]),
    ("flow/denial-of-service", &["*DenialOfService*"]),
    ("flow/spam", &["*Spambot"]),
    ("flow/beacons", &["*Beacon*"]),
    ("flow/functions", &["*:Lambda/*"]),
    (
        "flow/lists",
        &[
            "Backdoor:EC2/C&C*",
            "CryptoCurrency:*",
            "*TorClient",
            "*TorRelay",
            "*MaliciousIPCaller*",
            "Trojan:EC2/*",
        ],
    ),
    ("flow/resolvers", &["DefenseEvasion:EC2/*"]),
    ("flow/unusual", &["Behavior:EC2/*"]),
    ("flow/others", &["*"]),
];

static BENIGN: &[Owner] = &[
    ("benign-flow/behaviour", &["Behavior:*", "DefenseEvasion:*", "*Beacon*", "*C&CActivity*"]),
    ("benign-flow/others", &["*"]),
];

/// A machine in the network.
#[derive(Clone, Debug)]
pub struct Host {
    /// What it is for.
    pub kind: Kind,
    /// `interface-id`.
    pub interface: String,
    /// `instance-id`.
    pub instance: String,
    /// Its address.
    pub address: String,
    /// Its IPv6 address.
    pub address6: String,
    /// Seconds that its flows are gathered.
    pub window: i64,
    /// How busy it is: 1.0 at the full size.
    pub load: f64,
}

/// What a machine is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Takes what the internet asks, and hands it on.
    Balancer,
    /// Answers it.
    Web,
    /// Keeps the data.
    Database,
    /// Someone's desktop in the cloud.
    Desktop,
    /// Asks all others how they are.
    Monitor,
    /// The way in for administrators.
    Bastion,
    /// Sends and takes mail.
    Mail,
    /// A node of a cluster.
    Node,
    /// Windows: directory, files.
    Directory,
    /// Gathers backups.
    Backup,
    /// A function in the network; its interface is told apart by the settings alone.
    Function,
}

/// One end's part of a conversation, as its interface logs it.
#[derive(Clone, Debug)]
pub struct Talk {
    /// The other end.
    pub peer: String,
    /// The port of the one who was asked.
    pub port: u16,
    /// Whether this end began.
    pub outbound: bool,
    /// IANA's number.
    pub protocol: u8,
    /// From here: packets and bytes.
    pub sent: (u64, u64),
    /// From there.
    pub received: (u64, u64),
    /// Whether it was let through.
    pub accepted: bool,
    /// Seconds that it lasts.
    pub lasts: i64,
}

impl Talk {
    /// A TCP conversation that this end began.
    #[must_use]
    pub fn to(peer: &str, port: u16, sent: u64, received: u64) -> Self {
        // Each second segment is acknowledged, whatever the other way carries.
        let full = |bytes: u64| bytes / 1400;
        let packets = |bytes: u64, back: u64| (full(bytes)).max(full(back) / 2) + 4;
        Self {
            peer: peer.into(),
            port,
            outbound: true,
            protocol: 6,
            sent: (packets(sent, received), sent + 40 * packets(sent, received)),
            received: (packets(received, sent), received + 40 * packets(received, sent)),
            accepted: true,
            lasts: 1,
        }
    }

    /// One that the other end began.
    #[must_use]
    pub fn from(peer: &str, port: u16, received: u64, sent: u64) -> Self {
        Self { outbound: false, ..Self::to(peer, port, sent, received) }
    }

    /// Over UDP.
    #[must_use]
    pub fn udp(self) -> Self {
        Self { protocol: 17, ..self }
    }

    /// Turned away.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { accepted: false, ..self }
    }

    /// A knock that nobody answers, or that is refused by a reset.
    #[must_use]
    pub fn unanswered(self) -> Self {
        Self {
            sent: if self.outbound { (1, 60) } else { (0, 0) },
            received: if self.outbound { (0, 0) } else { (1, 60) },
            ..self
        }
    }
}

/// A line of the log.
#[derive(Clone, Debug)]
pub struct Line {
    /// `start`, in milliseconds.
    pub time: i64,
    /// The line.
    pub text: String,
}

/// Writes what a host's interface logs of a conversation that begins at `at` (milliseconds).
pub fn write(lines: &mut Vec<Line>, host: &Host, at: i64, talk: &Talk, random: &mut Random) {
    let own = if talk.peer.contains(':') { &host.address6 } else { &host.address };
    let ephemeral = random.range(32_768, 60_999) as u16;
    let (own_port, peer_port) = if talk.outbound { (ephemeral, talk.port) } else { (talk.port, ephemeral) };
    let (own_port, peer_port) = if matches!(talk.protocol, 6 | 17) { (own_port, peer_port) } else { (0, 0) };
    let from = at / 1000;
    // A long conversation is one record for each window that it goes through.
    let windows = (talk.lasts / host.window + 1).clamp(1, 20) as u64;
    for part in 0..windows {
        let start = from + part as i64 * host.window;
        let end = (start + host.window.min(talk.lasts.max(1))).min(from + talk.lasts.max(1));
        for outgoing in [true, false] {
            let (packets, bytes) = if outgoing { talk.sent } else { talk.received };
            if packets == 0 {
                continue;
            }
            let flags = match (talk.protocol, outgoing == talk.outbound) {
                (6, _) if part > 0 => 0,
                (6, true) if packets < 3 => 2,
                (6, true) => 3,
                (6, false) if packets < 3 => 4,
                (6, false) => 19,
                _ => 0,
            };
            let ends = ((own.as_str(), own_port), (talk.peer.as_str(), peer_port));
            let ((source, source_port), (target, target_port)) =
                if outgoing { ends } else { (ends.1, ends.0) };
            let kind = if talk.peer.contains(':') { "IPv6" } else { "IPv4" };
            let service = |address: &str| if address.starts_with("52.218.") { "S3" } else { "-" };
            let mut text = String::with_capacity(220);
            let _ = write!(
                text,
                "5 {ACCOUNT} {} {source} {target} {source_port} {target_port} {} {} {} {start} {end} {} OK vpc-0a1b2c3d4e5f60718 subnet-0a1b2c3d4e5f60718 {} {flags} {kind} {source} {target} eu-west-1 {} {} {}",
                host.interface,
                talk.protocol,
                (packets / windows).max(1),
                (bytes / windows).max(40),
                if talk.accepted { "ACCEPT" } else { "REJECT" },
                host.instance,
                service(source),
                service(target),
                if outgoing { "egress" } else { "ingress" },
            );
            lines.push(Line { time: start * 1000, text });
        }
        if !talk.accepted {
            break;
        }
    }
}

/// A network's month.
pub struct Network {
    /// Whether attacks are in it.
    pub attacked: bool,
}

impl Family for Network {
    fn name(&self) -> &'static str {
        if self.attacked { "flow" } else { "benign-flow" }
    }

    fn measure(&self, plan: &Plan) -> Measured {
        let random = Random::new(plan.seed).fork("network");
        let hosts = normal::hosts(&random, plan.size);
        let (attack, stages) =
            if self.attacked { attacks::all(&hosts, &random, plan.days) } else { (Vec::new(), Vec::new()) };
        let mut judge = Judge::new(stages, if self.attacked { OWNERS } else { BENIGN });
        let mut engine = Engine::new(Arc::new(intel::build(true)), settings(&hosts), bastide_detect::all());
        let columns = Columns::parse(FORMAT).expect("the format is one");
        let progress = Progress::new(plan, self.name());
        let mut attack = attack.into_iter().peekable();
        let (mut events, mut late) = (0, Vec::new());
        for day in 0..plan.days {
            progress.at(u64::from(day), u64::from(plan.days));
            let end = START + i64::from(day + 1) * DAY;
            let mut lines: Vec<Line> = std::mem::take(&mut late);
            lines.extend(normal::day(&hosts, &random, day));
            while let Some(line) = attack.next_if(|line| line.time < end) {
                lines.push(line);
            }
            lines.sort_by_key(|line| line.time);
            late = lines.split_off(lines.partition_point(|line| line.time < end));
            store(plan, self.name(), day, &lines).expect("the folder that was named can be written");
            for line in &lines {
                let flow = parse(&line.text, &columns, Origin::default()).unwrap_or_else(|broken| {
                    panic!("a generated flow can't be read: {broken}: {}", line.text)
                });
                engine.feed(&Record::Flow(&flow));
                events += 1;
                for detection in engine.drain() {
                    judge.detection(flow.start, &detection);
                }
            }
        }
        engine.finish();
        let now = engine.log_time().unwrap_or_default();
        for detection in engine.drain() {
            judge.detection(now, &detection);
        }
        judge.measured(events, f64::from(plan.days))
    }
}

/// What the operator says of the network: which interfaces are of functions.
fn settings(hosts: &[Host]) -> Settings {
    let functions = hosts.iter().filter(|host| host.kind == Kind::Function).enumerate();
    let network = |(index, host): (usize, &Host)| FunctionNetwork {
        name: format!("function-{index}"),
        interfaces: vec![host.interface.clone()],
        ..FunctionNetwork::default()
    };
    Settings { functions: functions.map(network).collect(), ..Settings::default() }
}

fn store(plan: &Plan, name: &str, day: u32, lines: &[Line]) -> io::Result<()> {
    let Some(folder) = &plan.write else { return Ok(()) };
    let folder = folder.join(name);
    fs::create_dir_all(&folder)?;
    let mut text = FORMAT.replace(['$', '{', '}'], "");
    text.push('\n');
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    fs::write(folder.join(format!("day-{day:02}.log")), text)
}
