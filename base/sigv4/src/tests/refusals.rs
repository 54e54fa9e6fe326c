//! Each refusal has AWS's code, status and message in each dialect.

use std::time::Duration;

use crate::{AuthFailure, Body, Dialect, Expected, Payload, SignedBody, presented, sha256, verify};
use bastide_ids::Timestamp;
use http::request::Parts;

use super::common::{at, key, parts, signer};

const BODY: &[u8] = b"{}";
const DIALECTS: [Dialect; 5] = [Dialect::Json, Dialect::RestJson, Dialect::Query, Dialect::Ec2, Dialect::S3];

fn now() -> Timestamp {
    at("20261121T093000Z")
}

fn signed_for(service: &'static str, region: &'static str) -> Parts {
    let mut parts = parts("POST", "https://h.example/", &[("host", "h.example")]);
    signer(service, region).sign(&mut parts, SignedBody::Whole(BODY), now()).unwrap();
    parts
}

fn presigned(service: &'static str, expires: Option<u64>) -> Parts {
    let mut parts = parts("GET", "https://h.example/?a=b", &[("host", "h.example")]);
    let expires = expires.map(Duration::from_secs);
    signer(service, "us-east-1").presign(&mut parts, SignedBody::Whole(BODY), expires, now()).unwrap();
    parts
}

fn check_at(parts: &Parts, moment: Timestamp) -> Result<(), AuthFailure> {
    let claim = presented(parts)?.ok_or(AuthFailure::MissingToken)?;
    verify(parts, &claim, &key(&claim), Body::Whole(BODY), moment, &Expected::default())
}

fn check(parts: &Parts) -> Result<(), AuthFailure> {
    check_at(parts, now())
}

fn with_authorization(value: &str) -> Parts {
    let mut parts = signed_for("kms", "us-east-1");
    parts.headers.insert("authorization", value.parse().unwrap());
    parts
}

