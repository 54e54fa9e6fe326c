use bastide_ids::Timestamp;
use bastide_resources::{Item, Key, Relation, Resource};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::parts::{
    attached_json, attached_relations, boundary_json, boundary_relation, inline_json, tags_json,
};
use super::{AttachedPolicy, Entity, InlinePolicy, Tags, TrustPolicy};
use crate::encoding::url_encoded;

/// An IAM role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// `AROA…`
    pub id: String,
    /// The name as it was given.
    pub name: String,
    /// The path.
    pub path: String,
    /// When it was created.
    pub created: Timestamp,
    /// The trust policy: who may assume it.
    pub trust: TrustPolicy,
    /// Its description, if one was given.
    pub description: Option<String>,
    /// The longest session, in seconds: 3600 to 43200.
    pub max_session: u32,
    /// Its inline policies, by name.
    pub inline: Vec<InlinePolicy>,
    /// Its managed policies, in the order they were attached.
    pub attached: Vec<AttachedPolicy>,
    /// Its permissions boundary.
    pub boundary: Option<AttachedPolicy>,
    /// Its tags.
    pub tags: Tags,
    /// The service that it is linked to, such as `config.amazonaws.com`: only that service may change it.
    pub linked_service: Option<String>,
}

/// The deletion of a service-linked role, as `GetServiceLinkedRoleDeletionStatus` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionTask {
    /// The ARN that the role had.
    pub role_arn: String,
    /// When it was deleted.
    pub deleted: Timestamp,
}

impl Entity for Role {
    const KIND: &'static str = "role";

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

impl Resource for Role {
    const TYPE: &'static str = "iam.role";

    fn item(&self, key: &Key) -> Option<Item> {
        let arn = self.arn(&key.place);
        let configuration = json!({
            "path": self.path,
            "roleName": self.name,
            "roleId": self.id,
            "arn": arn,
            "createDate": self.created.iso8601_millis(),
            "assumeRolePolicyDocument": url_encoded(self.trust.text()),
            "description": self.description,
            "maxSessionDuration": self.max_session,
            "rolePolicyList": inline_json(&self.inline),
            "attachedManagedPolicies": attached_json(&self.attached),
            "permissionsBoundary": boundary_json(self.boundary.as_ref()),
            "tags": tags_json(&self.tags),
        });
        Some(Item {
            resource_type: "AWS::IAM::Role".into(),
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
        let attached = attached_relations(&self.attached, key);
        attached.chain(boundary_relation(self.boundary.as_ref(), key)).collect()
    }
}

impl Resource for DeletionTask {
    const TYPE: &'static str = "iam.deletion-task";
    const HISTORY: bool = false;
}
