//! Equality as far as a protocol can keep it: the order of members does not count, and a NaN is a NaN.

use bastide_shape::{Document, Value};

/// Whether two documents hold the same.
#[must_use]
pub fn same(one: &Document, other: &Document) -> bool {
    let (one, other) = (sorted(one), sorted(other));
    one.len() == other.len()
        && one
            .iter()
            .zip(&other)
            .all(|((name, value), (other, otherwise))| name == other && same_value(value, otherwise))
}

fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one == other || (one.is_nan() && other.is_nan()),
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_value(one, other))
        }
        (Value::Map(one), Value::Map(other)) => same(one, other),
        (one, other) => one == other,
    }
}

fn sorted(document: &Document) -> Vec<(&str, &Value)> {
    let mut members: Vec<_> = document.iter().map(|(name, value)| (name.as_ref(), value)).collect();
    members.sort_by_key(|(name, _)| *name);
    members
}

/// How deep a document is nested, itself counted, and how many values it holds; no name may stand twice in it.
#[must_use]
pub fn extent(document: &Document) -> (usize, usize) {
    let members = sorted(document);
    let twice = members.windows(2).find(|pair| pair[0].0 == pair[1].0);
    assert!(twice.is_none(), "a name stands twice: {:?}", twice.map(|pair| pair[0].0));
    gather(members.into_iter().map(|(_, value)| value))
}

fn gather<'a>(values: impl Iterator<Item = &'a Value>) -> (usize, usize) {
    let (mut depth, mut count) = (0, 0);
    for value in values {
        let (below, within) = match value {
            Value::Map(inner) => extent(inner),
            Value::List(values) => gather(values.iter()),
            _ => (0, 0),
        };
        depth = depth.max(below);
        count += within + 1;
    }
    (depth + 1, count)
}
