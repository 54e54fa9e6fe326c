//! Findings in the Open Cybersecurity Schema Framework: class 2004, Detection Finding, version 1.3.
//!
//! The schema: <https://schema.ocsf.io/1.3.0/classes/detection_finding>.

use serde_json::{Map, Value, json};

use crate::action::{Action, Remote};
use crate::finding::Finding;
use crate::guardduty::{self, Extra};
use crate::resource::Resource;
use crate::words;

const CLASS: u32 = 2004;

/// A finding in OCSF.
#[must_use]
pub fn json(finding: &Finding, extra: &Extra<'_>) -> Value {
    let detection = &finding.detection;
    let severity = guardduty::severity(detection);
    // 1 is Create, 2 Update.
    let activity = if finding.updated > finding.created { 2 } else { 1 };
    let arn = guardduty::arn(finding, extra.detector);
    json!({
        "class_uid": CLASS,
        "class_name": "Detection Finding",
        "category_uid": 2,
        "category_name": "Findings",
        "activity_id": activity,
        "activity_name": if activity == 1 { "Create" } else { "Update" },
        "type_uid": CLASS * 100 + activity,
        "type_name": if activity == 1 { "Detection Finding: Create" } else { "Detection Finding: Update" },
        "time": finding.updated.millis(),
        "start_time": detection.first.millis(),
        "end_time": detection.last.millis(),
        "count": detection.count,
        "severity_id": severity_id(severity),
        "severity": guardduty::severity_label(severity),
        "status_id": if extra.archived { 4 } else { 1 },
        "status": if extra.archived { "Resolved" } else { "New" },
        "message": words::title(detection),
        "metadata": {
            "version": "1.3.0",
            "uid": arn,
            "profiles": ["cloud"],
            "product": { "name": "Bastide", "vendor_name": "Bastide", "feature": { "name": "GuardDuty" } },
        },
        "cloud": {
            "provider": "AWS",
            "region": detection.region,
            "account": { "uid": detection.account, "type_id": 10, "type": "AWS Account" },
        },
        "finding_info": finding_info(finding, &arn),
        "resources": resources(finding),
        "evidences": [evidence(finding)],
        "observables": observables(finding),
        "unmapped": { "why": guardduty::why(detection) },
    })
}

/// 1 Informational, 2 Low, 3 Medium, 4 High, 5 Critical.
fn severity_id(severity: f64) -> u8 {
    match guardduty::severity_label(severity) {
        "Critical" => 5,
        "High" => 4,
        "Medium" => 3,
        _ => 2,
    }
}

fn finding_info(finding: &Finding, arn: &str) -> Value {
    let detection = &finding.detection;
    let purpose = detection.kind.name.split(':').next().unwrap_or_default();
    let mut out = Map::new();
    out.insert("uid".into(), arn.into());
    out.insert("title".into(), words::title(detection).into());
    out.insert("desc".into(), words::description(detection).into());
    out.insert("types".into(), json!([detection.kind.name]));
    out.insert("created_time".into(), finding.created.millis().into());
    out.insert("modified_time".into(), finding.updated.millis().into());
    out.insert("first_seen_time".into(), detection.first.millis().into());
    out.insert("last_seen_time".into(), detection.last.millis().into());
    let related: Vec<Value> = detection.evidence.iter().map(|record| json!({ "uid": record.id })).collect();
    if !related.is_empty() {
        out.insert("related_events".into(), related.into());
    }
    if !detection.rule.is_empty() {
        // 1 is Rule.
        out.insert("analytic".into(), json!({ "type_id": 1, "type": "Rule", "name": detection.rule }));
    }
    if let Some((uid, name)) = tactic(purpose) {
        let attack = json!({ "version": "15.1", "tactic": { "uid": uid, "name": name } });
        out.insert("attacks".into(), json!([attack]));
    }
    Value::Object(out)
}

/// MITRE ATT&CK's tactic of a threat purpose.
fn tactic(purpose: &str) -> Option<(&'static str, &'static str)> {
    Some(match purpose {
        "InitialAccess" | "UnauthorizedAccess" => ("TA0001", "Initial Access"),
        "Execution" => ("TA0002", "Execution"),
        "Persistence" => ("TA0003", "Persistence"),
        "PrivilegeEscalation" => ("TA0004", "Privilege Escalation"),
        "DefenseEvasion" | "Stealth" => ("TA0005", "Defense Evasion"),
        "CredentialAccess" => ("TA0006", "Credential Access"),
        "LateralMovement" => ("TA0008", "Lateral Movement"),
        "ResourceDevelopment" => ("TA0042", "Resource Development"),
        "Discovery" | "Recon" => ("TA0007", "Discovery"),
        "Exfiltration" => ("TA0010", "Exfiltration"),
        "Backdoor" | "Trojan" => ("TA0011", "Command and Control"),
        "Impact" | "CryptoCurrency" => ("TA0040", "Impact"),
        _ => return None,
    })
}

