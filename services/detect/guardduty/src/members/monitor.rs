//! The detectors of members: StartMonitoringMembers, UpdateMemberDetectors and their like.

use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_ids::AccountId;
use bastide_resources::Stored;
use bastide_shape::{Document, Value};

use super::{Unprocessed, named, place_of};
use crate::detectors::{self, features};
use crate::refusal::unprocessed;
use crate::resolve::detector_of;
use crate::stored::{Detector, Member, Relationship};

/// StartMonitoringMembers: switches the detectors of members on.
///
/// # Errors
/// None of its own; accounts that are not associated are not processed.
pub(crate) async fn start_monitoring_members(call: &mut Permitted) -> Result<Document, Failure> {
    monitor(call, true).await
}

/// StopMonitoringMembers.
///
/// # Errors
/// As [`start_monitoring_members`].
pub(crate) async fn stop_monitoring_members(call: &mut Permitted) -> Result<Document, Failure> {
    monitor(call, false).await
}

async fn monitor(call: &mut Permitted, enabled: bool) -> Result<Document, Failure> {
    let (found, unprocessed) = associated(call).await?;
    let now = call.now();
    for (read, theirs) in found {
        let mut detector = theirs.value.clone();
        detectors::enable(&mut detector, enabled, now);
        let relationship = if enabled { Relationship::Enabled } else { Relationship::Disabled };
        let changes = call.changes();
        changes.update(&theirs, detector);
        changes.update(&read, Member { relationship, updated: now, ..read.value.clone() });
    }
    Ok(unprocessed.answer())
}

/// GetMemberDetectors.
///
/// # Errors
/// None of its own; accounts that are not associated are not processed.
pub(crate) async fn get_member_detectors(call: &mut Permitted) -> Result<Document, Failure> {
    let (found, unprocessed) = associated(call).await?;
    let shown: Vec<Value> = found
        .iter()
        .map(|(member, detector)| {
            Document::new()
                .with("AccountId", &member.key.id)
                .with("DataSources", features::data_sources(detector))
                .with("Features", features::show_switched(detector).collect::<Vec<_>>())
                .into()
        })
        .collect();
    Ok(unprocessed.within(Document::new().with("MemberDataSourceConfigurations", shown)))
}

/// UpdateMemberDetectors.
///
/// # Errors
/// What is not built cannot be switched on; accounts that are not associated are not processed.
pub(crate) async fn update_member_detectors(call: &mut Permitted) -> Result<Document, Failure> {
    let (found, unprocessed) = associated(call).await?;
    let now = call.now();
    for (_, theirs) in found {
        let mut detector = theirs.value.clone();
        features::apply(&mut detector, call.input(), now)?;
        detector.updated = now;
        call.changes().update(&theirs, detector);
    }
    Ok(unprocessed.answer())
}

type Associated = Vec<(Arc<Stored<Member>>, Arc<Stored<Detector>>)>;

/// The members that a request names, with their detectors.
async fn associated(call: &Permitted) -> Result<(Associated, Unprocessed), Failure> {
    let (members, mut unprocessed) = named(call).await?;
    let mut found = Vec::new();
    for member in members {
        let account = AccountId::parse(&member.key.id).map_err(Failure::internal)?;
        let detector = detector_of(call.store(), &place_of(call.place(), account)).await?;
        match detector.filter(|_| member.relationship.is_associated()) {
            Some(detector) => found.push((member, detector)),
            None => unprocessed.add(&member.key.id, unprocessed::NOT_ASSOCIATED),
        }
    }
    Ok((found, unprocessed))
}
