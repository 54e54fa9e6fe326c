//! What holds for all values: what is written is read back the same, and no bytes make a decoder panic.

use std::fmt::Write as _;

use bastide_codec::{Limits, Route, decode, encode, route};
use bastide_ids::Timestamp;
use bastide_shape::{
    Document, Kind, Location, Member, Name, Operation, Protocol, Service, Shape, TimestampFormat, Trait,
    Value,
};
use proptest::prelude::*;

use crate::common::{
    All, Bound, EchoAll, EchoJson, JSON, JsonAll, PutBlob, PutBound, PutPlain, REST_JSON, REST_XML, catalog,
    form, request,
};

/// Values of a schema. `place` tells what a text may hold there.
fn value(
    shape: &'static Shape,
    format: Option<TimestampFormat>,
    place: Place,
    depth: u32,
) -> BoxedStrategy<Value> {
    match shape.kind {
        Kind::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Integer => any::<i32>().prop_map(|number| Value::Int(number.into())).boxed(),
        Kind::Long | Kind::BigInteger => any::<i64>().prop_map(Value::Int).boxed(),
        Kind::Float => float(prop::num::f32::ANY.prop_map(f64::from).boxed()),
        Kind::Double => float(prop::num::f64::ANY.boxed()),
        Kind::String | Kind::Enumeration(_) => text(place).prop_map(Value::Str).boxed(),
        Kind::Blob => prop::collection::vec(any::<u8>(), 0..20).prop_map(Value::from).boxed(),
        Kind::Timestamp(own) => moment(format.or(own), place).prop_map(Value::Time).boxed(),
        Kind::List(of) => {
            let least = usize::from(place == Place::Header);
            prop::collection::vec(value(of.shape, of.timestamp, place, depth), least..4)
                .prop_map(Value::List)
                .boxed()
        }
        Kind::Map(_, of) => {
            let key = if place == Place::Header { "[a-z]{1,5}".boxed() } else { text(place).boxed() };
            let entries = prop::collection::hash_map(key, value(of.shape, of.timestamp, place, depth), 1..4);
            entries
                .prop_map(|map| {
                    Value::Map(map.into_iter().map(|(key, value)| (Name::from(key), value)).collect())
                })
                .boxed()
        }
        Kind::Structure(_) => structure(shape, place, depth).prop_map(Value::Map).boxed(),
        Kind::Union(members) => {
            let one = |member: &'static Member| {
                value(member.shape, member.timestamp, place, depth)
                    .prop_map(|value| Document::new().with(member.name, value))
            };
            prop::strategy::Union::new(members.iter().map(one)).prop_map(Value::Map).boxed()
        }
        Kind::Document => free(),
    }
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Json,
    Xml,
    Form,
    Header,
}

fn structure(shape: &'static Shape, place: Place, depth: u32) -> BoxedStrategy<Document> {
    let deep =
        |member: &&Member| depth > 0 || !matches!(member.shape.kind, Kind::Structure(_) | Kind::List(_));
    let skipped = |member: &&Member| {
        !matches!(
            member.location,
            Location::Uri(_) | Location::Query(_) | Location::QueryMap | Location::StatusCode
        )
    };
    let members = shape.members().iter().filter(deep).filter(skipped).map(|member| {
        let place = if member.location == Location::Body { place } else { Place::Header };
        let some = value(member.shape, member.timestamp, place, depth.saturating_sub(1));
        let some = if member.is(Trait::JsonValue) { Just(Value::from("{\"a\":[1]}")).boxed() } else { some };
        prop::option::weighted(0.4, some)
            .prop_map(|value| value.map(|value| (Name::from(member.name), value)))
    });
    members.collect::<Vec<_>>().prop_map(|members| members.into_iter().flatten().collect()).boxed()
}

fn float(all: BoxedStrategy<f64>) -> BoxedStrategy<Value> {
    // A NaN equals nothing, not even itself.
    all.prop_filter("not a number", |number| !number.is_nan()).prop_map(Value::Float).boxed()
}

fn text(place: Place) -> BoxedStrategy<String> {
    match place {
        Place::Header => "[a-z,\"\\\\]{1,8}".boxed(),
        // XML has no character zero.
        Place::Xml => prop::collection::vec(any::<char>().prop_filter("zero", |char| *char != '\0'), 0..6)
            .prop_map(String::from_iter)
            .boxed(),
        _ => prop::collection::vec(
            prop_oneof![any::<char>(), "[\r\n\t \"&<>%+=.]".prop_map(|text| text.chars().next().unwrap())],
            0..6,
        )
        .prop_map(String::from_iter)
        .boxed(),
    }
}

fn moment(format: Option<TimestampFormat>, place: Place) -> BoxedStrategy<Timestamp> {
    let header = place == Place::Header && format.is_none();
    if header || format == Some(TimestampFormat::HttpDate) {
        return (0..4_000_000_000i64).prop_map(Timestamp::from_seconds).boxed();
    }
    (-62_167_219_200_000..=253_402_300_799_999i64).prop_map(Timestamp::from_millis).boxed()
}

