use std::fmt;

use bastide_ids::{Place, Timestamp};
use bastide_resources::{Item, Key, Relation, Resource};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::parts::{
    attached_json, attached_relations, boundary_json, boundary_relation, inline_json, related, tags_json,
};
use super::{Assignment, AttachedPolicy, Entity, Group, InlinePolicy, MEMBER_OF, Tags};

/// An IAM user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// `AIDA…`
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
    /// Its permissions boundary.
    pub boundary: Option<AttachedPolicy>,
    /// Its groups, in the order it joined them.
    pub groups: Vec<Membership>,
    /// The ids of its access keys, in the order they were made.
    pub access_keys: Vec<String>,
    /// Its console password.
    pub login: Option<Login>,
    /// Its MFA devices.
    pub mfa: Vec<Assignment>,
    /// Its tags.
    pub tags: Tags,
}

/// A group that a user is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// `AGPA…`
    pub id: String,
    /// The group's name; a renaming of the group changes it here too.
    pub name: String,
}

/// A console password; its hash stands in [`Passwords`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// When the profile was made.
    pub created: Timestamp,
    /// When the password was last set.
    pub changed: Timestamp,
    /// Whether it must be changed at the next sign-in.
    pub reset_required: bool,
}

/// Hashes of a user's console passwords, by the user's unique id. Apart from the user, whose past is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passwords {
    /// The password's hash, then those of the passwords before it, newest first, as far as the account's
    /// password policy may ask for them.
    pub hashes: Vec<String>,
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passwords({})", self.hashes.len())
    }
}

impl Resource for Passwords {
    const TYPE: &'static str = "iam.passwords";
    const HISTORY: bool = false;
}

impl Entity for User {
    const KIND: &'static str = "user";

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

impl User {
    /// A new user with nothing.
    #[must_use]
    pub fn new(id: String, name: &str, path: &str, created: Timestamp) -> Self {
        Self {
            id,
            name: name.to_owned(),
            path: path.to_owned(),
            created,
            inline: Vec::new(),
            attached: Vec::new(),
            boundary: None,
            groups: Vec::new(),
            access_keys: Vec::new(),
            login: None,
            mfa: Vec::new(),
            tags: Vec::new(),
        }
    }

    fn configuration(&self, place: &Place) -> serde_json::Value {
        let groups: Vec<&str> = self.groups.iter().map(|group| group.name.as_str()).collect();
        json!({
            "path": self.path,
            "userName": self.name,
            "userId": self.id,
            "arn": self.arn(place),
            "createDate": self.created.iso8601_millis(),
            "userPolicyList": inline_json(&self.inline),
            "groupList": groups,
            "attachedManagedPolicies": attached_json(&self.attached),
            "permissionsBoundary": boundary_json(self.boundary.as_ref()),
            "tags": tags_json(&self.tags),
        })
    }
}

impl Resource for User {
    const TYPE: &'static str = "iam.user";

    fn item(&self, key: &Key) -> Option<Item> {
        Some(Item {
            resource_type: "AWS::IAM::User".into(),
            resource_id: self.id.clone(),
            resource_name: Some(self.name.clone()),
            arn: self.arn(&key.place),
            configuration: self.configuration(&key.place),
            supplementary: Vec::new(),
            tags: self.tags.clone(),
            created: Some(self.created),
        })
    }

    fn relations(&self, key: &Key) -> Vec<Relation> {
        let groups = self.groups.iter().map(|group| Relation {
            name: MEMBER_OF,
            to: Key::of::<Group>(&key.place, group.id.as_str()),
            shown: Some(related("Is attached to Group", "AWS::IAM::Group", &group.id, Some(&group.name))),
        });
        let attached = attached_relations(&self.attached, key);
        groups.chain(attached).chain(boundary_relation(self.boundary.as_ref(), key)).collect()
    }
}
