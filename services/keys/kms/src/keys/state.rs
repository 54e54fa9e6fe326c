//! Which operation a key's state allows. Source: KMS Developer Guide, "Key states of AWS KMS keys", whose table has
//! three rules for the states that are built; what is not asked here is allowed in every state.

use bastide_door::Failure;
use bastide_ids::Timestamp;
use bastide_resources::Stored;

use crate::refusal;
use crate::stored::{Key, State};

impl Key {
    /// To use the key, and to let others use it.
    ///
    /// # Errors
    /// `DisabledException`, `KMSInvalidStateException`.
    pub(crate) fn must_be_enabled(stored: &Stored<Self>) -> Result<(), Failure> {
        match stored.state {
            State::Enabled => Ok(()),
            State::Disabled => Err(refusal::disabled(Self::arn(stored))),
            State::PendingDeletion(_) => Err(refusal::pending_deletion(Self::arn(stored))),
        }
    }

    /// To change the key.
    ///
    /// # Errors
    /// `KMSInvalidStateException`.
    pub(crate) fn must_not_be_pending_deletion(stored: &Stored<Self>) -> Result<(), Failure> {
        match stored.state {
            State::Enabled | State::Disabled => Ok(()),
            State::PendingDeletion(_) => Err(refusal::pending_deletion(Self::arn(stored))),
        }
    }

    /// To keep the key after all: the moment at which it would have been deleted.
    ///
    /// # Errors
    /// `KMSInvalidStateException`.
    pub(crate) fn must_be_pending_deletion(stored: &Stored<Self>) -> Result<Timestamp, Failure> {
        match stored.state {
            State::PendingDeletion(due) => Ok(due),
            State::Enabled | State::Disabled => Err(refusal::not_pending_deletion(Self::arn(stored))),
        }
    }
}
