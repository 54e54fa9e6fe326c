//! Findings as GuardDuty's API and its exports write them.

use std::net::IpAddr;

use bastide_ids::{Partition, Region, Timestamp};
use serde_json::{Map, Value, json};

use crate::action::{Action, Connection, Remote};
use crate::catalogue::Source;
use crate::detection::Detection;
use crate::finding::Finding;
use crate::resource::{AccessKey, Bucket, Cluster, Database, Instance, Interface, Resource};
use crate::words;

/// What only the service knows of a finding.
#[derive(Clone, Debug, Default)]
pub struct Extra<'a> {
    /// The detector that the finding belongs to; empty outside the API.
    pub detector: &'a str,
    /// Whether it is archived.
    pub archived: bool,
    /// `USEFUL` or `NOT_USEFUL`; empty when nobody said.
    pub feedback: &'a str,
}

/// A finding in GuardDuty's JSON (`Finding` of its API, with its wire names).
#[must_use]
pub fn json(finding: &Finding, extra: &Extra<'_>) -> Value {
    let detection = &finding.detection;
    let mut out = Map::new();
    out.insert("schemaVersion".into(), "2.0".into());
    out.insert("accountId".into(), detection.account.as_str().into());
    out.insert("region".into(), detection.region.as_str().into());
    out.insert("partition".into(), partition(&detection.region).into());
    out.insert("id".into(), finding.id.as_str().into());
    out.insert("arn".into(), arn(finding, extra.detector).into());
    out.insert("type".into(), detection.kind.name.into());
    out.insert("resource".into(), resource(detection));
    out.insert("service".into(), service(detection, extra));
    out.insert("severity".into(), severity(detection).into());
    out.insert("createdAt".into(), time(finding.created));
    out.insert("updatedAt".into(), time(finding.updated));
    out.insert("title".into(), words::title(detection).into());
    out.insert("description".into(), words::description(detection).into());
    text(&mut out, "customDetectionRuleName", &detection.rule);
    Value::Object(out)
}

/// A finding's ARN. Outside the API, where there is no detector, its place is taken by zeros.
#[must_use]
pub fn arn(finding: &Finding, detector: &str) -> String {
    let Detection { region, account, .. } = &finding.detection;
    let detector = if detector.is_empty() { "00000000000000000000000000000000" } else { detector };
    let partition = partition(region);
    format!("arn:{partition}:guardduty:{region}:{account}:detector/{detector}/finding/{}", finding.id)
}

/// A finding's severity, 1.0 to 10.0: its own, else that of its type.
#[must_use]
pub fn severity(detection: &Detection) -> f64 {
    detection.severity.unwrap_or(detection.kind.severity)
}

/// GuardDuty's word for a severity: `Low` from 1, `Medium` from 4, `High` from 7, `Critical` from 9.
#[must_use]
pub fn severity_label(severity: f64) -> &'static str {
    match severity {
        s if s >= 9.0 => "Critical",
        s if s >= 7.0 => "High",
        s if s >= 4.0 => "Medium",
        _ => "Low",
    }
}

/// The detector's feature that a type belongs to (`service.featureName`).
#[must_use]
pub fn feature(source: Source) -> &'static str {
    match source {
        Source::CloudTrail => "CloudTrail",
        Source::S3Data => "S3DataEvents",
        Source::Dns => "DnsLogs",
        Source::Flow => "FlowLogs",
        Source::Lambda => "LambdaNetworkLogs",
        Source::Kubernetes => "EksAuditLogs",
        Source::RdsLogin => "RdsLoginEvents",
    }
}

/// Why, and what shows it: what GuardDuty has no member for. It stands in `service.additionalInfo.value`.
#[must_use]
pub fn why(detection: &Detection) -> Value {
    let reasons: Vec<Value> = detection
        .reasons
        .iter()
        .map(|reason| {
            json!({ "measure": reason.measure, "observed": reason.observed, "expected": reason.expected })
        })
        .collect();
    let evidence: Vec<Value> = detection
        .evidence
        .iter()
        .map(|record| json!({ "id": record.id, "time": time(record.time), "what": record.what }))
        .collect();
    json!({ "reasons": reasons, "evidence": evidence })
}

