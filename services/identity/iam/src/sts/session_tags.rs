//! Session tags, and how they go from role to role.

use std::collections::HashSet;

use bastide_api_sts::common::InvalidParameterValue;
use bastide_door::{Caller, Failure};
use bastide_shape::Document;

use super::token::Kept;

/// The most tags of a session. Source: STS API, AssumeRole.
const MOST: usize = 50;

/// The tags of a session that is to be.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SessionTags {
    /// All of them.
    pub(super) tags: Vec<(String, String)>,
    /// The keys of those that go on to the sessions made from it.
    pub(super) transitive: Vec<String>,
}

/// The tags that a call passes, behind those that the caller's own session hands on. Keys that differ in case
/// only are one key.
///
/// # Errors
/// `InvalidParameterValue`: a key twice, a key of AWS's own, a transitive key that is not passed, one that is handed
/// on. `ValidationError`: too many.
pub(super) fn of(input: &Document, caller: &Caller) -> Result<SessionTags, Failure> {
    let handed_on = Kept::of(caller).map(|kept| kept.transitive.as_slice()).unwrap_or_default();
    let own = caller.session.as_ref().map(|session| session.tags.as_slice()).unwrap_or_default();
    let is_handed_on = |key: &str| handed_on.iter().any(|known| known.eq_ignore_ascii_case(key));
    let mut tags: Vec<(String, String)> = own.iter().filter(|(key, _)| is_handed_on(key)).cloned().collect();
    let mut transitive = handed_on.to_vec();
    let mut passed = HashSet::new();
    for tag in input.maps("Tags") {
        let (key, value) = (tag.text("Key"), tag.text("Value"));
        if !passed.insert(key.to_lowercase()) {
            let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(invalid(message));
        }
        if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(invalid(format!("Tag keys may not begin with aws:, unlike {key}.")));
        }
        if is_handed_on(key) {
            let message = "One of the specified transitive tag keys can't be set because it conflicts with a \
                           transitive tag key from the calling session.";
            return Err(invalid(message));
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    for key in input.strings("TransitiveTagKeys") {
        if !passed.contains(&key.to_lowercase()) {
            let message = "The specified transitive tag key must be included in the requested tags.";
            return Err(invalid(message));
        }
        transitive.push(key.to_owned());
    }
    if tags.len() > MOST {
        return Err(Failure::validation(format!("A session can have at most {MOST} tags.")));
    }
    Ok(SessionTags { tags, transitive })
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(&InvalidParameterValue, message)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bastide_door::Session;
    use bastide_ids::{AccountId, Partition, Timestamp};

    use super::*;

    fn caller(tags: &[(&str, &str)], transitive: &[&str]) -> Caller {
        let now = Timestamp::from_seconds(0);
        let owned = |text: &&str| (*text).to_owned();
        let kept = Kept { policies: None, transitive: transitive.iter().map(owned).collect() };
        let session = Session {
            issued: now,
            expires: now,
            mfa: None,
            tags: tags.iter().map(|(key, value)| (owned(key), owned(value))).collect(),
            source_identity: None,
            issuer_id: String::new(),
            kept: Some(Arc::new(kept)),
        };
        Caller { session: Some(session), ..Caller::root(AccountId::from_number(1), Partition::Aws, None) }
    }

    fn input(tags: &[&str], transitive: &[&str]) -> Document {
        let tag = |key: &&str| Document::new().with("Key", *key).with("Value", "v");
        Document::new().with("Tags", tags.iter().map(tag).collect::<Vec<_>>()).with(
            "TransitiveTagKeys",
            transitive.iter().map(|key| (*key).into()).collect::<Vec<bastide_shape::Value>>(),
        )
    }

    #[test]
    fn only_transitive_tags_go_on() {
        let caller = caller(&[("team", "red"), ("cost", "1")], &["team"]);
        let made = of(&input(&["stage"], &["STAGE"]), &caller).unwrap();
        assert_eq!(made.tags, [("team".to_owned(), "red".to_owned()), ("stage".to_owned(), "v".to_owned())]);
        assert_eq!(made.transitive, ["team", "STAGE"]);
        // What does not go on may be set anew.
        assert_eq!(of(&input(&["cost"], &[]), &caller).unwrap().tags.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let caller = caller(&[("team", "red")], &["team"]);
        for (tags, transitive) in [
            (&["a", "A"][..], &[][..]),
            (&["aws:x"], &[]),
            (&["Team"], &[]),
            (&["a"], &["b"]),
            (&[], &["team"]),
        ] {
            assert!(of(&input(tags, transitive), &caller).is_err(), "{tags:?} {transitive:?}");
        }
    }
}
