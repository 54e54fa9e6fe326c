//! Reads XML bodies by their schema (restXml). Documents with a DOCTYPE are refused: no entity but XML's own five
//! is ever expanded.

use std::borrow::Cow;

use bastide_shape::{Document, Kind, Location, Member, Name, TimestampFormat, Trait, Value};
use quick_xml::Reader as Events;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::budget::{Budget, Limits, last_wins};
use crate::error::Fault;
use crate::scalar;

/// Reads a body whose root element holds the members of a structure; none when there is no element.
/// The root's name is not looked at, as most of AWS's services do not.
pub(crate) fn read(
    members: &'static [Member],
    body: &[u8],
    limits: &Limits,
    only_body: bool,
) -> Result<Option<Document>, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::new("the body is not UTF-8"))?;
    // The parser does not look for characters that XML does not have.
    if text.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) {
        return Err(malformed());
    }
    let mut events = Events::from_str(text);
    let config = events.config_mut();
    config.expand_empty_elements = true;
    config.check_comments = true;
    let mut reader = Reader { events, budget: Budget::new(limits) };
    let Some(root) = reader.root()? else { return Ok(None) };
    let document = reader.structure(members, &root, only_body, limits.depth)?;
    if reader.root()?.is_some() {
        return Err(malformed());
    }
    Ok(Some(document))
}

fn malformed() -> Fault {
    Fault::new("the body is not well-formed XML")
}

struct Reader<'b> {
    events: Events<&'b [u8]>,
    budget: Budget,
}

/// What a structure or list holds next.
enum Next<'b> {
    Element(BytesStart<'b>),
    End,
}

impl<'b> Reader<'b> {
    fn event(&mut self) -> Result<Event<'b>, Fault> {
        self.events.read_event().map_err(|_| malformed())
    }

    /// The next element outside of any; none at the end.
    fn root(&mut self) -> Result<Option<BytesStart<'b>>, Fault> {
        loop {
            match self.event()? {
                Event::Start(start) => return Ok(Some(start)),
                Event::Eof => return Ok(None),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Text(text) if text.trim_ascii().is_empty() => {}
                Event::DocType(_) => return Err(Fault::new("the body has a DOCTYPE")),
                _ => return Err(malformed()),
            }
        }
    }

    /// The next element inside of one; text between elements has no meaning.
    fn next(&mut self) -> Result<Next<'b>, Fault> {
        loop {
            match self.event()? {
                Event::Start(start) => {
                    self.budget.spend()?;
                    return Ok(Next::Element(start));
                }
                Event::End(_) => return Ok(Next::End),
                Event::Eof | Event::DocType(_) | Event::Decl(_) => return Err(malformed()),
                _ => {}
            }
        }
    }

    fn structure(
        &mut self,
        members: &'static [Member],
        start: &BytesStart<'_>,
        only_body: bool,
        depth: usize,
    ) -> Result<Document, Fault> {
        let depth = depth.checked_sub(1).ok_or_else(Fault::too_deep)?;
        let mut document = attributes(members, start)?;
        // Flat maps are gathered first, so that many entries take no more than linear time.
        let mut flat: Vec<(&Member, Vec<(Name, Value)>)> = Vec::new();
        while let Next::Element(element) = self.next()? {
            let name = element.local_name();
            let found = members.iter().find(|member| {
                element_name(member) == name.as_ref() && (!only_body || member.location == Location::Body)
            });
            let Some(member) = found.filter(|member| !member.is(Trait::XmlAttribute)) else {
                self.skip()?;
                continue;
            };
            match member.shape.kind {
                Kind::List(of) if member.is(Trait::Flattened) => {
                    let value = self.value(of, &element, depth)?;
                    match document.value_mut(member.name) {
                        Some(Value::List(values)) => values.push(value),
                        _ => document.set(member.name, Value::List(vec![value])),
                    }
                }
                Kind::Map(key, of) if member.is(Trait::Flattened) => {
                    let entry = self.entry(key, of, depth)?;
                    match flat.iter_mut().find(|(other, _)| other.name == member.name) {
                        Some((_, entries)) => entries.push(entry),
                        None => flat.push((member, vec![entry])),
                    }
                }
                _ => {
                    let value = self.value(member, &element, depth)?;
                    document.set(member.name, value);
                }
            }
        }
        for (member, entries) in flat {
            document.set(member.name, Value::Map(last_wins(entries)));
        }
        Ok(document)
    }

    /// Reads what an element holds, up to its end.
    fn value(
        &mut self,
        member: &'static Member,
        start: &BytesStart<'_>,
        depth: usize,
    ) -> Result<Value, Fault> {
        let inner = || depth.checked_sub(1).ok_or_else(Fault::too_deep);
        match member.shape.kind {
            Kind::Structure(members) | Kind::Union(members) => {
                self.structure(members, start, false, depth).map(Value::Map)
            }
            Kind::List(of) => self.list(of, inner()?),
            Kind::Map(key, of) => self.map(key, of, inner()?),
            _ => {
                let text = self.text()?;
                scalar::read(member.shape, scalar::format(member, TimestampFormat::Iso8601), &text)
            }
        }
    }

    fn list(&mut self, of: &'static Member, depth: usize) -> Result<Value, Fault> {
        let wanted = of.wire.unwrap_or("member");
        let mut values = Vec::new();
        while let Next::Element(element) = self.next()? {
            if element.local_name().as_ref() == wanted {
                values.push(self.value(of, &element, depth)?);
            } else {
                self.skip()?;
            }
        }
        Ok(Value::List(values))
    }

    fn map(&mut self, key: &'static Member, of: &'static Member, depth: usize) -> Result<Value, Fault> {
        let mut entries = Vec::new();
        while let Next::Element(element) = self.next()? {
            if element.local_name().as_ref() == "entry" {
                entries.push(self.entry(key, of, depth)?);
            } else {
                self.skip()?;
            }
        }
        Ok(Value::Map(last_wins(entries)))
    }

    fn entry(
        &mut self,
        key: &'static Member,
        of: &'static Member,
        depth: usize,
    ) -> Result<(Name, Value), Fault> {
        let (key_name, value_name) = (key.wire.unwrap_or("key"), of.wire.unwrap_or("value"));
        let (mut name, mut value) = (None, None);
        while let Next::Element(element) = self.next()? {
            let found = element.local_name();
            if found.as_ref() == key_name {
                name = Some(self.text()?);
            } else if found.as_ref() == value_name {
                value = Some(self.value(of, &element, depth)?);
            } else {
                self.skip()?;
            }
        }
        let name = name.ok_or_else(|| Fault::new("an entry of a map has no key"))?;
        let value = value.ok_or_else(|| Fault::new("an entry of a map has no value"))?;
        Ok((name.into(), value))
    }

    /// The text of an element up to its end.
    fn text(&mut self) -> Result<String, Fault> {
        let mut whole = String::new();
        loop {
            match self.event()? {
                Event::Text(text) => whole.push_str(&text.xml10_content()),
                Event::CData(text) => whole.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => whole.push_str(&resolved(&reference)?),
                Event::Comment(_) | Event::PI(_) => {}
                Event::End(_) => return Ok(whole),
                Event::Start(_) => return Err(Fault::map()),
                _ => return Err(malformed()),
            }
        }
    }

    /// Goes to the end of an element that no member wants.
    fn skip(&mut self) -> Result<(), Fault> {
        let mut open = 1usize;
        while open > 0 {
            match self.next()? {
                Next::Element(_) => open += 1,
                Next::End => open -= 1,
            }
        }
        Ok(())
    }
}

