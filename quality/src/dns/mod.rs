//! DNS queries: a network's days, with and without bots, tunnels and rebinding.

mod attacks;
mod normal;

use std::fmt::Write as _;
use std::sync::Arc;
use std::{fs, io};

use bastide_detect::{Engine, Settings};
use bastide_intel::{Category, Format, Intel};
use bastide_logs::Record;
use bastide_logs::dns::parse;

use crate::company::{DAY, START};
use crate::dga::{Part, chosen};
use crate::family::{Family, Measured, Plan, Progress};
use crate::judge::{Judge, Owner};
use crate::random::Random;

/// The account that the network is in.
const ACCOUNT: &str = "321098765432";

/// More days than these show nothing new: queries are many.
const DAYS: u32 = 7;

static OWNERS: &[Owner] = &[
    ("dns/generated-letters", &["*DGADomainRequest*"]),
    ("dns/generated-syllables", &[]),
    ("dns/generated-words", &[]),
    ("dns/tunnels", &["*DNSDataExfiltration"]),
    ("dns/rebinding", &["*MetadataDNSRebind"]),
    ("dns/lists", &["Backdoor:*", "CryptoCurrency:*", "Impact:*", "Trojan:*"]),
    ("dns/others", &["*"]),
];

static BENIGN: &[Owner] = &[
    ("benign-dns/generated", &["*DGADomainRequest*"]),
    ("benign-dns/tunnels", &["*DNSDataExfiltration"]),
    ("benign-dns/others", &["*"]),
];

/// Domains on lists, with what these say.
static LISTED: &[(Category, &str)] = &[
    (Category::CommandAndControl, "update-check.example-c2.net"),
    (Category::Cryptocurrency, "pool.example-miner.org"),
    (Category::Phishing, "login-verify.example-phish.com"),
    (Category::DriveBy, "cdn.example-exploit.info"),
    (Category::DropPoint, "upload.example-drop.biz"),
    (Category::Blackhole, "example-sinkholed.com"),
    (Category::Malicious, "example-malware.ru"),
    (Category::Abused, "user7.example-dynamic.org"),
    (Category::Suspicious, "example-newly-seen.top"),
    (Category::Custom, "example-ours.com"),
];

/// A machine that asks.
#[derive(Clone, Debug)]
struct Host {
    kind: Kind,
    instance: String,
    address: String,
}

/// What a machine is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Asks for the same few names again and again.
    Server,
    /// A node of a cluster: all its pods ask, with the cluster's search path.
    Node,
    /// Someone's desktop in the cloud.
    Desktop,
    /// Takes and sends mail.
    Mail,
    /// Fetches pages from all over the net.
    Crawler,
}

/// A query that is to be written.
#[derive(Clone, Debug)]
struct Ask {
    time: i64,
    host: usize,
    name: String,
    kind: &'static str,
    rcode: &'static str,
    /// Type and data.
    answers: Vec<(&'static str, String)>,
}

/// A network's queries.
pub struct Dns {
    /// Whether attacks are in it.
    pub attacked: bool,
}

impl Family for Dns {
    fn name(&self) -> &'static str {
        if self.attacked { "dns" } else { "benign-dns" }
    }

    fn measure(&self, plan: &Plan) -> Measured {
        let random = Random::new(plan.seed).fork("dns");
        let days = plan.days.min(DAYS);
        let hosts = normal::hosts(&random, plan.size);
        let net = normal::Net::new(chosen(Part::Test));
        let (mut attack, stages) =
            if self.attacked { attacks::all(&hosts, &random, days) } else { (Vec::new(), Vec::new()) };
        attack.sort_by_key(|ask| ask.time);
        let mut judge = Judge::new(stages, if self.attacked { OWNERS } else { BENIGN });
        let mut engine = Engine::new(Arc::new(intel()), Settings::default(), bastide_detect::all());
        let progress = Progress::new(plan, self.name());
        let mut attack = attack.into_iter().peekable();
        let mut events = 0;
        for day in 0..days {
            progress.at(u64::from(day), u64::from(days));
            let end = START + i64::from(day + 1) * DAY;
            let mut asks = normal::day(&hosts, &net, &random, day);
            while let Some(ask) = attack.next_if(|ask| ask.time < end) {
                asks.push(ask);
            }
            asks.sort_by_key(|ask| ask.time);
            let lines: Vec<String> = asks.iter().map(|ask| write(ask, &hosts[ask.host])).collect();
            store(plan, self.name(), day, &lines).expect("the folder that was named can be written");
            for line in &lines {
                let query = parse(line)
                    .unwrap_or_else(|broken| panic!("a generated query can't be read: {broken}: {line}"));
                engine.feed(&Record::Dns(&query));
                events += 1;
                for detection in engine.drain() {
                    judge.detection(query.time, &detection);
                }
            }
        }
        engine.finish();
        let now = engine.log_time().unwrap_or_default();
        for detection in engine.drain() {
            judge.detection(now, &detection);
        }
        judge.measured(events, f64::from(days))
    }
}

/// A normal day's queries as Resolver writes them, for benchmarks.
#[must_use]
pub fn lines(seed: u64, size: f64) -> Vec<String> {
    let random = Random::new(seed).fork("dns");
    let hosts = normal::hosts(&random, size);
    let mut asks = normal::day(&hosts, &normal::Net::new(chosen(Part::Test)), &random, 0);
    asks.sort_by_key(|ask| ask.time);
    asks.iter().map(|ask| write(ask, &hosts[ask.host])).collect()
}

fn intel() -> Intel {
    let mut builder = Intel::builder();
    for (category, domain) in LISTED {
        let text = format!("{domain}\n");
        builder
            .list(category.as_str(), *category, Format::Txt, text.as_bytes())
            .expect("a list that can be read");
    }
    builder.build()
}

/// A query as Resolver writes it.
fn write(ask: &Ask, host: &Host) -> String {
    let time = bastide_ids::Timestamp::from_millis(ask.time).iso8601();
    let mut text = String::with_capacity(480);
    let _ = write!(
        text,
        r#"{{"version":"1.100000","account_id":"{ACCOUNT}","region":"eu-west-1","vpc_id":"vpc-0a1b2c3d4e5f60718","query_timestamp":"{time}","query_name":"{}.","query_type":"{}","query_class":"IN","rcode":"{}","answers":["#,
        ask.name, ask.kind, ask.rcode
    );
    for (index, (kind, data)) in ask.answers.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(text, r#"{comma}{{"Rdata":"{data}","Type":"{kind}","Class":"IN"}}"#);
    }
    let _ = write!(
        text,
        r#"],"srcaddr":"{}","srcport":"{}","transport":"UDP","srcids":{{"instance":"{}"}}}}"#,
        host.address,
        32_768 + ask.time % 28_000,
        host.instance
    );
    text
}

fn store(plan: &Plan, name: &str, day: u32, lines: &[String]) -> io::Result<()> {
    let Some(folder) = &plan.write else { return Ok(()) };
    let folder = folder.join(name);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("day-{day:02}.log")), lines.join("\n") + "\n")
}
