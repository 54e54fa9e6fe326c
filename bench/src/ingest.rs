//! From files to findings: CloudTrail, flow logs (text and Parquet) and DNS queries, with all detectors and without,
//! per second of the processor; parsing the same JSON alone as the yardstick; many small files beside one large one.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bastide_detect::{Engine, Settings, all};
use bastide_ids::Timestamp;
use bastide_ingest::{Choice, FileHead, FileState, Local, Options, Sink, Source, pass};
use bastide_intel::Intel;
use bastide_lake::Lake;
use bastide_logs::{Record, Rejected};

use crate::http::say;
use crate::intel::{cpu, four, mix};

const EVENTS: u64 = 200_000;
const FLOWS: u64 = 2_000_000;
const QUERIES: u64 = 1_000_000;
const FILES: u64 = 4_000;

/// `ingest`: records per second of the processor. With `flows` only flow logs, with `files` only many files beside one;
/// with `make FOLDER` their files, and with `read PATH` or `detect PATH` those that are there, to look at with a
/// profiler.
pub(crate) fn run(rest: &[String]) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let root = folder.path();
    match (rest.first().map(String::as_str), rest.get(1)) {
        (Some("flows"), _) => flow_logs(root),
        (Some("files"), _) => trails(root),
        (Some("make"), Some(folder)) => every(Path::new(folder)),
        (Some(what @ ("read" | "detect")), Some(path)) => {
            let engine = (what == "detect")
                .then(|| Engine::new(Arc::new(Intel::default()), Settings::default(), all()));
            let mut sink = Counted { engine, records: 0 };
            let took = read(Path::new(path), &mut sink)?;
            told(&format!("{path}, {what}"), sink.records, took);
            Ok(())
        }
        _ => every(root),
    }
}

fn every(root: &Path) -> Result<(), Box<dyn Error>> {
    trails(root)?;
    flow_logs(root)?;
    queries(root)
}

fn trails(root: &Path) -> Result<(), Box<dyn Error>> {
    let events: Vec<String> = (0..EVENTS).map(event).collect();
    let document = format!("{{\"Records\":[{}]}}", events.join(","));
    yardstick(&document)?;
    std::fs::write(root.join("events.json"), &document)?;
    measure("CloudTrail, plain", &root.join("events.json"), EVENTS)?;
    packed(&root.join("large.json.gz"), document.as_bytes())?;
    let large = measure("CloudTrail, one large gzip file", &root.join("large.json.gz"), EVENTS)?;
    let small = root.join("small");
    std::fs::create_dir_all(&small)?;
    for (number, events) in events.chunks((EVENTS / FILES) as usize).enumerate() {
        let name =
            format!("111122223333_CloudTrail_eu-west-1_20260105T{:04}Z_{number:05}.json.gz", number / 100);
        packed(&small.join(name), format!("{{\"Records\":[{}]}}", events.join(",")).as_bytes())?;
    }
    let many = measure("CloudTrail, 4,000 small gzip files", &small, EVENTS)?;
    for (what, many, large) in [("read", many.0, large.0), ("read with all detectors", many.1, large.1)] {
        let (all, one) = (many.process / large.process, many.thread / large.thread);
        say(&format!(
            "ingest: {what}, small files take {all:.2} times one large one's time (asked: 1.30); {one:.2} times that of the thread with the detectors"
        ));
    }
    Ok(())
}

fn flow_logs(root: &Path) -> Result<(), Box<dyn Error>> {
    let mut flows = String::new();
    for number in 0..FLOWS {
        // Writing into a string does not fail.
        let _ = writeln!(flows, "{}", flow(number));
    }
    std::fs::write(root.join("flows.log"), &flows)?;
    measure("flow logs, text", &root.join("flows.log"), FLOWS)?;
    measure("flow logs, Parquet", &parquet(root, &root.join("flows.log"))?, FLOWS)?;
    Ok(())
}

fn queries(root: &Path) -> Result<(), Box<dyn Error>> {
    let mut queries = String::new();
    for number in 0..QUERIES {
        let _ = writeln!(queries, "{}", query(number));
    }
    std::fs::write(root.join("queries.log"), &queries)?;
    measure("DNS queries", &root.join("queries.log"), QUERIES)?;
    Ok(())
}

/// The fastest JSON parser, on the same bytes.
fn yardstick(document: &str) -> Result<(), Box<dyn Error>> {
    let began = cpu();
    let parsed: sonic_rs::Value = sonic_rs::from_str(document)?;
    let took = (cpu() - began).as_secs_f64();
    let took = Took { process: took, thread: took };
    drop(parsed);
    told("CloudTrail, parsed by sonic-rs alone", EVENTS, took);
    Ok(())
}

