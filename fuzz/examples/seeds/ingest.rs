//! Whole files of logs, Parquet files, and what comes with them.

use bastide_ids::Timestamp;
use bastide_lake::Lake;
use bastide_logs::{Origin, Record, flow};

use super::seed;

const EVENT: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"Root","accountId":"111122223333"},"eventTime":"2023-07-10T11:42:36Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7","eventID":"1"}"#;
const FLOWS: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n\
    2 111122223333 eni-1 10.0.0.5 203.0.113.9 49152 443 6 10 840 1688989356 1688989416 ACCEPT OK\n\
    2 111122223333 eni-1 2001:db8::1 2001:db8::2 1 22 6 1 40 1688989357 1688989417 REJECT OK\n\
    2 111122223333 eni-2 - - - - - - - 1688989358 1688989418 - NODATA\n";

pub fn ingest() {
    let trail = "AWSLogs/111122223333/CloudTrail/eu-west-1/2023/07/10/111122223333_CloudTrail_eu-west-1_20230710T1145Z_x.json";
    for (name, file, log) in [
        ("document", trail, format!("{{\"Records\":[{EVENT},{EVENT}]}}")),
        ("lines", "a", format!("{EVENT}\n{EVENT}\n")),
        ("pretty", "a", EVENT.replace(",\"", ",\n  \"")),
        ("array", "a", format!("[{EVENT},\n{EVENT}]")),
        ("flows", "vpcflowlogs/eu-west-1/x.log", FLOWS.to_owned()),
        (
            "login",
            "rds/orders/error.log",
            "2023-07-10 11:42:36 UTC:192.0.2.7(5):a@b:[1]:FATAL:  password authentication failed for user \"a\"\n".to_owned(),
        ),
        (
            "dns",
            "a",
            r#"{"version":"1.1","account_id":"1","query_timestamp":"2023-07-10T11:42:36Z","query_name":"a.example.","query_type":"A","rcode":"NOERROR","answers":[],"srcaddr":"10.0.0.1","srcids":{"instance":"i-1"}}"#.to_owned(),
        ),
        ("audit", "aws/eks/prod/cluster/x", r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","stage":"ResponseComplete","verb":"list","user":{"username":"jane"},"requestReceivedTimestamp":"2023-07-10T11:42:36.123456Z"}"#.to_owned()),
        ("none", "a", "<html></html>".to_owned()),
    ] {
        seed("ingest", name, format!("{file}\n{log}"));
        let packed = zstd::encode_all(log.as_bytes(), 1).expect("memory");
        seed("ingest", &format!("{name}.zst"), [file.as_bytes(), b"\n", &packed].concat());
    }
    parquet();
    listings();
}

/// A part of a lake, which holds flow records as other Parquet files do.
fn parquet() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut lake = Lake::open(folder.path()).expect("a lake");
    let mut writer = lake.writer().expect("nobody else writes");
    let mut records = flow::Records::new(FLOWS.as_bytes(), None, Origin::default());
    records.each(&mut |record| {
        if let Ok(flow) = record {
            writer.add(&Record::Flow(flow));
        }
    });
    writer.commit(Timestamp::from_seconds(1_688_990_000)).expect("a part");
    for part in lake.parts().expect("a catalog") {
        let bytes = std::fs::read(folder.path().join(part.path())).expect("a part");
        seed("parquet_flows", &format!("part-{}", part.id), &bytes);
        seed("ingest", &format!("part-{}.parquet", part.id), [b"a\n", &*bytes].concat());
    }
}

fn listings() {
    seed(
        "bucket_list",
        "page",
        r#"<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>
<IsTruncated>true</IsTruncated><NextContinuationToken>1a/==</NextContinuationToken><Contents><Key>a%2Bb+c/x.gz</Key>
<Size>12</Size><ETag>&quot;abc&quot;</ETag></Contents><Contents><Key>d</Key><Size>0</Size></Contents></ListBucketResult>"#,
    );
    seed("push_query", "both", "name=AWSLogs%2Fx+y.gz&kind=flow\ngzip\nbody");
    seed("push_query", "presigned", "X-Amz-Date=20230710T114236Z&X-Amz-Signature=00&name=%C3%A4\n\nbody");
}
