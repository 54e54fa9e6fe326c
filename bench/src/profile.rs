//! The behaviour models over CloudTrail: time an event and memory, with 100,000 identities.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bastide_detect::{Context, Detector, Settings, all};
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::cloudtrail::{Event, Identity};

use crate::http::say;

pub(crate) const IDENTITIES: usize = 100_000;
const DAYS: i64 = 10;
/// Calls of one identity in one of its days.
const CALLS: usize = 6;

const APIS: &[(&str, &str)] = &[
    ("ec2.amazonaws.com", "DescribeInstances"),
    ("s3.amazonaws.com", "ListBuckets"),
    ("sts.amazonaws.com", "GetCallerIdentity"),
    ("secretsmanager.amazonaws.com", "GetSecretValue"),
    ("kms.amazonaws.com", "Decrypt"),
    ("logs.amazonaws.com", "CreateLogStream"),
    ("sqs.amazonaws.com", "ReceiveMessage"),
    ("lambda.amazonaws.com", "ListFunctions20150331"),
    ("iam.amazonaws.com", "GetRole"),
    ("dynamodb.amazonaws.com", "DescribeTable"),
    ("ssm.amazonaws.com", "GetParameter"),
    ("rds.amazonaws.com", "DescribeDBInstances"),
    ("ecr.amazonaws.com", "GetAuthorizationToken"),
    ("cloudformation.amazonaws.com", "DescribeStacks"),
    ("monitoring.amazonaws.com", "GetMetricData"),
    ("eks.amazonaws.com", "DescribeCluster"),
];

const AGENTS: &[&str] = &[
    "Boto3/1.28.1 Python/3.9.17 Linux/5.10.0-1 exe/x86_64 Botocore/1.31.1",
    "aws-sdk-java/2.20.1 Linux/5.10.0 OpenJDK_64-Bit_Server_VM/17.0.7",
    "aws-sdk-go/1.44.0 (go1.19; linux; amd64)",
    "aws-cli/2.13.0 Python/3.11.4 Darwin/22.5.0 exe/x86_64 prompt/off command/sts.get-caller-identity",
];

/// `profile`: nanoseconds an event and megabytes.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let (arns, addresses) = (arns(), addresses());
    let (_, making) = feed(&arns, &addresses, None)?;
    let before = resident()?;
    let mut detector = all().into_iter().find(|it| it.name() == "profile").ok_or("no detector `profile`")?;
    let (events, took) = feed(&arns, &addresses, Some(&mut *detector))?;
    let memory = resident()?.saturating_sub(before);
    let each = took.saturating_sub(making) / u32::try_from(events)?;
    say(&format!(
        "behaviour profiles: {each:?} an event over {events} events (asked: about 1 µs; making them, taken off: \
         {:?}); {} MB for {IDENTITIES} identities (asked: under 500)",
        making / u32::try_from(events)?,
        memory / 1_000_000
    ));
    Ok(())
}

/// The same events, each shown once.
pub(crate) fn events(show: &mut dyn FnMut(&Event<'_>)) -> Result<(), Box<dyn Error>> {
    let (arns, addresses) = (arns(), addresses());
    each(&arns, &addresses, &mut |event, _| show(event))
}

fn arns() -> Vec<String> {
    (0..IDENTITIES).map(|n| format!("arn:aws:iam::{}:role/service-{n}", account(n))).collect()
}

fn addresses() -> Vec<String> {
    (0..5_000).map(|n| format!("52.{}.{}.7", n / 250, n % 250)).collect()
}

fn account(n: usize) -> String {
    format!("{:012}", 111_122_220_000 + n % 200)
}

fn feed(
    arns: &[String],
    addresses: &[String],
    mut detector: Option<&mut dyn Detector>,
) -> Result<(usize, Duration), Box<dyn Error>> {
    let (intel, settings) = (Arc::new(Intel::default()), Settings::default());
    let cx = Context { intel: &intel, settings: &settings };
    let (mut out, mut events, mut seen) = (Vec::new(), 0, 0);
    let began = Instant::now();
    each(arns, addresses, &mut |event, minute| {
        events += 1;
        if let Some(detector) = &mut detector {
            if minute {
                detector.tick(event.time, cx, &mut out);
            }
            detector.cloudtrail(event, cx, &mut out);
        } else {
            seen += std::hint::black_box(event).name.len();
        }
    })?;
    std::hint::black_box(seen);
    Ok((events, began.elapsed()))
}

/// Makes the events one after the other; with each comes whether a minute has begun.
fn each(
    arns: &[String],
    addresses: &[String],
    show: &mut dyn FnMut(&Event<'_>, bool),
) -> Result<(), Box<dyn Error>> {
    let accounts: Vec<String> = (0..200).map(account).collect();
    let mut minute = 0;
    for day in 0..DAYS {
        for step in 0..IDENTITIES * CALLS {
            // Identities take turns within an hour: each makes its calls of the day one after the other.
            let (of, call) = (step / CALLS, step % CALLS);
            let seconds = day * 86_400 + (step * 86_400 / (IDENTITIES * CALLS)) as i64;
            let at =
                |list: usize, salt: usize| (of.wrapping_mul(2_654_435_761) >> 7).wrapping_add(salt) % list;
            let (source, name) = *APIS.get(at(APIS.len(), call * 3 % 8)).ok_or("no API")?;
            let arn = arns.get(of).ok_or("no identity")?;
            let event = Event {
                time: Timestamp::from_seconds(1_700_000_000 + seconds),
                source: source.into(),
                name: name.into(),
                kind: "AwsApiCall".into(),
                category: "Management".into(),
                region: "eu-west-1".into(),
                account: accounts.get(of % 200).ok_or("no account")?.as_str().into(),
                source_ip: addresses.get(at(addresses.len(), call % 2)).ok_or("no address")?.as_str().into(),
                user_agent: (*AGENTS.get(at(AGENTS.len(), 0)).ok_or("no agent")?).into(),
                identity: Identity {
                    kind: "AssumedRole".into(),
                    principal_id: "AROAEXAMPLE:session".into(),
                    issuer_arn: arn.as_str().into(),
                    ..Identity::default()
                },
                ..Event::default()
            };
            show(&event, seconds / 60 > minute);
            minute = minute.max(seconds / 60);
        }
    }
    Ok(())
}

/// Bytes of memory that the process has.
pub(crate) fn resident() -> Result<u64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = text.split(' ').nth(1).ok_or("no resident size")?.parse()?;
    Ok(pages * 4096)
}
