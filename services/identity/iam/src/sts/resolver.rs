//! Finds the roles that calls name, before anybody is permitted anything.

use std::borrow::Cow;
use std::sync::OnceLock;

use bastide_door::{Asking, Failure, Resource};
use bastide_ids::Arn;
use bastide_policy::{Attached, Policy, PolicyKind, Principal, ResourceRule};
use bastide_resources::Store;
use bastide_shape::Target;
use futures_core::future::BoxFuture;

use super::mfa;
use crate::errors::unreadable;
use crate::lookup::{Found, by_arn, name_in};
use crate::model::{AccessKey, Entity as _, Role, home_of};

/// The door's [`Resolver`](bastide_door::Resolver) for STS.
pub(super) fn resolve<'a>(
    asking: &'a Asking<'a>,
    target: &'a Target,
) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    Box::pin(async move {
        let resource = match target.kind {
            "role" => role(asking).await?,
            "federated-user" => {
                let name = asking.input.text(target.member);
                Resource::new(asking.place.global_arn("sts", &format!("federated-user/{name}")), "")
            }
            kind => return Err(Failure::internal(format!("sts has no resource of kind {kind}"))),
        };
        Ok(vec![resource])
    })
}

async fn role(asking: &Asking<'_>) -> Result<Resource, Failure> {
    if is_root(asking).await? {
        return Err(Failure::denied("Roles may not be assumed by root accounts."));
    }
    let arn = asking.input.text("RoleArn");
    let home = home_of(arn).filter(|_| name_in(arn, "role").is_some());
    let home = home.ok_or_else(|| match Arn::parse(arn) {
        Ok(_) => Failure::validation("Request ARN is invalid"),
        Err(_) => Failure::validation(format!("{arn} is invalid")),
    })?;
    let found = match home.partition == asking.place.partition {
        true => by_arn::<Role>(asking.store, &home, arn).await?,
        false => None,
    };
    let mut resource = Resource::new(arn, "AWS::IAM::Role");
    resource.account = Some(home.account);
    resource.rule = ResourceRule::ResourceMustTrust;
    resource.context = context(asking).await?;
    resource.policy = Some(trust(found.as_ref())?);
    if let Some(role) = found {
        resource.tags.clone_from(&role.tags);
        resource.document = Some(role);
    }
    Ok(resource)
}

/// The trust policy of a role. A role that does not exist trusts nobody: so a refusal does not tell whether it
/// does.
fn trust(role: Option<&Found<Role>>) -> Result<Attached, Failure> {
    const NOBODY: &str = r#"{"Version":"2012-10-17","Statement":{
        "Effect":"Allow","Principal":{"Service":"nobody.bastide.invalid"},"Action":"sts:AssumeRole"}}"#;
    static TRUSTS_NOBODY: OnceLock<Attached> = OnceLock::new();
    if let Some(role) = role {
        let trust = role.trust.attached(&role.arn(&role.key.place));
        return trust.cloned().map_err(|refusal| unreadable(&role.name, &refusal));
    }
    if let Some(trust) = TRUSTS_NOBODY.get() {
        return Ok(trust.clone());
    }
    let policy =
        Policy::parse(NOBODY, PolicyKind::Trust).map_err(|refusal| unreadable("nobody", &refusal))?;
    Ok(TRUSTS_NOBODY.get_or_init(|| Attached::new("nobody", policy)).clone())
}

/// Whether the root user calls. In dev mode somebody without known credentials counts as root, and may assume
/// roles all the same: there is nobody else to do it.
async fn is_root(asking: &Asking<'_>) -> Result<bool, Failure> {
    if !matches!(asking.caller.principal, Principal::Root { .. }) {
        return Ok(false);
    }
    let Some(id) = &asking.caller.access_key_id else { return Ok(false) };
    Ok(asking.caller.session.is_some()
        || asking.store.find::<AccessKey>(&Store::global(), id).await?.is_some())
}

/// The condition keys of STS. Source: Service Authorization Reference, AWS Security Token Service.
async fn context(asking: &Asking<'_>) -> Result<Vec<(Cow<'static, str>, Vec<String>)>, Failure> {
    let input = asking.input;
    let session = asking.caller.session.as_ref();
    let mut context = Vec::new();
    let mut set = |key: &'static str, value: Option<&str>| {
        if let Some(value) = value {
            context.push((Cow::Borrowed(key), vec![value.to_owned()]));
        }
    };
    set("sts:ExternalId", input.str("ExternalId"));
    set("sts:RoleSessionName", input.str("RoleSessionName"));
    let inherited = session.and_then(|session| session.source_identity.as_deref());
    set("sts:SourceIdentity", input.str("SourceIdentity").or(inherited));
    if mfa::is_shown(asking).await? {
        set("aws:MultiFactorAuthPresent", Some("true"));
        set("aws:MultiFactorAuthAge", Some("0"));
    }
    let transitive: Vec<String> = input.strings("TransitiveTagKeys").map(str::to_owned).collect();
    if !transitive.is_empty() {
        context.push((Cow::Borrowed("sts:TransitiveTagKeys"), transitive));
    }
    Ok(context)
}
