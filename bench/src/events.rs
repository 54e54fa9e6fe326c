//! The event log: appends with group commit, and look-ups by user name over millions of events.
//!
//! `bench events [MILLIONS] [DIR]`: data goes under DIR (default: the system's temporary directory), about
//! 0.3 GB a million at its peak, and is removed afterwards.
#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::error::Error;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bastide_events::{
    Attribute, Attributes, Event, EventLog, Filter, LocalLog, LogError, Lookup, Options, Position,
};
use bastide_ids::{AccountId, Place, Region, Timestamp, Uuid};
use bytes::Bytes;

type Outcome<T> = Result<T, Box<dyn Error>>;

const USERS: u64 = 1_000;
const DAYS: u64 = 90;
const WAITERS: usize = 32;
const MEASURED: Duration = Duration::from_secs(4);

/// Runs the benchmark. Arguments: how many million events to look up in (default 10), where to put them.
pub(crate) fn run(args: &[String]) -> Outcome<()> {
    let millions: f64 = args.first().map_or(Ok(10.0), |text| text.parse())?;
    let base = args.get(1).map_or_else(std::env::temp_dir, std::path::PathBuf::from);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of events")]
    let total = (millions * 1e6) as u64;

    println!("appends");
    let sample = sample_bytes();
    println!("  an event: {} bytes of JSON, {} bytes as a frame, about", sample.0, sample.1);
    yardstick_each(&base, sample.1)?;
    yardstick_batches(&base, sample.1, 1.0)?;
    let (rate, batch) = runtime.block_on(group_commit(&base, WAITERS))?;
    yardstick_batches(&base, sample.1, batch)?;
    println!("  log: {rate:>9.0} acknowledged appends/s from {WAITERS} waiters, {batch:.1} a commit");
    let (rate, batch) = runtime.block_on(group_commit(&base, 1))?;
    println!("  log: {rate:>9.0} acknowledged appends/s from 1 waiter, {batch:.1} a commit");

    println!("look-ups over {total} events of {USERS} users in {DAYS} days");
    let dir = tempfile::tempdir_in(&base)?;
    runtime.block_on(fill(dir.path(), total))?;
    runtime.block_on(look_up(dir.path(), total))
}

/// One thread that makes one event durable after the other, on the same disk.
fn yardstick_each(base: &Path, frame: usize) -> Outcome<()> {
    let file = tempfile::tempfile_in(base)?;
    let (bytes, started) = (vec![7; frame], Instant::now());
    let mut count = 0;
    while started.elapsed() < MEASURED {
        file.write_all_at(&bytes, count * frame as u64)?;
        file.sync_data()?;
        count += 1;
    }
    println!(
        "  yardstick: {:>9.0} events/s, one fdatasync each, one thread, a growing file",
        per_second(count, started)
    );
    Ok(())
}

/// One thread that writes batches of the size that group commit made, into space written before.
fn yardstick_batches(base: &Path, frame: usize, batch: f64) -> Outcome<()> {
    let file: File = tempfile::tempfile_in(base)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of events")]
    let events = batch.round() as usize;
    let (space, bytes) = (64 << 20, vec![7; frame * events]);
    file.write_all_at(&vec![0; space], 0)?;
    file.sync_all()?;
    let (started, mut at, mut count) = (Instant::now(), 0, 0);
    while started.elapsed() < MEASURED {
        if at + bytes.len() > space {
            at = 0;
        }
        file.write_all_at(&bytes, at as u64)?;
        file.sync_data()?;
        at += bytes.len();
        count += events as u64;
    }
    println!(
        "  yardstick: {:>9.0} events/s, one fdatasync for {events}, one thread, into space written before",
        per_second(count, started)
    );
    Ok(())
}

