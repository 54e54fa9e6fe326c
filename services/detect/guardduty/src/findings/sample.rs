//! CreateSampleFindings: a finding of each type, made up, so that people see what they look like.

use std::net::{IpAddr, Ipv4Addr};

use bastide_door::{Failure, Permitted};
use bastide_finding::{
    AccessKey, Action, ApiCall, Bucket, Cluster, Connection, Database, Detection, DnsRequest,
    Finding as Found, FindingType, Function, Instance, Interface, KubernetesCall, Login, LoginAttempts,
    PortProbe, Remote, Resource, ResourceKind, Source, TYPES, guardduty,
};
use bastide_ids::{Place, Timestamp};
use bastide_intel::Location;
use bastide_resources::{Store, Stored};
use bastide_shape::Document;
use serde_json::{Value, json};

use crate::stored::{Detector, Due, Finding};
use crate::{ids, refusal};

/// CreateSampleFindings: of the types that are asked for, or of all. Those that there are already are counted up.
///
/// # Errors
/// `BadRequestException` for a type that there is not.
pub(crate) async fn create_sample_findings(call: &mut Permitted) -> Result<Document, Failure> {
    let detector = call.resource::<Stored<Detector>>()?;
    let mut types: Vec<&'static FindingType> = Vec::new();
    for name in call.input().strings("FindingTypes") {
        types.push(bastide_finding::find(name).ok_or_else(|| refusal::parameter("findingTypes"))?);
    }
    if types.is_empty() {
        types.extend(TYPES);
    }
    types.sort_by_key(|kind| kind.name);
    types.dedup_by_key(|kind| kind.name);
    let (place, now) = (call.place().clone(), call.now());
    for kind in types {
        let id = sample_id(&detector.key.id, kind.name);
        let there = call.store().find::<Finding>(&place, &id).await?;
        let mut detection = detection(kind, &place, now);
        let mut created = now;
        if let Some(there) = &there {
            created = there.created;
            let count = there.json.pointer("/service/count").and_then(Value::as_u64).unwrap_or_default();
            detection.count = count + 1;
            detection.first = created;
        }
        let found = Found { id: id.clone(), detection, created, updated: now };
        let mut json =
            guardduty::json(&found, &guardduty::Extra { detector: &detector.key.id, ..Default::default() });
        mark(&mut json);
        let finding =
            Finding { detector: detector.key.id.clone(), json, created, updated: now, due: Some(now) };
        let due = Due { place: place.clone(), finding: id.clone(), at: now };
        let changes = call.changes();
        changes.put(&Store::global(), Due::id(now, &place, &id), due);
        match &there {
            Some(there) => changes.update(there, finding),
            None => changes.create(&place, id, finding),
        };
    }
    Ok(Document::new())
}

/// The same for the same detector and type.
fn sample_id(detector: &str, kind: &str) -> String {
    let digest = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        format!("sample\n{detector}\n{kind}").as_bytes(),
    );
    ids::hex(digest.as_ref().get(..16).unwrap_or_default())
}

/// Says that it is a sample, as GuardDuty does.
fn mark(json: &mut Value) {
    let title = format!("[SAMPLE] {}", json.get("title").and_then(Value::as_str).unwrap_or_default());
    if let Some(finding) = json.as_object_mut() {
        finding.insert("title".to_owned(), title.into());
    }
    let info = json.pointer("/service/additionalInfo/value").and_then(Value::as_str);
    let mut info: Value = info.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| json!({}));
    if let Some(info) = info.as_object_mut() {
        info.insert("sample".to_owned(), true.into());
    }
    if let Some(service) = json.get_mut("service").and_then(Value::as_object_mut) {
        service.insert("additionalInfo".to_owned(), json!({ "value": info.to_string(), "type": "default" }));
    }
}

fn detection(kind: &'static FindingType, place: &Place, now: Timestamp) -> Detection {
    let at = (place.account.as_str(), place.region.as_str());
    let mut detection =
        Detection::new(kind, at, format!("sample {}", kind.name), now, resource(kind), action(kind));
    detection.actor = !matches!(kind.source, Source::Flow);
    detection
}

/// From the block for documentation (RFC 5737).
fn remote() -> Remote {
    let location = Location {
        country_code: "XX".to_owned(),
        country: "GeneratedFindingCountryName".to_owned(),
        city: "GeneratedFindingCityName".to_owned(),
        latitude: Some(0.0),
        longitude: Some(0.0),
        asn: Some(64_496),
        organization: "GeneratedFindingASNOrg".to_owned(),
    };
    Remote { address: Some(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 0))), location: Some(location) }
}

fn access_key() -> AccessKey {
    AccessKey {
        id: "GeneratedFindingAccessKeyId".to_owned(),
        principal_id: "GeneratedFindingPrincipalId".to_owned(),
        user_name: "GeneratedFindingUserName".to_owned(),
        user_type: "IAMUser".to_owned(),
    }
}

