use proptest::prelude::*;

use super::*;
use crate::Origin;

const LINE: &str =
    "2 111122223333 eni-1 10.0.0.5 203.0.113.9 49152 443 6 10 840 1688989356 1688989416 ACCEPT OK";

fn all<'a>(text: &'a str, records: &mut Records<'a>) -> Vec<Result<(Option<IpAddr>, u16), String>> {
    let mut found = Vec::new();
    records.each(&mut |record| {
        found.push(record.map(|flow| (flow.source, flow.destination_port)).map_err(|rejected| {
            assert_eq!(&text.as_bytes()[rejected.at..][..rejected.raw.len()], rejected.raw);
            rejected.broken.reason
        }));
    });
    found
}

fn read(text: &str) -> Vec<Result<(Option<IpAddr>, u16), String>> {
    all(text, &mut Records::new(text.as_bytes(), None, Origin::default()))
}

#[test]
fn the_default_format() {
    let flow = parse(LINE, &Columns::default(), Origin { region: "eu-west-1", ..Origin::default() }).unwrap();
    assert_eq!((flow.account, flow.interface, flow.region), ("111122223333", "eni-1", "eu-west-1"));
    assert_eq!((flow.source, flow.destination), ("10.0.0.5".parse().ok(), "203.0.113.9".parse().ok()));
    assert_eq!((flow.source_port, flow.destination_port, flow.protocol), (49152, 443, 6));
    assert_eq!((flow.packets, flow.bytes, flow.accepted), (10, 840, Some(true)));
    assert_eq!((flow.start.seconds(), flow.end.seconds()), (1_688_989_356, 1_688_989_416));
    assert_eq!((flow.status, flow.tcp_flags), (Status::Ok, None));
    for (line, status) in [
        ("2 111122223333 eni-1 - - - - - - - 1688989356 1688989416 - NODATA", Status::NoData),
        ("2 111122223333 eni-1 - - - - - - - 1688989356 1688989416 - SKIPDATA", Status::SkipData),
    ] {
        let flow = parse(line, &Columns::default(), Origin::default()).unwrap();
        assert_eq!((flow.status, flow.source, flow.accepted, flow.bytes), (status, None, None, 0));
    }
}

#[test]
fn any_columns_in_any_order() {
    let text = "flow-direction version srcaddr dstaddr dstport pkt-srcaddr tcp-flags ecs-cluster-arn pkt-dst-aws-service new-thing instance-id vpc-id subnet-id region end\n\
        egress 7 2001:db8::1 10.0.0.1 22 198.51.100.7 19 arn:x S3 y i-1 vpc-1 subnet-1 us-east-1 1688989416\n\
        version srcaddr dstport\n\
        5 10.0.0.9 80\n";
    let mut records = Records::new(text.as_bytes(), None, Origin { account: "1", ..Origin::default() });
    let mut count = 0;
    records.each(&mut |record| {
        let flow = record.unwrap();
        count += 1;
        if count > 1 {
            assert_eq!((flow.source, flow.destination_port), ("10.0.0.9".parse().ok(), 80));
            assert_eq!((flow.direction, flow.instance, flow.packet_source), (None, "", None));
            return;
        }
        assert_eq!((flow.direction, flow.tcp_flags), (Some(Direction::Egress), Some(19)));
        let sources = (flow.source, flow.packet_source);
        assert_eq!(sources, ("2001:db8::1".parse().ok(), "198.51.100.7".parse().ok()));
        assert_eq!((flow.destination_service, flow.instance, flow.vpc), ("S3", "i-1", "vpc-1"));
        assert_eq!((flow.subnet, flow.region, flow.account), ("subnet-1", "us-east-1", "1"));
        assert_eq!(flow.start.seconds(), 1_688_989_416);
    });
    assert_eq!(count, 2);
    let custom = Columns::parse("${srcaddr} ${dstport}").unwrap();
    let text = "10.0.0.9 80";
    let found = all(text, &mut Records::new(text.as_bytes(), Some(custom), Origin::default()));
    assert_eq!(found, [Ok(("10.0.0.9".parse().ok(), 80))]);
    assert!(
        Columns::parse("10.0.0.9").is_err() && Columns::parse("a b").is_err() && Columns::parse("").is_err()
    );
}

#[test]
fn exports_and_subscriptions() {
    let stream = format!(
        r#"{{"owner":"1","logGroup":"g","logEvents":[{{"id":"1","message":"{LINE}"}},{{"id":"2","message":"{LINE}","extractedFields":{{"a":"b"}}}}]}}"#
    );
    for text in [
        format!("{LINE}\n{LINE}\r\n\n"),
        format!("2023-07-10T11:42:36.000Z {LINE}\n2023-07-10T11:42:36.000Z {LINE}"),
        stream,
    ] {
        let one = Ok(("10.0.0.5".parse().ok(), 443));
        assert_eq!(read(&text), [one.clone(), one], "{text}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let reason = |from: &str, to: &str| read(&LINE.replace(from, to)).remove(0).unwrap_err();
    assert_eq!(reason("443", "70000"), "`70000` can't be a `dstport`");
    assert_eq!(reason("10.0.0.5", "10.0.0.256"), "`10.0.0.256` can't be a `srcaddr`");
    assert_eq!(reason("ACCEPT", "MAYBE"), "`MAYBE` can't be a `action`");
    assert_eq!(reason(" OK", ""), "13 fields, and the log's format has 14; say which format it has");
    assert_eq!(reason(" OK", " OK 1"), "15 fields, and the log's format has 14; say which format it has");
    let mut bytes = format!("{LINE}\n{LINE}\n{LINE}").into_bytes();
    bytes[LINE.len() + 5] = 0xff;
    let mut found = Vec::new();
    Records::new(&bytes, None, Origin::default()).each(&mut |record| {
        found.push(record.map(|flow| flow.bytes).map_err(|rejected| (rejected.at, rejected.raw.len())));
    });
    assert_eq!(found, [Ok(840), Err((LINE.len() + 1, LINE.len())), Ok(840)]);
}

proptest! {
    #[test]
    fn addresses_are_as_the_library_reads_them(text in "[0-9]{0,4}(\\.[0-9]{0,4}){0,4}|[0-9a-f:.]{0,20}") {
        prop_assert_eq!(address(text.as_bytes()), text.parse().ok());
    }

    #[test]
    fn any_addresses(address in any::<std::net::IpAddr>()) {
        prop_assert_eq!(super::address(address.to_string().as_bytes()), Some(address));
    }

    #[test]
    fn any_lines(text in "(([a-z0-9.:-]{1,12}| |\n|version|srcaddr)){0,40}") {
        for line in read(&text) {
            let _ = line;
        }
    }

    #[test]
    fn lines_reassemble(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'\n')], 0..100)) {
        let mut lines = crate::lines::Lines::new(&bytes);
        let mut whole = if bytes.starts_with(b"\xef\xbb\xbf") { vec![0xef, 0xbb, 0xbf] } else { Vec::new() };
        while let Some(line) = lines.next() {
            match line {
                Ok((line, _)) => whole.extend(line.as_bytes()),
                Err(rejected) => whole.extend(rejected.raw),
            }
            whole.push(b'\n');
        }
        if bytes.last() != Some(&b'\n') {
            whole.pop();
        }
        prop_assert!(whole == bytes || bytes == b"\n", "{:?} {:?}", whole, bytes);
    }
}
