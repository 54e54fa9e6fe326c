//! Writes the inputs that the targets begin with: `cargo run --example seeds`, in this folder.

#[path = "seeds/ingest.rs"]
mod ingest;

use std::fs;
use std::path::Path;

use bastide_codec::encode;
use bastide_crypto::{KeySpec, SecretKey};
use bastide_fuzz::tables::{self, EchoJson};
use bastide_ids::Timestamp;
use bastide_shape::{Document, Protocol, Value};
use bastide_sigv4::{ChunkSigner, Payload, SignedBody, Signer, SigningKey};
use http::Request;
use http::request::Parts;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SIGNER: Signer<'_> = Signer {
    access_key_id: "AKIDEXAMPLE",
    secret: SECRET,
    session_token: None,
    region: "us-east-1",
    service: "s3",
};

fn main() {
    json();
    forms();
    rest();
    cbor();
    route();
    policies();
    signatures();
    chunks();
    storage();
    names();
    kms();
    keys();
    linear();
    sigma();
    ingest::ingest();
}

fn seed(target: &str, name: &str, bytes: impl AsRef<[u8]>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    fs::create_dir_all(&folder).expect("a folder for seeds");
    fs::write(folder.join(name), bytes).expect("a seed");
}

const ALL: &str = r#"{"Text":"é\n","Flag":true,"Number":-1,"Big":9007199254740993,"Huge":1,"Single":1.5,"Real":"NaN",
"Raw":"AAEC","Moment":1795253400.123,"Iso":"2026-11-21T09:30:00Z","Mode":"A","Texts":["a",""],"Numbers":[1,2],
"Named":["a"],"Flat":["a"],"FlatTags":[{"Key":"k","Value":"v"}],"Nested":[["a"],[]],"Context":{"a":"b","a":"c"},
"FlatMap":{"a":1},"Structs":{"a":{"Key":"k"}},"Tag":{"Key":"k"},"Tags":[{"Key":"k"}],"Choice":{"One":"a"},
"Tree":{"Leaf":"a","Next":{"Many":[{"Leaf":"b"},{}]}},"renamedOnTheWire":"r"}"#;

fn json() {
    seed("json", "all", format!("EchoAll\n{ALL}"));
    seed(
        "json",
        "free",
        r#"EchoJson
{"Free":[null,true,1,-1.5e300,"a",{"b":[]}],"Sparse":["a",null],"All":{"Text":"a"},"Other":{"x":[1]}}"#,
    );
    let context =
        r#"{"KeyId":"alias/a","Plaintext":"AAEC","EncryptionContext":{"a":"b"},"GrantTokens":["t"]}"#;
    seed("json", "kms", format!("Encrypt\n{context}"));
    let lookup =
        r#"{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"Encrypt"}],"StartTime":1.5}"#;
    seed("json", "cloudtrail", format!("LookupEvents\n{lookup}"));
    seed("validate", "kms", format!("Encrypt\n{context}"));
    seed(
        "validate",
        "grant",
        r#"CreateGrant
{"KeyId":"","GranteePrincipal":"!","Operations":["Encrypt","No"],"Constraints":{"EncryptionContextSubset":{"a":"b"}}}"#,
    );
    seed("validate", "tags", "TagResource\n{\"KeyId\":\"a\",\"Tags\":[{\"TagKey\":\"\"},{}]}");
    seed(
        "validate",
        "hidden",
        r#"
{"Mode":"C","Hidden":{"Secret":"hunter22","Secrets":["a","bcd","efghijk"],"Named":{"key123":"value456"},"Number":11,
"Deep":{"key789":{"Secret":"a","Deep":{"inner1":{}}}},"Inner":{"Secret":"longer"},"Either":{"One":"a","Two":["b"]}}}"#,
    );
}

const FORM: &str = "Text=%C3%A9+a&Flag=true&Number=-1&Big=2&Huge=3&Single=1.5&Real=-Infinity&Raw=AAEC&\
    Moment=2026-11-21T09:30:00.123Z&Iso=20261121T093000Z&Mode=B&Texts.member.1=a&Texts.member.10=b&Texts.1=c&\
    Named.item.1=a&FlatItem.1=a&FlatTags.1.Key=k&FlatTags.1.Value=v&Nested.member.1.member.1=a&\
    Context.entry.1.key=a&Context.entry.1.value=b&FlatMap.1.K=a&FlatMap.1.V=1&Structs.entry.1.key=a&\
    Structs.entry.1.value.Key=k&Tag.Key=k&Choice.Two=1&Tree.Next.Many.member.1.Leaf=a&renamedOnTheWire=r";

