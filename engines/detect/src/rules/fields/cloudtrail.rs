use std::borrow::Cow;

use bastide_ids::Timestamp;
use bastide_logs::cloudtrail::Event;
use bastide_sigma::{Record, Schema, Slot, Value};

use super::super::policies;
use super::{below, named};

/// A CloudTrail event, as rules see it.
pub(crate) struct CloudTrail<'a>(pub(crate) &'a Event<'a>);

/// CloudTrail's own names. What is not read already is looked for in the event's JSON.
pub(crate) struct Fields;

const NAMES: &[&[&str]] = &[
    &["eventName"],
    &["eventSource"],
    &["userIdentity.type"],
    &["eventTime"],
    &["eventType"],
    &["awsRegion"],
    &["recipientAccountId"],
    &["sourceIPAddress"],
    &["userAgent"],
    &["errorCode"],
    &["errorMessage"],
    &["userIdentity.arn"],
    &["userIdentity.principalId"],
    &["userIdentity.accountId"],
    &["userIdentity.accessKeyId"],
    &["userIdentity.invokedBy"],
    &["userIdentity.sessionContext.sessionIssuer.type"],
    &["userIdentity.sessionContext.sessionIssuer.arn"],
    &["eventCategory"],
    &["readOnly"],
    &["managementEvent"],
    &["vpcEndpointId"],
    &["eventID"],
    &["policy.public"],
    &["policy.accounts"],
    &["policy.otherAccounts"],
];

/// Fields that SQL has functions for: what the policy in a request says.
const FUNCTIONS: [(&str, &str); 3] = [
    ("policy.public", "policy_has_public_principal(requestParameters, 'Allow')"),
    ("policy.accounts", "get_aws_principal(requestParameters, 'Allow')"),
    (
        "policy.otherAccounts",
        "filter(get_aws_principal(requestParameters, 'Allow'), account -> account <> recipientAccountId)",
    ),
];

/// A field as the SQL of custom detection rules names it.
pub(crate) fn column(field: &str) -> String {
    if let Some((_, call)) = FUNCTIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)) {
        return (*call).to_owned();
    }
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-:/".contains(&byte));
    let quoted = |text: &str| text.replace('\'', "''");
    match field.split_once('.') {
        Some((root, rest))
            if matches!(root, "requestParameters" | "responseElements" | "additionalEventData") =>
        {
            if plain(rest) {
                format!("{root}['{rest}']")
            } else {
                format!("get_json_object({root}, '$.{}')", quoted(rest))
            }
        }
        Some(("resources", rest)) => format!("json_collect_values(resources, '$', '{}')", quoted(rest)),
        _ if NAMES.iter().any(|names| names.iter().any(|name| name.eq_ignore_ascii_case(field))) => {
            field.to_owned()
        }
        None if plain(field) => field.to_owned(),
        _ => format!("get_json_object(event, '$.{}')", quoted(field)),
    }
}

const REQUEST: u16 = 100;
const RESPONSE: u16 = 101;
const ADDITIONAL: u16 = 102;
const RESOURCES: u16 = 103;
const RAW: u16 = 104;

impl Schema for Fields {
    fn slot(&self, field: &str) -> Option<Slot> {
        if let Some(slot) = named(NAMES, field) {
            return Some(slot);
        }
        let roots = [
            ("requestParameters.", REQUEST),
            ("responseElements.", RESPONSE),
            ("additionalEventData.", ADDITIONAL),
            ("resources.", RESOURCES),
        ];
        let place = roots.iter().find_map(|(prefix, root)| below(field, prefix).map(|rest| (*root, rest)));
        let (root, rest) = place.unwrap_or((RAW, field));
        Some(Slot::Json(root, rest.into()))
    }

    fn indexed(&self) -> &'static [u16] {
        &[0, 1, 2]
    }
}

impl Record for CloudTrail<'_> {
    fn member(&self, member: u16, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let event = self.0;
        let text: &str = match member {
            0 => &event.name,
            1 => &event.source,
            2 => &event.identity.kind,
            3 => return visit(Value::Time(event.time)),
            4 => &event.kind,
            5 => &event.region,
            6 => &event.account,
            7 => &event.source_ip,
            8 => &event.user_agent,
            9 => &event.error_code,
            10 => &event.error_message,
            11 => &event.identity.arn,
            12 => &event.identity.principal_id,
            13 => &event.identity.account,
            14 => &event.identity.access_key,
            15 => &event.identity.invoked_by,
            16 => &event.identity.issuer_kind,
            17 => &event.identity.issuer_arn,
            18 => &event.category,
            19 => return event.read_only.is_some_and(|value| visit(Value::Bool(value))),
            20 => return event.management.is_some_and(|value| visit(Value::Bool(value))),
            21 => &event.vpc_endpoint,
            22 => &event.id,
            23 => return policies::granted(event).is_some_and(|grants| visit(Value::Bool(grants.everybody))),
            24 | 25 => return visit_accounts(event, member == 25, visit),
            _ => "",
        };
        !text.is_empty() && visit(Value::Text(text))
    }

    fn json(&self, member: u16) -> &str {
        match member {
            REQUEST => self.0.request,
            RESPONSE => self.0.response,
            ADDITIONAL => self.0.additional,
            RESOURCES => self.0.resources,
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

/// Shows the accounts that the policy in a request lets in; `others`: those alone that are not the event's own.
fn visit_accounts(event: &Event<'_>, others: bool, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    let Some(grants) = policies::granted(event) else { return false };
    grants
        .others
        .iter()
        .any(|account| !(others && **account == *event.account) && visit(Value::Text(account)))
}
