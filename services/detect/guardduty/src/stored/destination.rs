use bastide_ids::Timestamp;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

use super::Tags;

/// Where findings are exported to. Its id is 32 hexadecimal digits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Destination {
    /// The ARN of a bucket, perhaps with a prefix.
    pub(crate) arn: String,
    /// The ARN of the key that exports are encrypted under.
    pub(crate) kms_key: String,
    pub(crate) bucket_owner: Option<String>,
    pub(crate) status: String,
    /// Since when nothing can be published; milliseconds since 1970, 0 when all is well.
    pub(crate) failing_since: i64,
    pub(crate) created: Timestamp,
    pub(crate) tags: Tags,
    /// Of the call that made it.
    pub(crate) token: Option<String>,
}

impl Resource for Destination {
    const TYPE: &'static str = "guardduty.destination";
}
