use bastide_ids::{Place, Timestamp};
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// Something that a publisher is to be told. It lies in the store's global place; its id begins with the publisher's
/// name, and they are told in the order of their ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) place: Place,
    /// The finding, as JSON.
    pub(crate) body: String,
    /// How often it was tried.
    pub(crate) attempts: u32,
    /// Not before this moment.
    pub(crate) next: Timestamp,
}

/// A finding of which publishers are to be told at some moment. It lies in the store's global place; its id begins with
/// the moment, so the first is due first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Due {
    pub(crate) place: Place,
    pub(crate) finding: String,
    pub(crate) at: Timestamp,
}

impl Due {
    /// The document's id.
    pub(crate) fn id(at: Timestamp, place: &Place, finding: &str) -> String {
        format!("{:016}/{}/{}/{finding}", at.millis().max(0), place.account, place.region)
    }
}

impl Resource for Delivery {
    const TYPE: &'static str = "guardduty.delivery";
    const HISTORY: bool = false;
}

impl Resource for Due {
    const TYPE: &'static str = "guardduty.due";
    const HISTORY: bool = false;
}
