use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// What leads from a name to a document, and holds the name so that nobody else takes it. Its id is the kind and
/// the name in lower case: names that differ in case only are one name to IAM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The document's id.
    pub id: String,
    /// The path, so that a listing by path reads no documents that it does not show.
    pub path: String,
}

/// The kinds of named documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// Users.
    User,
    /// Groups.
    Group,
    /// Roles.
    Role,
    /// Customer managed policies.
    Policy,
    /// Instance profiles.
    InstanceProfile,
}

impl NameKind {
    /// What the ids of this kind's names start with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::User => "user/",
            Self::Group => "group/",
            Self::Role => "role/",
            Self::Policy => "policy/",
            Self::InstanceProfile => "instance-profile/",
        }
    }

    /// The id of the [`Name`] for a name.
    #[must_use]
    pub fn key(self, name: &str) -> String {
        format!("{}{}", self.prefix(), name.to_lowercase())
    }
}

impl Resource for Name {
    const TYPE: &'static str = "iam.name";
    const HISTORY: bool = false;
}
