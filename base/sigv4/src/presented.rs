use std::borrow::Cow;
use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bastide_ids::Timestamp;
use http::HeaderMap;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::canonical::{is_canonical_list, query_pairs};
use crate::failure::{AuthFailure, ScopeMismatch, Via};
use crate::key::Scope;
use crate::{ALGORITHM, TERMINATOR};

/// The longest time that a presigned URL may be good for: seven days, in seconds.
const MAX_EXPIRES: u64 = 604_800;
/// The longest credential: AWS's longest access key is 128 characters, a scope far shorter than the rest.
const MAX_CREDENTIAL: usize = 512;
/// How much of a request's own text an error repeats.
const MAX_REPEATED: usize = 256;

/// What a request claims about its signer. Nothing of it is true until [`crate::verify`] has said so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Presented {
    /// The access key that it says it is signed with.
    pub access_key_id: String,
    /// The day, region and service that it is signed for.
    pub scope: Scope,
    /// When it was signed.
    pub time: Timestamp,
    /// How long a presigned URL is good for.
    pub expires: Option<Duration>,
    /// The names of the signed headers: lower-case, sorted, with semicolons between.
    pub signed_headers: String,
    /// The signature; `None` when it is not 64 hex digits, which matches nothing.
    pub signature: Option<[u8; 32]>,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
    /// What was signed of the body.
    pub payload: Payload,
    /// How the signature came.
    pub via: Via,
    /// [`Self::time`] as `20261121T093000Z`.
    pub(crate) stamp: String,
}

/// What was signed of the body, by `x-amz-content-sha256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The header is not there: outside S3 the body's own hash was signed, in a presigned S3 URL nothing.
    Absent,
    /// The SHA-256 of the body.
    Hash([u8; 32]),
    /// `UNSIGNED-PAYLOAD`: nothing.
    Unsigned,
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`: each chunk.
    StreamingSigned,
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER`: each chunk and the trailer.
    StreamingSignedTrailer,
    /// `STREAMING-UNSIGNED-PAYLOAD-TRAILER`: nothing, in chunks with a trailer.
    StreamingUnsignedTrailer,
}

impl Payload {
    /// Whether the body is aws-chunked, to be read through a [`crate::ChunkDecoder`].
    #[must_use]
    pub fn is_streaming(self) -> bool {
        matches!(self, Self::StreamingSigned | Self::StreamingSignedTrailer | Self::StreamingUnsignedTrailer)
    }

    /// Holds the hash of a body that was read after [`crate::verify`] with [`crate::Body::Deferred`] against
    /// the one that was signed.
    ///
    /// # Errors
    /// [`AuthFailure::PayloadHashMismatch`] when they differ.
    pub fn check(self, sha256: &[u8; 32]) -> Result<(), AuthFailure> {
        match self {
            Self::Hash(signed) if signed != *sha256 => Err(AuthFailure::PayloadHashMismatch),
            _ => Ok(()),
        }
    }

    /// What a request's `x-amz-content-sha256` header says, signed or not.
    ///
    /// # Errors
    /// [`AuthFailure::PayloadHashInvalid`] when it says something else.
    pub fn of(headers: &HeaderMap) -> Result<Self, AuthFailure> {
        payload(headers, None)
    }

    fn parse(value: &[u8]) -> Result<Self, AuthFailure> {
        match value {
            b"UNSIGNED-PAYLOAD" => Ok(Self::Unsigned),
            b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => Ok(Self::StreamingSigned),
            b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => Ok(Self::StreamingSignedTrailer),
            b"STREAMING-UNSIGNED-PAYLOAD-TRAILER" => Ok(Self::StreamingUnsignedTrailer),
            hash => unhex(hash).map(Self::Hash).ok_or(AuthFailure::PayloadHashInvalid),
        }
    }
}

