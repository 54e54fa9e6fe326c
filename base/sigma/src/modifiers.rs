//! `field|modifier|modifier: values` into what is asked.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::RegexBuilder;

use crate::error::Error;
use crate::expr::Expr;
use crate::matcher::{Ask, Comparison, How, Matcher, Part, Test, network};
use crate::pattern::{Glob, Pattern};
use crate::yaml::{Kind, Node};

/// What `%name%` stands for under `expand`.
pub type Placeholders = BTreeMap<String, Vec<String>>;

/// Values that one value may become by its modifiers.
const MAX_VALUES: usize = 1000;

/// Reads one item of a detection. `key` is empty, or begins with `|`, for keywords.
pub(crate) fn item(
    key: &str,
    node: &Node,
    placeholders: &Placeholders,
    path: &str,
) -> Result<Expr<Test>, Error> {
    let mut parts = key.split('|');
    let field = parts.next().unwrap_or_default();
    let fail = |reason: String| Error::new(node.line, path, reason);
    let values = values(node).map_err(&fail)?;
    let mut work = Work {
        groups: values.into_iter().map(|value| vec![value]).collect(),
        placeholders,
        kind: AsKind::Text,
        part: None,
        all: false,
        cased: false,
        not: false,
        open: (false, false),
        flags: [false; 3],
    };
    for modifier in parts {
        work.apply(modifier).map_err(&fail)?;
    }
    let field = (!field.is_empty()).then_some(field);
    if field.is_none() && !matches!(work.kind, AsKind::Text | AsKind::Regex) {
        return Err(fail("keywords take only modifiers of text".to_owned()));
    }
    work.finish(field, node.line).map_err(fail)
}

/// A value on its way through the modifiers.
#[derive(Clone)]
enum Val {
    Text(Glob, String),
    Bytes(Vec<u8>),
    Number(f64, String),
    Bool(bool),
    Null,
}

#[derive(Clone, Copy, PartialEq)]
enum AsKind {
    Text,
    Regex,
    Network,
    Compare(Comparison),
    Exists,
    Field,
}

struct Work<'w> {
    /// Each value of the rule, and the alternatives it has become.
    groups: Vec<Vec<Val>>,
    placeholders: &'w Placeholders,
    kind: AsKind,
    part: Option<Part>,
    all: bool,
    cased: bool,
    not: bool,
    /// Open at its start and at its end.
    open: (bool, bool),
    /// `i`, `m` and `s` of a regular expression.
    flags: [bool; 3],
}

fn values(node: &Node) -> Result<Vec<Val>, String> {
    let one = |node: &Node| match &node.kind {
        Kind::Null => Ok(Val::Null),
        Kind::Bool(value) => Ok(Val::Bool(*value)),
        #[allow(clippy::cast_precision_loss, reason = "rules compare numbers far below 2^53")]
        Kind::Integer(number) => Ok(Val::Number(*number as f64, number.to_string())),
        Kind::Float(number) => Ok(Val::Number(*number, number.to_string())),
        Kind::Text(text) => Ok(Val::Text(Glob::parse(text), text.clone())),
        Kind::List(_) | Kind::Map(_) => Err(format!("{} can't be a value", node.what())),
    };
    match &node.kind {
        Kind::List(items) if items.is_empty() => Err("the list of values is empty".to_owned()),
        Kind::List(items) => items.iter().map(one).collect(),
        _ => one(node).map(|value| vec![value]),
    }
}

