//! HTTP bindings, which restJson1 and restXml share: what stands in the path, the query string, the headers and
//! the status, and bodies that are one member.
//! Source: the Smithy specification of HTTP binding traits.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bastide_shape::{
    Document, Kind, Location, Member, Name, Operation, Shape, TimestampFormat, Trait, Value,
};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;

use crate::budget::{Budget, Limits, last_wins};
use crate::error::{EncodeError, Fault};
use crate::form::{self, Pair};
use crate::response::{self, Answer};
use crate::route::Labels;
use crate::scalar;

/// The member that is the body as it comes, in operations whose input must not be held in memory: read it from
/// the connection instead of handing the body to [`crate::decode`].
#[must_use]
pub fn streamed_input(operation: &Operation) -> Option<&'static Member> {
    streamed(operation.input?)
}

/// The member that is the answer's body, in operations whose output must not be held in memory.
#[must_use]
pub fn streamed_output(operation: &Operation) -> Option<&'static Member> {
    streamed(operation.output?)
}

fn streamed(shape: &'static Shape) -> Option<&'static Member> {
    shape.payload().filter(|member| member.is(Trait::Streaming) || member.is(Trait::EventStream))
}

/// A request in a rest protocol.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The operation's URI, with the query parameters that it always has.
    pub(crate) uri: &'static str,
    pub(crate) parts: &'a Parts,
    pub(crate) labels: &'a Labels,
    pub(crate) body: &'a [u8],
    pub(crate) limits: &'a Limits,
}

/// Reads the members that do not stand in the body.
pub(crate) fn read_bindings(shape: &'static Shape, request: &Request<'_>) -> Result<Document, Fault> {
    let Request { uri, parts, labels, .. } = *request;
    let budget = Budget::new(request.limits);
    let query = form::pairs(parts.uri.query().unwrap_or_default().as_bytes(), &budget)?;
    let mut document = Document::new();
    for member in shape.members() {
        let value = match member.location {
            Location::Uri(name) => {
                let label = labels.iter().find(|(label, _)| *label == name);
                label.map(|(_, text)| read_text(member, TimestampFormat::Iso8601, text)).transpose()?
            }
            Location::Query(name) => read_query(member, name, &query)?,
            Location::QueryMap => read_query_map(shape, member, &query, uri),
            Location::Header(name) => read_header(member, name, &parts.headers)?,
            Location::Headers(prefix) => read_prefixed(prefix, &parts.headers)?,
            Location::Body | Location::StatusCode | Location::Payload => None,
        };
        if let Some(value) = value {
            document.push(member.name, value);
        }
    }
    Ok(document)
}

/// Reads a body that is a blob or a text; none for other kinds, which have a format.
pub(crate) fn read_raw(member: &Member, body: &[u8]) -> Option<Result<Option<Value>, Fault>> {
    match member.shape.kind {
        // Of a streamed body emptiness is a value; of another it is absence.
        Kind::Blob => Some(Ok((!body.is_empty() || member.is(Trait::Streaming)).then(|| Value::from(body)))),
        Kind::String | Kind::Enumeration(_) if body.is_empty() => Some(Ok(None)),
        Kind::String | Kind::Enumeration(_) => {
            let text = std::str::from_utf8(body).map_err(|_| Fault::new("the body is not UTF-8"));
            Some(text.map(|text| Some(Value::from(text))))
        }
        _ => None,
    }
}

fn read_text(member: &Member, default: TimestampFormat, text: &str) -> Result<Value, Fault> {
    scalar::read(member.shape, scalar::format(member, default), text)
}

