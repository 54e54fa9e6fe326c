//! Callers of AWS APIs, by their address and by their access key.

use std::net::IpAddr;

use bastide_finding::{
    AccessKey, Action, ApiCall, Bucket, Detection, Evidence, FindingType, Reason, Resource, find,
};
use bastide_intel::{Category, Hit};
use bastide_logs::cloudtrail::Event;
use serde_json::Value;

use super::tactic::{Object, looks, object};
use super::{Caller, remote, threats};
use crate::detector::Context;

pub(super) fn see(event: &Event<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
    // Services are told by name.
    if event.source_ip.starts_with(|first: char| first.is_ascii_hexdigit() || first == ':')
        && let Ok(address) = event.source_ip.parse::<IpAddr>()
        && let Some(hit) = cx.intel.address(address)
    {
        for caller in Caller::of(&hit) {
            if let Some(kind) = find(&kind(event, caller)) {
                out.push(detection(event, kind, &hit, cx));
            }
        }
    }
    if !event.identity.access_key.is_empty()
        && let Some(hit) = cx.intel.access_key(&event.identity.access_key)
        && !hit.has(Category::Trusted)
        && let Some(kind) = find("CredentialAccess:IAMUser/CompromisedCredentials")
    {
        out.push(detection(event, kind, &hit, cx));
    }
}

/// The name of the type that a call is of.
fn kind(event: &Event<'_>, caller: Caller) -> String {
    let start = match (object(&event.source, &event.name), caller) {
        (Some(Object::Discovery), _) => "Discovery:S3",
        (Some(Object::Read), Caller::Malicious) => "Exfiltration:S3",
        (Some(Object::Write), Caller::Malicious) => "Impact:S3",
        (Some(_), _) => "UnauthorizedAccess:S3",
        (None, _) if looks(&event.name, event.read_only) => "Recon:IAMUser",
        (None, _) => "UnauthorizedAccess:IAMUser",
    };
    format!("{start}/{}", caller.suffix())
}

fn detection(event: &Event<'_>, kind: &'static FindingType, hit: &Hit<'_>, cx: Context<'_>) -> Detection {
    let address = event.source_ip.parse::<IpAddr>().ok();
    let identity = &event.identity;
    let action = Action::ApiCall(Box::new(ApiCall {
        api: event.name.to_string(),
        service: event.source.to_string(),
        caller_service: address.is_none().then(|| event.source_ip.to_string()),
        remote: address.map(|address| remote(address, cx)).unwrap_or_default(),
        error_code: event.error_code.to_string(),
        user_agent: event.user_agent.to_string(),
        remote_account: match identity.account == event.account {
            true => String::new(),
            false => identity.account.to_string(),
        },
        affected: Vec::new(),
    }));
    let key = AccessKey {
        id: identity.access_key.to_string(),
        principal_id: identity.principal_id.to_string(),
        user_name: identity.user_name.to_string(),
        user_type: identity.kind.to_string(),
    };
    let bucket = kind.name.contains(":S3/").then(|| bucket(event));
    let who = [&identity.issuer_principal_id, &identity.principal_id, &identity.arn];
    let who = who.into_iter().find(|id| !id.is_empty()).map_or("", |id| id);
    let name = bucket.as_ref().map_or("", |bucket| bucket.name.as_str());
    let at = format!("{who}/{}/{name}", event.source_ip);
    let resource = match bucket {
        Some(bucket) => Resource::Buckets(vec![bucket], key),
        None => Resource::AccessKey(key),
    };
    let place = (&*event.account, &*event.region);
    let mut found = Detection::new(kind, place, at, event.time, resource, action);
    found.threats = threats(hit);
    found.reasons = hit.matches().map(|found| reason(event, found.list, found.category)).collect();
    let service = event.source.strip_suffix(".amazonaws.com").unwrap_or(&event.source);
    let what = format!("{service} {}", event.name);
    found.evidence.push(Evidence { id: event.id.to_string(), time: event.time, what });
    found
}

fn reason(event: &Event<'_>, list: &str, category: Category) -> Reason {
    let (measure, observed) = match category {
        Category::Compromised => {
            ("access key on a list", format!("{} on `{list}`", event.identity.access_key))
        }
        _ => ("caller on a list", format!("{} on `{list}` ({})", event.source_ip, category.as_str())),
    };
    Reason { measure: measure.to_owned(), observed, expected: "on none".to_owned() }
}

/// The bucket and object of a request, and the bucket's account as `resources` tells it.
fn bucket(event: &Event<'_>) -> Bucket {
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    let request = parse(event.request);
    let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let resources = parse(event.resources);
    let owner = resources.as_array().into_iter().flatten().find_map(|resource| {
        let kind = resource.get("type").and_then(Value::as_str)?;
        if kind != "AWS::S3::Bucket" {
            return None;
        }
        resource.get("accountId").and_then(Value::as_str)
    });
    let objects = Some(text("key")).filter(|key| !key.is_empty()).into_iter().collect();
    Bucket { name: text("bucketName"), owner: owner.unwrap_or_default().to_owned(), objects }
}
