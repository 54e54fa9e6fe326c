//! The validator, on what a decoder accepts: the same each time, short, and silent about secrets.
#![no_main]

use bastide_codec::{Labels, Limits, decode};
use bastide_fuzz::message;
use bastide_shape::{
    Document, Name, Operation, Protocol, Service, Shape, Value, enumeration, integer, list, map, member,
    shapes, string, structure, union, validate,
};
use libfuzzer_sys::fuzz_target;

static SERVICES: &[&Service] = &[
    &bastide_api_kms::KMS,
    &bastide_api_cloudtrail::CLOUDTRAIL,
    &bastide_api_config::CONFIG,
    &bastide_api_organizations::ORGANIZATIONS,
    &bastide_api_iam::IAM,
    &bastide_api_sts::STS,
];

shapes! {
    Secret = string().length(2, 4).sensitive();
    Secrets = list(&member("member", &Secret)).at_most(3);
    Named = map(&member("key", &Secret), &member("value", &Secret)).at_most(2);
    Deep = map(&member("key", &Secret), &member("value", &Inner));
    Inner = structure(&[member("Secret", &Secret).required(), member("Deep", &Deep)]);
    Either = union(&[member("One", &Secret), member("Two", &Secrets)]);
    Number = integer().range(1, 10);
    Mode = enumeration(&["A", "B"]);
    Hidden = structure(&[
        member("Secret", &Secret).required(),
        member("Secrets", &Secrets),
        member("Named", &Named),
        member("Deep", &Deep),
        member("Inner", &Inner),
        member("Either", &Either),
        member("Number", &Number),
    ]);
    Open = structure(&[member("Mode", &Mode).required(), member("Hidden", &Hidden)]);
}

fuzz_target!(|data: &[u8]| {
    let (name, body) = message::line(data);
    let name = str::from_utf8(name).unwrap_or_default();
    match SERVICES.iter().find_map(|service| service.operation(name)) {
        Some(operation) => {
            if let (Some(shape), Some(document)) = (operation.input, read(operation, body)) {
                told(shape, &document);
            }
        }
        None => secret(body),
    }
});

fn read(operation: &Operation, body: &[u8]) -> Option<Document> {
    let (parts, labels) = (message::post(), Labels::new());
    decode(Protocol::Json11, operation, &parts, &labels, body, &Limits::default()).ok()
}

fn told(shape: &Shape, document: &Document) -> Option<String> {
    let message = validate(shape, document).err().map(|violations| violations.message());
    assert_eq!(message, validate(shape, document).err().map(|violations| violations.message()));
    assert!(message.as_ref().is_none_or(|message| message.len() < 64 << 10), "a long message");
    message
}

/// Nothing here but `Mode` is open: of two documents that differ in secrets of the same length only, the same is told.
fn secret(body: &[u8]) {
    static ASK: Operation = bastide_shape::operation(bastide_shape::Access::Write).input(&Open);
    let Some(document) = read(&ASK, body) else { return };
    let other = Value::Map(document.clone());
    let Value::Map(other) = veiled(other) else { return };
    assert_eq!(told(&Open, &document), told(&Open, &other));
}

fn veiled(value: Value) -> Value {
    let veil = |text: &str| "x".repeat(text.chars().count());
    match value {
        Value::Map(document) => {
            let members = document.into_iter().map(|(name, value)| {
                let known = Open.member(&name).or(Hidden.member(&name)).is_some();
                let own = matches!(&name, Name::Borrowed(_)) || known;
                match value {
                    Value::Str(text) if name == "Mode" => (name, Value::Str(text)),
                    value if own => (name, veiled(value)),
                    value => (Name::from(veil(&name)), veiled(value)),
                }
            });
            Value::Map(members.collect())
        }
        Value::List(values) => Value::List(values.into_iter().map(veiled).collect()),
        Value::Str(text) => Value::Str(veil(&text)),
        value => value,
    }
}
