//! Detectors.

pub(crate) mod features;

use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_resources::{Changes, Resource, Store, Stored};
use bastide_shape::Document;

use crate::paging::{Paging, all};
use crate::resolve::{DETECTOR, detector_of};
use crate::rules::associations;
use crate::stored::{
    Association, Destination, Detector, Filter, Finding, List, Member, Organization, Reading, Realm,
    RuleConfiguration, Signals, Tags,
};
use crate::{ids, members, refusal, tags};

/// How often is told that more was seen, unless said otherwise.
const FREQUENCY: &str = "SIX_HOURS";

/// CreateDetector: switches GuardDuty on in the account and region.
///
/// # Errors
/// `BadRequestException` when it is already.
pub(crate) async fn create_detector(call: &mut Permitted) -> Result<Document, Failure> {
    let place = call.place().clone();
    let input = call.input();
    let token = input.str("ClientToken").map(str::to_owned);
    if let Some(there) = detector_of(call.store(), &place).await? {
        return if token.is_some() && there.token == token {
            Ok(created(&there.key.id, &there))
        } else {
            Err(refusal::detector_exists())
        };
    }
    let mut detector = new(call.now(), input.bool("Enable").unwrap_or_default(), tags::read(input)?);
    if let Some(frequency) = input.str("FindingPublishingFrequency") {
        frequency.clone_into(&mut detector.frequency);
    }
    features::apply(&mut detector, input, call.now())?;
    detector.token = token;
    let id = ids::random();
    let answer = created(&id, &detector);
    call.record_resource(DETECTOR, Detector::arn_in(&place, &id));
    make(call.changes(), &place, id, detector);
    Ok(answer)
}

/// A detector with the features that are on by default.
pub(crate) fn new(now: bastide_ids::Timestamp, enabled: bool, tags: Tags) -> Detector {
    Detector {
        created: now,
        updated: now,
        enabled,
        enabled_since: now,
        frequency: FREQUENCY.to_owned(),
        features: features::defaults(now),
        malware_asked: false,
        tags,
        token: None,
    }
}

/// Makes a detector. There is one only: of two that are made at once, one finds the realm there.
pub(crate) fn make(changes: &mut Changes, place: &Place, id: String, detector: Detector) {
    let realm = Realm { place: place.clone(), detector: id.clone() };
    changes.create(&Store::global(), Realm::id(place), realm);
    changes.create(place, id, detector);
}

/// GetDetector.
///
/// # Errors
/// None of its own.
pub(crate) async fn get_detector(call: &mut Permitted) -> Result<Document, Failure> {
    let detector = call.resource::<Stored<Detector>>()?;
    let place = call.place();
    let role = place
        .global_arn("iam", "role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty");
    Ok(Document::new()
        .with("CreatedAt", detector.created.iso8601_millis())
        .with("FindingPublishingFrequency", &detector.frequency)
        .with("ServiceRole", role)
        .with("Status", features::status(detector.enabled))
        .with("UpdatedAt", detector.updated.iso8601_millis())
        .with("DataSources", features::data_sources(&detector))
        .with("Tags", tags::show(&detector.tags))
        .with("Features", features::show(&detector)))
}

/// UpdateDetector.
///
/// # Errors
/// `BadRequestException` from a member whose administrator decides on its features.
pub(crate) async fn update_detector(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Detector>>()?;
    let input = call.input();
    let administered = members::administrator(call.store(), call.place()).await?.is_some();
    if administered {
        return Err(refusal::member_may_not());
    }
    let mut detector = read.value.clone();
    if let Some(enabled) = input.bool("Enable") {
        enable(&mut detector, enabled, call.now());
    }
    if let Some(frequency) = input.str("FindingPublishingFrequency") {
        frequency.clone_into(&mut detector.frequency);
    }
    features::apply(&mut detector, input, call.now())?;
    detector.updated = call.now();
    call.changes().update(&read, detector);
    Ok(Document::new())
}

/// Switches a detector on or off.
pub(crate) fn enable(detector: &mut Detector, enabled: bool, now: bastide_ids::Timestamp) {
    if enabled && !detector.enabled {
        detector.enabled_since = now;
    }
    detector.enabled = enabled;
    detector.updated = now;
}

/// DeleteDetector: with it go its findings and all that belongs to it.
///
/// # Errors
/// `BadRequestException` when it has members, or has an administrator.
pub(crate) async fn delete_detector(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Detector>>()?;
    let place = call.place().clone();
    if members::administrator(call.store(), &place).await?.is_some() {
        return Err(refusal::member_may_not());
    }
    let associated = all::<Member>(call.store(), &place, "").await?;
    if associated.iter().any(|member| member.relationship.is_associated()) {
        let message = "The request is rejected because the detector has associated member accounts; disassociate them first.";
        return Err(refusal::invalid(message));
    }
    let store = call.store().clone();
    let changes = call.changes();
    changes.delete(&read);
    if let Some(realm) = store.find::<Realm>(&Store::global(), &Realm::id(&place)).await? {
        changes.delete(&realm);
    }
    changes.put(&Store::global(), Realm::id(&place), Reading { place: place.clone() });
    drop_all::<Filter>(&store, changes, &place).await?;
    drop_all::<List>(&store, changes, &place).await?;
    drop_all::<Destination>(&store, changes, &place).await?;
    drop_all::<Member>(&store, changes, &place).await?;
    drop_all::<Organization>(&store, changes, &place).await?;
    drop_all::<Association>(&store, changes, &place).await?;
    drop_all::<RuleConfiguration>(&store, changes, &place).await?;
    drop_all::<Signals>(&store, changes, &place).await?;
    associations::announce(changes, &place);
    // A commit has a limit; what is left, the background work forgets.
    drop_all::<Finding>(&store, changes, &place).await?;
    Ok(Document::new())
}

/// ListDetectors: none or one.
///
/// # Errors
/// `BadRequestException` for a token of something else.
pub(crate) async fn list_detectors(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, "")?;
    let detectors = all::<Detector>(call.store(), call.place(), "").await?;
    Ok(paging.cut("DetectorIds", &detectors, |it| &it.key.id, |it| it.key.id.as_str().into()))
}

/// So many documents of a type are deleted with a detector at once.
const AT_ONCE: usize = 2_000;

async fn drop_all<T: Resource>(store: &Store, changes: &mut Changes, place: &Place) -> Result<(), Failure> {
    for document in all::<T>(store, place, "").await?.iter().take(AT_ONCE) {
        changes.delete(document);
    }
    Ok(())
}

fn created(id: &str, detector: &Detector) -> Document {
    let unprocessed = detector
        .malware_asked
        .then(|| Document::new().with("MalwareProtection", features::malware(false, true)));
    Document::new().with("DetectorId", id).maybe("UnprocessedDataSources", unprocessed)
}
