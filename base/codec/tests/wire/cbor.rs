//! RPC v2 CBOR by literal examples.

use bastide_codec::{DecodeError, WireError, encode, encode_error};
use bastide_ids::Timestamp;
use bastide_shape::{Document, Protocol, Value};

use crate::common::{EchoAll, EchoJson, JSON, NotFoundException, Nothing, header, read, request};

fn cbor(operation: &str, hex: &str) -> Result<Document, DecodeError> {
    let uri = format!("/service/Echo_2014/operation/{operation}");
    read(&request("POST", &uri, &[("smithy-protocol", "rpc-v2-cbor")]), &bytes(hex), None)
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|char| char.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(text: &str) -> String {
    hex(&[&[0x60 + u8::try_from(text.len()).unwrap()], text.as_bytes()].concat())
}

/// A request with one member.
fn one(name: &str, value: &str) -> Result<Document, DecodeError> {
    cbor("EchoAll", &format!("a1{}{value}", text(name)))
}

#[test]
fn reads_every_kind() {
    let value = |name: &str, value: &str| one(name, value).unwrap().value(name).cloned().unwrap();
    assert_eq!(value("Text", "6161"), Value::from("a"));
    assert_eq!(value("Text", "7f61616162ff"), Value::from("ab"));
    assert_eq!(value("Flag", "f5"), Value::Bool(true));
    assert_eq!(value("Number", "26"), Value::Int(-7));
    assert_eq!(value("Number", "1a7fffffff"), Value::Int(i64::from(i32::MAX)));
    assert_eq!(value("Big", "3b7fffffffffffffff"), Value::Int(i64::MIN));
    assert_eq!(value("Huge", "c243010000"), Value::Int(65_536));
    assert_eq!(value("Huge", "c342ffff"), Value::Int(-65_536));
    assert_eq!(value("Real", "f93e00"), Value::Float(1.5));
    assert_eq!(value("Real", "fa3fc00000"), Value::Float(1.5));
    assert_eq!(value("Real", "fb3ff8000000000000"), Value::Float(1.5));
    assert_eq!(value("Real", "02"), Value::Float(2.0));
    assert_eq!(value("Number", "f94000"), Value::Int(2));
    assert_eq!(value("Bytes", "420001"), Value::from(vec![0, 1]));
    assert_eq!(value("Bytes", "5f41004101ff"), Value::from(vec![0, 1]));
    assert_eq!(value("Moment", "c11a6b0167d8"), Value::Time(Timestamp::from_seconds(1_795_254_232)));
    assert_eq!(value("Moment", "c1fb3ff8000000000000"), Value::Time(Timestamp::from_millis(1_500)));
    assert_eq!(value("Texts", "82 6161 6162"), Value::from(&["a", "b"][..]));
    assert_eq!(value("Texts", "9f 6161 ff"), Value::from(&["a"][..]));
    assert_eq!(value("Context", "a2 6161 6131 6161 6132"), Value::Map(Document::new().with("a", "2")));
    assert_eq!(value("Context", "bf 7f6161ff 6131 ff"), Value::Map(Document::new().with("a", "1")));
    assert_eq!(
        value("Tag", &format!("a1 {} 6161", text("Key"))),
        Value::Map(Document::new().with("Key", "a"))
    );
}

#[test]
fn null_is_absent_and_unknown_members_are_passed_over() {
    assert_eq!(one("Text", "f6"), Ok(Document::new()));
    assert_eq!(one("Text", "f7"), Ok(Document::new()));
    assert_eq!(one("Other", "82 a1 6161 9f01ff c100"), Ok(Document::new()));
    assert_eq!(cbor("EchoAll", ""), Ok(Document::new()));
    assert_eq!(cbor("EchoAll", "bfff"), Ok(Document::new()));
    let sparse = cbor("EchoJson", &format!("a1 {} 82 6161 f6", text("Sparse"))).unwrap();
    assert_eq!(sparse.list("Sparse"), [Value::from("a"), Value::Null]);
    assert_eq!(one("renamedOnTheWire", "6161"), Ok(Document::new().with("Renamed", "a")));
    assert_eq!(one("Renamed", "6161"), Ok(Document::new().with("Renamed", "a")));
}

#[test]
fn malformed_bodies_are_refused() {
    let refusal = |found: Result<Document, DecodeError>| {
        let error = found.unwrap_err();
        assert_eq!((error.code, error.status), ("SerializationException", 400));
        error.message
    };
    for body in ["a1", "ff", "a0a0", "1c", "bf", "a1 6161", "f0", "a1 62c328 01", "7f"] {
        assert_eq!(refusal(cbor("EchoAll", body)), "the body is not valid CBOR", "{body}");
    }
    assert_eq!(refusal(one("Bytes", "5bffffffffffffffff")), "the body is not valid CBOR");
    assert_eq!(refusal(one("Texts", "9bffffffffffffffff")), "the body is not valid CBOR");
    assert_eq!(refusal(cbor("EchoAll", "80")), "Start of list found where not expected");
    assert_eq!(refusal(cbor("EchoAll", "01")), "Expected structure or map, or null");
    assert_eq!(refusal(cbor("EchoAll", "a10101")), "a key of a map is not text");
    assert_eq!(refusal(one("Text", "01")), "NUMBER_VALUE can not be converted to a String");
    assert_eq!(refusal(one("Text", "4161")), "BYTES_VALUE can not be converted to a String");
    assert_eq!(refusal(one("Bytes", "6161")), "STRING_VALUE can not be converted to a Blob");
    assert_eq!(refusal(one("Number", "6131")), "STRING_VALUE can not be converted to an Integer");
    assert_eq!(refusal(one("Number", "f93e00")), "NUMBER_VALUE can not be converted to an Integer");
    assert_eq!(refusal(one("Number", "1a80000000")), "NUMBER_VALUE can not be converted to an Integer");
    assert_eq!(refusal(one("Moment", "01")), "NUMBER_VALUE can not be converted to milliseconds since epoch");
    assert_eq!(
        refusal(one("Moment", "c16131")),
        "TAGGED_VALUE can not be converted to milliseconds since epoch"
    );
    assert_eq!(refusal(one("Moment", "c401")), "the body has a CBOR tag that is not known");
    assert_eq!(refusal(one("Texts", "81f6")), "null found where not expected");
    assert_eq!(refusal(one("Other", &"81".repeat(100_000))), "the input is nested too deeply");
    assert_eq!(
        refusal(one("Tree", &format!("a1{}", text("Next")).repeat(100))),
        "the input is nested too deeply"
    );
    assert_eq!(
        refusal(one("Numbers", &format!("9f{}ff", "01".repeat(300_000)))),
        "the input has too many values"
    );
}

#[test]
fn writes_every_kind() {
    let written = |output: Document| {
        let answer = encode(Protocol::Cbor, &JSON, &EchoAll, &output, "id").unwrap();
        assert_eq!(header(&answer, "smithy-protocol"), "rpc-v2-cbor");
        assert_eq!(header(&answer, "content-type"), "application/cbor");
        hex(answer.body())
    };
    let one = |name: &'static str, value: Value| {
        written(Document::new().with(name, value)).replace(&text(name), "~")
    };
    assert_eq!(one("Text", Value::from("a")), "a1~6161");
    assert_eq!(one("Big", Value::Int(i64::MIN)), "a1~3b7fffffffffffffff");
    assert_eq!(one("Single", Value::Float(1.5)), "a1~fa3fc00000");
    assert_eq!(one("Real", Value::Int(2)), "a1~fb4000000000000000");
    assert_eq!(one("Bytes", Value::from(vec![1])), "a1~4101");
    assert_eq!(one("Moment", Value::Time(Timestamp::from_seconds(1))), "a1~c101");
    assert_eq!(one("Moment", Value::Time(Timestamp::from_millis(1_500))), "a1~c1fb3ff8000000000000");
    assert_eq!(one("Texts", Value::from(&["a"][..])), "a1~816161");
    assert_eq!(one("Context", Value::Map(Document::new().with("a", "1"))), "a1~a161616131");
    assert_eq!(written(Document::new()), "a0");
    let answer = encode(Protocol::Cbor, &JSON, &Nothing, &Document::new(), "id").unwrap();
    assert_eq!((answer.body().len(), header(&answer, "content-type")), (0, ""));
    let sparse = Document::new().with("Sparse", vec![Value::Null]);
    assert!(hex(encode(Protocol::Cbor, &JSON, &EchoJson, &sparse, "id").unwrap().body()).ends_with("81f6"));
}

#[test]
fn writes_errors() {
    let members = Document::new().with("ResourceId", "r").with("Retry", "x");
    let error = WireError::of(&NotFoundException, "no").with(&members);
    let answer = encode_error(Protocol::Cbor, Some(&JSON), &error, "id");
    assert_eq!((answer.status().as_u16(), header(&answer, "smithy-protocol")), (404, "rpc-v2-cbor"));
    let kind = "com.amazonaws.echo#NotFoundException";
    let expected = format!(
        "a3{}7824{}{}{}{}{}",
        text("__type"),
        hex(kind.as_bytes()),
        text("message"),
        text("no"),
        text("ResourceId"),
        text("r")
    );
    assert_eq!(hex(answer.body()), expected);
}