fn forms() {
    seed("query", "all", format!("EchoAll\n{FORM}"));
    seed("query", "empty", "EchoAll\nTexts=&Tag=&Context=&Flat=&Tree.Next=");
    seed(
        "query",
        "iam",
        "CreateUser\nAction=CreateUser&UserName=a&Path=/a/&Tags.member.1.Key=k&Tags.member.1.Value=v",
    );
    seed(
        "query",
        "sts",
        "AssumeRole\nRoleArn=arn:aws:iam::111122223333:role/a&RoleSessionName=s&DurationSeconds=900",
    );
    let ec2 =
        FORM.replace(".member", "").replace(".entry", "").replace(".item", "").replace("FlatItem", "Flat");
    seed("ec2_query", "all", format!("EchoAll\n{}", ec2.replace("renamed", "Renamed")));
    seed("ec2_query", "iam", "CreateUser\nUserName=a&Tags.1.Key=k&Tags.2.Value=v");
}

const HEADERS: &str = "x-header: a\nx-modified: Sat, 21 Nov 2026 09:30:00 GMT\nx-words: a, \"b,\\\"c\"\nx-counts: 1,2\n\
    x-dates: Sat, 21 Nov 2026 09:30:00 GMT, Sat, 21 Nov 2026 09:30:01 GMT\nx-json: eyJhIjpbMV19\nx-meta-a: b\n";

fn rest() {
    let target = "/things/a%2Fb/c/d?when=2026-11-21T09:30:00Z&names=a&names=b&max=1&other=x&x-id=PutBound";
    let json = r#"{"inBody":"a","Texts":["a"],"Context":{"a":"b"},"FlatMap":{"a":1},"Moment":1,"Tree":{"Leaf":"a"}}"#;
    seed("rest_json", "bound", format!("PUT {target}\n{HEADERS}\n{json}"));
    seed("rest_json", "all", format!("PUT /all\n\n{ALL}"));
    seed("rest_json", "blob", "PUT /blob\nx-header: a\n\n\u{1}bytes");
    seed("rest_json", "text", "PUT /text\n\ntext");
    seed("rest_json", "plain", "PUT /plain\nx-header: a\n\n{\"Text\":\"a\",\"Moment\":1,\"Flat\":[\"a\"]}");
    seed("rest_json", "abort", "DELETE /things/a?uploadId=1\n\n");
    let xml = "<Bound><inBody>a</inBody><Texts><member>a</member></Texts><Context><entry><key>a</key><value>b</value>\
        </entry></Context><FlatMap><K>a</K><V>1</V></FlatMap><Moment>2026-11-21T09:30:00Z</Moment>\
        <Decorated xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"t&#xA;\"><ID>i</ID></Decorated>\
        <Tree><Leaf><![CDATA[<a>]]>&amp;&#x41;</Leaf><Many><member/></Many></Tree></Bound>";
    seed("rest_xml", "bound", format!("PUT {target}\n{HEADERS}\n<?xml version=\"1.0\"?><!-- c -->{xml}"));
    let all = "<All><Text>a\r\n</Text><Flag> true </Flag><Number>1</Number><Big>2</Big><Huge>3</Huge><Single>1.5</Single>\
        <Real>NaN</Real><Raw>AAEC</Raw><Iso>2026-11-21T09:30:00Z</Iso><Mode>A</Mode><Named><item>a</item></Named>\
        <FlatItem>a</FlatItem><FlatItem/><FlatTags><Key>k</Key></FlatTags><Nested><member><member>a</member></member>\
        </Nested><Structs><entry><key>a</key><value><Key>k</Key></value></entry></Structs><Choice><One>a</One></Choice>\
        <renamedOnTheWire>r</renamedOnTheWire><Other><x y='1'/></Other></All>";
    seed("rest_xml", "all", format!("PUT /all\n\n{all}"));
    seed("rest_xml", "blob", "PUT /blob\nx-header: a\n\n\u{1}bytes");
    seed("rest_xml", "plain", "PUT /plain\n\n<PlainRoot><Text>a</Text><FlatItem>b</FlatItem></PlainRoot>");
}

