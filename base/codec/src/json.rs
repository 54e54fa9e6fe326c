//! JSON bodies: awsJson 1.0 and 1.1 whole, and the bodies of restJson1.
//! Source: the Smithy specification of the AWS JSON 1.1 protocol.

use std::cell::RefCell;
use std::fmt;

use bastide_ids::Timestamp;
use bastide_shape::{Document, Kind, Location, Member, Name, Protocol, Shape, TimestampFormat, Trait, Value};
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::budget::{Budget, Limits, last_wins};
use crate::error::{EncodeError, Fault};
use crate::response::{self, Answer};
use crate::scalar;
use crate::{DecodeError, WireError};

/// Reads an awsJson request.
pub(crate) fn decode(
    protocol: Protocol,
    shape: Option<&'static Shape>,
    body: &[u8],
    limits: &Limits,
) -> Result<Document, DecodeError> {
    read_body(shape, body, limits, false).map_err(|fault| fault.of(protocol))
}

/// Writes an awsJson answer.
pub(crate) fn encode(
    protocol: Protocol,
    shape: Option<&'static Shape>,
    output: &Document,
    request_id: &str,
) -> Result<Answer, EncodeError> {
    let mut body = Vec::new();
    // Without an output the body is empty, as KMS's is.
    if let Some(shape) = shape {
        body.reserve(512);
        write_structure(&mut body, shape.members(), output, false)?;
    }
    Ok(response::answer(200, Some(content_type(protocol)), request_id, body))
}

/// Writes an error: `{"__type":"NotFoundException","message":"…"}` and its members.
pub(crate) fn encode_error(protocol: Protocol, error: &WireError<'_>, request_id: &str) -> Answer {
    let mut body = b"{\"__type\":".to_vec();
    write_str(&mut body, error.name());
    write_error_members(&mut body, error, false);
    response::answer(error.status, Some(content_type(protocol)), request_id, body)
}

/// Writes the message and the members of an error behind what is there, and the closing brace; `only_body` leaves
/// out the members that stand elsewhere on the message.
pub(crate) fn write_error_members(body: &mut Vec<u8>, error: &WireError<'_>, only_body: bool) {
    let mut comma = body.last() != Some(&b'{');
    let mut separate = |body: &mut Vec<u8>| {
        if std::mem::replace(&mut comma, true) {
            body.push(b',');
        }
    };
    if !error.message.is_empty() {
        separate(body);
        body.extend_from_slice(b"\"message\":");
        write_str(body, &error.message);
    }
    for (member, value) in response::error_members(error) {
        if only_body && member.location != Location::Body {
            continue;
        }
        // An error must reach its caller: a member that does not fit its schema is left out.
        let mut written = Vec::new();
        if write_member(&mut written, member, value).is_ok() {
            separate(body);
            write_str(body, member.wire_name());
            body.push(b':');
            body.extend_from_slice(&written);
        }
    }
    body.push(b'}');
}

fn content_type(protocol: Protocol) -> &'static str {
    if protocol == Protocol::Json10 { "application/x-amz-json-1.0" } else { "application/x-amz-json-1.1" }
}

/// Reads a body that holds the members of a structure; an empty one holds none.
/// With `only_body`, members that stand elsewhere on the message are not looked for.
pub(crate) fn read_body(
    shape: Option<&'static Shape>,
    body: &[u8],
    limits: &Limits,
    only_body: bool,
) -> Result<Document, Fault> {
    let members = shape.map_or(&[][..], Shape::members);
    match read(Kind::Structure(members), body, limits, only_body)? {
        Some(Value::Map(document)) => Ok(document),
        _ => Ok(Document::new()),
    }
}

/// Reads a body that is one value (rest protocols); an empty body and `null` are none.
pub(crate) fn read_value(shape: &Shape, body: &[u8], limits: &Limits) -> Result<Option<Value>, Fault> {
    read(shape.kind, body, limits, false)
}

fn read(kind: Kind, body: &[u8], limits: &Limits, only_body: bool) -> Result<Option<Value>, Fault> {
    // Checked once for the whole body, so that the parser need not check each string.
    let text = std::str::from_utf8(body).map_err(|_| Fault::new("the body is not UTF-8"))?;
    if text.trim_ascii().is_empty() {
        return Ok(None);
    }
    let context = Context { budget: Budget::new(limits), fault: RefCell::new(None) };
    let seed = Seed {
        kind,
        format: TimestampFormat::EpochSeconds,
        depth: context.budget.depth,
        sparse: true,
        only_body,
        context: &context,
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let read = seed.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    match read {
        Ok(Value::Null) => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(error) => Err(context.fault.into_inner().unwrap_or_else(|| {
            let (line, column) = (error.line(), error.column());
            Fault::new(format!("the body is not valid JSON at line {line} column {column}"))
        })),
    }
}

/// What all seeds of a body share. A fault is kept here: serde's errors are text that tells of lines and columns.
struct Context {
    budget: Budget,
    fault: RefCell<Option<Fault>>,
}

impl Context {
    fn fail<E: Error>(&self, fault: Fault) -> E {
        *self.fault.borrow_mut() = Some(fault);
        E::custom("")
    }
}

/// Reads one value of a kind. It is only ever used with serde_json's deserializer of a `&str`.
#[derive(Clone, Copy)]
struct Seed<'c> {
    kind: Kind,
    format: TimestampFormat,
    depth: usize,
    sparse: bool,
    only_body: bool,
    context: &'c Context,
}

