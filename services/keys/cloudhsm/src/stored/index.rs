use bastide_ids::Place;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// An account and region that has or had clusters or backups, for background work that goes through all. It lies in
/// the store's global place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Realm {
    pub(crate) place: Place,
}

/// A backup with a resource policy, to be found from other accounts. It lies in the store's global place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Shared {
    pub(crate) place: Place,
    pub(crate) backup: String,
}

impl Realm {
    /// The document's id.
    pub(crate) fn id(place: &Place) -> String {
        format!("{}/{}", place.account, place.region)
    }
}

impl Shared {
    /// What the ids of all in a region begin with.
    pub(crate) fn prefix(place: &Place) -> String {
        format!("{}/", place.region)
    }

    /// The document's id.
    pub(crate) fn id(place: &Place, backup: &str) -> String {
        format!("{}/{}/{backup}", place.region, place.account)
    }
}

impl Resource for Realm {
    const TYPE: &'static str = "cloudhsm.realm";
    const HISTORY: bool = false;
}

impl Resource for Shared {
    const TYPE: &'static str = "cloudhsm.shared";
    const HISTORY: bool = false;
}
