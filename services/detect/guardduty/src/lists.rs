//! Lists of the operator's own: IP sets, threat intel sets, threat entity sets and trusted entity sets.
//!
//! The four kinds have the same operations under different names, so each is written once; the row says which it is.

use bastide_door::{Failure, Permitted};
use bastide_resources::{Store, Stored};
use bastide_shape::{Document, Value};

use crate::filters::guard;
use crate::paging::{Paging, all};
use crate::stored::{Detector, List, ListKind, ListState, Reading, Realm};
use crate::work::objects;
use crate::{ids, refusal, tags};

/// CreateIPSet and its like. An active list is read by the background work.
///
/// # Errors
/// `BadRequestException`: a location that nothing can be read from, or too many.
pub(crate) async fn create(call: &mut Permitted) -> Result<Document, Failure> {
    let kind = kind(call);
    let place = call.place().clone();
    let input = call.input();
    let token = input.str("ClientToken").map(str::to_owned);
    let location = input.text("Location").to_owned();
    check_location(call, &location)?;
    let lists = all::<List>(call.store(), &place, &kind.prefix()).await?;
    let lists: Vec<_> = lists.iter().filter(|list| list.state != ListState::Deleted).collect();
    let same = |list: &&&std::sync::Arc<Stored<List>>| token.is_some() && list.token == token;
    if let Some(there) = lists.iter().find(same) {
        return Ok(Document::new().with(id_member(kind), own_id(kind, &there.key.id)));
    }
    if lists.len() >= kind.most() {
        return Err(refusal::too_many(kind.as_str(), kind.most()));
    }
    let active = input.bool("Activate").unwrap_or_default();
    let list = List {
        name: input.text("Name").to_owned(),
        format: input.text("Format").to_owned(),
        location,
        bucket_owner: input.str("ExpectedBucketOwner").map(str::to_owned),
        state: if active { ListState::Activating } else { ListState::Inactive },
        error: None,
        created: call.now(),
        updated: call.now(),
        revision: 1,
        tags: tags::read(input)?,
        token,
    };
    let id = ids::random();
    let detector = input.text("DetectorId").to_owned();
    let arn = format!("{}/{}/{id}", Detector::arn_in(&place, &detector), kind.as_str());
    call.record_resource(record_type(kind), arn);
    guard(call)?;
    call.changes().create(&place, kind.id(&id), list);
    read_again(call);
    Ok(Document::new().with(id_member(kind), id))
}

/// GetIPSet and its like.
///
/// # Errors
/// None of its own.
pub(crate) async fn get(call: &mut Permitted) -> Result<Document, Failure> {
    let kind = kind(call);
    let list = call.resource::<Stored<List>>()?;
    let answer = Document::new()
        .with("Name", &list.name)
        .with("Format", &list.format)
        .with("Location", &list.location)
        .with("Status", list.state.as_str())
        .with("Tags", tags::show(&list.tags))
        .maybe("ExpectedBucketOwner", list.bucket_owner.as_deref());
    Ok(match kind {
        ListKind::Ip | ListKind::ThreatIntel => answer,
        ListKind::ThreatEntity | ListKind::TrustedEntity => answer
            .with("CreatedAt", list.created)
            .with("UpdatedAt", list.updated)
            .maybe("ErrorDetails", list.error.as_deref()),
    })
}

/// UpdateIPSet and its like. An active list is read again.
///
/// # Errors
/// `BadRequestException`: a location that nothing can be read from.
pub(crate) async fn update(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<List>>()?;
    let input = call.input();
    let mut list = read.value.clone();
    if let Some(name) = input.str("Name") {
        name.clone_into(&mut list.name);
    }
    if let Some(location) = input.str("Location") {
        check_location(call, location)?;
        location.clone_into(&mut list.location);
    }
    if let Some(owner) = input.str("ExpectedBucketOwner") {
        list.bucket_owner = Some(owner.to_owned());
    }
    let active = input.bool("Activate").unwrap_or(list.state != ListState::Inactive);
    list.state = if active { ListState::Activating } else { ListState::Inactive };
    list.error = None;
    list.updated = call.now();
    list.revision += 1;
    call.changes().update(&read, list);
    read_again(call);
    Ok(Document::new())
}

/// DeleteIPSet and its like.
///
/// # Errors
/// None of its own.
pub(crate) async fn delete(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<List>>()?;
    let list = List { state: ListState::Deleted, error: None, updated: call.now(), ..read.value.clone() };
    call.changes().update(&read, list);
    read_again(call);
    Ok(Document::new())
}

/// ListIPSets and its like.
///
/// # Errors
/// `BadRequestException` for a token of something else.
pub(crate) async fn list(call: &mut Permitted) -> Result<Document, Failure> {
    let kind = kind(call);
    let paging = Paging::of(call, call.input().text("DetectorId"))?;
    let mut lists = all::<List>(call.store(), call.place(), &kind.prefix()).await?;
    lists.retain(|list| list.state != ListState::Deleted);
    let show = |list: &std::sync::Arc<Stored<List>>| Value::from(own_id(kind, &list.key.id));
    Ok(paging.cut(ids_member(kind), &lists, |list| &list.key.id, show))
}

/// Has all nodes read the lists of the place again.
fn read_again(call: &mut Permitted) {
    let place = call.place().clone();
    call.changes().put(&Store::global(), Realm::id(&place), Reading { place });
}

/// The kind that an operation's name speaks of.
fn kind(call: &Permitted) -> ListKind {
    let name = call.operation().name;
    if name.contains("ThreatIntelSet") {
        ListKind::ThreatIntel
    } else if name.contains("ThreatEntitySet") {
        ListKind::ThreatEntity
    } else if name.contains("TrustedEntitySet") {
        ListKind::TrustedEntity
    } else {
        ListKind::Ip
    }
}

fn id_member(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Ip => "IpSetId",
        ListKind::ThreatIntel => "ThreatIntelSetId",
        ListKind::ThreatEntity => "ThreatEntitySetId",
        ListKind::TrustedEntity => "TrustedEntitySetId",
    }
}

fn ids_member(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Ip => "IpSetIds",
        ListKind::ThreatIntel => "ThreatIntelSetIds",
        ListKind::ThreatEntity => "ThreatEntitySetIds",
        ListKind::TrustedEntity => "TrustedEntitySetIds",
    }
}

fn record_type(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Ip => "AWS::GuardDuty::IPSet",
        ListKind::ThreatIntel => "AWS::GuardDuty::ThreatIntelSet",
        ListKind::ThreatEntity => "AWS::GuardDuty::ThreatEntitySet",
        ListKind::TrustedEntity => "AWS::GuardDuty::TrustedEntitySet",
    }
}

fn own_id(kind: ListKind, id: &str) -> String {
    id.strip_prefix(&kind.prefix()).unwrap_or(id).to_owned()
}

/// The form of a location is checked at once; whether there is something, the background work finds out.
fn check_location(call: &Permitted, location: &str) -> Result<(), Failure> {
    let known = objects::Address::parse(location, &call.place().region);
    known.map(drop).ok_or_else(|| refusal::parameter("location"))
}
