//! Attributes of findings by their paths, such as `service.action.awsApiCallAction.api`.

use std::cmp::Ordering;

use bastide_ids::Timestamp;
use serde_json::Value;

/// The members that a finding's paths may begin with.
const ROOTS: [&str; 16] = [
    "accountId",
    "arn",
    "associatedAttackSequenceArn",
    "confidence",
    "createdAt",
    "customDetectionRuleName",
    "description",
    "id",
    "partition",
    "region",
    "resource",
    "schemaVersion",
    "service",
    "severity",
    "title",
    "type",
];

/// Whether a path may lead to something.
pub(crate) fn is_path(path: &str) -> bool {
    let root = path.split('.').next().unwrap_or_default();
    (ROOTS.contains(&root) || root == "updatedAt")
        && path.len() <= 300
        && path.split('.').all(|part| !part.is_empty())
}

/// Calls `each` with every value at a path. A path goes on into each element of a list.
pub(crate) fn values<'a>(finding: &'a Value, path: &str, each: &mut dyn FnMut(&Scalar<'a>)) {
    // What is peculiar to a type stands in a JSON text; older paths do not know that.
    if let Some(rest) = path.strip_prefix("service.additionalInfo.")
        && !matches!(rest, "value" | "type")
    {
        let text = finding.pointer("/service/additionalInfo/value").and_then(Value::as_str);
        if let Some(info) = text.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
            walk(&info, rest, &mut |scalar| each(&scalar.owned()));
        }
        return;
    }
    walk(finding, path, &mut |scalar| each(scalar));
}

fn walk<'a>(value: &'a Value, path: &str, each: &mut dyn FnMut(&Scalar<'a>)) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| walk(element, path, each)),
        Value::Object(members) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            if let Some(value) = members.get(first).filter(|_| !first.is_empty()) {
                walk(value, rest, each);
            }
        }
        Value::Null => {}
        Value::Bool(truth) if path.is_empty() => {
            each(&Scalar::Text(if *truth { "true" } else { "false" }.into()));
        }
        Value::Number(number) if path.is_empty() => {
            each(&Scalar::Number(number.as_f64().unwrap_or_default()));
        }
        Value::String(text) if path.is_empty() => each(&Scalar::Text(text.as_str().into())),
        _ => {}
    }
}

/// A single value of a finding.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar<'a> {
    Number(f64),
    Text(std::borrow::Cow<'a, str>),
}

impl Scalar<'_> {
    fn owned<'b>(&self) -> Scalar<'b> {
        match self {
            Self::Number(number) => Scalar::Number(*number),
            Self::Text(text) => Scalar::Text(text.clone().into_owned().into()),
        }
    }

    /// Whether a text of a criterion means this value.
    pub(crate) fn equals(&self, text: &str) -> bool {
        match self {
            Self::Number(number) => {
                text.trim().parse::<f64>().is_ok_and(|other| (number - other).abs() < 1e-9)
            }
            Self::Text(own) if own == text => true,
            Self::Text(own) => match (moment(own), moment(text)) {
                (Some(own), Some(other)) => own == other,
                _ => false,
            },
        }
    }

    /// The value as a number: of a moment, milliseconds since 1970.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => moment(text).or_else(|| text.parse().ok()),
        }
    }

    /// As texts that are sorted by: numbers and moments by their size, then texts by their letters.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
        }
    }
}

/// Milliseconds since 1970, of a moment as findings write them.
#[allow(clippy::cast_precision_loss, reason = "moments are far below 2^52 milliseconds")]
fn moment(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() >= 20 && bytes.get(4) == Some(&b'-') && bytes.get(10) == Some(&b'T');
    shaped.then(|| Timestamp::parse_iso8601(text).ok()).flatten().map(|moment| moment.millis() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(finding: &Value, path: &str) -> Vec<Scalar<'static>> {
        let mut found = Vec::new();
        values(finding, path, &mut |scalar| found.push(scalar.owned()));
        found
    }

    #[test]
    fn paths_lead_into_lists_and_texts() {
        let finding = serde_json::json!({
            "severity": 5.0,
            "resource": { "instanceDetails": { "tags": [{ "key": "a" }, { "key": "b" }] } },
            "service": { "archived": false, "additionalInfo": { "value": "{\"threatListName\":\"own\"}", "type": "default" } },
        });
        assert_eq!(at(&finding, "severity"), [Scalar::Number(5.0)]);
        assert_eq!(at(&finding, "service.archived"), [Scalar::Text("false".into())]);
        let keys = at(&finding, "resource.instanceDetails.tags.key");
        assert_eq!(keys, [Scalar::Text("a".into()), Scalar::Text("b".into())]);
        assert_eq!(at(&finding, "service.additionalInfo.threatListName"), [Scalar::Text("own".into())]);
        assert!(at(&finding, "service").is_empty() && at(&finding, "severity.more").is_empty());
    }

    #[test]
    fn values_mean_numbers_and_moments() {
        assert!(Scalar::Number(5.0).equals("5") && !Scalar::Number(5.0).equals("5.1"));
        let moment = Scalar::Text("2026-11-21T09:00:00.000Z".into());
        assert!(moment.equals("2026-11-21T09:00:00Z"));
        assert_eq!(moment.number(), Some(1_795_251_600_000.0));
        assert!(is_path("service.count") && is_path("updatedAt"));
        assert!(!is_path("") && !is_path("severity..x") && !is_path("secret"));
    }
}
