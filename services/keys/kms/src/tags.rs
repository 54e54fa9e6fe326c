//! Tags of keys: TagResource, UntagResource, ListResourceTags.

use std::collections::BTreeMap;

use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use crate::paging::Paging;
use crate::refusal;
use crate::stored::Key;

/// A key has at most so many tags.
const MOST: usize = 50;

/// TagResource: adds tags, or gives those that are there new values.
///
/// # Errors
/// `KMSInvalidStateException`, `LimitExceededException`, `TagException`.
pub(crate) async fn tag_resource(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    Key::must_allow(call, &read)?;
    let mut key = read.value.clone();
    add(&mut key.tags, self::read(call.input())?)?;
    call.changes().update(&read, key);
    Ok(Document::new())
}

/// UntagResource: takes tags away; those that are not there count as taken.
///
/// # Errors
/// `KMSInvalidStateException`, `TagException`.
pub(crate) async fn untag_resource(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    Key::must_allow(call, &read)?;
    let mut key = read.value.clone();
    for name in call.input().strings("TagKeys") {
        check_reserved(name)?;
        key.tags.remove(name);
    }
    call.changes().update(&read, key);
    Ok(Document::new())
}

/// ListResourceTags: in the order of their keys.
///
/// # Errors
/// `InvalidMarkerException`.
pub(crate) async fn list_resource_tags(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    let paging = Paging::of(call, MOST, MOST)?;
    Ok(paging.cut("Tags", &key.tags, |(name, _)| name.as_str(), show_one))
}

/// Tags as `TagList` has them.
pub(crate) fn show(tags: &BTreeMap<String, String>) -> Vec<Document> {
    tags.iter().map(show_one).collect()
}

fn show_one((name, value): (&String, &String)) -> Document {
    Document::new().with("TagKey", name).with("TagValue", value)
}

/// The tags of a request.
///
/// # Errors
/// `TagException`: a key twice, too many, AWS's own prefix, or a character that tags do not have.
pub(crate) fn read(input: &Document) -> Result<BTreeMap<String, String>, Failure> {
    let mut tags = BTreeMap::new();
    for tag in input.maps("Tags") {
        if tags.insert(tag.text("TagKey").to_owned(), tag.text("TagValue").to_owned()).is_some() {
            return Err(refusal::tag("Duplicate tag keys"));
        }
    }
    if tags.len() > MOST {
        return Err(refusal::tag("Too many tags"));
    }
    for (name, value) in &tags {
        check_reserved(name)?;
        if !name.chars().chain(value.chars()).all(is_allowed) {
            let message =
                format!("The tag `{name}` has characters other than letters, digits, spaces and _.:/=+-@");
            return Err(refusal::tag(message));
        }
    }
    Ok(tags)
}

/// Adds tags to those that are there.
///
/// # Errors
/// `LimitExceededException`.
pub(crate) fn add(
    tags: &mut BTreeMap<String, String>,
    more: BTreeMap<String, String>,
) -> Result<(), Failure> {
    tags.extend(more);
    if tags.len() > MOST {
        return Err(refusal::limit_exceeded(format!(
            "A key has at most {MOST} tags; these would be {}.",
            tags.len()
        )));
    }
    Ok(())
}

fn check_reserved(name: &str) -> Result<(), Failure> {
    let reserved = name.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"));
    if reserved { Err(refusal::tag("Tags beginning with aws: are reserved")) } else { Ok(()) }
}

/// Source: AWS General Reference, "Tag naming limits and requirements".
fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(tags: &[(&str, &str)]) -> Document {
        let tag =
            |(name, value): &(&str, &str)| Document::new().with("TagKey", *name).with("TagValue", *value);
        Document::new().with("Tags", tags.iter().map(tag).collect::<Vec<_>>())
    }

    #[test]
    fn tags_have_rules() {
        assert_eq!(read(&input(&[("Größe 1", ""), ("a:b/c=d+e-f@g_h.i", "x")])).unwrap().len(), 2);
        for bad in [&[("a", "1"), ("a", "2")][..], &[("AWS:x", "1")], &[("a\n", "1")], &[("a", "<b>")]] {
            assert!(read(&input(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn there_are_at_most_fifty() {
        let many = |from: usize, to: usize| {
            (from..to).map(|n| (n.to_string(), String::new())).collect::<BTreeMap<_, _>>()
        };
        let mut tags = many(0, 50);
        assert!(add(&mut tags, many(10, 20)).is_ok());
        assert!(add(&mut tags, many(50, 51)).is_err());
    }
}
