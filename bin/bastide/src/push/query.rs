//! What a request says besides its body: the query, and how the body is packed.

use std::fmt::Write as _;

use bastide_api_ingest::errors as error;
use bastide_door::Failure;
use bastide_shape::Document;
use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::request::Parts;

/// Bytes of a name.
const NAME: usize = 1024;
/// Parameters of a query; those of a presigned address are seven.
const PARAMETERS: usize = 32;

/// The input of the operation.
///
/// # Errors
/// `InvalidParameterException`, `UnknownLogException`: which parameter or header, and what is taken.
pub(super) fn input(parts: &Parts, body: &Bytes) -> Result<Document, Failure> {
    let encoding = parts.headers.get(CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?"));
    if let Some(other) = encoding.filter(|name| !["identity", "gzip", "x-gzip", "zstd"].contains(name)) {
        let message =
            format!("the content encoding `{}` is not taken; send gzip, zstd or none", shown(other));
        return Err(Failure::new(&error::UnknownLogException, message));
    }
    let Asked { name, kind } = asked(parts.uri.query().unwrap_or_default())?;
    let hash = hex(&bastide_sigv4::sha256(body));
    let name = name.unwrap_or_else(|| hash.clone());
    let bytes = i64::try_from(body.len()).unwrap_or(i64::MAX);
    Ok(Document::new()
        .with("name", name)
        .maybe("kind", kind)
        .with("sha256", hash)
        .with("bytes", bytes)
        .with("body", body.to_vec()))
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    name: Option<String>,
    kind: Option<String>,
}

/// Reads `name=…&kind=…`; what presigned addresses carry is left out.
fn asked(query: &str) -> Result<Asked, Failure> {
    let wrong = |message: String| Failure::new(&error::InvalidParameterException, message);
    let mut asked = Asked::default();
    for (index, parameter) in query.split('&').filter(|parameter| !parameter.is_empty()).enumerate() {
        if index == PARAMETERS {
            return Err(wrong("the query has too many parameters".to_owned()));
        }
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.replace('+', " ");
        let value = percent_encoding::percent_decode_str(&value).decode_utf8();
        let value = value.map_err(|_| wrong(format!("the parameter `{}` is not UTF-8", shown(key))))?;
        let slot = match key {
            "name" => &mut asked.name,
            "kind" => &mut asked.kind,
            _ if key.to_ascii_lowercase().starts_with("x-amz-") => continue,
            _ => return Err(wrong(format!("there is no parameter `{}`; name and kind are", shown(key)))),
        };
        if slot.replace(value.into_owned()).is_some() {
            return Err(wrong(format!("the parameter `{}` stands there twice", shown(key))));
        }
    }
    if let Some(name) = &asked.name
        && (name.is_empty() || name.len() > NAME || name.chars().any(char::is_control))
    {
        return Err(wrong(format!("a name has 1 to {NAME} bytes and no control characters")));
    }
    Ok(asked)
}

/// What a stranger wrote, short enough for a message.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        // Writing into a string does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn queries_are_read() {
        let read = |query: &str| asked(query).map(|asked| (asked.name, asked.kind));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("").unwrap(), (None, None));
        assert_eq!(read("name=a%2Fb+c&kind=flow").unwrap(), (some("a/b c"), some("flow")));
        assert_eq!(read("X-Amz-Date=x&name=%C3%A4").unwrap().0, some("ä"));
        let long = format!("name={}", "a".repeat(1_025));
        for wrong in ["nam=a", "name=", "name", "name=a&name=b", "name=%ff", "name=a%0ab", &long] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read(&"x-amz-a=b&".repeat(100)).is_err());
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused(query in "\\PC{0,80}") {
            let _ = asked(&query);
        }
    }
}
