//! awsJson 1.0 and 1.1 by literal examples.

use crate::common::{COMPATIBLE, EchoAll, EchoJson, JSON, NotFoundException, Nothing, body, header, json};
use bastide_codec::{WireError, encode, encode_error};
use bastide_ids::Timestamp;
use bastide_shape::{Document, Protocol, Value};

fn refusal(input: &str) -> String {
    let error = json("EchoAll", input).unwrap_err();
    assert_eq!((error.code, error.status), ("SerializationException", 400));
    error.message
}

#[test]
fn reads_every_kind() {
    let document = json(
        "EchoAll",
        r#"{"Text":"h\u00e9\n","Flag":true,"Number":-7,"Big":9007199254740993,"Single":0.1,"Real":1e300,
            "Bytes":"AAEC/w==","Moment":1795253400.123,"Iso":"2026-11-21T09:30:00Z","Mode":"C",
            "Texts":["a","b"],"Context":{"k":"v"},"Structs":{"x":{"Key":"k"}},"Tags":[{"Key":"k","Value":"v"}],
            "Choice":{"Two":2},"renamedOnTheWire":"r","Renamed":"ignored","Unknown":{"a":[1,{"b":null}]}}"#,
    )
    .unwrap();
    assert_eq!(document.str("Text"), Some("hé\n"));
    assert_eq!(document.bool("Flag"), Some(true));
    assert_eq!(document.int("Number"), Some(-7));
    assert_eq!(document.int("Big"), Some(9_007_199_254_740_993));
    assert_eq!(document.value("Single"), Some(&Value::Float(f64::from(0.1f32))));
    assert_eq!(document.value("Real"), Some(&Value::Float(1e300)));
    assert_eq!(document.blob("Bytes"), Some(&[0, 1, 2, 255][..]));
    assert_eq!(document.time("Moment"), Some(Timestamp::from_millis(1_795_253_400_123)));
    assert_eq!(document.time("Iso"), Some(Timestamp::from_millis(1_795_253_400_000)));
    assert_eq!(document.str("Mode"), Some("C"));
    assert_eq!(document.strings("Texts").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(document.map("Context").unwrap().str("k"), Some("v"));
    assert_eq!(document.map("Structs").unwrap().map("x").unwrap().str("Key"), Some("k"));
    assert_eq!(document.maps("Tags").next().unwrap().str("Value"), Some("v"));
    assert_eq!(document.map("Choice").unwrap().int("Two"), Some(2));
    assert_eq!(document.str("Renamed"), Some("r"));
    assert_eq!(document.len(), 16);
}

