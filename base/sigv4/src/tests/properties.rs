//! Whatever comes is verified or refused, and nothing signed can be changed.

use std::time::Duration;

use crate::{AuthFailure, Body, Expected, SignedBody, Signer, normal_path, presented, verify};
use bastide_ids::Timestamp;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use proptest::prelude::*;

use super::common::{AKID, SECRET, key, parts};

fn check(parts: &Parts, body: &[u8], now: Timestamp) -> Result<(), AuthFailure> {
    let claim = presented(parts)?.ok_or(AuthFailure::MissingToken)?;
    verify(parts, &claim, &key(&claim), Body::Whole(body), now, &Expected::default())
}

/// Anything that a client may send and sign.
#[derive(Clone, Debug)]
struct Any {
    parts: Parts,
    body: Vec<u8>,
    service: &'static str,
    token: Option<String>,
    presign: bool,
    now: Timestamp,
}

impl Any {
    fn sign(&self) -> Parts {
        let signer = Signer {
            access_key_id: AKID,
            secret: SECRET,
            session_token: self.token.as_deref(),
            region: "eu-central-1",
            service: self.service,
        };
        let mut signed = self.parts.clone();
        let body = SignedBody::Whole(&self.body);
        if self.presign {
            signer.presign(&mut signed, body, Some(Duration::from_secs(60)), self.now).unwrap();
        } else {
            signer.sign(&mut signed, body, self.now).unwrap();
        }
        signed
    }
}

fn any_request() -> impl Strategy<Value = Any> {
    (
        prop::sample::select(vec![Method::GET, Method::POST, Method::PUT, Method::DELETE]),
        "(/[a-zA-Z0-9._~%!$()-]{0,6}){1,4}",
        prop::option::of("[a-zA-Z0-9%+/._~=&-]{0,30}"),
        prop::collection::vec(("x-[b-z]{1,6}", "[ -~]{0,20}"), 0..4),
        prop::collection::vec(any::<u8>(), 0..60),
        prop::sample::select(vec!["s3", "kms", "sts"]),
        prop::option::of("[A-Za-z0-9/+=]{1,30}"),
        any::<bool>(),
        0i64..4_000_000_000,
    )
        .prop_map(|(method, path, query, headers, body, service, token, presign, seconds)| {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            let mut parts =
                parts("GET", &format!("https://h.example:4566{path}{query}"), &[("host", "h.example:4566")]);
            parts.method = method;
            for (name, value) in headers {
                let name: HeaderName = name.parse().unwrap();
                parts.headers.append(name, HeaderValue::from_str(&value).unwrap());
            }
            Any { parts, body, service, token, presign, now: Timestamp::from_seconds(seconds) }
        })
}

/// One change of something that is signed.
#[derive(Clone, Debug)]
enum Change {
    Method,
    Path,
    Query,
    Host,
    Header,
    Body,
    Day,
    Region,
    Signature(usize),
}

fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Method),
        Just(Change::Path),
        Just(Change::Query),
        Just(Change::Host),
        Just(Change::Header),
        Just(Change::Body),
        Just(Change::Day),
        Just(Change::Region),
        (0usize..64).prop_map(Change::Signature),
    ]
}

/// Changes the text of the signature, wherever it stands.
fn rewrite(parts: &mut Parts, presign: bool, change: impl FnOnce(&str) -> String) {
    if presign {
        parts.uri = change(&parts.uri.to_string()).parse().unwrap();
    } else {
        let value = change(parts.headers["authorization"].to_str().unwrap());
        parts.headers.insert("authorization", value.parse().unwrap());
    }
}

