use bastide_intel::Intel;
use serde_json::{Value, json};

use super::*;
use crate::detector::{Context, Detector};
use crate::settings::Settings;

fn call(minute: i64, session: &str, address: &str) -> Value {
    json!({
        "eventID": format!("{minute}-{session}-{address}"), "eventName": "ListBuckets",
        "eventSource": "s3.amazonaws.com", "awsRegion": "eu-central-1", "recipientAccountId": "111122223333",
        "eventTime": format!("2024-05-06T{:02}:{:02}:00Z", minute / 60, minute % 60), "sourceIPAddress": address,
        "userIdentity": {
            "type": "AssumedRole", "principalId": format!("AROAEXAMPLE:{session}"), "accountId": "111122223333",
            "arn": format!("arn:aws:sts::111122223333:assumed-role/web/{session}"),
            "sessionContext": {"ec2RoleDelivery": "2.0"}
        }
    })
}

fn found(calls: &[Value]) -> Vec<&'static str> {
    let (intel, settings) = (Intel::default(), Settings::default());
    let cx = Context { intel: &intel, settings: &settings };
    let (mut out, mut detector) = (Vec::new(), Exfiltration::default());
    for call in calls {
        let text = call.to_string();
        detector.cloudtrail(&bastide_logs::cloudtrail::parse(&text).unwrap(), cx, &mut out);
    }
    out.iter().map(|one| one.kind.name.rsplit('/').next().unwrap()).collect()
}

const WEB: &str = "i-0123456789abcdef0";

#[test]
fn used_elsewhere_while_the_instance_goes_on() {
    let calls = [
        call(0, WEB, "3.3.3.3"),
        call(5, WEB, "198.51.100.7"),
        call(10, WEB, "3.3.3.3"),
        call(15, WEB, "198.51.100.7"),
    ];
    assert_eq!(found(&calls), ["InstanceCredentialExfiltration.OutsideAWS"; 2]);
}

#[test]
fn a_new_address_alone_is_a_new_address() {
    assert!(
        found(&[call(0, WEB, "3.3.3.3"), call(5, WEB, "62.1.2.3"), call(10, WEB, "62.1.2.3")]).is_empty()
    );
    let moved = [call(0, WEB, "3.3.3.3"), call(90, WEB, "62.1.2.3"), call(95, WEB, "3.3.3.3")];
    assert!(found(&moved).is_empty());
    let other = "i-0123456789abcdef1";
    let gateway = [
        call(0, other, "62.1.2.3"),
        call(0, WEB, "3.3.3.3"),
        call(5, WEB, "62.1.2.3"),
        call(10, WEB, "3.3.3.3"),
    ];
    assert!(found(&gateway).is_empty(), "the address is another instance's too");
    assert!(
        found(&[call(0, "alice", "3.3.3.3"), call(1, "alice", "62.1.2.3"), call(2, "alice", "3.3.3.3")])
            .is_empty()
    );
}

#[test]
fn used_elsewhere_while_the_instance_calls_within_its_network() {
    let inside = |day: i64, minute: i64| {
        let mut call = call(minute, WEB, "10.0.0.7");
        call["vpcEndpointId"] = json!("vpce-1");
        call["eventTime"] = json!(format!("2024-05-{day:02}T00:{minute:02}:00Z"));
        call
    };
    let outside = |day: i64, minute: i64| {
        let mut call = call(minute, WEB, "3.3.3.3");
        call["eventTime"] = json!(format!("2024-05-{day:02}T00:{minute:02}:00Z"));
        call
    };
    let stolen = [inside(1, 0), inside(6, 0), outside(6, 5), inside(6, 10), outside(6, 15)];
    assert_eq!(found(&stolen), ["InstanceCredentialExfiltration.OutsideAWS"; 2]);
    assert!(found(&[inside(1, 0), outside(1, 5), inside(1, 10)]).is_empty(), "not known for long");
    let mut other = outside(6, 5);
    other["eventSource"] = json!("sts.amazonaws.com");
    assert!(found(&[inside(1, 0), inside(6, 0), other, inside(6, 10)]).is_empty(), "no endpoint for it");
}

#[test]
fn used_through_another_accounts_endpoint() {
    let mut through = call(0, WEB, "10.0.0.7");
    through["vpcEndpointId"] = json!("vpce-1");
    through["vpcEndpointAccountId"] = json!("999988887777");
    assert_eq!(found(&[through.clone()]), ["InstanceCredentialExfiltration.InsideAWS"]);
    through["vpcEndpointAccountId"] = json!("111122223333");
    assert!(found(&[through.clone()]).is_empty());
    through["vpcEndpointAccountId"] = json!("999988887777");
    through["userIdentity"]["principalId"] = json!("AROAEXAMPLE:shop");
    through["userIdentity"]["inScopeOf"] =
        json!({"credentialsIssuedTo": "arn:aws:lambda:eu-central-1:111122223333:function:shop"});
    assert_eq!(found(&[through]), ["ResourceCredentialExfiltration.InsideAWS"]);
}

#[test]
fn used_where_somebody_had_got_into_the_instance() {
    let reach = |minute: i64, name: &str, request: Value| {
        let mut call = call(minute, "alice", "198.51.100.7");
        call["eventName"] = json!(name);
        call["requestParameters"] = request;
        call
    };
    let command = reach(0, "SendCommand", json!({"instanceIds": ["i-0123456789abcdef1", WEB]}));
    let session = reach(0, "StartSession", json!({"target": WEB}));
    for into in [&command, &session] {
        let calls = [into.clone(), call(9, WEB, "198.51.100.7"), call(10, WEB, "198.51.100.7")];
        assert_eq!(found(&calls), ["InstanceCredentialExfiltration.OutsideAWS"; 2]);
    }
    // Its own way out, which an administrator within its network has too.
    let own = [
        call(0, WEB, "198.51.100.7"),
        reach(5, "StartSession", json!({"target": WEB})),
        call(9, WEB, "198.51.100.7"),
    ];
    assert!(found(&own).is_empty());
    let shared =
        [call(0, "i-0123456789abcdef2", "198.51.100.7"), session.clone(), call(9, WEB, "198.51.100.7")];
    assert!(found(&shared).is_empty(), "another instance calls from there too");
    let mut refused = session;
    refused["errorCode"] = json!("AccessDenied");
    assert!(found(&[refused, call(9, WEB, "198.51.100.7")]).is_empty());
}