fn cbor() {
    let free = vec![Value::Null, Value::Bool(true), Value::Int(-1), Value::Float(1.5), Value::from("a")];
    let tree = Document::new().with("Leaf", "a").with("Many", vec![Document::new().with("Leaf", "b")]);
    let all = Document::new()
        .with("Text", "é")
        .with("Flag", true)
        .with("Number", 1i64)
        .with("Big", i64::MAX)
        .with("Single", 1.5)
        .with("Real", f64::NAN)
        .with("Raw", vec![1u8, 2, 3])
        .with("Moment", Timestamp::from_millis(1_795_253_400_123))
        .with("Texts", &["a", "b"][..])
        .with("Context", Document::new().with("a", "b"))
        .with("Choice", Document::new().with("Two", 1i64))
        .with("Renamed", "r")
        .with("Tree", tree);
    let sparse = vec![Value::from("a"), Value::Null];
    let document = Document::new().with("Free", free).with("Sparse", sparse).with("All", all);
    let answer = encode(Protocol::Cbor, &tables::JSON, &EchoJson, &document, "id").expect("it fits");
    seed("cbor", "all", [&[1], &answer.body()[..]].concat());
    // Indefinite lengths, a big integer, a half float, a moment, undefined.
    let odd = b"\x01\xbf\x64Free\x9f\xf9\x3c\x00\xc2\x41\x05\xc3\x41\x05\xc1\x00\xf7\x7f\x61a\x61b\xff\x5f\x41a\xff\xff\xff";
    seed("cbor", "odd", odd);
    seed("linear", "cbor", [&b"\x01\x06\x01"[..], b"\x01\xbf\x64Free\x9f\xff\xff"].concat());
}

fn route() {
    let kms = "x-amz-target: TrentService.Encrypt\ncontent-type: application/x-amz-json-1.1\n";
    seed("route", "json", format!("\u{1}POST /\n{kms}\n{{\"KeyId\":\"a\",\"Plaintext\":\"AAEC\"}}"));
    seed(
        "route",
        "cbor",
        "\u{1}POST /service/TrentService/operation/ListKeys\nsmithy-protocol: rpc-v2-cbor\n\n\u{bf}",
    );
    seed("route", "query", "\u{2}POST /\n\nAction=GetUser&Version=2010-05-08&UserName=a");
    seed("route", "get", "\0GET /?Action=GetCallerIdentity&Version=2011-06-15\n\n");
    seed("route", "rest", "\u{4}PUT /things/a/b/c?x-id=PutBound\nx-header: a\n\n{}");
    seed("route", "xml", "\u{5}GET /things/a?policy&version=2\n\n");
    seed("route", "deep", "\u{5}GET /deep/a/b/policy/\n\n");
}

fn policies() {
    let own = r#"{"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"a","Effect":"Allow","Action":["s3:Get*","kms:*"],
"Resource":["arn:aws:s3:::bucket/${aws:username}/*","arn:aws:s3:::${no:such, 'bucket'}/k?y","*"],
"Condition":{"StringLike":{"a":["*a*b","${aws:username}"]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},
"ForAllValues:StringEqualsIfExists":{"many":"a"},"NumericLessThan":{"n":5},"Null":{"x":"true"},
"DateGreaterThan":{"aws:CurrentTime":"2020-01-01"},"Bool":{"aws:SecureTransport":true},
"ArnLike":{"arn":"arn:aws:iam::*:role/*"},"BinaryEquals":{"b":"AAEC"}}},
{"Effect":"Deny","NotAction":"s3:*","NotResource":"arn:aws:s3:::*"}]}"#;
    let other = r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":["111122223333",
"arn:aws:iam::111122223333:user/team/alice"],"Service":"cloudtrail.amazonaws.com"},"Action":"*","Resource":"*"}}"#;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},
"Action":"sts:AssumeRoleWithWebIdentity"},{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}"#;
    let limit = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","NotAction":"s3:Put*",
"Resource":"*"}]}"#;
    for kind in [0, 1, 4, 5, 6] {
        seed("policy", &format!("own-{kind}"), format!("{}{own}", char::from(kind)));
    }
    for (kind, text) in [(2, other), (3, trust), (7, limit), (8, other)] {
        seed("policy", &format!("other-{kind}"), format!("{}{text}", char::from(kind)));
    }
}

