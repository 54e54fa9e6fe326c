//! Associations: which rules are at work in an account and region, and in which mode.

use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_ids::{Place, Uuid};
use bastide_resources::{Changes, Store, Stored};
use bastide_shape::{Document, Value};

use super::known;
use crate::members::administrator;
use crate::paging::{Paging, all};
use crate::resolve::{ASSOCIATION, detector_of};
use crate::stored::{Association, Detector, Realm, RuleMode, Ruled, Signals};
use crate::{refusal, tags};

/// CreateCustomDetectionRuleAssociation.
///
/// # Errors
/// `AccessDeniedException` from a member of an organization, `ResourceNotFoundException` for a rule that there is not,
/// `ConflictException` for one that is at work already, `BadRequestException` while GuardDuty is off.
pub(crate) async fn create(call: &mut Permitted) -> Result<Document, Failure> {
    let rule = known(call)?;
    let detector = own_detector(call).await?;
    let (place, now) = (call.place().clone(), call.now());
    let mode = RuleMode::parse(call.input().text("Mode"));
    let token = call.input().str("ClientToken").map(str::to_owned);
    let tags = tags::read(call.input())?;
    let there = call.store().find::<Association>(&place, &rule).await?;
    if let Some(there) = there.as_ref().filter(|there| !there.is_over(now)) {
        if token.is_some() && there.token == token && there.mode == mode {
            return Ok(Document::new().with("RuleAssociation", detail(there)));
        }
        return Err(refusal::rule_is_associated());
    }
    let association = Association {
        id: Uuid::random().to_string(),
        mode,
        since: now,
        expires: mode.expiry(now),
        configuration: None,
        created: now,
        updated: now,
        tags,
        token,
    };
    let answer = shown(&place, &rule, &association).with("AccountId", place.account.to_string());
    call.record_resource(ASSOCIATION, Association::arn_in(&place, &rule, &association.id));
    let changes = call.changes();
    changes.expect_unchanged(&detector);
    match there {
        Some(ended) => changes.update(&ended, association),
        None => changes.create(&place, rule, association),
    };
    announce(changes, &place);
    Ok(Document::new().with("RuleAssociation", answer))
}

/// GetCustomDetectionRuleAssociation.
///
/// # Errors
/// None of its own.
pub(crate) async fn get(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Association>>()?;
    Ok(Document::new().with("RuleAssociation", detail(&read)).with("Tags", tags::show(&read.tags)))
}

/// ListCustomDetectionRuleAssociations.
///
/// # Errors
/// `BadRequestException` for a token of another question.
pub(crate) async fn list(call: &mut Permitted) -> Result<Document, Failure> {
    let (rule, mode) = (call.input().str("RuleId"), call.input().str("Mode"));
    let paging = Paging::of(call, &format!("{rule:?} {mode:?}"))?;
    let mut found = all::<Association>(call.store(), call.place(), "").await?;
    found.retain(|one| {
        !one.is_over(call.now())
            && rule.is_none_or(|rule| one.key.id == rule)
            && mode.is_none_or(|mode| one.mode.as_str() == mode)
    });
    let show = |one: &Arc<Stored<Association>>| -> Value { shown(&one.key.place, &one.key.id, one).into() };
    Ok(paging.cut("RuleAssociations", &found, |one| &one.key.id, show))
}

/// UpdateCustomDetectionRuleAssociation: another mode. The mode that it has already changes nothing.
///
/// # Errors
/// `AccessDeniedException` from a member of an organization, `BadRequestException` while GuardDuty is off.
pub(crate) async fn update(call: &mut Permitted) -> Result<Document, Failure> {
    own_detector(call).await?;
    let read = call.resource::<Stored<Association>>()?;
    let mode = RuleMode::parse(call.input().text("Mode"));
    if read.mode != mode {
        let mut association = read.value.clone();
        association.turn(mode, call.now());
        let changes = call.changes();
        changes.update(&read, association);
        announce(changes, &read.key.place);
    }
    Ok(Document::new())
}

/// DeleteCustomDetectionRuleAssociation. One that is not there counts as deleted.
///
/// # Errors
/// `AccessDeniedException` from a member of an organization, `ResourceNotFoundException` for a rule that there is not.
pub(crate) async fn delete(call: &mut Permitted) -> Result<Document, Failure> {
    not_a_member(call).await?;
    // The resolver lets pass what is not there.
    let Ok(read) = call.resource::<Stored<Association>>() else {
        return known(call).map(|_| Document::new());
    };
    let store = call.store().clone();
    forget(&store, call.changes(), &read).await?;
    Ok(Document::new())
}

/// Takes a rule from a place, with what was counted of it.
///
/// # Errors
/// When the store fails.
pub(crate) async fn forget(
    store: &Store,
    changes: &mut Changes,
    read: &Arc<Stored<Association>>,
) -> Result<(), bastide_resources::StoreError> {
    let place = &read.key.place;
    for counted in all::<Signals>(store, place, &format!("{}/", read.id)).await? {
        changes.delete(&counted);
    }
    changes.delete(read);
    announce(changes, place);
    Ok(())
}

/// All nodes read the associations of a place again.
pub(crate) fn announce(changes: &mut Changes, place: &Place) {
    changes.put(&Store::global(), Realm::id(place), Ruled { place: place.clone() });
}

/// The detector of an account that may say itself which rules are at work.
async fn own_detector(call: &Permitted) -> Result<Arc<Stored<Detector>>, Failure> {
    not_a_member(call).await?;
    let detector = detector_of(call.store(), call.place()).await?;
    detector.filter(|detector| detector.enabled).ok_or_else(refusal::not_enabled)
}

/// For members of an organization its administrator says which rules are at work. Those that were invited say it
/// themselves.
async fn not_a_member(call: &Permitted) -> Result<(), Failure> {
    let administrator = administrator(call.store(), call.place()).await?;
    if administrator.is_some_and(|it| it.organization) { Err(refusal::may_not_call()) } else { Ok(()) }
}

fn detail(read: &Stored<Association>) -> Document {
    let place = &read.key.place;
    shown(place, &read.key.id, read).with("AccountId", place.account.to_string())
}

/// An association as `AssociationSummary` has it.
fn shown(place: &Place, rule: &str, association: &Association) -> Document {
    Document::new()
        .with("AssociationId", &association.id)
        .with("Arn", Association::arn_in(place, rule, &association.id))
        .with("RuleId", rule)
        .with("Mode", association.mode.as_str())
        .with("CreatedAt", association.created)
        .with("UpdatedAt", association.updated)
        .maybe("ExpiresAt", association.expires)
}
