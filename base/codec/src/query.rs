//! awsQuery: forms in, XML out.
//! Source: the Smithy specification of the AWS query protocol.

use std::borrow::Cow;
use std::cmp::Ordering;

use bastide_shape::{
    Document, Kind, Member, Name, Operation, Protocol, Service, Shape, TimestampFormat, Trait, Value,
};
use http::request::Parts;

use crate::budget::{Budget, Limits, last_wins};
use crate::error::{EncodeError, Fault};
use crate::form::{self, Pair};
use crate::response::{self, Answer};
use crate::{DecodeError, WireError, scalar, xml};

/// Reads a request from its form body and its query string.
pub(crate) fn decode(
    protocol: Protocol,
    shape: Option<&'static Shape>,
    parts: &Parts,
    body: &[u8],
    limits: &Limits,
) -> Result<Document, DecodeError> {
    let Some(shape) = shape else { return Ok(Document::new()) };
    let read = || {
        let budget = Budget::new(limits);
        let mut pairs = form::pairs(parts.uri.query().unwrap_or_default().as_bytes(), &budget)?;
        if form::is_form(&parts.headers) {
            pairs.extend(form::pairs(body, &budget)?);
        }
        // Stable, so of two equal names the last stays last.
        pairs.sort_by(|(one, _), (other, _)| by_segment(one, other));
        let reader = Reader { ec2: protocol == Protocol::Ec2 };
        reader.structure(shape.members(), Group { pairs: &pairs, at: 0, depth: limits.depth })
    };
    read().map_err(|fault: Fault| fault.of(protocol))
}

/// Writes an answer: `<CreateUserResponse><CreateUserResult>…`.
pub(crate) fn encode(
    service: &Service,
    operation: &Operation,
    output: &Document,
    request_id: &str,
) -> Result<Answer, EncodeError> {
    let mut body = String::with_capacity(512);
    let name = operation.name;
    xml::open_root(&mut body, &format!("{name}Response"), service.xml_namespace);
    match (operation.output, operation.result_wrapper) {
        (Some(shape), Some(wrapper)) => {
            xml::open(&mut body, wrapper);
            xml::write_members(&mut body, shape.members(), output, false)?;
            xml::close(&mut body, wrapper);
        }
        (Some(shape), None) => xml::write_members(&mut body, shape.members(), output, false)?,
        (None, _) => {}
    }
    xml::open(&mut body, "ResponseMetadata");
    xml::write_text(&mut body, "RequestId", request_id);
    xml::close(&mut body, "ResponseMetadata");
    xml::close(&mut body, &format!("{name}Response"));
    Ok(response::answer(200, Some("text/xml"), request_id, body))
}

/// Writes an error: `<ErrorResponse><Error><Type>Sender</Type>…`.
pub(crate) fn encode_error(service: Option<&Service>, error: &WireError<'_>, request_id: &str) -> Answer {
    let mut body = String::with_capacity(256);
    xml::open_root(&mut body, "ErrorResponse", service.map_or("", |service| service.xml_namespace));
    xml::open(&mut body, "Error");
    xml::write_text(&mut body, "Type", error.fault());
    xml::write_error_members(&mut body, error);
    xml::close(&mut body, "Error");
    xml::write_text(&mut body, "RequestId", request_id);
    xml::close(&mut body, "ErrorResponse");
    response::answer(error.status, Some("text/xml"), request_id, body)
}

/// Orders names such that all names that begin with the same segments stand together, the shortest first.
fn by_segment(one: &str, other: &str) -> Ordering {
    let rank = |byte: u8| if byte == b'.' { 0 } else { u16::from(byte) + 1 };
    one.bytes().map(rank).cmp(other.bytes().map(rank))
}

/// The parameters whose names begin with the same text, up to `at`.
#[derive(Clone, Copy)]
struct Group<'a> {
    pairs: &'a [Pair<'a>],
    at: usize,
    depth: usize,
}

impl<'a> Group<'a> {
    /// The value of the name that ends here; of several the last.
    fn own(&self) -> Option<&'a str> {
        let (_, value) = self.pairs.iter().take_while(|(name, _)| name.len() < self.at).last()?;
        Some(value)
    }

    /// The groups one segment further in, by that segment.
    fn parts(&self) -> Result<Vec<(&'a str, Group<'a>)>, Fault> {
        let depth = self.depth.checked_sub(1).ok_or_else(Fault::too_deep)?;
        let mut parts = Vec::new();
        let mut rest = self.pairs.get(self.skip_own()..).unwrap_or_default();
        while let Some((name, _)) = rest.first() {
            let segment = self.segment(name);
            let same = rest.iter().take_while(|(name, _)| self.segment(name) == segment).count();
            let (pairs, others) = rest.split_at(same);
            parts.push((segment, Group { pairs, at: self.at + segment.len() + 1, depth }));
            rest = others;
        }
        Ok(parts)
    }

    /// The part of this segment.
    fn part(parts: &[(&'a str, Group<'a>)], segment: &str) -> Option<Group<'a>> {
        parts.iter().find(|(name, _)| *name == segment).map(|(_, group)| *group)
    }

    fn skip_own(&self) -> usize {
        self.pairs.iter().take_while(|(name, _)| name.len() < self.at).count()
    }

    fn segment(&self, name: &'a str) -> &'a str {
        let rest = name.get(self.at..).unwrap_or_default();
        rest.split('.').next().unwrap_or_default()
    }
}

