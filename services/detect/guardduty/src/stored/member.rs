use bastide_ids::{AccountId, Timestamp};
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// An account that another one administers, or is about to. It lies with the administrator; its id is the member's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) email: String,
    pub(crate) relationship: Relationship,
    /// It came by the organization: no invitation was needed.
    pub(crate) organization: bool,
    pub(crate) invited: Option<Timestamp>,
    pub(crate) updated: Timestamp,
}

/// How an account stands to its administrator. Source: GuardDuty API Reference, `Member`, `relationshipStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Relationship {
    Created,
    Invited,
    Enabled,
    /// Its detector was stopped by its administrator.
    Disabled,
    Removed,
    Resigned,
}

/// An invitation. It lies with the account that is invited; its id is the account's that invites.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Invitation {
    /// 32 hexadecimal digits.
    pub(crate) id: String,
    pub(crate) invited: Timestamp,
    pub(crate) relationship: Relationship,
}

/// Who administers an account. It lies with the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Administrator {
    pub(crate) account: AccountId,
    /// Empty when it came by the organization.
    pub(crate) invitation: String,
    pub(crate) invited: Timestamp,
    pub(crate) organization: bool,
}

impl Relationship {
    /// As the API has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Invited => "Invited",
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::Removed => "Removed",
            Self::Resigned => "Resigned",
        }
    }

    /// Whether the administrator sees the account's findings.
    pub(crate) fn is_associated(self) -> bool {
        matches!(self, Self::Enabled | Self::Disabled)
    }
}

impl Administrator {
    /// The id of the one that there is.
    pub(crate) const ID: &'static str = "administrator";
}

impl Resource for Member {
    const TYPE: &'static str = "guardduty.member";
}

impl Resource for Invitation {
    const TYPE: &'static str = "guardduty.invitation";
}

impl Resource for Administrator {
    const TYPE: &'static str = "guardduty.administrator";
}