impl Work<'_> {
    fn apply(&mut self, modifier: &str) -> Result<(), String> {
        match modifier {
            "all" => self.all = true,
            "cased" => self.cased = true,
            "neq" => self.not = true,
            "contains" => self.open = (true, true),
            "startswith" => self.open.1 = true,
            "endswith" => self.open.0 = true,
            "re" => self.become_kind(AsKind::Regex)?,
            "i" | "ignorecase" => self.flag(0)?,
            "m" | "multiline" => self.flag(1)?,
            "s" | "dotall" => self.flag(2)?,
            "cidr" => self.become_kind(AsKind::Network)?,
            "exists" => self.become_kind(AsKind::Exists)?,
            "fieldref" => self.become_kind(AsKind::Field)?,
            "lt" => self.become_kind(AsKind::Compare(Comparison::Less))?,
            "lte" => self.become_kind(AsKind::Compare(Comparison::AtMost))?,
            "gt" => self.become_kind(AsKind::Compare(Comparison::More))?,
            "gte" => self.become_kind(AsKind::Compare(Comparison::AtLeast))?,
            "minute" => self.part = Some(Part::Minute),
            "hour" => self.part = Some(Part::Hour),
            "day" => self.part = Some(Part::Day),
            "week" => self.part = Some(Part::Week),
            "month" => self.part = Some(Part::Month),
            "year" => self.part = Some(Part::Year),
            "wide" | "utf16le" => self.each(&mut |value| wide(value, u16::to_le_bytes, false))?,
            "utf16be" => self.each(&mut |value| wide(value, u16::to_be_bytes, false))?,
            "utf16" => self.each(&mut |value| wide(value, u16::to_le_bytes, true))?,
            "base64" => self.each(&mut |value| Ok(vec![plain(STANDARD.encode(bytes(&value)?))]))?,
            "base64offset" => self.each(&mut |value| base64_offset(&value))?,
            "windash" => self.each(&mut |value| windash(&value))?,
            "expand" => {
                let placeholders = self.placeholders;
                self.each(&mut |value| expand(&value, placeholders))?;
            }
            other => return Err(format!("unknown modifier `{other}`")),
        }
        Ok(())
    }

    fn become_kind(&mut self, kind: AsKind) -> Result<(), String> {
        if self.kind != AsKind::Text {
            return Err("two modifiers that exclude each other".to_owned());
        }
        self.kind = kind;
        Ok(())
    }

    fn flag(&mut self, flag: usize) -> Result<(), String> {
        if self.kind != AsKind::Regex {
            return Err("`i`, `m` and `s` belong to `re`".to_owned());
        }
        if let Some(place) = self.flags.get_mut(flag) {
            *place = true;
        }
        Ok(())
    }

    fn each(&mut self, change: &mut dyn FnMut(Val) -> Result<Vec<Val>, String>) -> Result<(), String> {
        for group in &mut self.groups {
            let mut changed = Vec::new();
            for value in std::mem::take(group) {
                changed.extend(change(value)?);
                if changed.len() > MAX_VALUES {
                    return Err(format!("one value becomes more than {MAX_VALUES}"));
                }
            }
            *group = changed;
        }
        Ok(())
    }

    fn finish(self, field: Option<&str>, line: usize) -> Result<Expr<Test>, String> {
        let leaf = |ask: Ask<String>| {
            Expr::Leaf(Test { field: field.map(str::to_owned), ask, part: self.part, line })
        };
        let mut groups: Vec<Vec<Expr<Test>>> = Vec::new();
        for group in &self.groups {
            let asks =
                group.iter().map(|value| self.ask(value, field.is_none())).collect::<Result<Vec<_>, _>>()?;
            let (matchers, others): (Vec<_>, Vec<_>) =
                asks.into_iter().partition(|ask| matches!(ask, Ask::Values(_)));
            let mut leaves: Vec<Expr<Test>> = others.into_iter().map(&leaf).collect();
            let matchers: Vec<Matcher> = matchers
                .into_iter()
                .flat_map(|ask| if let Ask::Values(matchers) = ask { matchers } else { Vec::new() })
                .collect();
            if !matchers.is_empty() {
                leaves.push(leaf(Ask::Values(matchers)));
            }
            groups.push(leaves);
        }
        let expr = if self.all {
            Expr::all(groups.into_iter().map(Expr::any).collect())
        } else {
            Expr::any(one_leaf(groups.into_iter().flatten().collect()))
        };
        Ok(if self.not { Expr::Not(Box::new(expr)) } else { expr })
    }

    fn ask(&self, value: &Val, keyword: bool) -> Result<Ask<String>, String> {
        let one = |matcher| Ok(Ask::Values(vec![matcher]));
        match self.kind {
            AsKind::Text => one(self.matcher(value, keyword)?),
            AsKind::Regex => one(Matcher::Regex(self.regex(&raw(value)?)?)),
            AsKind::Network => {
                let text = raw(value)?;
                one(network(&text).ok_or_else(|| format!("`{text}` is not a network, such as 10.0.0.0/8"))?)
            }
            AsKind::Compare(how) => match value {
                Val::Number(number, _) => one(Matcher::Compare(how, *number)),
                Val::Text(_, text) => match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => one(Matcher::Compare(how, number)),
                    _ => Err(format!("`{text}` is not a number")),
                },
                _ => Err("needs a number".to_owned()),
            },
            AsKind::Exists => match raw(value)?.as_str() {
                "true" => Ok(Ask::Exists(true)),
                "false" => Ok(Ask::Exists(false)),
                other => Err(format!("`{other}` is neither true nor false")),
            },
            AsKind::Field => {
                let how = match self.open {
                    (false, false) => How::Equals,
                    (true, true) => How::Contains,
                    (false, true) => How::Starts,
                    (true, false) => How::Ends,
                };
                Ok(Ask::Field { other: raw(value)?, how, cased: self.cased })
            }
        }
    }

    fn matcher(&self, value: &Val, keyword: bool) -> Result<Matcher, String> {
        let (start, end) = if keyword { (true, true) } else { self.open };
        let mut glob = match value {
            Val::Text(glob, _) => glob.clone(),
            Val::Bytes(bytes) => Glob::plain(
                std::str::from_utf8(bytes).map_err(|_| "such bytes are found only as base64".to_owned())?,
            ),
            Val::Number(number, written) if !start && !end => {
                return Ok(Matcher::Number(*number, written.clone()));
            }
            Val::Number(_, written) => Glob::plain(written),
            Val::Bool(value) if !start && !end => return Ok(Matcher::Bool(*value)),
            Val::Bool(value) => Glob::plain(&value.to_string()),
            Val::Null if !start && !end => return Ok(Matcher::Null),
            Val::Null => return Err("null takes no modifiers of text".to_owned()),
        };
        if self.part.is_some() {
            return Err("a part of a time is a number".to_owned());
        }
        if start {
            glob.open_start();
        }
        if end {
            glob.open_end();
        }
        Pattern::new(&glob, self.cased).map(Matcher::Pattern).map_err(|_| "is too long".to_owned())
    }

    fn regex(&self, text: &str) -> Result<regex::Regex, String> {
        let [insensitive, multiline, dotall] = self.flags;
        RegexBuilder::new(text)
            .case_insensitive(insensitive)
            .multi_line(multiline)
            .dot_matches_new_line(dotall)
            .size_limit(1 << 20)
            .nest_limit(64)
            .build()
            .map_err(|error| {
                let words = error.to_string();
                let reason = words.lines().next_back().unwrap_or_default().trim_start_matches("error: ");
                format!("not a regular expression that runs in linear time: {reason}")
            })
    }
}

