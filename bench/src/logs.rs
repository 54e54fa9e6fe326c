//! Reading logs: records a second of one thread, CloudTrail beside the fastest JSON parser on the same bytes.
//!
//! `bench logs [FILE …]`: the CloudTrail events of these files, or made ones.
#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bastide_logs::{Origin, cloudtrail, dns, flow, login};

/// Few enough to be read between two turns of the scheduler, so that the best round is undisturbed.
const RECORDS: usize = 3_000;
const ROUNDS: usize = 200;

/// `logs`: each parser's records a second.
pub(crate) fn run(files: &[String]) -> Result<(), Box<dyn Error>> {
    let events = if files.is_empty() { made_events() } else { events_of(files)? };
    let file = format!("{{\"Records\":[{}]}}", events.join(","));
    println!("{} CloudTrail events of {} bytes each", events.len(), file.len() / events.len().max(1));
    let ours = report("cloudtrail", events.len(), &file, |text| {
        let (mut records, mut count) = (cloudtrail::Records::new(text.as_bytes()), 0);
        while let Some(record) = records.read() {
            count += usize::from(black_box(record).is_ok());
        }
        count
    });
    let lazily = report("sonic-rs, members one by one", events.len(), &file, |_| {
        let each = |event: &String| {
            let members = sonic_rs::to_object_iter(event.as_str());
            usize::from(members.map(black_box).all(|member| member.is_ok()))
        };
        events.iter().map(each).sum()
    });
    let tree = report("sonic-rs, a tree of the file", events.len(), &file, |text| {
        let tree: Result<sonic_rs::Value, _> = sonic_rs::from_str(text);
        if black_box(tree).is_ok() { events.len() } else { 0 }
    });
    println!("cloudtrail / sonic-rs: {:.2} of its members, {:.2} of its tree", lazily / ours, tree / ours);
    others();
    Ok(())
}

fn others() {
    let flows: String = (0..RECORDS).map(flow_line).collect();
    report("flow", RECORDS, &flows, |text| {
        let (mut records, mut count) = (flow::Records::new(text.as_bytes(), None, Origin::default()), 0);
        records.each(&mut |record| count += usize::from(black_box(record).is_ok()));
        count
    });
    let queries: String = (0..RECORDS).map(query_line).collect();
    report("dns", RECORDS, &queries, |text| {
        let (mut records, mut count) = (dns::Records::new(text.as_bytes()), 0);
        while let Some(record) = records.read() {
            count += usize::from(black_box(record).is_ok());
        }
        count
    });
    let logins: String = (0..RECORDS).map(login_line).collect();
    report("login", RECORDS, &logins, |text| {
        let (mut records, mut count) =
            (login::Records::new(text.as_bytes(), Origin::default(), login::Connections::default()), 0);
        while let Some(record) = records.read() {
            count += usize::from(black_box(record).is_ok());
        }
        count
    });
}

/// Prints and returns the seconds of the best round. All records must be read.
fn report(name: &str, records: usize, text: &str, mut read: impl FnMut(&str) -> usize) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let count = read(black_box(text));
        best = best.min(began.elapsed());
        assert_eq!(count, records, "{name} reads every record");
    }
    let seconds = best.as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a rate")]
    let (rate, gigabytes) = (records as f64 / seconds / 1e6, text.len() as f64 / seconds / 1e9);
    println!("  {name:30} {rate:>6.2} million records/s, {gigabytes:.2} GB/s");
    seconds
}

fn events_of(files: &[String]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut events = Vec::new();
    for file in files {
        let bytes = std::fs::read(file)?;
        let mut records = cloudtrail::Records::new(&bytes);
        while let Some(record) = records.read() {
            let event = record.map_err(|rejected| format!("{file}: {}", rejected.broken))?;
            events.push(event.raw.to_owned());
        }
    }
    Ok(events)
}

fn made_events() -> Vec<String> {
    (0..RECORDS)
        .map(|n| {
            let role = format!("arn:aws:iam::111122223333:role/service-{}", n % 40);
            format!(
                r#"{{"eventVersion":"1.11","userIdentity":{{"type":"AssumedRole","principalId":"AROAEXAMPLE{n}:session","arn":"arn:aws:sts::111122223333:assumed-role/service-{}/session","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE{n}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLE{n}","arn":"{role}","accountId":"111122223333","userName":"service"}},"attributes":{{"creationDate":"2026-11-21T09:00:00Z","mfaAuthenticated":"false"}}}}}},"eventTime":"2026-11-21T09:30:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-central-1","sourceIPAddress":"192.0.2.{}","userAgent":"[aws-sdk-java/2.20.1 Linux/5.10 OpenJDK_64-Bit_Server_VM/17 exec-env/AWS_ECS_FARGATE]","requestParameters":{{"bucketName":"data-{}","Host":"data.s3.eu-central-1.amazonaws.com","key":"year=2026/month=11/part-{n:05}.parquet"}},"responseElements":null,"additionalEventData":{{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"exampleexampleexampleexampleexample","bytesTransferredOut":{n}}},"requestID":"REQUEST{n}","eventID":"00000000-0000-4000-8000-{n:012}","readOnly":true,"resources":[{{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::data/part-{n:05}.parquet"}},{{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::data"}}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data"}}"#,
                n % 40,
                n % 250,
                n % 7
            )
        })
        .collect()
}

fn flow_line(n: usize) -> String {
    let (host, peer, port) = (n % 256, n % 251, 1024 + n);
    format!(
        "2 111122223333 eni-0123456789abcdef0 10.0.0.{host} 203.0.113.{peer} {port} 443 6 {n} {} 1795253400 1795253460 ACCEPT OK\n",
        n * 840
    )
}

fn query_line(n: usize) -> String {
    format!(
        r#"{{"version":"1.100000","account_id":"111122223333","region":"eu-central-1","vpc_id":"vpc-0123456789abcdef0","query_timestamp":"2026-11-21T09:30:00Z","query_name":"host{n}.example.com.","query_type":"A","query_class":"IN","rcode":"NOERROR","answers":[{{"Rdata":"203.0.113.9","Type":"A","Class":"IN"}}],"srcaddr":"10.0.0.5","srcport":"56067","transport":"UDP","srcids":{{"instance":"i-0123456789abcdef0"}}}}
"#
    )
}

fn login_line(n: usize) -> String {
    format!(
        "2026-11-21 09:30:00 UTC:192.0.2.7(5432):alice@app:[{n}]:LOG:  connection authorized: user=alice database=app SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)\n"
    )
}
