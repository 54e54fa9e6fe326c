use bastide_ids::Place;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// An account and region with a detector: for background work that goes through all, and so that there is one only.
/// It lies in the store's global place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Realm {
    pub(crate) place: Place,
    pub(crate) detector: String,
}

/// Written whenever the lists of a place change, so that all nodes read them again. It lies in the store's global
/// place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Reading {
    pub(crate) place: Place,
}

impl Realm {
    /// The document's id; that of [`Reading`] too.
    pub(crate) fn id(place: &Place) -> String {
        format!("{}/{}", place.account, place.region)
    }
}

impl Resource for Realm {
    const TYPE: &'static str = "guardduty.realm";
    const HISTORY: bool = false;
}

impl Resource for Reading {
    const TYPE: &'static str = "guardduty.reading";
    const HISTORY: bool = false;
}
