//! XML bodies of the query, ec2 and restXml protocols: what the answers hold, and how it is escaped.
//! Source: the Smithy specification of XML binding traits.

use std::borrow::Cow;
use std::fmt::Write as _;

use bastide_shape::{Document, Kind, Member, TimestampFormat, Trait, Value};

use crate::error::{EncodeError, WireError};
use crate::{response, scalar};

/// What stands before the root element, in the protocols that write it.
pub(crate) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Opens the root element with its namespace, if it has one.
pub(crate) fn open_root(out: &mut String, name: &str, namespace: &str) {
    let _ = write!(out, "<{name}");
    if !namespace.is_empty() {
        push_attribute(out, "xmlns", namespace);
    }
    out.push('>');
}

/// Opens an element.
pub(crate) fn open(out: &mut String, name: &str) {
    let _ = write!(out, "<{name}>");
}

/// Closes an element.
pub(crate) fn close(out: &mut String, name: &str) {
    let _ = write!(out, "</{name}>");
}

/// Writes an element that holds text.
pub(crate) fn write_text(out: &mut String, name: &str, text: &str) {
    open(out, name);
    escape(out, text, false);
    close(out, name);
}

/// Writes the code, the message and the members of an error.
pub(crate) fn write_error_members(out: &mut String, error: &WireError<'_>) {
    write_text(out, "Code", error.wire_code());
    write_text(out, "Message", &readable(&error.message));
    // Some errors of AWS's models have the code as a member too.
    for (member, value) in response::error_members(error).filter(|(member, _)| member.wire_name() != "Code") {
        let mut written = String::new();
        // An error must reach its caller: a member that does not fit its schema is left out.
        if write_member(&mut written, member, value).is_ok() {
            out.push_str(&written);
        }
    }
}

/// A message may repeat what the caller sent; a character that XML 1.0 does not have would make the whole error
/// unreadable.
fn readable(message: &str) -> Cow<'_, str> {
    let foreign =
        |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if message.contains(foreign) { message.replace(foreign, "\u{fffd}").into() } else { message.into() }
}

/// Writes the members of a structure as elements; `only_body` leaves out those that stand elsewhere.
pub(crate) fn write_members(
    out: &mut String,
    members: &[Member],
    document: &Document,
    only_body: bool,
) -> Result<(), EncodeError> {
    for (member, value) in response::present(members, document, only_body)? {
        if !member.is(Trait::XmlAttribute) {
            write_member(out, member, value).map_err(|error| error.within(member.name))?;
        }
    }
    Ok(())
}

/// Writes a structure as the element of this name; the payload and the root of a body.
pub(crate) fn write_structure(
    out: &mut String,
    name: &str,
    traits: [&[Trait]; 2],
    namespace: &str,
    structure: (&[Member], &Document),
    only_body: bool,
) -> Result<(), EncodeError> {
    let (members, document) = structure;
    let _ = write!(out, "<{name}");
    if !push_namespaces(out, traits) && !namespace.is_empty() {
        push_attribute(out, "xmlns", namespace);
    }
    for (member, value) in response::present(members, document, only_body)? {
        if member.is(Trait::XmlAttribute) {
            let mut text = String::new();
            let format = scalar::format(member, TimestampFormat::Iso8601);
            scalar::write(&mut text, member.shape, format, value)
                .map_err(|error| error.within(member.name))?;
            push_attribute(out, member.wire_name(), &text);
        }
    }
    let start = out.len();
    out.push('>');
    write_members(out, members, document, only_body)?;
    end(out, name, start);
    Ok(())
}

/// Writes a member as the element or elements of its name.
fn write_member(out: &mut String, member: &Member, value: &Value) -> Result<(), EncodeError> {
    let flat = member.is(Trait::Flattened);
    match (&member.shape.kind, value) {
        (Kind::List(of), Value::List(values)) if flat => {
            // The name of a flat list is that of its elements, if they have one.
            let name = of.wire.unwrap_or(member.wire_name());
            write_elements(out, name, of, values)
        }
        (Kind::List(of), Value::List(values)) => {
            let start = start(out, member.wire_name(), member);
            write_elements(out, of.wire.unwrap_or("member"), of, values)?;
            end(out, member.wire_name(), start);
            Ok(())
        }
        (Kind::Map(key, of), Value::Map(entries)) if flat => {
            write_entries(out, member.wire_name(), key, of, entries)
        }
        (Kind::Map(key, of), Value::Map(entries)) => {
            let start = start(out, member.wire_name(), member);
            write_entries(out, "entry", key, of, entries)?;
            end(out, member.wire_name(), start);
            Ok(())
        }
        _ => write_element(out, member.wire_name(), member, value),
    }
}

