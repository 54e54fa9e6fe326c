//! CloudTrail events as text, with the members that AWS writes, in its order.

use std::fmt::Write as _;

use bastide_ids::Timestamp;

use crate::random::Random;

/// An event that was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// `eventTime`, in milliseconds.
    pub time: i64,
    /// The event.
    pub text: String,
}

/// Who acts, as `userIdentity` tells it.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    json: String,
    /// The account that it belongs to; empty for services.
    pub account: String,
    /// The names by which a finding may call it: access key, principal, user or role.
    pub names: Vec<String>,
    /// Its ARN; empty for services.
    pub arn: String,
    /// Whether it signed in to the console, which some events tell.
    pub console: bool,
}

/// A session of a role, as far as its events tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Session<'a> {
    /// The role's name.
    pub role: &'a str,
    /// The session's name.
    pub name: &'a str,
    /// When it began, in milliseconds.
    pub since: i64,
    /// Whether it began with a second factor.
    pub mfa: bool,
    /// Whether an instance was given it.
    pub instance: bool,
    /// The resource that it was issued to, for functions.
    pub issued_to: &'a str,
    /// The service that acts for it.
    pub by: &'a str,
}

/// The id of a thing, always the same for the same name.
#[must_use]
pub fn id_of(prefix: &str, name: &str) -> String {
    Random::new(3).fork(name).id(prefix, 17)
}

impl Identity {
    /// A user of IAM with a key of its own.
    #[must_use]
    pub fn user(account: &str, name: &str, key: &str) -> Self {
        let principal = id_of("AIDA", &format!("{account}/{name}"));
        let arn = format!("arn:aws:iam::{account}:user/{name}");
        let json = format!(
            r#"{{"type":"IAMUser","principalId":"{principal}","arn":"{arn}","accountId":"{account}","accessKeyId":"{key}","userName":"{name}"}}"#
        );
        Self {
            json,
            account: account.into(),
            names: vec![name.into(), key.into(), principal],
            arn,
            console: false,
        }
    }