fn partition(region: &str) -> &'static str {
    Region::parse(region).map_or(Partition::Aws, |region| region.partition()).as_str()
}

fn time(at: Timestamp) -> Value {
    at.iso8601_millis().into()
}

fn seconds(at: Timestamp) -> Value {
    at.iso8601().into()
}

fn service(detection: &Detection, extra: &Extra<'_>) -> Value {
    let mut out = Map::new();
    out.insert("serviceName".into(), "guardduty".into());
    text(&mut out, "detectorId", extra.detector);
    out.insert("action".into(), action(detection));
    out.insert("resourceRole".into(), if detection.actor { "ACTOR" } else { "TARGET" }.into());
    out.insert("additionalInfo".into(), additional(detection));
    if !detection.threats.is_empty() {
        out.insert("evidence".into(), json!({ "threatIntelligenceDetails": threats(detection) }));
    }
    if !detection.detection.is_null() {
        out.insert("detection".into(), detection.detection.clone());
    }
    out.insert("eventFirstSeen".into(), seconds(detection.first));
    out.insert("eventLastSeen".into(), seconds(detection.last));
    out.insert("archived".into(), extra.archived.into());
    out.insert("count".into(), detection.count.into());
    text(&mut out, "userFeedback", extra.feedback);
    out.insert("featureName".into(), feature(detection.kind.source).into());
    Value::Object(out)
}

/// `AdditionalInfo` is a text that holds JSON.
fn additional(detection: &Detection) -> Value {
    let mut value = match &detection.additional {
        Value::Object(members) => members.clone(),
        _ => Map::new(),
    };
    if let Some(threat) = detection.threats.first() {
        value.entry("threatListName").or_insert_with(|| threat.list.as_str().into());
        if let Some(name) = threat.names.first() {
            value.entry("threatName").or_insert_with(|| name.as_str().into());
        }
    }
    value.insert("why".into(), why(detection));
    json!({ "value": Value::Object(value).to_string(), "type": "default" })
}

fn threats(detection: &Detection) -> Vec<Value> {
    detection
        .threats
        .iter()
        .map(|threat| json!({ "threatListName": threat.list, "threatNames": threat.names }))
        .collect()
}

fn resource(detection: &Detection) -> Value {
    let mut out = Map::new();
    match &detection.resource {
        Resource::AccessKey(key) => {
            out.insert("resourceType".into(), "AccessKey".into());
            out.insert("accessKeyDetails".into(), access_key(key));
        }
        Resource::Buckets(buckets, key) => {
            out.insert("resourceType".into(), "S3Bucket".into());
            out.insert("accessKeyDetails".into(), access_key(key));
            let partition = partition(&detection.region);
            let buckets = buckets.iter().map(|bucket| bucket_details(bucket, partition)).collect();
            out.insert("s3BucketDetails".into(), Value::Array(buckets));
        }
        Resource::Instance(details) => {
            out.insert("resourceType".into(), "Instance".into());
            out.insert("instanceDetails".into(), instance(details));
        }
        Resource::Cluster(details) => {
            out.insert("resourceType".into(), "EKSCluster".into());
            out.insert("eksClusterDetails".into(), cluster(details, detection));
            out.insert("kubernetesDetails".into(), kubernetes(details));
        }
        Resource::Database(details) => {
            out.insert("resourceType".into(), "RDSDBInstance".into());
            out.insert("rdsDbInstanceDetails".into(), database(details, detection));
            out.insert("rdsDbUserDetails".into(), database_user(details));
        }
        Resource::Function(function) => {
            out.insert("resourceType".into(), "Lambda".into());
            let arn = arn_of(detection, "lambda", &format!("function:{}", function.name));
            out.insert("lambdaDetails".into(), json!({ "functionName": function.name, "functionArn": arn }));
        }
    }
    Value::Object(out)
}

