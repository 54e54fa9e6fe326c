//! Stored documents as IAM's answers show them.

use bastide_ids::Place;
use bastide_resources::Stored;
use bastide_shape::Document;

use crate::encoding::url_encoded;
use crate::model::{
    AttachedPolicy, Entity, Group, InlinePolicy, InstanceProfile, LastUsed, PolicyVersion, Role, User,
};

/// How much of a document is shown: lists leave out what has operations of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// As in `ListUsers`.
    Listed,
    /// As in `GetUser`.
    Full,
}

pub(crate) fn user(user: &Stored<User>, detail: Detail) -> Document {
    user_at(&user.key.place, user, detail)
}

pub(crate) fn user_at(place: &Place, user: &User, detail: Detail) -> Document {
    let shown = Document::new()
        .with("Path", &user.path)
        .with("UserName", &user.name)
        .with("UserId", &user.id)
        .with("Arn", user.arn(place))
        .with("CreateDate", user.created);
    if detail == Detail::Listed {
        return shown;
    }
    shown.maybe("PermissionsBoundary", boundary(user.boundary.as_ref())).maybe("Tags", some_tags(&user.tags))
}

pub(crate) fn group(place: &Place, group: &Group) -> Document {
    Document::new()
        .with("Path", &group.path)
        .with("GroupName", &group.name)
        .with("GroupId", &group.id)
        .with("Arn", group.arn(place))
        .with("CreateDate", group.created)
}

/// A role as lists show it.
pub(crate) fn role(place: &Place, role: &Role) -> Document {
    role_in_short(place, role)
        .maybe("Description", role.description.as_ref())
        .with("MaxSessionDuration", role.max_session)
}

/// A role as `CreateRole` and instance profiles show it.
pub(crate) fn role_in_short(place: &Place, role: &Role) -> Document {
    Document::new()
        .with("Path", &role.path)
        .with("RoleName", &role.name)
        .with("RoleId", &role.id)
        .with("Arn", role.arn(place))
        .with("CreateDate", role.created)
        .with("AssumeRolePolicyDocument", url_encoded(role.trust.text()))
}

/// A role as `GetRole` shows it.
pub(crate) fn role_in_full(place: &Place, found: &Role, used: Option<&LastUsed>) -> Document {
    role(place, found)
        .maybe("PermissionsBoundary", boundary(found.boundary.as_ref()))
        .maybe("Tags", some_tags(&found.tags))
        .with("RoleLastUsed", role_last_used(used))
}

/// `RoleLastUsed`: empty when the role was not used.
pub(crate) fn role_last_used(used: Option<&LastUsed>) -> Document {
    used.map_or_else(Document::new, |used| {
        Document::new().with("LastUsedDate", used.at).with("Region", &used.region)
    })
}

pub(crate) fn instance_profile(place: &Place, profile: &InstanceProfile, found: Option<&Role>) -> Document {
    let roles: Vec<Document> = found.into_iter().map(|found| role_in_short(place, found)).collect();
    Document::new()
        .with("Path", &profile.path)
        .with("InstanceProfileName", &profile.name)
        .with("InstanceProfileId", &profile.id)
        .with("Arn", profile.arn(place))
        .with("CreateDate", profile.created)
        .with("Roles", roles)
}

/// A version of a managed policy; its document only where it is asked for.
pub(crate) fn version(version: &PolicyVersion, default: u32, with_document: bool) -> Document {
    let document = with_document.then(|| url_encoded(version.document.text()));
    Document::new()
        .maybe("Document", document)
        .with("VersionId", format!("v{}", version.number))
        .with("IsDefaultVersion", version.number == default)
        .with("CreateDate", version.created)
}

pub(crate) fn attached(policies: &[AttachedPolicy]) -> Vec<Document> {
    let one = |policy: &AttachedPolicy| {
        Document::new().with("PolicyName", policy.name()).with("PolicyArn", &policy.arn)
    };
    policies.iter().map(one).collect()
}

/// Inline policies as `GetAccountAuthorizationDetails` shows them.
pub(crate) fn inline(policies: &[InlinePolicy]) -> Vec<Document> {
    let one = |policy: &InlinePolicy| {
        Document::new()
            .with("PolicyName", &policy.name)
            .with("PolicyDocument", url_encoded(policy.document.text()))
    };
    policies.iter().map(one).collect()
}

/// A permissions boundary. IAM gives its type so, although its own model has another word for it.
pub(crate) fn boundary(policy: Option<&AttachedPolicy>) -> Option<Document> {
    policy.map(|policy| {
        Document::new().with("PermissionsBoundaryType", "Policy").with("PermissionsBoundaryArn", &policy.arn)
    })
}

pub(crate) fn tags(tags: &[(String, String)]) -> Vec<Document> {
    tags.iter().map(|(key, value)| Document::new().with("Key", key).with("Value", value)).collect()
}

/// The tags, unless there are none: most answers leave the member out then.
pub(crate) fn some_tags(found: &[(String, String)]) -> Option<Vec<Document>> {
    (!found.is_empty()).then(|| tags(found))
}
