//! The record of a call, derived from its row: what CloudTrail shows.
//!
//! Source of names and shapes: CloudTrail User Guide, "CloudTrail record contents", version 1.11.

use bastide_events::{Attribute, Attributes, Event};
use bastide_ids::{AccountId, Place, Timestamp, Uuid};
use bastide_policy::Principal;
use bastide_shape::{Document, Kind, Member, Shape, Value};
use bytes::Bytes;

use crate::attempt::Attempt;
use crate::caller::last_part;
use crate::json::Writer;
use crate::{Caller, Resource, ServiceEvent};

/// How a call ended.
pub(crate) enum Outcome<'a> {
    /// It was carried out.
    Done {
        /// The answer, or what the handler chose to have recorded in its stead.
        response: &'a Document,
        /// The handler chose it: record it whatever the row says.
        chosen: bool,
        /// Resources that the handler added.
        resources: &'a [(&'static str, String)],
        /// `additionalEventData`
        additional: &'a [(&'static str, Value)],
    },
    /// It was refused or failed.
    Refused {
        /// The error's name.
        code: &'a str,
        /// What the caller was told.
        message: &'a str,
    },
}

/// What stands for a service's own doing where a record has who called.
const INTERNAL: &str = "AWS Internal";

/// AWS leaves out request parameters and response elements larger than this, in bytes each.
const LARGEST: usize = 100 * 1024;

/// The record of a call as an event, for the account of the caller or, as a copy, for another account that
/// owns a resource.
pub(crate) fn event(
    attempt: &Attempt,
    resources: &[Resource],
    outcome: &Outcome<'_>,
    recipient: AccountId,
    shared: Option<Uuid>,
) -> Event {
    let id = Uuid::random();
    let record = Record { attempt, resources, outcome, recipient, shared, id };
    let body = Bytes::from(record.write());
    let place = Place::new(recipient, attempt.place.region.clone());
    Event { id, time: attempt.now, place, attributes: record.attributes(), body }
}

/// What a service did by itself.
pub(crate) fn service_event(event: &ServiceEvent, now: Timestamp) -> Event {
    let ServiceEvent { service, name, place, resources, details } = event;
    let id = Uuid::random();
    let account = place.account.as_str();
    let mut json = Writer::object(512);
    json.text("eventVersion", "1.11");
    json.nested("userIdentity", |json| {
        json.text("accountId", account);
        json.text("invokedBy", INTERNAL);
    });
    json.text("eventTime", &now.iso8601());
    json.text("eventSource", service.event_source);
    json.text("eventName", name);
    json.text("awsRegion", place.region.as_str());
    json.text("sourceIPAddress", INTERNAL);
    json.text("userAgent", INTERNAL);
    json.raw("requestParameters", b"null");
    json.raw("responseElements", b"null");
    json.text("eventID", &id.to_string());
    json.flag("readOnly", false);
    json.list("resources", resources.iter(), |json, (kind, arn)| {
        json.text("accountId", account);
        json.text("type", kind);
        json.text("ARN", arn);
    });
    json.text("eventType", "AwsServiceEvent");
    json.flag("managementEvent", true);
    json.text("recipientAccountId", account);
    if !details.is_empty() {
        let mut raw = Vec::new();
        free(&Value::Map(details.clone()), &mut raw);
        json.raw("serviceEventDetails", &raw);
    }
    json.text("eventCategory", "Management");
    let body = Bytes::from(json.finish());
    let mut attributes = Attributes::new();
    attributes.add(Attribute::EventName, *name);
    attributes.add(Attribute::EventSource, service.event_source);
    attributes.add(Attribute::ReadOnly, "false");
    for (kind, arn) in resources {
        attributes.add(Attribute::ResourceType, *kind);
        attributes.add(Attribute::ResourceName, arn.as_str());
        attributes.add(Attribute::ResourceName, short_name(arn));
    }
    Event { id, time: now, place: place.clone(), attributes, body }
}

struct Record<'a> {
    attempt: &'a Attempt,
    resources: &'a [Resource],
    outcome: &'a Outcome<'a>,
    recipient: AccountId,
    shared: Option<Uuid>,
    id: Uuid,
}

