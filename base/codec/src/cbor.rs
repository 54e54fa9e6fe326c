//! Smithy RPC v2 CBOR.
//! Source: the Smithy specification of the protocol, and RFC 8949.

use std::borrow::Cow;
use std::convert::Infallible;

use bastide_ids::Timestamp;
use bastide_shape::{Blob, Document, Kind, Member, Name, Protocol, Service, Shape, Trait, Value};
use http::header::{HeaderName, HeaderValue};
use minicbor::data::{Tag, Type};
use minicbor::{Decoder, Encoder};

use crate::budget::{Budget, Limits, last_wins};
use crate::error::{EncodeError, Fault};
use crate::response::{self, Answer};
use crate::{DecodeError, WireError, scalar};

const EPOCH: Tag = Tag::new(1);
const POSITIVE: Tag = Tag::new(2);
const NEGATIVE: Tag = Tag::new(3);

/// Reads a request; an empty body holds no members.
pub(crate) fn decode(
    shape: Option<&'static Shape>,
    body: &[u8],
    limits: &Limits,
) -> Result<Document, DecodeError> {
    let members = shape.map_or(&[][..], Shape::members);
    let read = || {
        if body.is_empty() {
            return Ok(Document::new());
        }
        let mut reader = Reader { cbor: Decoder::new(body), budget: Budget::new(limits) };
        let value = reader.value(Kind::Structure(members), false, limits.depth)?;
        if reader.cbor.position() != body.len() {
            return Err(malformed());
        }
        match value {
            Value::Map(document) => Ok(document),
            _ => Ok(Document::new()),
        }
    };
    read().map_err(|fault: Fault| fault.of(Protocol::Cbor))
}

/// Writes an answer; the body of an operation without output is empty.
pub(crate) fn encode(
    shape: Option<&'static Shape>,
    output: &Document,
    request_id: &str,
) -> Result<Answer, EncodeError> {
    let Some(shape) = shape else { return Ok(answer(200, None, request_id, Vec::new())) };
    let mut out = Writer { cbor: Encoder::new(Vec::with_capacity(512)) };
    out.structure(shape.members(), output)?;
    Ok(answer(200, Some("application/cbor"), request_id, out.cbor.into_writer()))
}

/// Writes an error: a map of `__type` (an absolute shape id), the message and the members.
pub(crate) fn encode_error(service: Option<&Service>, error: &WireError<'_>, request_id: &str) -> Answer {
    let namespace =
        service.map_or("com.amazonaws".to_owned(), |service| format!("com.amazonaws.{}", service.name));
    let mut members: Vec<(&str, Vec<u8>)> = Vec::new();
    for (member, value) in response::error_members(error) {
        let mut out = Writer { cbor: Encoder::new(Vec::new()) };
        // An error must reach its caller: a member that does not fit its schema is left out.
        if out.value(member.shape, value).is_ok() {
            members.push((member.name, out.cbor.into_writer()));
        }
    }
    let mut out = Writer { cbor: Encoder::new(Vec::with_capacity(256)) };
    let message = usize::from(!error.message.is_empty());
    out.map(members.len() + 1 + message);
    out.text("__type");
    out.text(&format!("{namespace}#{}", error.name()));
    if message == 1 {
        out.text("message");
        out.text(&error.message);
    }
    for (name, value) in members {
        out.text(name);
        out.cbor.writer_mut().extend_from_slice(&value);
    }
    answer(error.status, Some("application/cbor"), request_id, out.cbor.into_writer())
}

fn answer(status: u16, content_type: Option<&'static str>, request_id: &str, body: Vec<u8>) -> Answer {
    let mut answer = response::answer(status, content_type, request_id, body);
    let protocol = HeaderName::from_static("smithy-protocol");
    answer.headers_mut().insert(protocol, HeaderValue::from_static("rpc-v2-cbor"));
    answer
}

fn malformed() -> Fault {
    Fault::new("the body is not valid CBOR")
}

/// Reads values by their schema.
struct Reader<'b> {
    cbor: Decoder<'b>,
    budget: Budget,
}

