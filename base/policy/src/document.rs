use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::malformed::{Fault, MalformedPolicy};
use crate::operators;
use crate::policy::Position;

/// A policy document whose shape is right: every element known and of its type. What the elements say is not
/// looked at yet.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) version: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) statements: Vec<Draft>,
}

/// One statement of a [`Document`].
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) sid: Option<String>,
    pub(crate) effect: String,
    pub(crate) principal: Option<PrincipalBlock>,
    pub(crate) not_principal: Option<PrincipalBlock>,
    pub(crate) action: Option<Vec<String>>,
    pub(crate) not_action: Option<Vec<String>>,
    pub(crate) resource: Option<Vec<String>>,
    pub(crate) not_resource: Option<Vec<String>>,
    /// Operator, then key, then values.
    pub(crate) condition: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    pub(crate) span: (Position, Position),
}

/// A `Principal` or `NotPrincipal` element.
#[derive(Debug)]
pub(crate) enum PrincipalBlock {
    /// `"*"`, or another bare text, which is malformed.
    Bare(String),
    /// Type (`AWS`, `Service`, …), then names.
    Typed(BTreeMap<String, Vec<String>>),
}

/// Reads a document's shape.
///
/// # Errors
/// [`Fault::Json`] for what is not JSON or holds a key twice, [`Fault::Syntax`] for unknown elements and wrong
/// types.
pub(crate) fn read(text: &str) -> Result<Document, MalformedPolicy> {
    let not_json = |_| MalformedPolicy::new(Fault::Json, "Syntax errors in policy.");
    // Nothing but JSON in full depth, without a key twice, before positions are taken.
    let Json::Map(_) = serde_json::from_str(text).map_err(not_json)? else {
        return Err(MalformedPolicy::syntax());
    };
    let top: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(not_json)?;
    let mut document = Document::default();
    for (element, raw) in top {
        match element.as_str() {
            "Version" => document.version = Some(text_of(json(raw)?)?),
            "Id" => document.id = Some(text_of(json(raw)?)?),
            "Statement" => document.statements = statements(text, raw)?,
            _ => return Err(MalformedPolicy::syntax()),
        }
    }
    if document.statements.is_empty() {
        return Err(MalformedPolicy::syntax());
    }
    Ok(document)
}

fn statements(text: &str, raw: &RawValue) -> Result<Vec<Draft>, MalformedPolicy> {
    let mut positions = Positions { text, offset: 0, position: Position { line: 1, column: 1 } };
    if raw.get().starts_with('{') {
        // AWS counts a lone statement from inside its brace, and one of a list from where the last token ended.
        let start = positions.advance(offset_in(text, raw) + 1);
        let end = positions.advance(offset_in(text, raw) + raw.get().len());
        return Ok(vec![draft(json(raw)?, (start, end))?]);
    }
    let raws: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|_| MalformedPolicy::syntax())?;
    let mut start = positions.advance(offset_in(text, raw) + 1);
    let mut drafts = Vec::with_capacity(raws.len());
    for raw in raws {
        let end = positions.advance(offset_in(text, raw) + raw.get().len());
        drafts.push(draft(json(raw)?, (start, end))?);
        start = end;
    }
    Ok(drafts)
}

/// Where a raw value begins in the text that it was borrowed from.
fn offset_in(text: &str, raw: &RawValue) -> usize {
    (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// Walks a text forward once, counting lines and columns.
struct Positions<'a> {
    text: &'a str,
    offset: usize,
    position: Position,
}

impl Positions<'_> {
    fn advance(&mut self, to: usize) -> Position {
        for letter in self.text.get(self.offset..to).unwrap_or_default().chars() {
            if letter == '\n' {
                self.position.line += 1;
                self.position.column = 1;
            } else {
                self.position.column += 1;
            }
        }
        self.offset = to;
        self.position
    }
}

