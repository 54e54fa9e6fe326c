use std::borrow::Cow;
use std::fs;
use std::sync::Arc;

use bastide_ids::Timestamp;
use bastide_logs::{Record, cloudtrail, dns, flow, kubernetes, login};
use bytes::Bytes;
use parquet::data_type::Int64Type;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::{FileHead, FileState, FlowFile, Kind, Lake, LakeError};

const DAY: i64 = 86_400_000;

fn event(number: i64, account: &str) -> String {
    let time = Timestamp::from_millis(DAY * 19_000 + number * 1_000);
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","accountId":"{account}","userName":"a"}},"eventTime":"{}","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1","userAgent":"x","requestParameters":null,"responseElements":null,"eventID":"id-{number}","readOnly":true,"eventType":"AwsApiCall","recipientAccountId":"{account}"}}"#,
        time.iso8601()
    )
}

fn add(writer: &mut crate::Writer<'_>, text: &str) {
    let event = cloudtrail::parse(text).unwrap();
    writer.add(&Record::CloudTrail(&event));
}

fn ids(lake: &Lake) -> Vec<String> {
    let mut ids = Vec::new();
    let mut each = id_into(&mut ids);
    lake.replay(0).unwrap().show_all(&mut each).unwrap();
    drop(each);
    ids
}

fn id_into(ids: &mut Vec<String>) -> impl FnMut(&Record<'_>) {
    |record| {
        if let Record::CloudTrail(event) = record {
            ids.push(event.id.to_string());
        }
    }
}

#[test]
fn records_come_back_in_the_order_of_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let mut writer = lake.writer().unwrap();
    for numbers in [[7, 1, 300_000], [2, 90_000, 3]] {
        for number in numbers {
            add(&mut writer, &event(number, if number % 2 == 0 { "111111111111" } else { "222222222222" }));
        }
        writer.commit(Timestamp::default()).unwrap();
    }
    drop(writer);
    assert_eq!(ids(&lake), ["id-1", "id-2", "id-3", "id-7", "id-90000", "id-300000"]);
    let totals = lake.totals().unwrap();
    assert_eq!((totals.records, totals.parts), (6, 5));
}

#[test]
fn a_replay_goes_on_where_it_paused() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let numbers = [1, 90_000, 2, 3, 180_000, 90_001];
    let mut writer = lake.writer().unwrap();
    numbers.iter().for_each(|number| add(&mut writer, &event(*number, "111111111111")));
    writer.commit(Timestamp::default()).unwrap();
    drop(writer);
    let (mut seen, mut replay) = (Vec::new(), lake.replay(0).unwrap());
    assert_eq!(replay.rows(), 6);
    let mut pauses = 0;
    while replay.show(1, &mut id_into(&mut seen)).unwrap() {
        pauses += 1;
        assert_eq!(replay.shown(), seen.len() as u64);
        if pauses == 3 {
            // What comes meanwhile has its own turn.
            let mut writer = lake.writer().unwrap();
            add(&mut writer, &event(4, "111111111111"));
            writer.commit(Timestamp::default()).unwrap();
        }
    }
    assert!(pauses >= 6);
    lake.replay(replay.end()).unwrap().show_all(&mut id_into(&mut seen)).unwrap();
    assert_eq!(seen, ["id-1", "id-2", "id-3", "id-90000", "id-90001", "id-180000", "id-4"]);
    assert_eq!(lake.replay(lake.replay(0).unwrap().end()).unwrap().rows(), 0);
}

#[test]
fn a_part_that_cannot_be_read_keeps_nobody_from_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let mut writer = lake.writer().unwrap();
    for (number, account) in [(1, "111111111111"), (2, "222222222222"), (90_000, "111111111111")] {
        add(&mut writer, &event(number, account));
    }
    writer.commit(Timestamp::default()).unwrap();
    drop(writer);
    let part =
        lake.parts().unwrap().into_iter().find(|part| part.partition.account == "222222222222").unwrap();
    std::fs::write(folder.path().join(part.path()), b"PAR1 it was").unwrap();
    let (mut seen, mut replay) = (Vec::new(), lake.replay(0).unwrap());
    assert!(replay.show(100, &mut id_into(&mut seen)).is_err());
    replay.show_all(&mut id_into(&mut seen)).unwrap();
    assert_eq!(seen, ["id-1", "id-90000"]);
}

