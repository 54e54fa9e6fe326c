//! Instance profiles.

use bastide_door::{Failure, Permitted};
use bastide_ids::UniqueId;
use bastide_resources::{Key, Stored};
use bastide_shape::Document;

use crate::errors::{conflict, no_such, quota};
use crate::lookup;
use crate::model::{Entity, IN_PROFILE, InstanceProfile, Name, NameKind, Role};
use crate::paging::{Paging, finish};
use crate::resolver::found;
use crate::roles;
use crate::tags::{self, Keys};
use crate::view;

/// The most instance profiles of an account.
pub(crate) const QUOTA: usize = 1000;

pub(crate) async fn create_instance_profile(call: &mut Permitted) -> Result<Document, Failure> {
    let tags = tags::given(call.input(), Keys::Exact)?;
    tags::require(call, "iam:TagInstanceProfile", &tags).await?;
    let profile = InstanceProfile {
        id: UniqueId::InstanceProfile.generate(),
        name: call.input().text("InstanceProfileName").to_owned(),
        path: call.input().str("Path").unwrap_or("/").to_owned(),
        created: call.now().truncated_to_seconds(),
        role: None,
        tags,
    };
    let names = NameKind::InstanceProfile.prefix();
    if lookup::count::<Name>(call.store(), call.place(), names).await? >= QUOTA {
        return Err(quota("InstanceProfilesPerAccount", QUOTA));
    }
    let (store, place) = (call.store().clone(), call.place().clone());
    let shown = view::instance_profile(&place, &profile, None).maybe("Tags", view::some_tags(&profile.tags));
    lookup::create(&store, call.changes(), &place, profile).await?;
    Ok(Document::new().with("InstanceProfile", shown))
}

pub(crate) async fn get_instance_profile(call: &mut Permitted) -> Result<Document, Failure> {
    let profile = found::<InstanceProfile>(call)?;
    let shown = shown(call, &profile).await?.with("Tags", view::tags(&profile.tags));
    Ok(Document::new().with("InstanceProfile", shown))
}

pub(crate) async fn delete_instance_profile(call: &mut Permitted) -> Result<Document, Failure> {
    let profile = found::<InstanceProfile>(call)?;
    if profile.role.is_some() {
        return Err(conflict("Cannot delete entity, must remove roles from instance profile first."));
    }
    let store = call.store().clone();
    lookup::delete(&store, call.changes(), &profile).await?;
    Ok(Document::new())
}

pub(crate) async fn list_instance_profiles(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call.input())?;
    let prefix = call.input().str("PathPrefix").unwrap_or("/");
    let (profiles, next) =
        lookup::list::<InstanceProfile>(call.store(), call.place(), prefix, &paging).await?;
    let mut all = Vec::with_capacity(profiles.len());
    for profile in &profiles {
        all.push(shown(call, profile).await?);
    }
    Ok(finish(Document::new().with("InstanceProfiles", all), next.as_deref()))
}

pub(crate) async fn list_for_role(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    let Paging { after, limit } = Paging::of(call.input())?;
    let key = Key::of::<Role>(call.place(), role.id.as_str());
    let profiles = call
        .store()
        .referrers::<InstanceProfile>(call.place(), IN_PROFILE, &key, after.as_deref(), limit)
        .await?;
    let next = profiles.items.last().filter(|_| profiles.more).map(|profile| profile.key.id.as_str());
    let place = call.place();
    let all: Vec<Document> =
        profiles.items.iter().map(|profile| view::instance_profile(place, profile, Some(&role))).collect();
    Ok(finish(Document::new().with("InstanceProfiles", all), next))
}

pub(crate) async fn add_role(call: &mut Permitted) -> Result<Document, Failure> {
    let profile = found::<InstanceProfile>(call)?;
    let role = lookup::existing::<Role>(call.store(), call.place(), call.input().text("RoleName")).await?;
    crate::holders::changeable_role(&role)?;
    call.require("iam:PassRole", &roles::passed(call.place(), &role, "ec2.amazonaws.com")).await?;
    if profile.role.is_some() {
        return Err(quota("InstanceSessionsPerInstanceProfile", 1));
    }
    let changed = InstanceProfile { role: Some(role.id.clone()), ..profile.value.clone() };
    call.changes().expect_unchanged(&role).update(&profile, changed);
    Ok(Document::new())
}

pub(crate) async fn remove_role(call: &mut Permitted) -> Result<Document, Failure> {
    let profile = found::<InstanceProfile>(call)?;
    let name = call.input().text("RoleName");
    let role = lookup::existing::<Role>(call.store(), call.place(), name).await?;
    if profile.role.as_deref() != Some(role.id()) {
        let message = format!("Role {name} in Instance Profile {} cannot be found.", profile.name);
        return Err(no_such(message));
    }
    call.changes().update(&profile, InstanceProfile { role: None, ..profile.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn tag_instance_profile(call: &mut Permitted) -> Result<Document, Failure> {
    let profile = found::<InstanceProfile>(call)?;
    let tags = tags::merged(&profile.tags, call.input(), Keys::Exact)?;
    call.changes().update(&profile, InstanceProfile { tags, ..profile.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn untag_instance_profile(call: &mut Permitted) -> Result<Document, Failure> {
    let profile = found::<InstanceProfile>(call)?;
    let tags = tags::without(&profile.tags, call.input(), Keys::Exact)?;
    call.changes().update(&profile, InstanceProfile { tags, ..profile.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn list_instance_profile_tags(call: &mut Permitted) -> Result<Document, Failure> {
    tags::listed(call.input(), &found::<InstanceProfile>(call)?.tags)
}

async fn shown(call: &Permitted, profile: &Stored<InstanceProfile>) -> Result<Document, Failure> {
    let role = match &profile.role {
        Some(id) => call.store().find::<Role>(call.place(), id).await?,
        None => None,
    };
    Ok(view::instance_profile(call.place(), profile, role.as_deref().map(|role| &role.value)))
}