/// Leaves about the same field become one that looks for all their values.
fn one_leaf(leaves: Vec<Expr<Test>>) -> Vec<Expr<Test>> {
    let mut all: Vec<Matcher> = Vec::new();
    let mut rest = Vec::new();
    let mut like = None;
    for leaf in leaves {
        match leaf {
            Expr::Leaf(Test { ask: Ask::Values(matchers), field, part, line }) => {
                all.extend(matchers);
                like = Some((field, part, line));
            }
            other => rest.push(other),
        }
    }
    if let Some((field, part, line)) = like {
        rest.push(Expr::Leaf(Test { field, ask: Ask::Values(all), part, line }));
    }
    rest
}

fn raw(value: &Val) -> Result<String, String> {
    match value {
        Val::Text(_, raw) => Ok(raw.clone()),
        Val::Number(_, written) => Ok(written.clone()),
        Val::Bool(value) => Ok(value.to_string()),
        Val::Null => Err("null takes no such modifier".to_owned()),
        Val::Bytes(_) => Err("encoded text takes no such modifier".to_owned()),
    }
}

fn plain(text: String) -> Val {
    Val::Text(Glob::plain(&text), text)
}

fn bytes(value: &Val) -> Result<Vec<u8>, String> {
    match value {
        Val::Bytes(bytes) => Ok(bytes.clone()),
        Val::Text(glob, _) => match glob.literal() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Err("a text with wildcards has no base64".to_owned()),
        },
        other => raw(other).map(String::into_bytes),
    }
}

