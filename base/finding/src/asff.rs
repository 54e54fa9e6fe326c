//! Findings in the AWS Security Finding Format, as GuardDuty hands them to Security Hub.
//!
//! The format: Security Hub's `AwsSecurityFinding`.

use serde_json::{Map, Value, json};

use crate::action::Action;
use crate::finding::Finding;
use crate::guardduty::{self, Extra};
use crate::resource::{AccessKey, Resource};

/// ASFF's limit on a description, in characters.
const DESCRIPTION: usize = 1024;
/// ASFF's limit on a value of `ProductFields`, in characters.
const FIELD: usize = 2048;

/// A finding in ASFF.
#[must_use]
pub fn json(finding: &Finding, extra: &Extra<'_>) -> Value {
    let native = guardduty::json(finding, extra);
    let detection = &finding.detection;
    let severity = guardduty::severity(detection);
    let label = guardduty::severity_label(severity).to_uppercase();
    let partition = member(&native, "partition");
    let region = detection.region.as_str();
    let arn = member(&native, "arn");
    let types = json!([finding_type(detection.kind.name)]);
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": arn,
        "ProductArn": format!("arn:{partition}:securityhub:{region}::product/aws/guardduty"),
        "ProductName": "GuardDuty",
        "CompanyName": "Amazon",
        "Region": region,
        "GeneratorId": arn.split("/finding/").next().unwrap_or_default(),
        "AwsAccountId": detection.account,
        "Types": types,
        "FirstObservedAt": detection.first.iso8601_millis(),
        "LastObservedAt": detection.last.iso8601_millis(),
        "CreatedAt": finding.created.iso8601_millis(),
        "UpdatedAt": finding.updated.iso8601_millis(),
        "Severity": { "Product": severity, "Label": label, "Normalized": normalized(severity) },
        "Title": member(&native, "title"),
        "Description": shortened(member(&native, "description"), DESCRIPTION),
        "ProductFields": product_fields(finding, extra),
        "Resources": resources(finding, partition),
        "Action": action(finding),
        "WorkflowState": "NEW",
        "Workflow": { "Status": "NEW" },
        "RecordState": if extra.archived { "ARCHIVED" } else { "ACTIVE" },
        "FindingProviderFields": { "Severity": { "Label": label }, "Types": types },
        "Sample": false,
    })
}