impl<'b> Reader<'b> {
    /// Reads a value; nulls too, which the caller refuses where they may not stand.
    fn value(&mut self, kind: Kind, sparse: bool, depth: usize) -> Result<Value, Fault> {
        self.budget.spend()?;
        let found = self.cbor.datatype().map_err(|_| malformed())?;
        let value = match found {
            Type::Null | Type::Undefined => {
                self.cbor.set_position(self.cbor.position() + 1);
                return Ok(Value::Null);
            }
            Type::Array | Type::ArrayIndef => return self.list(kind, sparse, depth),
            Type::Map | Type::MapIndef => return self.map(kind, sparse, depth),
            Type::Bool => boolean(kind, self.cbor.bool().map_err(|_| malformed())?),
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => whole(kind, self.int()?),
            Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => whole(kind, self.int()?),
            Type::F16 => number(kind, self.cbor.f16().map_err(|_| malformed())?.into()),
            Type::F32 => number(kind, self.cbor.f32().map_err(|_| malformed())?.into()),
            Type::F64 => number(kind, self.cbor.f64().map_err(|_| malformed())?),
            Type::String | Type::StringIndef => text(kind, self.text()?),
            Type::Bytes | Type::BytesIndef => {
                let bytes = self.bytes()?;
                matches!(kind, Kind::Blob | Kind::Document).then_some(Value::Blob(bytes))
            }
            Type::Tag => self.tagged(kind)?,
            Type::Simple | Type::Break | Type::Unknown(_) => return Err(malformed()),
        };
        value.ok_or_else(|| match kind {
            Kind::List(_) => Fault::new("Expected list or null"),
            Kind::Map(..) | Kind::Structure(_) | Kind::Union(_) => {
                Fault::new("Expected structure or map, or null")
            }
            kind => Fault::unfit(token(found), kind),
        })
    }

    fn int(&mut self) -> Result<i128, Fault> {
        self.cbor.int().map(i128::from).map_err(|_| malformed())
    }

    fn text(&mut self) -> Result<Cow<'b, str>, Fault> {
        if self.cbor.datatype().is_ok_and(|found| found == Type::String) {
            return self.cbor.str().map(Cow::Borrowed).map_err(|_| malformed());
        }
        let pieces: Result<String, _> = self.cbor.str_iter().map_err(|_| malformed())?.collect();
        pieces.map(Cow::Owned).map_err(|_| malformed())
    }

    fn bytes(&mut self) -> Result<Blob, Fault> {
        let mut blob = Blob::default();
        for piece in self.cbor.bytes_iter().map_err(|_| malformed())? {
            blob.0.extend_from_slice(piece.map_err(|_| malformed())?);
        }
        Ok(blob)
    }

    /// A moment is a number with tag 1; a big integer may be one with tag 2 or 3.
    fn tagged(&mut self, kind: Kind) -> Result<Option<Value>, Fault> {
        let tag = self.cbor.tag().map_err(|_| malformed())?;
        let found = self.cbor.datatype().map_err(|_| malformed())?;
        if tag == EPOCH {
            let seconds = match found {
                Type::F16 => self.cbor.f16().map_err(|_| malformed())?.into(),
                Type::F32 => self.cbor.f32().map_err(|_| malformed())?.into(),
                Type::F64 => self.cbor.f64().map_err(|_| malformed())?,
                Type::Simple | Type::Break | Type::Unknown(_) => return Err(malformed()),
                _ => match self.int() {
                    Ok(seconds) => wide(seconds),
                    Err(_) => return Ok(None),
                },
            };
            let moment = Timestamp::from_seconds_f64(seconds).ok().map(Value::Time);
            return Ok(moment.filter(|_| matches!(kind, Kind::Timestamp(_) | Kind::Document)));
        }
        if (tag == POSITIVE || tag == NEGATIVE) && matches!(found, Type::Bytes | Type::BytesIndef) {
            return Ok(big(kind, &self.bytes()?, tag == NEGATIVE));
        }
        Err(Fault::new("the body has a CBOR tag that is not known"))
    }

    fn list(&mut self, kind: Kind, sparse: bool, depth: usize) -> Result<Value, Fault> {
        let (of, sparse, inner) = match kind {
            Kind::List(of) => (of.shape.kind, sparse, of.is(Trait::Sparse)),
            Kind::Document => (Kind::Document, true, true),
            _ => return Err(Fault::list()),
        };
        let depth = depth.checked_sub(1).ok_or_else(Fault::too_deep)?;
        let mut left = self.cbor.array().map_err(|_| malformed())?;
        let mut values = Vec::new();
        while self.more(&mut left)? {
            let value = self.value(of, inner, depth)?;
            if value == Value::Null && !sparse {
                return Err(Fault::null());
            }
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn map(&mut self, kind: Kind, sparse: bool, depth: usize) -> Result<Value, Fault> {
        let depth = depth.checked_sub(1).ok_or_else(Fault::too_deep)?;
        let left = self.cbor.map().map_err(|_| malformed())?;
        match kind {
            Kind::Structure(members) | Kind::Union(members) => self.structure(members, left, depth),
            Kind::Map(_, of) => self.entries(of.shape.kind, sparse, of.is(Trait::Sparse), left, depth),
            Kind::Document => self.entries(Kind::Document, true, true, left, depth),
            _ => Err(Fault::map()),
        }
    }

    fn structure(
        &mut self,
        members: &'static [Member],
        mut left: Option<u64>,
        depth: usize,
    ) -> Result<Value, Fault> {
        let mut document = Document::new();
        while self.more(&mut left)? {
            let key = self.key()?;
            // The protocol has the model's names; botocore sends those of its JSON.
            let named = |member: &&Member| member.name == key || member.wire_name() == key;
            let Some(member) = members.iter().find(named) else {
                // Read as a free-form document, so that the limits hold for it too.
                self.value(Kind::Document, true, depth)?;
                continue;
            };
            match self.value(member.shape.kind, member.is(Trait::Sparse), depth)? {
                Value::Null => {
                    document.remove(member.name);
                }
                value => document.set(member.name, value),
            }
        }
        Ok(Value::Map(document))
    }

    fn entries(
        &mut self,
        of: Kind,
        sparse: bool,
        inner: bool,
        mut left: Option<u64>,
        depth: usize,
    ) -> Result<Value, Fault> {
        let mut entries: Vec<(Name, Value)> = Vec::new();
        while self.more(&mut left)? {
            let key = self.key()?.into_owned();
            let value = self.value(of, inner, depth)?;
            if value == Value::Null && !sparse {
                return Err(Fault::null());
            }
            entries.push((key.into(), value));
        }
        Ok(Value::Map(last_wins(entries)))
    }

    fn key(&mut self) -> Result<Cow<'b, str>, Fault> {
        match self.cbor.datatype() {
            Ok(Type::String | Type::StringIndef) => self.text(),
            Ok(Type::Simple | Type::Break | Type::Unknown(_)) | Err(_) => Err(malformed()),
            Ok(_) => Err(Fault::new("a key of a map is not text")),
        }
    }

    /// Whether a list or map goes on, counting down or up to its break.
    fn more(&mut self, left: &mut Option<u64>) -> Result<bool, Fault> {
        match left {
            Some(0) => Ok(false),
            Some(count) => {
                *count -= 1;
                Ok(true)
            }
            None => {
                let end = self.cbor.datatype().map_err(|_| malformed())? == Type::Break;
                if end {
                    self.cbor.set_position(self.cbor.position() + 1);
                }
                Ok(!end)
            }
        }
    }
}

