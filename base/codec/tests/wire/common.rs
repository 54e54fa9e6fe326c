//! A service in every protocol, and requests to it.

use bastide_codec::{Catalog, DecodeError, Limits, Route, decode, route};
use bastide_shape::{
    Access, Document, Location, Protocol, Service, TimestampFormat, Trait, big_integer, blob, boolean,
    document, double, enumeration, error, errors, float, integer, list, long, map, member, operation,
    operations, service, shapes, string, structure, timestamp, union,
};
use bytes::Bytes;
use http::Response;
use http::request::Parts;

shapes! {
    Text = string();
    Secret = string().sensitive();
    Flag = boolean();
    Number = integer();
    Big = long();
    Huge = big_integer();
    Single = float();
    Real = double();
    Bytes_ = blob();
    Moment = timestamp();
    Iso = timestamp().format(TimestampFormat::Iso8601);
    Mode = enumeration(&["A", "B"]);
    Free = document();
    Texts = list(&member("member", &Text));
    Numbers = list(&member("member", &Number));
    Moments = list(&member("member", &Moment));
    Named = list(&member("member", &Text).wire("item"));
    Flat = list(&member("member", &Text).wire("FlatItem")).with(&[Trait::Flattened]);
    FlatPlain = list(&member("member", &Tag)).with(&[Trait::Flattened]);
    Sparse = list(&member("member", &Text)).with(&[Trait::Sparse]);
    Nested = list(&member("member", &Texts));
    Context = map(&member("key", &Text), &member("value", &Text));
    FlatMap = map(&member("key", &Text).wire("K"), &member("value", &Number).wire("V")).with(&[Trait::Flattened]);
    Structs = map(&member("key", &Text), &member("value", &Tag));
    Tag = structure(&[member("Key", &Text).required(), member("Value", &Text)]);
    Tags = list(&member("member", &Tag));
    Choice = union(&[member("One", &Text), member("Two", &Number)]);
    Tree = structure(&[member("Leaf", &Text), member("Next", &Tree), member("Many", &Trees)]);
    Trees = list(&member("member", &Tree));
    All = structure(&[
        member("Text", &Text),
        member("Secret", &Secret),
        member("Flag", &Flag),
        member("Number", &Number),
        member("Big", &Big),
        member("Huge", &Huge),
        member("Single", &Single),
        member("Real", &Real),
        member("Bytes", &Bytes_),
        member("Moment", &Moment),
        member("Iso", &Iso),
        member("Mode", &Mode),
        member("Texts", &Texts),
        member("Numbers", &Numbers),
        member("Named", &Named),
        member("Flat", &Flat),
        member("FlatPlain", &FlatPlain),
        member("Nested", &Nested),
        member("Context", &Context),
        member("FlatMap", &FlatMap),
        member("Structs", &Structs),
        member("Tag", &Tag),
        member("Tags", &Tags),
        member("Choice", &Choice),
        member("Tree", &Tree),
        member("Renamed", &Text).wire("renamedOnTheWire"),
    ]);
    JsonAll = structure(&[
        member("Free", &Free),
        member("Sparse", &Sparse),
        member("All", &All),
    ]);
}

errors! {
    NotFoundException = error(404).coded("NotFound").with(&[
        member("Message", &Text),
        member("ResourceId", &Text),
        member("Retry", &Number),
    ]);
}

operations! {
    EchoAll = operation(Access::Write).input(&All).output(&All).wrapped("EchoAllResult");
    EchoJson = operation(Access::Write).input(&JsonAll).output(&JsonAll);
    Nothing = operation(Access::Write);
}

pub static JSON: Service = service("echo", "echo.amazonaws.com")
    .speaks("2014-11-01", &[Protocol::Json11, Protocol::Json10, Protocol::Cbor])
    .target_prefix("com.amazonaws.echo.Echo_2014")
    .operations(&[&EchoAll, &EchoJson, &Nothing], &["LaterOperation"]);