fn draft(json: Json, span: (Position, Position)) -> Result<Draft, MalformedPolicy> {
    let Json::Map(elements) = json else { return Err(MalformedPolicy::syntax()) };
    let mut draft = Draft { span, ..Draft::default() };
    let mut effect = None;
    for (element, value) in elements {
        match element.as_str() {
            "Sid" => draft.sid = Some(text_of(value)?),
            "Effect" => effect = Some(text_of(value)?),
            "Principal" => draft.principal = Some(principal_block(value)?),
            "NotPrincipal" => draft.not_principal = Some(principal_block(value)?),
            "Action" => draft.action = Some(texts_of(value)?),
            "NotAction" => draft.not_action = Some(texts_of(value)?),
            "Resource" => draft.resource = Some(texts_of(value)?),
            "NotResource" => draft.not_resource = Some(texts_of(value)?),
            "Condition" => draft.condition = condition_block(value)?,
            _ => return Err(MalformedPolicy::syntax()),
        }
    }
    draft.effect = effect
        .filter(|effect| effect.eq_ignore_ascii_case("Allow") || effect.eq_ignore_ascii_case("Deny"))
        .ok_or_else(|| MalformedPolicy::new(Fault::Effect, "Syntax errors in policy."))?;
    let both = (draft.principal.is_some() && draft.not_principal.is_some())
        || (draft.action.is_some() && draft.not_action.is_some())
        || (draft.resource.is_some() && draft.not_resource.is_some());
    if both { Err(MalformedPolicy::syntax()) } else { Ok(draft) }
}

fn principal_block(json: Json) -> Result<PrincipalBlock, MalformedPolicy> {
    match json {
        Json::Text(text) => Ok(PrincipalBlock::Bare(text)),
        Json::Map(types) => {
            let typed = types.into_iter().map(|(kind, names)| Ok((kind, texts_of(names)?)));
            Ok(PrincipalBlock::Typed(typed.collect::<Result<_, MalformedPolicy>>()?))
        }
        _ => Err(MalformedPolicy::syntax()),
    }
}

fn condition_block(json: Json) -> Result<BTreeMap<String, BTreeMap<String, Vec<String>>>, MalformedPolicy> {
    let Json::Map(operators) = json else { return Err(MalformedPolicy::syntax()) };
    let mut block = BTreeMap::new();
    for (operator, keys) in operators {
        let Json::Map(keys) = keys else { return Err(MalformedPolicy::syntax()) };
        // IAM lets an unknown operator without keys pass.
        if !keys.is_empty() && operators::parse(&operator).is_none() {
            return Err(MalformedPolicy::syntax());
        }
        let keys = keys.into_iter().map(|(key, values)| Ok((key, scalars_of(values)?)));
        block.insert(operator, keys.collect::<Result<_, MalformedPolicy>>()?);
    }
    Ok(block)
}

fn text_of(json: Json) -> Result<String, MalformedPolicy> {
    if let Json::Text(text) = json { Ok(text) } else { Err(MalformedPolicy::syntax()) }
}

fn texts_of(json: Json) -> Result<Vec<String>, MalformedPolicy> {
    match json {
        Json::List(list) => list.into_iter().map(text_of).collect(),
        one => Ok(vec![text_of(one)?]),
    }
}

/// Condition values: texts, and numbers and truth values written bare.
fn scalars_of(json: Json) -> Result<Vec<String>, MalformedPolicy> {
    let scalar = |json| match json {
        Json::Text(text) | Json::Scalar(text) => Ok(text),
        _ => Err(MalformedPolicy::syntax()),
    };
    match json {
        Json::List(list) => list.into_iter().map(scalar).collect(),
        one => Ok(vec![scalar(one)?]),
    }
}

fn json(raw: &RawValue) -> Result<Json, MalformedPolicy> {
    serde_json::from_str(raw.get()).map_err(|_| MalformedPolicy::syntax())
}

/// JSON as policies use it: a key twice is an error, numbers and truth values are kept as text.
enum Json {
    Null,
    Scalar(String),
    Text(String),
    List(Vec<Json>),
    Map(BTreeMap<String, Json>),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut values = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, Json>()? {
            if values.insert(key, value).is_some() {
                return Err(A::Error::custom("a key stands twice"));
            }
        }
        Ok(Json::Map(values))
    }
}
