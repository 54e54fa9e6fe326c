//! Finds the users, groups, roles, policies and so on that calls name, before anybody is permitted anything.

use std::any::Any;
use std::sync::Arc;

use bastide_api_iam::operations as rows;
use bastide_door::{Asking, Failure, Resource};
use bastide_policy::Principal;
use bastide_resources::{Store, Stored};
use bastide_shape::{Operation, Target};
use futures_core::future::BoxFuture;

use crate::aws_managed::AwsManaged;
use crate::errors::{no_arn, no_policy, no_policy_version, no_such, no_usable_policy};
use crate::lookup::{Found, Named, by_arn, name_in, named};
use crate::model::{
    AccessKey, AttachedPolicy, DeletionTask, Entity, Group, InstanceProfile, KeyOwner, ManagedPolicy,
    MfaDevice, Role, Tags, User,
};
use crate::service_linked;

const BOUNDARY: &str = "iam:PermissionsBoundary";
const MFA_DEVICE: &str = "AWS::IAM::MFADevice";

/// The door's [`Resolver`](bastide_door::Resolver) for IAM.
pub(crate) fn resolve<'a>(
    asking: &'a Asking<'a>,
    target: &'a Target,
) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    Box::pin(async move {
        let named = asking.input.str(target.member);
        let mut resource = match target.kind {
            "user" => user(asking, named).await?,
            "group" => group(asking, named.unwrap_or_default()).await?,
            "role" => entity::<Role>(asking, named.unwrap_or_default()).await?,
            "instance-profile" => entity::<InstanceProfile>(asking, named.unwrap_or_default()).await?,
            "policy" => policy(asking, named.unwrap_or_default()).await?,
            "mfa" => mfa_device(asking, named.unwrap_or_default()).await?,
            "access-key" => access_key(asking, named.unwrap_or_default()).await?,
            "principal" => principal(asking, named.unwrap_or_default()).await?,
            "service-linked-role" => service_linked_role(asking, named.unwrap_or_default())?,
            "deletion-task" => deletion_task(asking, named.unwrap_or_default()).await?,
            kind => path(asking, kind, named.unwrap_or("/"))?,
        };
        add_context(asking, &mut resource);
        Ok(vec![resource])
    })
}

/// The user who calls, for calls that name none.
///
/// # Errors
/// The failure that only users have what is asked for.
pub(crate) async fn calling_user(store: &Store, asking: &Asking<'_>) -> Result<Option<Found<User>>, Failure> {
    match &asking.caller.principal {
        Principal::User { id, name, .. } => {
            let found = store.find::<User>(asking.place, id).await?;
            found.map(Some).ok_or_else(|| User::missing(name))
        }
        Principal::Root { .. } => Ok(None),
        _ => Err(Failure::validation("Must specify userName when calling with non-User credentials")),
    }
}

async fn user(asking: &Asking<'_>, name: Option<&str>) -> Result<Resource, Failure> {
    let Some(name) = name else {
        return Ok(match calling_user(asking.store, asking).await? {
            Some(found) => known(&found, &found.tags, found.boundary.as_ref()),
            None => root(asking),
        });
    };
    entity::<User>(asking, name).await
}

/// The root user, who is no user: only some operations are about it.
fn root(asking: &Asking<'_>) -> Resource {
    let rows: [&Operation; 6] = [
        &rows::GetUser,
        &rows::CreateAccessKey,
        &rows::UpdateAccessKey,
        &rows::DeleteAccessKey,
        &rows::ListAccessKeys,
        &rows::ListMFADevices,
    ];
    let resource = Resource::new(asking.place.global_arn("iam", "root"), "");
    if rows.into_iter().any(|row| std::ptr::eq(row, asking.operation)) {
        return resource;
    }
    resource.missing(User::missing("root"))
}

/// A resource by its name; by path and name while it is being made.
async fn entity<T: Tagged>(asking: &Asking<'_>, name: &str) -> Result<Resource, Failure> {
    if creates(asking.operation) {
        let path = asking.input.str("Path").unwrap_or("/");
        return Ok(Resource::new(arn_of::<T>(asking, path, name), T::RECORDED));
    }
    Ok(match named::<T>(asking.store, asking.place, name).await? {
        Some(found) => known(&found, found.tags(), found.boundary()),
        None => Resource::new(arn_of::<T>(asking, "/", name), T::RECORDED).missing(T::missing(name)),
    })
}