fn wide(value: Val, order: fn(u16) -> [u8; 2], mark: bool) -> Result<Vec<Val>, String> {
    let encode = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(order).collect() };
    let Val::Text(mut glob, raw) = value else { return Err("only text has an encoding".to_owned()) };
    if let Some(text) = glob.literal() {
        let mut bytes = if mark { order(0xfeff).to_vec() } else { Vec::new() };
        bytes.extend(encode(text));
        return Ok(vec![Val::Bytes(bytes)]);
    }
    if !raw.is_ascii() {
        return Err("wildcards and letters beyond ASCII don't go with this encoding".to_owned());
    }
    glob.map_text(|text| String::from_utf8(encode(text)).unwrap_or_default());
    Ok(vec![Val::Text(glob, raw)])
}

/// The base64 of a text that stands within other bytes: one for each place it can begin at, without the characters
/// that its neighbours change.
fn base64_offset(value: &Val) -> Result<Vec<Val>, String> {
    let bytes = bytes(value)?;
    let one = |offset: usize| {
        let padded: Vec<u8> = std::iter::repeat_n(b' ', offset).chain(bytes.iter().copied()).collect();
        let text = STANDARD.encode(&padded);
        let start = [0, 2, 3].get(offset).copied().unwrap_or(0);
        let cut = [0, 3, 2].get(padded.len() % 3).copied().unwrap_or(0);
        plain(text.get(start..text.len().saturating_sub(cut)).unwrap_or_default().to_owned())
    };
    Ok((0..3).map(one).collect())
}

/// Every way to write a command line's options: `-`, `/` and the three long dashes.
fn windash(value: &Val) -> Result<Vec<Val>, String> {
    let raw = raw(value)?;
    let characters: Vec<char> = raw.chars().collect();
    let word = |place: Option<&char>| place.is_some_and(|one| one.is_alphanumeric() || *one == '_');
    let mut texts = vec![String::new()];
    for (place, character) in characters.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| characters.get(before));
        let option = matches!(character, '-' | '/') && !word(before) && word(characters.get(place + 1));
        let choices: &[char] = if option {
            &['-', '/', '\u{2013}', '\u{2014}', '\u{2015}']
        } else {
            std::slice::from_ref(character)
        };
        texts = texts
            .iter()
            .flat_map(|text| choices.iter().map(move |choice| format!("{text}{choice}")))
            .collect();
        if texts.len() > MAX_VALUES {
            return Err("has too many options for `windash`".to_owned());
        }
    }
    Ok(texts.into_iter().map(|text| Val::Text(Glob::parse(&text), text)).collect())
}

fn expand(value: &Val, placeholders: &Placeholders) -> Result<Vec<Val>, String> {
    // What is done, and what is still to be looked through: what stands for a placeholder isn't.
    let mut open = vec![(String::new(), raw(value)?)];
    let mut done = Vec::new();
    while let Some((head, rest)) = open.pop() {
        let Some((name, from, to)) = placeholder(&rest) else {
            let text = head + &rest;
            done.push(Val::Text(Glob::parse(&text), text));
            continue;
        };
        let Some(values) = placeholders.get(name) else {
            return Err(format!("nothing is known for the placeholder `%{name}%`"));
        };
        let (before, after) = (rest.get(..from).unwrap_or_default(), rest.get(to..).unwrap_or_default());
        if open.len() + done.len() + values.len() > MAX_VALUES {
            return Err(format!("placeholders become more than {MAX_VALUES} values"));
        }
        open.extend(values.iter().rev().map(|value| (format!("{head}{before}{value}"), after.to_owned())));
    }
    Ok(done)
}

fn placeholder(text: &str) -> Option<(&str, usize, usize)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find('%')?;
        let length = text.get(start + 1..)?.find('%')?;
        let name = text.get(start + 1..start + 1 + length)?;
        if !name.is_empty() && name.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | '-')) {
            return Some((name, start, start + length + 2));
        }
        from = start + 1;
    }
}
