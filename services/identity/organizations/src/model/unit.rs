use bastide_ids::Timestamp;
use bastide_resources::{Item, Key, Relation, Resource};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Attachments, Tags, relations};

/// An organization's root, or an organizational unit. Units are never moved, so paths never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unit {
    /// `r-…` or `ou-…`
    pub(crate) id: String,
    /// The root or unit that it is in; `None` for a root.
    pub(crate) parent: Option<String>,
    /// Its name.
    pub(crate) name: String,
    /// From the organization to itself: `o-…/r-…/ou-…/`.
    pub(crate) path: String,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// The policies attached to it.
    pub(crate) attachments: Vec<Attachments>,
    /// Its tags.
    pub(crate) tags: Tags,
}

impl Unit {
    /// Whether it is a root.
    pub(crate) fn is_root(&self) -> bool {
        self.parent.is_none()
    }

    /// How many units deep it is: 0 for a root.
    pub(crate) fn depth(&self) -> usize {
        self.lineage().count().saturating_sub(1)
    }

    /// The ids from the root to itself.
    pub(crate) fn lineage(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').skip(1).filter(|id| !id.is_empty())
    }
}

impl Resource for Unit {
    const TYPE: &'static str = "org.unit";

    /// Config knows units, and no other resource of Organizations.
    fn item(&self, key: &Key) -> Option<Item> {
        let parent = self.parent.as_deref()?;
        let organization = self.path.split('/').next().unwrap_or_default();
        let arn = key.place.global_arn("organizations", &format!("ou/{organization}/{}", self.id));
        Some(Item {
            resource_type: "AWS::Organizations::OrganizationalUnit".into(),
            resource_id: self.id.clone(),
            resource_name: Some(self.name.clone()),
            configuration: json!({ "Id": self.id, "Arn": arn, "Name": self.name, "ParentId": parent }),
            arn,
            supplementary: Vec::new(),
            tags: self.tags.clone(),
            created: Some(self.created),
        })
    }

    fn relations(&self, key: &Key) -> Vec<Relation> {
        relations(&key.place, self.parent.as_deref(), &self.attachments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_depth_and_lineage() {
        let mut unit = Unit {
            id: "r-1".into(),
            parent: None,
            name: "Root".into(),
            path: "o-1/r-1/".into(),
            created: Timestamp::from_seconds(0),
            attachments: Vec::new(),
            tags: Vec::new(),
        };
        assert_eq!((unit.depth(), unit.lineage().collect::<Vec<_>>()), (0, vec!["r-1"]));
        unit.path = "o-1/r-1/ou-1-a/ou-1-b/".into();
        assert_eq!((unit.depth(), unit.lineage().collect::<Vec<_>>()), (2, vec!["r-1", "ou-1-a", "ou-1-b"]));
    }
}