/// Writes one value as the element of this name.
fn write_element(out: &mut String, name: &str, member: &Member, value: &Value) -> Result<(), EncodeError> {
    let shape = member.shape;
    match (&shape.kind, value) {
        (Kind::Structure(members) | Kind::Union(members), Value::Map(inner)) => {
            write_structure(out, name, [member.traits, shape.traits], "", (members, inner), false)
        }
        // Lists in lists and maps in maps: the element of the outer one holds the inner one's.
        (Kind::List(of), Value::List(values)) => {
            let start = start(out, name, member);
            write_elements(out, of.wire.unwrap_or("member"), of, values)?;
            end(out, name, start);
            Ok(())
        }
        (Kind::Map(key, of), Value::Map(entries)) => {
            let start = start(out, name, member);
            write_entries(out, "entry", key, of, entries)?;
            end(out, name, start);
            Ok(())
        }
        (_, Value::Null) => {
            let _ = write!(out, "<{name}/>");
            Ok(())
        }
        _ => {
            let start = start(out, name, member);
            let mut text = String::new();
            scalar::write(&mut text, shape, scalar::format(member, TimestampFormat::Iso8601), value)?;
            escape(out, &text, false);
            end(out, name, start);
            Ok(())
        }
    }
}

fn write_elements(out: &mut String, name: &str, of: &Member, values: &[Value]) -> Result<(), EncodeError> {
    for (index, value) in values.iter().enumerate() {
        write_element(out, name, of, value).map_err(|error| error.within(index))?;
    }
    Ok(())
}

fn write_entries(
    out: &mut String,
    name: &str,
    key: &Member,
    of: &Member,
    entries: &Document,
) -> Result<(), EncodeError> {
    for (index, (entry, value)) in entries.iter().enumerate() {
        open(out, name);
        write_text(out, key.wire.unwrap_or("key"), entry);
        write_element(out, of.wire.unwrap_or("value"), of, value).map_err(|error| error.within(index))?;
        close(out, name);
    }
    Ok(())
}

/// Opens an element with the namespaces of a member; gives where its content begins.
fn start(out: &mut String, name: &str, member: &Member) -> usize {
    let _ = write!(out, "<{name}");
    push_namespaces(out, [member.traits, member.shape.traits]);
    let start = out.len();
    out.push('>');
    start
}

/// Closes an element; one without content is written `<Users/>`, as IAM does.
fn end(out: &mut String, name: &str, start: usize) {
    if out.len() == start + 1 {
        out.pop();
        out.push_str("/>");
    } else {
        close(out, name);
    }
}

fn push_namespaces(out: &mut String, traits: [&[Trait]; 2]) -> bool {
    let namespace = traits.into_iter().flatten().find_map(|of| match of {
        Trait::XmlNamespace(uri, prefix) => Some((*uri, *prefix)),
        _ => None,
    });
    match namespace {
        Some((uri, Some(prefix))) => push_attribute(out, &format!("xmlns:{prefix}"), uri),
        Some((uri, None)) => push_attribute(out, "xmlns", uri),
        None => return false,
    }
    true
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, " {name}=\"");
    escape(out, value, true);
    out.push('"');
}

/// Escapes text. A carriage return and, in attributes, every white space but the blank would be changed by the
/// reader's normalisation, so they are written as references. So are the characters that XML 1.0 does not have,
/// as S3 writes them.
fn escape(out: &mut String, text: &str, attribute: bool) {
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let reference = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\n' | b'\t' if !attribute => continue,
            0..=31 => "",
            _ => continue,
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        if reference.is_empty() {
            let _ = write!(out, "&#x{byte:X};");
        } else {
            out.push_str(reference);
        }
        plain = at + 1;
    }
    out.push_str(text.get(plain..).unwrap_or_default());
}