#[test]
fn what_was_not_committed_is_not_there_nor_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let mut writer = lake.writer().unwrap();
    add(&mut writer, &event(1, "111111111111"));
    let state = FileState {
        name: "/a".into(),
        size: 10,
        stamp: u64::MAX,
        head: Some(FileHead { length: 1_024, hash: u64::MAX - 1 }),
        offset: 7,
        records: 1,
        complete: true,
    };
    writer.note(state.clone());
    assert_eq!(writer.file("/a").unwrap(), Some(state.clone()));
    writer.commit(Timestamp::default()).unwrap();
    add(&mut writer, &event(2, "111111111111"));
    writer.note(FileState { offset: 20, ..state.clone() });
    drop(writer);
    // As if killed between writing a part and the catalog.
    let parts = folder.path().join("cloudtrail/account=111111111111/region=eu-west-1/day=2022-01-08");
    fs::write(parts.join("2.parquet"), b"half of it").unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    assert_eq!(ids(&lake), ["id-1"]);
    assert_eq!(lake.file("/a").unwrap(), Some(state.clone()));
    assert_eq!(lake.file_that_begins(state.head.unwrap()).unwrap(), Some(state));
    let mut writer = lake.writer().unwrap();
    add(&mut writer, &event(2, "111111111111"));
    writer.commit(Timestamp::default()).unwrap();
    drop(writer);
    assert_eq!(ids(&lake), ["id-1", "id-2"]);
}

#[test]
fn a_head_tells_the_file_that_was_read_furthest() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let mut writer = lake.writer().unwrap();
    let head = |hash| FileHead { length: 1_024, hash };
    let mut note = |name: &str, hash, offset| {
        writer.note(FileState { name: name.into(), head: Some(head(hash)), offset, ..FileState::default() });
        writer.file_that_begins(head(1)).unwrap().map(|state| state.name)
    };
    assert_eq!(note("/a", 1, 10).as_deref(), Some("/a"));
    assert_eq!(note("/b", 1, 30).as_deref(), Some("/b"));
    assert_eq!(note("/a", 1, 20).as_deref(), Some("/b"));
    // Another file is in its place.
    assert_eq!(note("/b", 2, 5).as_deref(), Some("/a"));
    assert_eq!(note("/a", 2, 7), None);
}

#[test]
fn one_writes_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, mut other) = (Lake::open(folder.path()).unwrap(), Lake::open(folder.path()).unwrap());
    let writer = one.writer().unwrap();
    assert!(matches!(other.writer(), Err(LakeError::Busy(_))));
    drop(writer);
    assert!(other.writer().is_ok());
}

#[test]
fn small_parts_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let mut writer = lake.writer().unwrap();
    for number in (0..20).rev() {
        add(&mut writer, &event(number, "111111111111"));
        writer.commit(Timestamp::default()).unwrap();
    }
    assert_eq!(writer.compact().unwrap(), 19);
    drop(writer);
    assert_eq!(lake.totals().unwrap().parts, 1);
    assert_eq!(ids(&lake), (0..20).map(|number| format!("id-{number}")).collect::<Vec<_>>());
    let left =
        fs::read_dir(folder.path().join("cloudtrail/account=111111111111/region=eu-west-1/day=2022-01-08"));
    assert_eq!(left.unwrap().count(), 1);
}