fn free() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
    ];
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
            prop::collection::hash_map(any::<String>(), inner, 0..3).prop_map(|map| Value::Map(
                map.into_iter().map(|(key, value)| (Name::from(key), value)).collect()
            )),
        ]
    })
    .prop_filter("null is absent", |value| *value != Value::Null)
    .boxed()
}

/// Equal but for the order of members and of entries, and for what a protocol cannot tell from absence.
fn sorted(value: &Value, xml: bool) -> Value {
    match value {
        Value::Map(document) => {
            let mut members: Vec<(Name, Value)> = document
                .iter()
                .filter(|(name, value)| !(xml && name.starts_with("Flat") && **value == Value::List(vec![])))
                .map(|(name, value)| (name.clone(), sorted(value, xml)))
                .collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Map(members.into_iter().collect())
        }
        Value::List(values) => Value::List(values.iter().map(|value| sorted(value, xml)).collect()),
        value => value.clone(),
    }
}

fn same(one: &Document, other: &Document, xml: bool) -> Result<(), TestCaseError> {
    prop_assert_eq!(sorted(&Value::Map(one.clone()), xml), sorted(&Value::Map(other.clone()), xml));
    Ok(())
}

/// Writes an output, sends its body and headers back as a request, and reads that.
fn mirrored(
    protocol: Protocol,
    service: &Service,
    operation: &Operation,
    output: &Document,
    uri: &str,
) -> Document {
    let answer = encode(protocol, service, operation, output, "id").unwrap();
    let mut parts = request("PUT", uri, &[]);
    parts.headers = answer.headers().clone();
    let labels = vec![];
    decode(protocol, operation, &parts, &labels, answer.body(), &Limits::default()).unwrap()
}

/// A form as botocore writes it.
fn to_form(out: &mut String, prefix: &str, member: &Member, value: &Value) {
    let flat = member.is(Trait::Flattened);
    match (&member.shape.kind, value) {
        (Kind::Structure(members) | Kind::Union(members), Value::Map(inner)) => {
            for (name, value) in inner.iter() {
                let member = members.iter().find(|member| member.name == *name).unwrap();
                to_form(out, &format!("{prefix}.{}", member.wire_name()), member, value);
            }
        }
        (Kind::List(_), Value::List(values)) if values.is_empty() => pair(out, prefix, ""),
        (Kind::List(of), Value::List(values)) => {
            let base = match (flat, of.wire) {
                (true, Some(name)) => {
                    format!("{}.{name}", prefix.rsplit_once('.').map_or("", |(parent, _)| parent))
                }
                (true, None) => prefix.to_owned(),
                (false, name) => format!("{prefix}.{}", name.unwrap_or("member")),
            };
            for (index, value) in values.iter().enumerate() {
                to_form(out, &format!("{base}.{}", index + 1), of, value);
            }
        }
        (Kind::Map(key, of), Value::Map(entries)) => {
            let base = if flat { prefix.to_owned() } else { format!("{prefix}.entry") };
            for (index, (name, value)) in entries.iter().enumerate() {
                let index = index + 1;
                pair(out, &format!("{base}.{index}.{}", key.wire.unwrap_or("key")), name);
                to_form(out, &format!("{base}.{index}.{}", of.wire.unwrap_or("value")), of, value);
            }
        }
        (_, Value::Str(text)) => pair(out, prefix, text),
        (_, Value::Float(number)) if number.is_infinite() => {
            pair(out, prefix, if *number < 0.0 { "-Infinity" } else { "Infinity" });
        }
        (_, Value::Float(number)) => pair(out, prefix, &number.to_string()),
        (_, Value::Int(number)) => pair(out, prefix, &number.to_string()),
        (_, Value::Bool(truth)) => pair(out, prefix, &truth.to_string()),
        (_, Value::Time(moment)) => pair(out, prefix, &moment.iso8601_millis()),
        (_, Value::Blob(bytes)) => {
            use base64::Engine as _;
            pair(out, prefix, &base64::engine::general_purpose::STANDARD.encode(&bytes[..]));
        }
        (kind, value) => panic!("{kind:?} {value:?}"),
    }
}

fn pair(out: &mut String, name: &str, value: &str) {
    let encoded: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let _ = write!(out, "&{}={encoded}", name.trim_start_matches('.'));
}

/// Structures without members and maps without entries leave no trace in a form.
fn without_empty(value: Value) -> Option<Value> {
    match value {
        Value::Map(document) => {
            let kept: Document = document
                .into_iter()
                .filter_map(|(name, value)| Some((name, without_empty(value)?)))
                .collect();
            (!kept.is_empty()).then_some(Value::Map(kept))
        }
        Value::List(values) => Some(Value::List(values.into_iter().filter_map(without_empty).collect())),
        value => Some(value),
    }
}