impl Record<'_> {
    fn write(&self) -> Vec<u8> {
        let Attempt { service, origin, via, .. } = self.attempt;
        let mut json = Writer::object(1024);
        json.text("eventVersion", "1.11");
        json.nested("userIdentity", |json| self.identity(json));
        json.text("eventTime", &self.attempt.now.iso8601());
        json.text("eventSource", service.event_source);
        json.text("eventName", self.attempt.operation_name());
        json.text("awsRegion", self.attempt.place.region.as_str());
        let agent = via.last();
        json.text("sourceIPAddress", agent.unwrap_or(&origin.source.as_str()));
        json.text("userAgent", short(agent.unwrap_or(&origin.user_agent.as_str())));
        if let Outcome::Refused { code, message } = self.outcome {
            json.text("errorCode", code);
            json.text("errorMessage", short(message));
        }
        json.raw("requestParameters", &limited(self.request(), "requestParameters"));
        json.raw("responseElements", &limited(self.response(), "responseElements"));
        self.additional(&mut json);
        json.text("requestID", &self.attempt.request_id.to_string());
        json.text("eventID", &self.id.to_string());
        json.flag("readOnly", self.attempt.read_only());
        self.resource_list(&mut json);
        json.text("eventType", "AwsApiCall");
        json.flag("managementEvent", true);
        json.text("recipientAccountId", self.recipient.as_str());
        if let Some(shared) = self.shared {
            json.text("sharedEventID", &shared.to_string());
        }
        json.text("eventCategory", "Management");
        if let Some(tls) = &origin.tls {
            json.nested("tlsDetails", |json| {
                json.text("tlsVersion", tls.version);
                json.text("cipherSuite", tls.cipher_suite);
                json.text("clientProvidedHostHeader", short(&tls.host));
            });
        }
        json.finish()
    }

    /// The record is for another account than the caller's.
    fn is_copy(&self) -> bool {
        let caller = &self.attempt.caller;
        self.recipient != caller.account && !matches!(caller.principal, Principal::Service { .. })
    }

    fn identity(&self, json: &mut Writer) {
        let caller = &self.attempt.caller;
        if self.is_copy() {
            // The owner of a resource learns the account and the identifier of a foreign caller.
            json.text("type", "AWSAccount");
            json.text("principalId", caller.user_id());
            json.text("accountId", caller.account.as_str());
            return;
        }
        identity(caller, json);
        if let Some(service) = self.attempt.via.last() {
            json.text("invokedBy", service);
        }
    }

    fn request(&self) -> Vec<u8> {
        let (Some(operation), Some(input)) = (self.attempt.operation, &self.attempt.input) else {
            return b"null".to_vec();
        };
        let Some(shape) = operation.input else { return b"null".to_vec() };
        let mut out = Vec::with_capacity(256);
        let kept = structure(shape, input, operation.unrecorded, &mut out);
        if kept { out } else { b"null".to_vec() }
    }

    fn response(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if let (Outcome::Done { response, chosen, .. }, Some(operation)) =
            (self.outcome, self.attempt.operation)
            && (*chosen || !operation.is_read_only())
            && let Some(shape) = operation.output
            && structure(shape, response, &[], &mut out)
        {
            return out;
        }
        b"null".to_vec()
    }

    fn additional(&self, json: &mut Writer) {
        let Outcome::Done { additional, .. } = self.outcome else { return };
        if !additional.is_empty() {
            json.nested("additionalEventData", |json| {
                for (name, value) in *additional {
                    let mut raw = Vec::new();
                    free(value, &mut raw);
                    json.raw(name, &raw);
                }
            });
        }
    }

    fn named(&self) -> impl Iterator<Item = (&'static str, &str, AccountId)> {
        let found = self.resources.iter().filter(|resource| !resource.kind.is_empty() && resource.arn != "*");
        let owner = self.attempt.caller.account;
        let found = found.map(move |found| (found.kind, found.arn.as_str(), found.account.unwrap_or(owner)));
        let made = match self.outcome {
            Outcome::Done { resources, .. } => *resources,
            Outcome::Refused { .. } => &[],
        };
        found.chain(made.iter().map(move |(kind, arn)| (*kind, arn.as_str(), owner)))
    }

    fn resource_list(&self, json: &mut Writer) {
        if self.named().next().is_none() {
            return;
        }
        json.list("resources", self.named(), |json, (kind, arn, account)| {
            json.text("accountId", account.as_str());
            json.text("type", kind);
            json.text("ARN", arn);
        });
    }

    fn attributes(&self) -> Attributes {
        let mut attributes = Attributes::new();
        attributes.add(Attribute::EventName, self.attempt.operation_name());
        attributes.add(Attribute::EventSource, self.attempt.service.event_source);
        attributes.add(Attribute::ReadOnly, if self.attempt.read_only() { "true" } else { "false" });
        let caller = Some(&self.attempt.caller).filter(|_| !self.is_copy());
        if let Some(name) = caller.and_then(|caller| caller.username()) {
            attributes.add(Attribute::Username, name);
        }
        if let Some(key) = caller.and_then(|caller| caller.access_key_id.as_ref()) {
            attributes.add(Attribute::AccessKeyId, key);
        }
        for (kind, arn, _) in self.named() {
            attributes.add(Attribute::ResourceType, kind);
            attributes.add(Attribute::ResourceName, arn);
            // People look for `alice`, for a key's id, for `alias/orders`.
            attributes.add(Attribute::ResourceName, short_name(arn));
        }
        attributes
    }
}

