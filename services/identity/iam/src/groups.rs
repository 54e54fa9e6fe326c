//! Groups and who is in them.

use bastide_door::{Failure, Permitted};
use bastide_ids::UniqueId;
use bastide_shape::Document;

use crate::errors::{conflict, quota};
use crate::lookup;
use crate::model::{Group, MEMBER_OF, Membership, Name, NameKind, User};
use crate::paging::{Paging, finish};
use crate::resolver::found;
use crate::view::{self, Detail};

/// The most groups of an account.
pub(crate) const QUOTA: usize = 300;
/// The most groups of a user.
pub(crate) const PER_USER: usize = 10;

pub(crate) async fn create_group(call: &mut Permitted) -> Result<Document, Failure> {
    let group = Group {
        id: UniqueId::Group.generate(),
        name: call.input().text("GroupName").to_owned(),
        path: call.input().str("Path").unwrap_or("/").to_owned(),
        created: call.now().truncated_to_seconds(),
        inline: Vec::new(),
        attached: Vec::new(),
    };
    if lookup::count::<Name>(call.store(), call.place(), NameKind::Group.prefix()).await? >= QUOTA {
        return Err(quota("GroupsPerAccount", QUOTA));
    }
    let (store, place) = (call.store().clone(), call.place().clone());
    let shown = view::group(&place, &group);
    lookup::create(&store, call.changes(), &place, group).await?;
    Ok(Document::new().with("Group", shown))
}

pub(crate) async fn get_group(call: &mut Permitted) -> Result<Document, Failure> {
    let group = found::<Group>(call)?;
    let paging = Paging::of(call.input())?;
    let after = paging.after.as_deref();
    let users =
        call.store().referrers::<User>(call.place(), MEMBER_OF, &group.key, after, paging.limit).await?;
    let next = users.items.last().filter(|_| users.more).map(|user| user.key.id.as_str());
    let shown: Vec<Document> = users.items.iter().map(|user| view::user(user, Detail::Listed)).collect();
    let answer = Document::new().with("Group", view::group(call.place(), &group)).with("Users", shown);
    Ok(finish(answer, next))
}

pub(crate) async fn update_group(call: &mut Permitted) -> Result<Document, Failure> {
    let group = found::<Group>(call)?;
    let mut changed = group.value.clone();
    if let Some(path) = call.input().str("NewPath") {
        path.clone_into(&mut changed.path);
    }
    if let Some(name) = call.input().str("NewGroupName") {
        name.clone_into(&mut changed.name);
    }
    let store = call.store().clone();
    if changed.name != group.name {
        for user in lookup::referrers::<User>(&store, MEMBER_OF, &group.key).await? {
            let mut member = user.value.clone();
            for membership in member.groups.iter_mut().filter(|membership| membership.id == group.id) {
                membership.name.clone_from(&changed.name);
            }
            call.changes().update(&user, member);
        }
    }
    lookup::rename(&store, call.changes(), &group, changed).await?;
    Ok(Document::new())
}

pub(crate) async fn delete_group(call: &mut Permitted) -> Result<Document, Failure> {
    let group = found::<Group>(call)?;
    let store = call.store().clone();
    let members = store.referrers::<User>(call.place(), MEMBER_OF, &group.key, None, 1).await?;
    let left = [
        (!members.items.is_empty(), "remove users from group first"),
        (!group.inline.is_empty(), "delete policies first"),
        (!group.attached.is_empty(), "detach all policies first"),
    ];
    if let Some((_, what)) = left.iter().find(|(left, _)| *left) {
        return Err(conflict(format!("Cannot delete entity, must {what}.")));
    }
    call.changes().expect_unreferenced(MEMBER_OF, &group.key);
    lookup::delete(&store, call.changes(), &group).await?;
    Ok(Document::new())
}

pub(crate) async fn list_groups(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call.input())?;
    let prefix = call.input().str("PathPrefix").unwrap_or("/");
    let (groups, next) = lookup::list::<Group>(call.store(), call.place(), prefix, &paging).await?;
    let groups: Vec<Document> = groups.iter().map(|group| view::group(call.place(), group)).collect();
    Ok(finish(Document::new().with("Groups", groups), next.as_deref()))
}

pub(crate) async fn add_user_to_group(call: &mut Permitted) -> Result<Document, Failure> {
    let group = found::<Group>(call)?;
    let user = lookup::existing::<User>(call.store(), call.place(), call.input().text("UserName")).await?;
    if user.groups.iter().any(|membership| membership.id == group.id) {
        return Ok(Document::new());
    }
    if user.groups.len() >= PER_USER {
        return Err(quota("GroupsPerUser", PER_USER));
    }
    let mut changed = user.value.clone();
    changed.groups.push(Membership { id: group.id.clone(), name: group.name.clone() });
    call.changes().expect_unchanged(&group).update(&user, changed);
    Ok(Document::new())
}

pub(crate) async fn remove_user_from_group(call: &mut Permitted) -> Result<Document, Failure> {
    let group = found::<Group>(call)?;
    let user = lookup::existing::<User>(call.store(), call.place(), call.input().text("UserName")).await?;
    let mut changed = user.value.clone();
    changed.groups.retain(|membership| membership.id != group.id);
    // One who is not in it is out of it already.
    if changed.groups.len() < user.groups.len() {
        call.changes().update(&user, changed);
    }
    Ok(Document::new())
}

pub(crate) async fn list_groups_for_user(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let paging = Paging::of(call.input())?;
    let (page, next) = paging.cut(&user.groups, |membership| &membership.id);
    let mut groups = Vec::with_capacity(page.len());
    for membership in page {
        let group = call.store().find::<Group>(call.place(), &membership.id).await?;
        groups.extend(group.map(|group| view::group(call.place(), &group)));
    }
    Ok(finish(Document::new().with("Groups", groups), next.as_deref()))
}
