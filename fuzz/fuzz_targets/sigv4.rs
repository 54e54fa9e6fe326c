//! Signature Version 4: any head is read the same way each time, nobody's signature passes, and what is signed
//! here passes until it is changed.
#![no_main]

use bastide_fuzz::message;
use bastide_ids::Timestamp;
use bastide_sigv4::{
    AuthFailure, Body, Dialect, Expected, Presented, SignedBody, Signer, SigningKey, presented, verify,
};
use http::request::Parts;
use libfuzzer_sys::fuzz_target;

const DIALECTS: [Dialect; 5] = [Dialect::Json, Dialect::RestJson, Dialect::Query, Dialect::Ec2, Dialect::S3];
/// The key that the seeds are signed with.
const KNOWN: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// A key that nothing is signed with.
const UNKNOWN: &str = "nobody/knows/this/one/but/the/fuzz/target";

fuzz_target!(|data: &[u8]| {
    let Some((parts, body)) = message::request(data) else { return };
    let claim = presented(&parts);
    assert_eq!(claim, presented(&parts));
    match &claim {
        Ok(None) => {}
        Ok(Some(claim)) => judge(&parts, claim, body),
        Err(failure) => tell(failure),
    }
    sign(parts, body);
});

fn judge(parts: &Parts, claim: &Presented, body: &[u8]) {
    for expected in [
        Expected::default(),
        Expected { service: Some("kms"), region: Some("us-east-1"), unsigned_payload: true },
    ] {
        let now = claim.time;
        let unknown = SigningKey::derive(UNKNOWN, &claim.scope);
        for given in [Body::Whole(body), Body::Deferred] {
            let refused = verify(parts, claim, &unknown, given, now, &expected);
            tell(&refused.expect_err("nobody can have signed this"));
        }
        let known = SigningKey::derive(KNOWN, &claim.scope);
        let one = verify(parts, claim, &known, Body::Whole(body), now, &expected);
        assert_eq!(one, verify(parts, claim, &known, Body::Whole(body), now, &expected));
        let later = Timestamp::from_millis(now.millis() + 8 * 86_400_000);
        if later > now {
            tell(&verify(parts, claim, &known, Body::Whole(body), later, &expected).expect_err("it is late"));
        }
    }
}

/// A refusal can be told in every dialect, in text that every protocol can carry.
fn tell(failure: &AuthFailure) {
    for dialect in DIALECTS {
        let (code, message) = (failure.code(dialect), failure.message(dialect));
        assert!(!code.is_empty() && matches!(failure.status(dialect), 400 | 401 | 403));
        assert!(!message.chars().any(char::is_control), "{message:?}");
        assert!(message.len() < 8192, "{message:?}");
    }
}

fn sign(mut parts: Parts, body: &[u8]) {
    let service = if body.len().is_multiple_of(2) { "kms" } else { "s3" };
    let signer = Signer {
        access_key_id: "AKIDEXAMPLE",
        secret: KNOWN,
        session_token: None,
        region: "eu-central-1",
        service,
    };
    let now = Timestamp::from_seconds(1_795_253_400);
    parts.headers.remove("authorization");
    parts.headers.remove("x-amz-content-sha256");
    if signer.sign(&mut parts, SignedBody::Whole(body), now).is_err() {
        return;
    }
    // Whatever else makes the request a signed one, or no request at all, is for `presented` to say.
    let Ok(Some(claim)) = presented(&parts) else { return };
    let check = |parts: &Parts, body: &[u8]| {
        let key = SigningKey::derive(KNOWN, &claim.scope);
        verify(parts, &claim, &key, Body::Whole(body), now, &Expected::default())
    };
    check(&parts, body).expect("what is signed here");
    check(&parts, &[body, b"x"].concat()).expect_err("another body");
    parts.headers.insert("x-amz-one-more", http::HeaderValue::from_static("1"));
    check(&parts, body).expect_err("another header");
}
