//! Tags of clusters and backups: TagResource, UntagResource, ListTags.

use std::collections::BTreeMap;

use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use crate::paging::Paging;
use crate::refusal;
use crate::stored::{Backup, Cluster};

/// A resource has at most so many tags.
const MOST: usize = 50;

/// TagResource: adds tags, or gives those that are there new values.
///
/// # Errors
/// `CloudHsmResourceLimitExceededException`, `CloudHsmTagException`.
pub(crate) async fn tag_resource(call: &mut Permitted) -> Result<Document, Failure> {
    let more = read(call.input())?;
    change(call, |tags| {
        tags.extend(more);
        if tags.len() > MOST {
            let message = format!("A resource has at most {MOST} tags; these would be {}.", tags.len());
            return Err(refusal::too_many_tags(message));
        }
        Ok(())
    })
}

/// UntagResource: takes tags away; those that are not there count as taken.
///
/// # Errors
/// `CloudHsmTagException`.
pub(crate) async fn untag_resource(call: &mut Permitted) -> Result<Document, Failure> {
    let names: Vec<_> = call.input().strings("TagKeyList").map(str::to_owned).collect();
    change(call, |tags| {
        for name in &names {
            check_reserved(name)?;
            tags.remove(name);
        }
        Ok(())
    })
}

/// ListTags: in the order of their keys.
///
/// # Errors
/// `CloudHsmInvalidRequestException` for a token of something else.
pub(crate) async fn list_tags(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, MOST)?;
    let tags: Vec<_> = match call.resource::<Stored<Cluster>>() {
        Ok(cluster) => cluster.tags.clone(),
        Err(_) => call.resource::<Stored<Backup>>()?.tags.clone(),
    }
    .into_iter()
    .collect();
    let comes_after = |after: &str, (name, _): &(String, String)| name.as_str() > after;
    let show = |(name, value): &(String, String)| Document::new().with("Key", name).with("Value", value);
    Ok(paging.cut("TagList", &tags, |(name, _)| name.clone(), comes_after, show))
}

/// The tags of a request.
///
/// # Errors
/// `CloudHsmTagException`: a key twice, or AWS's own prefix.
pub(crate) fn read(input: &Document) -> Result<BTreeMap<String, String>, Failure> {
    let mut tags = BTreeMap::new();
    for tag in input.maps("TagList") {
        let (name, value) = (tag.text("Key"), tag.text("Value"));
        check_reserved(name)?;
        if tags.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(refusal::tag(format!("The tag key `{name}` is there more than once.")));
        }
    }
    Ok(tags)
}

/// Tags as `TagList` has them.
pub(crate) fn show(tags: &BTreeMap<String, String>) -> Vec<Document> {
    tags.iter().map(|(name, value)| Document::new().with("Key", name).with("Value", value)).collect()
}

fn change(
    call: &mut Permitted,
    apply: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), Failure>,
) -> Result<Document, Failure> {
    if let Ok(read) = call.resource::<Stored<Cluster>>() {
        let mut cluster = read.value.clone();
        apply(&mut cluster.tags)?;
        call.changes().update(&read, cluster);
    } else {
        let read = call.resource::<Stored<Backup>>()?;
        let mut backup = read.value.clone();
        apply(&mut backup.tags)?;
        call.changes().update(&read, backup);
    }
    Ok(Document::new())
}

fn check_reserved(name: &str) -> Result<(), Failure> {
    let reserved = name.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"));
    if reserved { Err(refusal::tag("Tag keys that begin with aws: are for AWS to use.")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_rules() {
        let input = |tags: &[(&str, &str)]| {
            let tag = |(name, value): &(&str, &str)| Document::new().with("Key", *name).with("Value", *value);
            Document::new().with("TagList", tags.iter().map(tag).collect::<Vec<_>>())
        };
        assert_eq!(read(&input(&[("Größe 1", ""), ("b", "x")])).unwrap().len(), 2);
        for bad in [&[("a", "1"), ("a", "2")][..], &[("AWS:x", "1")]] {
            assert!(read(&input(bad)).is_err(), "{bad:?}");
        }
    }
}
