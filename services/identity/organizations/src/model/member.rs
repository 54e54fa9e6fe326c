use bastide_ids::{AccountId, Timestamp};
use bastide_resources::{Key, Relation, Resource};
use serde::{Deserialize, Serialize};

use super::{Attachments, Tags, relations};

/// An account in its organization. Its id is the account's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Member {
    /// The account.
    pub(crate) account: AccountId,
    /// The root or unit that it is in.
    pub(crate) parent: String,
    /// `INVITED` or `CREATED`.
    pub(crate) joined_method: String,
    /// When it joined.
    pub(crate) joined: Timestamp,
    /// The policies attached to it.
    pub(crate) attachments: Vec<Attachments>,
    /// The services that it administers for the organization.
    pub(crate) delegations: Vec<Delegation>,
    /// Its tags.
    pub(crate) tags: Tags,
}

/// A service that an account administers for its organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delegation {
    /// The service principal.
    pub(crate) service: String,
    /// Since when.
    pub(crate) since: Timestamp,
}

impl Resource for Member {
    const TYPE: &'static str = "org.account";

    fn relations(&self, key: &Key) -> Vec<Relation> {
        relations(&key.place, Some(&self.parent), &self.attachments)
    }
}