fn boolean(kind: Kind, truth: bool) -> Option<Value> {
    matches!(kind, Kind::Boolean | Kind::Document).then_some(Value::Bool(truth))
}

fn whole(kind: Kind, value: i128) -> Option<Value> {
    match kind {
        Kind::Integer | Kind::Long | Kind::BigInteger => scalar::whole(kind, i64::try_from(value).ok()?),
        Kind::Float | Kind::Double => scalar::float(kind, wide(value)),
        Kind::Document => Some(i64::try_from(value).map_or_else(|_| Value::Float(wide(value)), Value::Int)),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss, reason = "that is what a float does")]
fn wide(value: i128) -> f64 {
    value as f64
}

fn number(kind: Kind, value: f64) -> Option<Value> {
    match kind {
        Kind::Integer | Kind::Long | Kind::BigInteger => scalar::integral(kind, value),
        Kind::Float | Kind::Double => scalar::float(kind, value),
        Kind::Document => Some(Value::Float(value)),
        _ => None,
    }
}

/// A big integer from its bytes (RFC 8949, 3.4.3), as far as it fits 64 bits.
fn big(kind: Kind, bytes: &[u8], negative: bool) -> Option<Value> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = bytes.get(zeros..).filter(|digits| digits.len() <= 8)?;
    let value = digits.iter().fold(0i128, |value, byte| (value << 8) | i128::from(*byte));
    whole(kind, if negative { -1 - value } else { value })
}

fn text(kind: Kind, text: Cow<'_, str>) -> Option<Value> {
    let fits = matches!(kind, Kind::String | Kind::Enumeration(_) | Kind::Document);
    fits.then(|| Value::Str(text.into_owned()))
}

