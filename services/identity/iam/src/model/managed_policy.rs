use bastide_ids::Timestamp;
use bastide_policy::{Attached, MalformedPolicy, PolicyKind};
use bastide_resources::{Item, Key, Resource};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::parts::tags_json;
use super::{Entity, PolicyText, Tags};
use crate::encoding::url_encoded;

/// A customer managed policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// `ANPA…`
    pub id: String,
    /// The name as it was given.
    pub name: String,
    /// The path.
    pub path: String,
    /// When it was created.
    pub created: Timestamp,
    /// When a version was last made or made the default.
    pub updated: Timestamp,
    /// Its description, if one was given.
    pub description: Option<String>,
    /// Its versions, oldest first; at most five.
    pub versions: Vec<PolicyVersion>,
    /// The number of the default version.
    pub default: u32,
    /// The number that the next version gets: numbers are not used twice.
    pub next: u32,
    /// Its tags.
    pub tags: Tags,
}

/// A version of a managed policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Its number; `v1` is 1.
    pub number: u32,
    /// When it was made.
    pub created: Timestamp,
    /// The document.
    pub document: PolicyText,
}

impl Entity for ManagedPolicy {
    const KIND: &'static str = "policy";

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

impl ManagedPolicy {
    /// The version of this number.
    #[must_use]
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// The compiled default version, under the policy's ARN.
    ///
    /// # Errors
    /// [`MalformedPolicy`] when it was stored by a program that read the language differently.
    pub fn attached(&self, arn: &str) -> Result<Option<&Attached>, MalformedPolicy> {
        let version = self.version(self.default);
        version.map(|version| version.document.attached(PolicyKind::Managed, arn)).transpose()
    }

    /// The default version's document.
    #[must_use]
    pub fn document(&self) -> &str {
        self.version(self.default).map_or("", |version| version.document.text())
    }
}

impl Resource for ManagedPolicy {
    const TYPE: &'static str = "iam.policy";

    fn item(&self, key: &Key) -> Option<Item> {
        let arn = self.arn(&key.place);
        let version = |version: &PolicyVersion| {
            json!({
                "versionId": format!("v{}", version.number),
                "isDefaultVersion": version.number == self.default,
                "createDate": version.created.iso8601_millis(),
                "document": url_encoded(version.document.text()),
            })
        };
        let configuration = json!({
            "policyName": self.name,
            "policyId": self.id,
            "arn": arn,
            "path": self.path,
            "defaultVersionId": format!("v{}", self.default),
            "isAttachable": true,
            "description": self.description,
            "createDate": self.created.iso8601_millis(),
            "updateDate": self.updated.iso8601_millis(),
            "policyVersionList": self.versions.iter().map(version).collect::<serde_json::Value>(),
            "tags": tags_json(&self.tags),
        });
        Some(Item {
            resource_type: "AWS::IAM::Policy".into(),
            resource_id: self.id.clone(),
            resource_name: Some(self.name.clone()),
            arn,
            configuration,
            supplementary: Vec::new(),
            tags: self.tags.clone(),
            created: Some(self.created),
        })
    }
}
