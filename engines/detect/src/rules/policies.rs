//! Policies that open something to others: what a rule over fields can't tell, since who is allowed, and on what
//! condition, stand in the same statement.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bastide_finding::{Detection, FindingType, Reason, ResourceKind, Source, declare, find};
use bastide_logs::cloudtrail::Event;
use bastide_logs::json;
use bastide_logs::{Kind, Record as Log};
use serde_json::Value;

use super::describe;
use crate::detector::{Context, Detector};

/// Accounts that logs came from, which are the operator's own.
const MAX_ACCOUNTS: usize = 10_000;

/// Reads policies of buckets, roles, queues, topics, keys, secrets and repositories as they are written.
#[derive(Debug, Default)]
pub struct Policies {
    own: BTreeSet<String>,
}

/// Whom the Allow statements of a policy let in.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Grants {
    /// Everybody, without a condition on who or from where.
    pub(super) everybody: bool,
    /// Other accounts.
    pub(super) others: BTreeSet<String>,
}

/// Where a request holds a policy, and what it is of.
enum Of<'e> {
    Bucket(Cow<'e, str>),
    Role(Cow<'e, str>),
    Other(Cow<'e, str>),
}

impl Detector for Policies {
    fn name(&self) -> &'static str {
        "policies"
    }

    fn sees(&self, kind: Kind) -> bool {
        kind == Kind::CloudTrail
    }

    fn cloudtrail(&mut self, event: &Event<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        if !self.own.contains(&*event.account) && self.own.len() < MAX_ACCOUNTS {
            self.own.insert(event.account.to_string());
        }
        let Some(of) = policy(event) else { return };
        if !event.error_code.is_empty() {
            return;
        }
        let (Of::Bucket(text) | Of::Role(text) | Of::Other(text)) = &of;
        let Ok(policy) = serde_json::from_str::<Value>(text) else { return };
        let mut own = |account: &str| {
            self.own.contains(account) || cx.settings.own_accounts.iter().any(|other| other == account)
        };
        let grants = grants(&policy, &mut own);
        let log = Log::CloudTrail(event);
        for kind in kinds(&of, &grants) {
            let mut detection = describe::detection(kind, &log, cx);
            detection.key.push_str(&format!(" {}", subject(event)));
            detection.reasons = reasons(&grants);
            out.push(detection);
        }
    }
}

/// Whom the policy in a request lets in, the event's own account among them; `None` when there is no policy.
pub(super) fn granted(event: &Event<'_>) -> Option<Grants> {
    let (Of::Bucket(text) | Of::Role(text) | Of::Other(text)) = policy(event)?;
    let policy = serde_json::from_str::<Value>(&text).ok()?;
    Some(grants(&policy, &mut |_| false))
}

fn policy<'e>(event: &Event<'e>) -> Option<Of<'e>> {
    let text = |path: &[&str]| {
        let raw = json::value(event.request, path)?;
        if raw.starts_with('"') { json::scalar(raw) } else { Some(Cow::Borrowed(raw)) }
    };
    Some(match (&*event.name, &*event.source) {
        ("PutBucketPolicy", "s3.amazonaws.com") => Of::Bucket(text(&["bucketPolicy"])?),
        ("CreateRole", "iam.amazonaws.com") => Of::Role(text(&["assumeRolePolicyDocument"])?),
        ("UpdateAssumeRolePolicy", "iam.amazonaws.com") => Of::Role(text(&["policyDocument"])?),
        ("SetQueueAttributes" | "CreateQueue", _) => {
            Of::Other(text(&["attributes", "Policy"]).or_else(|| text(&["attribute", "Policy"]))?)
        }
        ("SetTopicAttributes", _) => {
            text(&["attributeName"]).filter(|name| name == "Policy")?;
            Of::Other(text(&["attributeValue"])?)
        }
        ("PutKeyPolicy" | "CreateKey", "kms.amazonaws.com") => Of::Other(text(&["policy"])?),
        ("PutResourcePolicy", _) => Of::Other(text(&["resourcePolicy"]).or_else(|| text(&["policy"]))?),
        ("SetRepositoryPolicy", _) => Of::Other(text(&["policyText"])?),
        _ => return None,
    })
}

/// What the policy is of, for the key.
fn subject(event: &Event<'_>) -> String {
    const NAMES: [&str; 7] =
        ["bucketName", "roleName", "queueUrl", "topicArn", "keyId", "secretId", "repositoryName"];
    NAMES
        .iter()
        .find_map(|name| json::member(event.request, &[name]))
        .map(|name| name.chars().take(300).collect())
        .unwrap_or_default()
}

