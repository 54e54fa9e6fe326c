//! restJson1 and restXml by literal examples.

use bastide_codec::{DecodeError, WireError, encode, encode_error, streamed_input, streamed_output};
use bastide_ids::Timestamp;
use bastide_shape::{Document, Protocol, Value};

use crate::common::{
    DeleteThing, HeadThing, OnlyThing, PutBlob, PutBound, PutPlain, PutText, REST_JSON, REST_XML, S3,
    ThingPolicy, ThrottledException, body, header, read, request,
};

const URI: &str = "/things/my%20name/a/b%2Bc?when=2026-11-21T09%3A30%3A00Z&x-id=PutBound&names=x&names=y+z&max=7&other=1&other=2&free=";
const HEADERS: &[(&str, &str)] = &[
    ("x-header", "plain, text"),
    ("x-modified", "Sat, 21 Nov 2026 09:30:00 GMT"),
    ("x-words", "a, \"b, \\\"c\\\"\" ,d"),
    ("x-words", "e"),
    ("x-counts", "1, 2,-3"),
    ("x-dates", "Sat, 21 Nov 2026 09:30:00 GMT, Sat, 21 Nov 2026 09:30:01 GMT"),
    ("x-json", "eyJhIjpbMV19"),
    ("x-meta-One", "1"),
    ("x-meta-two", "2"),
];

fn put(scope: &str, body: &str) -> Result<Document, DecodeError> {
    read(&request("PUT", URI, HEADERS), body.as_bytes(), Some(scope))
}