fn resource(kind: &FindingType) -> Resource {
    let text = |what: &str| format!("GeneratedFinding{what}");
    match kind.resource {
        ResourceKind::AccessKey => Resource::AccessKey(access_key()),
        ResourceKind::Bucket => {
            let bucket = Bucket { name: "bucketName".to_owned(), owner: text("Owner"), objects: Vec::new() };
            Resource::Buckets(vec![bucket], access_key())
        }
        ResourceKind::Instance => {
            let interface = Interface {
                id: "eni-abcdef00".to_owned(),
                address: Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1))),
                vpc: text("VpcId"),
                subnet: text("SubnetId"),
            };
            Resource::Instance(Box::new(Instance {
                id: "i-99999999".to_owned(),
                interfaces: vec![interface],
                image: "ami-99999999".to_owned(),
                kind: "m3.xlarge".to_owned(),
            }))
        }
        ResourceKind::Function => {
            Resource::Function(Function { name: text("FunctionName"), interface: "eni-abcdef00".to_owned() })
        }
        ResourceKind::Cluster => Resource::Cluster(Box::new(Cluster {
            name: text("EKSClusterName"),
            user: text("UserName"),
            uid: text("UID"),
            groups: vec![text("UserGroup")],
            ..Cluster::default()
        })),
        ResourceKind::Database => Resource::Database(Box::new(Database {
            instance: text("DBInstanceId"),
            engine: text("Engine"),
            user: text("DBUser"),
            database: text("DBName"),
            application: text("ApplicationName"),
            method: text("AuthMethod"),
            tls: Some(true),
        })),
    }
}

fn action(kind: &FindingType) -> Action {
    let text = |what: &str| format!("GeneratedFinding{what}");
    match kind.source {
        Source::CloudTrail | Source::S3Data => Action::ApiCall(Box::new(ApiCall {
            api: text("APIName"),
            service: text("APIServiceName"),
            remote: remote(),
            user_agent: text("UserAgent"),
            ..ApiCall::default()
        })),
        Source::Dns => Action::DnsRequest(DnsRequest {
            domain: text("DomainName").to_lowercase(),
            domain_with_suffix: text("DomainName").to_lowercase(),
            protocol: "UDP".to_owned(),
            ..DnsRequest::default()
        }),
        Source::Flow if kind.name.contains("PortProbe") => Action::PortProbe(PortProbe {
            blocked: false,
            probes: vec![(22, Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1))), remote())],
        }),
        Source::Flow | Source::Lambda => Action::Connection(Box::new(Connection {
            inbound: Some(kind.name.contains("BruteForce")),
            protocol: 6,
            local_address: Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1))),
            local_port: 39_677,
            remote: remote(),
            remote_port: 80,
            blocked: false,
        })),
        Source::Kubernetes => Action::KubernetesCall(Box::new(KubernetesCall {
            uri: text("RequestURI"),
            verb: "create".to_owned(),
            user_agent: text("UserAgent"),
            remote: remote(),
            source_ips: vec!["198.51.100.0".to_owned()],
            status: 201,
            ..KubernetesCall::default()
        })),
        Source::RdsLogin => Action::Login(Login {
            remote: remote(),
            attempts: vec![LoginAttempts {
                user: text("DBUser"),
                application: text("ApplicationName"),
                failed: 1,
                successful: 1,
            }],
        }),
    }
}

#[cfg(test)]
mod tests {
    use bastide_api_guardduty::shapes;
    use bastide_ids::{AccountId, Region};

    use super::*;
    use crate::findings::wire;

    #[test]
    fn every_type_has_a_sample_that_the_api_can_show() {
        let place = Place::new(AccountId::from_number(7), Region::us_east_1());
        let now = Timestamp::from_seconds(1_795_251_600);
        for kind in TYPES {
            let found = Found {
                id: "0".repeat(32),
                detection: detection(kind, &place, now),
                created: now,
                updated: now,
            };
            let mut json = guardduty::json(&found, &guardduty::Extra::default());
            mark(&mut json);
            let shown = wire::document(&shapes::Finding, &json).unwrap();
            let shown = shown.as_map().unwrap();
            assert_eq!(shown.text("Type"), kind.name);
            assert!(shown.text("Title").starts_with("[SAMPLE] "), "{}", kind.name);
            let required = shapes::Finding.members().iter().filter(|member| member.required);
            for member in required {
                assert!(shown.value(member.name).is_some(), "{} {}", kind.name, member.name);
            }
            let info = shown.map("Service").unwrap().map("AdditionalInfo").unwrap();
            assert!(info.text("Value").contains("\"sample\":true"));
        }
    }
}