fn kinds(of: &Of<'_>, grants: &Grants) -> Vec<&'static FindingType> {
    let own = |name, severity, source, resource, title, text| {
        declare(name, severity, (source, resource), (title, text))
    };
    let (trail, key) = (Source::CloudTrail, ResourceKind::AccessKey);
    let everybody = match of {
        _ if !grants.everybody => None,
        Of::Bucket(_) => find("Policy:S3/BucketAnonymousAccessGranted"),
        Of::Role(_) => own(
            "Persistence:IAMUser/RoleOpenToEverybody",
            8.0,
            trail,
            key,
            "A role may be assumed by everybody",
            "{who} called {api} from {remote}; the role's trust policy lets in every AWS account.",
        ),
        Of::Other(_) => own(
            "Exfiltration:IAMUser/ResourceOpenToEverybody",
            8.0,
            trail,
            key,
            "A resource was opened to everybody",
            "{who} called {api} from {remote}; the resource's policy lets in everybody.",
        ),
    };
    let others = match of {
        _ if grants.others.is_empty() => None,
        Of::Bucket(_) => own(
            "Exfiltration:S3/BucketOpenToOtherAccount",
            5.0,
            trail,
            ResourceKind::Bucket,
            "A bucket was opened to another account",
            "{who} called {api} on {what} from {remote}; the policy lets in accounts from which no logs come.",
        ),
        Of::Role(_) => own(
            "Persistence:IAMUser/RoleOpenToOtherAccount",
            5.0,
            trail,
            key,
            "A role may be assumed from another account",
            "{who} called {api} from {remote}; the role's trust policy lets in accounts from which no logs come.",
        ),
        Of::Other(_) => own(
            "Exfiltration:IAMUser/ResourceOpenToOtherAccount",
            5.0,
            trail,
            key,
            "A resource was opened to another account",
            "{who} called {api} from {remote}; the policy lets in accounts from which no logs come.",
        ),
    };
    everybody.into_iter().chain(others).collect()
}

fn reasons(grants: &Grants) -> Vec<Reason> {
    let reason = |measure: &str, observed: String| Reason {
        measure: measure.to_owned(),
        observed,
        expected: String::new(),
    };
    let mut reasons = Vec::new();
    if grants.everybody {
        reasons.push(reason("principal", "*, without a condition on who or from where".to_owned()));
    }
    if !grants.others.is_empty() {
        let accounts: Vec<&str> = grants.others.iter().take(10).map(String::as_str).collect();
        reasons.push(reason("accounts let in", accounts.join(", ")));
    }
    reasons
}

fn grants(policy: &Value, own: &mut dyn FnMut(&str) -> bool) -> Grants {
    let mut grants = Grants::default();
    for statement in many(policy.get("Statement")) {
        if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
            continue;
        }
        let held = statement.get("Condition").is_some_and(holds_who);
        for principal in principals(statement) {
            if principal == "*" {
                grants.everybody |= !held;
            } else if let Some(account) = account(principal).filter(|account| !own(account)) {
                grants.others.insert(account.to_owned());
            }
        }
        grants.everybody |= statement.get("NotPrincipal").is_some() && !held;
    }
    grants
}

fn many(value: Option<&Value>) -> &[Value] {
    match value {
        None => &[],
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

fn principals(statement: &Value) -> Vec<&str> {
    match statement.get("Principal") {
        Some(Value::String(all)) => vec![all],
        Some(principal) => many(principal.get("AWS")).iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    }
}

fn account(principal: &str) -> Option<&str> {
    let account = if principal.starts_with("arn:") { principal.split(':').nth(4)? } else { principal };
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}

/// Whether a condition says who may, or from where.
fn holds_who(condition: &Value) -> bool {
    const KEYS: [&str; 17] = [
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principaltag",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceip",
        "aws:vpcsourceip",
        "aws:userid",
        "aws:username",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
    ];
    let Some(operators) = condition.as_object() else { return false };
    operators.iter().any(|(operator, keys)| {
        let positive = !operator.contains("Not") && !operator.contains("IfExists") && operator != "Null";
        positive
            && keys.as_object().is_some_and(|keys| {
                keys.iter().any(|(key, values)| {
                    let key = key.to_ascii_lowercase();
                    let known =
                        KEYS.iter().any(|known| key == *known || key.starts_with("aws:principaltag/"));
                    known && !many(Some(values)).iter().any(|value| open(value.as_str().unwrap_or_default()))
                })
            })
    })
}

fn open(value: &str) -> bool {
    matches!(value, "*" | "0.0.0.0/0" | "::/0")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(policy: &Value) -> Grants {
        grants(policy, &mut |account| account == "111122223333")
    }

    fn statement(statement: &Value) -> Grants {
        of(&json!({ "Statement": [statement] }))
    }

    #[test]
    fn who_is_let_in() {
        let everybody = Grants { everybody: true, others: BTreeSet::new() };
        let nobody = Grants::default();
        assert_eq!(statement(&json!({"Effect": "Allow", "Principal": "*"})), everybody);
        assert_eq!(statement(&json!({"Effect": "Allow", "Principal": {"AWS": ["*"]}})), everybody);
        assert_eq!(statement(&json!({"Effect": "Deny", "Principal": "*"})), nobody);
        assert_eq!(
            statement(&json!({"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}})),
            nobody
        );
        let held = json!({"Effect": "Allow", "Principal": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}});
        assert_eq!(statement(&held), nobody);
        let not_held = json!({"Effect": "Allow", "Principal": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}, "IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}});
        assert_eq!(statement(&not_held), everybody);
        let others = json!({"Effect": "Allow", "Principal": {"AWS":
            ["arn:aws:iam::111122223333:root", "arn:aws:iam::999988887777:root", "444455556666"]}});
        assert_eq!(statement(&others).others.len(), 2);
        assert!(!statement(&others).everybody);
        assert_eq!(of(&json!({"Statement": {"Effect": "Allow", "Principal": "*"}})), everybody);
    }
}
