use bastide_ids::Timestamp;
use bastide_resources::{Item, Key, Relation, Resource};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::parts::{related, tags_json};
use super::{Entity, IN_PROFILE, Role, Tags};

/// An instance profile: what hands a role to a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// `AIPA…`
    pub id: String,
    /// The name as it was given.
    pub name: String,
    /// The path.
    pub path: String,
    /// When it was created.
    pub created: Timestamp,
    /// The unique id of its role; at most one.
    pub role: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

impl Entity for InstanceProfile {
    const KIND: &'static str = "instance-profile";

    fn name(&self) -> &str {
        &self.name
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn id(&self) -> &str {
        &self.id
    }
}

impl Resource for InstanceProfile {
    const TYPE: &'static str = "iam.instance-profile";

    fn item(&self, key: &Key) -> Option<Item> {
        let arn = self.arn(&key.place);
        let configuration = json!({
            "path": self.path,
            "instanceProfileName": self.name,
            "instanceProfileId": self.id,
            "arn": arn,
            "createDate": self.created.iso8601_millis(),
            "roles": self.role.iter().map(|id| json!({ "roleId": id })).collect::<serde_json::Value>(),
            "tags": tags_json(&self.tags),
        });
        Some(Item {
            resource_type: "AWS::IAM::InstanceProfile".into(),
            resource_id: self.id.clone(),
            resource_name: Some(self.name.clone()),
            arn,
            configuration,
            supplementary: Vec::new(),
            tags: self.tags.clone(),
            created: Some(self.created),
        })
    }

    fn relations(&self, key: &Key) -> Vec<Relation> {
        let relation = |id: &String| Relation {
            name: IN_PROFILE,
            to: Key::of::<Role>(&key.place, id.as_str()),
            shown: Some(related("Is associated with Role", "AWS::IAM::Role", id, None)),
        };
        self.role.iter().map(relation).collect()
    }
}
