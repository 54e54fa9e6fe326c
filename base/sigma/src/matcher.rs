//! What is asked of one field.

use std::collections::HashSet;
use std::net::IpAddr;

use aho_corasick::AhoCorasick;
use bastide_ids::Timestamp;
use foldhash::quality::FixedState;
use regex::Regex;

use crate::pattern::{self, Pattern};
use crate::record::{Record, Slot, Value, visit};

/// What is asked of one field, or of a whole record.
#[derive(Clone, Debug)]
pub(crate) struct Test<P = String> {
    /// The field, or where it is; `None` asks the whole record (keywords).
    pub(crate) field: Option<P>,
    /// What is asked.
    pub(crate) ask: Ask<P>,
    /// The part of a moment that is asked about.
    pub(crate) part: Option<Part>,
    /// The line of the rule.
    pub(crate) line: usize,
}

/// What is asked of a field.
#[derive(Clone, Debug)]
pub(crate) enum Ask<P> {
    /// One of its values is one of these.
    Values(Vec<Matcher>),
    /// It is there, or not.
    Exists(bool),
    /// One of its values is one of another field's.
    Field { other: P, how: How, cased: bool },
}

/// How a field is compared with another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum How {
    /// It is the same.
    #[default]
    Equals,
    /// It contains the other.
    Contains,
    /// It starts with the other.
    Starts,
    /// It ends with the other.
    Ends,
}

/// One value that is looked for.
#[derive(Clone, Debug)]
pub(crate) enum Matcher {
    /// A text with wildcards.
    Pattern(Pattern),
    /// Many texts, in lower case; one of them is it.
    Set(HashSet<Box<str>, FixedState>),
    /// Many texts; one of them is in it.
    Words(AhoCorasick),
    /// A regular expression.
    Regex(Regex),
    /// A network: its address, masked, and the length of its prefix.
    Network(IpAddr, u8),
    /// A number, and how the rule writes it.
    Number(f64, String),
    /// A comparison with a number.
    Compare(Comparison, f64),
    /// True or false.
    Bool(bool),
    /// Not there, or null.
    Null,
}

/// How numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Less.
    Less,
    /// Less or the same.
    AtMost,
    /// More.
    More,
    /// More or the same.
    AtLeast,
    /// The same.
    Equal,
    /// Another.
    Other,
}

impl Comparison {
    /// Whether it holds between these.
    #[must_use]
    #[allow(clippy::float_cmp, reason = "the rule's own number is compared with the record's")]
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
            Self::Equal => left == right,
            Self::Other => left != right,
        }
    }
}

/// A part of a moment, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Minute,
    Hour,
    Day,
    /// Of the year, as ISO 8601 counts.
    Week,
    Month,
    Year,
}

impl Part {
    fn of(self, time: Timestamp) -> i64 {
        let text = time.iso8601();
        let number =
            |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse().ok()).unwrap_or(0);
        match self {
            Self::Minute => number(14, 16),
            Self::Hour => number(11, 13),
            Self::Day => number(8, 10),
            Self::Month => number(5, 7),
            Self::Year => number(0, 4),
            Self::Week => week(time),
        }
    }
}

/// ISO 8601's week: that of the same week's Thursday, counted from the first of its year.
fn week(time: Timestamp) -> i64 {
    let day = time.seconds().div_euclid(86_400);
    let thursday = day - (day + 3).rem_euclid(7) + 3;
    let year = Part::Year.of(Timestamp::from_seconds(thursday * 86_400));
    let first = Timestamp::parse_iso8601(&format!("{year:04}-01-01T00:00:00Z"));
    first.map_or(0, |first| (thursday - first.seconds().div_euclid(86_400)) / 7 + 1)
}

impl Test<Slot> {
    /// Whether it is so in a record.
    pub(crate) fn holds(&self, record: &dyn Record) -> bool {
        let Some(slot) = &self.field else { return self.in_whole(record) };
        match &self.ask {
            Ask::Values(matchers) => {
                let mut there = false;
                let found = visit(record, slot, &mut |value| {
                    there = true;
                    match self.part {
                        None => matchers.iter().any(|matcher| matcher.matches(value)),
                        Some(part) => of_part(part, value)
                            .is_some_and(|value| matchers.iter().any(|matcher| matcher.matches(value))),
                    }
                });
                found || (!there && matchers.iter().any(Matcher::matches_absence))
            }
            Ask::Exists(wanted) => visit(record, slot, &mut |value| value != Value::Null) == *wanted,
            Ask::Field { other, how, cased } => visit(record, slot, &mut |value| {
                visit(record, other, &mut |second| how.holds(value, second, *cased))
            }),
        }
    }

