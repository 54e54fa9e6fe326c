//! Buckets of any server that speaks S3 (ListObjectsV2, GetObject with a range, PutObject), and files over HTTP.

use std::time::Duration;

use bastide_ids::{Clock as _, SystemClock};
use bastide_sigv4::{SignedBody, Signer};
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, ETAG, HOST, RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::{Credentials, Remote, RemoteError, Within, host};

/// What one answer may take, and how often a request is tried.
const TIME: Duration = Duration::from_secs(120);
const PAGE: usize = 8 << 20;
const TRIES: u32 = 5;
/// Before the second try; twice as long before each further one.
const PAUSE: Duration = Duration::from_millis(200);

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Sends the requests.
    pub remote: Remote,
    /// The server, when it is not AWS: buckets are in its path then.
    pub endpoint: Option<Uri>,
    /// The region that requests are signed for.
    pub region: String,
    /// What they are signed with; `None` for public buckets.
    pub credentials: Option<Credentials>,
    /// The bucket's name.
    pub name: String,
    /// The account that it must belong to (`x-amz-expected-bucket-owner`); the server refuses when it doesn't.
    pub owner: Option<String>,
}

/// An object, as a listing tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// Its bytes.
    pub size: u64,
    /// What changes when it does.
    pub etag: String,
}

/// Why a bucket or a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// No answer.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The server says no: status, its code, its message.
    #[error("the server answers {0} {1} {2}")]
    Refused(u16, String, String),
    /// The answer is none of S3's.
    #[error("the server's answer is none of S3's: {0}")]
    Answer(String),
}

impl Bucket {
    /// The objects whose keys begin with `prefix`, a page of up to 1,000 at a time, in the order of keys.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn list(
        &self,
        prefix: &str,
        token: Option<&str>,
    ) -> Result<(Vec<Object>, Option<String>), BucketError> {
        let mut query = format!("encoding-type=url&list-type=2&prefix={}", escaped(prefix, false));
        if let Some(token) = token {
            query = format!("continuation-token={}&{query}", escaped(token, false));
        }
        let response = self.get("", Some(&query), None, PAGE).await?;
        read_listing(response.body())
    }

    /// Bytes of an object: up to `length` from `from` on, none behind its end.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn read(&self, key: &str, from: u64, length: usize) -> Result<Bytes, BucketError> {
        let range = range(from, length);
        match self.get(key, None, Some(range), length).await {
            Ok(response) => part(response, from, length),
            Err(BucketError::Refused(416, ..)) => Ok(Bytes::new()),
            Err(error) => Err(error),
        }
    }

    /// Writes an object, with the metadata that S3 calls `x-amz-meta-…`.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn write(
        &self,
        key: &str,
        metadata: &[(&'static str, String)],
        bytes: Bytes,
    ) -> Result<(), BucketError> {
        let uri = self.uri(key, None)?;
        again(|| async {
            let mut parts = request(Method::PUT, &uri, None)?;
            for (name, value) in metadata {
                let name = HeaderName::from_bytes(format!("x-amz-meta-{name}").as_bytes());
                let value = HeaderValue::from_str(value).map_err(RemoteError::request)?;
                parts.headers.insert(name.map_err(RemoteError::request)?, value);
            }
            self.send(parts, bytes.clone(), PAGE).await
        })
        .await
        .map(drop)
    }

    async fn get(
        &self,
        key: &str,
        query: Option<&str>,
        range: Option<String>,
        most: usize,
    ) -> Result<Response<Bytes>, BucketError> {
        let uri = self.uri(key, query)?;
        again(|| async { self.send(request(Method::GET, &uri, range.as_deref())?, Bytes::new(), most).await })
            .await
    }

    /// Sends a request, signed unless the bucket is public; the answer may have `most` bytes.
    async fn send(
        &self,
        mut parts: http::request::Parts,
        body: Bytes,
        most: usize,
    ) -> Result<Response<Bytes>, BucketError> {
        if let Some(owner) = &self.owner {
            let owner = HeaderValue::from_str(owner).map_err(RemoteError::request)?;
            parts.headers.insert("x-amz-expected-bucket-owner", owner);
        }
        if let Some(credentials) = &self.credentials {
            let signer = Signer {
                access_key_id: &credentials.access_key_id,
                secret: &credentials.secret,
                session_token: credentials.session_token.as_ref().map(|token| token.as_str()),
                region: &self.region,
                service: "s3",
            };
            let signed = signer.sign(&mut parts, SignedBody::Whole(&body), SystemClock.now());
            signed.map_err(RemoteError::request)?;
        }
        let within = Within { time: TIME, bytes: most };
        Ok(self.remote.send(Request::from_parts(parts, body), within).await?)
    }

    fn uri(&self, key: &str, query: Option<&str>) -> Result<Uri, RemoteError> {
        let (name, region) = (&self.name, &self.region);
        let key = escaped(key, true);
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let text = match &self.endpoint {
            Some(endpoint) => format!("{}/{name}/{key}{query}", endpoint.to_string().trim_end_matches('/')),
            // Certificates of AWS cover one name before `s3`.
            None if name.contains('.') => {
                format!("https://s3.{region}.{}/{name}/{key}{query}", domain(region))
            }
            None => format!("https://{name}.s3.{region}.{}/{key}{query}", domain(region)),
        };
        text.parse().map_err(RemoteError::request)
    }
}

