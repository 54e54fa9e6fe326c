//! Services whose operations give back what they take, in every protocol, with every kind of member.

use bastide_shape::{
    Access, Location, Operation, Protocol, Service, Shape, TimestampFormat, Trait, big_integer, blob,
    boolean, document, double, enumeration, float, integer, list, long, map, member, operation, operations,
    service, shapes, string, structure, timestamp, union,
};

shapes! {
    Text = string();
    Flag = boolean();
    Number = integer();
    Big = long();
    Huge = big_integer();
    Single = float();
    Real = double();
    Raw = blob();
    Moment = timestamp();
    Iso = timestamp().format(TimestampFormat::Iso8601);
    Mode = enumeration(&["A", "B"]);
    Free = document();
    Texts = list(&member("member", &Text));
    Numbers = list(&member("member", &Number));
    Moments = list(&member("member", &Moment));
    Named = list(&member("member", &Text).wire("item"));
    Flat = list(&member("member", &Text).wire("FlatItem")).with(&[Trait::Flattened]);
    FlatTags = list(&member("member", &Tag)).with(&[Trait::Flattened]);
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
        member("Flag", &Flag),
        member("Number", &Number),
        member("Big", &Big),
        member("Huge", &Huge),
        member("Single", &Single),
        member("Real", &Real),
        member("Raw", &Raw),
        member("Moment", &Moment),
        member("Iso", &Iso),
        member("Mode", &Mode),
        member("Texts", &Texts),
        member("Numbers", &Numbers),
        member("Named", &Named),
        member("Flat", &Flat),
        member("FlatTags", &FlatTags),
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
    // What only JSON and CBOR can hold, beside the rest.
    JsonAll = structure(&[member("Free", &Free), member("Sparse", &Sparse), member("All", &All)]);
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
        member("InBody", &Text).wire("inBody"),
        member("Texts", &Texts),
        member("Context", &Context),
        member("FlatMap", &FlatMap),
        member("Moment", &Moment),
        member("Decorated", &Decorated),
        member("Tree", &Tree),
    ]);
    WithBlob = structure(&[
        member("Header", &Text).at(Location::Header("x-header")),
        member("Body", &Raw).at(Location::Payload).with(&[Trait::Streaming]),
    ]);
    WithText = structure(&[member("Body", &Text).at(Location::Payload)]);
    WithPlain = structure(&[
        member("Header", &Text).at(Location::Header("x-header")),
        member("Body", &Plain).at(Location::Payload).wire("PlainRoot"),
    ]);
    Aborted = structure(&[
        member("Id", &Text).at(Location::Uri("id")).required(),
        member("Upload", &Text).at(Location::Query("uploadId")).required(),
    ]);
    Empty = structure(&[]);
}

operations! {
    EchoAll = operation(Access::Write).input(&All).output(&All).wrapped("EchoAllResult");
    EchoJson = operation(Access::Write).input(&JsonAll).output(&JsonAll);
    Nothing = operation(Access::Write);
    PutAll = operation(Access::Write).http("PUT", "/all", 200).input(&All).output(&All);
    PutBound = operation(Access::Write).http("PUT", "/things/{name}/{path+}?x-id=PutBound", 201).input(&Bound).output(&Bound);
    PutBlob = operation(Access::Write).http("PUT", "/blob", 200).input(&WithBlob).output(&WithBlob);
    PutText = operation(Access::Write).http("PUT", "/text", 200).input(&WithText).output(&WithText);
    PutPlain = operation(Access::Write).http("PUT", "/plain", 200).input(&WithPlain).output(&WithPlain);
    OnlyThing = operation(Access::Read).http("GET", "/things/only", 200).output(&Empty);
    ListThing = operation(Access::Read).http("GET", "/things/{name}", 200).output(&Empty);
    ThingPolicy = operation(Access::Read).http("GET", "/things/{name}?policy", 200);
    ThingPolicy2 = operation(Access::Read).http("GET", "/things/{name}?policy&version=2", 200);
    DeepThing = operation(Access::Read).http("GET", "/deep/{path+}", 200);
    DeepPolicy = operation(Access::Read).http("GET", "/deep/{path+}/policy", 200);
    AbortThing = operation(Access::Write).http("DELETE", "/things/{id}", 204).input(&Aborted);
    DeleteThing = operation(Access::Write).http("DELETE", "/things/{name}", 204).output(&Empty);
}

const REST: &[&Operation] = &[
    &PutAll,
    &PutBound,
    &PutBlob,
    &PutText,
    &PutPlain,
    &OnlyThing,
    &ListThing,
    &ThingPolicy,
    &ThingPolicy2,
    &DeepThing,
    &DeepPolicy,
    &AbortThing,
    &DeleteThing,
];

/// awsJson and CBOR.
pub static JSON: Service = service("echo", "echo.amazonaws.com")
    .speaks("2014-11-01", &[Protocol::Json11, Protocol::Json10, Protocol::Cbor])
    .target_prefix("com.amazonaws.echo.Echo_2014")
    .operations(&[&EchoAll, &EchoJson, &Nothing], &["LaterOperation"]);

/// awsQuery.
pub static QUERY: Service = service("form", "form.amazonaws.com")
    .speaks("2010-05-08", &[Protocol::Query])
    .xml_namespace("https://form.amazonaws.com/doc/2010-05-08/")
    .operations(&[&EchoAll, &Nothing], &["LaterOperation"]);

/// ec2Query.
pub static EC2: Service = service("ec2", "ec2.amazonaws.com")
    .speaks("2016-11-15", &[Protocol::Ec2])
    .xml_namespace("http://ec2.amazonaws.com/doc/2016-11-15/")
    .operations(&[&EchoAll, &Nothing], &[]);

/// restJson1.
pub static REST_JSON: Service = service("restful", "restful.amazonaws.com")
    .speaks("2020-01-01", &[Protocol::RestJson])
    .operations(REST, &["PostThing"])
    .unbuilt_http(&[("PostThing", "POST", "/things/{name}")]);

/// restXml.
pub static REST_XML: Service = service("restxml", "restxml.amazonaws.com")
    .speaks("2020-01-01", &[Protocol::RestXml])
    .xml_namespace("http://restxml.amazonaws.com/doc/2020-01-01/")
    .operations(REST, &[]);

/// These and the real ones.
pub static SERVICES: &[&Service] = &[
    &JSON,
    &QUERY,
    &EC2,
    &REST_JSON,
    &REST_XML,
    &bastide_api_kms::KMS,
    &bastide_api_cloudtrail::CLOUDTRAIL,
    &bastide_api_config::CONFIG,
    &bastide_api_organizations::ORGANIZATIONS,
    &bastide_api_iam::IAM,
    &bastide_api_sts::STS,
];

/// Whether an operation gives back what it takes.
#[must_use]
pub fn is_echo(operation: &Operation) -> bool {
    let at = |shape: Option<&'static Shape>| shape.map(std::ptr::from_ref);
    operation.input.is_some() && at(operation.input) == at(operation.output)
}
