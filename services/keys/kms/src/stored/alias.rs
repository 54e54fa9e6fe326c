use bastide_ids::{Place, Timestamp};
use bastide_resources::{Item, Key as DocumentKey, Relation, Resource};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Key;

/// An alias. Its id is its name, such as `alias/orders`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Alias {
    /// The id of the key that it refers to, which is in the same place.
    pub(crate) target: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl Alias {
    /// The ARN of the alias with this name in this place.
    pub(crate) fn arn_in(place: &Place, name: &str) -> String {
        place.arn("kms", name)
    }
}

impl Resource for Alias {
    const TYPE: &'static str = "kms.alias";

    /// `AWS::KMS::Alias`. Source: AWS Config, resource schema of that type.
    fn item(&self, key: &DocumentKey) -> Option<Item> {
        if crate::managed::is_owned_alias(&key.id) {
            return None;
        }
        Some(Item {
            resource_type: "AWS::KMS::Alias".to_owned(),
            resource_id: key.id.clone(),
            resource_name: Some(key.id.clone()),
            arn: Self::arn_in(&key.place, &key.id),
            configuration: json!({ "AliasName": key.id, "TargetKeyId": self.target }),
            supplementary: Vec::new(),
            tags: Vec::new(),
            created: Some(self.created),
        })
    }

    fn relations(&self, key: &DocumentKey) -> Vec<Relation> {
        vec![Relation::new("target-key", DocumentKey::of::<Key>(&key.place, self.target.clone()))]
    }
}
