use proptest::prelude::*;

use super::*;
use crate::Rejected;

const EVENT: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:s","arn":"arn:aws:sts::111122223333:assumed-role/Ops/s","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/Ops","accountId":"111122223333","userName":"Ops"},"webIdFederationData":{},"attributes":{"creationDate":"2023-07-10T11:00:00Z","mfaAuthenticated":"true"},"ec2RoleDelivery":"2.0"},"inScopeOf":{"credentialsIssuedTo":"arn:aws:ec2:x"}},"eventTime":"2023-07-10T11:42:36Z","eventSource":"s3.amazonaws.com","eventName":"PutObject","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","userAgent":"[a \"b\"]","errorCode":"AccessDenied","errorMessage":"no \u00e9","requestParameters":{"bucketName":"b","key":"a/}\"{"},"responseElements":null,"additionalEventData":{"x":[1,2]},"requestID":"R","eventID":"E-1","readOnly":false,"resources":[{"ARN":"a"}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"444455556666","vpcEndpointId":"vpce-1","eventCategory":"Data"}"#;

/// The names of events and the reasons of what is none, in order.
fn names(bytes: &[u8]) -> Vec<String> {
    let mut records = Records::new(bytes);
    let mut names = Vec::new();
    while let Some(found) = records.read() {
        names.push(match found {
            Ok(event) => event.name.into_owned(),
            Err(Rejected { broken, .. }) => broken.reason,
        });
    }
    names
}

fn event(name: &str) -> String {
    EVENT.replace("PutObject", name)
}

#[test]
fn every_member() {
    let event = parse(EVENT).unwrap();
    assert_eq!(event.raw, EVENT);
    assert_eq!(event.time.iso8601(), "2023-07-10T11:42:36Z");
    assert_eq!((&*event.source, &*event.name, &*event.id), ("s3.amazonaws.com", "PutObject", "E-1"));
    assert_eq!((&*event.kind, &*event.category, &*event.region), ("AwsApiCall", "Data", "eu-west-1"));
    assert_eq!((&*event.account, &*event.source_ip), ("444455556666", "192.0.2.7"));
    assert_eq!((&*event.user_agent, &*event.error_code), ("[a \"b\"]", "AccessDenied"));
    assert_eq!(
        (&*event.error_message, event.read_only, event.management),
        ("no é", Some(false), Some(false))
    );
    assert_eq!((event.request, event.response), (r#"{"bucketName":"b","key":"a/}\"{"}"#, ""));
    assert_eq!((event.additional, event.resources), (r#"{"x":[1,2]}"#, r#"[{"ARN":"a"}]"#));
    assert_eq!(event.vpc_endpoint, "vpce-1");
    let who = &event.identity;
    assert_eq!(
        (&*who.kind, &*who.principal_id, &*who.account),
        ("AssumedRole", "AROAEXAMPLE:s", "111122223333")
    );
    assert_eq!((&*who.access_key, &*who.user_name, who.mfa), ("ASIAEXAMPLE", "Ops", true));
    assert_eq!((&*who.issuer_kind, &*who.issuer_principal_id), ("Role", "AROAEXAMPLE"));
    assert_eq!((&*who.issuer_arn, &*who.ec2_role_delivery), ("arn:aws:iam::111122223333:role/Ops", "2.0"));
    assert_eq!(who.credentials_issued_to, "arn:aws:ec2:x");
    assert_eq!(who.session_began.unwrap().iso8601(), "2023-07-10T11:00:00Z");
}

#[test]
fn members_that_are_missing_or_odd() {
    let least = r#"{"eventTime":"2023-07-10T11:42:36Z","eventSource":"a","eventName":"b","userIdentity":null,"readOnly":"true","recipientAccountId":111122223333}"#;
    let event = parse(least).unwrap();
    assert_eq!((event.read_only, &*event.account, event.management), (Some(true), "111122223333", None));
    let wrong = [
        (r#"{"eventSource":"a","eventName":"b"}"#, "`eventTime` is missing"),
        (r#"{"eventTime":"soon","eventSource":"a","eventName":"b"}"#, "`eventTime` is not a moment"),
        (r#"{"eventTime":"2023-07-10T11:42:36Z","eventName":"b"}"#, "`eventSource` is missing"),
        (r#"{"eventName":{}}"#, "`eventName` is not a string"),
        (r#"{"userIdentity":"me"}"#, "`userIdentity` is not an object"),
        (r#"{"eventName":"a" "x":1}"#, "byte 17: a comma or `}` should follow a member"),
        (r#"{"eventName":"a"#, "the record is cut off"),
        ("[]", "byte 0: an object should begin"),
    ];
    for (text, reason) in wrong {
        assert_eq!(parse(text).unwrap_err().reason, reason, "{text}");
    }
}

#[test]
fn the_ways_in_which_events_are_delivered() {
    let (a, b) = (event("A"), event("B"));
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let pretty: serde_json::Value = serde_json::from_str(&a).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    let bridge = format!(
        r#"{{"version":"0","id":"i","resources":[],"detail-type":"AWS API Call via CloudTrail","detail":{a}}}"#
    );
    let stream = format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","logStream":"s","subscriptionFilters":[],"logEvents":[{{"id":"1","timestamp":1,"message":{}}},{{"id":"2","timestamp":1,"message":{}}}]}}"#,
        quoted(&a),
        quoted(&b)
    );
    let both = [
        format!("{{\"Records\":[{a},{b}]}}"),
        format!("\u{feff}{{\"Records\":[{a},\n{b}],\"x\":1}}\n"),
        format!("[{a},{b}]"),
        format!("{a}\n{b}\n"),
        format!("{a}\r\n\r\n{b}"),
        format!("{a}{b}"),
        format!("{a},\n{b},"),
        format!("{pretty}\n{b}"),
        format!("{{\"Records\":[{a}]}}{{\"Records\":[{b}]}}"),
        format!("{bridge}\n{b}"),
        stream,
        format!("2023-07-10T11:42:36.000Z {a}\n2023-07-10T11:42:37.000Z {b}\n"),
        format!("[{},{}]", quoted(&a), quoted(&b)),
        format!(
            r#"{{"events":[{{"message":{}}},{{"message":{}}}],"searchedLogStreams":[]}}"#,
            quoted(&a),
            quoted(&b)
        ),
        format!(r#"{{"Events":[{{"EventId":"e","CloudTrailEvent":{}}}],"NextToken":"t"}}{b}"#, quoted(&a)),
        format!("{{\"message\":{}}}\n{b}", quoted(&bridge)),
    ];
    for text in both {
        assert_eq!(names(text.as_bytes()), ["A", "B"], "{text}");
    }
    for none in ["", " \n", "{\"Records\":[]}", "[]"] {
        assert!(names(none.as_bytes()).is_empty(), "{none}");
    }
}

#[test]
fn the_envelope_tells_where_from() {
    let text = format!(r#"{{"owner":"1","logGroup":"g","logStream":"s","logEvents":[{}]}}"#, event("A"));
    let mut records = Records::new(text.as_bytes());
    assert!(records.read().unwrap().is_ok());
    let origin = records.origin();
    assert_eq!((origin.account, origin.log_group, origin.log_stream), ("1", "g", "s"));
}

#[test]
fn what_is_not_an_event_is_named() {
    let digest = r#"{"awsAccountId":"1","digestStartTime":"2023-07-10T11:42:36Z","logFiles":[]}"#;
    let config = r#"{"fileVersion":"1.0","configSnapshotId":"x","configurationItems":[{}]}"#;
    let insight = event("A").replace("AwsApiCall", "AwsCloudTrailInsight");
    let control = r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","message":"CWL CONTROL MESSAGE: health"}]}"#;
    for (text, kind) in [
        (digest, "a digest file"),
        (config, "an AWS Config snapshot"),
        (&insight, "a CloudTrail Insights event"),
        (control, "a message without a record"),
    ] {
        let mut records = Records::new(text.as_bytes());
        let rejected = records.read().unwrap().unwrap_err();
        assert!(rejected.foreign && rejected.broken.reason.starts_with(kind), "{rejected:?}");
        assert!(records.read().is_none(), "{kind}");
    }
}

#[test]
fn damage_takes_no_more_than_itself() {
    let (a, b) = (event("A"), event("B"));
    let cut = &a[..a.len() - 30];
    let open = a.replace("\"E-1\"", "\"E-1");
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let cases = [
        (format!("{a}\n{cut}\n{b}"), 3),
        (format!("{a}\n{open}\n{b}"), 3),
        (format!("{a}\n{deep}\n{b}"), 3),
        (format!("{{\"Records\":[{a},{deep},{b}]}}"), 3),
        (format!("{{\"Records\":[{a},{{}},{b}]}}"), 3),
        (format!("{{\"Records\":[{a},7,{b}]}}"), 3),
        (format!("{{\"Records\":[\n{a},\n{open},\n{b}\n]}}"), 3),
        (format!("{{\"Records\":[{a},{cut}\n{b}"), 3),
        (format!("{a}\nnonsense\n{b}"), 3),
        (format!("{{\"Records\":[{a},{b}"), 3),
    ];
    for (text, count) in cases {
        let names = names(text.as_bytes());
        assert_eq!(names.len(), count, "{names:?} {text}");
        let whole = |name: &str| names.iter().any(|found| found == name);
        assert!(whole("A") && whole("B"), "{names:?}");
    }
}

#[test]
fn what_is_not_utf8_is_named_with_its_place() {
    let (a, b) = (event("A"), event("B"));
    for (before, between, after) in [("", "\n", ""), ("{\"Records\":[", ",", "]}")] {
        let mut bytes = format!("{before}{a}{between}{a}{between}{b}{after}").into_bytes();
        let place = before.len() + a.len() + between.len() + a.find("192").unwrap();
        bytes[place] = 0xff;
        assert_eq!(names(&bytes), ["A", &format!("byte {place}: not UTF-8"), "B"]);
    }
    assert_eq!(names(b"\xff"), ["byte 0: not UTF-8"]);
}

#[test]
fn a_record_has_a_most_size() {
    let long = EVENT.replace("\"b\"", &format!("\"{}\"", "b".repeat(crate::MAX_RECORD)));
    let found = names(format!("{long}\n{EVENT}").as_bytes());
    assert!(found[0].starts_with("a record of ") && found[1] == "PutObject", "{}", found.len());
    assert!(parse(&long).is_err());
}

proptest! {
    #[test]
    fn damage_is_survived_and_accounted_for(
        count in 1_usize..4,
        lines in any::<bool>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let events = vec![EVENT; count];
        let text = if lines { events.join("\n") } else { format!("{{\"Records\":[{}]}}", events.join(",")) };
        let mut bytes = text.into_bytes();
        for (place, byte) in &changes {
            let place = place.index(bytes.len());
            bytes[place] = *byte;
        }
        let mut records = Records::new(&bytes);
        let (mut well, mut seen) = (0, 0);
        while let Some(found) = records.read() {
            match found {
                Ok(event) => {
                    well += 1;
                    for part in [event.request, event.response, event.additional, event.resources] {
                        prop_assert!(event.raw.contains(part));
                    }
                    let again = parse(event.raw);
                    prop_assert!(again.is_ok(), "{:?}", again);
                }
                Err(rejected) => {
                    prop_assert!(rejected.at >= seen);
                    seen = rejected.at + rejected.raw.len();
                    prop_assert_eq!(&bytes[rejected.at..seen], rejected.raw);
                }
            }
        }
        // Each change spoils at most the two records beside it, and in a file of one line at most what follows.
        if changes.is_empty() {
            prop_assert_eq!(well, count);
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(
        prop_oneof![any::<u8>(), prop::sample::select(&b"{}[]\",:\\\n e1"[..])], 0..200))
    {
        let mut records = Records::new(&bytes);
        let mut count = 0;
        while records.read().is_some() {
            count += 1;
            prop_assert!(count <= bytes.len() + 1);
        }
    }
}

#[test]
fn a_long_user_agent_is_cut() {
    for long in ["a".repeat(9000), "é".repeat(4000), "\\n".repeat(4000)] {
        let text = EVENT.replace(r#"[a \"b\"]"#, &long);
        let event = parse(&text).unwrap();
        assert!((1000..=1024).contains(&event.user_agent.len()), "{}", event.user_agent.len());
    }
}
