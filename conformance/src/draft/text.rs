//! How single things are written in Rust.

use crate::model::{NamespaceModel, Reference, ShapeModel};

/// Names that a static cannot have: Rust's words, and the functions of the schema crate.
const TAKEN: [&str; 26] = [
    "big_integer",
    "blob",
    "boolean",
    "document",
    "double",
    "enumeration",
    "error",
    "float",
    "integer",
    "list",
    "long",
    "map",
    "member",
    "operation",
    "service",
    "string",
    "structure",
    "target",
    "timestamp",
    "union",
    "type",
    "match",
    "static",
    "ref",
    "move",
    "final",
];

/// A name from the model as that of a static.
#[must_use]
pub fn rust_name(name: &str) -> String {
    if !TAKEN.contains(&name) {
        return name.to_owned();
    }
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Items between brackets that begin at this indentation: on one line if they fit, else on lines of their own.
pub(super) fn wrapped(items: &[String], indent: usize) -> String {
    let one_line = items.join(", ");
    if one_line.len() + indent < 90 {
        return one_line;
    }
    let inner = " ".repeat(indent + 4);
    let mut lines = String::new();
    let mut line = String::new();
    for item in items {
        if !line.is_empty() && inner.len() + line.len() + item.len() + 2 > 110 {
            lines.push_str(&format!("\n{inner}{}", line.trim_end()));
            line.clear();
        }
        line.push_str(item);
        line.push_str(", ");
    }
    format!("{lines}\n{inner}{}\n{}", line.trim_end(), " ".repeat(indent))
}

/// A string literal that can be read.
pub(super) fn literal(text: &str) -> String {
    if text.chars().any(char::is_control) || text.contains("\"#") {
        format!("{text:?}")
    } else if text.contains('"') {
        format!("r#\"{text}\"#")
    } else {
        format!("r\"{text}\"")
    }
}

/// The lengths or the range.
#[allow(clippy::cast_possible_truncation, reason = "the model's bounds of whole numbers are whole numbers")]
pub(super) fn bounds(shape: &ShapeModel) -> String {
    let whole = |bound: Option<f64>| bound.filter(|bound| bound.fract() == 0.0).map(|bound| bound as i64);
    let number = matches!(shape.kind.as_str(), "integer" | "long" | "float" | "double");
    match (whole(shape.min), whole(shape.max), number) {
        (Some(min), Some(max), true) => format!(".range({min}, {max})"),
        (Some(min), None, true) => format!(".from({min})"),
        (None, Some(max), true) => format!(".to({max})"),
        (Some(min), Some(max), false) => format!(".length({min}, {max})"),
        (Some(min), None, false) => format!(".at_least({min})"),
        (None, Some(max), false) => format!(".at_most({max})"),
        (None, None, _) => String::new(),
    }
}

pub(super) fn timestamp_format(format: &str) -> String {
    let format = match format {
        "iso8601" => "Iso8601",
        "rfc822" => "HttpDate",
        _ => "EpochSeconds",
    };
    format!(".format(TimestampFormat::{format})")
}

/// The place of a member outside the body.
pub(super) fn location(reference: &Reference, shape: Option<&ShapeModel>, name: &str) -> Option<String> {
    let wire = reference.location_name.as_deref().unwrap_or(name);
    let is_map = shape.is_some_and(|shape| shape.kind == "map");
    Some(match reference.location.as_deref()? {
        "header" => format!("Location::Header({wire:?})"),
        "headers" => format!("Location::Headers({wire:?})"),
        "querystring" if is_map => "Location::QueryMap".to_owned(),
        "querystring" => format!("Location::Query({wire:?})"),
        "uri" => format!("Location::Uri({wire:?})"),
        "statusCode" => "Location::StatusCode".to_owned(),
        _ => return None,
    })
}

pub(super) fn namespace(namespace: &NamespaceModel) -> String {
    let (uri, prefix) = namespace.parts();
    let prefix = prefix.map_or("None".to_owned(), |prefix| format!("Some({prefix:?})"));
    format!("Trait::XmlNamespace({uri:?}, {prefix})")
}

pub(super) fn traits(reference: &Reference) -> String {
    let mut traits = Vec::new();
    for (is, name) in [
        (reference.flattened, "Flattened"),
        (reference.xml_attribute, "XmlAttribute"),
        (reference.streaming, "Streaming"),
        (reference.idempotency_token, "IdempotencyToken"),
        (reference.jsonvalue, "JsonValue"),
        (reference.host_label, "HostLabel"),
    ] {
        if is {
            traits.push(format!("Trait::{name}"));
        }
    }
    traits.extend(reference.xml_namespace.as_ref().map(namespace));
    traits.extend(reference.query_name.as_ref().map(|name| format!("Trait::QueryName({name:?})")));
    if traits.is_empty() { String::new() } else { format!(".with(&[{}])", traits.join(", ")) }
}
