use bastide_ids::{AccountId, Timestamp};
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// What became of a request to create an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CreateStatus {
    /// `car-…`
    pub(crate) id: String,
    /// The name that the account was to have.
    pub(crate) name: String,
    /// How far it is.
    pub(crate) state: CreateState,
    /// When it was asked for.
    pub(crate) requested: Timestamp,
    /// When it ended.
    pub(crate) completed: Timestamp,
}

/// How a request to create an account ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CreateState {
    /// The account is there.
    Succeeded(AccountId),
    /// It could not be made, for this reason of AWS's `CreateAccountFailureReason`.
    Failed(String),
}

impl CreateState {
    /// The name on the wire.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Succeeded(_) => "SUCCEEDED",
            Self::Failed(_) => "FAILED",
        }
    }
}

impl Resource for CreateStatus {
    const TYPE: &'static str = "org.create-account-status";
    const HISTORY: bool = false;
}
