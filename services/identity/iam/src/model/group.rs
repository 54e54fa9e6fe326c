use bastide_ids::Timestamp;
use bastide_resources::{Item, Key, Relation, Resource};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::parts::{attached_json, attached_relations, inline_json};
use super::{AttachedPolicy, Entity, InlinePolicy};

/// A group of users. Its members refer to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// `AGPA…`
    pub id: String,
    /// The name as it was given.
    pub name: String,
    /// The path.
    pub path: String,
    /// When it was created.
    pub created: Timestamp,
    /// Its inline policies, by name.
    pub inline: Vec<InlinePolicy>,
    /// Its managed policies, in the order they were attached.
    pub attached: Vec<AttachedPolicy>,
}

impl Entity for Group {
    const KIND: &'static str = "group";

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

impl Resource for Group {
    const TYPE: &'static str = "iam.group";

    fn item(&self, key: &Key) -> Option<Item> {
        let arn = self.arn(&key.place);
        let configuration = json!({
            "path": self.path,
            "groupName": self.name,
            "groupId": self.id,
            "arn": arn,
            "createDate": self.created.iso8601_millis(),
            "groupPolicyList": inline_json(&self.inline),
            "attachedManagedPolicies": attached_json(&self.attached),
        });
        Some(Item {
            resource_type: "AWS::IAM::Group".into(),
            resource_id: self.id.clone(),
            resource_name: Some(self.name.clone()),
            arn,
            configuration,
            supplementary: Vec::new(),
            tags: Vec::new(),
            created: Some(self.created),
        })
    }

    fn relations(&self, key: &Key) -> Vec<Relation> {
        attached_relations(&self.attached, key).collect()
    }
}
