use std::time::Duration;

use bastide_ids::Timestamp;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Uri};
use percent_encoding::percent_encode_byte;

use crate::ALGORITHM;
use crate::canonical::{Shape, canonical_request, host};
use crate::key::{Scope, SigningKey};
use crate::presented::{Payload, hex};
use crate::verify::{PayloadLine, is_s3, sha256, string_to_sign};

/// Credentials, and where they are used: signs requests as AWS's own clients do.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key.
    pub access_key_id: &'a str,
    /// Its secret.
    pub secret: &'a str,
    /// The token of temporary credentials.
    pub session_token: Option<&'a str>,
    /// The region that is called.
    pub region: &'a str,
    /// The signing name of the service, such as `kms`.
    pub service: &'a str,
}

/// What is signed of the body.
#[derive(Clone, Copy, Debug)]
pub enum SignedBody<'a> {
    /// These bytes.
    Whole(&'a [u8]),
    /// As `x-amz-content-sha256` has it: a hash, nothing, or chunks (see [`crate::ChunkSigner`]).
    Declared(Payload),
}

/// A request cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// There is no host to sign.
    #[error("the request has neither a `host` header nor an authority in its URI")]
    NoHost,
    /// The access key, token, region or service cannot stand in a header.
    #[error("the credentials or the scope hold characters that a header cannot carry")]
    NotAHeader,
    /// The presigned URL is too long or not one.
    #[error("the presigned parameters do not make a URI")]
    NotAUri,
}

/// Headers that a proxy may change, which AWS's clients leave unsigned.
const UNSIGNED: [&str; 12] = [
    "authorization",
    "connection",
    "expect",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
    "x-forwarded-for",
];

impl std::fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer")
            .field("access_key_id", &self.access_key_id)
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl Signer<'_> {
    /// The scope of a request at this moment.
    #[must_use]
    pub fn scope(&self, now: Timestamp) -> Scope {
        let date = now.basic().get(..8).unwrap_or_default().to_owned();
        Scope { date, region: self.region.into(), service: self.service.into() }
    }

    /// Signs in the `Authorization` header: sets `x-amz-date`, where needed `x-amz-security-token` and
    /// `x-amz-content-sha256`, and signs them with every header that is there. Gives back the signature, the
    /// seed of chunk signatures.
    ///
    /// # Errors
    /// [`SignError`] when there is no host or a value cannot stand in a header.
    pub fn sign(
        &self,
        parts: &mut Parts,
        body: SignedBody<'_>,
        now: Timestamp,
    ) -> Result<[u8; 32], SignError> {
        host(parts).ok_or(SignError::NoHost)?;
        let stamp = now.basic();
        set(parts, "x-amz-date", &stamp)?;
        if let Some(token) = self.session_token {
            set(parts, "x-amz-security-token", token)?;
        }
        let line = self.line(body, false);
        if is_s3(self.service) || matches!(body, SignedBody::Declared(_)) {
            set(parts, "x-amz-content-sha256", str::from_utf8(line.as_bytes()).unwrap_or_default())?;
        }
        let names = signed_names(parts);
        let (scope, signature) = self.signature(parts, &names, false, &line, now);
        let id = self.access_key_id;
        let digits = hex(&signature);
        let digits = str::from_utf8(&digits).unwrap_or_default();
        let value = format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={digits}");
        set(parts, "authorization", &value)?;
        Ok(signature)
    }

    /// Signs in the query: a URL that anybody may use for as long as `expires` says, with the headers that are
    /// there now.
    ///
    /// # Errors
    /// [`SignError`] when there is no host or no URI comes of it.
    pub fn presign(
        &self,
        parts: &mut Parts,
        body: SignedBody<'_>,
        expires: Option<Duration>,
        now: Timestamp,
    ) -> Result<(), SignError> {
        host(parts).ok_or(SignError::NoHost)?;
        let names = signed_names(parts);
        let mut query = parts.uri.query().map(str::to_owned).unwrap_or_default();
        let id = self.access_key_id;
        add(&mut query, "X-Amz-Algorithm", ALGORITHM);
        add(&mut query, "X-Amz-Credential", &format!("{id}/{}", self.scope(now)));
        add(&mut query, "X-Amz-Date", &now.basic());
        if let Some(expires) = expires {
            add(&mut query, "X-Amz-Expires", &expires.as_secs().to_string());
        }
        add(&mut query, "X-Amz-SignedHeaders", &names);
        if let Some(token) = self.session_token {
            add(&mut query, "X-Amz-Security-Token", token);
        }
        let line = self.line(body, true);
        if let SignedBody::Declared(_) = body {
            add(&mut query, "X-Amz-Content-Sha256", str::from_utf8(line.as_bytes()).unwrap_or_default());
        }
        set_query(parts, &query)?;
        let (_, signature) = self.signature(parts, &names, true, &line, now);
        add(&mut query, "X-Amz-Signature", str::from_utf8(&hex(&signature)).unwrap_or_default());
        set_query(parts, &query)
    }

    fn line(&self, body: SignedBody<'_>, presigned: bool) -> PayloadLine {
        match body {
            SignedBody::Whole(_) if presigned && is_s3(self.service) => PayloadLine::Word("UNSIGNED-PAYLOAD"),
            SignedBody::Whole(bytes) => PayloadLine::Hash(hex(&sha256(bytes))),
            SignedBody::Declared(Payload::Hash(hash)) => PayloadLine::Hash(hex(&hash)),
            SignedBody::Declared(payload) => {
                PayloadLine::Word(PayloadLine::word(payload).unwrap_or("UNSIGNED-PAYLOAD"))
            }
        }
    }

    fn signature(
        &self,
        parts: &Parts,
        names: &str,
        presigned: bool,
        line: &PayloadLine,
        now: Timestamp,
    ) -> (Scope, [u8; 32]) {
        let scope = self.scope(now);
        let shape =
            Shape { signed_headers: names, s3: is_s3(self.service), presigned, payload: line.as_bytes() };
        let request = sha256(&canonical_request(parts, &shape));
        let key = SigningKey::derive(self.secret, &scope);
        let signature = key.signature(&string_to_sign(&now.basic(), &scope, &request));
        (scope, signature)
    }
}

fn signed_names(parts: &Parts) -> String {
    let mut names: Vec<&str> = parts.headers.keys().map(HeaderName::as_str).collect();
    names.push("host");
    names.retain(|name| !UNSIGNED.contains(name));
    names.sort_unstable();
    names.dedup();
    names.join(";")
}

fn set(parts: &mut Parts, name: &'static str, value: &str) -> Result<(), SignError> {
    let value = HeaderValue::from_str(value).map_err(|_| SignError::NotAHeader)?;
    parts.headers.insert(HeaderName::from_static(name), value);
    Ok(())
}

fn set_query(parts: &mut Parts, query: &str) -> Result<(), SignError> {
    let path = if parts.uri.path().is_empty() { "/" } else { parts.uri.path() };
    let path_and_query = format!("{path}?{query}");
    let mut uri = std::mem::take(&mut parts.uri).into_parts();
    uri.path_and_query = Some(path_and_query.parse().map_err(|_| SignError::NotAUri)?);
    parts.uri = Uri::from_parts(uri).map_err(|_| SignError::NotAUri)?;
    Ok(())
}

fn add(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            query.push(char::from(byte));
        } else {
            query.push_str(percent_encode_byte(byte));
        }
    }
}
