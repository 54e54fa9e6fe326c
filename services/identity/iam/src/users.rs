//! Users.

use bastide_door::{Failure, Permitted};
use bastide_ids::UniqueId;
use bastide_policy::Principal;
use bastide_shape::Document;

use crate::account;
use crate::boundaries;
use crate::errors::{conflict, quota};
use crate::lookup;
use crate::model::{Name, NameKind, User};
use crate::paging::{Paging, finish};
use crate::resolver::found;
use crate::tags::{self, Keys};
use crate::view::{self, Detail};

/// The most users of an account.
pub(crate) const QUOTA: usize = 5000;

pub(crate) async fn create_user(call: &mut Permitted) -> Result<Document, Failure> {
    let (name, path) = (call.input().text("UserName"), call.input().str("Path").unwrap_or("/"));
    let mut user = User::new(UniqueId::User.generate(), name, path, call.now().truncated_to_seconds());
    user.tags = tags::given(call.input(), Keys::AnyCase)?;
    tags::require(call, "iam:TagUser", &user.tags).await?;
    user.boundary = boundaries::given(call).await?;
    if lookup::count::<Name>(call.store(), call.place(), NameKind::User.prefix()).await? >= QUOTA {
        return Err(quota("UsersPerAccount", QUOTA));
    }
    let shown = view::user_at(call.place(), &user, Detail::Full);
    let (store, place) = (call.store().clone(), call.place().clone());
    lookup::create(&store, call.changes(), &place, user).await?;
    Ok(Document::new().with("User", shown))
}

pub(crate) async fn get_user(call: &mut Permitted) -> Result<Document, Failure> {
    if call.input().str("UserName").is_none()
        && let Principal::Root { account: id, arn } = &call.caller().principal
    {
        let created = account::created(call.store(), call.place(), call.now()).await?;
        let root = Document::new().with("UserId", id.as_str()).with("Arn", arn).with("CreateDate", created);
        return Ok(Document::new().with("User", root));
    }
    let user = found::<User>(call)?;
    Ok(Document::new().with("User", view::user(&user, Detail::Full)))
}

pub(crate) async fn update_user(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let mut changed = user.value.clone();
    if let Some(name) = call.input().str("NewUserName") {
        name.clone_into(&mut changed.name);
    }
    if let Some(path) = call.input().str("NewPath") {
        path.clone_into(&mut changed.path);
    }
    let store = call.store().clone();
    lookup::rename(&store, call.changes(), &user, changed).await?;
    Ok(Document::new())
}

pub(crate) async fn delete_user(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let left = [
        (!user.access_keys.is_empty(), "delete access keys first"),
        (user.login.is_some(), "delete login profile first"),
        (!user.mfa.is_empty(), "delete MFA device first"),
        (!user.inline.is_empty(), "delete policies first"),
        (!user.attached.is_empty(), "detach all policies first"),
        (!user.groups.is_empty(), "remove users from group first"),
    ];
    if let Some((_, what)) = left.iter().find(|(left, _)| *left) {
        return Err(conflict(format!("Cannot delete entity, must {what}.")));
    }
    let store = call.store().clone();
    lookup::delete(&store, call.changes(), &user).await?;
    Ok(Document::new())
}

pub(crate) async fn list_users(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call.input())?;
    let prefix = call.input().str("PathPrefix").unwrap_or("/");
    let (users, next) = lookup::list::<User>(call.store(), call.place(), prefix, &paging).await?;
    let users: Vec<Document> = users.iter().map(|user| view::user(user, Detail::Listed)).collect();
    Ok(finish(Document::new().with("Users", users), next.as_deref()))
}

pub(crate) async fn tag_user(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let tags = tags::merged(&user.tags, call.input(), Keys::AnyCase)?;
    call.changes().update(&user, User { tags, ..user.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn untag_user(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let tags = tags::without(&user.tags, call.input(), Keys::AnyCase)?;
    call.changes().update(&user, User { tags, ..user.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn list_user_tags(call: &mut Permitted) -> Result<Document, Failure> {
    tags::listed(call.input(), &found::<User>(call)?.tags)
}

pub(crate) async fn put_boundary(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let boundary = boundaries::given(call).await?;
    call.changes().update(&user, User { boundary, ..user.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn delete_boundary(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    call.changes().update(&user, User { boundary: None, ..user.value.clone() });
    Ok(Document::new())
}