fn arn_of(detection: &Detection, service: &str, resource: &str) -> String {
    let Detection { region, account, .. } = detection;
    format!("arn:{}:{service}:{region}:{account}:{resource}", partition(region))
}

fn access_key(key: &AccessKey) -> Value {
    let mut out = Map::new();
    text(&mut out, "accessKeyId", &key.id);
    text(&mut out, "principalId", &key.principal_id);
    text(&mut out, "userType", &key.user_type);
    text(&mut out, "userName", &key.user_name);
    Value::Object(out)
}

fn bucket_details(bucket: &Bucket, partition: &str) -> Value {
    let mut out = Map::new();
    let arn = format!("arn:{partition}:s3:::{}", bucket.name);
    out.insert("arn".into(), arn.as_str().into());
    out.insert("name".into(), bucket.name.as_str().into());
    out.insert("type".into(), "Destination".into());
    if !bucket.owner.is_empty() {
        out.insert("owner".into(), json!({ "id": bucket.owner }));
    }
    if !bucket.objects.is_empty() {
        let object = |key: &String| json!({ "objectArn": format!("{arn}/{key}"), "key": key });
        out.insert("s3ObjectDetails".into(), bucket.objects.iter().map(object).collect());
    }
    Value::Object(out)
}

fn instance(details: &Instance) -> Value {
    let mut out = Map::new();
    text(&mut out, "instanceId", &details.id);
    text(&mut out, "imageId", &details.image);
    text(&mut out, "instanceType", &details.kind);
    out.insert("networkInterfaces".into(), details.interfaces.iter().map(interface).collect());
    Value::Object(out)
}

fn interface(details: &Interface) -> Value {
    let mut out = Map::new();
    text(&mut out, "networkInterfaceId", &details.id);
    text(&mut out, "vpcId", &details.vpc);
    text(&mut out, "subnetId", &details.subnet);
    match details.address {
        Some(IpAddr::V4(address)) => {
            let address = address.to_string();
            out.insert("privateIpAddresses".into(), json!([{ "privateIpAddress": address }]));
            out.insert("privateIpAddress".into(), address.into());
            out.insert("ipv6Addresses".into(), json!([]));
        }
        Some(IpAddr::V6(address)) => {
            out.insert("ipv6Addresses".into(), json!([address.to_string()]));
        }
        None => {}
    }
    Value::Object(out)
}

fn cluster(details: &Cluster, detection: &Detection) -> Value {
    let mut out = Map::new();
    text(&mut out, "name", &details.name);
    if !details.name.is_empty() && !detection.account.is_empty() {
        out.insert("arn".into(), arn_of(detection, "eks", &format!("cluster/{}", details.name)).into());
    }
    Value::Object(out)
}

fn kubernetes(details: &Cluster) -> Value {
    let mut user = Map::new();
    text(&mut user, "username", &details.user);
    text(&mut user, "uid", &details.uid);
    user.insert("groups".into(), json!(details.groups));
    if let Some((name, groups)) = &details.impersonated {
        user.insert("impersonatedUser".into(), json!({ "username": name, "groups": groups }));
    }
    let mut out = Map::new();
    out.insert("kubernetesUserDetails".into(), Value::Object(user));
    if !details.workload.is_null() {
        out.insert("kubernetesWorkloadDetails".into(), details.workload.clone());
    }
    Value::Object(out)
}

fn database(details: &Database, detection: &Detection) -> Value {
    let mut out = Map::new();
    text(&mut out, "dbInstanceIdentifier", &details.instance);
    text(&mut out, "engine", &details.engine);
    if !details.instance.is_empty() {
        let arn = arn_of(detection, "rds", &format!("db:{}", details.instance));
        out.insert("dbInstanceArn".into(), arn.into());
    }
    Value::Object(out)
}