impl<'c> Seed<'c> {
    fn inner(&self, member: &Member) -> Seed<'c> {
        Seed {
            kind: member.shape.kind,
            format: scalar::format(member, TimestampFormat::EpochSeconds),
            depth: self.depth.saturating_sub(1),
            sparse: member.is(Trait::Sparse) || matches!(member.shape.kind, Kind::Document),
            only_body: false,
            context: self.context,
        }
    }

    /// Inside free-form documents everything is one.
    fn free(&self) -> Seed<'c> {
        Seed { kind: Kind::Document, depth: self.depth.saturating_sub(1), sparse: true, ..*self }
    }

    fn unfit<E: Error>(&self, token: &str) -> E {
        self.context.fail(match self.kind {
            Kind::List(_) => Fault::new("Expected list or null"),
            Kind::Map(..) | Kind::Structure(_) | Kind::Union(_) => {
                Fault::new("Expected structure or map, or null")
            }
            kind => Fault::unfit(token, kind),
        })
    }

    fn enter<E: Error>(&self) -> Result<(), E> {
        if self.depth == 0 { Err(self.context.fail(Fault::too_deep())) } else { Ok(()) }
    }

    fn spend<E: Error>(&self) -> Result<(), E> {
        self.context.budget.spend().map_err(|fault| self.context.fail(fault))
    }

    fn structure<'de, A: MapAccess<'de>>(
        &self,
        members: &'static [Member],
        mut access: A,
    ) -> Result<Value, A::Error> {
        let mut document = Document::new();
        while let Some(found) = access.next_key_seed(MemberKey { members, only_body: self.only_body })? {
            self.spend()?;
            let Some(member) = found else {
                access.next_value::<IgnoredAny>()?;
                continue;
            };
            match access.next_value_seed(self.inner(member))? {
                Value::Null => {
                    document.remove(member.name);
                }
                value => document.set(member.name, value),
            }
        }
        Ok(Value::Map(document))
    }

    fn entries<'de, A: MapAccess<'de>>(&self, of: Seed<'c>, mut access: A) -> Result<Value, A::Error> {
        let mut entries: Vec<(Name, Value)> = Vec::new();
        while let Some(key) = access.next_key::<String>()? {
            self.spend()?;
            let value = access.next_value_seed(of)?;
            if value == Value::Null && !self.sparse {
                return Err(self.context.fail(Fault::null()));
            }
            entries.push((key.into(), value));
        }
        Ok(Value::Map(last_wins(entries)))
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of the schema")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        match self.kind {
            Kind::Boolean | Kind::Document => Ok(Value::Bool(truth)),
            _ => Err(self.unfit(if truth { "TRUE_VALUE" } else { "FALSE_VALUE" })),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        let value = match self.kind {
            Kind::Integer | Kind::Long | Kind::BigInteger => scalar::whole(self.kind, number),
            Kind::Float | Kind::Double => scalar::float(self.kind, scalar::widened(number)),
            Kind::Timestamp(_) => self.epoch(scalar::widened(number)),
            Kind::Document => Some(Value::Int(number)),
            _ => None,
        };
        value.ok_or_else(|| self.unfit("NUMBER_VALUE"))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) if matches!(self.kind, Kind::Integer | Kind::Long | Kind::BigInteger) => {
                Err(self.unfit("NUMBER_VALUE"))
            }
            #[allow(clippy::cast_precision_loss, reason = "only floats and free-form documents come here")]
            Err(_) => self.visit_f64(number as f64),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        let value = match self.kind {
            Kind::Integer | Kind::Long | Kind::BigInteger => scalar::integral(self.kind, number),
            Kind::Float | Kind::Double => scalar::float(self.kind, number),
            Kind::Timestamp(_) => self.epoch(number),
            Kind::Document => Some(Value::Float(number)),
            _ => None,
        };
        value.ok_or_else(|| self.unfit("NUMBER_VALUE"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        let value = match self.kind {
            Kind::String | Kind::Enumeration(_) | Kind::Document => Some(Value::Str(text.to_owned())),
            Kind::Blob => Some(Value::Blob(scalar::blob(text).map_err(|fault| self.context.fail(fault))?)),
            Kind::Timestamp(_) if self.format != TimestampFormat::EpochSeconds => {
                scalar::moment(self.format, text).map(Value::Time)
            }
            Kind::Float | Kind::Double => scalar::special(text).map(Value::Float),
            _ => None,
        };
        value.ok_or_else(|| self.unfit("STRING_VALUE"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let of = match self.kind {
            Kind::List(of) => self.inner(of),
            Kind::Document => self.free(),
            _ => return Err(self.context.fail(Fault::list())),
        };
        self.enter()?;
        let mut values = Vec::new();
        while let Some(value) = access.next_element_seed(of)? {
            self.spend()?;
            if value == Value::Null && !self.sparse {
                return Err(self.context.fail(Fault::null()));
            }
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        self.enter()?;
        match self.kind {
            Kind::Structure(members) | Kind::Union(members) => self.structure(members, access),
            Kind::Map(_, of) => self.entries(self.inner(of), access),
            Kind::Document => self.entries(self.free(), access),
            _ => Err(self.context.fail(Fault::map())),
        }
    }
}

impl Seed<'_> {
    fn epoch(&self, seconds: f64) -> Option<Value> {
        let epoch = self.format == TimestampFormat::EpochSeconds;
        if epoch { Timestamp::from_seconds_f64(seconds).ok().map(Value::Time) } else { None }
    }
}

/// Reads a key and finds the member it names, without keeping the text.
struct MemberKey {
    members: &'static [Member],
    only_body: bool,
}

impl<'de> DeserializeSeed<'de> for MemberKey {
    type Value = Option<&'static Member>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for MemberKey {
    type Value = Option<&'static Member>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        let wanted = |member: &&Member| {
            member.wire_name() == key && (!self.only_body || member.location == Location::Body)
        };
        Ok(self.members.iter().find(wanted))
    }
}