/// Reads who signed a request, from its `Authorization` header or its query. `None`: nobody did.
///
/// # Errors
/// [`AuthFailure`] when there is a signature, but not one of the form of Signature Version 4.
pub fn presented(parts: &Parts) -> Result<Option<Presented>, AuthFailure> {
    let header = parts.headers.get(http::header::AUTHORIZATION);
    let query = parts.uri.query().filter(|query| has_signature(query));
    match (header, query) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(AuthFailure::TwoMechanisms),
        (None, Some(query)) => from_query(parts, query).map(Some),
        (Some(value), None) => {
            if parts.headers.get_all(http::header::AUTHORIZATION).iter().count() > 1 {
                return Err(AuthFailure::TwoMechanisms);
            }
            from_header(parts, value.as_bytes()).map(Some)
        }
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8; 32]) -> [u8; 64] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
    let mut out = [0; 64];
    for (pair, byte) in out.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    out
}

/// Reads 64 lower-case hex digits.
pub(crate) fn unhex(text: &[u8]) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut out = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(out)
}

fn has_signature(query: &str) -> bool {
    // `AWSAccessKeyId` with `Signature` is version 2: refused with a clear word rather than taken for anonymous.
    let v2 = || query_pairs(query).any(|(name, _)| name == "AWSAccessKeyId") && query.contains("Signature=");
    query_pairs(query).any(|(name, _)| {
        matches!(name, "X-Amz-Algorithm" | "X-Amz-Signature" | "X-Amz-Credential" | "X-Amz-SignedHeaders")
    }) || v2()
}

fn from_header(parts: &Parts, value: &[u8]) -> Result<Presented, AuthFailure> {
    let hashed = || STANDARD.encode(digest::digest(&digest::SHA256, value));
    let text = str::from_utf8(value).map_err(|_| AuthFailure::UnsupportedMechanism)?.trim();
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    if scheme != ALGORITHM {
        return Err(other_scheme(scheme, Via::Header));
    }
    let [mut credential, mut signed_headers, mut signature] = [None; 3];
    for pair in rest.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let equals = pair.split_once('=').filter(|(name, _)| !name.is_empty() && !name.contains(' '));
        let Some((name, value)) = equals else {
            return Err(malformed(
                Via::Header,
                format!(
                    "'{}' not a valid key=value pair (missing equal-sign) in Authorization header (hashed with \
                     SHA-256 and encoded with Base64): '{}'.",
                    repeated(pair),
                    hashed()
                ),
            ));
        };
        let slot = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => continue,
        };
        if slot.replace(value).is_some() {
            return Err(malformed(
                Via::Header,
                format!("Authorization header must have the '{name}' parameter once."),
            ));
        }
    }
    let moment = header_date(&parts.headers)?;
    let (Some(credential), Some(signed_headers), Some(signature), Some((time, stamp))) =
        (credential, signed_headers, signature, moment.clone())
    else {
        let missing = [
            (credential.is_none(), "Authorization header requires 'Credential' parameter."),
            (signature.is_none(), "Authorization header requires 'Signature' parameter."),
            (signed_headers.is_none(), "Authorization header requires 'SignedHeaders' parameter."),
            (
                moment.is_none(),
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
            ),
        ];
        if missing.iter().filter(|(is, _)| *is).count() == 1 && moment.is_none() {
            return Err(AuthFailure::MissingDate);
        }
        let said: Vec<&str> = missing.iter().filter(|(is, _)| *is).map(|(_, what)| *what).collect();
        let end = "(Hashed with SHA-256 and encoded with Base64) Authorization=";
        return Err(malformed(Via::Header, format!("{} {end}{}", said.join(" "), hashed())));
    };
    let (access_key_id, scope) = split_credential(credential, Via::Header)?;
    Ok(Presented {
        access_key_id,
        scope,
        time,
        expires: None,
        signed_headers: header_list(signed_headers, Via::Header)?,
        signature: unhex(signature.as_bytes()),
        session_token: single(&parts.headers, "x-amz-security-token")?.map(str::to_owned),
        payload: payload(&parts.headers, None)?,
        via: Via::Header,
        stamp,
    })
}

