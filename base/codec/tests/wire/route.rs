//! What a request asks for.

use bastide_codec::{Route, encode_error, not_implemented, route, unknown_operation};
use bastide_shape::Protocol;

use crate::common::{body, catalog, request};

/// What is asked, in one line.
fn asked(method: &str, uri: &str, headers: &[(&str, &str)], body: &str, scope: Option<&str>) -> String {
    match route(&catalog(), &request(method, uri, headers), body.as_bytes(), scope) {
        Route::Found { service, operation, protocol, labels } => {
            let labels: Vec<String> = labels.iter().map(|(name, value)| format!(" {name}={value}")).collect();
            format!("{} {} {protocol:?}{}", service.name, operation.name, labels.concat())
        }
        Route::Unbuilt { service, name, protocol } => format!("unbuilt {} {name} {protocol:?}", service.name),
        Route::UnknownOperation { service, name, version, protocol } => {
            let service = service.map_or("?", |service| service.name);
            format!("unknown {service} {name} {} {protocol:?}", version.unwrap_or_default())
        }
        Route::None => "none".to_owned(),
    }
}

#[test]
fn by_target() {
    let asked = |target: &str, kind: &str, scope: Option<&str>| {
        asked("POST", "/", &[("x-amz-target", target), ("content-type", kind)], "{}", scope)
    };
    let (v0, v1) = ("application/x-amz-json-1.0", "application/x-amz-json-1.1; charset=utf-8");
    assert_eq!(asked("com.amazonaws.echo.Echo_2014.EchoAll", v1, Some("echo")), "echo EchoAll Json11");
    assert_eq!(asked("Echo_2014.EchoAll", v0, None), "echo EchoAll Json10");
    assert_eq!(asked("Echo_2014.EchoAll", "text/plain", None), "echo EchoAll Json11");
    assert_eq!(asked("Echo_2014.LaterOperation", v1, None), "unbuilt echo LaterOperation Json11");
    assert_eq!(asked("Echo_2014.NoSuch", v1, None), "unknown echo NoSuch  Json11");
    assert_eq!(asked("Other.EchoAll", v0, None), "unknown ? Other.EchoAll  Json10");
    assert_eq!(asked("EchoAll", v1, Some("echo")), "unknown echo EchoAll  Json11");
}

#[test]
fn by_smithy_protocol() {
    let asked = |uri: &str| asked("POST", uri, &[("smithy-protocol", "rpc-v2-cbor")], "", None);
    assert_eq!(asked("/service/Echo_2014/operation/EchoAll"), "echo EchoAll Cbor");
    assert_eq!(asked("/prefix/service/Echo_2014/operation/NoSuch"), "unknown echo NoSuch  Cbor");
    assert_eq!(asked("/service/Other/operation/EchoAll"), "unknown ? /service/Other/operation/EchoAll  Cbor");
    assert_eq!(asked("/"), "unknown ? /  Cbor");
}

#[test]
fn by_action() {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let post = |body: &str, scope| asked("POST", "/", &form, body, scope);
    assert_eq!(post("Version=2010-05-08&Action=EchoAll", Some("form")), "form EchoAll Query");
    assert_eq!(post("Action=EchoAll", Some("form")), "form EchoAll Query");
    assert_eq!(post("Action=EchoAll&Version=2010-05-08", None), "form EchoAll Query");
    assert_eq!(post("Action=EchoAll&Version=2016-11-15", None), "ec2 EchoAll Ec2");
    assert_eq!(
        post("Action=EchoAll&Version=2016-11-15", Some("form")),
        "unknown form EchoAll 2016-11-15 Query"
    );
    assert_eq!(post("Action=NoSuch&Version=2016-11-15", Some("ec2")), "unknown ec2 NoSuch 2016-11-15 Ec2");
    assert_eq!(post("Action=LaterOperation", Some("form")), "unbuilt form LaterOperation Query");
    assert_eq!(post("Action=EchoAll", Some("sqs")), "unknown ? EchoAll  Query");
    assert_eq!(asked("GET", "/?Action=EchoAll&Version=2010-05-08", &[], "", None), "form EchoAll Query");
    assert_eq!(asked("POST", "/", &[("content-type", "text/plain")], "Action=EchoAll", None), "none");
    assert_eq!(post("", Some("form")), "unknown form   Query");
    assert_eq!(post("", None), "unknown ?   Query");
    assert_eq!(post("", Some("restful")), "unknown restful POST /  RestJson");
    assert_eq!(asked("GET", "/", &[], "", None), "none");
}