/// Seconds of the processor.
#[derive(Clone, Copy)]
struct Took {
    /// Of all threads: those that open and unpack, and the one that parses and detects.
    process: f64,
    /// Of the one that parses and detects.
    thread: f64,
}

/// Reads without detectors and with all; gives what each took.
fn measure(what: &str, path: &Path, records: u64) -> Result<(Took, Took), Box<dyn Error>> {
    let mut plain = Counted { engine: None, records: 0 };
    let took = read(path, &mut plain)?;
    assert_eq!(plain.records, records, "{what}");
    told(&format!("{what}, read"), records, took);
    let engine = Engine::new(Arc::new(Intel::default()), Settings::default(), all());
    let with = read(path, &mut Counted { engine: Some(engine), records: 0 })?;
    told(&format!("{what}, with all detectors"), records, with);
    Ok((took, with))
}

fn told(what: &str, records: u64, took: Took) {
    let (rate, one) = (records as f64 / took.process, records as f64 / took.thread);
    say(&format!(
        "ingest: {what}: {rate:.0} a second, {:.0} ns each; {one:.0} a second of the thread that parses and detects",
        1e9 / rate
    ));
}

fn read(path: &Path, sink: &mut Counted) -> Result<Took, Box<dyn Error>> {
    let source: Arc<dyn Source> = Arc::new(Local::new(&path.to_string_lossy(), &Choice::default())?);
    let (began, all) = (cpu(), cpu_of_all());
    pass(&[source], &Options::default(), sink, &mut |_| {})?;
    if let Some(engine) = &mut sink.engine {
        engine.finish();
    }
    Ok(Took { process: (cpu_of_all() - all).as_secs_f64(), thread: (cpu() - began).as_secs_f64() })
}

/// What the processor has spent on all threads of this process.
fn cpu_of_all() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

struct Counted {
    engine: Option<Engine>,
    records: u64,
}

impl Sink for Counted {
    fn state(&mut self, _: &str) -> Result<Option<FileState>, String> {
        Ok(None)
    }

    fn known(&mut self, _: FileHead) -> Result<Option<FileState>, String> {
        Ok(None)
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), String> {
        self.records += 1;
        if let Some(engine) = &mut self.engine {
            engine.feed(record);
        }
        Ok(())
    }

    fn rejected(&mut self, _: &str, rejected: &Rejected<'_>) -> Result<(), String> {
        Err(rejected.broken.reason.clone())
    }

    fn read(&mut self, _: FileState) -> Result<(), String> {
        Ok(())
    }
}

/// The same flows as Parquet.
fn parquet(root: &Path, text: &Path) -> Result<std::path::PathBuf, Box<dyn Error>> {
    struct Keep<'l>(bastide_lake::Writer<'l>);
    impl Sink for Keep<'_> {
        fn state(&mut self, _: &str) -> Result<Option<FileState>, String> {
            Ok(None)
        }
        fn known(&mut self, _: FileHead) -> Result<Option<FileState>, String> {
            Ok(None)
        }
        fn record(&mut self, record: &Record<'_>) -> Result<(), String> {
            self.0.add(record);
            Ok(())
        }
        fn rejected(&mut self, _: &str, rejected: &Rejected<'_>) -> Result<(), String> {
            Err(rejected.broken.reason.clone())
        }
        fn read(&mut self, _: FileState) -> Result<(), String> {
            Ok(())
        }
    }
    let mut lake = Lake::open(&root.join("lake"))?;
    let mut keep = Keep(lake.writer()?);
    let source: Arc<dyn Source> = Arc::new(Local::new(&text.to_string_lossy(), &Choice::default())?);
    pass(&[source], &Options::default(), &mut keep, &mut |_| {})?;
    keep.0.commit(Timestamp::default())?;
    drop(keep);
    Ok(root.join("lake/flow"))
}

