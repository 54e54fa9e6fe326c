use std::collections::BTreeMap;

use bastide_ids::Timestamp;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// How far a node has followed its events. It lies in the store's global place; its id is the node's name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// The position of the last event.
    pub(crate) position: u64,
}

/// What was processed of a month. Its id is the node's name and the month.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// Events by the names of features.
    pub(crate) events: BTreeMap<String, u64>,
    /// Bytes of them.
    pub(crate) bytes: BTreeMap<String, u64>,
    /// Events by resources (buckets), the first so many.
    #[serde(default)]
    pub(crate) resources: BTreeMap<String, u64>,
}

/// A resource that logs have shown. Its id is its kind and name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Covered {
    /// `EKS`, `ECS` or `EC2`.
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) updated: Timestamp,
}

impl Resource for Cursor {
    const TYPE: &'static str = "guardduty.cursor";
    const HISTORY: bool = false;
}

impl Resource for Usage {
    const TYPE: &'static str = "guardduty.usage";
    const HISTORY: bool = false;
}

impl Resource for Covered {
    const TYPE: &'static str = "guardduty.covered";
    const HISTORY: bool = false;
}