/// Appends from tasks that each wait until their event is durable. Gives appends a second and the mean batch.
async fn group_commit(base: &Path, waiters: usize) -> Outcome<(f64, f64)> {
    let dir = tempfile::tempdir_in(base)?;
    let log = Arc::new(LocalLog::open(dir.path(), Options::default(), Box::new(|_| {}))?.0);
    let started = Instant::now();
    let tasks: Vec<_> = (0..waiters as u64)
        .map(|task| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                let mut count = 0;
                while started.elapsed() < MEASURED {
                    log.append(event(task * 1_000_000 + count, 1_000_000))?.durable().await?;
                    count += 1;
                }
                Ok::<u64, LogError>(count)
            })
        })
        .collect();
    let mut count = 0;
    for task in tasks {
        count += task.await??;
    }
    let rate = per_second(count, started);
    let stats = log.stats();
    #[allow(clippy::cast_precision_loss, reason = "a mean to print")]
    let batch = stats.events as f64 / stats.commits as f64;
    Ok((rate, batch))
}

async fn fill(dir: &Path, total: u64) -> Outcome<()> {
    let log = LocalLog::open(dir, Options::default(), Box::new(|_| {}))?.0;
    let (started, mut oldest) = (Instant::now(), None);
    for n in 0..total {
        let ticket = loop {
            match log.append(event(n, total)) {
                Err(LogError::Overloaded { .. }) => {
                    log.flush().await?;
                }
                other => break other?,
            }
        };
        // Every now and then, so that a failure is seen.
        if n % 10_000 == 0
            && let Some(ticket) = oldest.replace(ticket)
        {
            ticket.durable().await?;
        }
    }
    log.flush().await?;
    println!("  filled in {:.0?}: {:.0} events/s", started.elapsed(), per_second(total, started));
    // Let sealing and merging come to rest.
    let mut before = log.stats();
    loop {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let now = log.stats();
        if now.segments == before.segments && now.segments < 200 {
            break;
        }
        before = now;
    }
    let stats = log.stats();
    println!(
        "  {} segments, {:.2} GB on disk ({} bytes an event), at rest after {:.0?}",
        stats.segments,
        gigabytes(stats.bytes),
        stats.bytes / total,
        started.elapsed()
    );
    log.close().await?;
    Ok(())
}

async fn look_up(dir: &Path, total: u64) -> Outcome<()> {
    let before = resident();
    let started = Instant::now();
    let (log, _) = LocalLog::open(dir, Options::default(), Box::new(|_| {}))?;
    println!("  opened in {:.1?}; resident before {before} KiB, after {} KiB", started.elapsed(), resident());
    let by = |attribute, value: String| Filter::Attribute(attribute, value);
    let mut random = Random(42);
    let user = |n: u64| format!("user-{:04}", n % USERS);
    measure(&log, "user name, newest page", |_| Lookup {
        filter: by(Attribute::Username, user(random.next())),
        ..Lookup::new(place())
    })
    .await?;
    measure(&log, "user name, a random day", |_| {
        let from = 1 + random.next() % (DAYS - 2);
        let from = start().plus(Duration::from_secs(86_400 * from));
        Lookup {
            filter: by(Attribute::Username, user(random.next())),
            from: Some(from),
            to: Some(from.plus(Duration::from_secs(86_400))),
            ..Lookup::new(place())
        }
    })
    .await?;
    measure(&log, "user name, nobody's", |n| Lookup {
        filter: by(Attribute::Username, format!("nobody-{n}")),
        ..Lookup::new(place())
    })
    .await?;
    measure(&log, "event id, anywhere", |_| Lookup {
        filter: Filter::Id(id(random.next() % total)),
        ..Lookup::new(place())
    })
    .await?;
    measure(&log, "resource name, one event", |_| Lookup {
        filter: by(Attribute::ResourceName, object(random.next() % total)),
        ..Lookup::new(place())
    })
    .await?;
    measure(&log, "everything, newest page", |_| Lookup::new(place())).await?;
    pages(&log, user(7)).await?;
    println!("  resident after all {} KiB", resident());
    let started = Instant::now();
    let (mut after, mut count) = (Position::START, 0u64);
    while count < 500_000 {
        let events = log.read(after, 1_000).await?;
        let Some((last, _)) = events.last() else { break };
        (after, count) = (*last, count + events.len() as u64);
    }
    println!("  read by cursor from the start: {:.0} events/s", per_second(count, started));
    Ok(())
}