fn packed(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut encoder =
        flate2::write::GzEncoder::new(std::fs::File::create(path)?, flate2::Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()?;
    Ok(())
}

/// Events of a company: some hundred users and roles, calls with parameters of ordinary size.
fn event(number: u64) -> String {
    const CALLS: [(&str, &str); 8] = [
        ("ec2", "DescribeInstances"),
        ("s3", "GetObject"),
        ("sts", "AssumeRole"),
        ("kms", "Decrypt"),
        ("logs", "PutLogEvents"),
        ("iam", "GetRole"),
        ("lambda", "Invoke"),
        ("dynamodb", "DescribeTable"),
    ];
    let mixed = mix(number);
    let (service, name) = CALLS.get(mixed as usize % CALLS.len()).copied().unwrap_or(("ec2", "RunInstances"));
    let user = (mixed >> 8) % 300;
    let time = Timestamp::from_millis(1_767_571_200_000 + number as i64 * 400).iso8601();
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"AssumedRole","principalId":"AROAEXAMPLE{user:05}:session-{user}","arn":"arn:aws:sts::111122223333:assumed-role/role-{user}/session-{user}","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE{user:09}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLE{user:05}","arn":"arn:aws:iam::111122223333:role/role-{user}","accountId":"111122223333","userName":"role-{user}"}},"webIdFederationData":{{}},"attributes":{{"creationDate":"{time}","mfaAuthenticated":"false"}}}}}},"eventTime":"{time}","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"10.0.{}.{}","userAgent":"aws-sdk-go-v2/1.24.0 os/linux lang/go#1.21.5 md/GOOS#linux md/GOARCH#amd64 api/{service}#1.40.0","requestParameters":{{"filter":{{"items":[{{"name":"tag:environment","valueSet":{{"items":[{{"value":"production"}}]}}}}]}},"maxResults":1000,"nextToken":"{mixed:016x}{mixed:016x}"}},"responseElements":null,"requestID":"{mixed:08x}-0000-4000-8000-{number:012}","eventID":"{mixed:08x}-1111-4111-8111-{number:012}","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.eu-west-1.amazonaws.com"}}}}"#,
        user / 250,
        user % 250
    )
}

/// Flows of 500 interfaces, minute by minute and each interface's minute in a row, as aggregation intervals end: calls
/// and their answers between its address and 64 others, few of which are asked often, and knocks from the internet.
fn flow(number: u64) -> String {
    const EACH: u64 = 42;
    let (minute, place) = (number / (500 * EACH), number % (500 * EACH));
    let (interface, record) = (place / EACH, place % EACH);
    let mixed = mix(number / 2);
    let start = 1_767_571_200 + minute * 60 + (mixed & 15);
    let own = format!("10.0.{}.{}", interface >> 7, 10 + (interface & 127));
    let peer = mix(interface << 8 | (mixed >> 4 & 63).min(mixed >> 10 & 63));
    let knock = record == EACH - 1;
    let (other, port) = match peer & 3 {
        _ if knock => (four(number), if mixed & 1 == 0 { 22 } else { 3389 }),
        0 => (four(peer >> 8), 443),
        _ => (IpAddr::from([10, 0, (peer >> 8 & 3) as u8, (peer >> 16) as u8]), 5432),
    };
    let (packets, bytes) = if knock { (1, 40) } else { (mixed >> 40 & 63, mixed >> 16 & 0xffff) };
    let high = 32_768 + (mixed >> 48 & 0x3fff);
    let ends = match (knock, record & 1) {
        (true, _) => format!("{other} {own} {high} {port}"),
        (false, 0) => format!("{own} {other} {high} {port}"),
        (false, _) => format!("{other} {own} {port} {high}"),
    };
    let action = if knock { "REJECT" } else { "ACCEPT" };
    let id = mix(interface) & 0xfff_ffff_ffff;
    format!("2 111122223333 eni-{id:017x} {ends} 6 {packets} {bytes} {start} {} {action} OK", start + 44)
}

fn query(number: u64) -> String {
    let mixed = mix(number % 50_000);
    let time = Timestamp::from_millis(1_767_571_200_000 + number as i64 * 20).iso8601();
    format!(
        r#"{{"version":"1.100000","account_id":"111122223333","region":"eu-west-1","vpc_id":"vpc-0123456789abcdef0","query_timestamp":"{time}","query_name":"host-{}.service-{}.example.com.","query_type":"A","query_class":"IN","rcode":"NOERROR","answers":[{{"Rdata":"10.0.{}.{}","Type":"A","Class":"IN"}}],"srcaddr":"10.0.0.{}","srcport":"{}","transport":"UDP","srcids":{{"instance":"i-{:017x}"}}}}"#,
        mixed % 1_000,
        mixed >> 10 & 63,
        mixed >> 20 & 255,
        mixed >> 28 & 255,
        mixed >> 36 & 255,
        32_768 + (mixed >> 40 & 0x3fff),
        mixed % 400
    )
}
