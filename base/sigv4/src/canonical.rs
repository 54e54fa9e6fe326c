use std::borrow::Cow;

use http::request::Parts;
use percent_encoding::{percent_decode, percent_encode_byte};

/// The path in the form that services other than S3 sign: dot segments resolved and empty segments merged, as
/// AWS's own clients do it; a slash at the end stays. Percent escapes are left as they are.
#[must_use]
pub fn normal_path(path: &str) -> Cow<'_, str> {
    let inner = path.strip_prefix('/').unwrap_or(path);
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    let plain = path.starts_with('/') && inner.split('/').all(|s| !matches!(s, "" | "." | ".."));
    if plain || path == "/" {
        return Cow::Borrowed(path);
    }
    let mut kept = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    let end = if path.ends_with('/') && !kept.is_empty() { "/" } else { "" };
    Cow::Owned(format!("/{}{end}", kept.join("/")))
}

/// What a canonical request is made of besides the request itself.
pub(crate) struct Shape<'a> {
    /// Lower-case names, sorted, with semicolons between.
    pub(crate) signed_headers: &'a str,
    /// S3 neither normalises the path nor encodes it twice.
    pub(crate) s3: bool,
    /// Presigned: leaves `X-Amz-Signature` out of the query.
    pub(crate) presigned: bool,
    /// The last line.
    pub(crate) payload: &'a [u8],
}

/// The canonical request of AWS's specification, in bytes.
pub(crate) fn canonical_request(parts: &Parts, shape: &Shape<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(parts.method.as_str().as_bytes());
    out.push(b'\n');
    push_path(&mut out, parts.uri.path(), shape.s3);
    out.push(b'\n');
    push_query(&mut out, parts.uri.query().unwrap_or_default(), shape.presigned);
    out.push(b'\n');
    for name in shape.signed_headers.split(';') {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        push_header(&mut out, parts, name);
        out.push(b'\n');
    }
    out.push(b'\n');
    out.extend_from_slice(shape.signed_headers.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(shape.payload);
    out
}

/// The `name=value` pairs of a raw query.
pub(crate) fn query_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Whether the names are lower-case, sorted and without repetition; then they can be used as they are.
pub(crate) fn is_canonical_list(names: &str) -> bool {
    let ordered = names.split(';').zip(names.split(';').skip(1)).all(|(a, b)| a < b);
    ordered && !names.bytes().any(|b| b.is_ascii_uppercase())
}

/// The host that a request is for: the header, or HTTP/2's `:authority`.
pub(crate) fn host(parts: &Parts) -> Option<&[u8]> {
    let header = parts.headers.get(http::header::HOST).map(http::HeaderValue::as_bytes);
    header.or_else(|| {
        let authority = parts.uri.authority()?.as_str();
        Some(authority.rsplit_once('@').map_or(authority, |(_, host)| host).as_bytes())
    })
}

fn push_path(out: &mut Vec<u8>, path: &str, s3: bool) {
    if path.is_empty() {
        out.push(b'/');
    } else if s3 {
        percent_decode(path.as_bytes()).for_each(|byte| push_encoded(out, byte, b'/'));
    } else {
        normal_path(path).bytes().for_each(|byte| push_encoded(out, byte, b'/'));
    }
}

fn push_query(out: &mut Vec<u8>, query: &str, presigned: bool) {
    if query.is_empty() {
        return;
    }
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = query_pairs(query)
        .filter(|(name, _)| !(presigned && *name == "X-Amz-Signature"))
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    pairs.sort_unstable();
    for (position, (name, value)) in pairs.iter().enumerate() {
        if position > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
}

/// Decoded and encoded again, so that every spelling of a name or value is one. A `+` stays a `+`: whether it
/// is a space depends on the reader, so that making it one or the other would let a stranger swap them.
fn encoded(part: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(part.len());
    let mut pieces = part.split('+');
    if let Some(first) = pieces.next() {
        percent_decode(first.as_bytes()).for_each(|byte| push_encoded(&mut out, byte, b'-'));
    }
    for piece in pieces {
        out.push(b'+');
        percent_decode(piece.as_bytes()).for_each(|byte| push_encoded(&mut out, byte, b'-'));
    }
    out
}

/// RFC 3986's unreserved characters and `kept` stay; everything else is `%XX`.
fn push_encoded(out: &mut Vec<u8>, byte: u8, kept: u8) {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') || byte == kept {
        out.push(byte);
    } else {
        out.extend_from_slice(percent_encode_byte(byte).as_bytes());
    }
}

fn push_header(out: &mut Vec<u8>, parts: &Parts, name: &str) {
    if name == "host" {
        if let Some(host) = host(parts) {
            push_folded(out, host);
        }
        return;
    }
    for (position, value) in parts.headers.get_all(name).iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        push_folded(out, value.as_bytes());
    }
}

/// Trimmed, and with runs of blanks made one space.
fn push_folded(out: &mut Vec<u8>, value: &[u8]) {
    let start = out.len();
    let mut blank = false;
    for byte in value {
        if matches!(byte, b' ' | b'\t') {
            blank = true;
            continue;
        }
        if blank && out.len() > start {
            out.push(b' ');
        }
        blank = false;
        out.push(*byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_normal_form() {
        for (given, normal) in [
            ("/", "/"),
            ("//", "/"),
            ("/a//b/", "/a/b/"),
            ("/./a", "/a"),
            ("/a/./b", "/a/b"),
            ("/a/b/../..", "/"),
            ("/../../a", "/a"),
            ("/a/..b/...", "/a/..b/..."),
            ("/a/b/..", "/a"),
            ("/a%2Fb", "/a%2Fb"),
            ("", "/"),
            ("*", "/*"),
        ] {
            assert_eq!(normal_path(given), normal, "{given}");
        }
        assert!(matches!(normal_path("/a/b/"), Cow::Borrowed(_)));
    }

    fn query(text: &str) -> String {
        let mut out = Vec::new();
        push_query(&mut out, text, true);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn queries_are_sorted_and_spelled_one_way() {
        assert_eq!(query("b=2&a=1"), "a=1&b=2");
        assert_eq!(query("a-b=1&a=2&a=1"), "a=1&a=2&a-b=1");
        assert_eq!(query("flag&&x=a=b"), "flag=&x=a%3Db");
        assert_eq!(query("x=%7e%c3%a9%2f/"), "x=~%C3%A9%2F%2F");
        assert_eq!(query("x=a+b%2B%20c"), "x=a+b%2B%20c");
        assert_eq!(query("X-Amz-Signature=1&a=%zz"), "a=%25zz");
    }
}
