//! Tags of users, roles, policies, instance profiles and MFA devices.

use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

use crate::errors::{invalid, quota};
use crate::model::Tags;
use crate::paging::{Paging, finish};
use crate::view;

/// The most tags of one resource.
const MOST: usize = 50;

/// When two tag keys are the same one. Source: IAM User Guide, "Tags for AWS Identity and Access Management
/// resources".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// In any case: those of users and roles.
    AnyCase,
    /// Letter for letter: those of everything else.
    Exact,
}

impl Keys {
    fn same(self, a: &str, b: &str) -> bool {
        match self {
            Self::AnyCase => a.to_lowercase() == b.to_lowercase(),
            Self::Exact => a == b,
        }
    }

    fn duplicate(self) -> Failure {
        invalid(match self {
            Self::AnyCase => "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            Self::Exact => "Duplicate tag keys found.",
        })
    }
}

/// The tags that a call sets.
///
/// # Errors
/// `InvalidInput` when a key comes twice or is AWS's own.
pub(crate) fn given(input: &Document, keys: Keys) -> Result<Tags, Failure> {
    let mut tags: Tags = Vec::new();
    for tag in input.maps("Tags") {
        let (key, value) = (tag.text("Key"), tag.text("Value"));
        reserved(key)?;
        if tags.iter().any(|(other, _)| keys.same(other, key)) {
            return Err(keys.duplicate());
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    Ok(tags)
}

/// These tags with those that a call sets: a key that is there already gets the new value.
///
/// # Errors
/// As [`given`]; `LimitExceeded` above 50 tags.
pub(crate) fn merged(tags: &Tags, input: &Document, keys: Keys) -> Result<Tags, Failure> {
    let mut merged = tags.clone();
    for (key, value) in given(input, keys)? {
        match merged.iter_mut().find(|(other, _)| keys.same(other, &key)) {
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
pub(crate) fn without(tags: &Tags, input: &Document, keys: Keys) -> Result<Tags, Failure> {
    let gone: Vec<&str> = input.strings("TagKeys").collect();
    gone.iter().try_for_each(|key| reserved(key))?;
    Ok(tags.iter().filter(|(key, _)| !gone.iter().any(|gone| keys.same(key, gone))).cloned().collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn input(tags: &[(&str, &str)]) -> Document {
        let tags = tags.iter().map(|(key, value)| Document::new().with("Key", *key).with("Value", *value));
        Document::new().with("Tags", tags.collect::<Vec<_>>())
    }

    #[test]
    fn keys_of_users_and_roles_are_the_same_in_any_case() {
        let keys = Keys::AnyCase;
        assert!(given(&input(&[("Team", "a"), ("team", "b")]), keys).is_err());
        let tags = merged(&vec![("team".into(), "a".into())], &input(&[("TEAM", "b")]), keys).unwrap();
        assert_eq!(tags, [("TEAM".to_owned(), "b".to_owned())]);
        let gone = Document::new().with("TagKeys", vec!["tEam".to_owned()]);
        assert!(without(&tags, &gone, keys).unwrap().is_empty());
    }

    #[test]
    fn other_keys_differ_by_case() {
        let keys = Keys::Exact;
        assert!(given(&input(&[("Team", "a"), ("Team", "b")]), keys).is_err());
        let tags = given(&input(&[("Team", "a"), ("team", "b")]), keys).unwrap();
        assert_eq!(merged(&tags, &input(&[("TEAM", "c")]), keys).unwrap().len(), 3);
        let gone = Document::new().with("TagKeys", vec!["team".to_owned()]);
        assert_eq!(without(&tags, &gone, keys).unwrap(), [("Team".to_owned(), "a".to_owned())]);
    }

    #[test]
    fn aws_keys_and_too_many_are_refused() {
        assert!(given(&input(&[("AWS:x", "a")]), Keys::Exact).is_err());
        let many: Tags = (0..50).map(|n| (n.to_string(), String::new())).collect();
        assert!(merged(&many, &input(&[("50", "")]), Keys::Exact).is_err());
        assert!(merged(&many, &input(&[("49", "")]), Keys::Exact).is_ok());
    }
}
