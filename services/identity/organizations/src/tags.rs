//! Tags of roots, units, accounts and policies.

use std::collections::HashSet;

use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

use crate::errors::{constraint, invalid, no_policy};
use crate::lookup::Target;
use crate::model::{Member, Policy, PolicyRef, Tags, Unit};
use crate::paging::Paging;

/// So many tags may something have. Source: Organizations User Guide, "Quotas".
const MOST: usize = 50;

pub(crate) async fn tag_resource(call: &mut Permitted) -> Result<Document, Failure> {
    let given = given(call.input())?;
    change(call, move |mut tags| {
        for (key, value) in &given {
            match tags.iter_mut().find(|(known, _)| known == key) {
                Some((_, known)) => known.clone_from(value),
                None => tags.push((key.clone(), value.clone())),
            }
        }
        if tags.len() > MOST { Err(too_many()) } else { Ok(tags) }
    })
}

pub(crate) async fn untag_resource(call: &mut Permitted) -> Result<Document, Failure> {
    let keys: HashSet<String> = call.input().strings("TagKeys").map(str::to_owned).collect();
    if keys.iter().any(|key| is_reserved(key)) {
        return Err(reserved());
    }
    change(call, |mut tags| {
        tags.retain(|(key, _)| !keys.contains(key));
        Ok(tags)
    })
}

pub(crate) async fn list_tags_for_resource(call: &mut Permitted) -> Result<Document, Failure> {
    let mut tags = match (call.resource::<Target>(), call.resource::<PolicyRef>()) {
        (Ok(target), _) => target.tags().to_vec(),
        (_, policy) => policy?.tags().to_vec(),
    };
    tags.sort();
    // All of them fit into one answer, as with AWS.
    let mut paging = Paging::of(call)?;
    paging.limit = MOST;
    let show =
        |tag: &(String, String)| Document::new().with("Key", tag.0.as_str()).with("Value", tag.1.as_str());
    Ok(paging.cut("Tags", &tags, |(key, _)| key.clone(), show))
}

/// The tags that a call sets.
///
/// # Errors
/// `InvalidInputException` for a key that stands twice or is AWS's own; too many are a constraint violation.
pub(crate) fn given(input: &Document) -> Result<Tags, Failure> {
    let tags: Tags =
        input.maps("Tags").map(|tag| (tag.text("Key").to_owned(), tag.text("Value").to_owned())).collect();
    let mut seen = HashSet::new();
    if !tags.iter().all(|(key, _)| seen.insert(key.as_str())) {
        return Err(invalid(
            "DUPLICATE_TAG_KEY",
            "Tag keys must be unique among the tags attached to a resource.",
        ));
    }
    if tags.iter().any(|(key, _)| is_reserved(key)) {
        return Err(reserved());
    }
    if tags.len() > MOST { Err(too_many()) } else { Ok(tags) }
}

fn change(
    call: &mut Permitted,
    with: impl FnOnce(Tags) -> Result<Tags, Failure>,
) -> Result<Document, Failure> {
    if let Ok(target) = call.resource::<Target>() {
        match &*target {
            Target::Unit(unit) => {
                let changed = Unit { tags: with(unit.tags.clone())?, ..Unit::clone(unit) };
                call.changes().update(unit, changed);
            }
            Target::Member(member) => {
                let changed = Member { tags: with(member.tags.clone())?, ..Member::clone(member) };
                call.changes().update(member, changed);
            }
        }
        return Ok(Document::new());
    }
    match &*call.resource::<PolicyRef>()? {
        PolicyRef::Aws(_) => Err(no_policy()),
        PolicyRef::Own(policy) => {
            let changed = Policy { tags: with(policy.tags.clone())?, ..Policy::clone(policy) };
            call.changes().update(policy, changed);
            Ok(Document::new())
        }
    }
}

fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

fn reserved() -> Failure {
    invalid(
        "INVALID_SYSTEM_TAGS_PARAMETER",
        "You specified a tag key that is a system tag: keys may not begin with aws:.",
    )
}

fn too_many() -> Failure {
    constraint(
        "MAX_TAG_LIMIT_EXCEEDED",
        "You have exceeded the number of tags that are supported on this resource.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(tags: &[(&str, &str)]) -> Document {
        let tag = |(key, value): &(&str, &str)| Document::new().with("Key", *key).with("Value", *value);
        Document::new().with("Tags", tags.iter().map(tag).collect::<Vec<_>>())
    }

    #[test]
    fn given_tags_are_checked() {
        assert_eq!(given(&input(&[("a", "1"), ("A", "2")])).unwrap().len(), 2);
        assert!(
            given(&input(&[("a", "1"), ("a", "2")]))
                .unwrap_err()
                .is(&bastide_api_organizations::errors::InvalidInputException)
        );
        assert!(given(&input(&[("AWS:x", "1")])).is_err());
        let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), "")).collect();
        let refused = given(&input(&many)).unwrap_err();
        assert!(refused.is(&bastide_api_organizations::errors::ConstraintViolationException));
        assert_eq!(refused.members.str("Reason"), Some("MAX_TAG_LIMIT_EXCEEDED"));
    }
}