/// `false` when this change makes no difference to what was signed.
fn apply(change: &Change, parts: &mut Parts, body: &mut Vec<u8>, request: &Any) -> bool {
    let presign = request.presign;
    match change {
        Change::Method => parts.method = Method::PATCH,
        Change::Path => {
            let (path, query) = (parts.uri.path(), parts.uri.query());
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            parts.uri = format!("https://h.example:4566{path}x{query}").parse().unwrap();
            // A last segment `.` or `..` is another one then, which is what this shows; nothing is lost.
        }
        Change::Query => {
            let joint = if parts.uri.query().is_some() { '&' } else { '?' };
            parts.uri = format!("{}{joint}zz=1", parts.uri).parse().unwrap();
        }
        Change::Host => {
            parts.headers.insert("host", HeaderValue::from_static("other.example"));
        }
        Change::Header => match parts.headers.keys().find(|name| name.as_str().starts_with("x-")).cloned() {
            Some(name) if !name.as_str().starts_with("x-amz-") => {
                parts.headers.append(name, HeaderValue::from_static("more"));
            }
            _ => return false,
        },
        // A presigned S3 URL does not sign the body.
        Change::Body if presign && request.service == "s3" => return false,
        Change::Body => body.push(b'x'),
        Change::Day => rewrite(parts, presign, |text| {
            let day = &request.now.plus(Duration::from_secs(86_400)).basic()[..8];
            text.replacen(&request.now.basic()[..8], day, 1)
        }),
        Change::Region => rewrite(parts, presign, |text| text.replacen("eu-central-1", "eu-central-2", 1)),
        Change::Signature(at) => rewrite(parts, presign, |text| {
            let start = text.find("Signature=").unwrap() + "Signature=".len() + at;
            let other = if &text[start..=start] == "0" { "1" } else { "0" };
            format!("{}{other}{}", &text[..start], &text[start + 1..])
        }),
    }
    true
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted(request in any_request()) {
        let signed = request.sign();
        prop_assert_eq!(check(&signed, &request.body, request.now), Ok(()));
    }

    #[test]
    fn nothing_signed_can_be_changed(request in any_request(), change in any_change()) {
        let mut signed = request.sign();
        let mut body = request.body.clone();
        if apply(&change, &mut signed, &mut body, &request) {
            prop_assert!(check(&signed, &body, request.now).is_err());
        }
    }

    #[test]
    fn another_secret_is_refused(request in any_request(), secret in "[ -~]{1,40}") {
        let signed = request.sign();
        let claim = presented(&signed).unwrap().unwrap();
        let key = crate::SigningKey::derive(&secret, &claim.scope);
        let verified =
            verify(&signed, &claim, &key, Body::Whole(&request.body), request.now, &Expected::default());
        prop_assert_eq!(verified, Err(AuthFailure::Mismatch));
    }

    #[test]
    fn any_header_is_read_or_refused(
        value in prop_oneof![
            prop::collection::vec(any::<u8>().prop_filter("a header's", |b| *b >= 32 && *b != 127), 0..80),
            "AWS4-HMAC-SHA256 (Credential=[a-z/]{0,12}|SignedHeaders=[a-zA-Z;]{0,9}|Signature=[0-9a-f]{0,66}|[ ,=a-z]{0,9}){0,5}"
                .prop_map(String::into_bytes),
        ],
        date in "[ -~]{0,20}",
        hash in "[ -~]{0,70}",
    ) {
        let mut parts = parts("GET", "https://h/", &[("host", "h")]);
        parts.headers.insert("authorization", HeaderValue::from_bytes(&value).unwrap());
        parts.headers.insert("date", date.parse().unwrap());
        parts.headers.insert("x-amz-content-sha256", hash.parse().unwrap());
        prop_assert!(check(&parts, b"", Timestamp::from_seconds(0)).is_err());
    }

    #[test]
    fn any_query_is_read_or_refused(
        pairs in prop::collection::vec(
            ("(X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token|Content-Sha256)|a)",
             "(AWS4-HMAC-SHA256|a/20150830/r/s/aws4_request|20150830T123600Z|[0-9]{1,6}|host|[%a-f0-9]{0,70})"),
            0..9),
    ) {
        let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let parts = parts("GET", &format!("https://h/?{}", query.join("&")), &[("host", "h")]);
        prop_assert!(check(&parts, b"", Timestamp::from_seconds(1_440_938_160)).is_err());
    }

    #[test]
    fn a_normal_path_stays_so(path in "(/[a-z.]{0,3}){0,6}") {
        let once = normal_path(&path).into_owned();
        prop_assert!(once.starts_with('/') && !once.contains("//"));
        prop_assert!(!once.split('/').any(|segment| segment == "." || segment == ".."));
        prop_assert_eq!(&*normal_path(&once), &once);
    }
}