async fn measure(log: &LocalLog, what: &str, mut query: impl FnMut(u64) -> Lookup) -> Outcome<()> {
    let (mut times, mut found) = (Vec::new(), 0);
    for n in 0..1_000 {
        let query = query(n);
        let started = Instant::now();
        found += log.lookup(&query).await?.events.len();
        times.push(started.elapsed());
    }
    print_times(what, times, found);
    Ok(())
}

/// Walks through everything of one user, page by page.
async fn pages(log: &LocalLog, user: String) -> Outcome<()> {
    let mut query = Lookup { filter: Filter::Attribute(Attribute::Username, user), ..Lookup::new(place()) };
    let (mut times, mut found) = (Vec::new(), 0);
    loop {
        let started = Instant::now();
        let page = log.lookup(&query).await?;
        times.push(started.elapsed());
        found += page.events.len();
        match page.next {
            Some(next) => query.resume = Some(next),
            None => break,
        }
    }
    print_times("user name, page after page", times, found);
    Ok(())
}

fn print_times(what: &str, mut times: Vec<Duration>, found: usize) {
    times.sort();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len() - 1));
    let (p50, p99) = (at(50).copied().unwrap_or_default(), at(99).copied().unwrap_or_default());
    let max = times.last().copied().unwrap_or_default();
    println!(
        "  {what:<28} p50 {p50:>9.2?}  p99 {p99:>9.2?}  max {max:>9.2?}  ({} pages of {:.1} events)",
        times.len(),
        per(found, times.len())
    );
}

#[allow(clippy::cast_precision_loss, reason = "a mean to print")]
fn per(found: usize, pages: usize) -> f64 {
    found as f64 / pages as f64
}

#[allow(clippy::cast_precision_loss, reason = "a rate to print")]
fn per_second(count: u64, since: Instant) -> f64 {
    count as f64 / since.elapsed().as_secs_f64()
}

#[allow(clippy::cast_precision_loss, reason = "a size to print")]
fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}

/// Resident memory of this process in KiB, as Linux tells it.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or_else(|| "unknown".into(), |rest| rest.trim().trim_end_matches(" kB").to_owned())
}

fn sample_bytes() -> (usize, usize) {
    let sizes = (0..1_000).map(|n| {
        let event = event(n * 977, 1_000_000);
        let attributes: usize = event.attributes.iter().map(|(_, value)| value.len() + 3).sum();
        (event.body.len(), event.body.len() + attributes + 69)
    });
    let (body, frame) = sizes.fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    (body / 1_000, frame / 1_000)
}

fn start() -> Timestamp {
    Timestamp::from_seconds(1_790_000_000)
}

fn place() -> Place {
    Place::new(AccountId::from_number(123_456_789_012), Region::us_east_1())
}

fn id(n: u64) -> Uuid {
    let (a, b) = (Random(n ^ 0x5eed).next(), Random(n ^ 0xfeed).next());
    Uuid((u128::from(a) << 64 | u128::from(b)).to_be_bytes())
}

fn object(n: u64) -> String {
    format!("arn:aws:secretsmanager:us-east-1:123456789012:secret:app-{n:09}")
}