fn head(method: &str, uri: &str) -> Parts {
    Request::builder()
        .method(method)
        .uri(uri)
        .header("host", "b.s3.amazonaws.com")
        .body(())
        .expect("a request")
        .into_parts()
        .0
}

fn text(parts: &Parts, body: &[u8]) -> Vec<u8> {
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let mut out = format!("{} {target}\n", parts.method).into_bytes();
    for (name, value) in &parts.headers {
        out.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
    }
    [&out, &b"\n"[..], body].concat()
}

fn now() -> Timestamp {
    Timestamp::parse_basic("20150830T123600Z").expect("a moment")
}

fn signatures() {
    let mut parts = head("POST", "/a/../b//c%2F?x=1&a=%20+b&a");
    parts.headers.append("x-amz-meta-a", "  a   b ".parse().expect("a value"));
    SIGNER.sign(&mut parts, SignedBody::Whole(b"body"), now()).expect("signed");
    seed("sigv4", "s3", text(&parts, b"body"));
    let kms = Signer { service: "kms", session_token: Some("token"), ..SIGNER };
    let mut parts = head("POST", "/");
    kms.sign(&mut parts, SignedBody::Whole(b"{}"), now()).expect("signed");
    seed("sigv4", "kms", text(&parts, b"{}"));
    for (name, signer) in [("presigned-s3", SIGNER), ("presigned-kms", kms)] {
        let mut parts = head("GET", "/k?a=b");
        let expires = Some(std::time::Duration::from_secs(60));
        signer.presign(&mut parts, SignedBody::Whole(b""), expires, now()).expect("signed");
        seed("sigv4", name, text(&parts, b""));
    }
    seed("sigv4", "v2", "GET /?AWSAccessKeyId=a&Signature=b&Expires=1\nhost: h\n\n");
    seed("sigv4", "bearer", "GET /\nauthorization: Bearer abc\nhost: h\n\n");
}

fn chunks() {
    let checksum = [("x-amz-checksum-crc32".to_owned(), "AAAAAA==".to_owned())];
    for (name, payload) in
        [("signed", Payload::StreamingSigned), ("trailer", Payload::StreamingSignedTrailer)]
    {
        let mut parts = head("PUT", "/k");
        parts.headers.insert("x-amz-decoded-content-length", 10.into());
        if name == "trailer" {
            parts.headers.insert("x-amz-trailer", "x-amz-checksum-crc32".parse().expect("a value"));
        }
        let first = SIGNER.sign(&mut parts, SignedBody::Declared(payload), now()).expect("signed");
        let scope = SIGNER.scope(now());
        let key = SigningKey::derive(SECRET, &scope);
        let mut chain = ChunkSigner::new(key, now().basic(), scope, first);
        let mut body =
            [chain.encode_chunk(b"hello"), chain.encode_chunk(b"world"), chain.encode_chunk(b"")].concat();
        if name == "trailer" {
            body.extend(b"x-amz-checksum-crc32:AAAAAA==\r\n");
            let signature: String =
                chain.trailer(&checksum).iter().map(|byte| format!("{byte:02x}")).collect();
            body.extend(format!("x-amz-trailer-signature:{signature}\r\n").bytes());
        }
        body.extend(b"\r\n");
        seed("chunks", name, [&b"\x07"[..], &text(&parts, &body)].concat());
    }
    let head = "PUT /k\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\nx-amz-decoded-content-length: 10\n\
                x-amz-trailer: x-amz-checksum-crc32\n\n";
    let body = "5\r\nhello\r\n5;x=y\r\nworld\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\n\r\n";
    seed("chunks", "unsigned", format!("\u{3}{head}{body}"));
}

