//! Requests, keys and moments.

use crate::{Presented, Signer, SigningKey};
use bastide_ids::Timestamp;
use http::Request;
use http::request::Parts;

pub(crate) const AKID: &str = "AKIDEXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// The secret of the S3 reference's examples.
pub(crate) const DOC_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

pub(crate) fn parts(method: &str, url: &str, headers: &[(&'static str, &'static str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

pub(crate) fn at(stamp: &str) -> Timestamp {
    Timestamp::parse_basic(stamp).unwrap()
}

pub(crate) fn signer(service: &'static str, region: &'static str) -> Signer<'static> {
    Signer { access_key_id: AKID, secret: SECRET, session_token: None, region, service }
}

pub(crate) fn key(claim: &Presented) -> SigningKey {
    SigningKey::derive(SECRET, &claim.scope)
}
