use proptest::prelude::*;

use super::*;

const QUERY: &str = r#"{"version":"1.100000","account_id":"111122223333","region":"eu-west-1","vpc_id":"vpc-1","query_timestamp":"2023-07-10T11:42:36Z","query_name":"example.com.","query_type":"A","query_class":"IN","rcode":"NOERROR","answers":[{"Rdata":"203.0.113.9","Type":"A","Class":"IN"},{"Rdata":"a \"b\"","Type":"TXT","Class":"IN"}],"srcaddr":"10.0.0.5","srcport":"56067","transport":"UDP","srcids":{"instance":"i-1"},"firewall_rule_action":"BLOCK","firewall_rule_group_id":"rslvr-frg-1"}"#;

#[test]
fn every_member() {
    let query = parse(QUERY).unwrap();
    assert_eq!((&*query.account, &*query.region, &*query.vpc), ("111122223333", "eu-west-1", "vpc-1"));
    assert_eq!(query.time.iso8601(), "2023-07-10T11:42:36Z");
    assert_eq!((&*query.name, &*query.kind, &*query.rcode), ("example.com.", "A", "NOERROR"));
    assert_eq!((query.source, query.source_port), ("10.0.0.5".parse().ok(), 56067));
    assert_eq!((&*query.transport, &*query.instance, &*query.firewall_action), ("UDP", "i-1", "BLOCK"));
    let answers: Vec<_> = query.answers.iter().map(|answer| (&*answer.data, &*answer.kind)).collect();
    assert_eq!(answers, [("203.0.113.9", "A"), ("a \"b\"", "TXT")]);
}

#[test]
fn any_order_says_the_same() {
    let members = &QUERY[1..QUERY.len() - 1];
    let (before, after) = members.split_once(",\"query_type\"").unwrap();
    let turned = format!("{{\"query_type\"{after},{before}}}");
    let spaced = QUERY.replace(",\"", ", \"").replace("\":", "\": ");
    let escaped = QUERY.replace("example.com.", "ex\\u0061mple.com.");
    let told = format!("{:?}", parse(QUERY).unwrap());
    for text in [turned, spaced, escaped] {
        let read = format!("{:?}", parse(&text).unwrap());
        assert_eq!(read, told, "{text}");
    }
    for cut in 0..QUERY.len() {
        assert!(parse(&QUERY[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn lines_and_messages() {
    let message = serde_json::to_string(QUERY).unwrap();
    for text in [
        format!("{QUERY}\n{QUERY}\n"),
        format!(r#"{{"owner":"1","logEvents":[{{"message":{message}}},{{"message":{message}}}]}}"#),
        format!("2023-07-10T11:42:36.000Z {QUERY}\n2023-07-10T11:42:36.000Z {QUERY}\n"),
    ] {
        let mut records = Records::new(text.as_bytes());
        assert!(records.read().unwrap().is_ok());
        assert_eq!(records.read().unwrap().unwrap().name, "example.com.");
        assert!(records.read().is_none());
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (text, reason) in [
        ("{}", "`query_name` is missing"),
        (r#"{"query_name":"a."}"#, "`query_timestamp` is missing"),
        (r#"{"query_name":"a.","query_timestamp":"x"}"#, "`query_timestamp` is not a moment"),
        (r#"{"query_name":"a.","answers":1}"#, "`answers` is not a list"),
    ] {
        assert_eq!(parse(text).unwrap_err().reason, reason);
    }
}

proptest! {
    #[test]
    fn damage_is_survived(place in any::<prop::sample::Index>(), byte in 0_u8..128) {
        let mut bytes = QUERY.as_bytes().to_vec();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let mut records = Records::new(&bytes);
        let mut count = 0;
        while records.read().is_some() {
            count += 1;
        }
        prop_assert!(count >= 1);
    }
}