fn check_bindings(document: &Document) {
    let moment = Timestamp::from_millis(1_795_253_400_000);
    assert_eq!(document.str("Name"), Some("my name"));
    assert_eq!(document.str("Path"), Some("a/b+c"));
    assert_eq!(document.time("When"), Some(moment));
    assert_eq!(document.strings("Names").collect::<Vec<_>>(), ["x", "y z"]);
    assert_eq!(document.int("Max"), Some(7));
    let others = document.map("Others").unwrap();
    assert_eq!(others.strings("other").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(others.strings("free").collect::<Vec<_>>(), [""]);
    assert_eq!(others.len(), 2);
    assert_eq!(document.str("Header"), Some("plain, text"));
    assert_eq!(document.time("Modified"), Some(moment));
    assert_eq!(document.strings("Words").collect::<Vec<_>>(), ["a", "b, \"c\"", "d", "e"]);
    assert_eq!(document.list("Counts"), [Value::Int(1), Value::Int(2), Value::Int(-3)]);
    let later = Timestamp::from_millis(1_795_253_401_000);
    assert_eq!(document.list("Dates"), [Value::Time(moment), Value::Time(later)]);
    assert_eq!(document.str("Json"), Some(r#"{"a":[1]}"#));
    let meta = document.map("Meta").unwrap();
    assert_eq!((meta.str("one"), meta.str("two"), meta.len()), (Some("1"), Some("2"), 2));
}

#[test]
fn rest_json_reads_bindings_and_body() {
    let document =
        put("restful", r#"{"inBody":"b","Header":"no","Moment":1.5,"Context":{"k":"v"},"Name":"no"}"#)
            .unwrap();
    check_bindings(&document);
    assert_eq!(document.str("InBody"), Some("b"));
    assert_eq!(document.time("Moment"), Some(Timestamp::from_millis(1_500)));
    assert_eq!(document.map("Context").unwrap().str("k"), Some("v"));
    check_bindings(&put("restful", "").unwrap());
}

#[test]
fn rest_xml_reads_bindings_and_body() {
    let document = put(
        "restxml",
        "<?xml version=\"1.0\"?>\n<!-- c --><r:Any xmlns:r=\"urn:x\"><inBody>a &lt;b&gt; &#x41;<![CDATA[<c>&]]><!-- d --></inBody>\
         <Header>no</Header><Unknown><a><b/></a></Unknown><Texts> <member>x</member><other/><member/></Texts>\
         <Context><entry><key>k</key><value>v</value></entry><entry><value>2</value><key>k</key></entry></Context>\
         <FlatMap><K>a</K><V>1</V></FlatMap><FlatMap><K>b</K><V>2</V></FlatMap>\
         <Moment>2026-11-21T09:30:00.5Z</Moment>\
         <Decorated xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Canonical&amp;User\"><ID>7</ID></Decorated>\
         </r:Any>\n",
    )
    .unwrap();
    check_bindings(&document);
    assert_eq!(document.str("InBody"), Some("a <b> A<c>&"));
    assert_eq!(document.strings("Texts").collect::<Vec<_>>(), ["x", ""]);
    assert_eq!(document.map("Context"), Some(&Document::new().with("k", "2")));
    assert_eq!(document.map("FlatMap"), Some(&Document::new().with("a", 1i64).with("b", 2i64)));
    assert_eq!(document.time("Moment"), Some(Timestamp::from_millis(1_795_253_400_500)));
    let decorated = document.map("Decorated").unwrap();
    assert_eq!((decorated.str("Kind"), decorated.str("Id")), (Some("Canonical&User"), Some("7")));
    check_bindings(&put("restxml", "").unwrap());
}

#[test]
fn malformed_requests_are_refused() {
    let refusal = |scope: &str, uri: &str, headers: &[(&str, &str)], body: &str| {
        let error = read(&request("PUT", uri, headers), body.as_bytes(), Some(scope)).unwrap_err();
        assert_eq!(error.status, 400);
        format!("{}: {}", error.code, error.message)
    };
    assert_eq!(
        refusal("restful", "/things/a/b?x-id=PutBound&max=x", &[], ""),
        "SerializationException: STRING_VALUE can not be converted to an Integer"
    );
    assert_eq!(
        refusal("restxml", "/things/a/b?x-id=PutBound", &[("x-counts", "1,x")], ""),
        "InvalidArgument: STRING_VALUE can not be converted to an Integer"
    );
    assert_eq!(
        refusal("restful", "/things/a/b?x-id=PutBound", &[("x-json", "e30")], ""),
        "SerializationException: a header does not hold JSON in base64"
    );
    assert_eq!(
        refusal("restful", "/plain", &[], "[]"),
        "SerializationException: Start of list found where not expected"
    );
    for body in [
        "<a>",
        "<a></b>",
        "text",
        "<a/><b/>",
        "<a>&nbsp;</a>x",
        "<a/>x",
        "</a>",
        "<a",
        "<a><inBody>&x;</inBody></a>",
        "<a><inBody>&#0;</inBody></a>",
        "<a><inBody>",
    ] {
        assert_eq!(
            refusal("restxml", "/things/a/b?x-id=PutBound", &[], body),
            "MalformedXML: the body is not well-formed XML",
            "{body}"
        );
    }
    assert_eq!(
        refusal("restxml", "/things/a/b?x-id=PutBound", &[], "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"),
        "MalformedXML: the body has a DOCTYPE"
    );
    assert_eq!(
        refusal("restxml", "/things/a/b?x-id=PutBound", &[], "<a><inBody><b/></inBody></a>"),
        "MalformedXML: Start of structure or map found where not expected."
    );
    let bomb = format!("<a><Tree>{}", "<Next>".repeat(100_000));
    assert_eq!(
        refusal("restxml", "/things/a/b?x-id=PutBound", &[], &bomb),
        "MalformedXML: the input is nested too deeply"
    );
    let bomb = format!("<a>{}", "<x>".repeat(300_000));
    assert_eq!(
        refusal("restxml", "/things/a/b?x-id=PutBound", &[], &bomb),
        "MalformedXML: the input has too many values"
    );
}

#[test]
fn payloads_are_the_body() {
    let put = |scope: &str, uri: &str, body: &[u8]| read(&request("PUT", uri, &[]), body, Some(scope));
    for scope in ["restful", "restxml"] {
        assert_eq!(put(scope, "/blob", &[0, 255]), Ok(Document::new().with("Body", vec![0, 255])));
        assert_eq!(put(scope, "/blob", b""), Ok(Document::new().with("Body", Vec::<u8>::new())));
        assert_eq!(put(scope, "/text", "é".as_bytes()), Ok(Document::new().with("Body", "é")));
        assert_eq!(put(scope, "/text", b""), Ok(Document::new()));
        assert!(put(scope, "/text", b"\xff").is_err());
        assert_eq!(put(scope, "/plain", b""), Ok(Document::new()));
    }
    let plain = Document::new().with("Body", Document::new().with("Text", "t"));
    assert_eq!(put("restful", "/plain", br#"{"Text":"t"}"#), Ok(plain.clone()));
    assert_eq!(put("restxml", "/plain", b"<PlainRoot><Text>t</Text></PlainRoot>"), Ok(plain));
    assert_eq!(streamed_input(&PutBlob).map(|member| member.name), Some("Body"));
    assert_eq!(streamed_output(&PutText).map(|member| member.name), None);
}

fn output() -> Document {
    let moment = Timestamp::from_millis(1_795_253_400_000);
    Document::new()
        .with("Header", "h")
        .with("Modified", moment)
        .with("Words", &["a", "b, \"c\""][..])
        .with("Counts", vec![Value::Int(1), Value::Int(2)])
        .with("Dates", vec![Value::Time(moment)])
        .with("Json", r#"{"a":[1]}"#)
        .with("Meta", Document::new().with("one", "1"))
        .with("Status", 202i64)
        .with("InBody", "b")
        .with("Context", Document::new().with("k", "v"))
        .with("Moment", moment)
        .with("Decorated", Document::new().with("Kind", "a\n\"b\"").with("Id", "7"))
}

#[test]
fn lists_in_headers_keep_their_blanks() {
    let words = &["", " a", "b ", "c", ""][..];
    let output = Document::new().with("Words", words);
    let answer = encode(Protocol::RestJson, &REST_JSON, &PutBound, &output, "id").unwrap();
    assert_eq!(header(&answer, "x-words"), "\"\", \" a\", \"b \", c, \"\"");
    let parts = request("PUT", "/things/a/b?x-id=PutBound", &[("x-words", header(&answer, "x-words"))]);
    let read = read(&parts, b"", Some("restful")).unwrap();
    assert_eq!(read.strings("Words").collect::<Vec<_>>(), words);
}

#[test]
fn lists_in_headers_are_not_cut_short() {
    for words in [r#"a, "b"c, d"#, r#""a"#, r#""a" "b""#] {
        let parts = request("PUT", "/things/a/b?x-id=PutBound", &[("x-words", words)]);
        assert!(read(&parts, b"", Some("restful")).is_err(), "{words}");
    }
}

#[test]
fn xml_has_no_control_characters() {
    for control in ["\0", "\u{1}", "\u{1f}"] {
        let body = format!("<PlainRoot><Text>a{control}</Text></PlainRoot>");
        let refused = read(&request("PUT", "/plain", &[]), body.as_bytes(), Some("restxml")).unwrap_err();
        assert_eq!(refused.code, "MalformedXML");
    }
    let body = b"<PlainRoot><Text>a&#x1;\t\n</Text></PlainRoot>";
    let read = read(&request("PUT", "/plain", &[]), body, Some("restxml")).unwrap();
    assert_eq!(read.map("Body").unwrap().text("Text"), "a\u{1}\t\n");
}

fn check_headers(answer: &http::Response<bytes::Bytes>) {
    assert_eq!(answer.status(), 202);
    assert_eq!(header(answer, "x-header"), "h");
    assert_eq!(header(answer, "x-modified"), "Sat, 21 Nov 2026 09:30:00 GMT");
    assert_eq!(header(answer, "x-words"), r#"a, "b, \"c\"""#);
    assert_eq!(header(answer, "x-counts"), "1, 2");
    assert_eq!(header(answer, "x-dates"), "Sat, 21 Nov 2026 09:30:00 GMT");
    assert_eq!(header(answer, "x-json"), "eyJhIjpbMV19");
    assert_eq!(header(answer, "x-meta-one"), "1");
    assert_eq!(header(answer, "x-amzn-requestid"), "id");
}

#[test]
fn rest_json_writes_bindings_and_body() {
    let answer = encode(Protocol::RestJson, &REST_JSON, &PutBound, &output(), "id").unwrap();
    check_headers(&answer);
    assert_eq!(header(&answer, "content-type"), "application/json");
    assert_eq!(
        body(&answer),
        r#"{"inBody":"b","Context":{"k":"v"},"Moment":1795253400,"Decorated":{"xsi:type":"a\n\"b\"","ID":"7"}}"#
    );
}

#[test]
fn rest_xml_writes_bindings_and_body() {
    let answer = encode(Protocol::RestXml, &REST_XML, &PutBound, &output(), "id").unwrap();
    check_headers(&answer);
    assert_eq!(header(&answer, "content-type"), "application/xml");
    assert_eq!(
        body(&answer),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Bound xmlns=\"http://restxml.amazonaws.com/doc/2020-01-01/\">\
         <inBody>b</inBody><Context><entry><key>k</key><value>v</value></entry></Context>\
         <Moment>2026-11-21T09:30:00Z</Moment>\
         <Decorated xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"a&#xA;&quot;b&quot;\"><ID>7</ID>\
         </Decorated></Bound>"
    );
}

#[test]
fn writes_payloads() {
    let json = |operation, output: Document| {
        encode(Protocol::RestJson, &REST_JSON, operation, &output, "id").unwrap()
    };
    let answer = json(&PutBlob, Document::new().with("Body", vec![1, 2]));
    assert_eq!(
        (&answer.body()[..], header(&answer, "content-type")),
        (&[1, 2][..], "application/octet-stream")
    );
    let answer = json(&PutBlob, Document::new().with("Body", vec![1]).with("Type", "image/png"));
    assert_eq!(header(&answer, "content-type"), "image/png");
    let answer = json(&PutText, Document::new().with("Body", "t"));
    assert_eq!((body(&answer).as_str(), header(&answer, "content-type")), ("t", "text/plain"));
    let plain = Document::new().with("Body", Document::new().with("Text", "t").with("Flat", &["x", "y"][..]));
    assert_eq!(body(&json(&PutPlain, plain.clone())), r#"{"Text":"t","Flat":["x","y"]}"#);
    let answer = encode(Protocol::RestXml, &REST_XML, &PutPlain, &plain, "id").unwrap();
    assert!(body(&answer).ends_with(
        "<PlainRoot xmlns=\"http://restxml.amazonaws.com/doc/2020-01-01/\"><Text>t</Text><FlatItem>x</FlatItem>\
         <FlatItem>y</FlatItem></PlainRoot>"
    ));
}

#[test]
fn some_answers_have_no_body() {
    let header = Document::new().with("Header", "h");
    for (operation, output, status, text) in [
        (&HeadThing, header, 200, ""),
        (&DeleteThing, Document::new(), 204, ""),
        (&OnlyThing, Document::new(), 200, "{}"),
        (&ThingPolicy, Document::new(), 200, ""),
        (&PutBlob, Document::new(), 200, ""),
    ] {
        let answer = encode(Protocol::RestJson, &REST_JSON, operation, &output, "id").unwrap();
        assert_eq!((answer.status().as_u16(), body(&answer).as_str()), (status, text), "{}", operation.name);
        assert_eq!(answer.headers().contains_key("content-type"), !text.is_empty());
    }
}

#[test]
fn a_handlers_mistake_is_told_with_its_place() {
    let wrong = |output: Document| {
        encode(Protocol::RestJson, &REST_JSON, &PutBound, &output, "id").unwrap_err().to_string()
    };
    assert_eq!(
        wrong(Document::new().with("Header", "a\nb")),
        "output member `Header`: cannot stand in a header"
    );
    assert_eq!(wrong(Document::new().with("Status", 9i64)), "output member `Status`: is not an HTTP status");
    assert_eq!(wrong(Document::new().with("InBody", 1i64)), "output member `InBody`: is not text");
    assert_eq!(wrong(Document::new().with("Meta", "x")), "output member `Meta`: is not a map");
}

#[test]
fn writes_errors() {
    let members = Document::new().with("RetryAfter", 5i64).with("ResourceId", "r");
    let error = WireError::of(&ThrottledException, "slow down").with(&members);
    let answer = encode_error(Protocol::RestJson, Some(&REST_JSON), &error, "id");
    assert_eq!(answer.status(), 429);
    assert_eq!(header(&answer, "x-amzn-ErrorType"), "ThrottledException");
    assert_eq!(header(&answer, "retry-after"), "5");
    assert_eq!(body(&answer), r#"{"message":"slow down","resourceId":"r"}"#);
    let answer = encode_error(Protocol::RestXml, Some(&S3), &WireError::new("NoSuchKey", 404, "no"), "id");
    assert_eq!(header(&answer, "x-amz-request-id"), "id");
    assert_eq!(
        body(&answer),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>no</Message>\
         <RequestId>id</RequestId></Error>"
    );
    let answer =
        encode_error(Protocol::RestXml, Some(&REST_XML), &WireError::new("NoSuchThing", 404, "no"), "id");
    assert!(
        body(&answer)
            .starts_with("<ErrorResponse xmlns=\"http://restxml.amazonaws.com/doc/2020-01-01/\"><Error>")
    );
}
