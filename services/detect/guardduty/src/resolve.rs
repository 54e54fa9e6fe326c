//! From what a request says to the detectors, and what belongs to them, that it is about. The kinds of targets stand in
//! the table ([`bastide_api_guardduty`]).

use std::sync::Arc;

use bastide_door::{Asking, Failure, Resource};
use bastide_ids::{Arn, Place};
use bastide_resources::{Resource as Document, Store, StoreError, Stored};
use bastide_shape::Target;
use futures_core::future::BoxFuture;

use crate::rules;
use crate::stored::{Association, Destination, Detector, Filter, List, ListKind, ListState, Tags};
use crate::{ids, refusal};

/// The type of detectors in the record.
pub(crate) const DETECTOR: &str = "AWS::GuardDuty::Detector";
/// That of associations of rules.
pub(crate) const ASSOCIATION: &str = "AWS::GuardDuty::CustomDetectionRuleAssociation";

/// Finds what an operation is to be authorised on.
pub(crate) fn resolve<'a>(
    asking: &'a Asking<'a>,
    target: &'a Target,
) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    Box::pin(async move {
        let detector = asking.input.text("DetectorId");
        let name = asking.input.text(target.member);
        let resource = match target.kind {
            "detector" => of_detector(asking, name).await?,
            "tagged" => tagged(asking, name).await?,
            // Whether there is such a rule, the catalogue knows, and the handler asks it.
            "rule" => Resource::new(rules::arn(asking.place, name), ""),
            "rule-association" => association(asking, asking.input.text("RuleId"), name).await?,
            kind => part(asking, detector, kind, name).await?,
        };
        Ok(vec![resource])
    })
}

/// The detector of this id.
///
/// # Errors
/// When the store fails.
pub(crate) async fn find_detector(
    store: &Store,
    place: &Place,
    id: &str,
) -> Result<Option<Arc<Stored<Detector>>>, StoreError> {
    if ids::is_id(id) { store.find::<Detector>(place, id).await } else { Ok(None) }
}

/// The detector that there is in a place; there is at most one.
///
/// # Errors
/// When the store fails.
pub(crate) async fn detector_of(
    store: &Store,
    place: &Place,
) -> Result<Option<Arc<Stored<Detector>>>, StoreError> {
    Ok(store.list::<Detector>(place, "", None, 1).await?.items.into_iter().next())
}

async fn of_detector(asking: &Asking<'_>, id: &str) -> Result<Resource, Failure> {
    let resource = Resource::new(Detector::arn_in(asking.place, id), DETECTOR);
    Ok(match find_detector(asking.store, asking.place, id).await? {
        Some(detector) => Resource { tags: pairs(&detector.tags), document: Some(detector), ..resource },
        None => resource.missing(refusal::no_such_detector()),
    })
}

/// What belongs to a detector.
async fn part(asking: &Asking<'_>, detector: &str, kind: &str, name: &str) -> Result<Resource, Failure> {
    let (path, record) = match kind {
        "filter" => ("filter", "AWS::GuardDuty::Filter"),
        "ip-set" => ("ipset", "AWS::GuardDuty::IPSet"),
        "threat-intel-set" => ("threatintelset", "AWS::GuardDuty::ThreatIntelSet"),
        "threat-entity-set" => ("threatentityset", "AWS::GuardDuty::ThreatEntitySet"),
        "trusted-entity-set" => ("trustedentityset", "AWS::GuardDuty::TrustedEntitySet"),
        "destination" => ("publishingdestination", "AWS::GuardDuty::PublishingDestination"),
        _ => return Err(Failure::internal(format!("guardduty has no resources of kind `{kind}`"))),
    };
    let arn = format!("{}/{path}/{name}", Detector::arn_in(asking.place, detector));
    let resource = Resource::new(arn, record);
    if find_detector(asking.store, asking.place, detector).await?.is_none() {
        return Ok(resource.missing(refusal::no_such_detector()));
    }
    let (store, place) = (asking.store, asking.place);
    Ok(match (path, ListKind::ALL.into_iter().find(|kind| kind.as_str() == path)) {
        ("filter", _) => found(resource, store.find::<Filter>(place, name).await?, |it| &it.tags),
        (_, None) => found(resource, store.find::<Destination>(place, name).await?, |it| &it.tags),
        (_, Some(kind)) => {
            let list = store.find::<List>(place, &kind.id(name)).await?;
            // A list that is gone can be looked at for a while, and nothing else.
            let reads = asking.operation.access.is_read();
            let list = list.filter(|list| reads || list.state != ListState::Deleted);
            found(resource, list, |it| &it.tags)
        }
    })
}

/// The association of a rule, by its own id.
async fn association(asking: &Asking<'_>, rule: &str, id: &str) -> Result<Resource, Failure> {
    let resource = Resource::new(Association::arn_in(asking.place, rule, id), ASSOCIATION);
    let there = asking.store.find::<Association>(asking.place, rule).await?;
    let there = there.filter(|there| there.id == id && !there.is_over(asking.now));
    Ok(match there {
        Some(there) => Resource { tags: pairs(&there.tags), document: Some(there), ..resource },
        // What is not there counts as deleted.
        None if asking.operation.name == "DeleteCustomDetectionRuleAssociation" => resource,
        None => resource.missing(refusal::no_such_association()),
    })
}

/// Any of them, by its ARN.
async fn tagged(asking: &Asking<'_>, text: &str) -> Result<Resource, Failure> {
    let place = asking.place;
    let here = Arn::parse(text).ok().filter(|arn| {
        arn.service == "guardduty"
            && arn.partition == place.partition.as_str()
            && arn.region == place.region.as_str()
            && arn.account == place.account.as_str()
    });
    let Some(("detector", rest)) = here.as_ref().map(Arn::resource_parts) else {
        return Ok(Resource::new(text, DETECTOR).missing(refusal::no_such_resource()));
    };
    let mut parts = rest.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(id), None, None) => of_detector(asking, id).await,
        (Some(id), Some(path), Some(name)) => {
            let kind = match path.to_ascii_lowercase().as_str() {
                "filter" => "filter",
                "ipset" => "ip-set",
                "threatintelset" => "threat-intel-set",
                "threatentityset" => "threat-entity-set",
                "trustedentityset" => "trusted-entity-set",
                "publishingdestination" => "destination",
                _ => return Ok(Resource::new(text, DETECTOR).missing(refusal::no_such_resource())),
            };
            part(asking, id, kind, name).await
        }
        _ => Ok(Resource::new(text, DETECTOR).missing(refusal::no_such_resource())),
    }
}

fn found<T: Document>(
    resource: Resource,
    document: Option<Arc<Stored<T>>>,
    tags: impl Fn(&T) -> &Tags,
) -> Resource {
    match document {
        Some(document) => Resource { tags: pairs(tags(&document)), document: Some(document), ..resource },
        None => resource.missing(refusal::no_such_resource()),
    }
}

fn pairs(tags: &Tags) -> Vec<(String, String)> {
    tags.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}
