use bastide_ids::Timestamp;

use crate::Key;

/// Why the store could not answer. None of these is the caller's fault towards a client: the door answers
/// them with the protocol's internal or "service unavailable" error.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The store was written by a newer program. Nothing was touched.
    #[error(
        "the store `{store}` has schema version {found}, made by a newer bastide; this one knows versions up \
         to {known}: start the newer program, or restore a backup made before the upgrade"
    )]
    Newer {
        /// The file or address.
        store: String,
        /// The schema version found.
        found: u32,
        /// The newest schema version that this program knows.
        known: u32,
    },
    /// A document was written by a newer program.
    #[error(
        "{key} has schema version {found}; this program knows versions up to {known}: run the newer program"
    )]
    NewerDocument {
        /// The document.
        key: Box<Key>,
        /// The schema version found.
        found: u32,
        /// The newest that this program knows ([`Resource::SCHEMA`](crate::Resource::SCHEMA)).
        known: u32,
    },
    /// A stored document is not of the form that its type reads.
    #[error("{key} cannot be read: {why}")]
    Document {
        /// The document.
        key: Box<Key>,
        /// What did not fit.
        why: String,
    },
    /// A document, an identifier or a set of changes is outside the store's limits.
    #[error("{0}")]
    Limit(String),
    /// Another process has the store open.
    #[error(
        "the store `{0}` is in use by another bastide process: stop that one, or choose another data folder"
    )]
    InUse(String),
    /// The address of the store is not one that can be opened.
    #[error("{0}")]
    Address(String),
    /// The database failed: disk full, connection lost, and so on. Nothing of the change was kept, unless
    /// [`outcome_unknown`](Self::outcome_unknown).
    #[error("the database failed: {0}")]
    Database(String),
    /// The connection was lost while the database was committing, and it cannot be asked: the change is
    /// kept whole or not at all.
    #[error("the connection to the database was lost during a commit; its outcome is unknown: {0}")]
    Unknown(String),
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Whether the change may have been kept in spite of this error.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

/// Why a set of changes was not committed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// What the changes were made from is no longer so: read again and start over.
    #[error("{key} was changed meanwhile")]
    Conflict {
        /// The document whose expectation does not hold.
        key: Key,
    },
    /// The store failed.
    #[error(transparent)]
    Failed(#[from] StoreError),
}

/// A commit, as it stands in the store's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its place in the order of all commits. A commit that writes no document has the sequence of the one
    /// before it.
    pub sequence: u64,
    /// The time it was made with ([`Changes::new`](crate::Changes::new)).
    pub time: Timestamp,
}