pub static COMPATIBLE: Service =
    service("sqs", "sqs.amazonaws.com").speaks("2012-11-05", &[Protocol::Json10]).query_compatible();

pub static QUERY: Service = service("form", "form.amazonaws.com")
    .speaks("2010-05-08", &[Protocol::Query])
    .xml_namespace("https://form.amazonaws.com/doc/2010-05-08/")
    .operations(&[&EchoAll, &Nothing], &["LaterOperation"]);

pub static EC2: Service = service("ec2", "ec2.amazonaws.com")
    .speaks("2016-11-15", &[Protocol::Ec2])
    .xml_namespace("http://ec2.amazonaws.com/doc/2016-11-15/")
    .operations(&[&EchoAll, &Nothing], &[]);

/// A request of this method, path, headers.
pub fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut builder = http::Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(()).unwrap().into_parts().0
}

pub fn catalog() -> Catalog {
    Catalog::new(&[&JSON, &QUERY, &EC2, &REST_JSON, &REST_XML])
}

/// Routes and decodes a request.
pub fn read(parts: &Parts, body: &[u8], scope: Option<&str>) -> Result<Document, DecodeError> {
    match route(&catalog(), parts, body, scope) {
        Route::Found { operation, protocol, labels, .. } => {
            decode(protocol, operation, parts, &labels, body, &Limits::default())
        }
        other => panic!("{other:?}"),
    }
}

pub fn json(operation: &str, body: &str) -> Result<Document, DecodeError> {
    let target = format!("com.amazonaws.echo.Echo_2014.{operation}");
    let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
    read(&request("POST", "/", &headers), body.as_bytes(), Some("echo"))
}

pub fn form(body: &str) -> Result<Document, DecodeError> {
    let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    let body = format!("Action=EchoAll&Version=2010-05-08&{body}");
    read(&request("POST", "/", &headers), body.as_bytes(), Some("form"))
}

pub fn ec2(body: &str) -> Result<Document, DecodeError> {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("Action=EchoAll&Version=2016-11-15&{body}");
    read(&request("POST", "/", &headers), body.as_bytes(), Some("ec2"))
}

/// What an answer's body says.
pub fn body(answer: &Response<Bytes>) -> String {
    String::from_utf8(answer.body().to_vec()).unwrap()
}

/// The header of this name.
pub fn header<'a>(answer: &'a Response<Bytes>, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

shapes! {
    Prefixed = map(&member("key", &Text), &member("value", &Text));
    Listed = map(&member("key", &Text), &member("value", &Texts));
    Plain = structure(&[member("Text", &Text), member("Moment", &Moment), member("Flat", &Flat)]);
    Decorated = structure(&[
        member("Kind", &Text).wire("xsi:type").with(&[Trait::XmlAttribute]),
        member("Id", &Text).wire("ID"),
    ])
    .with(&[Trait::XmlNamespace("http://www.w3.org/2001/XMLSchema-instance", Some("xsi"))]);
    Bound = structure(&[
        member("Name", &Text).at(Location::Uri("name")).required(),
        member("Path", &Text).at(Location::Uri("path")),
        member("When", &Moment).at(Location::Query("when")),
        member("Names", &Texts).at(Location::Query("names")),
        member("Max", &Number).at(Location::Query("max")),
        member("Others", &Listed).at(Location::QueryMap),
        member("Header", &Text).at(Location::Header("x-header")),
        member("Modified", &Moment).at(Location::Header("x-modified")),
        member("Words", &Texts).at(Location::Header("x-words")),
        member("Counts", &Numbers).at(Location::Header("x-counts")),
        member("Dates", &Moments).at(Location::Header("x-dates")),
        member("Json", &Text).at(Location::Header("x-json")).with(&[Trait::JsonValue]),
        member("Meta", &Prefixed).at(Location::Headers("x-meta-")),
        member("Status", &Number).at(Location::StatusCode),
        member("InBody", &Text).wire("inBody"),
        member("Texts", &Texts),
        member("Context", &Context),
        member("FlatMap", &FlatMap),
        member("Moment", &Moment),
        member("Decorated", &Decorated),
        member("Tree", &Tree),
    ]);
    WithBlob = structure(&[
        member("Type", &Text).at(Location::Header("content-type")),
        member("Body", &Bytes_).at(Location::Payload).with(&[Trait::Streaming]),
    ]);
    WithText = structure(&[member("Body", &Text).at(Location::Payload)]);
    WithPlain = structure(&[
        member("Header", &Text).at(Location::Header("x-header")),
        member("Body", &Plain).at(Location::Payload).wire("PlainRoot"),
    ]);
    Headers = structure(&[member("Header", &Text).at(Location::Header("x-header"))]);
    Aborted = structure(&[
        member("Id", &Text).at(Location::Uri("id")).required(),
        member("Upload", &Text).at(Location::Query("uploadId")).required(),
    ]);
    Empty = structure(&[]);
}