fn from_query(parts: &Parts, query: &str) -> Result<Presented, AuthFailure> {
    let names = [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
        "X-Amz-Expires",
        "X-Amz-Security-Token",
        "X-Amz-Content-Sha256",
    ];
    let mut found: [Option<Cow<'_, str>>; 8] = Default::default();
    for (name, value) in query_pairs(query) {
        let Some((_, slot)) = names.iter().zip(&mut found).find(|(known, _)| **known == name) else {
            continue;
        };
        let value = percent_decode_str(value)
            .decode_utf8()
            .map_err(|_| malformed(Via::Query, format!("'{name}' is not valid UTF-8.")))?;
        if slot.replace(value).is_some() {
            let said = format!("AWS query-string parameters must include '{name}' once.");
            return Err(malformed(Via::Query, said));
        }
    }
    let [algorithm, credential, date, signed_headers, signature, expires, token, content] = found;
    if algorithm.is_none() && credential.is_none() && signature.is_none() && signed_headers.is_none() {
        return Err(AuthFailure::UnsupportedMechanism);
    }
    let (Some(algorithm), Some(credential), Some(date), Some(signed_headers), Some(signature)) =
        (&algorithm, &credential, &date, &signed_headers, &signature)
    else {
        let given = [&algorithm, &credential, &date, &signed_headers, &signature];
        return Err(missing_parameters(
            names.iter().zip(given).filter(|(_, v)| v.is_none()).map(|(n, _)| *n),
        ));
    };
    if algorithm != ALGORITHM {
        return Err(other_scheme(algorithm, Via::Query));
    }
    let (access_key_id, scope) = split_credential(credential, Via::Query)?;
    let time = Timestamp::parse_basic(date).map_err(|_| bad_date(date, Via::Query))?;
    Ok(Presented {
        expires: expires.as_deref().map(parse_expires).transpose()?,
        access_key_id,
        scope,
        time,
        signed_headers: header_list(signed_headers, Via::Query)?,
        signature: unhex(signature.as_bytes()),
        session_token: match token {
            Some(token) => Some(token.into_owned()),
            None => single(&parts.headers, "x-amz-security-token")?.map(str::to_owned),
        },
        payload: payload(&parts.headers, content.as_deref())?,
        via: Via::Query,
        stamp: date.clone().into_owned(),
    })
}

fn missing_parameters<'a>(names: impl Iterator<Item = &'a str>) -> AuthFailure {
    let said: Vec<String> =
        names.map(|name| format!("AWS query-string parameters must include '{name}'.")).collect();
    AuthFailure::Malformed {
        via: Via::Query,
        general: format!("{} Re-examine the query-string parameters.", said.join(" ")),
        s3: "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, \
             X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
            .into(),
    }
}

/// `AKID/20261121/us-east-1/kms/aws4_request`
fn split_credential(credential: &str, via: Via) -> Result<(String, Scope), AuthFailure> {
    let mut elements = credential.split('/');
    let five = [(); 5].map(|()| elements.next());
    let plain = credential.len() <= MAX_CREDENTIAL && credential.bytes().all(|byte| byte.is_ascii_graphic());
    let (true, [Some(id), Some(date), Some(region), Some(service), Some(end)], None) =
        (plain, five, elements.next())
    else {
        return Err(AuthFailure::Malformed {
            via,
            general: format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{}'",
                repeated(credential)
            ),
            s3: format!(
                "{}; the Credential is mal-formed; expecting \
                 \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
                via.s3_prefix()
            ),
        });
    };
    if end != TERMINATOR {
        return Err(AuthFailure::Scope(Box::new(ScopeMismatch {
            via,
            region: None,
            service: None,
            terminator: Some(repeated(end)),
            date: None,
        })));
    }
    Ok((id.into(), Scope { date: date.into(), region: region.into(), service: service.into() }))
}