    fn in_whole(&self, record: &dyn Record) -> bool {
        let Ask::Values(matchers) = &self.ask else { return false };
        let raw = record.raw();
        matchers.iter().any(|matcher| matcher.matches(Value::Text(&raw)))
    }

    /// What it costs about, so that cheap ones are asked first.
    pub(crate) fn cost(&self) -> u32 {
        let place = match &self.field {
            Some(Slot::Member(_)) => 1,
            Some(Slot::Json(..)) => 100,
            None => 1000,
        };
        let values = match &self.ask {
            Ask::Values(matchers) => matchers.iter().fold(0u32, |sum, matcher| sum + matcher.cost()),
            Ask::Exists(_) => 1,
            Ask::Field { .. } => 20,
        };
        place * values.max(1)
    }
}

impl<P> Test<P> {
    /// Whether its holding (or not holding) says something selective of a record.
    pub(crate) fn selects(&self, holds: bool) -> bool {
        match (&self.ask, holds) {
            (Ask::Values(matchers), true) => matchers.iter().all(Matcher::selects),
            (Ask::Values(matchers), false) => matchers.iter().any(Matcher::matches_absence),
            (Ask::Exists(there), _) => *there == holds,
            (Ask::Field { .. }, _) => holds,
        }
    }

    /// The texts, in lower case, that the field must be one of.
    pub(crate) fn must_be(&self) -> Option<Vec<String>> {
        let (Ask::Values(matchers), None) = (&self.ask, self.part) else { return None };
        let mut texts = Vec::new();
        for matcher in matchers {
            match matcher {
                Matcher::Pattern(pattern) => texts.push(pattern.exactly().filter(|text| !text.is_empty())?),
                Matcher::Set(set) => texts.extend(set.iter().map(ToString::to_string)),
                Matcher::Bool(value) => texts.push(value.to_string()),
                _ => return None,
            }
        }
        texts.sort_unstable();
        texts.dedup();
        Some(texts)
    }
}

impl<P> Test<P> {
    /// The words, in lower case, of which the field's text must have one, whatever their case.
    pub(crate) fn must_have(&self) -> Option<Vec<String>> {
        let (Ask::Values(matchers), None) = (&self.ask, self.part) else { return None };
        let word = |matcher: &Matcher| match matcher {
            Matcher::Pattern(pattern) => {
                pattern.contains().filter(|text| !text.is_empty()).map(str::to_owned)
            }
            _ => None,
        };
        matchers.iter().map(word).collect()
    }
}

