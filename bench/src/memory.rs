//! What the whole engine, with every detector, holds in memory: with 100,000 identities and the flow logs, queries, audit
//! logs and logins of a large place; then under somebody who never does the same twice, which must not make it grow
//! without end.

use std::error::Error;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use bastide_detect::{Engine, Settings, all};
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::Record;
use bastide_logs::cloudtrail::{Event, Identity};
use bastide_logs::dns::{Answer, Query};
use bastide_logs::flow::Flow;
use bastide_logs::kubernetes;
use bastide_logs::login::Login;

use crate::http::say;
use crate::intel::{four, mix};
use crate::profile::{IDENTITIES, events, resident};

const FLOWS: u64 = 4_000_000;
const QUERIES: u64 = 3_000_000;
const REQUESTS: u64 = 1_000_000;
const LOGINS: u64 = 500_000;
/// Records of each kind that the adversary makes, all of them different.
const STRANGE: u64 = 1_500_000;
/// What is asked of 100,000 identities, in megabytes.
const ASKED: u64 = 500;

/// `memory`: megabytes.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let before = resident()?;
    let mut engine = Engine::new(Arc::new(Intel::default()), Settings::default(), all());
    let held = |engine: &Engine, what: &str| {
        let megabytes = resident()?.saturating_sub(before) / 1_000_000;
        say(&format!("memory: {what}: {megabytes} MB; {} findings", engine.findings().count()));
        Ok::<_, Box<dyn Error>>(megabytes)
    };
    held(&engine, "nothing yet")?;
    events(&mut |event| feed(&mut engine, &Record::CloudTrail(event)))?;
    held(&engine, &format!("and CloudTrail of {IDENTITIES} identities"))?;
    usual(FLOWS, |number, time| flow(&mut engine, time, number % 20_000, mix(number) % 2_000_000));
    held(&engine, "and flows of 20,000 interfaces with 2 million addresses")?;
    usual(QUERIES, |number, time| query(&mut engine, time, mix(number) % 20_000, mix(number ^ 7) % 300_000));
    held(&engine, "and queries of 20,000 hosts for 300,000 names")?;
    usual(REQUESTS, |number, time| audit(&mut engine, time, mix(number) % 20_000));
    usual(LOGINS, |number, time| login(&mut engine, time, mix(number) % 5_000));
    let all = held(&engine, "and Kubernetes' requests of 20,000 users, logins of 5,000")?;
    say(&format!("memory: the whole engine with {IDENTITIES} identities: {all} MB (asked: under {ASKED})"));
    let (mut number, mut half) = (0, 0);
    let mut last = all;
    for round in 1..=2 {
        for (what, show) in KINDS {
            for _ in 0..STRANGE / 2 {
                number += 1;
                show(&Strange::new(number), &mut engine);
            }
            let what = format!("and {} {what} of an adversary, no two alike", round * STRANGE / 2);
            last = held(&engine, &what)?;
        }
        half = if round == 1 { last } else { half };
    }
    let grown = last.saturating_sub(half);
    say(&format!("memory: in the end {last} MB, of which the latter half of the adversary's made {grown}"));
    Ok(())
}

/// Makes a record of the adversary's, and shows it.
type Show = fn(&Strange, &mut Engine);

/// The adversary's records, kind by kind.
const KINDS: [(&str, Show); 5] = [
    ("CloudTrail events", Strange::event),
    ("flows", Strange::flow),
    ("queries", Strange::query),
    ("requests to Kubernetes", Strange::request),
    ("logins", Strange::login),
];

fn feed(engine: &mut Engine, record: &Record<'_>) {
    engine.feed(record);
    engine.drain();
}

/// Shows records of ten days.
fn usual(count: u64, mut show: impl FnMut(u64, Timestamp)) {
    for number in 0..count {
        show(number, Timestamp::from_millis(1_700_000_000_000 + (number * 864_000_000 / count) as i64));
    }
}