/// Writes a structure; `only_body` leaves out the members that stand elsewhere on the message.
pub(crate) fn write_structure(
    out: &mut Vec<u8>,
    members: &[Member],
    document: &Document,
    only_body: bool,
) -> Result<(), EncodeError> {
    out.push(b'{');
    let mut first = true;
    for (member, value) in response::present(members, document, only_body)? {
        if !std::mem::replace(&mut first, false) {
            out.push(b',');
        }
        write_str(out, member.wire_name());
        out.push(b':');
        write_member(out, member, value).map_err(|error| error.within(member.name))?;
    }
    out.push(b'}');
    Ok(())
}

/// Writes a value of a member's shape.
pub(crate) fn write_member(out: &mut Vec<u8>, member: &Member, value: &Value) -> Result<(), EncodeError> {
    let shape = member.shape;
    match (&shape.kind, value) {
        (Kind::String | Kind::Enumeration(_), Value::Str(text)) => write_str(out, text),
        (Kind::Structure(members) | Kind::Union(members), Value::Map(inner)) => {
            write_structure(out, members, inner, false)?;
        }
        (Kind::List(of), Value::List(values)) => write_list(out, of, values)?,
        (Kind::Map(_, of), Value::Map(entries)) => write_map(out, of, entries)?,
        (Kind::Document, value) => write_free(out, value),
        (_, Value::Null) => out.extend_from_slice(b"null"),
        _ => write_scalar(out, member, value)?,
    }
    Ok(())
}

fn write_scalar(out: &mut Vec<u8>, member: &Member, value: &Value) -> Result<(), EncodeError> {
    let format = scalar::format(member, TimestampFormat::EpochSeconds);
    let quoted = match value {
        Value::Blob(_) => true,
        Value::Time(_) => format != TimestampFormat::EpochSeconds,
        Value::Float(number) => !number.is_finite(),
        _ => false,
    };
    let mut text = String::new();
    scalar::write(&mut text, member.shape, format, value)?;
    if quoted {
        out.push(b'"');
    }
    out.extend_from_slice(text.as_bytes());
    if quoted {
        out.push(b'"');
    }
    Ok(())
}

fn write_list(out: &mut Vec<u8>, of: &Member, values: &[Value]) -> Result<(), EncodeError> {
    out.push(b'[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_member(out, of, value).map_err(|error| error.within(index))?;
    }
    out.push(b']');
    Ok(())
}

fn write_map(out: &mut Vec<u8>, of: &Member, entries: &Document) -> Result<(), EncodeError> {
    out.push(b'{');
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_str(out, key);
        out.push(b':');
        write_member(out, of, value).map_err(|error| error.within(index))?;
    }
    out.push(b'}');
    Ok(())
}

/// Writes a free-form document.
fn write_free(out: &mut Vec<u8>, value: &Value) {
    let mut text = String::new();
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) => text.push_str(&number.to_string()),
        Value::Float(number) if number.is_finite() => text.push_str(&format!("{number:?}")),
        // JSON has no word for it.
        Value::Float(_) => text.push_str("null"),
        Value::Time(moment) => scalar::push_epoch(&mut text, *moment),
        Value::Str(text) => return write_str(out, text),
        Value::Blob(bytes) => {
            scalar::push_base64(&mut text, bytes);
            return write_str(out, &text);
        }
        Value::List(values) => {
            out.push(b'[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_free(out, value);
            }
            return out.push(b']');
        }
        Value::Map(entries) => {
            out.push(b'{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_str(out, key);
                out.push(b':');
                write_free(out, value);
            }
            return out.push(b'}');
        }
    }
    out.extend_from_slice(text.as_bytes());
}

/// Writes a JSON string.
pub(crate) fn write_str(out: &mut Vec<u8>, text: &str) {
    // Writing a `&str` into a `Vec` cannot fail.
    let _ = serde_json::to_writer(out, text);
}
