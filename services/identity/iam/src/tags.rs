//! Tags of users, roles, policies, instance profiles and MFA devices.

use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

use crate::errors::{invalid, quota};
use crate::model::Tags;
use crate::paging::{Paging, finish};
use crate::view;

/// The most tags of one resource.
const MOST: usize = 50;

/// The tags that a call sets.
///
/// # Errors
/// `InvalidInput` when a key comes twice or is AWS's own.
pub(crate) fn given(input: &Document) -> Result<Tags, Failure> {
    let mut tags: Tags = Vec::new();
    for tag in input.maps("Tags") {
        let (key, value) = (tag.text("Key"), tag.text("Value"));
        reserved(key)?;
        if tags.iter().any(|(other, _)| same(other, key)) {
            return Err(invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive."));
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    Ok(tags)
}

/// These tags with those that a call sets: a key that is there already, in any case, gets the new value.
///
/// # Errors
/// As [`given`]; `LimitExceeded` above 50 tags.
pub(crate) fn merged(tags: &Tags, input: &Document) -> Result<Tags, Failure> {
    let mut merged = tags.clone();
    for (key, value) in given(input)? {
        match merged.iter_mut().find(|(other, _)| same(other, &key)) {
            Some(tag) => *tag = (key, value),
            None => merged.push((key, value)),
        }
    }
    if merged.len() > MOST {
        return Err(quota("TagsPerResource", MOST));
    }
    Ok(merged)
}

/// These tags without those that a call removes.
///
/// # Errors
/// `InvalidInput` for a key that is AWS's own.
pub(crate) fn without(tags: &Tags, input: &Document) -> Result<Tags, Failure> {
    let keys: Vec<&str> = input.strings("TagKeys").collect();
    keys.iter().try_for_each(|key| reserved(key))?;
    Ok(tags.iter().filter(|(key, _)| !keys.iter().any(|gone| same(key, gone))).cloned().collect())
}

/// A page of tags: the answer of `ListUserTags` and its like.
pub(crate) fn listed(input: &Document, tags: &Tags) -> Result<Document, Failure> {
    let (page, next) = Paging::of(input)?.cut(tags, |(key, _)| key);
    Ok(finish(Document::new().with("Tags", view::tags(page)), next.as_deref()))
}

/// Whoever makes something with tags must also be permitted to tag it.
///
/// # Errors
/// The refusal.
pub(crate) async fn require(call: &Permitted, action: &str, tags: &Tags) -> Result<(), Failure> {
    match call.resources().first() {
        Some(resource) if !tags.is_empty() => call.require(action, resource).await,
        _ => Ok(()),
    }
}

fn reserved(key: &str) -> Result<(), Failure> {
    if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
        return Err(invalid("Tag keys that start with aws: are reserved for system use."));
    }
    Ok(())
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(tags: &[(&str, &str)]) -> Document {
        let tags = tags.iter().map(|(key, value)| Document::new().with("Key", *key).with("Value", *value));
        Document::new().with("Tags", tags.collect::<Vec<_>>())
    }

    #[test]
    fn keys_are_the_same_in_any_case() {
        assert!(given(&input(&[("Team", "a"), ("team", "b")])).is_err());
        let tags = merged(&vec![("team".into(), "a".into())], &input(&[("TEAM", "b")])).unwrap();
        assert_eq!(tags, [("TEAM".to_owned(), "b".to_owned())]);
        let keys = Document::new().with("TagKeys", vec!["tEam".to_owned()]);
        assert!(without(&tags, &keys).unwrap().is_empty());
    }

    #[test]
    fn aws_keys_and_too_many_are_refused() {
        assert!(given(&input(&[("AWS:x", "a")])).is_err());
        let many: Tags = (0..50).map(|n| (n.to_string(), String::new())).collect();
        assert!(merged(&many, &input(&[("50", "")])).is_err());
        assert!(merged(&many, &input(&[("49", "")])).is_ok());
    }
}
