use std::time::Duration;

use aws_lc_rs::{constant_time, digest};
use bastide_ids::Timestamp;
use http::request::Parts;

use crate::ALGORITHM;
use crate::canonical::{Shape, canonical_request};
use crate::failure::{AuthFailure, ScopeMismatch, Via};
use crate::key::SigningKey;
use crate::presented::{Payload, Presented, hex, repeated};

/// What a request must be signed for. The default asks for nothing and allows no unsigned body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// The signing name of the service that was called.
    pub service: Option<&'a str>,
    /// The region that was called.
    pub region: Option<&'a str>,
    /// Whether an operation outside S3 takes an unsigned body (Smithy's `unsignedPayload`). S3 always does.
    pub unsigned_payload: bool,
}

/// The body of a request, as far as it is there.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// Its SHA-256.
    Sha256([u8; 32]),
    /// Not read yet. The signature is checked against the hash that was signed; the caller must hold the body
    /// against it afterwards with [`Payload::check`], or read it through a [`crate::ChunkDecoder`].
    Deferred,
}

/// Whether a request is what the holder of the key's secret signed, for this moment, region and service.
///
/// # Errors
/// [`AuthFailure`] when anything is amiss; the request must not be served.
pub fn verify(
    parts: &Parts,
    presented: &Presented,
    key: &SigningKey,
    body: Body<'_>,
    now: Timestamp,
    expected: &Expected<'_>,
) -> Result<(), AuthFailure> {
    check_signed_headers(parts, presented)?;
    check_scope(presented, expected)?;
    check_time(presented, now)?;
    let s3 = is_s3(&presented.scope.service);
    let payload = payload_line(presented, body, s3, expected.unsigned_payload)?;
    let shape = Shape {
        signed_headers: &presented.signed_headers,
        s3,
        presigned: presented.via == Via::Query,
        payload: payload.as_bytes(),
    };
    let request = sha256(&canonical_request(parts, &shape));
    let calculated = key.signature(&string_to_sign(&presented.stamp, &presented.scope, &request));
    match presented.signature {
        Some(given) if constant_time::verify_slices_are_equal(&calculated, &given).is_ok() => Ok(()),
        _ => Err(AuthFailure::Mismatch),
    }
}

/// The SHA-256 of some bytes.
#[must_use]
pub fn sha256(data: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, data);
    let mut out = [0; 32];
    out.copy_from_slice(digest.as_ref());
    out
}

/// Whether a signing name is one of S3's, which signs paths and bodies by rules of its own.
pub(crate) fn is_s3(service: &str) -> bool {
    matches!(service, "s3" | "s3-outposts" | "s3-object-lambda" | "s3express")
}

pub(crate) fn string_to_sign(stamp: &str, scope: &crate::Scope, request: &[u8; 32]) -> Vec<u8> {
    let mut out = Vec::with_capacity(192);
    let lines: [&[u8]; 9] = [
        ALGORITHM.as_bytes(),
        b"\n",
        stamp.as_bytes(),
        b"\n",
        scope.date.as_bytes(),
        b"/",
        scope.region.as_bytes(),
        b"/",
        scope.service.as_bytes(),
    ];
    lines.iter().for_each(|part| out.extend_from_slice(part));
    out.extend_from_slice(b"/aws4_request\n");
    out.extend_from_slice(&hex(request));
    out
}