/// A file over HTTP: its bytes, when it tells, and what changes when it does.
///
/// # Errors
/// [`BucketError`].
pub async fn file_info(remote: &Remote, uri: &Uri) -> Result<Object, BucketError> {
    let response = again(|| async {
        let parts = request(Method::HEAD, uri, None)?;
        let within = Within { time: TIME, bytes: 0 };
        Ok(remote.send(Request::from_parts(parts, Bytes::new()), within).await?)
    })
    .await?;
    let text = |name| text(response.headers(), name);
    let size = text(CONTENT_LENGTH.as_str()).parse().unwrap_or(0);
    let etag = text(ETAG.as_str());
    let etag = if etag.is_empty() { text("last-modified") } else { etag };
    Ok(Object { key: String::new(), size, etag: etag.to_owned() })
}

/// Bytes of a file over HTTP: up to `length` from `from` on, none behind its end.
///
/// # Errors
/// [`BucketError`]; a server that gives no ranges has to give a file whole, and that may have `length` bytes.
pub async fn file_read(remote: &Remote, uri: &Uri, from: u64, length: usize) -> Result<Bytes, BucketError> {
    let range = range(from, length);
    let response = again(|| async {
        let parts = request(Method::GET, uri, Some(&range))?;
        let most = length.saturating_add(usize::try_from(from).unwrap_or(usize::MAX));
        let within = Within { time: TIME, bytes: most };
        Ok(remote.send(Request::from_parts(parts, Bytes::new()), within).await?)
    })
    .await;
    match response {
        Ok(response) => part(response, from, length),
        Err(BucketError::Refused(416, ..)) => Ok(Bytes::new()),
        Err(error) => Err(error),
    }
}

fn range(from: u64, length: usize) -> String {
    format!("bytes={from}-{}", from.saturating_add(length.max(1) as u64 - 1))
}

/// What was asked for of an answer: all of it, or a part when the server doesn't know ranges.
fn part(response: Response<Bytes>, from: u64, length: usize) -> Result<Bytes, BucketError> {
    let partial = response.status() == StatusCode::PARTIAL_CONTENT;
    let bytes = response.into_body();
    if partial {
        return Ok(bytes);
    }
    let from = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
    Ok(bytes.slice(from..from.saturating_add(length).min(bytes.len())))
}

fn request(method: Method, uri: &Uri, range: Option<&str>) -> Result<http::request::Parts, RemoteError> {
    let host = host(uri).ok_or_else(|| RemoteError::request("the address has no host"))?;
    let request =
        Request::builder().method(method).uri(uri).header(HOST, host).header(ACCEPT_ENCODING, "identity");
    let (mut parts, ()) = request.body(()).map_err(RemoteError::request)?.into_parts();
    if let Some(range) = range {
        parts.headers.insert(RANGE, HeaderValue::from_str(range).map_err(RemoteError::request)?);
    }
    Ok(parts)
}