/// The name behind the type and the path of an ARN; that of an alias begins with `alias/`.
fn short_name(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    if resource.starts_with("alias/") { resource } else { last_part(resource) }
}

fn identity(caller: &Caller, json: &mut Writer) {
    let kind = match &caller.principal {
        Principal::Root { .. } => "Root",
        Principal::User { .. } => "IAMUser",
        Principal::AssumedRole { .. } => "AssumedRole",
        Principal::FederatedUser { .. } => "FederatedUser",
        Principal::Service { name } => {
            json.text("type", "AWSService");
            json.text("invokedBy", name);
            return;
        }
        Principal::Federated { provider, .. } => {
            json.text("type", "WebIdentityUser");
            json.text("principalId", caller.user_id());
            json.text("userName", caller.user_id());
            json.text("identityProvider", provider);
            return;
        }
        Principal::Anonymous => {
            json.text("type", "Unknown");
            json.text("accountId", caller.account.as_str());
            if let Some(key) = &caller.access_key_id {
                json.text("accessKeyId", key);
            }
            return;
        }
    };
    json.text("type", kind);
    json.text("principalId", caller.user_id());
    json.text("arn", caller.arn());
    json.text("accountId", caller.account.as_str());
    if let Some(key) = &caller.access_key_id {
        json.text("accessKeyId", key);
    }
    if let Principal::User { name, .. } = &caller.principal {
        json.text("userName", name);
    }
    session(caller, json);
}

fn session(caller: &Caller, json: &mut Writer) {
    let Some(session) = &caller.session else { return };
    json.nested("sessionContext", |json| {
        match &caller.principal {
            Principal::AssumedRole { role_arn, role_id, .. } => {
                issuer(json, "Role", role_id, role_arn, caller.account);
            }
            Principal::FederatedUser { issuer_arn, .. } => {
                let kind = if issuer_arn.ends_with(":root") { "Root" } else { "IAMUser" };
                issuer(json, kind, &session.issuer_id, issuer_arn, caller.account);
            }
            _ => {}
        }
        json.nested("attributes", |json| {
            json.text("creationDate", &session.issued.iso8601());
            json.text("mfaAuthenticated", if session.mfa.is_some() { "true" } else { "false" });
        });
        if let Some(source) = &session.source_identity {
            json.text("sourceIdentity", source);
        }
    });
}

fn issuer(json: &mut Writer, kind: &str, id: &str, arn: &str, account: AccountId) {
    json.nested("sessionIssuer", |json| {
        json.text("type", kind);
        json.text("principalId", id);
        json.text("arn", arn);
        json.text("accountId", account.as_str());
        if kind != "Root" {
            json.text("userName", last_part(arn));
        }
    });
}

/// AWS cuts what a client says of itself, and error messages, at 1 KB.
fn short(text: &str) -> &str {
    const LONGEST: usize = 1024;
    let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    if text.len() <= LONGEST { text } else { text.get(..end).unwrap_or_default() }
}