fn flow(engine: &mut Engine, time: Timestamp, interface: u64, remote: u64) {
    let name = format!("eni-{interface:017x}");
    let flow = Flow {
        account: "111122223333",
        region: "eu-central-1",
        interface: &name,
        source: Some(IpAddr::from([10, (interface >> 16) as u8, (interface >> 8) as u8, interface as u8])),
        destination: Some(four(remote)),
        source_port: 40_000 + (remote % 20_000) as u16,
        destination_port: if remote.is_multiple_of(50) { 22 } else { 443 },
        protocol: 6,
        packets: 20,
        bytes: 9_000,
        start: time,
        end: time,
        accepted: Some(true),
        ..Flow::default()
    };
    feed(engine, &Record::Flow(&flow));
}

fn query(engine: &mut Engine, time: Timestamp, host: u64, name: u64) {
    let query = Query {
        account: "111122223333".into(),
        region: "eu-central-1".into(),
        vpc: "vpc-0123456789abcdef0".into(),
        time,
        name: format!("www{}.domain-{name}.com.", name % 7).into(),
        kind: "A".into(),
        rcode: if name.is_multiple_of(100) { "NXDOMAIN".into() } else { "NOERROR".into() },
        answers: [Answer { data: "203.0.113.7".into(), kind: "A".into() }].into_iter().collect(),
        instance: format!("i-{host:017x}").into(),
        transport: "UDP".into(),
        ..Query::default()
    };
    feed(engine, &Record::Dns(&query));
}

fn audit(engine: &mut Engine, time: Timestamp, user: u64) {
    const VERBS: [(&str, &str); 4] =
        [("get", "pods"), ("list", "configmaps"), ("watch", "services"), ("create", "events")];
    let (verb, resource) = VERBS.get(mix(user) as usize % 4).copied().unwrap_or_default();
    let event = kubernetes::Event {
        time,
        stage: "ResponseComplete".into(),
        verb: verb.into(),
        user: format!("user-{user}").into(),
        groups: vec!["system:authenticated".into()],
        source_ips: vec![four(user % 500).to_string().into()],
        user_agent: "kubectl/v1.30.1 (linux/amd64) kubernetes/6911225".into(),
        object: kubernetes::Object {
            resource: resource.into(),
            namespace: format!("team-{}", user % 100).into(),
            ..Default::default()
        },
        status: 200,
        decision: "allow".into(),
        account: "111122223333".into(),
        region: "eu-central-1".into(),
        cluster: format!("cluster-{}", user % 20).into(),
        ..Default::default()
    };
    feed(engine, &Record::Kubernetes(&event));
}

fn login(engine: &mut Engine, time: Timestamp, user: u64) {
    let login = Login {
        time,
        success: !user.is_multiple_of(20),
        user: format!("user-{user}").into(),
        database: "app".into(),
        source: Some(four(user % 800)),
        engine: "postgres".into(),
        instance: format!("db-{}", user % 50).into(),
        account: "111122223333".into(),
        region: "eu-central-1".into(),
        ..Default::default()
    };
    feed(engine, &Record::Login(&login));
}

/// Who and what was never there before.
struct Strange {
    number: u64,
    mixed: u64,
    time: Timestamp,
    /// A part of all names.
    made: String,
    account: String,
    own: IpAddr,
    remote: IpAddr,
}

impl Strange {
    fn new(number: u64) -> Self {
        let mixed = mix(number + 10_000_000);
        // Every other one in an account of its own.
        let account = if number.is_multiple_of(2) { mixed % 1_000_000_000_000 } else { 111_122_223_333 };
        Self {
            number,
            mixed,
            time: Timestamp::from_millis(1_701_000_000_000 + number as i64 * 10),
            made: format!("{mixed:016x}"),
            account: format!("{account:012}"),
            own: Ipv6Addr::from_bits(0xfd00 << 112 | u128::from(mixed)).into(),
            remote: Ipv6Addr::from_bits(0x2600 << 112 | u128::from(mixed) << 40).into(),
        }
    }

