use std::collections::BTreeMap;

use bastide_ids::{Place, Timestamp};
use bastide_resources::{Item, Key, Resource};
use serde::{Deserialize, Serialize};

use super::Tags;

/// A detector: GuardDuty, switched on in an account and region. Its id is 32 hexadecimal digits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Detector {
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) enabled: bool,
    /// Since when; what happened before makes no findings.
    pub(crate) enabled_since: Timestamp,
    /// `FIFTEEN_MINUTES`, `ONE_HOUR` or `SIX_HOURS`.
    pub(crate) frequency: String,
    /// By their names in the API.
    pub(crate) features: BTreeMap<String, Feature>,
    /// EBS volumes were to be scanned, which is not built; it is told why they are not.
    #[serde(default)]
    pub(crate) malware_asked: bool,
    pub(crate) tags: Tags,
    /// Of the call that made it.
    pub(crate) token: Option<String>,
}

/// A feature that can be switched.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Feature {
    pub(crate) enabled: bool,
    pub(crate) updated: Timestamp,
    /// By their names in the API.
    #[serde(default)]
    pub(crate) additional: BTreeMap<String, Switch>,
}

/// An additional configuration of a feature.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Switch {
    pub(crate) enabled: bool,
    pub(crate) updated: Timestamp,
}

impl Detector {
    /// The ARN of the detector with this id in this place.
    pub(crate) fn arn_in(place: &Place, id: &str) -> String {
        place.arn("guardduty", &format!("detector/{id}"))
    }

    /// Whether it looks at what this feature switches; the foundational ones are always on.
    pub(crate) fn watches(&self, feature: &str) -> bool {
        self.enabled && self.features.get(feature).is_none_or(|feature| feature.enabled)
    }
}

impl Resource for Detector {
    const TYPE: &'static str = "guardduty.detector";

    fn item(&self, key: &Key) -> Option<Item> {
        Some(Item {
            resource_type: "AWS::GuardDuty::Detector".to_owned(),
            resource_id: key.id.clone(),
            resource_name: None,
            arn: Self::arn_in(&key.place, &key.id),
            configuration: serde_json::json!({
                "Enable": self.enabled,
                "FindingPublishingFrequency": self.frequency,
                "Id": key.id,
            }),
            supplementary: Vec::new(),
            tags: self.tags.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            created: Some(self.created),
        })
    }
}