fn token(found: Type) -> &'static str {
    match found {
        Type::Bool => "BOOLEAN_VALUE",
        Type::String | Type::StringIndef => "STRING_VALUE",
        Type::Bytes | Type::BytesIndef => "BYTES_VALUE",
        Type::Tag => "TAGGED_VALUE",
        _ => "NUMBER_VALUE",
    }
}

/// Writes values by their schema. Writing into a `Vec` cannot fail.
struct Writer {
    cbor: Encoder<Vec<u8>>,
}

type Written<'w> = Result<&'w mut Encoder<Vec<u8>>, minicbor::encode::Error<Infallible>>;

impl Writer {
    fn structure(&mut self, members: &[Member], document: &Document) -> Result<(), EncodeError> {
        self.map(response::present(members, document, false)?.count());
        for (member, value) in response::present(members, document, false)? {
            self.text(member.name);
            self.value(member.shape, value).map_err(|error| error.within(member.name))?;
        }
        Ok(())
    }

    fn value(&mut self, shape: &Shape, value: &Value) -> Result<(), EncodeError> {
        match (&shape.kind, value) {
            (Kind::Document, value) => self.free(value),
            (_, Value::Null) => done(self.cbor.null()),
            (Kind::String | Kind::Enumeration(_), Value::Str(text)) => self.text(text),
            (Kind::Boolean, Value::Bool(truth)) => done(self.cbor.bool(*truth)),
            (Kind::Integer | Kind::Long | Kind::BigInteger, Value::Int(number)) => {
                done(self.cbor.i64(*number));
            }
            (Kind::Float, Value::Float(number)) => self.single(*number),
            (Kind::Float, Value::Int(number)) => self.single(scalar::widened(*number)),
            (Kind::Double, Value::Float(number)) => done(self.cbor.f64(*number)),
            (Kind::Double, Value::Int(number)) => done(self.cbor.f64(scalar::widened(*number))),
            (Kind::Blob, Value::Blob(bytes)) => done(self.cbor.bytes(bytes)),
            (Kind::Timestamp(_), Value::Time(moment)) => self.moment(*moment),
            (Kind::Structure(members) | Kind::Union(members), Value::Map(inner)) => {
                self.structure(members, inner)?;
            }
            (Kind::List(of), Value::List(values)) => {
                done(self.cbor.array(length(values.len())));
                for (index, value) in values.iter().enumerate() {
                    self.value(of.shape, value).map_err(|error| error.within(index))?;
                }
            }
            (Kind::Map(_, of), Value::Map(entries)) => {
                self.map(entries.len());
                for (index, (key, value)) in entries.iter().enumerate() {
                    self.text(key);
                    self.value(of.shape, value).map_err(|error| error.within(index))?;
                }
            }
            (kind, _) => return Err(EncodeError::new(scalar::unfit(kind))),
        }
        Ok(())
    }

    /// A free-form document.
    fn free(&mut self, value: &Value) {
        match value {
            Value::Null => done(self.cbor.null()),
            Value::Bool(truth) => done(self.cbor.bool(*truth)),
            Value::Int(number) => done(self.cbor.i64(*number)),
            Value::Float(number) => done(self.cbor.f64(*number)),
            Value::Str(text) => self.text(text),
            Value::Blob(bytes) => done(self.cbor.bytes(bytes)),
            Value::Time(moment) => self.moment(*moment),
            Value::List(values) => {
                done(self.cbor.array(length(values.len())));
                for value in values {
                    self.free(value);
                }
            }
            Value::Map(entries) => {
                self.map(entries.len());
                for (key, value) in entries.iter() {
                    self.text(key);
                    self.free(value);
                }
            }
        }
    }

    fn map(&mut self, entries: usize) {
        done(self.cbor.map(length(entries)));
    }

    fn text(&mut self, text: &str) {
        done(self.cbor.str(text));
    }

    #[allow(clippy::cast_possible_truncation, reason = "a 32-bit float is written with 32 bits")]
    fn single(&mut self, number: f64) {
        done(self.cbor.f32(number as f32));
    }

    /// Whole seconds as a whole number, others as a float.
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of the years 0 to 9999 are exact in a float")]
    fn moment(&mut self, moment: Timestamp) {
        done(self.cbor.tag(EPOCH));
        let millis = moment.millis();
        if millis % 1000 == 0 {
            done(self.cbor.i64(millis / 1000));
        } else {
            done(self.cbor.f64(millis as f64 / 1000.0));
        }
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn done(written: Written<'_>) {
    drop(written);
}