fn resources(finding: &Finding) -> Value {
    let detection = &finding.detection;
    let one = |kind: &str, uid: &str| json!({ "type": kind, "uid": uid, "region": detection.region });
    match &detection.resource {
        Resource::AccessKey(key) => json!([one("AwsIamAccessKey", &key.id)]),
        Resource::Buckets(buckets, _) => buckets.iter().map(|each| one("AwsS3Bucket", &each.name)).collect(),
        Resource::Instance(instance) if instance.id.is_empty() => {
            let interface = instance.interfaces.first().map_or("", |interface| &interface.id);
            json!([one("AwsEc2NetworkInterface", interface)])
        }
        Resource::Instance(instance) => json!([one("AwsEc2Instance", &instance.id)]),
        Resource::Cluster(cluster) => json!([one("AwsEksCluster", &cluster.name)]),
        Resource::Database(database) => json!([one("AwsRdsDbInstance", &database.instance)]),
        Resource::Function(function) => json!([one("AwsLambdaFunction", &function.name)]),
    }
}

fn evidence(finding: &Finding) -> Value {
    let detection = &finding.detection;
    let mut out = Map::new();
    let user = match &detection.resource {
        Resource::AccessKey(key) | Resource::Buckets(_, key) => json!({
            "name": key.user_name, "uid": key.principal_id, "type": key.user_type, "credential_uid": key.id,
        }),
        Resource::Cluster(cluster) => json!({ "name": cluster.user, "uid": cluster.uid }),
        Resource::Database(database) => json!({ "name": database.user }),
        Resource::Instance(_) | Resource::Function(_) => Value::Null,
    };
    if !user.is_null() {
        out.insert("actor".into(), json!({ "user": user }));
    }
    match &detection.action {
        Action::ApiCall(call) => {
            let error =
                if call.error_code.is_empty() { Value::Null } else { json!({ "error": call.error_code }) };
            let mut api = json!({ "operation": call.api, "service": { "name": call.service } });
            if let (Some(members), false) = (api.as_object_mut(), error.is_null()) {
                members.insert("response".into(), error);
            }
            out.insert("api".into(), api);
            out.insert(
                "src_endpoint".into(),
                match &call.caller_service {
                    Some(service) => json!({ "svc_name": service }),
                    None => endpoint(&call.remote, None),
                },
            );
        }
        Action::Connection(connection) => {
            let local = json!({ "ip": connection.local_address.map(|each| each.to_string()), "port": connection.local_port });
            let remote = endpoint(&connection.remote, Some(connection.remote_port));
            let inbound = connection.inbound == Some(true);
            out.insert("src_endpoint".into(), if inbound { remote.clone() } else { local.clone() });
            out.insert("dst_endpoint".into(), if inbound { local } else { remote });
            let direction = match connection.inbound {
                Some(true) => 1,
                Some(false) => 2,
                None => 0,
            };
            out.insert(
                "connection_info".into(),
                json!({ "protocol_num": connection.protocol, "direction_id": direction }),
            );
        }
        Action::PortProbe(probe) => {
            if let Some((port, local, remote)) = probe.probes.first() {
                out.insert("src_endpoint".into(), endpoint(remote, None));
                out.insert(
                    "dst_endpoint".into(),
                    json!({ "ip": local.map(|each| each.to_string()), "port": port }),
                );
            }
        }
        Action::DnsRequest(request) => {
            out.insert("query".into(), json!({ "hostname": request.domain }));
        }
        Action::KubernetesCall(call) => {
            out.insert("api".into(), json!({ "operation": call.verb, "request": { "uid": call.uri } }));
            out.insert("src_endpoint".into(), endpoint(&call.remote, None));
        }
        Action::Login(login) => {
            out.insert("src_endpoint".into(), endpoint(&login.remote, None));
        }
    }
    Value::Object(out)
}

fn endpoint(remote: &Remote, port: Option<u16>) -> Value {
    let mut out = Map::new();
    if let Some(address) = remote.address {
        out.insert("ip".into(), address.to_string().into());
    }
    if let Some(port) = port {
        out.insert("port".into(), port.into());
    }
    if let Some(place) = &remote.location {
        out.insert("location".into(), json!({ "city": place.city, "country": place.country_code }));
        if let Some(asn) = place.asn {
            out.insert("autonomous_system".into(), json!({ "number": asn, "name": place.organization }));
        }
    }
    Value::Object(out)
}

/// What a person would search other logs for. Type 1 is a host name, 2 an address, 4 a user name.
fn observables(finding: &Finding) -> Value {
    let detection = &finding.detection;
    let mut out = Vec::new();
    let remote = words::remote(detection);
    if !remote.is_empty() {
        let address = remote.parse::<std::net::IpAddr>().is_ok();
        let (type_id, kind) = if address { (2, "IP Address") } else { (1, "Hostname") };
        out.push(
            json!({ "name": "evidences[].src_endpoint", "type_id": type_id, "type": kind, "value": remote }),
        );
    }
    if let Resource::AccessKey(key) | Resource::Buckets(_, key) = &detection.resource
        && !key.user_name.is_empty()
    {
        out.push(json!({ "name": "evidences[].actor.user.name", "type_id": 4, "type": "User Name", "value": key.user_name }));
    }
    out.into()
}