    fn event(&self, engine: &mut Engine) {
        const CALLS: [(&str, &str, &str); 6] = [
            ("cloudtrail.amazonaws.com", "StopLogging", r#"{"name":"trail"}"#),
            ("iam.amazonaws.com", "CreateAccessKey", r#"{"userName":"other"}"#),
            ("secretsmanager.amazonaws.com", "GetSecretValue", r#"{"secretId":"all"}"#),
            ("s3.amazonaws.com", "GetObject", r#"{"bucketName":"bucket","key":"all"}"#),
            ("signin.amazonaws.com", "ConsoleLogin", ""),
            ("ec2.amazonaws.com", "DescribeInstances", ""),
        ];
        let Self { number, made, .. } = self;
        let (source, call, request) = CALLS.get(*number as usize % CALLS.len()).copied().unwrap_or_default();
        let event = Event {
            id: made.as_str().into(),
            time: self.time,
            source: source.into(),
            name: if number.is_multiple_of(3) { format!("Describe{made}").into() } else { call.into() },
            kind: "AwsApiCall".into(),
            region: "eu-west-1".into(),
            account: self.account.as_str().into(),
            source_ip: self.remote.to_string().into(),
            user_agent: format!("agent-{made}/1.0").into(),
            error_code: if number.is_multiple_of(5) { "AccessDenied".into() } else { "".into() },
            request,
            identity: self.identity(),
            ..Event::default()
        };
        feed(engine, &Record::CloudTrail(&event));
    }

    fn identity(&self) -> Identity<'_> {
        let Self { account, made, .. } = self;
        Identity {
            kind: "AssumedRole".into(),
            principal_id: format!("AROA{made}:session").into(),
            arn: format!("arn:aws:sts::{account}:assumed-role/role-{made}/session").into(),
            issuer_arn: format!("arn:aws:iam::{account}:role/role-{made}").into(),
            access_key: format!("ASIA{made}").into(),
            account: account.as_str().into(),
            ..Identity::default()
        }
    }

    fn flow(&self, engine: &mut Engine) {
        let flow = Flow {
            account: &self.account,
            interface: &format!("eni-{}", self.made),
            source: Some(self.own),
            destination: Some(self.remote),
            source_port: self.mixed as u16,
            destination_port: (self.mixed >> 16) as u16,
            protocol: 6,
            packets: 2,
            bytes: 100,
            start: self.time,
            end: self.time,
            accepted: Some(true),
            tcp_flags: Some(2),
            ..Flow::default()
        };
        feed(engine, &Record::Flow(&flow));
    }

    fn query(&self, engine: &mut Engine) {
        let Self { number, made, .. } = self;
        let query = Query {
            account: self.account.as_str().into(),
            time: self.time,
            name: format!("{made}{made}.{made}{}.com.", number % 97).into(),
            kind: "TXT".into(),
            rcode: "NXDOMAIN".into(),
            source: Some(self.own),
            ..Query::default()
        };
        feed(engine, &Record::Dns(&query));
    }

    fn request(&self, engine: &mut Engine) {
        let made = self.made.as_str();
        let audit = kubernetes::Event {
            id: made.into(),
            time: self.time,
            stage: "ResponseComplete".into(),
            verb: "create".into(),
            user: format!("user-{made}").into(),
            source_ips: vec![self.remote.to_string().into()],
            user_agent: format!("agent-{made}/1.0").into(),
            object: kubernetes::Object {
                resource: "pods".into(),
                subresource: "exec".into(),
                namespace: format!("space-{made}").into(),
                name: made.into(),
                ..Default::default()
            },
            status: if self.number.is_multiple_of(3) { 403 } else { 201 },
            account: self.account.as_str().into(),
            cluster: format!("cluster-{made}").into(),
            ..Default::default()
        };
        feed(engine, &Record::Kubernetes(&audit));
    }

    fn login(&self, engine: &mut Engine) {
        let made = self.made.as_str();
        let login = Login {
            time: self.time,
            success: self.number.is_multiple_of(2),
            user: made.into(),
            database: made.into(),
            source: Some(self.remote),
            engine: "postgres".into(),
            instance: format!("db-{made}").into(),
            account: self.account.as_str().into(),
            ..Default::default()
        };
        feed(engine, &Record::Login(&login));
    }
}