fn storage() {
    // Everything but length and checksum, which the target sets: position, distance, and the event.
    let mut frame = vec![0; 8];
    frame.extend(7u64.to_le_bytes());
    frame.extend(1u32.to_le_bytes());
    frame.extend([9; 16]);
    frame.extend(1_795_253_400_123i64.to_le_bytes());
    frame.extend(
        b"\x01111122223333\x09us-east-1\x02\x00\x01\x07\x00Encrypt\x02\x03\x00abc{\"eventName\":\"Encrypt\"}",
    );
    seed("frame", "event", frame);
    let mut foot = 4240u64.to_le_bytes().to_vec();
    for number in [0u32, 0] {
        foot.extend(number.to_le_bytes());
    }
    for number in [1u64, 2] {
        foot.extend(number.to_le_bytes());
    }
    for number in [2u32, 1, 0, 3] {
        foot.extend(number.to_le_bytes());
    }
    for number in [5i64, 6, 16, 99] {
        foot.extend(number.to_le_bytes());
    }
    seed("index", "foot", foot);
    // Each six bytes are one change to a file.
    for kind in 0..8u8 {
        seed("recovery", &format!("change-{kind}"), [kind, kind, 100, 1, 8, 1, 6, kind, 0, 2, 255, 0]);
    }
    seed("index", "head", [&[0; 8], &1u32.to_le_bytes()[..]].concat());
    seed("seal", "sealed", [&b"BSL\x01\0\0\0\x01"[..], &[7; 16 + 12 + 24]].concat());
    seed("seal", "text", "\"QlNMAQAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"");
    seed(
        "seal",
        "keyring",
        r#"{"format":1,"id":"a","seals":[{"id":"b","kind":"file","created":1795253400123,
"key":{"parameters":{"salt":"AAEC"},"wrapped":"AAEC"}}],"generations":[{"number":1,"created":1,"wrapped":"AAEC"}],
"current":1,"mac":"AAEC"}"#,
    );
}