fn of_part(part: Part, value: Value<'_>) -> Option<Value<'static>> {
    let time = match value {
        Value::Time(time) => time,
        Value::Text(text) => Timestamp::parse_iso8601(text).ok()?,
        _ => return None,
    };
    Some(Value::Integer(part.of(time)))
}

impl How {
    fn holds(self, value: Value<'_>, other: Value<'_>, cased: bool) -> bool {
        if value == Value::Null || other == Value::Null {
            return false;
        }
        let (value, other) = (value.to_text(), other.to_text());
        let (text, literal) = (value.as_bytes(), other.as_bytes());
        match self {
            Self::Equals => pattern::same(text, literal, cased),
            Self::Starts => pattern::starts(text, literal, cased),
            Self::Ends => pattern::ends(text, literal, cased),
            Self::Contains if cased => pattern::find(text, literal, true).is_some(),
            Self::Contains => pattern::find(text, &literal.to_ascii_lowercase(), false).is_some(),
        }
    }
}

impl Matcher {
    fn matches(&self, value: Value<'_>) -> bool {
        match self {
            Self::Null => value == Value::Null,
            Self::Bool(wanted) => match value {
                Value::Bool(is) => is == *wanted,
                Value::Text(text) => text.eq_ignore_ascii_case(if *wanted { "true" } else { "false" }),
                _ => false,
            },
            Self::Number(number, written) => match value {
                Value::Text(text) if text == written => true,
                other => other.to_number().is_some_and(|is| Comparison::Equal.holds(is, *number)),
            },
            Self::Compare(how, number) => value.to_number().is_some_and(|is| how.holds(is, *number)),
            Self::Network(network, prefix) => match value {
                Value::Address(address) => within(address, *network, *prefix),
                Value::Text(text) => text.parse().is_ok_and(|address| within(address, *network, *prefix)),
                _ => false,
            },
            Self::Pattern(_) | Self::Set(_) | Self::Words(_) | Self::Regex(_) => match value {
                Value::Null => false,
                Value::Text(text) => self.matches_text(text),
                other => self.matches_text(&other.to_text()),
            },
        }
    }

    fn matches_text(&self, text: &str) -> bool {
        match self {
            Self::Pattern(pattern) => pattern.matches(text),
            Self::Set(set) if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                set.contains(text.to_ascii_lowercase().as_str())
            }
            Self::Set(set) => set.contains(text),
            Self::Words(words) => words.is_match(text),
            Self::Regex(regex) => regex.is_match(text),
            _ => false,
        }
    }

    /// Whether it means that the field is not there, or empty.
    fn matches_absence(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Pattern(pattern) => pattern.exactly().is_some_and(|text| text.is_empty()),
            _ => false,
        }
    }

    fn selects(&self) -> bool {
        match self {
            Self::Null => false,
            // Texts that have nothing in common; what matches all of them looks for nothing.
            Self::Pattern(_) | Self::Regex(_) => {
                !self.matches_absence()
                    && !["Ab", "0", "~ zq", "x.y-z/w:9"].iter().all(|text| self.matches_text(text))
            }
            Self::Network(_, prefix) => *prefix > 0,
            Self::Set(_) | Self::Words(_) | Self::Number(..) | Self::Compare(..) | Self::Bool(_) => true,
        }
    }

    fn cost(&self) -> u32 {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(..) | Self::Compare(..) => 1,
            Self::Pattern(pattern) if pattern.exactly().is_some() => 1,
            Self::Set(_) => 4,
            Self::Pattern(_) => 8,
            Self::Network(..) => 8,
            Self::Words(_) => 30,
            Self::Regex(_) => 50,
        }
    }
}

/// Whether an address is in a network; one of version 4 that is written within version 6 is itself.
fn within(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    match (address.to_canonical(), network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let shift = 32 - u32::from(prefix.min(32));
            u64::from(address.to_bits() ^ network.to_bits()) >> shift == 0
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let shift = 128 - u32::from(prefix.min(128));
            (address.to_bits() ^ network.to_bits()).checked_shr(shift).unwrap_or(0) == 0
        }
        _ => false,
    }
}

/// Reads `10.0.0.0/8`; an address alone is itself.
pub(crate) fn network(text: &str) -> Option<Matcher> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address.parse::<IpAddr>().ok()?, prefix.parse::<u8>().ok()?),
        None => {
            let address = text.parse::<IpAddr>().ok()?;
            (address, if address.is_ipv4() { 32 } else { 128 })
        }
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    (prefix <= most).then_some(Matcher::Network(address, prefix))
}

/// Makes one of many: equal texts into a set, and texts looked for into one search.
pub(crate) fn gather(matchers: &[Matcher]) -> Vec<Matcher> {
    let pick = |wanted: fn(&Pattern) -> Option<&str>| -> Vec<Box<str>> {
        matchers
            .iter()
            .filter_map(|matcher| match matcher {
                Matcher::Pattern(pattern) => wanted(pattern).filter(|text| !text.is_empty()).map(Box::from),
                _ => None,
            })
            .collect()
    };
    let (equal, within) = (pick(Pattern::equals), pick(Pattern::contains));
    let set = (equal.len() > 6).then(|| Matcher::Set(equal.iter().cloned().collect()));
    let words = (within.len() > 3)
        .then(|| {
            AhoCorasick::builder().ascii_case_insensitive(true).build(within.iter().map(|text| &**text)).ok()
        })
        .flatten()
        .map(Matcher::Words);
    let gathered = |pattern: &Pattern| {
        let is = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
        (set.is_some() && is(pattern.equals())) || (words.is_some() && is(pattern.contains()))
    };
    let mut rest: Vec<Matcher> = matchers
        .iter()
        .filter(|matcher| !matches!(matcher, Matcher::Pattern(pattern) if gathered(pattern)))
        .cloned()
        .collect();
    rest.extend(set);
    rest.extend(words);
    rest
}