#[test]
fn an_empty_body_is_an_empty_structure() {
    for empty in ["", "{}", "  ", "null"] {
        assert_eq!(json("EchoAll", empty), Ok(Document::new()));
    }
    assert_eq!(json("Nothing", r#"{"a":1}"#), Ok(Document::new()));
}

#[test]
fn null_is_absent_and_the_last_of_equal_members_stays() {
    let document = json("EchoAll", r#"{"Text":null,"Number":1,"Number":2,"Flag":true,"Flag":null}"#).unwrap();
    assert_eq!(document, Document::new().with("Number", 2i64));
    let document = json("EchoAll", r#"{"Context":{"a":"1","b":"2","a":"3"}}"#).unwrap();
    assert_eq!(document.map("Context").unwrap().len(), 2);
    assert_eq!(document.map("Context").unwrap().str("a"), Some("3"));
}

#[test]
fn nulls_stand_in_sparse_lists_and_free_documents_only() {
    let document = json("EchoJson", r#"{"Sparse":["a",null],"Free":{"a":[null,1,1.5,"x",true]}}"#).unwrap();
    assert_eq!(document.list("Sparse"), [Value::from("a"), Value::Null]);
    let free = document.map("Free").unwrap();
    let all = [Value::Null, Value::Int(1), Value::Float(1.5), Value::from("x"), Value::Bool(true)];
    assert_eq!(free.list("a"), all);
    assert_eq!(refusal(r#"{"Texts":[null]}"#), "null found where not expected");
    assert_eq!(refusal(r#"{"Context":{"a":null}}"#), "null found where not expected");
}

#[test]
fn wrong_types_are_told_as_aws_does() {
    for (input, message) in [
        (r#"{"Number":"1"}"#, "STRING_VALUE can not be converted to an Integer"),
        (r#"{"Big":"1"}"#, "STRING_VALUE can not be converted to a Long"),
        (r#"{"Number":1.5}"#, "NUMBER_VALUE can not be converted to an Integer"),
        (r#"{"Number":2147483648}"#, "NUMBER_VALUE can not be converted to an Integer"),
        (r#"{"Big":9223372036854775808}"#, "NUMBER_VALUE can not be converted to a Long"),
        (r#"{"Text":1}"#, "NUMBER_VALUE can not be converted to a String"),
        (r#"{"Text":true}"#, "TRUE_VALUE can not be converted to a String"),
        (r#"{"Flag":"true"}"#, "STRING_VALUE can not be converted to a Boolean"),
        (
            r#"{"Moment":"2026-11-21T09:30:00Z"}"#,
            "STRING_VALUE can not be converted to milliseconds since epoch",
        ),
        (r#"{"Moment":1e300}"#, "NUMBER_VALUE can not be converted to milliseconds since epoch"),
        (r#"{"Single":1e300}"#, "NUMBER_VALUE can not be converted to a Float"),
        (r#"{"Text":{}}"#, "Start of structure or map found where not expected."),
        (r#"{"Texts":{}}"#, "Start of structure or map found where not expected."),
        (r#"{"Text":[]}"#, "Start of list found where not expected"),
        (r#"[]"#, "Start of list found where not expected"),
        (r#"{"Texts":"a"}"#, "Expected list or null"),
        (r#"{"Tag":"a"}"#, "Expected structure or map, or null"),
        (r#"{"Bytes":"AAE"}"#, "invalid base64 in a Blob"),
        (r#"{"Bytes":"A A="}"#, "invalid base64 in a Blob"),
    ] {
        assert_eq!(refusal(input), message, "{input}");
    }
}

#[test]
fn whole_numbers_may_be_written_with_a_fraction_of_zero() {
    let document = json("EchoAll", r#"{"Number":2.0,"Big":1e3,"Single":"NaN","Real":"-Infinity"}"#).unwrap();
    assert_eq!((document.int("Number"), document.int("Big")), (Some(2), Some(1000)));
    assert!(matches!(document.value("Single"), Some(Value::Float(number)) if number.is_nan()));
    assert_eq!(document.value("Real"), Some(&Value::Float(f64::NEG_INFINITY)));
}

#[test]
fn malformed_bodies_are_refused() {
    for input in ["{", "{\"Text\":\"a\"} x", "{'Text':1}", "{\"Text\":\"a\nb\"}", "{\"Real\":NaN}", "nul"] {
        assert!(refusal(input).starts_with("the body is not valid JSON at line"), "{input}");
    }
    let parts = crate::common::request("POST", "/", &[("x-amz-target", "Echo_2014.EchoAll")]);
    let error = crate::common::read(&parts, b"{\"Text\":\"\xff\"}", None).unwrap_err();
    assert_eq!(error.message, "the body is not UTF-8");
}

#[test]
fn depth_is_limited() {
    let bomb = |levels: usize| {
        format!("{}{}", "{\"Tree\":{".to_owned() + &"\"Next\":{".repeat(levels), "}".repeat(levels + 2))
    };
    assert!(json("EchoAll", &bomb(60)).is_ok());
    assert_eq!(refusal(&bomb(70)), "the input is nested too deeply");
    assert!(json("EchoAll", &format!("{{\"Tree\":{}", "{\"Next\":".repeat(100_000))).is_err());
    assert!(json("EchoJson", &format!("{{\"Free\":{}", "[".repeat(100_000))).is_err());
    assert!(json("EchoAll", &format!("{{\"Unknown\":{}", "[".repeat(100_000))).is_err());
    assert_eq!(
        refusal(&format!("{{\"Texts\":[{}\"\"]}}", "\"\",".repeat(300_000))),
        "the input has too many values"
    );
}

#[test]
fn writes_every_kind() {
    let output = Document::new()
        .with("Renamed", "r")
        .with("Tags", vec![Document::new().with("Value", "v").with("Key", "k")])
        .with("Text", "a\"\u{1}é")
        .with("Flag", false)
        .with("Big", i64::MIN)
        .with("Single", f64::from(0.1f32))
        .with("Real", f64::NAN)
        .with("Bytes", vec![0, 1, 2, 255])
        .with("Moment", Timestamp::from_millis(-1_500))
        .with("Iso", Timestamp::from_millis(1_795_253_400_120))
        .with("Texts", Vec::<String>::new())
        .with("Context", Document::new().with("k", "v"));
    let answer = encode(Protocol::Json11, &JSON, &EchoAll, &output, "id-1").unwrap();
    assert_eq!(
        body(&answer),
        r#"{"Text":"a\"\u0001é","Flag":false,"Big":-9223372036854775808,"Single":0.1,"Real":"NaN","Bytes":"AAEC/w==","Moment":-1.5,"Iso":"2026-11-21T09:30:00.120Z","Texts":[],"Context":{"k":"v"},"Tags":[{"Key":"k","Value":"v"}],"renamedOnTheWire":"r"}"#
    );
    assert_eq!(header(&answer, "content-type"), "application/x-amz-json-1.1");
    assert_eq!(header(&answer, "x-amzn-RequestId"), "id-1");
    let answer = encode(Protocol::Json10, &JSON, &Nothing, &Document::new(), "id").unwrap();
    assert_eq!((body(&answer).as_str(), header(&answer, "content-type")), ("", "application/x-amz-json-1.0"));
}

#[test]
fn writes_free_documents() {
    let text = r#"{"Free":{"b":[1,null,{"c":1.5}],"a":true},"Sparse":["a",null]}"#;
    let document = json("EchoJson", text).unwrap();
    assert_eq!(body(&encode(Protocol::Json11, &JSON, &EchoJson, &document, "id").unwrap()), text);
}

#[test]
fn a_handlers_mistake_is_told_with_its_place() {
    let wrong =
        |output: Document| encode(Protocol::Json11, &JSON, &EchoAll, &output, "id").unwrap_err().to_string();
    assert_eq!(wrong(Document::new().with("Txet", "a")), "output member `Txet`: is not in the schema");
    let tags = Document::new().with("Tags", vec![Document::new().with("Key", 1i64)]);
    let extra = encode(Protocol::Json11, &JSON, &Nothing, &Document::new().with("A", 1i64), "id");
    assert_eq!(extra.unwrap_err().path, "A");
    let map = Document::new().with("Context", Document::new().with("secret", 1i64));
    assert_eq!(wrong(map), "output member `Context.0`: is not text");
    assert_eq!(wrong(tags), "output member `Tags.0.Key`: is not text");
}

#[test]
fn writes_errors() {
    let members = Document::new().with("ResourceId", "r-1").with("Retry", "not a number").with("Other", 1i64);
    let error = WireError::of(&NotFoundException, "no such \"key\"").with(&members);
    let answer = encode_error(Protocol::Json11, Some(&JSON), &error, "id-2");
    assert_eq!(answer.status(), 404);
    assert_eq!(
        body(&answer),
        r#"{"__type":"NotFoundException","message":"no such \"key\"","ResourceId":"r-1"}"#
    );
    assert_eq!(header(&answer, "x-amzn-requestid"), "id-2");
    let answer = encode_error(Protocol::Json11, None, &WireError::new("InternalFailure", 500, ""), "id");
    assert_eq!(body(&answer), r#"{"__type":"InternalFailure"}"#);
    // JSON has the new name, the header the old code.
    let error = WireError::of(&NotFoundException, "");
    let answer = encode_error(Protocol::Json10, Some(&COMPATIBLE), &error, "id");
    assert_eq!(header(&answer, "x-amzn-query-error"), "NotFound;Sender");
    assert_eq!(body(&answer), r#"{"__type":"NotFoundException"}"#);
}
