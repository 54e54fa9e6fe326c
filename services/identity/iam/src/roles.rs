//! Roles and their trust policies.

use bastide_door::{Failure, Permitted, Resource};
use bastide_ids::{Place, UniqueId};
use bastide_policy::{NamedPrincipal, Policy, PolicyKind};
use bastide_shape::Document;

use crate::boundaries;
use crate::errors::{conflict, malformed, quota};
use crate::holders::changeable_role;
use crate::lookup::{self, Named};
use crate::model::{
    Entity, IN_PROFILE, InstanceProfile, LastUsed, Name, NameKind, PolicyText, Role, TrustPolicy,
};
use crate::paging::{Paging, finish};
use crate::resolver::found;
use crate::tags::{self, Keys};
use crate::view;

/// The most roles of an account.
pub(crate) const QUOTA: usize = 1000;
/// The most characters of a trust policy, white space not counted.
pub(crate) const TRUST_MOST: usize = 2048;
/// The longest session of a role, in seconds, unless it says otherwise.
const MAX_SESSION: u32 = 3600;

pub(crate) async fn create_role(call: &mut Permitted) -> Result<Document, Failure> {
    let tags = tags::given(call.input(), Keys::AnyCase)?;
    tags::require(call, "iam:TagRole", &tags).await?;
    let trust = trust(call, "AssumeRolePolicyDocument").await?;
    let boundary = boundaries::given(call).await?;
    let input = call.input();
    let max_session = input.int("MaxSessionDuration").and_then(|seconds| u32::try_from(seconds).ok());
    let role = Role {
        id: UniqueId::Role.generate(),
        name: input.text("RoleName").to_owned(),
        path: input.str("Path").unwrap_or("/").to_owned(),
        created: call.now().truncated_to_seconds(),
        trust,
        description: input.str("Description").map(str::to_owned),
        max_session: max_session.unwrap_or(MAX_SESSION),
        inline: Vec::new(),
        attached: Vec::new(),
        boundary,
        tags,
        linked_service: None,
    };
    if lookup::count::<Name>(call.store(), call.place(), NameKind::Role.prefix()).await? >= QUOTA {
        return Err(quota("RolesPerAccount", QUOTA));
    }
    let (store, place) = (call.store().clone(), call.place().clone());
    let shown = view::role_in_short(&place, &role)
        .maybe("PermissionsBoundary", view::boundary(role.boundary.as_ref()))
        .maybe("Tags", view::some_tags(&role.tags));
    lookup::create(&store, call.changes(), &place, role).await?;
    Ok(Document::new().with("Role", shown))
}

pub(crate) async fn get_role(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    let used = call.store().find::<LastUsed>(call.place(), &role.id).await?;
    let used = used.as_deref().map(|used| &used.value);
    Ok(Document::new().with("Role", view::role_in_full(call.place(), &role, used)))
}

pub(crate) async fn update_role(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    let mut changed = role.value.clone();
    let input = call.input();
    if let Some(seconds) = input.int("MaxSessionDuration").and_then(|seconds| u32::try_from(seconds).ok()) {
        changeable_role(&role)?;
        changed.max_session = seconds;
    }
    if let Some(description) = input.str("Description") {
        changed.description = Some(description.to_owned());
    }
    call.changes().update(&role, changed);
    Ok(Document::new())
}

pub(crate) async fn update_role_description(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    let mut changed = role.value.clone();
    changed.description = Some(call.input().text("Description").to_owned());
    let shown =
        view::role_in_short(call.place(), &changed).maybe("Description", changed.description.as_ref());
    call.changes().update(&role, changed);
    Ok(Document::new().with("Role", shown))
}

pub(crate) async fn delete_role(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    changeable_role(&role)?;
    let store = call.store().clone();
    let profiles = store.referrers::<InstanceProfile>(call.place(), IN_PROFILE, &role.key, None, 1).await?;
    let left = [
        (!profiles.items.is_empty(), "remove roles from instance profile first"),
        (!role.attached.is_empty(), "detach all policies first"),
        (!role.inline.is_empty(), "delete policies first"),
    ];
    if let Some((_, what)) = left.iter().find(|(left, _)| *left) {
        return Err(conflict(format!("Cannot delete entity, must {what}.")));
    }
    call.changes().expect_unreferenced(IN_PROFILE, &role.key);
    lookup::delete(&store, call.changes(), &role).await?;
    Ok(Document::new())
}

pub(crate) async fn list_roles(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call.input())?;
    let prefix = call.input().str("PathPrefix").unwrap_or("/");
    let (roles, next) = lookup::list::<Role>(call.store(), call.place(), prefix, &paging).await?;
    let roles: Vec<Document> = roles.iter().map(|role| view::role(call.place(), role)).collect();
    Ok(finish(Document::new().with("Roles", roles), next.as_deref()))
}

pub(crate) async fn update_assume_role_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    changeable_role(&role)?;
    let trust = trust(call, "PolicyDocument").await?;
    call.changes().update(&role, Role { trust, ..role.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn tag_role(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    let tags = tags::merged(&role.tags, call.input(), Keys::AnyCase)?;
    call.changes().update(&role, Role { tags, ..role.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn untag_role(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    let tags = tags::without(&role.tags, call.input(), Keys::AnyCase)?;
    call.changes().update(&role, Role { tags, ..role.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn list_role_tags(call: &mut Permitted) -> Result<Document, Failure> {
    tags::listed(call.input(), &found::<Role>(call)?.tags)
}

pub(crate) async fn put_boundary(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    changeable_role(&role)?;
    let boundary = boundaries::given(call).await?;
    call.changes().update(&role, Role { boundary, ..role.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn delete_boundary(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    changeable_role(&role)?;
    call.changes().update(&role, Role { boundary: None, ..role.value.clone() });
    Ok(Document::new())
}

/// The role as a resource that somebody passes to a service.
pub(crate) fn passed(place: &Place, role: &Role, service: &str) -> Resource {
    Resource {
        tags: role.tags.clone(),
        context: vec![("iam:PassedToService".into(), vec![service.to_owned()])],
        ..Resource::new(role.arn(place), Role::RECORDED)
    }
}

/// The trust policy that a call gives.
async fn trust(call: &Permitted, member: &str) -> Result<TrustPolicy, Failure> {
    let text = call.input().text(member);
    let policy = Policy::parse(text, PolicyKind::Trust).map_err(|refusal| malformed(&refusal))?;
    let mut principals = Vec::new();
    for principal in policy.principals() {
        if let NamedPrincipal::Arn(arn) = principal {
            match lookup::principal(call.store(), arn).await? {
                lookup::Principal::Known(id) => principals.push((arn.to_string(), id)),
                lookup::Principal::Elsewhere => {}
                lookup::Principal::Nobody => {
                    let message = format!("Invalid principal in policy: \"AWS\":\"{arn}\"");
                    let error = &bastide_api_iam::errors::MalformedPolicyDocumentException;
                    return Err(Failure::new(error, message));
                }
            }
        }
    }
    if PolicyText::counted(text) > TRUST_MOST {
        return Err(quota("ACLSizePerRole", TRUST_MOST));
    }
    Ok(TrustPolicy::new(text, principals))
}