#[test]
fn every_kind_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let time = Timestamp::from_seconds(1_700_000_000);
    let flow = flow::Flow {
        account: "111111111111",
        region: "eu-west-1",
        interface: "eni-1",
        source: Some("2001:db8::1".parse().unwrap()),
        destination: Some("192.0.2.9".parse().unwrap()),
        source_port: 50_000,
        destination_port: 443,
        protocol: 6,
        packets: 3,
        bytes: u64::from(u32::MAX) + 1,
        start: time,
        end: time,
        accepted: Some(false),
        tcp_flags: Some(2),
        direction: Some(flow::Direction::Egress),
        ..flow::Flow::default()
    };
    let answers = [dns::Answer { data: "192.0.2.1".into(), kind: "A".into() }].into_iter().collect();
    let query = dns::Query { time, name: "a.example.".into(), answers, ..dns::Query::default() };
    let audit = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"k-1","stage":"ResponseComplete","verb":"list","requestURI":"/api","user":{"username":"u"},"sourceIPs":["192.0.2.3"],"requestReceivedTimestamp":"2023-11-14T22:13:20.000000Z"}"#;
    let mut audit = kubernetes::parse(audit).unwrap();
    audit.cluster = Cow::Borrowed("prod");
    let login = login::Login { time, user: "bob".into(), tls: Some(true), ..login::Login::default() };
    let records =
        [Record::Flow(&flow), Record::Dns(&query), Record::Kubernetes(&audit), Record::Login(&login)];
    let mut writer = lake.writer().unwrap();
    records.iter().for_each(|record| writer.add(record));
    writer.reject("{\"reason\":\"none\"}\n");
    writer.commit(time).unwrap();
    drop(writer);
    let mut seen = Vec::new();
    lake.replay(0).unwrap().show_all(&mut |record| seen.push(format!("{record:?}"))).unwrap();
    let mut given: Vec<String> = records.iter().map(|record| format!("{record:?}")).collect();
    seen.sort();
    given.sort();
    assert_eq!(seen, given);
    let mut rejected = Vec::new();
    lake.rejected(&mut |line| rejected.push(line.to_owned())).unwrap();
    assert_eq!(rejected, ["{\"reason\":\"none\"}"]);
    let part = lake.parts().unwrap().into_iter().find(|part| part.partition.kind == Kind::Flow).unwrap();
    let bytes = fs::read(folder.path().join(part.path())).unwrap();
    let mut count = 0;
    FlowFile::new(bytes.clone().into()).unwrap().read("", "", &mut |_| count += 1).unwrap();
    assert_eq!(count, 1);
    // Damage anywhere is an error or another record, never a panic that gets out.
    for at in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        if let Ok(file) = FlowFile::new(Bytes::from(damaged)) {
            let _ = file.read("", "", &mut |_| {});
        }
    }
    assert!(FlowFile::new(Bytes::from_static(b"PAR1 and nothing")).is_err());
}

#[test]
fn a_small_file_of_very_many_rows_is_refused() {
    let file = |count: usize| {
        let schema = "message rows { required int64 srcaddr; required int64 dstaddr; required int64 start; }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
        let mut group = writer.next_row_group().unwrap();
        while let Some(mut column) = group.next_column().unwrap() {
            column.typed::<Int64Type>().write_batch(&vec![7; count], None, None).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
        FlowFile::new(writer.into_inner().unwrap().into())
    };
    let mut count = 0;
    file(900_000).unwrap().read("", "", &mut |_| count += 1).unwrap();
    assert_eq!(count, 900_000);
    let told = file(1_100_000).err().unwrap();
    assert!(told.starts_with("the Parquet file claims 1100000 rows"), "{told}");
}

#[test]
fn what_logs_say_does_not_name_folders() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let query = dns::Query { account: "../../etc".into(), region: "a/b".into(), ..dns::Query::default() };
    let mut writer = lake.writer().unwrap();
    writer.add(&Record::Dns(&query));
    writer.add(&Record::Dns(&query));
    writer.commit(Timestamp::default()).unwrap();
    drop(writer);
    let parts = lake.parts().unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].partition.account, "unknown");
    let mut account = String::new();
    let replay = lake.replay(0).unwrap();
    replay
        .show_all(&mut |record| {
            if let Record::Dns(query) = record {
                account = query.account.to_string();
            }
        })
        .unwrap();
    assert_eq!(account, "../../etc", "the record says what it said");
}