fn limited(json: Vec<u8>, what: &str) -> Vec<u8> {
    if json.len() <= LARGEST {
        return json;
    }
    let size = json.len();
    format!(r#"{{"reason":"{what} too large","omitted":true,"originalSize":{size}}}"#).into_bytes()
}

/// Writes a structure as CloudTrail does: names in lower camel case, secrets and bytes left out.
/// Says whether anything was left to write.
fn structure(shape: &Shape, document: &Document, left_out: &[&str], out: &mut Vec<u8>) -> bool {
    let mut json = Writer::into_object(std::mem::take(out));
    let mut kept = false;
    for member in shape.members() {
        let Some(value) = document.value(member.name) else { continue };
        if left_out.contains(&member.name) || !is_recorded(member) {
            continue;
        }
        let raw = json.begin(&lower_first(member.name));
        write(member.shape, value, raw);
        kept = true;
    }
    *out = json.finish();
    kept
}

fn is_recorded(member: &Member) -> bool {
    !member.shape.sensitive && !matches!(member.shape.kind, Kind::Blob)
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn write(shape: &Shape, value: &Value, out: &mut Vec<u8>) {
    match (&shape.kind, value) {
        (Kind::Structure(_) | Kind::Union(_), Value::Map(inner)) => {
            structure(shape, inner, &[], out);
        }
        (Kind::List(element), Value::List(values)) if is_recorded(element) => {
            out.push(b'[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(element.shape, value, out);
            }
            out.push(b']');
        }
        (Kind::Map(_, entry), Value::Map(entries)) if is_recorded(entry) => {
            let mut json = Writer::into_object(std::mem::take(out));
            for (name, value) in entries.iter() {
                write(entry.shape, value, json.begin(name));
            }
            *out = json.finish();
        }
        (Kind::List(_) | Kind::Map(..), _) => out.extend_from_slice(b"null"),
        (_, value) => free(value, out),
    }
}

/// Writes a value that has no schema.
fn free(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null | Value::Blob(_) => out.extend_from_slice(b"null"),
        Value::Bool(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
        Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Float(number) => crate::json::number(*number, out),
        Value::Str(text) => crate::json::string(text, out),
        Value::Time(moment) => crate::json::string(&java_date(*moment), out),
        Value::List(values) => {
            out.push(b'[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                free(value, out);
            }
            out.push(b']');
        }
        Value::Map(entries) => {
            let mut json = Writer::into_object(std::mem::take(out));
            for (name, value) in entries.iter() {
                free(value, json.begin(name));
            }
            *out = json.finish();
        }
    }
}

/// `Nov 21, 2026, 9:30:00 AM`: the form in which AWS's services record moments inside parameters.
fn java_date(moment: Timestamp) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = moment.iso8601();
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<usize>().ok());
    let parts = (number(0..4), number(5..7), number(8..10), number(11..13), text.get(13..19));
    let (Some(year), Some(month), Some(day), Some(hour), Some(rest)) = parts else { return text };
    let month = MONTHS.get(month.saturating_sub(1)).copied().unwrap_or_default();
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{month} {day}, {year}, {hour}{rest} {half}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names() {
        assert_eq!(short_name("arn:aws:iam::111122223333:user/eng/alice"), "alice");
        assert_eq!(short_name("arn:aws:kms:us-east-1:111122223333:key/1234abcd"), "1234abcd");
        assert_eq!(short_name("arn:aws:kms:us-east-1:111122223333:alias/a/b"), "alias/a/b");
        assert_eq!(short_name("arn:aws:sns:us-east-1:111122223333:topic"), "topic");
        assert_eq!(short_name("AKIAIOSFODNN7EXAMPLE"), "AKIAIOSFODNN7EXAMPLE");
    }

    #[test]
    fn java_dates() {
        let at = |text| java_date(Timestamp::parse_iso8601(text).unwrap());
        assert_eq!(at("2026-11-21T09:30:00Z"), "Nov 21, 2026, 9:30:00 AM");
        assert_eq!(at("2026-01-01T00:05:09Z"), "Jan 1, 2026, 12:05:09 AM");
        assert_eq!(at("2026-12-31T12:59:59Z"), "Dec 31, 2026, 12:59:59 PM");
    }
}