fn names() {
    for (name, text) in [
        ("key", "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
        ("role", "arn:aws-cn:iam::111122223333:role/path/name"),
        ("id", "1234abcd-12ab-34cd-56ef-1234567890ab"),
        ("account", "111122223333"),
        ("region", "us-gov-west-1"),
        ("basic", "20261121T093000Z"),
        ("iso", "2026-11-21T09:30:00.123456789+01:00"),
        ("http", "Sat, 21 Nov 2026 09:30:00 GMT"),
    ] {
        seed("names", name, text);
    }
}

fn kms() {
    let material = [7; 32 + 16 + 12 + 20];
    let header = b"\0BKC\x01111122223333\x09us-east-1\x241234abcd-12ab-34cd-56ef-1234567890ab";
    seed("kms", "blob", [&header[..], &material].concat());
    seed("kms", "changed", b"\x01\x01\x03\x00\x01plaintext");
    for (name, text) in [
        ("id", "1234abcd-12ab-34cd-56ef-1234567890ab"),
        ("region", "mrk-1234abcd12ab34cd56ef1234567890ab"),
        ("alias", "alias/a/b"),
        ("key-arn", "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
        ("alias-arn", "arn:aws:kms:us-east-1:444455556666:alias/a"),
        ("token", "YmFzdGlkZS1ncmFudC0xIDExMTEyMjIyMzMzMyB1cy1lYXN0LTEgayBnIDAw"),
    ] {
        seed("kms", name, format!("\u{2}{text}"));
    }
}

/// Keys that have but one form, by their seeds (RFC 8410, RFC 9881, RFC 9935), and their public halves.
fn keys() {
    let oid = |set, last| [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, set, last];
    let frame = |length, algorithm| [0x30, length, 2, 1, 0, 0x30, algorithm];
    let ed25519 = [&frame(0x2e, 5)[..], &[6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20], &[7; 32]].concat();
    let ml_dsa = [&frame(0x34, 0x0b)[..], &oid(3, 17), &[4, 0x22, 0x80, 0x20], &[7; 32]].concat();
    let ml_kem = [&frame(0x54, 0x0b)[..], &oid(4, 1), &[4, 0x42, 0x80, 0x40], &[7; 64]].concat();
    for (spec, bytes) in [
        (KeySpec::EccNistEdwards25519, ed25519),
        (KeySpec::MlDsa44, ml_dsa),
        (KeySpec::MlKem512, ml_kem),
        (KeySpec::Hmac256, vec![7; 32]),
    ] {
        let pick = KeySpec::ALL.iter().position(|known| *known == spec).expect("it is one of all");
        let pick = u8::try_from(pick).expect("there are few");
        let key = SecretKey::from_bytes(spec, &bytes).expect("a key");
        seed("keys", spec.as_str(), [&[pick], key.bytes()].concat());
        if let Ok(public) = key.public_key() {
            seed("keys", &format!("{spec}_public"), [&[pick], public.spki()].concat());
        }
    }
}

fn linear() {
    let with = |pick: u8, start: &str, piece: &str, end: &str| {
        let lengths = [start.len(), piece.len()].map(|length| u8::try_from(length).expect("a short text"));
        [&[pick][..], &lengths, start.as_bytes(), piece.as_bytes(), end.as_bytes()].concat()
    };
    seed("linear", "json-map", with(0, "{\"Free\":{", "\"a\":1,", "\"b\":2}}"));
    seed("linear", "json-list", with(0, "{\"All\":{\"Texts\":[", "\"a\",", "\"b\"]}}"));
    seed("linear", "json-deep", with(0, "{\"Free\":", "[", "]"));
    seed("linear", "json-text", with(0, "{\"All\":{\"Text\":\"", "\\u00e9", "\"}}"));
    seed("linear", "query", with(2, "", "Texts.member.1=a&", ""));
    seed("linear", "query-deep", with(2, "Tree", ".Next", ".Leaf=a"));
    seed("linear", "ec2", with(3, "", "Context.1.key=a&Context.2.value=b&", ""));
    seed("linear", "xml-flat", with(4, "<a>", "<FlatMap><K>a</K><V>1</V></FlatMap>", "</a>"));
    seed("linear", "xml-deep", with(4, "<a>", "<Tree><Next>", ""));
    seed("linear", "xml-attributes", with(4, "<a ", "b='1' ", "/>"));
    seed("linear", "validate", with(5, "{\"ResourceId\":\"a\",\"Tags\":[", "{\"Key\":\"\"},", "{}]}"));
    let statement = "{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"},";
    let last = "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
    let policy = with(6, "\0{\"Version\":\"2012-10-17\",\"Statement\":[", statement, last);
    // The kind stands before the two lengths.
    seed("linear", "policy", [&[6, 0], &[policy[1] - 1, policy[2]], &policy[4..]].concat());
    let start =
        "\0{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"";
    for (name, piece) in [("open", "${"), ("default", "${,")] {
        let policy = with(6, start, piece, "\"}]}");
        seed(
            "linear",
            &format!("policy-{name}"),
            [&[6, 0], &[policy[1] - 1, policy[2]], &policy[4..]].concat(),
        );
    }
    seed("linear", "head-query", with(7, "GET /things/a?", "a=b&", "c\nhost: h\n\n"));
    seed("linear", "head-path", with(7, "GET /deep/", "a/../", "b\nhost: h\n\n"));
    let signed = "GET / HTTP\nhost: h\nauthorization: AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, Signature=b, SignedHeaders=";
    seed(
        "linear",
        "head-signed",
        with(7, &signed.replace(" HTTP", ""), "host;", "x\nx-amz-date: 20150830T123600Z\n\n"),
    );
    let upload = "PUT /\nx-amz-decoded-content-length: 99999\nx-amz-trailer: a\n\n";
    seed("linear", "chunks", with(8, upload, "1\r\na\r\n", "0\r\na:b\r\n\r\n"));
    let glob = |pattern: [&str; 3], resource: [&str; 3]| {
        let half = |[start, piece, end]: [&str; 3]| with(0, start, piece, end)[1..].to_vec();
        let (one, two) = (half(pattern), half(resource));
        [&[9, u8::try_from(one.len()).expect("a short text")], &one[..], &two[..]].concat()
    };
    seed("linear", "pattern-stars", glob(["", "*a", "*b"], ["", "a", ""]));
    seed("linear", "pattern-questions", glob(["*", "?a", "b*"], ["", "aa", ""]));
    seed("linear", "pattern-variables", glob(["*", "${a}?", "*"], ["", "a", ""]));
}

fn sigma() {
    let head = "title: t\nname: a\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n";
    let record =
        r#"{"eventName":"CreateUser","a":{"b":["x",1,null,true]},"ip":"10.1.2.3","cmd":"cG93ZXJzaGVsbA=="}"#;
    for (name, text) in [
        (
            "plain",
            "  s: {eventName: Create*, a.b: [x, 1]}\n  f_1: {ip|cidr: 10.0.0.0/8}\n  condition: s and not 1 of f_*",
        ),
        (
            "text",
            "  s: {cmd|base64offset|contains: power, a.b|re|i: ^X$, eventTime|hour|gte: 3}\n  condition: all of them",
        ),
        (
            "words",
            "  k: [user, 'cre?te*']\n  e: {'|all': [a, b]}\n  n: {z: null, y|exists: false}\n  condition: k or e and n",
        ),
        (
            "encoded",
            "  s: {a|wide|base64: ping, b|utf16be|base64: x, c|windash: ' -a', d|expand: '%p%'}\n  condition: s",
        ),
        (
            "many",
            "  s: &v\n    - {eventName|cased: A}\n    - {a|fieldref|endswith: ip}\n  t: *v\n  condition: [s, t]",
        ),
    ] {
        seed("sigma", name, format!("{head}{text}\n===\n{record}"));
    }
    let all = format!(
        "action: global\n{head}  s: {{eventName: CreateUser}}\n  condition: s\n---\nname: b\n---\naction: reset\n---\n\
         title: c\ncorrelation:\n  type: temporal_ordered\n  rules: [a, b]\n  group-by: [ip]\n  timespan: 5m\n---\n\
         title: d\ncorrelation:\n  type: value_count\n  rules: b\n  timespan: 1h\n  condition: {{gte: 2, field: ip}}\n---\n\
         title: f\nlogsource: {{product: aws}}\nfilter:\n  rules: any\n  s: {{ip: 1}}\n  condition: not s\n===\n{record}"
    );
    seed("sigma", "collection", all);
}

const EVENT: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/a/b",
"sessionContext":{"sessionIssuer":{"type":"Role","userName":"a"},"attributes":{"mfaAuthenticated":"true"}}},
"eventTime":"2023-07-10T11:42:36Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","sourceIPAddress":"192.0.2.7",
"requestParameters":{"key":"a/\u00e9}\"{"},"responseElements":null,"resources":[{"ARN":"a"}],"readOnly":true}"#;