fn read_query(member: &Member, name: &str, query: &[Pair<'_>]) -> Result<Option<Value>, Fault> {
    let mut texts = query.iter().filter(|(found, _)| found == name).map(|(_, text)| text.as_ref());
    if let Kind::List(of) = member.shape.kind {
        let values: Result<Vec<Value>, Fault> =
            texts.map(|text| read_text(of, TimestampFormat::Iso8601, text)).collect();
        return values.map(|values| (!values.is_empty()).then_some(Value::List(values)));
    }
    texts.next_back().map(|text| read_text(member, TimestampFormat::Iso8601, text)).transpose()
}

/// Every parameter that neither another member nor the operation's URI names; a map of texts or of lists of them.
fn read_query_map(shape: &Shape, member: &Member, query: &[Pair<'_>], uri: &'static str) -> Option<Value> {
    let (_, literals) = uri.split_once('?').unwrap_or_default();
    let named = |name: &str| {
        let literal = form::raw_pairs(literals.as_bytes()).any(|(literal, _)| literal == name.as_bytes());
        let bound = shape
            .members()
            .iter()
            .any(|member| matches!(member.location, Location::Query(other) if other == name));
        literal || bound
    };
    let lists = matches!(member.shape.kind, Kind::Map(_, of) if matches!(of.shape.kind, Kind::List(_)));
    let mut free: Vec<&Pair<'_>> = query.iter().filter(|(name, _)| !named(name)).collect();
    if free.is_empty() {
        return None;
    }
    if !lists {
        let entries =
            free.into_iter().map(|(name, text)| (Name::from(name.to_string()), Value::from(text.as_ref())));
        return Some(Value::Map(last_wins(entries.collect())));
    }
    free.sort_by(|(one, _), (other, _)| one.cmp(other));
    let grouped = free.chunk_by(|(one, _), (other, _)| one == other).filter_map(|group| {
        let (name, _) = group.first()?;
        let texts = group.iter().map(|(_, text)| Value::from(text.as_ref())).collect();
        Some((Name::from(name.to_string()), Value::List(texts)))
    });
    Some(Value::Map(grouped.collect()))
}

fn header_text(value: &HeaderValue) -> Result<&str, Fault> {
    std::str::from_utf8(value.as_bytes()).map_err(|_| Fault::new("a header is not UTF-8"))
}

fn read_header(member: &Member, name: &str, headers: &HeaderMap) -> Result<Option<Value>, Fault> {
    let mut found = headers.get_all(name).iter();
    let Kind::List(of) = member.shape.kind else {
        let Some(value) = found.next() else { return Ok(None) };
        let text = header_text(value)?;
        return if member.is(Trait::JsonValue) { read_json(text) } else { read_header_text(member, text) }
            .map(Some);
    };
    let mut values = Vec::new();
    for value in found {
        let format = scalar::format(of, TimestampFormat::HttpDate);
        let dates = matches!(of.shape.kind, Kind::Timestamp(_)) && format == TimestampFormat::HttpDate;
        for text in split_list(header_text(value)?, dates)? {
            values.push(read_header_text(of, &text)?);
        }
    }
    Ok((!values.is_empty()).then_some(Value::List(values)))
}

fn read_header_text(member: &Member, text: &str) -> Result<Value, Fault> {
    read_text(member, TimestampFormat::HttpDate, text)
}

/// JSON in a header is encoded as base64; the value is its text.
fn read_json(text: &str) -> Result<Value, Fault> {
    let refused = || Fault::new("a header does not hold JSON in base64");
    let json = BASE64.decode(text.trim()).map_err(|_| refused())?;
    let json = String::from_utf8(json).map_err(|_| refused())?;
    serde_json::from_str::<serde::de::IgnoredAny>(&json).map_err(|_| refused())?;
    Ok(Value::Str(json))
}

fn read_prefixed(prefix: &str, headers: &HeaderMap) -> Result<Option<Value>, Fault> {
    let prefix = prefix.to_ascii_lowercase();
    let mut entries: Vec<(Name, Value)> = Vec::new();
    for (name, value) in headers {
        if let Some(rest) = name.as_str().strip_prefix(prefix.as_str()).filter(|rest| !rest.is_empty()) {
            entries.push((rest.to_owned().into(), Value::from(header_text(value)?)));
        }
    }
    Ok((!entries.is_empty()).then(|| Value::Map(last_wins(entries))))
}

/// The elements of a list in a header: parted by commas, those with commas in quotes. HTTP dates have one comma
/// each, so they are parted at every second.
fn split_list(text: &str, dates: bool) -> Result<Vec<Cow<'_, str>>, Fault> {
    let mut elements = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (element, behind) = unquote(quoted).ok_or_else(unparted)?;
            elements.push(element);
            rest = behind.trim_start();
            if !rest.is_empty() {
                rest = rest.strip_prefix(',').ok_or_else(unparted)?.trim_start();
            }
            continue;
        }
        let mut commas = rest.match_indices(',').map(|(at, _)| at);
        let end = if dates { commas.nth(1) } else { commas.next() };
        let (element, behind) = match end {
            Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default()),
            None => (rest, ""),
        };
        elements.push(element.trim().into());
        rest = behind.trim_start();
    }
    Ok(elements)
}

fn unparted() -> Fault {
    Fault::new("a header does not hold a list: a quote is not closed, or text stands behind one")
}

/// The text up to the closing quote, without its escapes, and what stands behind; `None` without such a quote.
fn unquote(quoted: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((text.into(), quoted.get(at + 1..).unwrap_or_default())),
            '\\' => text.extend(chars.next().map(|(_, char)| char)),
            char => text.push(char),
        }
    }
    None
}

/// Writes headers and the status.
pub(crate) fn write_bindings(
    answer: &mut Answer,
    members: &'static [Member],
    output: &Document,
) -> Result<(), EncodeError> {
    for (member, value) in response::present(members, output, false)? {
        write_binding(answer, member, value).map_err(|error| error.within(member.name))?;
    }
    Ok(())
}