/// A group; a user who is to join or to leave it must be there first.
async fn group(asking: &Asking<'_>, name: &str) -> Result<Resource, Failure> {
    let rows: [&Operation; 2] = [&rows::AddUserToGroup, &rows::RemoveUserFromGroup];
    let resource = entity::<Group>(asking, name).await?;
    if resource.document.is_none() && rows.into_iter().any(|row| std::ptr::eq(row, asking.operation)) {
        let user = asking.input.text("UserName");
        if named::<User>(asking.store, asking.place, user).await?.is_none() {
            return Ok(resource.missing(User::missing(user)));
        }
    }
    Ok(resource)
}

async fn policy(asking: &Asking<'_>, named: &str) -> Result<Resource, Failure> {
    if creates(asking.operation) {
        return entity::<ManagedPolicy>(asking, named).await;
    }
    if !named.starts_with("arn:") {
        return Err(no_arn(named));
    }
    if AwsManaged::by_arn(named).is_some() {
        return Ok(Resource::new(named, ManagedPolicy::RECORDED));
    }
    Ok(match by_arn::<ManagedPolicy>(asking.store, asking.place, named).await? {
        Some(found) => known(&found, &found.tags, None),
        None => Resource::new(named, ManagedPolicy::RECORDED).missing(missing_policy(asking, named)),
    })
}

/// IAM has three ways to say that there is no such policy.
fn missing_policy(asking: &Asking<'_>, arn: &str) -> Failure {
    match asking.input.str("VersionId") {
        Some(version) => no_policy_version(arn, version),
        None if std::ptr::eq(&raw const rows::ListEntitiesForPolicy, asking.operation) => {
            no_usable_policy(arn)
        }
        None => no_policy(arn),
    }
}

async fn mfa_device(asking: &Asking<'_>, serial: &str) -> Result<Resource, Failure> {
    if creates(asking.operation) {
        let path = asking.input.str("Path").unwrap_or("/");
        return Ok(Resource::new(asking.place.global_arn("iam", &format!("mfa{path}{serial}")), MFA_DEVICE));
    }
    let found = match MfaDevice::id_of(asking.place, serial) {
        Some(id) => asking.store.find::<MfaDevice>(asking.place, id).await?,
        None => None,
    };
    Ok(match found {
        Some(found) => {
            Resource { tags: found.tags.clone(), document: Some(found), ..Resource::new(serial, MFA_DEVICE) }
        }
        None => Resource::new(serial, MFA_DEVICE).missing(no_device(serial)),
    })
}

pub(crate) fn no_device(serial: &str) -> Failure {
    no_such(format!("MFA Device with serial number {serial} does not exist."))
}

/// The user who has an access key.
async fn access_key(asking: &Asking<'_>, id: &str) -> Result<Resource, Failure> {
    let key = asking.store.find::<AccessKey>(&Store::global(), id).await?;
    // A key of another account is none to this one.
    let owner = key.filter(|key| key.place == *asking.place).map(|key| key.owner.clone());
    // Whether the key is somebody else's or nobody's is not told.
    let missing = || {
        let (caller, operation) = (asking.caller.arn(), asking.operation.name);
        Failure::denied(format!(
            "User: {caller} is not authorized to perform iam:{operation} on resource: access key {id}"
        ))
    };
    Ok(match owner {
        Some(KeyOwner::Root) => Resource::new(asking.place.global_arn("iam", "root"), ""),
        Some(KeyOwner::User(owner)) => match asking.store.find::<User>(asking.place, &owner).await? {
            Some(found) => known(&found, &found.tags, found.boundary.as_ref()),
            None => Resource::any().missing(missing()),
        },
        None => Resource::new(asking.place.global_arn("iam", "user/*"), "").missing(missing()),
    })
}

/// The user, group or role that a simulation is about.
async fn principal(asking: &Asking<'_>, arn: &str) -> Result<Resource, Failure> {
    if name_in(arn, User::KIND).is_some() {
        return of_arn::<User>(asking, arn).await;
    }
    if name_in(arn, Group::KIND).is_some() {
        return of_arn::<Group>(asking, arn).await;
    }
    if name_in(arn, Role::KIND).is_some() {
        return of_arn::<Role>(asking, arn).await;
    }
    Err(crate::errors::invalid(format!(
        "Invalid Entity Arn: {arn} does not clearly define entity type and name."
    )))
}

async fn of_arn<T: Tagged>(asking: &Asking<'_>, arn: &str) -> Result<Resource, Failure> {
    Ok(match by_arn::<T>(asking.store, asking.place, arn).await? {
        Some(found) => known(&found, found.tags(), found.boundary()),
        None => {
            let name = name_in(arn, T::KIND).unwrap_or_default();
            Resource::new(arn, T::RECORDED).missing(T::missing(name))
        }
    })
}