errors! {
    ThrottledException = error(429).with(&[
        member("RetryAfter", &Number).at(Location::Header("Retry-After")),
        member("ResourceId", &Text).wire("resourceId"),
    ]);
}

operations! {
    PutBound = operation(Access::Write).http("PUT", "/things/{name}/{path+}?x-id=PutBound", 201).input(&Bound).output(&Bound);
    PutBlob = operation(Access::Write).http("PUT", "/blob", 200).input(&WithBlob).output(&WithBlob);
    PutText = operation(Access::Write).http("PUT", "/text", 200).input(&WithText).output(&WithText);
    PutPlain = operation(Access::Write).http("PUT", "/plain", 200).input(&WithPlain).output(&WithPlain);
    HeadThing = operation(Access::Read).http("HEAD", "/things/{name}", 200).output(&Headers);
    OnlyThing = operation(Access::Read).http("GET", "/things/only", 200).output(&Empty);
    DeepThing = operation(Access::Read).http("GET", "/deep/{path+}", 200);
    DeepPolicy = operation(Access::Read).http("GET", "/deep/{path+}/policy", 200);
    ListThing = operation(Access::Read).http("GET", "/things/{name}", 200).output(&Headers);
    ThingPolicy = operation(Access::Read).http("GET", "/things/{name}?policy", 200);
    ThingPolicy2 = operation(Access::Read).http("GET", "/things/{name}?policy&version=2", 200);
    AbortThing = operation(Access::Write).http("DELETE", "/things/{id}", 204).input(&Aborted);
    DeleteThing = operation(Access::Write).http("DELETE", "/things/{name}", 204).output(&Empty);
}

const REST_OPERATIONS: &[&bastide_shape::Operation] = &[
    &PutBound,
    &PutBlob,
    &PutText,
    &PutPlain,
    &HeadThing,
    &ListThing,
    &DeepThing,
    &DeepPolicy,
    &OnlyThing,
    &ThingPolicy,
    &ThingPolicy2,
    &DeleteThing,
    &AbortThing,
];

pub static REST_JSON: Service = service("restful", "restful.amazonaws.com")
    .speaks("2020-01-01", &[Protocol::RestJson])
    .operations(REST_OPERATIONS, &["PostThing"])
    .unbuilt_http(&[("PostThing", "POST", "/things/{name}")]);

pub static REST_XML: Service = service("restxml", "restxml.amazonaws.com")
    .speaks("2020-01-01", &[Protocol::RestXml])
    .xml_namespace("http://restxml.amazonaws.com/doc/2020-01-01/")
    .operations(REST_OPERATIONS, &[]);

pub static S3: Service = service("s3", "s3.amazonaws.com")
    .speaks("2006-03-01", &[Protocol::RestXml])
    .operations(REST_OPERATIONS, &[]);
