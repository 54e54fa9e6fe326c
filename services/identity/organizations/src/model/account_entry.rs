use bastide_ids::{AccountId, Place};
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// What is known of an account that is or was in an organization. Kept at the global place by the account's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountEntry {
    /// The address of its root user, unique among all accounts.
    pub(crate) email: String,
    /// Its name.
    pub(crate) name: String,
    /// The organization it is in.
    pub(crate) organization: Option<Home>,
    /// It was closed: nobody may do anything in it any more.
    pub(crate) closed: bool,
}

/// Where an organization is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Home {
    /// The place of its documents: the management account's.
    pub(crate) place: Place,
    /// `o-…`
    pub(crate) id: String,
}

/// Whose an address is. Kept at the global place by the address in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EmailHolder {
    /// The account.
    pub(crate) account: AccountId,
}

impl EmailHolder {
    /// The id for an address.
    pub(crate) fn key(email: &str) -> String {
        email.to_lowercase()
    }
}

impl Resource for AccountEntry {
    const TYPE: &'static str = "org.account-entry";
}

impl Resource for EmailHolder {
    const TYPE: &'static str = "org.email";
    const HISTORY: bool = false;
}
