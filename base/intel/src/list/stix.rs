//! STIX: 1.x as XML with CybOX objects, 2.x as JSON bundles.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::pattern::{Pattern, parse};
use super::{ListError, Sink};

pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Err(not("not UTF-8")) };
    match text.trim_start().chars().next() {
        Some('{') => bundle(text, sink),
        Some('<') => xml(text, sink),
        None => Ok(()),
        Some(_) => Err(not("neither JSON nor XML")),
    }
}

fn not(reason: &(impl ToString + ?Sized)) -> ListError {
    ListError::Format { format: "STIX", reason: reason.to_string() }
}

#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(default, borrow)]
    objects: Vec<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Object {
    r#type: String,
    name: String,
    pattern: String,
    pattern_type: String,
    revoked: bool,
}

fn bundle(text: &str, sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
    let bundle: Bundle<'_> = serde_json::from_str(text).map_err(|error| not(&error))?;
    for (number, object) in (1..).zip(bundle.objects) {
        let Ok(object) = serde_json::from_str::<Object>(object.get()) else {
            sink.broken(number, "an object's `type`, `name`, `pattern` and `pattern_type` are texts");
            continue;
        };
        let language = matches!(object.pattern_type.as_str(), "" | "stix");
        if object.r#type != "indicator" || object.revoked || !language {
            sink.skipped();
            continue;
        }
        match parse(&object.pattern) {
            Pattern::Any(values) => {
                for value in values {
                    sink.entry(number, &value, &object.name)?;
                }
            }
            Pattern::Other => sink.skipped(),
            Pattern::Broken(reason) => sink.broken(number, reason),
        }
    }
    Ok(())
}

/// Deeper than this no STIX document goes.
const DEEPEST: usize = 128;

/// What stands between a value's parts in CybOX 2.
const COMMA: &str = "##comma##";

fn xml(text: &str, sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
    let mut reader = Reader::from_str(text);
    let mut line = Lines { text, at: 0, line: 1 };
    let mut depth = 0usize;
    // Whether the enclosing `Properties` are those of an address or a domain.
    let mut properties = Kind::Other;
    let mut title = String::new();
    let mut open: Option<Open> = None;
    loop {
        let event = reader.read_event().map_err(|error| not(&error))?;
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match event {
            Event::Start(start) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(not("too deep"));
                }
                match start.local_name().as_ref() {
                    "Properties" => properties = Kind::of(&start),
                    "Indicator" => title.clear(),
                    "Title" => open = Some(Open::title()),
                    "Address_Value" => open = Some(Open::value(Kind::Address, &start)),
                    "Value" if properties != Kind::Other => open = Some(Open::value(properties, &start)),
                    _ => {}
                }
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                if end.local_name().as_ref() == "Properties" {
                    properties = Kind::Other;
                }
                if let Some(open) = open.take() {
                    open.close(line.at(at), &mut title, sink)?;
                }
            }
            Event::Text(part) => add(&mut open, &part),
            Event::CData(part) => add(&mut open, &part),
            Event::GeneralRef(part) if &*part == "amp" => add(&mut open, "&"),
            Event::DocType(_) => return Err(not("documents with a DOCTYPE are not read")),
            Event::Eof => break,
            _ => {}
        }
    }
    if depth != 0 { Err(not("an element isn't closed")) } else { Ok(()) }
}

fn add(open: &mut Option<Open>, part: &str) {
    if let Some(open) = open
        && open.text.len() + part.len() <= 1 << 24
    {
        open.text.push_str(part);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Title,
    Address,
    Domain,
    Other,
}

impl Kind {
    /// By `category` (`ipv4-addr`, `cidr`, `e-mail`, …) or by `xsi:type`.
    fn of(start: &BytesStart<'_>) -> Self {
        let kind = attribute(start, "type");
        match attribute(start, "category").as_deref() {
            Some("ipv4-addr" | "ipv6-addr" | "cidr") => Self::Address,
            Some("e-mail" | "mac" | "asn" | "atm" | "ipv4-net" | "ipv6-net") => Self::Other,
            _ if kind.as_deref().is_some_and(|kind| kind.ends_with("DomainNameObjectType")) => Self::Domain,
            _ if kind.as_deref().is_some_and(|kind| kind.ends_with("URIObjectType")) => Self::Domain,
            _ if kind.as_deref().is_some_and(|kind| kind.ends_with("HostnameObjectType")) => Self::Domain,
            _ => Self::Other,
        }
    }
}

/// The attribute of a local name.
fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    let mut all = attributes.with_checks(false).filter_map(Result::ok);
    let found = all.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value.to_string())
}

/// An element whose text is being read.
struct Open {
    kind: Kind,
    condition: Option<String>,
    text: String,
}

impl Open {
    fn title() -> Self {
        Self { kind: Kind::Title, condition: None, text: String::new() }
    }

    fn value(kind: Kind, start: &BytesStart<'_>) -> Self {
        Self { kind, condition: attribute(start, "condition"), text: String::new() }
    }

    fn close(self, line: u64, title: &mut String, sink: &mut Sink<'_, '_>) -> Result<(), ListError> {
        if self.kind == Kind::Title {
            *title = self.text;
            return Ok(());
        }
        match self.condition.as_deref() {
            None | Some("Equals") => {}
            Some("InclusiveBetween") => return sink.entry(line, &self.text.replace(COMMA, "-"), title),
            Some(_) => {
                sink.broken(line, "a condition that isn't Equals or InclusiveBetween");
                return Ok(());
            }
        }
        for value in self.text.split(COMMA) {
            sink.entry(line, value, title)?;
        }
        Ok(())
    }
}

/// Tells the line of places in a text that are asked for in order.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, at: usize) -> u64 {
        let passed = self.text.as_bytes().get(self.at..at).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = self.at.max(at);
        self.line
    }
}