fn database_user(details: &Database) -> Value {
    let mut out = Map::new();
    text(&mut out, "user", &details.user);
    text(&mut out, "application", &details.application);
    text(&mut out, "database", &details.database);
    text(&mut out, "authMethod", &details.method);
    if let Some(tls) = details.tls {
        out.insert("ssl".into(), if tls { "on" } else { "off" }.into());
    }
    Value::Object(out)
}

fn action(detection: &Detection) -> Value {
    let (kind, member, details) = match &detection.action {
        Action::ApiCall(call) => ("AWS_API_CALL", "awsApiCallAction", api_call(call)),
        Action::Connection(connection) => {
            ("NETWORK_CONNECTION", "networkConnectionAction", network(connection, detection))
        }
        Action::PortProbe(probe) => ("PORT_PROBE", "portProbeAction", port_probe(probe)),
        Action::DnsRequest(request) => ("DNS_REQUEST", "dnsRequestAction", dns(request)),
        Action::KubernetesCall(call) => {
            ("KUBERNETES_API_CALL", "kubernetesApiCallAction", kubernetes_call(call))
        }
        Action::Login(login) => ("RDS_LOGIN_ATTEMPT", "rdsLoginAttemptAction", rds_login(login)),
    };
    json!({ "actionType": kind, member: details })
}

fn api_call(call: &crate::action::ApiCall) -> Value {
    let mut out = Map::new();
    text(&mut out, "api", &call.api);
    text(&mut out, "serviceName", &call.service);
    if let Some(service) = &call.caller_service {
        out.insert("callerType".into(), "AWS service".into());
        out.insert("domainDetails".into(), json!({ "domain": service }));
    } else {
        out.insert("callerType".into(), "Remote IP".into());
        out.insert("remoteIpDetails".into(), remote(&call.remote));
    }
    text(&mut out, "errorCode", &call.error_code);
    text(&mut out, "userAgent", &call.user_agent);
    if !call.remote_account.is_empty() {
        let details = json!({ "accountId": call.remote_account, "affiliated": false });
        out.insert("remoteAccountDetails".into(), details);
    }
    let affected: Map<String, Value> =
        call.affected.iter().map(|(kind, name)| (kind.clone(), name.as_str().into())).collect();
    out.insert("affectedResources".into(), Value::Object(affected));
    Value::Object(out)
}

fn network(connection: &Connection, detection: &Detection) -> Value {
    let direction = match connection.inbound {
        Some(true) => "INBOUND",
        Some(false) => "OUTBOUND",
        None => "UNKNOWN",
    };
    let interface = match &detection.resource {
        Resource::Instance(instance) => instance.interfaces.first().map_or("", |interface| &interface.id),
        Resource::Function(function) => &function.interface,
        _ => "",
    };
    let mut out = Map::new();
    out.insert("connectionDirection".into(), direction.into());
    out.insert("protocol".into(), protocol_name(connection.protocol).into());
    out.insert("localPortDetails".into(), port(connection.local_port));
    out.insert("localIpDetails".into(), address(connection.local_address));
    text(&mut out, "localNetworkInterface", interface);
    out.insert("remoteIpDetails".into(), remote(&connection.remote));
    out.insert("remotePortDetails".into(), port(connection.remote_port));
    out.insert("blocked".into(), connection.blocked.into());
    Value::Object(out)
}

fn port_probe(probe: &crate::action::PortProbe) -> Value {
    let details: Vec<Value> = probe
        .probes
        .iter()
        .map(|(number, local, from)| {
            json!({
                "localPortDetails": port(*number),
                "localIpDetails": address(*local),
                "remoteIpDetails": remote(from),
            })
        })
        .collect();
    json!({ "blocked": probe.blocked, "portProbeDetails": details })
}