const AUDIT: &str = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","stage":"ResponseComplete","verb":"get",
"user":{"username":"u","groups":["g"]},"sourceIPs":["192.0.2.7"],"objectRef":{"resource":"pods","name":"p"},
"responseStatus":{"code":200},"requestReceivedTimestamp":"2023-07-10T11:42:36.123456Z"}"#;

const QUERY: &str = r#"{"version":"1.1","account_id":"1","query_timestamp":"2023-07-10T11:42:36Z","query_name":"a.example.",
"query_type":"A","rcode":"NOERROR","answers":[{"Rdata":"192.0.2.7","Type":"A"}],"srcaddr":"10.0.0.1","srcport":"5",
"srcids":{"instance":"i-1"}}"#;

fn logs() {
    for (target, record) in [("log_cloudtrail", EVENT), ("log_kubernetes", AUDIT), ("log_dns", QUERY)] {
        let line = record.replace('\n', "");
        let message = serde_json::to_string(&line).expect("a string");
        seed(target, "one", record);
        seed(target, "lines", format!("{line}\n{line}\n"));
        seed(target, "export", format!("2023-07-10T11:42:36.000Z {line}\n"));
        seed(
            target,
            "envelope",
            format!(
                r#"{{"owner":"1","logGroup":"/aws/eks/c/cluster","logEvents":[{{"message":{message}}}]}}"#
            ),
        );
        seed(target, "damaged", format!("{}\n{line}", &line[..line.len() / 2]));
    }
    seed("log_cloudtrail", "file", format!("{{\"Records\":[{EVENT},{EVENT}]}}"));
    seed("log_cloudtrail", "bridge", format!("{{\"version\":\"0\",\"detail\":{EVENT}}}"));
    seed("log_kubernetes", "list", format!("{{\"kind\":\"EventList\",\"items\":[{AUDIT}]}}"));
    seed("log_values", "event", EVENT);
    seed("log_values", "list", "[1,-2.5e3,\"a\\ud83d\\ude00\",null,{\"a\":[{\"b\":true}]}]");
    let flow =
        "2 111122223333 eni-1 10.0.0.5 203.0.113.9 49152 443 6 10 840 1688989356 1688989416 ACCEPT OK\n";
    seed("log_flow", "default", flow);
    seed("log_flow", "nodata", "2 1 eni-1 - - - - - - - 1688989356 1688989416 - NODATA\n");
    seed(
        "log_flow",
        "header",
        "version srcaddr dstport tcp-flags flow-direction\n5 2001:db8::1 22 19 egress\n",
    );
    seed("log_flow", "format", "${srcaddr} ${dstaddr}\n10.0.0.1 10.0.0.2\n");
    seed(
        "log_login",
        "rds",
        "2023-07-10 11:42:36 UTC:192.0.2.7(5):[unknown]@[unknown]:[1]:LOG:  connection received: host=192.0.2.7 port=5\n2023-07-10 11:42:36 UTC:192.0.2.7(5):a@b:[1]:LOG:  connection authorized: user=a database=b\n",
    );
    seed(
        "log_login",
        "debian",
        "2023-07-10 11:42:36.123 CEST [1] a@b FATAL:  password authentication failed for user \"a\"\n",
    );
    seed(
        "log_login",
        "hba",
        "2023-07-10 11:42:36 UTC [1] FATAL:  no pg_hba.conf entry for host \"192.0.2.7\", user \"a\", database \"b\", no encryption\n",
    );
    seed(
        "log_login",
        "csv",
        "2023-07-10 11:42:36.123 UTC,\"a\",\"b\",1,\"192.0.2.7:5\",s,1,\"x\",t,3/2,0,FATAL,28P01,\"role \"\"a\"\" does not exist\",,,,,,,,,\"psql\"\n",
    );
    seed(
        "log_login",
        "json",
        r#"{"timestamp":"2023-07-10 11:42:36.123 UTC","pid":1,"error_severity":"FATAL","message":"role \"a\" does not exist"}"#,
    );
    seed(
        "log_login",
        "mysql",
        "20230710 11:42:36,h,a,192.0.2.7,12,0,FAILED_CONNECT,b,,1045\n1688989356123456,h,a,192.0.2.7,12,0,CONNECT,b,,0\n2023-07-10T11:42:36.123456Z 12 [Note] [MY-010926] [Server] Access denied for user 'a'@'192.0.2.7' (using password: YES)\n",
    );
}

