use bastide_ids::Place;
use bastide_resources::{Key, Related, Relation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ATTACHED, BOUNDARY, ManagedPolicy, PolicyText};
use crate::encoding::url_encoded;

/// Tags in the order they were set.
pub type Tags = Vec<(String, String)>;

/// A managed policy, as those who have it attached know it. It may be AWS's: then there is no document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedPolicy {
    /// Its ARN; a policy is never renamed or moved.
    pub arn: String,
    /// Its unique id, `ANPA…`.
    pub id: String,
}

/// A policy embedded in a user, group or role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InlinePolicy {
    /// Its name, unique in its owner; here, unlike elsewhere, case counts.
    pub name: String,
    /// The document.
    pub document: PolicyText,
}

/// What users, groups, roles, policies and instance profiles have in common.
pub trait Entity {
    /// The part of the ARN before the path: `user`, `group`, `role`, `policy`, `instance-profile`.
    const KIND: &'static str;

    /// The name as it was given.
    fn name(&self) -> &str;

    /// The path: `/` or `/a/b/`.
    fn path(&self) -> &str;

    /// The unique id.
    fn id(&self) -> &str;

    /// The ARN.
    fn arn(&self, place: &Place) -> String {
        place.global_arn("iam", &format!("{}{}{}", Self::KIND, self.path(), self.name()))
    }
}

impl AttachedPolicy {
    /// Its name, which its ARN ends with.
    #[must_use]
    pub fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or(&self.arn)
    }

    /// Whether it is AWS's.
    #[must_use]
    pub fn is_aws(&self) -> bool {
        self.arn.contains(":iam::aws:policy/")
    }

    /// Its path, which stands before its name.
    #[must_use]
    pub fn path(&self) -> &str {
        let resource = self.arn.split_once(":policy").map_or("", |(_, resource)| resource);
        resource.strip_suffix(self.name()).unwrap_or(resource)
    }
}

/// Relations to attached policies, as Config shows them.
pub(super) fn attached_relations<'a>(
    attached: &'a [AttachedPolicy],
    key: &'a Key,
) -> impl Iterator<Item = Relation> + use<'a> {
    attached.iter().map(|policy| Relation {
        name: ATTACHED,
        to: Key::of::<ManagedPolicy>(&key.place, policy.id.as_str()),
        // Config knows the customer's policies only.
        shown: (!policy.is_aws()).then(|| {
            let (relationship, kind) = ("Is attached to CustomerManagedPolicy", "AWS::IAM::Policy");
            related(relationship, kind, &policy.id, Some(policy.name()))
        }),
    })
}

/// The relation to a permissions boundary.
pub(super) fn boundary_relation(boundary: Option<&AttachedPolicy>, key: &Key) -> Option<Relation> {
    let to = Key::of::<ManagedPolicy>(&key.place, boundary?.id.as_str());
    Some(Relation::new(BOUNDARY, to))
}

pub(super) fn related(relationship: &str, resource_type: &str, id: &str, name: Option<&str>) -> Related {
    Related {
        relationship: relationship.to_owned(),
        resource_type: resource_type.to_owned(),
        resource_id: Some(id.to_owned()),
        resource_name: name.map(str::to_owned),
    }
}

/// Inline policies as Config shows them.
pub(super) fn inline_json(policies: &[InlinePolicy]) -> Value {
    let one = |policy: &InlinePolicy| json!({ "policyName": policy.name, "policyDocument": url_encoded(policy.document.text()) });
    policies.iter().map(one).collect()
}

/// Attached policies as Config shows them.
pub(super) fn attached_json(policies: &[AttachedPolicy]) -> Value {
    policies.iter().map(|policy| json!({ "policyName": policy.name(), "policyArn": policy.arn })).collect()
}

/// A permissions boundary as Config shows it.
pub(super) fn boundary_json(boundary: Option<&AttachedPolicy>) -> Value {
    boundary.map_or(Value::Null, |policy| {
        json!({
            "permissionsBoundaryType": "PermissionsBoundaryPolicy",
            "permissionsBoundaryArn": policy.arn,
        })
    })
}

/// Tags as Config shows them inside a configuration.
pub(super) fn tags_json(tags: &[(String, String)]) -> Value {
    tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}
