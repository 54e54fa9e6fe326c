use std::collections::BTreeSet;

use bastide_ids::Region;
use serde::{Deserialize, Serialize};

/// The set of related multi-Region keys that a key belongs to; the same in each of them. They have one id, each in
/// its Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MultiRegion {
    /// Where the primary key is.
    pub(crate) primary: Region,
    /// Where the replicas are.
    pub(crate) replicas: BTreeSet<Region>,
}

impl MultiRegion {
    /// The set of a new primary key.
    pub(crate) fn new(primary: Region) -> Self {
        Self { primary, replicas: BTreeSet::new() }
    }

    /// All Regions but one.
    pub(crate) fn others<'a>(&'a self, than: &'a Region) -> impl Iterator<Item = &'a Region> {
        std::iter::once(&self.primary).chain(&self.replicas).filter(move |region| *region != than)
    }

    /// Whether the key in this Region is the primary.
    pub(crate) fn is_primary(&self, here: &Region) -> bool {
        self.primary == *here
    }

    /// `PRIMARY` or `REPLICA`.
    pub(crate) fn key_type(&self, here: &Region) -> &'static str {
        if self.is_primary(here) { "PRIMARY" } else { "REPLICA" }
    }
}
