//! One policy decision over five layers and twenty statements, beside matching the same twenty action patterns
//! with a compiled regular expression set.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use bastide_ids::AccountId;
use bastide_policy::{
    Attached, ContextMap, Layers, Policy, PolicyKind, Principal, Request, ResourceRule, decide,
};

use crate::http::say;

const DECISIONS: u32 = 1_000_000;

/// `policy`: nanoseconds a decision.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let account = AccountId::from_number(111_122_223_333);
    let principal = Principal::User {
        account,
        arn: "arn:aws:iam::111122223333:user/alice".into(),
        name: "alice".into(),
        id: "AIDAEXAMPLE".into(),
    };
    let identity = [attached("identity", &statements(8), PolicyKind::Identity)?];
    let boundary = attached("boundary", &statements(3), PolicyKind::Boundary)?;
    let session = [attached("session", &statements(3), PolicyKind::Session)?];
    let levels = [vec![attached("scp", &statements(3), PolicyKind::Scp)?]];
    let resource = attached("key", &key_policy(), PolicyKind::Resource)?;
    let context = ContextMap::new()
        .with("aws:sourceip", "10.1.2.3")
        .with("kms:encryptioncontext:tenant", "acme")
        .with("aws:principaltag/team", "blue");
    let request = Request {
        principal: &principal,
        action: "kms:Encrypt",
        resource: "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        resource_account: Some(account),
        context: &context,
    };
    let layers = Layers {
        identity: &identity,
        boundary: Some(&boundary),
        session: Some(&session),
        service_control: &levels,
        resource: Some(&resource),
        rule: ResourceRule::ResourceMustTrust,
        ..Layers::default()
    };
    if !decide(&request, &layers).is_allowed() {
        return Err(format!("the request should be allowed: {:?}", decide(&request, &layers)).into());
    }
    let began = Instant::now();
    for _ in 0..DECISIONS {
        black_box(decide(black_box(&request), black_box(&layers)));
    }
    let decision = began.elapsed() / DECISIONS;
    let patterns: Vec<String> = (0..20).map(|n| format!("^service{n}:Action.*$")).collect();
    let set = regex::RegexSet::new(patterns)?;
    let began = Instant::now();
    for _ in 0..DECISIONS {
        black_box(set.matches(black_box("kms:Encrypt")).matched_any());
    }
    let yardstick = began.elapsed() / DECISIONS;
    say(&format!(
        "policy decision over 5 layers, 20 statements: {decision:?} (asked: 1 µs); a regular expression set of 20 \
         patterns on the action alone: {yardstick:?}"
    ));
    Ok(())
}

fn attached(name: &str, text: &str, kind: PolicyKind) -> Result<Attached, Box<dyn Error>> {
    Ok(Attached::new(name, Policy::parse(text, kind).map_err(|malformed| malformed.message().to_owned())?))
}

/// Statements for other services, with conditions, and a last one that allows.
fn statements(count: usize) -> String {
    let mut all: Vec<String> = (1..count)
        .map(|n| {
            format!(
                r#"{{"Effect":"Allow","Action":["service{n}:Get*","kms:List*"],"Resource":"arn:aws:s3:::bucket{n}/*",
                "Condition":{{"IpAddress":{{"aws:SourceIp":"10.0.0.0/8"}}}}}}"#
            )
        })
        .collect();
    all.push(
        r#"{"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:tenant":"acme"}}}"#
            .to_owned(),
    );
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, all.join(","))
}

fn key_policy() -> String {
    r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
        {"Sid":"other","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/x"},"Action":"kms:Encrypt","Resource":"*"},
        {"Sid":"no","Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion","Resource":"*"}
    ]}"#
    .to_owned()
}
