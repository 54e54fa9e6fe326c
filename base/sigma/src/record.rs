//! What rules are matched against.

use std::net::IpAddr;

use bastide_ids::Timestamp;

/// A value of a record's field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text; of an object in JSON its JSON text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// A moment.
    Time(Timestamp),
    /// An address.
    Address(IpAddr),
    /// The field is there, and null.
    Null,
}

/// Where the value of a field is found in records of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A member that the record has read, by its number.
    Member(u16),
    /// Within a member that is JSON text: the path, its names joined by dots.
    Json(u16, Box<str>),
}

/// What kind of records rules are bound to: where its fields are.
pub trait Schema {
    /// Where a field is, by the name that rules use; `None` when records of this kind can't have it.
    fn slot(&self, field: &str) -> Option<Slot>;

    /// Members that tell rules apart best, best first; rules are looked up by them.
    fn indexed(&self) -> &'static [u16];
}

/// A record that rules can be matched against.
pub trait Record {
    /// Shows the values of a member until `visit` says `true`; shows nothing when the record has none. Answers
    /// whether `visit` did.
    fn member(&self, member: u16, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool;

    /// A member that is JSON text; empty when the record has none.
    fn json(&self, member: u16) -> &str;

    /// The whole record as text, for keywords.
    fn raw(&self) -> std::borrow::Cow<'_, str>;

    /// When it was made.
    fn time(&self) -> Timestamp;
}

/// Shows the values at a slot until `visit` says `true`.
pub fn visit(record: &dyn Record, slot: &Slot, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    match slot {
        Slot::Member(member) => record.member(*member, visit),
        Slot::Json(member, path) => crate::json::visit(record.json(*member), path, visit),
    }
}

/// The first value at a slot as text; empty when there is none.
#[must_use]
pub fn text(record: &dyn Record, slot: &Slot) -> String {
    let mut text = String::new();
    visit(record, slot, &mut |value| {
        text = value.to_text().into_owned();
        true
    });
    text
}

impl Value<'_> {
    /// As text.
    #[must_use]
    pub fn to_text(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Text(text) => (*text).into(),
            Self::Integer(number) => number.to_string().into(),
            Self::Float(number) => number.to_string().into(),
            Self::Bool(value) => (if *value { "true" } else { "false" }).into(),
            Self::Time(time) => time.iso8601().into(),
            Self::Address(address) => address.to_string().into(),
            Self::Null => "".into(),
        }
    }

    /// As a number, also when it is text that holds one.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "rules compare counts and sizes, far below 2^53")]
    pub fn to_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            Self::Bool(_) | Self::Time(_) | Self::Address(_) | Self::Null => None,
        }
    }
}
