//! GetOrganizationStatistics.

use std::collections::BTreeMap;

use bastide_door::{Failure, Permitted};
use bastide_ids::AccountId;
use bastide_shape::Document;

use super::administered;
use crate::detectors::features;
use crate::members::place_of;
use crate::paging::all;
use crate::refusal;
use crate::resolve::detector_of;
use crate::stored::Member;

/// GetOrganizationStatistics: how many accounts there are, and what is on in them.
///
/// # Errors
/// `BadRequestException` from an account that administers no organization.
pub(crate) async fn get_organization_statistics(call: &mut Permitted) -> Result<Document, Failure> {
    if administered(call).await?.is_none() {
        let message = "The request is rejected because the current account is not the GuardDuty administrator account of an organization.";
        return Err(refusal::invalid(message));
    }
    let place = call.place().clone();
    let members = all::<Member>(call.store(), &place, "").await?;
    let (mut active, mut enabled) = (0_i64, 0_i64);
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    let accounts = members
        .iter()
        .filter(|member| member.relationship.is_associated())
        .filter_map(|member| AccountId::parse(&member.key.id).ok())
        .chain([place.account]);
    for account in accounts {
        active += 1;
        let Some(detector) = detector_of(call.store(), &place_of(&place, account)).await? else { continue };
        if detector.enabled {
            enabled += 1;
        }
        for (name, ..) in features::SWITCHED {
            if detector.enabled && detector.features.get(name).is_some_and(|feature| feature.enabled) {
                *counts.entry(name).or_default() += 1;
            }
        }
    }
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let by_feature: Vec<Document> = features::SWITCHED
        .into_iter()
        .map(|(name, ..)| {
            let enabled = counts.get(name).copied().unwrap_or_default();
            Document::new().with("Name", name).with("EnabledAccountsCount", enabled)
        })
        .collect();
    let statistics = Document::new()
        .with("TotalAccountsCount", count(members.len()) + 1)
        .with("MemberAccountsCount", count(members.len()))
        .with("ActiveAccountsCount", active)
        .with("EnabledAccountsCount", enabled)
        .with("CountByFeature", by_feature);
    let details = Document::new().with("UpdatedAt", call.now()).with("OrganizationStatistics", statistics);
    Ok(Document::new().with("OrganizationDetails", details))
}
