//! Making findings of what the engine finds.

use std::collections::HashMap;

use bastide_api_guardduty::GUARDDUTY;
use bastide_door::ServiceEvent;
use bastide_finding::{Source, guardduty};
use bastide_ids::{AccountId, Place, Region, Timestamp};
use bastide_resources::{Changes, Store};
use bastide_shape::Document;
use serde_json::Value;

use super::feed::{Changed, Found};
use super::publish::queue;
use super::{Stopped, Work};
use crate::filters;
use crate::findings::criteria::Criteria;
use crate::resolve::detector_of;
use crate::stored::{Destination, Detector, Due, Finding};

/// What a finding's place is like; findings come in crowds.
struct Ground {
    detector: std::sync::Arc<bastide_resources::Stored<Detector>>,
    suppressing: Vec<Criteria>,
    exports: bool,
}

impl Work {
    /// Fills `changes` with findings, and with what publishers are to be told of them. Gives the records.
    pub(super) async fn keep(
        &self,
        changed: &Found,
        changes: &mut Changes,
    ) -> Result<Vec<ServiceEvent>, Stopped> {
        let mut records = Vec::new();
        let mut grounds: HashMap<Place, Option<Ground>> = HashMap::new();
        for one in changed.values() {
            let detection = &one.finding.detection;
            let place = AccountId::parse(&detection.account).ok().zip(Region::parse(&detection.region).ok());
            let Some(place) = place.map(|(account, region)| Place::new(account, region)) else { continue };
            if !grounds.contains_key(&place) {
                let ground = self.ground(&place).await?;
                grounds.insert(place.clone(), ground);
            }
            let Some(Some(ground)) = grounds.get(&place) else { continue };
            if !ground.detector.watches(feature(detection.kind.source)) {
                continue;
            }
            records.extend(self.keep_one(one, &place, ground, changes).await?);
        }
        Ok(records)
    }

    async fn ground(&self, place: &Place) -> Result<Option<Ground>, Stopped> {
        let store = self.store();
        let Some(detector) = detector_of(store, place).await?.filter(|detector| detector.enabled) else {
            return Ok(None);
        };
        let suppressing = filters::suppressing(store, place).await?;
        let exports = !store.list::<Destination>(place, "", None, 1).await?.items.is_empty();
        Ok(Some(Ground { detector, suppressing, exports }))
    }

    async fn keep_one(
        &self,
        Changed { finding: found, .. }: &Changed,
        place: &Place,
        ground: &Ground,
        changes: &mut Changes,
    ) -> Result<Option<ServiceEvent>, Stopped> {
        let now = changes.time();
        let there = self.store().find::<Finding>(place, &found.id).await?;
        let mut found = found.clone();
        let mut due = None;
        let mut feedback = String::new();
        if there.as_ref().is_some_and(|there| knows(there, &found)) {
            return Ok(None);
        }
        if let Some(there) = &there {
            found.created = there.created;
            due = there.due;
            let text = there.json.pointer("/service/userFeedback").and_then(Value::as_str);
            text.unwrap_or_default().clone_into(&mut feedback);
            // An engine that was started anew has seen less than was seen.
            let count = there.json.pointer("/service/count").and_then(Value::as_u64).unwrap_or_default();
            found.detection.count = found.detection.count.max(count);
        }
        found.updated = now;
        let detector = ground.detector.key.id.as_str();
        // What somebody has archived is current again when it comes again. Source: GuardDuty User Guide, "Working
        // with findings".
        let extra = guardduty::Extra { detector, archived: false, feedback: &feedback };
        let mut finding = Finding {
            detector: detector.to_owned(),
            json: guardduty::json(&found, &extra),
            created: found.created,
            updated: now,
            due,
        };
        if ground.suppressing.iter().any(|criteria| criteria.matches(&finding.json)) {
            finding.archive(true);
        }
        let mut record = None;
        match &there {
            // What a filter archives is nobody told of.
            _ if finding.is_archived() => {}
            None => {
                queue(changes, place, &finding, &self.told(ground.exports));
                record = Some(recorded(place, &finding));
            }
            Some(_) if finding.due.is_none() => {
                let at = now.plus(frequency(&ground.detector.frequency));
                finding.due = Some(at);
                let due = Due { place: place.clone(), finding: found.id.clone(), at };
                changes.put(&Store::global(), Due::id(at, place, &found.id), due);
            }
            Some(_) => {}
        }
        match &there {
            Some(there) => changes.update(there, finding),
            None => changes.create(place, found.id, finding),
        };
        Ok(record)
    }
}

/// Whether a finding that is there tells as much: one that is found again by an engine that has started anew.
fn knows(there: &Finding, found: &bastide_finding::Finding) -> bool {
    let count = there.json.pointer("/service/count").and_then(Value::as_u64).unwrap_or_default();
    let last = there.json.pointer("/service/eventLastSeen").and_then(Value::as_str).unwrap_or_default();
    count >= found.detection.count && *last >= *found.detection.last.iso8601()
}

/// How long it takes until publishers are told that more was seen.
fn frequency(name: &str) -> std::time::Duration {
    std::time::Duration::from_secs(match name {
        "FIFTEEN_MINUTES" => 15 * 60,
        "ONE_HOUR" => 60 * 60,
        _ => 6 * 60 * 60,
    })
}

/// The feature that switches what shows a type.
fn feature(source: Source) -> &'static str {
    match source {
        Source::CloudTrail => "CLOUD_TRAIL",
        Source::S3Data => "S3_DATA_EVENTS",
        Source::Dns => "DNS_LOGS",
        Source::Flow => "FLOW_LOGS",
        Source::Lambda => "LAMBDA_NETWORK_LOGS",
        Source::Kubernetes => "EKS_AUDIT_LOGS",
        Source::RdsLogin => "RDS_LOGIN_EVENTS",
    }
}

/// The record of a new finding.
fn recorded(place: &Place, finding: &Finding) -> ServiceEvent {
    let text = |name: &str| finding.json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let details = Document::new()
        .with("findingId", text("id"))
        .with("type", finding.kind())
        .with("severity", finding.severity());
    ServiceEvent {
        service: &GUARDDUTY,
        name: "CreateFinding",
        place: place.clone(),
        resources: vec![("AWS::GuardDuty::Finding", text("arn"))],
        details,
    }
}

/// Findings that nothing was seen of for so long are forgotten. Source: GuardDuty User Guide, "Managing findings".
pub(super) const KEPT: std::time::Duration = std::time::Duration::from_secs(90 * 86_400);

/// Whether a finding's time has come.
pub(super) fn is_old(finding: &Finding, now: Timestamp) -> bool {
    finding.updated.plus(KEPT) < now
}
