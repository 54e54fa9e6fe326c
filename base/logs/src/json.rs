//! JSON as logs hold it: read in one pass, borrowed, without a tree.
//!
//! What a reader does not ask for is skipped: its strings and brackets are checked, its numbers and commas are not.

mod scan;

use std::borrow::Cow;

pub(crate) use scan::{Fault, Scan};

/// The most brackets within brackets that are read.
pub const MAX_DEPTH: usize = 128;

/// The value at a path of member names, as the JSON text it is; a number in the path counts an array's elements
/// from 0. `None` when there is none, or `raw` is not JSON. Of a name that occurs twice the first counts.
#[must_use]
pub fn value<'a>(raw: &'a str, path: &[&str]) -> Option<&'a str> {
    let mut scan = Scan::new(raw);
    scan.space();
    for name in path {
        match scan.peek()? {
            b'{' => find_member(&mut scan, name)?,
            b'[' => find_element(&mut scan, name.parse().ok()?)?,
            _ => return None,
        }
    }
    scan.raw_value().ok()
}

/// The text at a path: a string without its quotes and escapes, a number or a truth value as it is written.
/// `None` for null, objects, arrays and what is missing.
#[must_use]
pub fn member<'a>(raw: &'a str, path: &[&str]) -> Option<Cow<'a, str>> {
    scalar(value(raw, path)?)
}

/// The text that a raw value stands for, as [`member`] gives it.
#[must_use]
pub fn scalar(raw: &str) -> Option<Cow<'_, str>> {
    match raw.as_bytes().first()? {
        b'"' => Some(unescape(raw.get(1..raw.len().checked_sub(1)?)?)),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(raw)),
    }
}

/// The members of an object, in order: name and raw value. Nothing when `raw` is no object; ends where the JSON
/// is broken.
#[must_use]
pub fn members(raw: &str) -> Members<'_> {
    let mut scan = Scan::new(raw);
    scan.space();
    let open = scan.take(b'{');
    Members { scan, first: true, open }
}

/// The elements of an array, in order, as raw values. Nothing when `raw` is no array; ends where the JSON is broken.
#[must_use]
pub fn elements(raw: &str) -> Elements<'_> {
    let mut scan = Scan::new(raw);
    scan.space();
    let open = scan.take(b'[');
    Elements { scan, first: true, open }
}

/// See [`members`].
#[derive(Clone, Debug)]
pub struct Members<'a> {
    scan: Scan<'a>,
    first: bool,
    open: bool,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if !self.open {
            return None;
        }
        let found = self.scan.key(&mut self.first).ok().flatten();
        let found = found.and_then(|name| Some((unescape(name), self.scan.raw_value().ok()?)));
        self.open = found.is_some();
        found
    }
}

/// See [`elements`].
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    scan: Scan<'a>,
    first: bool,
    open: bool,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.open {
            return None;
        }
        let found = matches!(self.scan.element(&mut self.first), Ok(true));
        let found = if found { self.scan.raw_value().ok() } else { None };
        self.open = found.is_some();
        found
    }
}

fn find_member(scan: &mut Scan<'_>, name: &str) -> Option<()> {
    scan.take(b'{');
    let mut first = true;
    while let Some(key) = scan.key(&mut first).ok()? {
        if key == name || (key.contains('\\') && unescape(key) == name) {
            return Some(());
        }
        scan.skip_value().ok()?;
    }
    None
}

fn find_element(scan: &mut Scan<'_>, index: usize) -> Option<()> {
    scan.take(b'[');
    let mut first = true;
    for _ in 0..index {
        if !scan.element(&mut first).ok()? {
            return None;
        }
        scan.skip_value().ok()?;
    }
    scan.element(&mut first).ok()?.then_some(())
}

/// A string's content without its escapes. Half of a surrogate pair and escapes that JSON does not have become
/// U+FFFD, so that no record is lost over them.
#[must_use]
pub fn unescape(content: &str) -> Cow<'_, str> {
    let Some((plain, mut rest)) = content.split_once('\\') else { return Cow::Borrowed(content) };
    let mut out = String::with_capacity(content.len());
    out.push_str(plain);
    loop {
        let mut chars = rest.chars();
        let (meant, after) = match chars.next() {
            Some('u') => unicode(chars.as_str()),
            Some(escape) => (simple(escape), chars.as_str()),
            None => (char::REPLACEMENT_CHARACTER, ""),
        };
        out.push(meant);
        let Some((plain, next)) = after.split_once('\\') else {
            out.push_str(after);
            return Cow::Owned(out);
        };
        out.push_str(plain);
        rest = next;
    }
}

fn simple(escape: char) -> char {
    match escape {
        '"' | '\\' | '/' => escape,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// The character of an escape, from behind its `u`, and what follows it.
fn unicode(text: &str) -> (char, &str) {
    let Some((unit, rest)) = hex(text) else { return (char::REPLACEMENT_CHARACTER, text) };
    if let Some(meant) = char::from_u32(unit) {
        return (meant, rest);
    }
    let low = rest.strip_prefix("\\u").and_then(hex);
    match low {
        Some((low @ 0xdc00..=0xdfff, after)) if unit < 0xdc00 => {
            let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), after)
        }
        _ => (char::REPLACEMENT_CHARACTER, rest),
    }
}

fn hex(text: &str) -> Option<(u32, &str)> {
    let digits = text.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    Some((u32::from_str_radix(digits, 16).ok()?, text.get(4..)?))
}

#[cfg(test)]
mod tests;