/// Event `n` of `total`, spread evenly over the days: a record like those of CloudTrail.
fn event(n: u64, total: u64) -> Event {
    let mut random = Random(n);
    let call = |random: &mut Random| CALLS.get(usize::try_from(random.next() % 50).unwrap_or_default());
    let (name, source) = call(&mut random).copied().unwrap_or(("Encrypt", "kms"));
    let (user, id) = (random.next() % USERS, id(n));
    let time = start().plus(Duration::from_millis(86_400_000 * DAYS / total.max(1) * n));
    let read_only = ["Get", "List", "Describe"].iter().any(|prefix| name.starts_with(prefix));
    let key = format!("AKIA{:016X}", user.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let key_id = random.next() % 5_000;
    let arn = format!("arn:aws:kms:us-east-1:123456789012:key/0000{key_id:04}-1b2c-4d5e-8f90-a1b2c3d4e5f6");
    let (a, b, c, d) = (random.next(), random.next() % 256, random.next() % 256, random.next() % 256);
    let body = format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"IAMUser","principalId":"AIDA{user:017}","arn":"arn:aws:iam::123456789012:user/user-{user:04}","accountId":"123456789012","accessKeyId":"{key}","userName":"user-{user:04}"}},"eventTime":"{}","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"10.{b}.{c}.{d}","userAgent":"Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.1","requestParameters":{{"keyId":"{arn}","encryptionContext":{{"tenant":"t-{c}"}}}},"responseElements":null,"requestID":"{}","eventID":"{id}","readOnly":{read_only},"resources":[{{"accountId":"123456789012","type":"AWS::KMS::Key","ARN":"{arn}"}}],"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"123456789012","eventCategory":"Management"}}"#,
        time.iso8601(),
        Uuid((u128::from(a) << 64 | u128::from(a.rotate_left(9))).to_be_bytes()),
    );
    let mut attributes = Attributes::new()
        .with(Attribute::EventName, name)
        .with(Attribute::ReadOnly, if read_only { "true" } else { "false" })
        .with(Attribute::Username, format!("user-{user:04}"))
        .with(Attribute::ResourceType, "AWS::KMS::Key")
        .with(Attribute::ResourceName, arn)
        .with(Attribute::EventSource, format!("{source}.amazonaws.com"))
        .with(Attribute::AccessKeyId, key);
    // Some events are the only ones about their resource.
    attributes.add(Attribute::ResourceName, object(n));
    Event { id, time, place: place(), attributes, body: Bytes::from(body) }
}

/// SplitMix64: the same events in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[rustfmt::skip]
const CALLS: [(&str, &str); 50] = [
    ("Encrypt", "kms"), ("Decrypt", "kms"), ("GenerateDataKey", "kms"), ("DescribeKey", "kms"),
    ("CreateKey", "kms"), ("CreateGrant", "kms"), ("ListKeys", "kms"), ("ListAliases", "kms"),
    ("GetKeyPolicy", "kms"), ("PutKeyPolicy", "kms"), ("RetireGrant", "kms"), ("ReEncrypt", "kms"),
    ("GetCallerIdentity", "sts"), ("AssumeRole", "sts"), ("GetSessionToken", "sts"),
    ("CreateUser", "iam"), ("ListUsers", "iam"), ("GetUser", "iam"), ("CreateRole", "iam"), ("GetRole", "iam"),
    ("ListRoles", "iam"), ("AttachRolePolicy", "iam"), ("CreatePolicy", "iam"), ("GetPolicy", "iam"),
    ("CreateAccessKey", "iam"), ("DeleteAccessKey", "iam"), ("ListAccessKeys", "iam"), ("PutRolePolicy", "iam"),
    ("GetSecretValue", "secretsmanager"), ("CreateSecret", "secretsmanager"), ("PutSecretValue", "secretsmanager"),
    ("DescribeSecret", "secretsmanager"), ("ListSecrets", "secretsmanager"), ("GetParameter", "ssm"),
    ("PutParameter", "ssm"), ("DescribeParameters", "ssm"), ("LookupEvents", "cloudtrail"),
    ("DescribeTrails", "cloudtrail"), ("GetTrailStatus", "cloudtrail"), ("GetResourceConfigHistory", "config"),
    ("ListDiscoveredResources", "config"), ("DescribeConfigRules", "config"), ("GetBucketPolicy", "s3"),
    ("PutBucketPolicy", "s3"), ("ListBuckets", "s3"), ("CreateBucket", "s3"), ("GetBucketAcl", "s3"),
    ("DescribeInstances", "ec2"), ("RunInstances", "ec2"), ("DescribeVpcs", "ec2"),
];
