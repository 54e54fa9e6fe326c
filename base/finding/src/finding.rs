//! What several detections of the same thing are.

use bastide_ids::Timestamp;

use crate::detection::Detection;

/// Detections of the same type, place and key.
#[derive(Clone, Debug)]
pub struct Finding {
    /// 32 hexadecimal digits, derived from type, place and key, so that the same logs give the same ids.
    pub id: String,
    /// The latest detection; `first`, `count`, `reasons`, `threats` and `evidence` are those of all of them.
    pub detection: Detection,
    /// When it was first found, by the clock.
    pub created: Timestamp,
    /// When it was last found, by the clock.
    pub updated: Timestamp,
}
