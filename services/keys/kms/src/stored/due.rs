use bastide_ids::{Place, Timestamp};
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// Something that is to happen to a key at some moment. These stand in the store's global place, ordered by the
/// moment, so that the background work need not look at every key. Whether it still is to happen, the key says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Due {
    /// Where the key is.
    pub(crate) place: Place,
    /// The key's id.
    pub(crate) key_id: String,
    pub(crate) due: Timestamp,
    pub(crate) what: What,
}

/// What is to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum What {
    /// Automatic rotation.
    Rotation,
    /// Imported material expires.
    Expiry,
}

impl Due {
    /// The document's id: ids are ordered by their bytes, so the moment has a fixed width.
    pub(crate) fn id(&self) -> String {
        let Self { place, key_id, due, what } = self;
        let what = match what {
            What::Rotation => "rotation",
            What::Expiry => "expiry",
        };
        format!("{:016}/{what}/{}/{}/{key_id}", due.millis().max(0), place.account, place.region)
    }
}

impl Resource for Due {
    const TYPE: &'static str = "kms.due";
    const HISTORY: bool = false;
}