/// Writes one member that stands in a header or is the status; others it leaves.
pub(crate) fn write_binding(answer: &mut Answer, member: &Member, value: &Value) -> Result<(), EncodeError> {
    match (member.location, value) {
        (Location::Header(name), value) => {
            if let Some(text) = header_value(member, value)? {
                insert(answer.headers_mut(), name, &text)?;
            }
        }
        (Location::Headers(prefix), Value::Map(entries)) => {
            for (name, value) in entries.iter() {
                let text = value.as_str().ok_or_else(|| EncodeError::new("is not a map of texts"))?;
                insert(answer.headers_mut(), &format!("{prefix}{name}"), text)?;
            }
        }
        (Location::StatusCode, Value::Int(status)) => {
            let status =
                u16::try_from(*status).ok().and_then(|status| http::StatusCode::from_u16(status).ok());
            *answer.status_mut() = status.ok_or_else(|| EncodeError::new("is not an HTTP status"))?;
        }
        (Location::Headers(_) | Location::StatusCode, _) => {
            return Err(EncodeError::new(scalar::unfit(&member.shape.kind)));
        }
        _ => {}
    }
    Ok(())
}

fn header_value(member: &Member, value: &Value) -> Result<Option<String>, EncodeError> {
    let mut text = String::new();
    match (&member.shape.kind, value) {
        (Kind::List(of), Value::List(values)) => {
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                let mut element = String::new();
                scalar::write(&mut element, of.shape, scalar::format(of, TimestampFormat::HttpDate), value)
                    .map_err(|error| error.within(index))?;
                let date = matches!(value, Value::Time(_));
                // Nothing, and blanks at an end, would be lost without quotes too.
                let lost = element.is_empty() || element.trim() != element;
                if !date && (lost || element.contains([',', '"'])) {
                    element = format!("\"{}\"", element.replace('\\', "\\\\").replace('"', "\\\""));
                }
                text.push_str(&element);
            }
            return Ok((!values.is_empty()).then_some(text));
        }
        (Kind::String, Value::Str(json)) if member.is(Trait::JsonValue) => {
            scalar::push_base64(&mut text, json.as_bytes());
        }
        _ => {
            scalar::write(&mut text, member.shape, scalar::format(member, TimestampFormat::HttpDate), value)?;
        }
    }
    Ok(Some(text))
}

fn insert(headers: &mut HeaderMap, name: &str, text: &str) -> Result<(), EncodeError> {
    let unfit = "cannot stand in a header";
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| EncodeError::new(unfit))?;
    let value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| EncodeError::new(unfit))?;
    headers.insert(name, value);
    Ok(())
}

/// What an answer's body is to be.
pub(crate) enum Body<'a> {
    /// Nothing.
    Empty,
    /// Bytes or text as they are.
    Raw(Vec<u8>, &'static str),
    /// One structure, union or document, in the protocol's format.
    Payload(&'static Member, &'a Value),
    /// The members that stand in the body, in the protocol's format.
    Members(&'static Shape),
}

/// What the body of an operation's answer is to be.
pub(crate) fn body<'a>(operation: &Operation, output: &'a Document) -> Result<Body<'a>, EncodeError> {
    let Some(shape) = operation.output else { return Ok(Body::Empty) };
    if operation.http.method == "HEAD" || matches!(operation.http.status, 204 | 304) {
        return Ok(Body::Empty);
    }
    let Some(member) = shape.payload() else {
        let members = shape.members();
        let any = members.is_empty() || members.iter().any(|member| member.location == Location::Body);
        return Ok(if any { Body::Members(shape) } else { Body::Empty });
    };
    Ok(match (member.shape.kind, output.value(member.name)) {
        (_, None | Some(Value::Null)) => Body::Empty,
        (Kind::Blob, Some(Value::Blob(bytes))) => Body::Raw(bytes.to_vec(), "application/octet-stream"),
        (Kind::String | Kind::Enumeration(_), Some(Value::Str(text))) => {
            Body::Raw(text.clone().into_bytes(), "text/plain")
        }
        (Kind::Blob | Kind::String | Kind::Enumeration(_), Some(_)) => {
            return Err(EncodeError::at(member.name, scalar::unfit(&member.shape.kind)));
        }
        (_, Some(value)) => Body::Payload(member, value),
    })
}

/// An answer with its bindings; the type of the body is the one that a header's member says, if one does.
pub(crate) fn answer(
    operation: &Operation,
    output: &Document,
    request_id: &str,
    (body, content_type): (Vec<u8>, Option<&'static str>),
) -> Result<Answer, EncodeError> {
    let mut answer = response::answer(operation.http.status, content_type, request_id, body);
    write_bindings(&mut answer, operation.output.map_or(&[][..], Shape::members), output)?;
    if answer.body().is_empty() && content_type.is_some() {
        answer.headers_mut().remove(CONTENT_TYPE);
    }
    Ok(answer)
}
