use bastide_ids::{Place, Timestamp};
use bastide_resources::Resource;
use bastide_seal::Sealed;
use serde::{Deserialize, Serialize};

use super::Tags;

/// A virtual MFA device. Its id in the store is its path and name: `/` + `name`, or `/a/b/` + `name`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MfaDevice {
    /// The path.
    pub path: String,
    /// The name.
    pub name: String,
    /// When it was created.
    pub created: Timestamp,
    /// The key of its codes (RFC 6238), sealed for the serial number.
    pub seed: Sealed,
    /// The unique id of the user who has it; `None` while it is not enabled.
    pub user: Option<String>,
    /// When it was enabled.
    pub enabled: Option<Timestamp>,
    /// How many steps of 30 seconds its clock is ahead.
    pub drift: i64,
    /// The step of the last code that was accepted: none at or before it is accepted again.
    pub last_step: i64,
    /// Its tags.
    pub tags: Tags,
}

/// An MFA device that a user has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The serial number: the ARN of a virtual device.
    pub serial: String,
    /// When it was enabled.
    pub enabled: Timestamp,
}

impl MfaDevice {
    /// The serial number, which is the ARN.
    #[must_use]
    pub fn serial(&self, place: &Place) -> String {
        place.global_arn("iam", &format!("mfa{}{}", self.path, self.name))
    }

    /// The id in the store that a serial number of this account names.
    #[must_use]
    pub fn id_of<'a>(place: &Place, serial: &'a str) -> Option<&'a str> {
        let id = serial.strip_prefix(place.global_arn("iam", "mfa").as_str())?;
        id.starts_with('/').then_some(id)
    }
}

impl Resource for MfaDevice {
    const TYPE: &'static str = "iam.mfa-device";
    // A deleted seed is to be gone, not in the past.
    const HISTORY: bool = false;
}
