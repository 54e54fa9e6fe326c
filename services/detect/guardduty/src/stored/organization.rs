use std::collections::BTreeMap;

use bastide_ids::AccountId;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// The account that administers GuardDuty for an organization. It lies with the management account, in each region.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AdminAccount {
    pub(crate) account: AccountId,
}

/// What becomes of the accounts of an organization. It lies with the administrator.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Organization {
    pub(crate) management: String,
    pub(crate) members: Wanted,
    /// By the names of features.
    pub(crate) features: BTreeMap<String, Wanted>,
    /// By the names of features and additional configurations.
    pub(crate) additional: BTreeMap<String, BTreeMap<String, Wanted>>,
}

/// For whom something is switched on by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wanted {
    #[default]
    None,
    /// For those that join from now on.
    New,
    All,
}

impl Wanted {
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "NEW" => Self::New,
            "ALL" => Self::All,
            _ => Self::None,
        }
    }

    /// As the API has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::New => "NEW",
            Self::All => "ALL",
        }
    }
}

impl AdminAccount {
    /// The id of the one that there is.
    pub(crate) const ID: &'static str = "admin";
}

impl Organization {
    /// The id of the one that there is.
    pub(crate) const ID: &'static str = "organization";
}

impl Resource for AdminAccount {
    const TYPE: &'static str = "guardduty.admin";
}

impl Resource for Organization {
    const TYPE: &'static str = "guardduty.organization";
}
