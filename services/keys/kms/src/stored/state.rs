use bastide_ids::Timestamp;
use serde::{Deserialize, Serialize};

/// The state of a key. Source: KMS Developer Guide, "Key states of AWS KMS keys".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Enabled,
    Disabled,
    /// Waiting to be deleted at that moment.
    PendingDeletion(Timestamp),
    /// A key for imported material of which some is missing: never imported, expired, or deleted.
    PendingImport,
    /// A multi-Region primary key that waits until its replicas are deleted; then its own waiting period, of so
    /// many days, begins.
    PendingReplicaDeletion(u8),
    /// A key in a custom key store that is not connected.
    Unavailable,
    /// A replica that is being made.
    Creating,
    /// A multi-Region key whose primary Region is being changed.
    Updating,
}

impl State {
    /// As `KeyState` has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::PendingDeletion(_) => "PendingDeletion",
            Self::PendingImport => "PendingImport",
            Self::PendingReplicaDeletion(_) => "PendingReplicaDeletion",
            Self::Unavailable => "Unavailable",
            Self::Creating => "Creating",
            Self::Updating => "Updating",
        }
    }

    /// Whether the key is to be deleted, sooner or later.
    pub(crate) fn is_pending_deletion(self) -> bool {
        matches!(self, Self::PendingDeletion(_) | Self::PendingReplicaDeletion(_))
    }

    /// When the key is to be deleted, if that moment is set: `DeletionDate`.
    pub(crate) fn deletion(self) -> Option<Timestamp> {
        match self {
            Self::PendingDeletion(due) => Some(due),
            _ => None,
        }
    }
}
