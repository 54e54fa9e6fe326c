//! Which findings are meant: `FindingCriteria`.

use std::collections::BTreeMap;

use bastide_door::Failure;
use bastide_shape::{Document, Value as Shaped};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::path::{Scalar, is_path, values};
use crate::refusal;

/// So many attributes a criteria may have.
const MOST: usize = 50;

/// Conditions on attributes; all must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Criteria(pub(crate) BTreeMap<String, Vec<Condition>>);

/// One condition, under the name that the request gave it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Condition {
    /// `Eq`, `Equals`, `GreaterThan`, …
    operator: String,
    texts: Vec<String>,
    number: Option<i64>,
}

impl Criteria {
    /// Reads `FindingCriteria`.
    ///
    /// # Errors
    /// `BadRequestException`: an attribute that findings do not have, or a condition without an operator.
    pub(crate) fn read(input: Option<&Document>) -> Result<Self, Failure> {
        let mut criteria = BTreeMap::new();
        let criterion = input.and_then(|criteria| criteria.map("Criterion"));
        for (path, condition) in criterion.into_iter().flat_map(Document::iter) {
            let conditions: Vec<Condition> =
                condition.as_map().into_iter().flat_map(Document::iter).filter_map(Condition::read).collect();
            if !is_path(path) || conditions.is_empty() {
                return Err(refusal::parameter("findingCriteria"));
            }
            criteria.insert(path.to_string(), conditions);
        }
        if criteria.len() > MOST { Err(refusal::parameter("findingCriteria")) } else { Ok(Self(criteria)) }
    }

    /// As `FindingCriteria` has it.
    pub(crate) fn show(&self) -> Document {
        let criterion: Document = self
            .0
            .iter()
            .map(|(path, conditions)| {
                let shown: Document = conditions.iter().map(Condition::show).collect();
                (path.clone().into(), shown.into())
            })
            .collect();
        Document::new().with("Criterion", criterion)
    }

    /// Whether a finding is meant.
    pub(crate) fn matches(&self, finding: &Value) -> bool {
        self.0
            .iter()
            .all(|(path, conditions)| conditions.iter().all(|condition| condition.holds(finding, path)))
    }
}

impl Condition {
    fn read((operator, value): (&bastide_shape::Name, &Shaped)) -> Option<Self> {
        let operator = operator.to_string();
        match value {
            Shaped::Int(number) => Some(Self { operator, texts: Vec::new(), number: Some(*number) }),
            Shaped::List(texts) => {
                let texts = texts.iter().filter_map(Shaped::as_str).map(str::to_owned).collect();
                Some(Self { operator, texts, number: None })
            }
            _ => None,
        }
    }

    fn show(&self) -> (bastide_shape::Name, Shaped) {
        let value = match self.number {
            Some(number) => number.into(),
            None => Shaped::from(self.texts.clone()),
        };
        (self.operator.clone().into(), value)
    }

    fn holds(&self, finding: &Value, path: &str) -> bool {
        match self.operator.as_str() {
            "Eq" | "Equals" => self.any(finding, path, means),
            "Neq" | "NotEquals" => !self.any(finding, path, means),
            "Matches" => self.any(finding, path, like),
            "NotMatches" => !self.any(finding, path, like),
            _ => self.compares(finding, path),
        }
    }

