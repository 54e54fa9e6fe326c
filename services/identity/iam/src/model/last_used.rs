use bastide_ids::Timestamp;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// When and for what an access key (kept at the global place, by its id) or a role (kept at its account's place,
/// by its unique id) was last used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUsed {
    /// When.
    pub at: Timestamp,
    /// For which service, by its signing name.
    pub service: String,
    /// In which region.
    pub region: String,
}

impl Resource for LastUsed {
    const TYPE: &'static str = "iam.last-used";
    const HISTORY: bool = false;
}
