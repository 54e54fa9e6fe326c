//! YAML into a tree that knows its lines, within limits.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use crate::error::Error;

/// The longest text: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;

/// The deepest nesting.
const MAX_DEPTH: usize = 24;

/// Nodes of all documents of a text, those that aliases repeat counted each time.
const MAX_NODES: usize = 100_000;

/// One node of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The line it begins on, from 1.
    pub line: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a node is: YAML 1.2's core schema.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the text; no key is there twice.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// A map's member.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// A map's members; nothing for other nodes.
    #[must_use]
    pub fn entries(&self) -> &[(String, Node)] {
        if let Kind::Map(entries) = &self.kind { entries } else { &[] }
    }

    /// A list's items; nothing for other nodes.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        if let Kind::List(items) = &self.kind { items } else { &[] }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.kind { Some(text) } else { None }
    }

    /// The text of a scalar of any kind; `None` for lists and maps.
    #[must_use]
    pub fn scalar(&self) -> Option<String> {
        match &self.kind {
            Kind::Null => Some(String::new()),
            Kind::Bool(value) => Some(value.to_string()),
            Kind::Integer(value) => Some(value.to_string()),
            Kind::Float(value) => Some(value.to_string()),
            Kind::Text(text) => Some(text.clone()),
            Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// What it is, in a word, for errors.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "true or false",
            Kind::Integer(_) | Kind::Float(_) => "a number",
            Kind::Text(_) => "text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }
}

/// All documents of a text.
///
/// # Errors
/// What is not YAML, has a key twice, or is over a limit (1 MiB, 24 deep, 100,000 nodes), with its line.
pub fn read(text: &str) -> Result<Vec<Node>, Error> {
    if text.len() > MAX_BYTES {
        return Err(Error::new(1, "", "the text is longer than 1 MiB"));
    }
    let mut build = Build::default();
    let mut parser = Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    loop {
        match parser.next_event() {
            None => return Ok(build.documents),
            Some(Err(error)) => {
                return Err(Error::new(
                    error.marker().line().max(1),
                    "",
                    format!("not YAML: {}", error.info()),
                ));
            }
            Some(Ok((Event::StreamEnd, _))) => return Ok(build.documents),
            Some(Ok((event, span))) => build.event(event, span.start.line().max(1))?,
        }
    }
}

#[derive(Default)]
struct Build {
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
}

/// A list or map that has not ended.
struct Open {
    line: usize,
    anchor: usize,
    items: Vec<Node>,
    map: Option<Map>,
    /// Nodes within, for aliases.
    before: usize,
}

#[derive(Default)]
struct Map {
    entries: Vec<(String, Node)>,
    keys: BTreeSet<String>,
    key: Option<String>,
}

impl Build {
    fn event(&mut self, event: Event<'_>, line: usize) -> Result<(), Error> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1, line)?;
                self.put(Node { line, kind: scalar(text, style, tag.as_deref()) }, anchor, 1)
            }
            Event::SequenceStart(anchor, _) => self.start(line, anchor, None),
            Event::MappingStart(anchor, _) => self.start(line, anchor, Some(Map::default())),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
                    return Err(Error::new(line, "", "an alias within its own anchor"));
                };
                self.count(size, line)?;
                self.put(node, 0, size)
            }
            Event::DocumentStart(_) | Event::DocumentEnd => {
                self.anchors.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd => Ok(()),
        }
    }

    fn count(&mut self, nodes: usize, line: usize) -> Result<(), Error> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(Error::new(line, "", "more than 100,000 values, with those that aliases repeat"));
        }
        Ok(())
    }

    fn start(&mut self, line: usize, anchor: usize, map: Option<Map>) -> Result<(), Error> {
        self.count(1, line)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(Error::new(line, "", "nested deeper than 24"));
        }
        self.open.push(Open { line, anchor, items: Vec::new(), map, before: self.nodes - 1 });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let kind = match open.map {
            Some(map) => Kind::Map(map.entries),
            None => Kind::List(open.items),
        };
        self.put(Node { line: open.line, kind }, open.anchor, self.nodes - open.before)
    }

    fn put(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Error> {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
            self.count(size, node.line)?;
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        let Some(map) = &mut open.map else {
            open.items.push(node);
            return Ok(());
        };
        if let Some(key) = map.key.take() {
            map.entries.push((key, node));
            return Ok(());
        }
        let Some(key) = node.scalar() else {
            return Err(Error::new(node.line, "", "a key must be text"));
        };
        if !map.keys.insert(key.clone()) {
            return Err(Error::new(node.line, key, "is there twice"));
        }
        map.key = Some(key);
        Ok(())
    }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Kind {
    let tagged_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    if style != ScalarStyle::Plain || tagged_text {
        return Kind::Text(text.into_owned());
    }
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        other => number(other).unwrap_or_else(|| Kind::Text(text.into_owned())),
    }
}

fn number(text: &str) -> Option<Kind> {
    if let Some(hex) = text.strip_prefix("0x") {
        return i64::from_str_radix(hex, 16).ok().map(Kind::Integer);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return i64::from_str_radix(octal, 8).ok().map(Kind::Integer);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        || !digits.contains(|one: char| one.is_ascii_digit())
    {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        // An account such as 000123456789 is no number: its zeros are part of it.
        let zeros = digits.len() > 1 && digits.starts_with('0');
        return if zeros { None } else { text.parse().ok().map(Kind::Integer) };
    }
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    if plain { text.parse().ok().map(Kind::Float) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_what_they_look_like() {
        let read =
            read("a: 1\nb: -2.5\nc: 'x'\nd: ~\ne: true\nf: 2024-01-01\ng: 000123456789\nh: [1.2.3.4, 0x10]")
                .unwrap();
        let get = |key: &str| read[0].get(key).unwrap().kind.clone();
        assert_eq!(get("a"), Kind::Integer(1));
        assert_eq!(get("b"), Kind::Float(-2.5));
        assert_eq!(get("c"), Kind::Text("x".into()));
        assert_eq!(get("d"), Kind::Null);
        assert_eq!(get("e"), Kind::Bool(true));
        assert_eq!(get("f"), Kind::Text("2024-01-01".into()));
        assert_eq!(get("g"), Kind::Text("000123456789".into()));
        assert_eq!(read[0].get("h").unwrap().items()[0].kind, Kind::Text("1.2.3.4".into()));
        assert_eq!(read[0].get("h").unwrap().items()[1].kind, Kind::Integer(16));
        assert_eq!(read[0].get("g").unwrap().line, 7);
    }

    #[test]
    fn documents_anchors_and_lines() {
        let read = read("a: &x [1, 2]\nb: *x\n---\nc: 3\n").unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].get("b").unwrap().items().len(), 2);
        assert_eq!(read[1].line, 4);
    }

    #[test]
    fn limits_hold() {
        let bomb: String = (1..30).fold("a0: &a0 [x, x, x]\n".to_owned(), |text, level| {
            let before = level - 1;
            format!("{text}a{level}: &a{level} [*a{before}, *a{before}, *a{before}]\n")
        });
        assert!(read(&bomb).unwrap_err().reason.contains("aliases"));
        assert!(read(&"[".repeat(100)).unwrap_err().reason.contains("deeper"));
        assert!(read(&" ".repeat(MAX_BYTES + 1)).unwrap_err().reason.contains("longer"));
        assert_eq!(read("a: 1\nb: 2\na: 3").unwrap_err(), Error::new(3, "a", "is there twice"));
        assert!(read("a: [1").unwrap_err().reason.contains("not YAML"));
        assert!(read("a: *nothing").is_err());
    }
}