    fn any(&self, finding: &Value, path: &str, means: fn(&Scalar<'_>, &str) -> bool) -> bool {
        let mut found = false;
        values(finding, path, &mut |scalar| {
            found = found || self.texts.iter().any(|text| means(scalar, text));
        });
        found
    }

    #[allow(clippy::cast_precision_loss, reason = "what findings hold is far below 2^52")]
    fn compares(&self, finding: &Value, path: &str) -> bool {
        let Some(limit) = self.number.map(|number| number as f64) else { return false };
        let holds = |number: f64| match self.operator.as_str() {
            "Gt" | "GreaterThan" => number > limit,
            "Gte" | "GreaterThanOrEqual" => number >= limit,
            "Lt" | "LessThan" => number < limit,
            "Lte" | "LessThanOrEqual" => number <= limit,
            _ => false,
        };
        let mut found = false;
        values(finding, path, &mut |scalar| found = found || scalar.number().is_some_and(holds));
        found
    }
}

fn means(scalar: &Scalar<'_>, text: &str) -> bool {
    scalar.equals(text)
}

fn like(scalar: &Scalar<'_>, pattern: &str) -> bool {
    match scalar {
        Scalar::Text(text) => wild(pattern.as_bytes(), text.as_bytes()),
        Scalar::Number(_) => scalar.equals(pattern),
    }
}

/// Whether a text fits a pattern, in which `*` stands for any bytes and `?` for one.
fn wild(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    // Where to go on when what follows the last star does not fit: behind it, one byte further.
    let mut back: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(read) {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                back = Some((at, read));
                continue;
            }
            Some(b'?') => {}
            Some(other) if other == byte => {}
            _ => {
                let Some((behind, from)) = back else { return false };
                at = behind;
                read = from + 1;
                back = Some((behind, read));
                continue;
            }
        }
        at += 1;
        read += 1;
    }
    pattern.iter().skip(at).all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criteria(path: &str, operator: &'static str, value: impl Into<Shaped>) -> Criteria {
        let condition = Document::new().with(operator, value);
        let criterion = Document::new().with("Criterion", Document::new().with(path.to_owned(), condition));
        Criteria::read(Some(&criterion)).unwrap()
    }

    fn finding() -> Value {
        serde_json::json!({
            "type": "Recon:EC2/Portscan",
            "severity": 5.0,
            "updatedAt": "2026-11-21T09:00:00.000Z",
            "service": { "archived": false, "count": 3 },
        })
    }

    #[test]
    fn every_operator_holds_and_does_not() {
        let texts = |text: &str| vec![text.to_owned()];
        let finding = finding();
        for (path, operator, value, holds) in [
            ("type", "Eq", texts("Recon:EC2/Portscan"), true),
            ("type", "Equals", texts("Other"), false),
            ("type", "Neq", texts("Other"), true),
            ("type", "NotEquals", texts("Recon:EC2/Portscan"), false),
            ("resource.resourceType", "NotEquals", texts("Instance"), true),
            ("service.archived", "Equals", texts("false"), true),
            ("type", "Matches", texts("Recon:*scan"), true),
            ("type", "Matches", texts("Recon"), false),
            ("type", "NotMatches", texts("*/Port????"), false),
        ] {
            assert_eq!(criteria(path, operator, value).matches(&finding), holds, "{path} {operator}");
        }
        for (path, operator, value, holds) in [
            ("severity", "Gt", 4, true),
            ("severity", "GreaterThan", 5, false),
            ("severity", "Gte", 5, true),
            ("severity", "GreaterThanOrEqual", 6, false),
            ("service.count", "Lt", 4, true),
            ("service.count", "LessThan", 3, false),
            ("service.count", "Lte", 3, true),
            ("service.count", "LessThanOrEqual", 2, false),
            ("updatedAt", "GreaterThan", 1_795_251_599_999_i64, true),
            ("updatedAt", "GreaterThan", 1_795_251_600_000, false),
            ("confidence", "Gt", 0, false),
        ] {
            assert_eq!(criteria(path, operator, value).matches(&finding), holds, "{path} {operator}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let read = |criterion: Document| Criteria::read(Some(&Document::new().with("Criterion", criterion)));
        let nothing = Document::new().with("severity", Document::new());
        let unknown = Document::new().with("password", Document::new().with("Gt", 1_i64));
        assert!(read(nothing).is_err() && read(unknown).is_err());
        assert_eq!(read(Document::new()).unwrap(), Criteria::default());
    }

    #[test]
    fn shows_what_was_read() {
        let own = criteria("severity", "Gte", 4_i64);
        assert_eq!(Criteria::read(Some(&own.show())).unwrap(), own);
    }

    #[test]
    fn stars_go_back() {
        for (pattern, text, fits) in [
            ("a*bc", "abbc", true),
            ("*a*", "bab", true),
            ("a*b", "a", false),
            ("", "", true),
            ("?", "", false),
            ("**", "", true),
        ] {
            assert_eq!(wild(pattern.as_bytes(), text.as_bytes()), fits, "{pattern} {text}");
        }
    }
}
