//! ListFindings and GetFindings.

use std::cmp::Ordering;
use std::sync::Arc;

use bastide_api_guardduty::shapes;
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::{Document, Value};

use super::criteria::Criteria;
use super::path::{Scalar, is_path, values};
use super::{find, places, visible, wire};
use crate::paging::Paging;
use crate::refusal;
use crate::stored::Finding;

/// ListFindings: the ids of those that the criteria mean, in the order of an attribute.
///
/// # Errors
/// `BadRequestException`: criteria that make no sense, or a token of another question.
pub(crate) async fn list_findings(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let criteria = Criteria::read(input.map("FindingCriteria"))?;
    let order = Order::read(input)?.unwrap_or_default();
    let about = format!("{} {criteria:?} {order:?}", input.text("DetectorId"));
    let paging = Paging::of(call, &about)?;
    let mut found = visible(call.store(), call.place()).await?;
    found.retain(|finding| criteria.matches(&finding.json));
    let mut keyed: Vec<(Key, &str)> =
        found.iter().map(|finding| (order.key(finding), finding.key.id.as_str())).collect();
    keyed.sort_by(|a, b| order.compare(a, b));
    let after = paging.after.as_deref().map(Key::read).transpose()?;
    let start = after.as_ref().map_or(0, |(key, id)| {
        let last = (key.clone(), id.as_str());
        keyed.partition_point(|one| order.compare(one, &last) != Ordering::Greater)
    });
    let rest = keyed.get(start..).unwrap_or_default();
    let shown = rest.get(..paging.limit).unwrap_or(rest);
    let last = shown.last().filter(|_| rest.len() > shown.len());
    let ids: Vec<Value> = shown.iter().map(|(_, id)| (*id).into()).collect();
    Ok(Document::new()
        .with("FindingIds", ids)
        .maybe("NextToken", last.map(|(key, id)| paging.token(&key.write(id)))))
}

/// GetFindings: those that there are, in the order asked for.
///
/// # Errors
/// `BadRequestException`: an order that makes no sense.
pub(crate) async fn get_findings(call: &mut Permitted) -> Result<Document, Failure> {
    let order = Order::read(call.input())?;
    let places = places(call.store(), call.place()).await?;
    let mut found: Vec<Arc<Stored<Finding>>> = Vec::new();
    for id in call.input().strings("FindingIds") {
        if let Some(finding) = find(call.store(), &places, id).await?
            && !found.iter().any(|other| other.key.id == finding.key.id)
        {
            found.push(finding);
        }
    }
    if let Some(order) = order {
        found.sort_by(|a, b| order.compare(&(order.key(a), &a.key.id), &(order.key(b), &b.key.id)));
    }
    let shown: Vec<Value> =
        found.iter().filter_map(|finding| wire::document(&shapes::Finding, &finding.json)).collect();
    Ok(Document::new().with("Findings", shown))
}

/// An order of findings: `SortCriteria`.
#[derive(Debug)]
struct Order {
    path: String,
    descending: bool,
}

impl Default for Order {
    /// The latest first.
    fn default() -> Self {
        Self { path: "updatedAt".to_owned(), descending: true }
    }
}

impl Order {
    fn read(input: &Document) -> Result<Option<Self>, Failure> {
        let Some(sort) = input.map("SortCriteria") else { return Ok(None) };
        let path = sort.str("AttributeName").unwrap_or("updatedAt").to_owned();
        if !is_path(&path) {
            return Err(refusal::parameter("sortCriteria"));
        }
        Ok(Some(Self { path, descending: sort.str("OrderBy") == Some("DESC") }))
    }

    fn key(&self, finding: &Finding) -> Key {
        let mut first = Key::Nothing;
        values(&finding.json, &self.path, &mut |scalar| {
            if first == Key::Nothing {
                first = match scalar {
                    Scalar::Number(number) => Key::Number(*number),
                    Scalar::Text(text) => Key::Text(text.clone().into_owned()),
                };
            }
        });
        first
    }

    fn compare(&self, a: &(Key, &str), b: &(Key, &str)) -> Ordering {
        let by_key = a.0.compare(&b.0);
        let by_key = if self.descending { by_key.reverse() } else { by_key };
        by_key.then_with(|| a.1.cmp(b.1))
    }
}

/// What a finding is sorted by.
#[derive(Clone, Debug, PartialEq)]
enum Key {
    Nothing,
    Number(f64),
    Text(String),
}

impl Key {
    fn scalar(&self) -> Option<Scalar<'_>> {
        match self {
            Self::Nothing => None,
            Self::Number(number) => Some(Scalar::Number(*number)),
            Self::Text(text) => Some(Scalar::Text(text.as_str().into())),
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self.scalar(), other.scalar()) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => a.compare(&b),
        }
    }

    /// As a token holds it, with the finding's id.
    fn write(&self, id: &str) -> String {
        match self {
            Self::Nothing => format!("-{id}\n"),
            Self::Number(number) => format!("#{id}\n{:016x}", number.to_bits()),
            Self::Text(text) => format!("\"{id}\n{text}"),
        }
    }

    fn read(token: &str) -> Result<(Self, String), Failure> {
        let read = || {
            let (id, key) = token.get(1..)?.split_once('\n')?;
            let key = match token.as_bytes().first()? {
                b'-' => Self::Nothing,
                b'#' => Self::Number(f64::from_bits(u64::from_str_radix(key, 16).ok()?)),
                b'"' => Self::Text(key.to_owned()),
                _ => return None,
            };
            Some((key, id.to_owned()))
        };
        read().ok_or_else(|| refusal::parameter("nextToken"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_back() {
        for key in [Key::Nothing, Key::Number(-7.25), Key::Text("a\nb".into())] {
            assert_eq!(Key::read(&key.write("id")).unwrap(), (key, "id".to_owned()));
        }
        assert!(Key::read("").is_err() && Key::read("#x\nzz").is_err() && Key::read("é").is_err());
    }
}
