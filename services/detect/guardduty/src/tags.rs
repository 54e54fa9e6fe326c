//! Tags of detectors and of what belongs to them: TagResource, UntagResource, ListTagsForResource.

use bastide_door::{Failure, Permitted};
use bastide_resources::{Resource, Stored};
use bastide_shape::Document;

use crate::refusal;
use crate::stored::{Destination, Detector, Filter, List, Tags};

/// A resource has at most so many tags.
const MOST: usize = 50;

/// TagResource: adds tags, or gives those that are there new values.
///
/// # Errors
/// `BadRequestException`: AWS's own prefix, or too many.
pub(crate) async fn tag_resource(call: &mut Permitted) -> Result<Document, Failure> {
    let more = read(call.input())?;
    change(call, |tags| {
        tags.extend(more.clone());
        if tags.len() > MOST {
            return Err(refusal::invalid(format!(
                "The request is rejected because a resource has at most {MOST} tags."
            )));
        }
        Ok(())
    })
}

/// UntagResource: takes tags away; those that are not there count as taken.
///
/// # Errors
/// `BadRequestException`: AWS's own prefix.
pub(crate) async fn untag_resource(call: &mut Permitted) -> Result<Document, Failure> {
    let names: Vec<_> = call.input().strings("TagKeys").map(str::to_owned).collect();
    change(call, |tags| {
        for name in &names {
            check(name)?;
            tags.remove(name);
        }
        Ok(())
    })
}

/// ListTagsForResource.
///
/// # Errors
/// None of its own.
pub(crate) async fn list_tags_for_resource(call: &mut Permitted) -> Result<Document, Failure> {
    let tags = if let Ok(detector) = call.resource::<Stored<Detector>>() {
        show(&detector.tags)
    } else if let Ok(filter) = call.resource::<Stored<Filter>>() {
        show(&filter.tags)
    } else if let Ok(list) = call.resource::<Stored<List>>() {
        show(&list.tags)
    } else {
        show(&call.resource::<Stored<Destination>>()?.tags)
    };
    Ok(Document::new().with("Tags", tags))
}

/// The tags of a request.
///
/// # Errors
/// `BadRequestException`: AWS's own prefix, or too many.
pub(crate) fn read(input: &Document) -> Result<Tags, Failure> {
    let mut tags = Tags::new();
    for (name, value) in input.map("Tags").into_iter().flat_map(Document::iter) {
        check(name)?;
        tags.insert(name.to_string(), value.as_str().unwrap_or_default().to_owned());
    }
    if tags.len() > MOST { Err(refusal::parameter("tags")) } else { Ok(tags) }
}

/// Tags as `TagMap` has them.
pub(crate) fn show(tags: &Tags) -> Document {
    tags.iter().map(|(name, value)| (name.clone().into(), value.as_str().into())).collect()
}

fn change(
    call: &mut Permitted,
    apply: impl Fn(&mut Tags) -> Result<(), Failure>,
) -> Result<Document, Failure> {
    let done = changed::<Detector>(call, |it| &mut it.tags, &apply)?
        || changed::<Filter>(call, |it| &mut it.tags, &apply)?
        || changed::<List>(call, |it| &mut it.tags, &apply)?
        || changed::<Destination>(call, |it| &mut it.tags, &apply)?;
    if done { Ok(Document::new()) } else { Err(Failure::internal("tags of nothing were to be changed")) }
}

fn changed<T: Resource + Clone>(
    call: &mut Permitted,
    tags: impl Fn(&mut T) -> &mut Tags,
    apply: &impl Fn(&mut Tags) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let Ok(read) = call.resource::<Stored<T>>() else { return Ok(false) };
    let mut value = read.value.clone();
    apply(tags(&mut value))?;
    call.changes().update(&read, value);
    Ok(true)
}

/// The pattern in AWS's model, which keeps its own prefix to itself, needs more than the validator's patterns can say.
fn check(name: &str) -> Result<(), Failure> {
    if name.starts_with("aws:") { Err(refusal::parameter("tags")) } else { Ok(()) }
}
