//! Time: a byte that picks a parser, two lengths, and a text that is cut there and whose middle is repeated until
//! it is a quarter of a mebibyte. No parser may take more than a linear one would.
#![no_main]

use std::sync::LazyLock;

use bastide_codec::{Catalog, Labels, Limits, Route, decode, route};
use bastide_fuzz::cost::{SIZE, grown, held};
use bastide_fuzz::{message, read, tables};
use bastide_ids::AccountId;
use bastide_policy::{
    Attached, ContextMap, Layers, MAX_DOCUMENT, Policy, PolicyKind, Principal, Request, decide,
};
use bastide_shape::{Operation, Protocol, validate};
use bastide_sigv4::{Body, ChunkDecoder, ChunkLimits, Expected, SigningKey, presented, verify};
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;

static CATALOG: LazyLock<Catalog> = LazyLock::new(read::catalog);
/// The most that a server takes of a request's head.
const HEAD: usize = 60 << 10;

fuzz_target!(|data: &[u8]| {
    let Some((pick, data)) = data.split_first() else { return };
    match pick % 10 {
        0 => codec(Protocol::Json11, &tables::EchoJson, data),
        1 => codec(Protocol::Cbor, &tables::EchoJson, data),
        2 => codec(Protocol::Query, &tables::EchoAll, data),
        3 => codec(Protocol::Ec2, &tables::EchoAll, data),
        4 => codec(Protocol::RestXml, &tables::PutAll, data),
        5 => codec(Protocol::Json11, &bastide_api_organizations::operations::TagResource, data),
        6 => policy(data),
        7 => head(data),
        8 => chunks(data),
        _ => pattern(data),
    }
});

fn codec(protocol: Protocol, operation: &Operation, data: &[u8]) {
    let body = grown(data, SIZE);
    let (parts, labels) = (message::post(), Labels::new());
    let read = held("decoding", || decode(protocol, operation, &parts, &labels, &body, &Limits::default()));
    if let (Ok(document), Some(shape)) = (read, operation.input) {
        let _ = held("validating", || validate(shape, &document));
    }
}

fn policy(data: &[u8]) {
    let Some((pick, data)) = data.split_first() else { return };
    let text = grown(data, MAX_DOCUMENT);
    let Ok(text) = str::from_utf8(&text) else { return };
    let kind = if *pick % 2 == 0 { PolicyKind::Identity } else { PolicyKind::Resource };
    if let Ok(policy) = held("parsing a policy", || Policy::parse(text, kind)) {
        let policy = [Attached::new("p", policy)];
        held("deciding", || ask(&policy, "arn:aws:s3:::bucket/key"));
    }
}

/// A pattern that is repeated, against a resource that is repeated.
fn pattern(data: &[u8]) {
    let Some((cut, data)) = data.split_first() else { return };
    let (one, two) = data.split_at(data.len().min(usize::from(*cut)));
    let (pattern, resource) = (grown(one, MAX_DOCUMENT / 2), grown(two, 8 << 10));
    let (Ok(pattern), Ok(resource)) = (str::from_utf8(&pattern), str::from_utf8(&resource)) else { return };
    let statement = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": format!("arn:aws:s3:::{pattern}")},
    });
    if let Ok(policy) = Policy::parse(&statement.to_string(), PolicyKind::Identity) {
        let policy = [Attached::new("p", policy)];
        held("matching", || ask(&policy, &format!("arn:aws:s3:::{resource}")));
    }
}

fn ask(policy: &[Attached], resource: &str) {
    let account = AccountId::from_number(111_122_223_333);
    let principal = Principal::root(bastide_ids::Partition::Aws, account);
    let context =
        ContextMap::new().with("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab").with("n", "3");
    let request = Request {
        principal: &principal,
        action: "s3:GetObject",
        resource,
        resource_account: None,
        context: &context,
    };
    let layers =
        Layers { identity: policy, resource: policy.first(), boundary: policy.first(), ..Layers::default() };
    let _ = decide(&request, &layers);
}

/// Routing and signatures.
fn head(data: &[u8]) {
    let text = grown(data, HEAD);
    let Some((parts, body)) = message::request(&text) else { return };
    if let Route::Found { operation, protocol, labels, .. } =
        held("routing", || route(&CATALOG, &parts, body, None))
    {
        let _ = held("decoding a head", || {
            decode(protocol, operation, &parts, &labels, body, &Limits::default())
        });
    }
    if let Ok(Some(claim)) = held("reading a signature", || presented(&parts)) {
        let key = SigningKey::derive("secret", &claim.scope);
        let (time, expected) = (claim.time, Expected { unsigned_payload: true, ..Expected::default() });
        let _ = held("verifying", || verify(&parts, &claim, &key, Body::Whole(body), time, &expected));
    }
}

fn chunks(data: &[u8]) {
    let text = grown(data, SIZE);
    let Some((parts, body)) = message::request(&text) else { return };
    let Ok(mut decoder) = ChunkDecoder::unsigned(&parts.headers, ChunkLimits::default()) else { return };
    held("reading chunks", || {
        let mut out = BytesMut::new();
        for piece in body.chunks(7) {
            if decoder.push(piece, &mut out).is_err() {
                break;
            }
        }
        let _ = decoder.finish();
    });
}