fn member<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn shortened(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

/// 0 to 100, as ASFF's labels divide it: low to 39, medium to 69, high to 89, critical above.
#[allow(clippy::cast_possible_truncation, reason = "held between 0 and 100")]
fn normalized(severity: f64) -> i64 {
    (severity * 10.0).round().clamp(0.0, 100.0) as i64
}

/// `Namespace/Category/Classifier` of a GuardDuty type.
fn finding_type(name: &str) -> String {
    let (purpose, rest) = name.split_once(':').unwrap_or(("", name));
    let rest = rest.replace('/', "-");
    match purpose {
        "CredentialAccess" => format!("TTPs/Credential Access/{rest}"),
        "DefenseEvasion" => format!("TTPs/Defense Evasion/{rest}"),
        "Discovery" => format!("TTPs/Discovery/{rest}"),
        "Execution" => format!("TTPs/Execution/{rest}"),
        "LateralMovement" => format!("TTPs/Lateral Movement/{rest}"),
        "InitialAccess" => format!("TTPs/Initial Access/{rest}"),
        "Persistence" => format!("TTPs/Persistence/{rest}"),
        "PrivilegeEscalation" => format!("TTPs/Privilege Escalation/{rest}"),
        "Impact" => format!("TTPs/Impact/{rest}"),
        "Exfiltration" => format!("Effects/Data Exfiltration/{rest}"),
        "Recon" => format!("TTPs/Discovery/Recon:{rest}"),
        "Stealth" => format!("TTPs/Defense Evasion/Stealth:{rest}"),
        "UnauthorizedAccess" => format!("TTPs/Initial Access/UnauthorizedAccess:{rest}"),
        "Backdoor" | "CryptoCurrency" | "Trojan" => format!("TTPs/Command and Control/{purpose}:{rest}"),
        "Behavior" => format!("Unusual Behaviors/VM/Behavior:{rest}"),
        _ => format!("TTPs/{purpose}:{rest}"),
    }
}

/// What ASFF has no member for.
fn product_fields(finding: &Finding, extra: &Extra<'_>) -> Value {
    let detection = &finding.detection;
    let mut out = Map::new();
    let mut put = |name: &str, value: String| {
        out.insert(format!("aws/guardduty/service/{name}"), shortened(&value, FIELD).into());
    };
    put("archived", extra.archived.to_string());
    put("count", detection.count.to_string());
    put("eventFirstSeen", detection.first.iso8601());
    put("eventLastSeen", detection.last.iso8601());
    put("resourceRole", if detection.actor { "ACTOR" } else { "TARGET" }.to_owned());
    put("serviceName", "guardduty".to_owned());
    if !extra.detector.is_empty() {
        put("detectorId", extra.detector.to_owned());
    }
    if !detection.rule.is_empty() {
        put("customDetectionRuleName", detection.rule.clone());
    }
    put("additionalInfo/why", guardduty::why(detection).to_string());
    Value::Object(out)
}

fn resources(finding: &Finding, partition: &str) -> Value {
    let detection = &finding.detection;
    let (region, account) = (detection.region.as_str(), detection.account.as_str());
    let one = |kind: &str, id: String, details: Value| {
        let mut out = Map::new();
        out.insert("Type".into(), kind.into());
        out.insert("Id".into(), id.into());
        out.insert("Partition".into(), partition.into());
        out.insert("Region".into(), region.into());
        if !details.is_null() {
            out.insert("Details".into(), json!({ kind: details }));
        }
        Value::Object(out)
    };
    let arn = |service: &str, name: String| format!("arn:{partition}:{service}:{region}:{account}:{name}");
    let key = |key: &AccessKey| {
        let details = json!({ "PrincipalId": key.principal_id, "PrincipalName": key.user_name, "PrincipalType": key.user_type });
        one("AwsIamAccessKey", format!("AWS::IAM::AccessKey:{}", key.id), details)
    };
    match &detection.resource {
        Resource::AccessKey(access_key) => json!([key(access_key)]),
        Resource::Buckets(buckets, access_key) => {
            let bucket = |name: &str| one("AwsS3Bucket", format!("arn:{partition}:s3:::{name}"), Value::Null);
            let mut all: Vec<Value> = buckets.iter().map(|each| bucket(&each.name)).collect();
            all.push(key(access_key));
            all.into()
        }
        Resource::Instance(instance) if instance.id.is_empty() => {
            let name = instance.interfaces.first().map_or("", |interface| &interface.id);
            json!([one(
                "AwsEc2NetworkInterface",
                arn("ec2", format!("network-interface/{name}")),
                Value::Null
            )])
        }
        Resource::Instance(instance) => {
            let id = arn("ec2", format!("instance/{}", instance.id));
            json!([one("AwsEc2Instance", id, Value::Null)])
        }
        Resource::Cluster(cluster) => {
            json!([one(
                "AwsEksCluster",
                arn("eks", format!("cluster/{}", cluster.name)),
                json!({ "Name": cluster.name })
            )])
        }
        Resource::Database(database) => {
            let details = json!({ "DBInstanceIdentifier": database.instance, "Engine": database.engine });
            json!([one("AwsRdsDbInstance", arn("rds", format!("db:{}", database.instance)), details)])
        }
        Resource::Function(function) => {
            let details = json!({ "FunctionName": function.name });
            json!([one("AwsLambdaFunction", arn("lambda", format!("function:{}", function.name)), details)])
        }
    }
}

/// `Action`, for the kinds that ASFF has.
fn action(finding: &Finding) -> Value {
    let address = |remote: &crate::action::Remote| match remote.address {
        Some(address) => json!({ "IpAddressV4": address.to_string() }),
        None => json!({}),
    };
    match &finding.detection.action {
        Action::ApiCall(call) => json!({
            "ActionType": "AWS_API_CALL",
            "AwsApiCallAction": {
                "Api": call.api,
                "ServiceName": call.service,
                "CallerType": if call.caller_service.is_some() { "domain" } else { "remoteIp" },
                "RemoteIpDetails": address(&call.remote),
            },
        }),
        Action::Connection(connection) => json!({
            "ActionType": "NETWORK_CONNECTION",
            "NetworkConnectionAction": {
                "ConnectionDirection": match connection.inbound { Some(true) => "INBOUND", Some(false) => "OUTBOUND", None => "UNKNOWN" },
                "Protocol": connection.protocol.to_string(),
                "RemoteIpDetails": address(&connection.remote),
                "RemotePortDetails": { "Port": connection.remote_port },
                "LocalPortDetails": { "Port": connection.local_port },
                "Blocked": connection.blocked,
            },
        }),
        Action::PortProbe(probe) => json!({
            "ActionType": "PORT_PROBE",
            "PortProbeAction": {
                "Blocked": probe.blocked,
                "PortProbeDetails": probe.probes.iter().map(|(port, _, remote)| json!({
                    "LocalPortDetails": { "Port": port },
                    "RemoteIpDetails": address(remote),
                })).collect::<Vec<_>>(),
            },
        }),
        Action::DnsRequest(request) => json!({
            "ActionType": "DNS_REQUEST",
            "DnsRequestAction": { "Domain": request.domain, "Protocol": request.protocol, "Blocked": request.blocked },
        }),
        Action::KubernetesCall(call) => json!({
            "ActionType": "KUBERNETES_API_CALL",
            "AwsApiCallAction": { "Api": call.verb, "ServiceName": "eks.amazonaws.com", "CallerType": "remoteIp", "RemoteIpDetails": address(&call.remote) },
        }),
        Action::Login(login) => json!({
            "ActionType": "RDS_LOGIN_ATTEMPT",
            "AwsApiCallAction": { "Api": "Login", "ServiceName": "rds.amazonaws.com", "CallerType": "remoteIp", "RemoteIpDetails": address(&login.remote) },
        }),
    }
}