fn service_linked_role(asking: &Asking<'_>, service: &str) -> Result<Resource, Failure> {
    let name = service_linked::role_name(service, asking.input.str("CustomSuffix"))?;
    let arn = arn_of::<Role>(asking, &service_linked::path(service), &name);
    Ok(Resource {
        context: vec![("iam:AWSServiceName".into(), vec![service.to_owned()])],
        ..Resource::new(arn, Role::RECORDED)
    })
}

async fn deletion_task(asking: &Asking<'_>, id: &str) -> Result<Resource, Failure> {
    Ok(match asking.store.find::<DeletionTask>(asking.place, id).await? {
        Some(task) => {
            Resource { document: Some(task.clone()), ..Resource::new(task.role_arn.clone(), Role::RECORDED) }
        }
        None => Resource::new(asking.place.global_arn("iam", "role/*"), "")
            .missing(no_such(format!("Deletion task {id} cannot be found."))),
    })
}

/// A path stands for the resources that are listed.
fn path(asking: &Asking<'_>, kind: &str, prefix: &str) -> Result<Resource, Failure> {
    let kind = kind
        .strip_suffix("-path")
        .ok_or_else(|| Failure::internal(format!("IAM has no resources of kind {kind}")))?;
    Ok(Resource::new(asking.place.global_arn("iam", &format!("{kind}{prefix}")), ""))
}

fn arn_of<T: Entity>(asking: &Asking<'_>, path: &str, name: &str) -> String {
    asking.place.global_arn("iam", &format!("{}{path}{name}", T::KIND))
}

fn known<T: Named>(found: &Found<T>, tags: &Tags, boundary: Option<&AttachedPolicy>) -> Resource {
    let boundary = boundary.map(|boundary| (BOUNDARY.into(), vec![boundary.arn.clone()]));
    let tagged =
        tags.iter().map(|(key, value)| (format!("iam:ResourceTag/{key}").into(), vec![value.clone()]));
    Resource {
        tags: tags.clone(),
        context: boundary.into_iter().chain(tagged).collect(),
        document: Some(Arc::clone(found) as Arc<dyn Any + Send + Sync>),
        ..Resource::new(found.arn(&found.key.place), T::RECORDED)
    }
}

/// Condition keys that come from the input. Source: Service Authorization Reference, "AWS IAM".
fn add_context(asking: &Asking<'_>, resource: &mut Resource) {
    let rows_with_policy: [&Operation; 6] = [
        &rows::AttachUserPolicy,
        &rows::DetachUserPolicy,
        &rows::AttachGroupPolicy,
        &rows::DetachGroupPolicy,
        &rows::AttachRolePolicy,
        &rows::DetachRolePolicy,
    ];
    let is = |row: &Operation| std::ptr::eq(row, asking.operation);
    if rows_with_policy.into_iter().any(is)
        && let Some(arn) = asking.input.str("PolicyArn")
    {
        resource.context.push(("iam:PolicyARN".into(), vec![arn.to_owned()]));
    }
    // The boundary that is set counts, not the one that there was.
    if let Some(arn) = asking.input.str("PermissionsBoundary") {
        resource.context.retain(|(name, _)| name != BOUNDARY);
        resource.context.push((BOUNDARY.into(), vec![arn.to_owned()]));
    }
}

fn creates(operation: &'static Operation) -> bool {
    let rows: [&Operation; 6] = [
        &rows::CreateUser,
        &rows::CreateGroup,
        &rows::CreateRole,
        &rows::CreatePolicy,
        &rows::CreateInstanceProfile,
        &rows::CreateVirtualMFADevice,
    ];
    rows.into_iter().any(|row| std::ptr::eq(row, operation))
}

/// What may have tags and a boundary.
trait Tagged: Named {
    fn tags(&self) -> &Tags;

    fn boundary(&self) -> Option<&AttachedPolicy>;
}

static NONE: Tags = Tags::new();

macro_rules! tagged {
    ($($type:ty: |$value:ident| $tags:expr, $boundary:expr;)*) => {$(
        impl Tagged for $type {
            fn tags(&self) -> &Tags {
                let $value = self;
                $tags
            }

            #[allow(unused_variables, reason = "some have no boundary")]
            fn boundary(&self) -> Option<&AttachedPolicy> {
                let $value = self;
                $boundary
            }
        }
    )*};
}
tagged! {
    User: |user| &user.tags, user.boundary.as_ref();
    Role: |role| &role.tags, role.boundary.as_ref();
    ManagedPolicy: |policy| &policy.tags, None;
    InstanceProfile: |profile| &profile.tags, None;
    Group: |_group| &NONE, None;
}

/// The document of the call's resource.
pub(crate) fn found<T: Send + Sync + 'static>(
    call: &bastide_door::Permitted,
) -> Result<Arc<Stored<T>>, Failure> {
    call.resource::<Stored<T>>()
}
