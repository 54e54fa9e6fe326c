//! Forms and query strings: `a=1&b=two%20words`.
//! Source: the WHATWG URL standard, `application/x-www-form-urlencoded`.

use std::borrow::Cow;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use percent_encoding::percent_decode;

use crate::budget::Budget;
use crate::error::Fault;

/// A name and a value, decoded.
pub(crate) type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The pairs as they stand, not decoded.
pub(crate) fn raw_pairs(form: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        (halves.next().unwrap_or_default(), halves.next().unwrap_or_default())
    })
}

/// The pairs, decoded.
pub(crate) fn pairs<'a>(form: &'a [u8], budget: &Budget) -> Result<Vec<Pair<'a>>, Fault> {
    let mut pairs = Vec::new();
    for (name, value) in raw_pairs(form) {
        budget.spend()?;
        pairs.push((text(name)?, text(value)?));
    }
    Ok(pairs)
}

/// The first value of this name, if its text is UTF-8.
pub(crate) fn first<'a>(form: &'a [u8], wanted: &str) -> Option<Cow<'a, str>> {
    let (_, value) = raw_pairs(form).find(|(name, _)| *name == wanted.as_bytes())?;
    text(value).ok()
}

/// Decodes `+` and `%20`.
pub(crate) fn text(raw: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let not_utf8 = |_| Fault::new("a parameter is not UTF-8");
    if !raw.contains(&b'+') {
        return percent_decode(raw).decode_utf8().map_err(not_utf8);
    }
    let spaced: Vec<u8> = raw.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let decoded = percent_decode(&spaced).decode_utf8().map_err(not_utf8)?;
    Ok(Cow::Owned(decoded.into_owned()))
}

/// Whether a request's body is a form: by its type, or for want of one.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    match headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes) {
        None => true,
        Some(found) => {
            found.get(..FORM.len()).is_some_and(|found| found.eq_ignore_ascii_case(FORM.as_bytes()))
        }
    }
}