fn codes(failure: &AuthFailure) -> [(&'static str, u16); 5] {
    DIALECTS.map(|dialect| (failure.code(dialect), failure.status(dialect)))
}

#[test]
fn anonymous_is_not_a_failure() {
    assert_eq!(presented(&parts("GET", "https://h/?a=b", &[("host", "h")])), Ok(None));
    let expected = [
        ("MissingAuthenticationTokenException", 400),
        ("MissingAuthenticationTokenException", 403),
        ("MissingAuthenticationToken", 403),
        ("AuthFailure", 401),
        ("AccessDenied", 403),
    ];
    assert_eq!(codes(&AuthFailure::MissingToken), expected);
}

#[test]
fn unknown_keys_and_tokens() {
    let expected = [
        ("UnrecognizedClientException", 400),
        ("UnrecognizedClientException", 403),
        ("InvalidClientTokenId", 403),
        ("AuthFailure", 401),
        ("InvalidAccessKeyId", 403),
    ];
    assert_eq!(codes(&AuthFailure::UnknownAccessKey), expected);
    assert_eq!(
        AuthFailure::UnknownAccessKey.message(Dialect::Query),
        "The security token included in the request is invalid."
    );
    let expected = [
        ("ExpiredTokenException", 400),
        ("ExpiredTokenException", 403),
        ("ExpiredToken", 403),
        ("RequestExpired", 400),
        ("ExpiredToken", 400),
    ];
    assert_eq!(codes(&AuthFailure::ExpiredToken), expected);
}

#[test]
fn another_signature() {
    let mut parts = signed_for("kms", "us-east-1");
    assert_eq!(check(&parts), Ok(()));
    parts.headers.insert("x-amz-date", "20261121T093001Z".parse().unwrap());
    let failure = check(&parts).unwrap_err();
    assert_eq!(failure, AuthFailure::Mismatch);
    let expected = [
        ("InvalidSignatureException", 400),
        ("InvalidSignatureException", 403),
        ("SignatureDoesNotMatch", 403),
        ("AuthFailure", 401),
        ("SignatureDoesNotMatch", 403),
    ];
    assert_eq!(codes(&failure), expected);
    assert_eq!(
        failure.message(Dialect::Json),
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method. Consult the service documentation for details."
    );
    // Not hex, or not long enough: no more and no less than another signature.
    for signature in ["", "00", &"zz".repeat(32), &"AA".repeat(32)] {
        let parts = with_authorization(&format!(
            "AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/kms/aws4_request, SignedHeaders=host;x-amz-date, \
             Signature={signature}"
        ));
        assert_eq!(check(&parts), Err(AuthFailure::Mismatch), "{signature}");
    }
}

#[test]
fn incomplete_headers() {
    let missing = with_authorization("AWS4-HMAC-SHA256 Foo=bar");
    let failure = check(&missing).unwrap_err();
    let expected = [
        ("IncompleteSignatureException", 400),
        ("IncompleteSignatureException", 403),
        ("IncompleteSignature", 400),
        ("AuthFailure", 401),
        ("AuthorizationHeaderMalformed", 400),
    ];
    assert_eq!(codes(&failure), expected);
    assert!(failure.message(Dialect::Query).starts_with(
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' \
         parameter. Authorization header requires 'SignedHeaders' parameter. (Hashed with SHA-256"
    ));
    let no_equals = check(&with_authorization("AWS4-HMAC-SHA256 Credential")).unwrap_err();
    assert!(
        no_equals.message(Dialect::Json).starts_with(
            "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header"
        )
    );
    // A key with a blank before it, as pasted ones have.
    let blank = check(&with_authorization("AWS4-HMAC-SHA256 Credential=A B/c/d/e/f, X Y=z")).unwrap_err();
    assert!(blank.message(Dialect::Json).starts_with("'X Y=z' not a valid key=value pair"), "{blank}");

    let mut no_date = signed_for("kms", "us-east-1");
    no_date.headers.remove("x-amz-date");
    let failure = check(&no_date).unwrap_err();
    assert_eq!(failure, AuthFailure::MissingDate);
    assert_eq!((failure.code(Dialect::S3), failure.status(Dialect::S3)), ("AccessDenied", 403));

    let four = check(&with_authorization(
        "AWS4-HMAC-SHA256 Credential=A/20261121/kms/aws4_request,SignedHeaders=host,Signature=0",
    ));
    assert_eq!(
        four.unwrap_err().message(Dialect::Json),
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
         'A/20261121/kms/aws4_request'"
    );
    let twice = check(&with_authorization("AWS4-HMAC-SHA256 Signature=1, Signature=2")).unwrap_err();
    assert_eq!(twice.code(Dialect::Query), "IncompleteSignature");
}

#[test]
fn lists_of_signed_headers() {
    let listed = |names: &str| {
        let value = format!(
            "AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/kms/aws4_request,SignedHeaders={names},Signature=0"
        );
        presented(&with_authorization(&value)).map(|claim| claim.unwrap().signed_headers)
    };
    assert_eq!(listed("host;x-amz-date").unwrap(), "host;x-amz-date");
    assert_eq!(listed("X-Amz-Date;Host").unwrap(), "host;x-amz-date");
    for bad in ["", ";host", "host;;x-amz-date", "host;host", "Host;host", "host x-amz-date", "h\u{e9}"] {
        let failure = listed(bad).unwrap_err();
        assert_eq!(failure.code(Dialect::Json), "IncompleteSignatureException", "{bad}");
    }
}

#[test]
fn credentials_are_plain_text() {
    for bad in ["A%0A", "A%00", "%20A", "%C3%A9", &"A".repeat(600)] {
        let url = presigned("sts", Some(60)).uri.to_string().replace("AKIDEXAMPLE", bad);
        let failure = check(&parts("GET", &url, &[("host", "h.example")])).unwrap_err();
        assert_eq!(failure.code(Dialect::S3), "AuthorizationQueryParametersError", "{bad}");
    }
}

#[test]
fn dates_of_other_forms() {
    let mut parts = signed_for("kms", "us-east-1");
    parts.headers.insert("x-amz-date", "2026-11-21T09:30:00Z".parse().unwrap());
    let failure = check(&parts).unwrap_err();
    assert_eq!(failure.code(Dialect::Json), "IncompleteSignatureException");
    assert_eq!(
        failure.message(Dialect::Json),
        "Date must be in ISO-8601 'basic format'. Got '2026-11-21T09:30:00Z'."
    );
    parts.headers.append("x-amz-date", "20261121T093000Z".parse().unwrap());
    assert_eq!(check(&parts).unwrap_err().code(Dialect::Json), "IncompleteSignatureException");

    // The Date header serves as well.
    parts.headers.remove("x-amz-date");
    parts.headers.insert("date", now().http_date().parse().unwrap());
    assert_eq!(presented(&parts).unwrap().unwrap().time, now());
}

#[test]
fn other_mechanisms() {
    for value in ["Bearer abc", "AWS AKID:sig", "Basic x", "AWS3-HTTPS a", "nonsense"] {
        let failure = check(&with_authorization(value)).unwrap_err();
        assert_eq!(failure, AuthFailure::UnsupportedMechanism, "{value}");
        assert_eq!(failure.code(Dialect::S3), "InvalidRequest");
        assert_eq!(failure.code(Dialect::Json), "IncompleteSignatureException");
    }
    let failure = check(&with_authorization("AWS4-ECDSA-P256-SHA256 Credential=a")).unwrap_err();
    assert_eq!(failure.message(Dialect::Json), "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.");
    let v2 = parts("GET", "https://h/?AWSAccessKeyId=A&Signature=b", &[("host", "h")]);
    assert_eq!(check(&v2), Err(AuthFailure::UnsupportedMechanism));
    let mut both = presigned("s3", Some(60));
    both.headers.insert("authorization", "AWS4-HMAC-SHA256 x=y".parse().unwrap());
    let failure = check(&both).unwrap_err();
    assert_eq!((failure.code(Dialect::S3), failure.status(Dialect::S3)), ("InvalidArgument", 400));
}

#[test]
fn clocks_that_differ() {
    let parts = signed_for("kms", "us-east-1");
    let minutes = |n: u64| Duration::from_secs(n * 60);
    assert_eq!(check_at(&parts, now().plus(minutes(5))), Ok(()));
    assert_eq!(check_at(&parts, now().minus(minutes(5))), Ok(()));
    let late = check_at(&parts, now().plus(Duration::from_secs(301))).unwrap_err();
    assert_eq!(late.code(Dialect::Json), "InvalidSignatureException");
    assert_eq!(late.code(Dialect::Ec2), "RequestExpired");
    assert_eq!(
        late.message(Dialect::Json),
        "Signature expired: 20261121T093000Z is now earlier than 20261121T093001Z (20261121T093501Z - 5 min.)"
    );
    let early = check_at(&parts, now().minus(Duration::from_secs(301))).unwrap_err();
    assert_eq!(
        early.message(Dialect::Query),
        "Signature not yet current: 20261121T093000Z is still later than 20261121T092959Z (20261121T092459Z + 5 \
         min.)"
    );
    for service in ["s3", "sts"] {
        let parts = signed_for(service, "us-east-1");
        assert_eq!(check_at(&parts, now().plus(minutes(15))), Ok(()));
        assert_eq!(check_at(&parts, now().minus(minutes(15))), Ok(()));
        let late = check_at(&parts, now().plus(minutes(16))).unwrap_err();
        assert_eq!((late.code(Dialect::S3), late.status(Dialect::S3)), ("RequestTimeTooSkewed", 403));
        assert_eq!(late.code(Dialect::Query), "SignatureDoesNotMatch");
        let early = check_at(&parts, now().minus(minutes(16))).unwrap_err();
        assert_eq!(early.code(Dialect::S3), "RequestTimeTooSkewed");
    }
}

#[test]
fn presigned_urls_expire() {
    let seconds = Duration::from_secs;
    let url = presigned("s3", Some(60));
    assert_eq!(check_at(&url, now().plus(seconds(60))), Ok(()));
    let late = check_at(&url, now().plus(seconds(61))).unwrap_err();
    assert_eq!((late.code(Dialect::S3), late.status(Dialect::S3)), ("AccessDenied", 403));
    assert_eq!(late.message(Dialect::S3), "Request has expired");
    let early = check_at(&url, now().minus(seconds(901))).unwrap_err();
    assert_eq!(
        (early.code(Dialect::S3), &*early.message(Dialect::S3)),
        ("AccessDenied", "Request is not valid yet")
    );
    // A week is the longest.
    assert_eq!(check_at(&presigned("s3", Some(604_800)), now().plus(seconds(604_800))), Ok(()));
    for (expires, said) in [
        ("604801", "X-Amz-Expires must be less than a week"),
        ("99999999999999999999", "X-Amz-Expires must be less than a week"),
        ("-1", "X-Amz-Expires must be non-negative"),
        ("1h", "X-Amz-Expires should be a number"),
        ("", "X-Amz-Expires should be a number"),
    ] {
        let mut parts = presigned("s3", Some(60));
        parts.uri =
            parts.uri.to_string().replace("Expires=60", &format!("Expires={expires}")).parse().unwrap();
        let failure = check(&parts).unwrap_err();
        assert_eq!(failure.code(Dialect::S3), "AuthorizationQueryParametersError");
        assert!(failure.message(Dialect::S3).starts_with(said), "{expires}: {failure}");
    }
    let without = check(&presigned("s3", None)).unwrap_err();
    assert_eq!(without.code(Dialect::S3), "AuthorizationQueryParametersError");

    // Elsewhere it is a quarter of an hour at most, and X-Amz-Expires may be left out.
    for expires in [None, Some(3600)] {
        let url = presigned("sts", expires);
        assert_eq!(check_at(&url, now().plus(seconds(900))), Ok(()));
        let late = check_at(&url, now().plus(seconds(901))).unwrap_err();
        assert_eq!(late.code(Dialect::Query), "SignatureDoesNotMatch");
        assert!(late.message(Dialect::Query).ends_with("(20261121T094501Z - 15 min.)"), "{late}");
    }
    let short = check_at(&presigned("sts", Some(30)), now().plus(seconds(31))).unwrap_err();
    assert!(short.message(Dialect::Query).ends_with("(20261121T093031Z - 30 sec.)"), "{short}");
}

#[test]
fn presigned_parameters() {
    let whole = presigned("sts", Some(60)).uri.to_string();
    for name in ["Algorithm", "Credential", "Date", "SignedHeaders", "Signature"] {
        let (start, _) = whole.split_once(&format!("X-Amz-{name}=")).unwrap();
        let rest = whole[start.len()..].split_once('&').map_or("", |(_, rest)| rest);
        let parts = parts("GET", &format!("{start}{rest}"), &[("host", "h.example")]);
        let failure = check(&parts).unwrap_err();
        assert_eq!(
            failure.message(Dialect::Query),
            format!(
                "AWS query-string parameters must include 'X-Amz-{name}'. Re-examine the query-string parameters."
            )
        );
        assert_eq!(failure.code(Dialect::Query), "IncompleteSignature");
        let twice = format!("{whole}&X-Amz-{name}=x");
        let failure = check(&super::common::parts("GET", &twice, &[("host", "h.example")])).unwrap_err();
        assert_eq!(failure.code(Dialect::S3), "AuthorizationQueryParametersError", "{name}");
    }
}

#[test]
fn scopes() {
    let parts = signed_for("kms", "us-east-1");
    let claim = presented(&parts).unwrap().unwrap();
    let with = |region, service| {
        let expected = Expected { region: Some(region), service: Some(service), ..Expected::default() };
        verify(&parts, &claim, &key(&claim), Body::Whole(BODY), now(), &expected)
    };
    assert_eq!(with("us-east-1", "kms"), Ok(()));
    let region = with("eu-west-1", "kms").unwrap_err();
    assert_eq!(
        region.message(Dialect::Json),
        "Credential should be scoped to a valid region, not 'us-east-1'."
    );
    assert_eq!(
        region.message(Dialect::S3),
        "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'"
    );
    assert_eq!(region.code(Dialect::S3), "AuthorizationHeaderMalformed");
    assert_eq!(region.expected_region(), Some("eu-west-1"));
    let both = with("eu-west-1", "sts").unwrap_err();
    assert_eq!(
        both.message(Dialect::Query),
        "Credential should be scoped to a valid region, not 'us-east-1'. Credential should be scoped to correct \
         service: 'sts'."
    );
    assert_eq!(both.code(Dialect::Query), "SignatureDoesNotMatch");

    let credential = |scope: &str| {
        let value =
            format!("AWS4-HMAC-SHA256 Credential=A/{scope}, SignedHeaders=host;x-amz-date, Signature=00");
        check(&with_authorization(&value)).unwrap_err()
    };
    assert_eq!(
        credential("20261121/us-east-1/kms/aws3_request").message(Dialect::Json),
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3_request'."
    );
    assert_eq!(
        credential("20261120/us-east-1/kms/aws4_request").message(Dialect::Json),
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261120' != \
         '20261121', from '20261121T093000Z'."
    );
}

#[test]
fn headers_that_must_be_signed() {
    let mut parts = signed_for("kms", "us-east-1");
    parts.headers.insert("x-amz-target", "TrentService.ListKeys".parse().unwrap());
    let failure = check(&parts).unwrap_err();
    assert_eq!(failure, AuthFailure::HeaderNotSigned("x-amz-target".into()));
    assert_eq!(failure.code(Dialect::Json), "InvalidSignatureException");
    assert_eq!(failure.code(Dialect::S3), "AccessDenied");
    parts.headers.remove("x-amz-target");
    parts.headers.insert("x-amzn-trace-id", "Root=1".parse().unwrap());
    assert_eq!(check(&parts), Ok(()));

    let no_host = check(&with_authorization(
        "AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/kms/aws4_request, SignedHeaders=x-amz-date, Signature=0",
    ));
    assert_eq!(
        no_host.unwrap_err().message(Dialect::Json),
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    );
}

#[test]
fn http2s_authority_is_the_host() {
    let mut parts = signed_for("kms", "us-east-1");
    parts.headers.remove("host");
    assert_eq!(check(&parts), Ok(()));
    parts.uri = "https://other.example/".parse().unwrap();
    assert_eq!(check(&parts), Err(AuthFailure::Mismatch));
}

#[test]
fn bodies() {
    let parts = signed_for("s3", "us-east-1");
    let claim = presented(&parts).unwrap().unwrap();
    let with = |body| verify(&parts, &claim, &key(&claim), body, now(), &Expected::default());
    assert_eq!(with(Body::Whole(BODY)), Ok(()));
    assert_eq!(with(Body::Sha256(sha256(BODY))), Ok(()));
    assert_eq!(with(Body::Deferred), Ok(()));
    assert_eq!(claim.payload.check(&sha256(BODY)), Ok(()));
    let failure = with(Body::Whole(b"[]")).unwrap_err();
    assert_eq!(failure, claim.payload.check(&sha256(b"[]")).unwrap_err());
    assert_eq!((failure.code(Dialect::S3), failure.status(Dialect::S3)), ("XAmzContentSHA256Mismatch", 400));
    assert_eq!(failure.code(Dialect::Json), "InvalidSignatureException");

    // Outside S3 the body's own hash is signed, so that it must be there.
    let parts = signed_for("kms", "us-east-1");
    let claim = presented(&parts).unwrap().unwrap();
    let with = |body| verify(&parts, &claim, &key(&claim), body, now(), &Expected::default());
    assert_eq!(with(Body::Whole(b"[]")), Err(AuthFailure::Mismatch));
    assert_eq!(with(Body::Deferred), Err(AuthFailure::Mismatch));

    let mut parts = signed_for("s3", "us-east-1");
    parts.headers.remove("x-amz-content-sha256");
    let value = parts.headers["authorization"].to_str().unwrap().replace("x-amz-content-sha256;", "");
    parts.headers.insert("authorization", value.parse().unwrap());
    let failure = check(&parts).unwrap_err();
    assert_eq!((failure.code(Dialect::S3), failure.status(Dialect::S3)), ("InvalidRequest", 400));
    parts.headers.insert("x-amz-content-sha256", "abc".parse().unwrap());
    assert_eq!(check(&parts), Err(AuthFailure::PayloadHashInvalid));
}

#[test]
fn unsigned_bodies_only_where_they_may_be() {
    for service in ["s3", "kms"] {
        let mut parts = parts("PUT", "https://h.example/k", &[("host", "h.example")]);
        let body = SignedBody::Declared(Payload::Unsigned);
        signer(service, "us-east-1").sign(&mut parts, body, now()).unwrap();
        let claim = presented(&parts).unwrap().unwrap();
        assert_eq!(claim.payload, Payload::Unsigned);
        let with = |unsigned_payload| {
            let expected = Expected { unsigned_payload, ..Expected::default() };
            verify(&parts, &claim, &key(&claim), Body::Whole(b"anything"), now(), &expected)
        };
        assert_eq!(with(false).is_ok(), service == "s3");
        assert_eq!(with(true), Ok(()));
    }
}

#[test]
fn a_message_repeats_little() {
    let long = "x".repeat(5000);
    let failure = check(&with_authorization(&format!("AWS4-HMAC-SHA256 {long}"))).unwrap_err();
    assert!(failure.message(Dialect::Json).len() < 600);
    let odd = parts(
        "GET",
        "https://h/?X-Amz-Algorithm=AWS4-%00%0A&X-Amz-Credential=a&X-Amz-Date=b&X-Amz-SignedHeaders=c&X-Amz-Signature=d",
        &[("host", "h")],
    );
    assert!(!check(&odd).unwrap_err().message(Dialect::Json).contains(char::is_control));
}