/// The name of a member's elements: those of a flat list are named by the list's own member, if it has a name.
fn element_name(member: &Member) -> &'static str {
    match member.shape.kind {
        Kind::List(of) if member.is(Trait::Flattened) => of.wire.unwrap_or(member.wire_name()),
        _ => member.wire_name(),
    }
}

/// The members that are attributes of their structure's element.
fn attributes(members: &'static [Member], start: &BytesStart<'_>) -> Result<Document, Fault> {
    let mut document = Document::new();
    if !members.iter().any(|member| member.is(Trait::XmlAttribute)) {
        return Ok(document);
    }
    let mut attributes = start.attributes();
    // The check for equal names takes quadratic time; here the last of them stays.
    for attribute in attributes.with_checks(false) {
        let attribute = attribute.map_err(|_| malformed())?;
        let name = attribute.key;
        let wanted = |member: &&Member| {
            let wire = member.wire_name();
            let local = wire.rsplit(':').next().unwrap_or(wire);
            member.is(Trait::XmlAttribute) && (wire == name.as_ref() || local == name.local_name().as_ref())
        };
        if let Some(member) = members.iter().find(wanted) {
            let text = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| malformed())?;
            let format = scalar::format(member, TimestampFormat::Iso8601);
            document.set(member.name, scalar::read(member.shape, format, &text)?);
        }
    }
    Ok(document)
}

/// A character reference or one of XML's own five entities.
fn resolved(reference: &BytesRef<'_>) -> Result<Cow<'static, str>, Fault> {
    if let Some(char) = reference.resolve_char_ref().map_err(|_| malformed())? {
        return Ok(char.to_string().into());
    }
    resolve_xml_entity(reference).map(Cow::Borrowed).ok_or_else(malformed)
}
