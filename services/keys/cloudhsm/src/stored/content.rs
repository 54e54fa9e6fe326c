use bastide_ids::Timestamp;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// The content of a backup: what the HSM gave, sealed by it. Several backups may refer to one content (copies in
/// other regions), so it lies in no account. It has no history: when the last backup is deleted, nothing stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) created: Timestamp,
    /// How many parts it has.
    pub(crate) parts: usize,
}

/// A part of a content, because a document has a largest size. Its id is `CONTENT/NUMBER`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Part {
    /// In base64.
    pub(crate) bytes: String,
}

impl Part {
    /// Bytes in one part: in base64 well below the largest document.
    pub(crate) const SIZE: usize = 2 << 20;

    /// The document's id.
    pub(crate) fn id(content: &str, number: usize) -> String {
        format!("{content}/{number:06}")
    }
}

impl Resource for Content {
    const TYPE: &'static str = "cloudhsm.content";
    const HISTORY: bool = false;
}

impl Resource for Part {
    const TYPE: &'static str = "cloudhsm.part";
    const HISTORY: bool = false;
}