fn header_list(names: &str, via: Via) -> Result<String, AuthFailure> {
    if names.bytes().any(|byte| !is_token(byte) && byte != b';') {
        return Err(malformed(via, "'SignedHeaders' must hold header names with semicolons between.".into()));
    }
    if is_canonical_list(names) && !names.split(';').any(str::is_empty) {
        return Ok(names.into());
    }
    let lower = names.to_ascii_lowercase();
    let mut sorted: Vec<&str> = lower.split(';').collect();
    sorted.sort_unstable();
    if sorted.iter().zip(sorted.iter().skip(1)).any(|(a, b)| a == b) || sorted.contains(&"") {
        return Err(malformed(via, "'SignedHeaders' must name each signed header once.".into()));
    }
    Ok(sorted.join(";"))
}

/// A character of a header's name (RFC 9110, `tchar`).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The time of a header-signed request, and its text in basic form.
fn header_date(headers: &HeaderMap) -> Result<Option<(Timestamp, String)>, AuthFailure> {
    if let Some(text) = single(headers, "x-amz-date")? {
        let time = Timestamp::parse_basic(text).map_err(|_| bad_date(text, Via::Header))?;
        return Ok(Some((time, text.into())));
    }
    let Some(text) = single(headers, "date")? else { return Ok(None) };
    let time = Timestamp::parse_basic(text)
        .or_else(|_| Timestamp::parse_http_date(text))
        .map_err(|_| bad_date(text, Via::Header))?;
    Ok(Some((time, time.basic())))
}

fn bad_date(given: &str, via: Via) -> AuthFailure {
    AuthFailure::Malformed {
        via,
        general: format!("Date must be in ISO-8601 'basic format'. Got '{}'.", repeated(given)),
        s3: match via {
            Via::Header => format!("{}; the date is not valid.", via.s3_prefix()),
            Via::Query => "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"".into(),
        },
    }
}

fn parse_expires(text: &str) -> Result<Duration, AuthFailure> {
    let wrong = |said: &str| {
        let general = format!("'X-Amz-Expires' is not valid: {said}");
        AuthFailure::Malformed { via: Via::Query, general, s3: said.into() }
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong("X-Amz-Expires should be a number"));
    }
    if digits.len() < text.len() {
        return Err(wrong("X-Amz-Expires must be non-negative"));
    }
    match text.parse() {
        Ok(seconds @ 0..=MAX_EXPIRES) => Ok(Duration::from_secs(seconds)),
        _ => Err(wrong(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be \
             less than 604800 seconds",
        )),
    }
}

fn payload(headers: &HeaderMap, query: Option<&str>) -> Result<Payload, AuthFailure> {
    match single(headers, "x-amz-content-sha256")?.or(query) {
        Some(value) => Payload::parse(value.as_bytes()),
        None => Ok(Payload::Absent),
    }
}

/// The value of a header that may stand once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, AuthFailure> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    let Some(first) = first else { return Ok(None) };
    match (first.to_str(), second) {
        (Ok(text), None) => Ok(Some(text.trim())),
        _ => Err(malformed(Via::Header, format!("'{name}' must stand once and be plain text."))),
    }
}

fn other_scheme(scheme: &str, via: Via) -> AuthFailure {
    if scheme.starts_with("AWS4-") {
        AuthFailure::UnsupportedAlgorithm { via, algorithm: repeated(scheme) }
    } else {
        AuthFailure::UnsupportedMechanism
    }
}

fn malformed(via: Via, general: String) -> AuthFailure {
    let s3 = match via {
        Via::Header => {
            "The authorization header is malformed; the authorization header requires three \
                        components: Credential, SignedHeaders, and Signature."
        }
        Via::Query => "The query-string authentication parameters are not well-formed.",
    };
    AuthFailure::Malformed { via, general, s3: s3.into() }
}

/// A part of the request as an error may repeat it: short, and without control characters, which XML cannot
/// carry.
pub(crate) fn repeated(text: &str) -> String {
    text.chars().take(MAX_REPEATED).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
