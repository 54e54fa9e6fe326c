//! Filters of findings: CreateFilter and its like. One with the action `ARCHIVE` suppresses.

use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_resources::{Store, StoreError, Stored};
use bastide_shape::Document;

use crate::findings::criteria::Criteria;
use crate::paging::{Paging, all};
use crate::stored::{Detector, Filter};
use crate::{refusal, tags};

/// A detector has at most so many. Source: GuardDuty User Guide, quotas.
const MOST: usize = 100;

/// CreateFilter.
///
/// # Errors
/// `BadRequestException`: a name that is taken, criteria that make no sense, or too many.
pub(crate) async fn create_filter(call: &mut Permitted) -> Result<Document, Failure> {
    let place = call.place().clone();
    let input = call.input();
    let name = input.text("Name").to_owned();
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)) {
        return Err(refusal::parameter("name"));
    }
    let token = input.str("ClientToken").map(str::to_owned);
    let criteria = Criteria::read(input.map("FindingCriteria"))?;
    let filters = all::<Filter>(call.store(), &place, "").await?;
    if let Some(there) = filters.iter().find(|filter| filter.key.id == name) {
        if token.is_some() && there.token == token {
            return Ok(Document::new().with("Name", name));
        }
        let message = "The request is rejected because a filter with the given name already exists.";
        return Err(refusal::invalid(message));
    }
    if filters.len() >= MOST {
        return Err(refusal::too_many("filters", MOST));
    }
    let highest = filters.iter().map(|filter| filter.rank).max().unwrap_or_default();
    let filter = Filter {
        description: input.str("Description").unwrap_or_default().to_owned(),
        archives: input.str("Action") == Some("ARCHIVE"),
        rank: input.int("Rank").unwrap_or_else(|| (highest + 1).min(100)),
        criteria,
        created: call.now(),
        updated: call.now(),
        revision: 1,
        tags: tags::read(input)?,
        token,
    };
    let detector = input.text("DetectorId").to_owned();
    let arn = format!("{}/filter/{name}", Detector::arn_in(&place, &detector));
    call.record_resource("AWS::GuardDuty::Filter", arn);
    guard(call)?;
    call.changes().create(&place, name.clone(), filter);
    Ok(Document::new().with("Name", name))
}

/// What is made for a detector must not outlive it, should that be deleted at the same time.
///
/// # Errors
/// When the call was permitted without its detector.
pub(crate) fn guard(call: &mut Permitted) -> Result<(), Failure> {
    let detector = call.resource::<Stored<Detector>>()?;
    call.changes().expect_unchanged(&detector);
    Ok(())
}

/// GetFilter.
///
/// # Errors
/// None of its own.
pub(crate) async fn get_filter(call: &mut Permitted) -> Result<Document, Failure> {
    let filter = call.resource::<Stored<Filter>>()?;
    Ok(Document::new()
        .with("Name", &filter.key.id)
        .with("Description", &filter.description)
        .with("Action", if filter.archives { "ARCHIVE" } else { "NOOP" })
        .with("Rank", filter.rank)
        .with("FindingCriteria", filter.criteria.show())
        .with("Tags", tags::show(&filter.tags))
        .with("CreatedAt", filter.created)
        .with("UpdatedAt", filter.updated)
        .with("Version", filter.revision))
}

/// UpdateFilter.
///
/// # Errors
/// `BadRequestException`: criteria that make no sense.
pub(crate) async fn update_filter(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Filter>>()?;
    let input = call.input();
    let mut filter = read.value.clone();
    if let Some(description) = input.str("Description") {
        description.clone_into(&mut filter.description);
    }
    if let Some(action) = input.str("Action") {
        filter.archives = action == "ARCHIVE";
    }
    if let Some(rank) = input.int("Rank") {
        filter.rank = rank;
    }
    if let Some(criteria) = input.map("FindingCriteria") {
        filter.criteria = Criteria::read(Some(criteria))?;
    }
    filter.updated = call.now();
    filter.revision += 1;
    let name = read.key.id.clone();
    call.changes().update(&read, filter);
    Ok(Document::new().with("Name", name))
}

/// DeleteFilter.
///
/// # Errors
/// None of its own.
pub(crate) async fn delete_filter(call: &mut Permitted) -> Result<Document, Failure> {
    let filter = call.resource::<Stored<Filter>>()?;
    call.changes().delete(&filter);
    Ok(Document::new())
}

/// ListFilters.
///
/// # Errors
/// `BadRequestException` for a token of something else.
pub(crate) async fn list_filters(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, call.input().text("DetectorId"))?;
    let filters = all::<Filter>(call.store(), call.place(), "").await?;
    Ok(paging.cut("FilterNames", &filters, |it| &it.key.id, |it| it.key.id.as_str().into()))
}

/// The criteria of those that archive, in the order of their ranks.
///
/// # Errors
/// When the store fails.
pub(crate) async fn suppressing(store: &Store, place: &Place) -> Result<Vec<Criteria>, StoreError> {
    let mut filters = all::<Filter>(store, place, "").await?;
    filters.retain(|filter| filter.archives);
    filters.sort_by(|a, b| (a.rank, &a.key.id).cmp(&(b.rank, &b.key.id)));
    Ok(filters.iter().map(|filter| filter.criteria.clone()).collect())
}
