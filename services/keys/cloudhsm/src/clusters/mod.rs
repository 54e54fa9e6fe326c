//! Clusters: CreateCluster, DescribeClusters, InitializeCluster, ModifyCluster, DeleteCluster.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod describe;

use std::sync::Arc;

use bastide_door::Failure;
use bastide_ids::Place;
use bastide_resources::{MAX_PAGE, Store, StoreError, Stored};
use bastide_shape::Document;

use crate::refusal;
use crate::stored::Cluster;

/// How long backups are kept, in days. Source: CloudHSM API Reference, `BackupRetentionPolicy`.
const RETENTION: std::ops::RangeInclusive<u16> = 7..=379;

/// All clusters of a place, those too that are deleted and still told of.
pub(crate) async fn all(store: &Store, place: &Place) -> Result<Vec<Arc<Stored<Cluster>>>, StoreError> {
    let mut found: Vec<Arc<Stored<Cluster>>> = Vec::new();
    loop {
        let after = found.last().map(|cluster| cluster.key.id.clone());
        let page = store.list::<Cluster>(place, "", after.as_deref(), MAX_PAGE).await?;
        found.extend(page.items);
        if !page.more {
            return Ok(found);
        }
    }
}

/// The days of a `BackupRetentionPolicy`, if there is one.
///
/// # Errors
/// `CloudHsmInvalidRequestException`.
fn retention(input: &Document) -> Result<Option<u16>, Failure> {
    let Some(policy) = input.map("BackupRetentionPolicy") else { return Ok(None) };
    let days = policy.text("Value").parse().ok().filter(|days| RETENTION.contains(days));
    days.map(Some).ok_or_else(|| {
        let (least, most) = (RETENTION.start(), RETENTION.end());
        refusal::invalid(format!(
            "The backup retention policy's Value is a number of days from {least} to {most}."
        ))
    })
}

/// The types of HSMs that there are. They behave alike here; a type says what a cluster may be changed to, and which
/// backups it takes.
const TYPES: [&str; 2] = [OLD_TYPE, NEW_TYPE];
const OLD_TYPE: &str = "hsm1.medium";
const NEW_TYPE: &str = "hsm2m.medium";

/// The mode of clusters that are made without one.
const FIPS: &str = "FIPS";

/// # Errors
/// `CloudHsmInvalidRequestException`.
fn check_type(hsm_type: &str) -> Result<(), Failure> {
    if TYPES.contains(&hsm_type) {
        return Ok(());
    }
    Err(refusal::invalid(format!("HsmType {hsm_type} is not supported; it is one of {}.", TYPES.join(", "))))
}