fn protocols() -> impl Strategy<Value = Protocol> {
    prop::sample::select(vec![
        Protocol::Json10,
        Protocol::Json11,
        Protocol::RestJson,
        Protocol::Query,
        Protocol::Ec2,
        Protocol::RestXml,
        Protocol::Cbor,
    ])
}

fn operations() -> impl Strategy<Value = &'static Operation> {
    prop::sample::select(vec![&EchoAll, &EchoJson, &PutBound, &PutBlob, &PutPlain])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_and_cbor_read_what_they_write(output in structure(&JsonAll, Place::Json, 3)) {
        same(&mirrored(Protocol::Json11, &JSON, &EchoJson, &output, "/"), &output, false)?;
        same(&mirrored(Protocol::Cbor, &JSON, &EchoJson, &output, "/"), &output, false)?;
    }

    #[test]
    fn rest_json_reads_what_it_writes(output in structure(&Bound, Place::Json, 3)) {
        same(&mirrored(Protocol::RestJson, &REST_JSON, &PutBound, &output, "/things"), &output, false)?;
    }

    #[test]
    fn rest_xml_reads_what_it_writes(output in structure(&Bound, Place::Xml, 3)) {
        same(&mirrored(Protocol::RestXml, &REST_XML, &PutBound, &output, "/things"), &output, true)?;
    }

    #[test]
    fn xml_reads_what_it_writes(output in structure(&All, Place::Xml, 3)) {
        // The members of EchoAll have no bindings, so restXml holds them all in its body.
        same(&mirrored(Protocol::RestXml, &REST_XML, &EchoAll, &output, "/"), &output, true)?;
    }

    #[test]
    fn forms_are_read(input in structure(&All, Place::Form, 3)) {
        let input = match without_empty(Value::Map(input)) {
            Some(Value::Map(input)) => input,
            _ => Document::new(),
        };
        let mut text = String::new();
        for (name, value) in input.iter() {
            let member = All.member(name).unwrap();
            to_form(&mut text, &format!(".{}", member.wire_name()), member, value);
        }
        same(&form(&text).unwrap(), &input, false)?;
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(
        protocol in protocols(),
        operation in operations(),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = decode(protocol, operation, &request("POST", "/", &[]), &vec![], &body, &Limits::default());
    }

    #[test]
    fn no_damage_makes_a_decoder_panic(
        protocol in protocols(),
        output in structure(&All, Place::Xml, 3),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let written = if matches!(protocol, Protocol::Query | Protocol::Ec2) {
            let mut text = String::new();
            for (name, value) in output.iter() {
                let member = All.member(name).unwrap();
                to_form(&mut text, &format!(".{}", member.wire_name()), member, value);
            }
            text.into_bytes()
        } else {
            encode(protocol, &REST_XML, &EchoAll, &output, "id").unwrap().into_body().to_vec()
        };
        let mut body = written;
        for (at, byte) in cuts {
            if !body.is_empty() {
                let at = at.index(body.len());
                body[at] = byte;
            }
        }
        let _ = decode(protocol, &EchoAll, &request("POST", "/", &[]), &vec![], &body, &Limits::default());
    }

    #[test]
    fn no_text_makes_a_decoder_panic(
        protocol in protocols(),
        operation in operations(),
        body in "[{}\\[\\]\",:a-dTextTagsKey0-9.&=%<>/!+-]{0,80}",
    ) {
        let _ = decode(protocol, operation, &request("POST", "/", &[]), &vec![], body.as_bytes(), &Limits::default());
    }

    #[test]
    fn no_request_makes_the_router_panic(
        method in "GET|PUT|POST|HEAD",
        path in "/[a-z/%0-9{}+.]{0,30}",
        query in "[a-zA-Z=&%0-9+.]{0,30}",
        target in "[a-zA-Z._0-9]{0,20}",
        words in "[ ,\"\\\\a-c0-9]{0,20}",
        scope in prop::option::of(prop::sample::select(vec!["echo", "form", "ec2", "restful", "restxml", "none"])),
    ) {
        let uri = format!("{}?{query}", path.replace(['{', '}'], ""));
        let mut headers = vec![("x-words", words.as_str()), ("x-counts", &words), ("x-dates", &words), ("x-json", &words)];
        if !target.is_empty() && target.len() < 8 {
            headers.push(("x-amz-target", &target));
        }
        let parts = request(&method, &uri, &headers);
        if let Route::Found { operation, protocol, labels, .. } = route(&catalog(), &parts, b"", scope) {
            let _ = decode(protocol, operation, &parts, &labels, b"", &Limits::default());
        }
        let _ = decode(Protocol::RestXml, &PutBound, &parts, &vec![], b"", &Limits::default());
    }
}