/// The last line of the canonical request.
pub(crate) enum PayloadLine {
    Hash([u8; 64]),
    Word(&'static str),
}

impl PayloadLine {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Hash(digits) => digits,
            Self::Word(word) => word.as_bytes(),
        }
    }

    /// The word of a payload; `None` for a hash.
    pub(crate) fn word(payload: Payload) -> Option<&'static str> {
        match payload {
            Payload::Absent | Payload::Hash(_) => None,
            Payload::Unsigned => Some("UNSIGNED-PAYLOAD"),
            Payload::StreamingSigned => Some("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            Payload::StreamingSignedTrailer => Some("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"),
            Payload::StreamingUnsignedTrailer => Some("STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        }
    }
}

fn payload_line(
    presented: &Presented,
    body: Body<'_>,
    s3: bool,
    unsigned_allowed: bool,
) -> Result<PayloadLine, AuthFailure> {
    let actual = match body {
        Body::Whole(bytes) => Some(sha256(bytes)),
        Body::Sha256(hash) => Some(hash),
        Body::Deferred => None,
    };
    if let Some(word) = PayloadLine::word(presented.payload) {
        return if s3 || unsigned_allowed { Ok(PayloadLine::Word(word)) } else { Err(AuthFailure::Mismatch) };
    }
    match (presented.payload, actual) {
        (Payload::Hash(signed), Some(actual)) if signed != actual => Err(AuthFailure::PayloadHashMismatch),
        (Payload::Hash(signed), _) => Ok(PayloadLine::Hash(hex(&signed))),
        _ if s3 && presented.via == Via::Query => Ok(PayloadLine::Word("UNSIGNED-PAYLOAD")),
        _ if s3 => Err(AuthFailure::PayloadHashMissing),
        (_, Some(actual)) => Ok(PayloadLine::Hash(hex(&actual))),
        (_, None) => Err(AuthFailure::Mismatch),
    }
}

fn check_signed_headers(parts: &Parts, presented: &Presented) -> Result<(), AuthFailure> {
    let signed = |name: &str| presented.signed_headers.split(';').any(|signed| signed == name);
    if !signed("host") {
        return Err(AuthFailure::HeaderNotSigned("host".into()));
    }
    let loose = parts.headers.keys().map(http::HeaderName::as_str);
    let loose = loose.filter(|name| name.starts_with("x-amz-")).find(|name| !signed(name));
    loose.map_or(Ok(()), |name| Err(AuthFailure::HeaderNotSigned(repeated(name))))
}

fn check_scope(presented: &Presented, expected: &Expected<'_>) -> Result<(), AuthFailure> {
    let scope = &presented.scope;
    let other = |given: &str, wanted: Option<&str>| {
        wanted.filter(|wanted| *wanted != given).map(|wanted| (repeated(given), wanted.to_owned()))
    };
    let mismatch = ScopeMismatch {
        via: presented.via,
        region: other(&scope.region, expected.region),
        service: other(&scope.service, expected.service),
        terminator: None,
        date: (presented.stamp.get(..8) != Some(scope.date.as_str()))
            .then(|| (repeated(&scope.date), presented.stamp.clone())),
    };
    if mismatch.is_empty() { Ok(()) } else { Err(AuthFailure::Scope(Box::new(mismatch))) }
}

/// Clocks may differ by 15 minutes at S3 and the older Query services, by 5 elsewhere: both stand in the
/// messages that these services answer with.
fn allowed_skew(service: &str) -> Duration {
    let minutes = if is_s3(service) || matches!(service, "iam" | "sts" | "sns" | "sqs") { 15 } else { 5 };
    Duration::from_secs(minutes * 60)
}

fn check_time(presented: &Presented, now: Timestamp) -> Result<(), AuthFailure> {
    let time = presented.time;
    let skew = allowed_skew(&presented.scope.service);
    if time > now.plus(skew) {
        return Err(AuthFailure::NotYetCurrent { time, now, window: skew, via: presented.via });
    }
    match (presented.via, is_s3(&presented.scope.service), presented.expires) {
        (Via::Query, true, Some(expires)) if now > time.plus(expires) => {
            Err(AuthFailure::PresignedExpired { time, now, expires })
        }
        (Via::Query, true, Some(_)) => Ok(()),
        (Via::Query, true, None) => Err(AuthFailure::Malformed {
            via: Via::Query,
            general: String::new(),
            s3: "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, \
                 X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
                .into(),
        }),
        // Outside S3 a presigned URL is good for 15 minutes at most, whatever it asks for.
        (via, _, expires) => {
            let most = if via == Via::Query { Duration::from_secs(15 * 60) } else { skew };
            let window = expires.map_or(most, |expires| expires.min(most));
            if now.minus(window) > time { Err(AuthFailure::Expired { time, now, window }) } else { Ok(()) }
        }
    }
}
