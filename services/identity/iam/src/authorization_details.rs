//! Everything about who may do what, in one paged answer.

use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_resources::{Key, Store, Stored};
use bastide_shape::Document;

use crate::aws_managed::AwsManaged;
use crate::encoding::url_encoded;
use crate::lookup;
use crate::managed_policies::{Usage, aws, customer};
use crate::model::{Entity, Group, IN_PROFILE, InstanceProfile, LastUsed, ManagedPolicy, Role, User};
use crate::paging::{Paging, finish};
use crate::view;

/// The sections of the answer in the order they are paged through: the name in `Filter`, and the member.
const SECTIONS: [(&str, &str); 5] = [
    ("User", "UserDetailList"),
    ("Group", "GroupDetailList"),
    ("Role", "RoleDetailList"),
    ("LocalManagedPolicy", "Policies"),
    ("AWSManagedPolicy", "Policies"),
];

pub(crate) async fn show(call: &mut Permitted) -> Result<Document, Failure> {
    let filter: Vec<&str> = call.input().strings("Filter").collect();
    let paging = Paging::of(call.input())?;
    let after = paging.after.as_deref().and_then(|after| after.split_once(':'));
    let mut pages = Pages {
        store: call.store(),
        place: call.place(),
        lists: [
            ("UserDetailList", Vec::new()),
            ("GroupDetailList", Vec::new()),
            ("RoleDetailList", Vec::new()),
            ("Policies", Vec::new()),
        ],
        left: paging.limit,
    };
    let start = after.and_then(|(name, _)| SECTIONS.iter().position(|(section, _)| *section == name));
    let mut next = None;
    for (index, (section, member)) in SECTIONS.iter().enumerate().skip(start.unwrap_or(0)) {
        if !filter.is_empty() && !filter.contains(section) {
            continue;
        }
        let inside = after.filter(|_| Some(index) == start).map(|(_, key)| key).filter(|key| !key.is_empty());
        if pages.left == 0 {
            next = Some(format!("{section}:"));
            break;
        }
        if let Some(key) = pages.section(section, member, inside).await? {
            next = Some(format!("{section}:{key}"));
            break;
        }
    }
    let answer =
        pages.lists.into_iter().fold(Document::new(), |answer, (name, list)| answer.with(name, list));
    Ok(finish(answer, next.as_deref()))
}

struct Pages<'a> {
    store: &'a Store,
    place: &'a Place,
    lists: [(&'static str, Vec<Document>); 4],
    left: usize,
}

impl Pages<'_> {
    /// Adds what fits of a section. The key to go on after when it was not all.
    async fn section(
        &mut self,
        section: &str,
        member: &str,
        after: Option<&str>,
    ) -> Result<Option<String>, Failure> {
        let paging = Paging { after: after.map(str::to_owned), limit: self.left };
        let (store, place) = (self.store, self.place);
        let mut shown = Vec::new();
        let next = match section {
            "User" => {
                let (found, next) = lookup::list::<User>(store, place, "/", &paging).await?;
                shown.extend(found.iter().map(|user| user_detail(user)));
                next
            }
            "Group" => {
                let (found, next) = lookup::list::<Group>(store, place, "/", &paging).await?;
                shown.extend(found.iter().map(|group| group_detail(place, group)));
                next
            }
            "Role" => {
                let (found, next) = lookup::list::<Role>(store, place, "/", &paging).await?;
                for role in &found {
                    shown.push(role_detail(store, role).await?);
                }
                next
            }
            "LocalManagedPolicy" => {
                let (found, next) = lookup::list::<ManagedPolicy>(store, place, "/", &paging).await?;
                for policy in &found {
                    shown.push(customer_detail(store, place, policy).await?);
                }
                next
            }
            _ => {
                let (found, next) = paging.cut(AwsManaged::all(), |policy| policy.name);
                for policy in found {
                    shown.push(aws_detail(store, place, policy).await?);
                }
                next
            }
        };
        self.left -= shown.len().min(self.left);
        if let Some((_, list)) = self.lists.iter_mut().find(|(name, _)| *name == member) {
            list.extend(shown);
        }
        Ok(next)
    }
}

fn user_detail(user: &Stored<User>) -> Document {
    let groups: Vec<String> = user.groups.iter().map(|group| group.name.clone()).collect();
    Document::new()
        .with("Path", &user.path)
        .with("UserName", &user.name)
        .with("UserId", &user.id)
        .with("Arn", user.arn(&user.key.place))
        .with("CreateDate", user.created)
        .with("UserPolicyList", view::inline(&user.inline))
        .with("GroupList", groups)
        .with("AttachedManagedPolicies", view::attached(&user.attached))
        .maybe("PermissionsBoundary", view::boundary(user.boundary.as_ref()))
        .with("Tags", view::tags(&user.tags))
}

fn group_detail(place: &Place, group: &Group) -> Document {
    view::group(place, group)
        .with("GroupPolicyList", view::inline(&group.inline))
        .with("AttachedManagedPolicies", view::attached(&group.attached))
}

async fn role_detail(store: &Store, role: &Stored<Role>) -> Result<Document, Failure> {
    let place = &role.key.place;
    let key = Key::of::<Role>(place, role.id.as_str());
    let profiles = lookup::referrers::<InstanceProfile>(store, IN_PROFILE, &key).await?;
    let profiles: Vec<Document> =
        profiles.iter().map(|profile| view::instance_profile(place, profile, Some(role))).collect();
    let used = store.find::<LastUsed>(place, &role.id).await?;
    Ok(Document::new()
        .with("Path", &role.path)
        .with("RoleName", &role.name)
        .with("RoleId", &role.id)
        .with("Arn", role.arn(place))
        .with("CreateDate", role.created)
        .with("AssumeRolePolicyDocument", url_encoded(role.trust.text()))
        .with("InstanceProfileList", profiles)
        .with("RolePolicyList", view::inline(&role.inline))
        .with("AttachedManagedPolicies", view::attached(&role.attached))
        .maybe("PermissionsBoundary", view::boundary(role.boundary.as_ref()))
        .with("Tags", view::tags(&role.tags))
        .with("RoleLastUsed", view::role_last_used(used.as_deref().map(|used| &used.value))))
}

async fn customer_detail(store: &Store, place: &Place, policy: &ManagedPolicy) -> Result<Document, Failure> {
    let usage = Usage::of(store, place, &policy.id).await?;
    let versions: Vec<Document> =
        policy.versions.iter().rev().map(|version| view::version(version, policy.default, true)).collect();
    Ok(usage.add_to(customer(place, policy).document).with("PolicyVersionList", versions))
}

async fn aws_detail(store: &Store, place: &Place, policy: &AwsManaged) -> Result<Document, Failure> {
    let usage = Usage::of(store, place, policy.id).await?;
    let version = Document::new()
        .with("Document", url_encoded(policy.text(place.partition).text()))
        .with("VersionId", "v1")
        .with("IsDefaultVersion", true)
        .with("CreateDate", policy.created());
    Ok(usage.add_to(aws(place, policy).document).with("PolicyVersionList", vec![version]))
}
