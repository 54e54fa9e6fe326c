use bastide_ids::Timestamp;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

use super::Tags;
use crate::findings::criteria::Criteria;

/// A filter of findings. Its id is its name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Filter {
    pub(crate) description: String,
    /// New findings that match it are archived (`ARCHIVE`).
    pub(crate) archives: bool,
    /// Its position among all filters.
    pub(crate) rank: i64,
    pub(crate) criteria: Criteria,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// Counts its changes, from 1.
    pub(crate) revision: i64,
    pub(crate) tags: Tags,
    /// Of the call that made it.
    pub(crate) token: Option<String>,
}

impl Resource for Filter {
    const TYPE: &'static str = "guardduty.filter";
}
