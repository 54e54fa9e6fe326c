use bastide_ids::{Place, Timestamp};
use bastide_resources::{Key, Resource};
use serde::{Deserialize, Serialize};

/// A key that waits to be deleted. These stand in the store's global place, ordered by the moment they are due,
/// so that the background work need not look at every key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Deletion {
    /// Where the key is.
    pub(crate) place: Place,
    /// The key's id.
    pub(crate) key_id: String,
    /// When it is to be deleted.
    pub(crate) due: Timestamp,
}

impl Deletion {
    /// The deletion of a key at a moment.
    pub(crate) fn of(key: &Key, due: Timestamp) -> Self {
        Self { place: key.place.clone(), key_id: key.id.clone(), due }
    }

    /// The document's id: ids are ordered by their bytes, so the moment has a fixed width.
    pub(crate) fn id(&self) -> String {
        let Self { place, key_id, due } = self;
        format!("{:016}/{}/{}/{key_id}", due.millis().max(0), place.account, place.region)
    }
}

impl Resource for Deletion {
    const TYPE: &'static str = "kms.deletion";
    const HISTORY: bool = false;
}

#[cfg(test)]
mod tests {
    use bastide_ids::{AccountId, Region};

    use super::*;

    #[test]
    fn ids_are_in_the_order_of_time() {
        let place = Place::new(AccountId::from_number(1), Region::us_east_1());
        let id = |seconds| {
            let due = Timestamp::from_seconds(seconds);
            Deletion { place: place.clone(), key_id: "x".to_owned(), due }.id()
        };
        assert!(id(999) < id(1000));
        assert!(id(9_999_999_999) < id(10_000_000_000));
    }
}
