use bastide_finding::{
    AccessKey, Action, ApiCall, Bucket, Detection, Evidence, FindingType, Remote, Resource,
};
use bastide_logs::cloudtrail::Event;
use bastide_logs::json;

use super::remote;
use crate::detector::Context;

/// The longest name that is taken over from a request.
const NAME: usize = 1024;

pub(super) fn detection(
    kind: &'static FindingType,
    event: &Event<'_>,
    about_bucket: bool,
    cx: Context<'_>,
) -> Detection {
    let key = access_key(event);
    let resource = match bucket(event).filter(|_| about_bucket) {
        Some(bucket) => Resource::Buckets(vec![bucket], key),
        None if about_bucket => Resource::Buckets(Vec::new(), key),
        None => Resource::AccessKey(key),
    };
    let place = (&*event.account, &*event.region);
    let action = Action::ApiCall(Box::new(call(event, cx)));
    let mut detection = Detection::new(kind, place, actor(event).to_owned(), event.time, resource, action);
    detection.evidence.push(evidence(event));
    detection
}

/// Who acted, by what outlasts a session: the role, the user; else the principal.
pub(crate) fn actor<'e>(event: &'e Event<'_>) -> &'e str {
    let identity = &event.identity;
    [&identity.issuer_arn, &identity.arn, &identity.principal_id, &identity.invoked_by]
        .into_iter()
        .find(|name| !name.is_empty())
        .map_or("", |name| name)
}

/// The credentials that were used.
pub(crate) fn access_key(event: &Event<'_>) -> AccessKey {
    let identity = &event.identity;
    AccessKey {
        id: identity.access_key.to_string(),
        principal_id: identity.principal_id.to_string(),
        user_name: identity.user_name.to_string(),
        user_type: identity.kind.to_string(),
    }
}

/// The bucket that a request is about.
pub(crate) fn bucket(event: &Event<'_>) -> Option<Bucket> {
    let text = |name: &str| short(json::member(event.request, &[name])?.as_ref());
    let name = text("bucketName").or_else(|| text("bucket")).or_else(|| text("Host"))?;
    let owner = json::elements(event.resources)
        .find(|one| json::member(one, &["type"]).is_some_and(|kind| kind == "AWS::S3::Bucket"))
        .and_then(|one| json::member(one, &["accountId"]))
        .map(std::borrow::Cow::into_owned)
        .unwrap_or_default();
    let objects = text("key").into_iter().collect();
    Some(Bucket { name, owner, objects })
}

/// The event, as what shows a finding.
pub(crate) fn evidence(event: &Event<'_>) -> Evidence {
    let service = event.source.split('.').next().unwrap_or_default();
    Evidence { id: event.id.to_string(), time: event.time, what: format!("{service} {}", event.name) }
}

fn call(event: &Event<'_>, cx: Context<'_>) -> ApiCall {
    let address = event.source_ip.parse().ok();
    let service = address.is_none() && !event.source_ip.is_empty();
    let foreign = !event.identity.account.is_empty() && event.identity.account != event.account;
    ApiCall {
        api: event.name.to_string(),
        service: event.source.to_string(),
        caller_service: service.then(|| event.source_ip.to_string()),
        remote: if service { Remote::default() } else { remote(address, cx) },
        error_code: event.error_code.to_string(),
        user_agent: event.user_agent.to_string(),
        remote_account: if foreign { event.identity.account.to_string() } else { String::new() },
        affected: affected(event),
    }
}

/// What a request names, by the names that AWS's resource types have.
fn affected(event: &Event<'_>) -> Vec<(String, String)> {
    const TYPES: &[(&str, &str)] = &[
        ("bucketName", "AWS::S3::Bucket"),
        ("userName", "AWS::IAM::User"),
        ("roleName", "AWS::IAM::Role"),
        ("policyArn", "AWS::IAM::Policy"),
        ("groupName", "AWS::IAM::Group"),
        ("functionName", "AWS::Lambda::Function"),
        ("instanceId", "AWS::EC2::Instance"),
        ("groupId", "AWS::EC2::SecurityGroup"),
        ("snapshotId", "AWS::EC2::Snapshot"),
        ("imageId", "AWS::EC2::Image"),
        ("secretId", "AWS::SecretsManager::Secret"),
        ("keyId", "AWS::KMS::Key"),
        ("dBInstanceIdentifier", "AWS::RDS::DBInstance"),
        ("dBSnapshotIdentifier", "AWS::RDS::DBSnapshot"),
        ("detectorId", "AWS::GuardDuty::Detector"),
    ];
    let mut affected = Vec::new();
    for (name, raw) in json::members(event.request) {
        let trail = name == "name" && event.source == "cloudtrail.amazonaws.com";
        let kind = TYPES.iter().find(|(member, _)| *member == name).map(|(_, kind)| *kind);
        let kind = if trail { Some("AWS::CloudTrail::Trail") } else { kind };
        if let (Some(kind), Some(value)) = (kind, json::scalar(raw).and_then(|text| short(&text))) {
            affected.push((kind.to_owned(), value));
        }
    }
    affected
}

fn short(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.chars().take(NAME).collect())
}