fn dns(request: &crate::action::DnsRequest) -> Value {
    let mut out = Map::new();
    text(&mut out, "domain", &request.domain);
    text(&mut out, "domainWithSuffix", &request.domain_with_suffix);
    text(&mut out, "protocol", &request.protocol);
    out.insert("blocked".into(), request.blocked.into());
    text(&mut out, "vpcOwnerAccountId", &request.vpc_owner);
    Value::Object(out)
}

fn kubernetes_call(call: &crate::action::KubernetesCall) -> Value {
    let mut out = Map::new();
    text(&mut out, "requestUri", &call.uri);
    text(&mut out, "verb", &call.verb);
    text(&mut out, "resource", &call.resource);
    text(&mut out, "subresource", &call.subresource);
    text(&mut out, "namespace", &call.namespace);
    text(&mut out, "resourceName", &call.name);
    out.insert("sourceIPs".into(), json!(call.source_ips));
    text(&mut out, "userAgent", &call.user_agent);
    out.insert("remoteIpDetails".into(), remote(&call.remote));
    if call.status != 0 {
        out.insert("statusCode".into(), call.status.into());
    }
    text(&mut out, "parameters", &call.parameters);
    Value::Object(out)
}

fn rds_login(login: &crate::action::Login) -> Value {
    let attempts: Vec<Value> = login
        .attempts
        .iter()
        .map(|attempt| {
            let mut out = Map::new();
            text(&mut out, "user", &attempt.user);
            text(&mut out, "application", &attempt.application);
            out.insert("failedLoginAttempts".into(), attempt.failed.into());
            out.insert("successfulLoginAttempts".into(), attempt.successful.into());
            Value::Object(out)
        })
        .collect();
    json!({ "remoteIpDetails": remote(&login.remote), "LoginAttributes": attempts })
}

fn remote(remote: &Remote) -> Value {
    let mut out = match address(remote.address) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let Some(place) = &remote.location else { return Value::Object(out) };
    out.insert("city".into(), json!({ "cityName": place.city }));
    out.insert("country".into(), json!({ "countryCode": place.country_code, "countryName": place.country }));
    if let (Some(lat), Some(lon)) = (place.latitude, place.longitude) {
        out.insert("geoLocation".into(), json!({ "lat": lat, "lon": lon }));
    }
    if let Some(asn) = place.asn {
        let name = &place.organization;
        let organization = json!({ "asn": asn.to_string(), "asnOrg": name, "isp": name, "org": name });
        out.insert("organization".into(), organization);
    }
    Value::Object(out)
}

fn address(address: Option<IpAddr>) -> Value {
    match address {
        Some(IpAddr::V4(address)) => json!({ "ipAddressV4": address.to_string() }),
        Some(IpAddr::V6(address)) => json!({ "ipAddressV6": address.to_string() }),
        None => json!({}),
    }
}

/// A port and GuardDuty's word for it.
fn port(number: u16) -> Value {
    let name = match number {
        21 => "FTP",
        22 => "SSH",
        23 => "Telnet",
        25 => "SMTP",
        53 => "DNS",
        80 => "HTTP",
        110 => "POP3",
        143 => "IMAP",
        389 => "LDAP",
        443 => "HTTPS",
        445 => "SMB",
        465 => "SMTPS",
        3306 => "MySQL",
        3389 => "RDP",
        5432 => "PostgreSQL",
        _ => "Unknown",
    };
    json!({ "port": number, "portName": name })
}

fn protocol_name(number: u8) -> String {
    match number {
        1 => "ICMP".to_owned(),
        6 => "TCP".to_owned(),
        17 => "UDP".to_owned(),
        58 => "ICMPv6".to_owned(),
        other => other.to_string(),
    }
}

fn text(out: &mut Map<String, Value>, name: &str, value: &str) {
    if !value.is_empty() {
        out.insert(name.to_owned(), value.into());
    }
}