/// Threat lists of every format, and the head of a file of places.
fn lists() {
    for (pick, name, text) in [
        (
            0,
            "txt",
            "# c\n198.51.100.7 # threat\n203.0.113.0/24;x\n2001:db8::/48\n*.bad.example\n198.51.100[.]9\n",
        ),
        (
            0,
            "txt-more",
            "198.51.100.1-198.51.100.9\n0.0.0.0 h.example\n198.51.100.1|80\nhttp://198.51.100.2/\nAKIAIOSFODNN7EXAMPLE\n",
        ),
        (
            1,
            "otx",
            "Indicator type,Indicator,Description\nCIDR,203.0.113.0/24,\"a, \"\"b\"\"\"\nFileHash-MD5,aa,\n",
        ),
        (2, "alien-vault", "198.51.100.1#4#2#Malicious Host#US##0.0,0.0#3\n198.51.100.2 # Scanning Host\n"),
        (3, "proof-point", "ip, category, score\n198.51.100.1, 1, 100\n"),
        (
            4,
            "fire-eye",
            "reportId,title,cidr,domain,ip,malwareFamily\n1,\"a\nb\",203.0.113.0/24,c2.example,198.51.100.1,Zeus\n",
        ),
        (
            5,
            "misp",
            "uuid,event_id,category,type,value,comment,to_ids,date\nu,1,x,domain|ip,a.example|198.51.100.3,,1,1\n",
        ),
    ] {
        seed("lists", name, [&[pick], text.as_bytes()].concat());
    }
    seed(
        "list_stix",
        "xml",
        "<s><Indicator><Title>A &amp; B</Title><Properties category=\"ipv4-addr\"><a:Address_Value condition=\"Equals\">\
         198.51.100.1##comma##198.51.100.2</a:Address_Value></Properties><Properties \
         xsi:type=\"D:DomainNameObjectType\"><Value>c2.example</Value></Properties></Indicator></s>",
    );
    seed(
        "list_stix",
        "json",
        r#"{"type":"bundle","objects":[{"type":"indicator","name":"n","pattern_type":"stix","pattern":"[ipv4-addr:value = '198.51.100.1' OR domain-name:value IN ('a.example','b')] OR [ipv6-addr:value ISSUBSET '2001:db8::/32']"},{"type":"indicator","revoked":true}]}"#,
    );
    seed("places", "none", b"\xab\xcd\xefMaxMind.com\xe9\x4dbinary_format_major_version\xa1\x02");
}
