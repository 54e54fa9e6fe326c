//! Requests as text, so that seeds can be read and dictionaries help: a line with method and target, lines with
//! headers, an empty line, the body.

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Uri};

/// A request without headers.
#[must_use]
pub fn post() -> Parts {
    Request::post("/").body(()).unwrap().into_parts().0
}

/// The head of a request and its body; `None` when HTTP would not let it through.
#[must_use]
pub fn request(text: &[u8]) -> Option<(Parts, &[u8])> {
    let (first, mut rest) = line(text);
    let (method, target) = str::from_utf8(first).ok()?.split_once(' ')?;
    let mut parts = post();
    parts.method = Method::from_bytes(method.as_bytes()).ok()?;
    parts.uri = target.parse::<Uri>().ok()?;
    while !rest.is_empty() {
        let (header, after) = line(rest);
        rest = after;
        if header.is_empty() {
            break;
        }
        let colon = header.iter().position(|byte| *byte == b':')?;
        let (name, value) = header.split_at(colon);
        let name = HeaderName::from_bytes(name).ok()?;
        parts.headers.append(name, HeaderValue::from_bytes(value[1..].trim_ascii()).ok()?);
    }
    Some((parts, rest))
}

/// The first line, without its end, and what follows.
#[must_use]
pub fn line(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}
