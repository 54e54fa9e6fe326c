//! One pass over JSON text.

use std::borrow::Cow;

use super::{MAX_DEPTH, unescape};
use crate::Broken;
use crate::words::plain;

/// Why a value can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The text ends within it.
    End,
    /// It is not JSON, or not in the form of this record: what was wanted, and the byte at which.
    Bad { at: usize, wanted: &'static str },
    /// A member has a value that it can't have.
    Member { name: &'static str, wanted: &'static str },
    /// A line has a value that it can't have.
    Wrong(String),
    /// A member that a record must have is missing.
    Missing(&'static str),
    /// It is no record but holds records: in the value that begins at this byte.
    Holder(usize),
    /// It is well, and says nothing of what is asked for.
    Nothing,
    /// It is well, but of a kind that is not read here: which.
    Foreign(&'static str),
}

impl Fault {
    /// In words; `base` is where the text begins in what the operator knows.
    pub(crate) fn broken(&self, base: usize) -> Broken {
        let reason = match self {
            Self::End => "the record is cut off".to_owned(),
            Self::Bad { at, wanted } => format!("byte {}: {wanted}", base + at),
            Self::Member { name, wanted } => format!("`{name}` is not {wanted}"),
            Self::Missing(name) => format!("`{name}` is missing"),
            Self::Holder(at) => format!("byte {}: records within records too often", base + at),
            Self::Nothing => "nothing of this kind".to_owned(),
            Self::Wrong(reason) => reason.clone(),
            Self::Foreign(kind) => format!("{kind}, which is not read here"),
        };
        Broken { reason }
    }
}

/// A place in JSON text.
#[derive(Clone, Debug)]
pub(crate) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn from(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The text from a place to here.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes one byte, if it is this one.
    #[inline]
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    #[inline]
    pub(crate) fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    pub(crate) fn bad(&self, wanted: &'static str) -> Fault {
        if self.at >= self.text.len() { Fault::End } else { Fault::Bad { at: self.at, wanted } }
    }

    /// Passes the `{` of an object.
    pub(crate) fn open(&mut self) -> Result<(), Fault> {
        self.space();
        if self.take(b'{') { Ok(()) } else { Err(self.bad("an object should begin")) }
    }

    /// The next member's name as it is written, passing its colon, so that its value comes next; `None` at the
    /// object's end, which is passed. No writer escapes the names that records have, so they need no decoding.
    #[inline(always)]
    pub(crate) fn key(&mut self, first: &mut bool) -> Result<Option<&'a str>, Fault> {
        match self.minified_key(*first) {
            Some(name) => {
                *first = false;
                Ok(Some(name))
            }
            None => self.any_key(first),
        }
    }

    /// A member's name where nothing stands between it and its neighbours; `None`, and nothing is passed, for
    /// anything else.
    #[inline(always)]
    fn minified_key(&mut self, first: bool) -> Option<&'a str> {
        let here = self.text.as_bytes().get(self.at..)?;
        let (opening, name) = match here {
            [b'"', name @ ..] if first => (1, name),
            [b',', b'"', name @ ..] if !first => (2, name),
            _ => return None,
        };
        let length = plain(name);
        let [b'"', b':', 0x21..=0xff, ..] = name.get(length..)? else { return None };
        let start = self.at + opening;
        self.at = start + length + 2;
        self.text.get(start..start + length)
    }

    #[inline(never)]
    fn any_key(&mut self, first: &mut bool) -> Result<Option<&'a str>, Fault> {
        self.space();
        if self.take(b'}') {
            return Ok(None);
        }
        if !*first {
            if !self.take(b',') {
                return Err(self.bad("a comma or `}` should follow a member"));
            }
            self.space();
        }
        *first = false;
        if !self.take(b'"') {
            return Err(self.bad("a member's name should stand here"));
        }
        let start = self.at;
        self.skip_string()?;
        let name = self.text.get(start..self.at - 1).unwrap_or_default();
        self.space();
        if !self.take(b':') {
            return Err(self.bad("a colon should follow a member's name"));
        }
        self.space();
        Ok(Some(name))
    }

    /// Whether another element comes next; the array's end is passed.
    pub(crate) fn element(&mut self, first: &mut bool) -> Result<bool, Fault> {
        self.space();
        if self.take(b']') {
            return Ok(false);
        }
        if !*first && !self.take(b',') {
            return Err(self.bad("a comma or `]` should follow an element"));
        }
        *first = false;
        self.space();
        Ok(true)
    }

    /// A string from behind its opening quote.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at;
        let escaped = self.skip_string()?;
        let content = self.text.get(start..self.at - 1).unwrap_or_default();
        Ok(if escaped { unescape(content) } else { Cow::Borrowed(content) })
    }

    /// Passes a string from behind its opening quote; says whether it has escapes.
    #[inline(always)]
    fn skip_string(&mut self) -> Result<bool, Fault> {
        let bytes = self.text.as_bytes();
        let mut escaped = false;
        loop {
            let Some(rest) = bytes.get(self.at..) else { return Err(Fault::End) };
            self.at += plain(rest);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                _ => return Err(self.bad("a string does not end before a control character")),
            }
        }
    }

    /// Passes a value and gives its text.
    pub(crate) fn raw_value(&mut self) -> Result<&'a str, Fault> {
        let start = self.at;
        self.skip_value()?;
        Ok(self.since(start))
    }

    /// A value's text; empty for null.
    #[inline]
    pub(crate) fn raw_or_empty(&mut self) -> Result<&'a str, Fault> {
        let raw = self.raw_value()?;
        Ok(if raw == "null" { "" } else { raw })
    }

    /// Passes a value.
    #[inline]
    pub(crate) fn skip_value(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.skip_string().map(|_| ())
            }
            Some(b'{' | b'[') => self.skip_brackets(),
            _ => self.skip_word(),
        }
    }

    /// Passes an object or an array; that each bracket is closed by its own kind is checked.
    fn skip_brackets(&mut self) -> Result<(), Fault> {
        // One bit for each open bracket: set for an object.
        let mut open = 0_u128;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    self.skip_string()?;
                    continue;
                }
                Some(byte @ (b'{' | b'[')) => {
                    if depth == MAX_DEPTH {
                        return Err(self.bad("brackets are nested too deep"));
                    }
                    depth += 1;
                    open = open << 1 | u128::from(byte == b'{');
                }
                Some(byte @ (b'}' | b']')) => {
                    if open & 1 != u128::from(byte == b'}') {
                        return Err(self.bad("another bracket should close"));
                    }
                    depth -= 1;
                    open >>= 1;
                }
                Some(_) => {}
                None => return Err(Fault::End),
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Passes a number, `true`, `false` or `null`.
    fn skip_word(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while let Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.bad("a value should stand here"));
        }
        Ok(())
    }

    /// A member's text: a string, or a number or truth value as written; empty for null.
    #[inline(always)]
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Cow<'a, str>, Fault> {
        match self.plain_text() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.any_text(name),
        }
    }

    /// A string without escapes; `None`, and nothing is passed, for anything else.
    #[inline(always)]
    fn plain_text(&mut self) -> Option<&'a str> {
        let [b'"', content @ ..] = self.text.as_bytes().get(self.at..)? else { return None };
        let length = plain(content);
        if content.get(length) != Some(&b'"') {
            return None;
        }
        let start = self.at + 1;
        self.at = start + length + 1;
        self.text.get(start..start + length)
    }

    /// Passes this text, which is ASCII, if it stands here. Its length is known when this is compiled, so that it is
    /// compared in a few steps.
    #[inline(always)]
    pub(crate) fn pass<const N: usize>(&mut self, text: &[u8; N]) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let here = rest.first_chunk() == Some(text);
        self.at += if here { N } else { 0 };
        here
    }

    /// Reads a member from what stands before its value, if that stands here and it is a string without escapes; whether
    /// it was read. Else nothing is passed.
    #[inline(always)]
    pub(crate) fn plain_member<const N: usize>(
        &mut self,
        before: &[u8; N],
        value: &mut Cow<'a, str>,
    ) -> bool {
        let start = self.at;
        if !self.pass(before) {
            return false;
        }
        let text = self.plain_text();
        match text {
            Some(text) => *value = Cow::Borrowed(text),
            None => self.at = start,
        }
        text.is_some()
    }

    #[inline(never)]
    fn any_text(&mut self, name: &'static str) -> Result<Cow<'a, str>, Fault> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.string()
            }
            Some(b'{' | b'[') => Err(Fault::Member { name, wanted: "a string" }),
            _ => self.raw_or_empty().map(Cow::Borrowed),
        }
    }

    /// A member's truth value, which may be written as a string; `None` for anything else.
    pub(crate) fn truth(&mut self) -> Result<Option<bool>, Fault> {
        Ok(match self.raw_value()? {
            "true" | "\"true\"" => Some(true),
            "false" | "\"false\"" => Some(false),
            _ => None,
        })
    }

    /// A member's object: `each` is shown the scan at each value and must pass it. Null is an object without
    /// members.
    pub(crate) fn object(
        &mut self,
        name: &'static str,
        mut each: impl FnMut(&mut Self, &str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if !self.take(b'{') {
            return match self.raw_or_empty()? {
                "" => Ok(()),
                _ => Err(Fault::Member { name, wanted: "an object" }),
            };
        }
        let mut first = true;
        while let Some(key) = self.key(&mut first)? {
            each(self, key)?;
        }
        Ok(())
    }

    /// A member's list of texts; null is an empty one.
    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Vec<Cow<'a, str>>, Fault> {
        let mut texts = Vec::new();
        self.array(name, |scan| {
            texts.push(scan.text(name)?);
            Ok(())
        })?;
        Ok(texts)
    }

    /// A member's array: `each` is shown the scan at each element and must pass it. Null is an empty one.
    pub(crate) fn array(
        &mut self,
        name: &'static str,
        mut each: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if !self.take(b'[') {
            return match self.raw_or_empty()? {
                "" => Ok(()),
                _ => Err(Fault::Member { name, wanted: "a list" }),
            };
        }
        let mut first = true;
        while self.element(&mut first)? {
            each(self)?;
        }
        Ok(())
    }
}
