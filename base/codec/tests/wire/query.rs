//! awsQuery and ec2Query by literal examples.

use crate::common::{
    EC2, EchoAll, NotFoundException, Nothing, QUERY, body, ec2, form, header, read, request,
};
use bastide_codec::{WireError, encode, encode_error};
use bastide_ids::Timestamp;
use bastide_shape::{Document, Protocol, Value};

fn refusal(input: &str) -> String {
    let error = form(input).unwrap_err();
    assert_eq!((error.code, error.status), ("MalformedInput", 400), "{input}");
    error.message
}

#[test]
fn reads_every_kind() {
    let document = form(
        "Text=two+words%20%C3%A9&Flag=true&Number=-7&Single=0.1&Bytes=AAEC%2Fw%3D%3D\
         &Moment=2026-11-21T09%3A30%3A00Z&Mode=A&Tag.Key=k&Choice.Two=2\
         &Tags.member.10.Key=ten&Tags.member.2.Key=two&Tags.member.2.Value=&Texts.member.1=a&Texts.member.3=c\
         &Named.item.1=n&FlatItem.1=f&FlatItem.2=g&FlatPlain.1.Key=p\
         &Context.entry.1.key=k&Context.entry.1.value=v&FlatMap.1.K=a&FlatMap.1.V=1\
         &Nested.member.1.member.1=x&renamedOnTheWire=r&Unknown=1&Text2=x",
    )
    .unwrap();
    assert_eq!(document.str("Text"), Some("two words é"));
    assert_eq!(document.bool("Flag"), Some(true));
    assert_eq!(document.int("Number"), Some(-7));
    assert_eq!(document.blob("Bytes"), Some(&[0, 1, 2, 255][..]));
    assert_eq!(document.time("Moment"), Some(Timestamp::from_millis(1_795_253_400_000)));
    assert_eq!(document.map("Tag").unwrap().str("Key"), Some("k"));
    assert_eq!(document.map("Choice").unwrap().int("Two"), Some(2));
    let keys: Vec<&str> = document.maps("Tags").map(|tag| tag.text("Key")).collect();
    assert_eq!(keys, ["two", "ten"]);
    assert_eq!(document.maps("Tags").next().unwrap().str("Value"), Some(""));
    assert_eq!(document.strings("Texts").collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(document.strings("Named").collect::<Vec<_>>(), ["n"]);
    assert_eq!(document.strings("Flat").collect::<Vec<_>>(), ["f", "g"]);
    assert_eq!(document.maps("FlatPlain").next().unwrap().str("Key"), Some("p"));
    assert_eq!(document.map("Context").unwrap().str("k"), Some("v"));
    assert_eq!(document.map("FlatMap").unwrap().int("a"), Some(1));
    assert_eq!(document.list("Nested")[0].as_list().unwrap()[0], Value::from("x"));
    assert_eq!(document.str("Renamed"), Some("r"));
}

#[test]
fn lists_may_be_empty_and_names_given_twice() {
    let document = form("Texts=&Context=&Flat=&Text=a&Text=b&Tags.member=").unwrap();
    assert_eq!(document.value("Texts"), Some(&Value::List(vec![])));
    assert_eq!(document.value("Flat"), Some(&Value::List(vec![])));
    assert_eq!(document.value("Context"), Some(&Value::Map(Document::new())));
    assert_eq!(document.value("Tags"), Some(&Value::List(vec![])));
    assert_eq!(document.str("Text"), Some("b"));
}

#[test]
fn a_query_string_will_do() {
    let parts = request("GET", "/?Action=EchoAll&Version=2010-05-08&Text=a%2Bb", &[]);
    assert_eq!(read(&parts, b"", None), Ok(Document::new().with("Text", "a+b")));
}

#[test]
fn malformed_forms_are_refused() {
    for (input, message) in [
        ("Number=x", "STRING_VALUE can not be converted to an Integer"),
        ("Number=", "STRING_VALUE can not be converted to an Integer"),
        ("Number=2147483648", "STRING_VALUE can not be converted to an Integer"),
        ("Flag=1", "STRING_VALUE can not be converted to a Boolean"),
        ("Real=inf", "STRING_VALUE can not be converted to a Double"),
        ("Moment=yesterday", "STRING_VALUE can not be converted to milliseconds since epoch"),
        ("Bytes=%25", "invalid base64 in a Blob"),
        ("Text=%FF", "a parameter is not UTF-8"),
        ("Text.x=1", "Start of structure or map found where not expected."),
        ("Tags=abc", "Unexpected list element termination"),
        ("Tag=abc", "Unexpected complex element termination"),
        ("Tags.member.x.Key=1", "the index of a list or map is not a number"),
        ("Tags.member.-1.Key=1", "the index of a list or map is not a number"),
        ("Tags.1.Key=1", "a list or map does not have the element name of its schema"),
        ("Context.entry.1.value=v", "an entry of a map has no key"),
    ] {
        assert_eq!(refusal(input), message, "{input}");
    }
    assert_eq!(refusal(&format!("Tree.{}Leaf=1", "Next.".repeat(70))), "the input is nested too deeply");
    assert_eq!(refusal(&"a=&".repeat(300_000)), "the input has too many values");
}

#[test]
fn a_moment_may_be_written_in_several_ways() {
    for text in
        ["2026-11-21T09:30:00.000Z", "2026-11-21T09:30:00", "20261121T093000Z", "2026-11-21T10:30:00%2B01:00"]
    {
        let document = form(&format!("Moment={text}")).unwrap();
        assert_eq!(document.time("Moment"), Some(Timestamp::from_millis(1_795_253_400_000)), "{text}");
    }
    assert_eq!(form("Moment=2026-11-21").unwrap().time("Moment").unwrap().iso8601(), "2026-11-21T00:00:00Z");
}

fn output() -> Document {
    Document::new()
        .with("Text", "a<b>&\"c\"\r\n\u{1}")
        .with("Flag", true)
        .with("Single", f64::INFINITY)
        .with("Bytes", vec![255])
        .with("Moment", Timestamp::from_millis(1_795_253_400_000))
        .with("Texts", Vec::<String>::new())
        .with("Named", &["n"][..])
        .with("Flat", &["f", "g"][..])
        .with("Nested", vec![Value::from(&["x"][..])])
        .with("Context", Document::new().with("k", "v"))
        .with("FlatMap", Document::new().with("a", 1i64).with("b", 2i64))
        .with("Tag", Document::new())
}

const MEMBERS: &str = "<Text>a&lt;b&gt;&amp;&quot;c&quot;&#xD;\n&#x1;</Text><Flag>true</Flag>\
    <Single>Infinity</Single><Bytes>/w==</Bytes><Moment>2026-11-21T09:30:00Z</Moment><Texts/>\
    <Named><item>n</item></Named><FlatItem>f</FlatItem><FlatItem>g</FlatItem>\
    <Nested><member><member>x</member></member></Nested>\
    <Context><entry><key>k</key><value>v</value></entry></Context>\
    <FlatMap><K>a</K><V>1</V></FlatMap><FlatMap><K>b</K><V>2</V></FlatMap><Tag/>";

#[test]
fn writes_every_kind() {
    let answer = encode(Protocol::Query, &QUERY, &EchoAll, &output(), "id-1").unwrap();
    assert_eq!(
        body(&answer),
        format!(
            "<EchoAllResponse xmlns=\"https://form.amazonaws.com/doc/2010-05-08/\"><EchoAllResult>{MEMBERS}\
             </EchoAllResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></EchoAllResponse>"
        )
    );
    assert_eq!((header(&answer, "content-type"), header(&answer, "x-amzn-requestid")), ("text/xml", "id-1"));
    let answer = encode(Protocol::Query, &QUERY, &Nothing, &Document::new(), "id-2").unwrap();
    assert_eq!(
        body(&answer),
        "<NothingResponse xmlns=\"https://form.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata>\
         <RequestId>id-2</RequestId></ResponseMetadata></NothingResponse>"
    );
}

#[test]
fn writes_errors() {
    let members = Document::new().with("ResourceId", "r-1");
    let error = WireError::of(&NotFoundException, "no <user>").with(&members);
    let answer = encode_error(Protocol::Query, Some(&QUERY), &error, "id");
    assert_eq!(answer.status(), 404);
    assert_eq!(
        body(&answer),
        "<ErrorResponse xmlns=\"https://form.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
         <Code>NotFound</Code><Message>no &lt;user&gt;</Message><ResourceId>r-1</ResourceId></Error>\
         <RequestId>id</RequestId></ErrorResponse>"
    );
    let answer = encode_error(Protocol::Ec2, Some(&EC2), &WireError::new("Unavailable", 503, "later"), "id");
    assert_eq!(
        body(&answer),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>Unavailable</Code>\
         <Message>later</Message></Error></Errors><RequestID>id</RequestID></Response>"
    );
}

#[test]
fn ec2_has_flat_lists_and_capital_names() {
    let document = ec2("RenamedOnTheWire=r&Texts.1=a&Texts.2=b&Tags.1.Key=k&Named.1=n").unwrap();
    assert_eq!(document.str("Renamed"), Some("r"));
    assert_eq!(document.strings("Texts").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(document.maps("Tags").next().unwrap().str("Key"), Some("k"));
    assert_eq!(document.strings("Named").collect::<Vec<_>>(), ["n"]);
    assert_eq!(ec2("Number=x").unwrap_err().code, "InvalidParameterValue");
    let answer = encode(Protocol::Ec2, &EC2, &EchoAll, &output(), "id").unwrap();
    assert_eq!(
        body(&answer),
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EchoAllResponse \
             xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>id</requestId>{MEMBERS}</EchoAllResponse>"
        )
    );
}
