use std::borrow::Cow;

use bastide_ids::Timestamp;
use bastide_logs::kubernetes::Event;
use bastide_sigma::{Record, Schema, Slot, Value};

use super::{below, named};

/// A Kubernetes audit event, as rules see it.
pub(crate) struct Kubernetes<'a>(pub(crate) &'a Event<'a>);

/// The audit log's own names. What is not read already is looked for in the event's JSON.
pub(crate) struct Fields;

const NAMES: &[&[&str]] = &[
    &["objectRef.resource"],
    &["verb"],
    &["user.username"],
    &["requestReceivedTimestamp"],
    &["stage"],
    &["requestURI"],
    &["user.uid"],
    &["user.groups"],
    &["impersonatedUser.username"],
    &["impersonatedUser.groups"],
    &["sourceIPs"],
    &["userAgent"],
    &["objectRef.subresource"],
    &["objectRef.namespace"],
    &["objectRef.name"],
    &["objectRef.apiGroup"],
    &["responseStatus.code"],
    &["annotations.authorization.k8s.io/decision"],
    &["auditID"],
];

const REQUEST: u16 = 100;
const RESPONSE: u16 = 101;
const RAW: u16 = 104;

impl Schema for Fields {
    fn slot(&self, field: &str) -> Option<Slot> {
        if let Some(slot) = named(NAMES, field) {
            return Some(slot);
        }
        let roots = [("requestObject.", REQUEST), ("responseObject.", RESPONSE)];
        let place = roots.iter().find_map(|(prefix, root)| below(field, prefix).map(|rest| (*root, rest)));
        let (root, rest) = place.unwrap_or((RAW, field));
        Some(Slot::Json(root, rest.into()))
    }

    fn indexed(&self) -> &'static [u16] {
        &[0, 2, 1]
    }
}

impl Record for Kubernetes<'_> {
    fn member(&self, member: u16, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let event = self.0;
        let mut each = |texts: &[Cow<'_, str>]| texts.iter().any(|text| visit(Value::Text(text)));
        let text: &str = match member {
            0 => &event.object.resource,
            1 => &event.verb,
            2 => &event.user,
            3 => return visit(Value::Time(event.time)),
            4 => &event.stage,
            5 => &event.uri,
            6 => &event.uid,
            7 => return each(&event.groups),
            8 => &event.impersonated_user,
            9 => return each(&event.impersonated_groups),
            10 => return each(&event.source_ips),
            11 => &event.user_agent,
            12 => &event.object.subresource,
            13 => &event.object.namespace,
            14 => &event.object.name,
            15 => &event.object.api_group,
            16 => return event.status != 0 && visit(Value::Integer(event.status.into())),
            17 => &event.decision,
            18 => &event.id,
            _ => "",
        };
        !text.is_empty() && visit(Value::Text(text))
    }

    fn json(&self, member: u16) -> &str {
        match member {
            REQUEST => self.0.request,
            RESPONSE => self.0.response,
            _ => self.0.raw,
        }
    }

    fn raw(&self) -> Cow<'_, str> {
        self.0.raw.into()
    }

    fn time(&self) -> Timestamp {
        self.0.time
    }
}