#[test]
fn by_path() {
    let asked = |method: &str, uri: &str| asked(method, uri, &[], "", Some("restful"));
    assert_eq!(asked("GET", "/things/only"), "restful OnlyThing RestJson");
    assert_eq!(asked("GET", "/things/on%6Cy"), "restful OnlyThing RestJson");
    assert_eq!(asked("GET", "/things/a%2Fb%20c/"), "restful ListThing RestJson name=a/b c");
    assert_eq!(asked("GET", "/things/a?policy"), "restful ThingPolicy RestJson name=a");
    assert_eq!(asked("GET", "/things/a?x=1&policy="), "restful ThingPolicy RestJson name=a");
    assert_eq!(asked("GET", "/things/a?policy&version=2"), "restful ThingPolicy2 RestJson name=a");
    assert_eq!(asked("GET", "/things/a?policy&version=3"), "restful ThingPolicy RestJson name=a");
    assert_eq!(asked("GET", "/deep/a/policy"), "restful DeepPolicy RestJson path=a");
    assert_eq!(asked("GET", "/deep/a/b/policy"), "restful DeepPolicy RestJson path=a/b");
    assert_eq!(asked("GET", "/deep/policy"), "restful DeepThing RestJson path=policy");
    assert_eq!(asked("DELETE", "/things/a"), "restful DeleteThing RestJson name=a");
    assert_eq!(asked("DELETE", "/things/a?uploadId=1"), "restful AbortThing RestJson id=a");
    assert_eq!(
        asked("PUT", "/things/a/b/c%20d?x-id=PutBound"),
        "restful PutBound RestJson name=a path=b/c d"
    );
    assert_eq!(asked("PUT", "/things/a/b/?x-id=PutBound"), "restful PutBound RestJson name=a path=b/");
    assert_eq!(asked("POST", "/things/a"), "unbuilt restful PostThing RestJson");
    assert_eq!(asked("GET", "/things/"), "unknown restful GET /things/  RestJson");
    assert_eq!(asked("PATCH", "/things/a"), "unknown restful PATCH /things/a  RestJson");
    assert_eq!(asked("PUT", "/things/a/"), "unknown restful PUT /things/a/  RestJson");
}

#[test]
fn a_form_is_no_action_of_a_rest_service() {
    let uri = "/things/a?Action=EchoAll";
    assert_eq!(asked("GET", uri, &[], "", Some("restful")), "restful ListThing RestJson name=a");
    assert_eq!(asked("GET", "/things/a", &[], "", None), "restful ListThing RestJson name=a");
    assert_eq!(asked("GET", "/nothing", &[], "", None), "none");
    assert_eq!(asked("GET", "/", &[], "", Some("nobody")), "none");
}

#[test]
fn refusals() {
    let told = |protocol| {
        let error = unknown_operation(protocol, "NoSuch", Some("2010-05-08"));
        let answer = encode_error(protocol, None, &error, "id");
        format!("{} {}", answer.status().as_u16(), body(&answer))
    };
    assert_eq!(
        told(Protocol::Json11),
        r#"400 {"__type":"UnknownOperationException","message":"Unknown operation NoSuch"}"#
    );
    assert_eq!(
        told(Protocol::Query),
        "400 <ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation \
         NoSuch for version 2010-05-08</Message></Error><RequestId>id</RequestId></ErrorResponse>"
    );
    let error = not_implemented(&crate::common::JSON, "LaterOperation");
    assert_eq!((error.status, error.sender_fault), (501, false));
    assert!(error.message.contains("LaterOperation of echo"));
}