/// Tries until there is an answer that will not change: what is busy or broken may be better in a moment.
async fn again<F: Future<Output = Result<Response<Bytes>, BucketError>>>(
    work: impl Fn() -> F,
) -> Result<Response<Bytes>, BucketError> {
    let mut pause = PAUSE;
    for left in (0..TRIES).rev() {
        let passing = match work().await {
            Ok(response) if response.status().is_success() => return Ok(response),
            Ok(response) => {
                let status = response.status();
                let refused = refused(&response);
                if left == 0 || !(status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS) {
                    return Err(refused);
                }
                refused
            }
            Err(error) => error,
        };
        let may_pass = match &passing {
            BucketError::Remote(RemoteError::Broken(_) | RemoteError::TimedOut(_)) => true,
            BucketError::Remote(_) | BucketError::Answer(_) => false,
            BucketError::Refused(..) => true,
        };
        if left == 0 || !may_pass {
            return Err(passing);
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    Err(BucketError::Answer("there is none".to_owned()))
}

fn refused(response: &Response<Bytes>) -> BucketError {
    let (mut code, mut message) = (String::new(), String::new());
    let body = String::from_utf8_lossy(response.body());
    let mut reader = Reader::from_str(&body);
    let mut element = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => start.local_name().as_ref().clone_into(&mut element),
            Event::Text(text) if element == "Code" => code.push_str(&text.xml10_content()),
            Event::Text(text) if element == "Message" => message.push_str(&text.xml10_content()),
            Event::Eof => break,
            _ => {}
        }
    }
    let short = |text: String| text.chars().take(300).collect::<String>();
    BucketError::Refused(response.status().as_u16(), short(code), short(message))
}

/// Reads a page of ListObjectsV2's answer: its objects, and the token of the next page if there is one.
///
/// # Errors
/// [`BucketError::Answer`] when it is none.
pub fn read_listing(body: &[u8]) -> Result<(Vec<Object>, Option<String>), BucketError> {
    let bad = |error: &dyn std::fmt::Display| BucketError::Answer(error.to_string());
    let body = str::from_utf8(body).map_err(|error| bad(&error))?;
    let mut reader = Reader::from_str(body);
    let (mut objects, mut token, mut more, mut known) = (Vec::new(), None, false, false);
    let mut object: Option<Object> = None;
    let mut text = String::new();
    loop {
        match reader.read_event().map_err(|error| bad(&error))? {
            Event::Start(start) => {
                text.clear();
                match start.local_name().as_ref() {
                    "ListBucketResult" => known = true,
                    "Contents" => object = Some(Object::default()),
                    _ => {}
                }
            }
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(name) => text.push_str(entity(&name.xml10_content())),
            Event::End(end) => {
                match (end.local_name().as_ref(), &mut object) {
                    ("Key", Some(object)) => object.key = unescaped(&text),
                    ("Size", Some(object)) => object.size = text.trim().parse().unwrap_or(0),
                    ("ETag", Some(object)) => text.trim().trim_matches('"').clone_into(&mut object.etag),
                    ("Contents", _) => objects.extend(object.take()),
                    ("IsTruncated", None) => more = text.trim() == "true",
                    ("NextContinuationToken", None) => token = Some(text.clone()),
                    _ => {}
                }
                text.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !known {
        return Err(bad(&"no ListBucketResult"));
    }
    if more && token.is_none() {
        return Err(bad(&"there is more, but no NextContinuationToken"));
    }
    Ok((objects, token.filter(|_| more)))
}

fn entity(name: &str) -> &'static str {
    match name {
        "quot" | "#34" => "\"",
        "apos" | "#39" => "'",
        "lt" | "#60" => "<",
        "gt" | "#62" => ">",
        "amp" | "#38" => "&",
        _ => "",
    }
}

/// Percent-encoding as signatures want it; `/` stays in paths.
fn escaped(text: &str, path: bool) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (path && byte == b'/') {
            out.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// What `encoding-type=url` has encoded.
fn unescaped(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read() {
        let body =
            br#"<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
            <Name>b</Name><IsTruncated>true</IsTruncated><NextContinuationToken>1a/==</NextContinuationToken>
            <Contents><Key>a%2Bb+c/x.gz</Key><Size>12</Size><ETag>&quot;abc&quot;</ETag></Contents>
            <Contents><Key>d</Key><Size>0</Size><ETag>"e-2"</ETag></Contents></ListBucketResult>"#;
        let (objects, token) = read_listing(body).unwrap();
        assert_eq!(token.as_deref(), Some("1a/=="));
        assert_eq!(objects[0], Object { key: "a+b c/x.gz".into(), size: 12, etag: "abc".into() });
        assert_eq!((objects[1].key.as_str(), objects[1].etag.as_str()), ("d", "e-2"));
        assert!(read_listing(b"<html>").is_err() && read_listing(b"").is_err());
    }

    #[test]
    fn keys_stand_in_addresses() {
        assert_eq!(escaped("a b/c+d", true), "a%20b/c%2Bd");
        assert_eq!(escaped("a/b", false), "a%2Fb");
        assert_eq!(unescaped("%"), "%");
        assert_eq!(unescaped("%2"), "%2");
        assert_eq!(unescaped("%zz"), "%zz");
    }
}