    /// A user of IAM, or the account's root, who signed in to the console or got a temporary key.
    #[must_use]
    pub fn user_session(account: &str, name: &str, key: &str, since: i64, mfa: bool, console: bool) -> Self {
        let root = name == "root";
        let principal = if root { account.to_owned() } else { id_of("AIDA", &format!("{account}/{name}")) };
        let arn = if root {
            format!("arn:aws:iam::{account}:root")
        } else {
            format!("arn:aws:iam::{account}:user/{name}")
        };
        let kind = if root { "Root" } else { "IAMUser" };
        let user = if root { String::new() } else { format!(r#","userName":"{name}""#) };
        let json = format!(
            r#"{{"type":"{kind}","principalId":"{principal}","arn":"{arn}","accountId":"{account}","accessKeyId":"{key}"{user},"sessionContext":{{"attributes":{{"creationDate":"{}","mfaAuthenticated":"{mfa}"}}}}}}"#,
            iso(since)
        );
        Self { json, account: account.into(), names: vec![name.into(), key.into(), principal], arn, console }
    }

    /// One who signs in, before there is a key.
    #[must_use]
    pub fn signing_in(account: &str, name: &str) -> Self {
        let root = name == "root";
        let principal = if root { account.to_owned() } else { id_of("AIDA", &format!("{account}/{name}")) };
        let (kind, rest) = if root {
            ("Root", format!(r#""arn":"arn:aws:iam::{account}:root","accountId":"{account}""#))
        } else {
            let arn = format!("arn:aws:iam::{account}:user/{name}");
            ("IAMUser", format!(r#""arn":"{arn}","accountId":"{account}","userName":"{name}""#))
        };
        let json = format!(r#"{{"type":"{kind}","principalId":"{principal}",{rest}}}"#);
        Self { json, account: account.into(), names: vec![name.into(), principal], ..Self::default() }
    }

    /// A session of a role.
    #[must_use]
    pub fn role(account: &str, key: &str, session: Session<'_>) -> Self {
        let Session { role, name, since, mfa, instance, issued_to, by } = session;
        let principal = id_of("AROA", &format!("{account}/{role}"));
        let path = if role.starts_with("AWSServiceRoleFor") {
            format!("aws-service-role/{by}/")
        } else if role.starts_with("AWSReservedSSO_") {
            "aws-reserved/sso.amazonaws.com/eu-west-1/".to_owned()
        } else {
            String::new()
        };
        let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{name}");
        let delivery = if instance { r#","ec2RoleDelivery":"2.0""# } else { "" };
        let mut rest = String::new();
        if !issued_to.is_empty() {
            let _ = write!(
                rest,
                r#","inScopeOf":{{"sourceArn":"{issued_to}","sourceAccount":"{account}","issuerType":"AWS::Lambda::Function","credentialsIssuedTo":"{issued_to}"}}"#
            );
        }
        if !by.is_empty() {
            let _ = write!(rest, r#","invokedBy":"{by}""#);
        }
        let json = format!(
            r#"{{"type":"AssumedRole","principalId":"{principal}:{name}","arn":"{arn}","accountId":"{account}","accessKeyId":"{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"{principal}","arn":"arn:aws:iam::{account}:role/{path}{role}","accountId":"{account}","userName":"{role}"}},"attributes":{{"creationDate":"{}","mfaAuthenticated":"{mfa}"}}{delivery}}}{rest}}}"#,
            iso(since)
        );
        let names = vec![role.into(), key.into(), format!("{principal}:{name}"), name.into(), principal];
        Self { json, account: account.into(), names, arn, console: false }
    }

    /// A service by itself.
    #[must_use]
    pub fn service(host: &str) -> Self {
        let json = format!(r#"{{"type":"AWSService","invokedBy":"{host}"}}"#);
        Self { json, names: vec![host.into()], ..Self::default() }
    }

    /// Another account, as `AssumeRole` from outside is told.
    #[must_use]
    pub fn other_account(account: &str, principal: &str) -> Self {
        let json = format!(r#"{{"type":"AWSAccount","principalId":"{principal}","accountId":"{account}"}}"#);
        Self { json, names: vec![principal.into()], ..Self::default() }
    }

    /// Someone whom an identity provider vouches for (`SAMLUser`, `WebIdentityUser`).
    #[must_use]
    pub fn federated(kind: &str, provider: &str, user: &str) -> Self {
        let json = format!(
            r#"{{"type":"{kind}","principalId":"{provider}:{user}","userName":"{user}","identityProvider":"{provider}"}}"#
        );
        Self { json, names: vec![user.into()], ..Self::default() }
    }

    /// Someone without any credentials.
    #[must_use]
    pub fn anonymous() -> Self {
        let json = r#"{"type":"AWSAccount","principalId":"","accountId":"anonymous"}"#.to_owned();
        Self { json, names: vec!["anonymous".into()], ..Self::default() }
    }
}

/// Who calls, and from where.
#[derive(Clone, Debug, Default)]
pub struct From {
    /// Who.
    pub who: Identity,
    /// `sourceIPAddress`.
    pub ip: String,
    /// `userAgent`; `{}` in it stands for the service and the call, as some SDKs write them.
    pub agent: String,
    /// `vpcEndpointId`, for calls through one.
    pub endpoint: String,
}

impl From {
    /// A caller.
    #[must_use]
    pub fn new(who: Identity, ip: &str, agent: &str) -> Self {
        Self { who, ip: ip.into(), agent: agent.into(), endpoint: String::new() }
    }
}

/// What is called, and how it went. JSON members are texts; empty is `null`.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The service, without `.amazonaws.com`.
    pub service: String,
    /// The operation.
    pub name: String,
    /// The region.
    pub region: String,
    /// The account that it happens in; empty for the caller's.
    pub account: String,
    /// `requestParameters`.
    pub request: String,
    /// `responseElements`.
    pub response: String,
    /// `errorCode` and `errorMessage`.
    pub error: Option<(String, String)>,
    /// `additionalEventData`.
    pub additional: String,
    /// `resources`.
    pub resources: String,
    /// `eventType`; empty for `AwsApiCall`.
    pub kind: &'static str,
    /// Whether it is a data event.
    pub data: bool,
}

impl Call {
    /// A call without parameters.
    #[must_use]
    pub fn new(service: &str, name: &str, region: &str) -> Self {
        Self { service: service.into(), name: name.into(), region: region.into(), ..Self::default() }
    }

    /// With these parameters.
    #[must_use]
    pub fn with(mut self, request: impl Into<String>) -> Self {
        self.request = request.into();
        self
    }

    /// With this answer.
    #[must_use]
    pub fn gives(mut self, response: impl Into<String>) -> Self {
        self.response = response.into();
        self
    }

    /// Refused.
    #[must_use]
    pub fn fails(mut self, code: &str, message: &str) -> Self {
        self.error = Some((code.into(), message.into()));
        self.response = String::new();
        self
    }

    /// In another account than the caller's.
    #[must_use]
    pub fn in_account(mut self, account: &str) -> Self {
        self.account = account.into();
        self
    }
}

/// Writes one event; gives its id too.
#[must_use]
pub fn write(time: i64, from: &From, call: &Call, random: &mut Random) -> (Written, String) {
    let id = random.uuid();
    let null = |text: &str| if text.is_empty() { "null".to_owned() } else { text.to_owned() };
    let service = call.service.as_str();
    let host = host(call);
    let account = if call.account.is_empty() { &from.who.account } else { &call.account };
    let mut text = String::with_capacity(1600);
    let agent = agent(from, call);
    let _ = write!(
        text,
        r#"{{"eventVersion":"1.11","userIdentity":{},"eventTime":"{}","eventSource":"{service}.amazonaws.com","eventName":"{}","awsRegion":"{}","sourceIPAddress":"{}","userAgent":"{agent}""#,
        from.who.json,
        iso(time),
        call.name,
        call.region,
        from.ip,
    );
    if let Some((code, message)) = &call.error {
        let _ = write!(text, r#","errorCode":"{code}","errorMessage":"{message}""#);
    }
    let _ = write!(
        text,
        r#","requestParameters":{},"responseElements":{}"#,
        null(&call.request),
        null(&call.response)
    );
    if !call.additional.is_empty() {
        let _ = write!(text, r#","additionalEventData":{}"#, call.additional);
    }
    let request_id =
        if service == "s3" { random.letters("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 16) } else { random.uuid() };
    let kind = if call.kind.is_empty() { "AwsApiCall" } else { call.kind };
    let _ = write!(text, r#","requestID":"{request_id}","eventID":"{id}","readOnly":{}"#, reads(&call.name));
    if !call.resources.is_empty() {
        let _ = write!(text, r#","resources":{}"#, call.resources);
    }
    let category = if call.data { "Data" } else { "Management" };
    let _ = write!(
        text,
        r#","eventType":"{kind}","managementEvent":{},"recipientAccountId":"{account}""#,
        !call.data
    );
    if from.who.account.is_empty() || (!call.account.is_empty() && call.account != from.who.account) {
        let _ = write!(text, r#","sharedEventID":"{}""#, random.uuid());
    }
    if !from.endpoint.is_empty() {
        let _ = write!(text, r#","vpcEndpointId":"{}""#, from.endpoint);
    }
    let _ = write!(text, r#","eventCategory":"{category}""#);
    if from.ip.contains(['.', ':']) && !from.ip.ends_with(".amazonaws.com") && kind == "AwsApiCall" {
        let _ = write!(
            text,
            r#","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{host}"}}"#
        );
    }
    if from.who.console {
        text.push_str(r#","sessionCredentialFromConsole":"true""#);
    }
    text.push('}');
    (Written { time, text }, id)
}

fn host(call: &Call) -> String {
    match call.service.as_str() {
        "iam" | "route53" | "cloudfront" | "organizations" => format!("{}.amazonaws.com", call.service),
        service => format!("{service}.{}.amazonaws.com", call.region),
    }
}

fn agent(from: &From, call: &Call) -> String {
    let Some((before, after)) = from.agent.split_once("{}") else { return from.agent.clone() };
    let mut command = String::with_capacity(call.name.len() + 8);
    for letter in call.name.chars() {
        if letter.is_ascii_uppercase() {
            if !command.is_empty() {
                command.push('-');
            }
            command.push(letter.to_ascii_lowercase());
        } else {
            command.push(letter);
        }
    }
    format!("{before}{}.{command}{after}", call.service)
}

/// What AWS writes as `readOnly`, by the operation's name.
fn reads(name: &str) -> bool {
    const STARTS: [&str; 16] = [
        "Describe",
        "Get",
        "List",
        "Head",
        "Lookup",
        "Search",
        "Query",
        "BatchGet",
        "AssumeRole",
        "Scan",
        "Filter",
        "Decrypt",
        "GenerateDataKey",
        "Select",
        "Preview",
        "Test",
    ];
    STARTS.iter().any(|start| name.starts_with(start))
        || name == "Encrypt"
        || name == "BatchCheckLayerAvailability"
}

/// `2026-09-01T08:00:00Z`.
#[must_use]
pub fn iso(millis: i64) -> String {
    // Written by hand: it is done for each event, twice.
    let seconds = millis.div_euclid(1000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// A moment, for labels.
#[must_use]
pub fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_json() {
        let session = Session { role: "app", name: "i-0123", instance: true, ..Session::default() };
        let who = Identity::role("123456789012", "ASIAX", session);
        let from = From::new(who, "10.0.0.1", "aws-cli/2 md/command#{}");
        let call = Call::new("ec2", "DescribeInstances", "eu-west-1").with(r#"{"a":1}"#);
        let (written, id) = write(1_795_253_400_123, &from, &call, &mut Random::new(1));
        let value: serde_json::Value = serde_json::from_str(&written.text).unwrap();
        assert_eq!(value["eventID"], id.as_str());
        assert_eq!(value["eventTime"], "2026-11-21T09:30:00Z");
        assert_eq!(value["readOnly"], true);
        assert_eq!(value["userAgent"], "aws-cli/2 md/command#ec2.describe-instances");
        assert_eq!(value["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"], "app");
        for millis in [0, 951_782_400_000, 1_709_164_800_000, 1_795_253_400_000] {
            assert_eq!(iso(millis), moment(millis).iso8601());
        }
    }
}