/// Reads values by their schema. ec2Query differs in its names, and in that its lists are always flat.
struct Reader {
    ec2: bool,
}

impl Reader {
    fn structure(&self, members: &'static [Member], group: Group<'_>) -> Result<Document, Fault> {
        let parts = group.parts()?;
        let mut document = Document::new();
        for member in members {
            let mut group = Group::part(&parts, &self.name(member));
            if group.is_none() && !self.ec2 {
                // An empty flat list stands under the member's own name.
                group = Group::part(&parts, member.wire_name());
            }
            if let Some(group) = group {
                document.push(member.name, self.value(member, group)?);
            }
        }
        Ok(document)
    }

    fn name(&self, member: &Member) -> Cow<'static, str> {
        if self.ec2 {
            return ec2_name(member);
        }
        match member.shape.kind {
            // The name of a flat list is that of its elements, if they have one.
            Kind::List(of) if member.is(Trait::Flattened) => of.wire.unwrap_or(member.wire_name()).into(),
            _ => member.wire_name().into(),
        }
    }

    fn value(&self, member: &Member, group: Group<'_>) -> Result<Value, Fault> {
        let shape = member.shape;
        let flat = self.ec2 || member.is(Trait::Flattened);
        match shape.kind {
            Kind::Structure(members) | Kind::Union(members) => {
                refuse_own(group, "Unexpected complex element termination")?;
                self.structure(members, group).map(Value::Map)
            }
            Kind::List(of) => self.list(of, flat, group),
            Kind::Map(key, value) => self.map(key, value, flat, group),
            _ => {
                let Some(text) = group.own() else { return Err(Fault::map()) };
                scalar::read(shape, scalar::format(member, TimestampFormat::Iso8601), text)
            }
        }
    }

    /// `Tags.member.1`, or `Tags.1` when flat; `Tags=` is an empty one.
    fn list(&self, of: &'static Member, flat: bool, group: Group<'_>) -> Result<Value, Fault> {
        refuse_own(group, "Unexpected list element termination")?;
        let name = of.wire.unwrap_or("member");
        let mut values = Vec::new();
        for group in numbered(group, (!flat).then_some(name))? {
            values.push(self.value(of, group)?);
        }
        Ok(Value::List(values))
    }

    /// `Map.entry.1.key` and `Map.entry.1.value`, or `Map.1.key` when flat.
    fn map(
        &self,
        key: &'static Member,
        of: &'static Member,
        flat: bool,
        group: Group<'_>,
    ) -> Result<Value, Fault> {
        refuse_own(group, "Unexpected complex element termination")?;
        let (key_name, value_name) = (key.wire.unwrap_or("key"), of.wire.unwrap_or("value"));
        let mut entries: Vec<(Name, Value)> = Vec::new();
        for group in numbered(group, (!flat).then_some("entry"))? {
            let parts = group.parts()?;
            let key = Group::part(&parts, key_name).and_then(|group| group.own());
            let key = key.ok_or_else(|| Fault::new("an entry of a map has no key"))?;
            let value = Group::part(&parts, value_name)
                .ok_or_else(|| Fault::new("an entry of a map has no value"))?;
            entries.push((key.to_owned().into(), self.value(of, value)?));
        }
        Ok(Value::Map(last_wins(entries)))
    }
}

/// Only lists, maps and structures that are empty stand as a name alone, with an empty value.
fn refuse_own(group: Group<'_>, problem: &'static str) -> Result<(), Fault> {
    match group.own() {
        None | Some("") => Ok(()),
        Some(_) => Err(Fault::new(problem)),
    }
}

/// The groups of `name.1`, `name.2`, …, or of `1`, `2`, …, in the order of their numbers; gaps are closed.
fn numbered<'a>(group: Group<'a>, name: Option<&str>) -> Result<Vec<Group<'a>>, Fault> {
    let parts = group.parts()?;
    let parts = match name {
        None => parts,
        Some(name) => match Group::part(&parts, name) {
            Some(group) => group.parts()?,
            // A list that is there but empty.
            None if parts.is_empty() => Vec::new(),
            None => return Err(Fault::new("a list or map does not have the element name of its schema")),
        },
    };
    let mut numbered = Vec::with_capacity(parts.len());
    for (segment, group) in parts {
        let digits = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
        let number = segment.parse::<u64>().ok().filter(|_| digits);
        let number = number.ok_or_else(|| Fault::new("the index of a list or map is not a number"))?;
        numbered.push((number, group));
    }
    numbered.sort_by_key(|(number, _)| *number);
    Ok(numbered.into_iter().map(|(_, group)| group).collect())
}

/// The name in ec2Query: its own, or the one on the wire with a capital letter.
fn ec2_name(member: &Member) -> Cow<'static, str> {
    let own = member.traits.iter().chain(member.shape.traits).find_map(|of| match of {
        Trait::QueryName(name) => Some(*name),
        _ => None,
    });
    if let Some(name) = own {
        return name.into();
    }
    let name = member.wire_name();
    let mut chars = name.chars();
    match chars.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(chars).collect::<String>().into(),
        _ => name.into(),
    }
}
