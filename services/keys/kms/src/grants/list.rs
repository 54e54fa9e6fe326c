use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_policy::Principal;
use bastide_resources::Stored;
use bastide_shape::Document;

use super::{end, principal};
use crate::paging::Paging;
use crate::refusal;
use crate::stored::{Grant, Grantee, Key, Retirable};

/// ListGrants: the grants on a key.
///
/// # Errors
/// `InvalidGrantIdException`, `InvalidMarkerException`.
pub(crate) async fn list_grants(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    let paging = Paging::of(call, 50, 100)?;
    let input = call.input();
    let service = by_service(call, "GranteeServicePrincipal")?;
    let grantee = input.str("GranteePrincipal").or(service);
    if let Some(id) = input.str("GrantId") {
        end::check_id(id)?;
        let found =
            find(call, &key, id).await?.filter(|grant| grantee.is_none_or(|name| name == grant.grantee));
        let grant = found.ok_or_else(|| refusal::no_such_grant(id))?;
        return Ok(paging.answer("Grants", vec![show(&grant)], None));
    }
    if let Some(grantee) = grantee {
        return of_grantee(call, &key, grantee, &paging).await;
    }
    let (place, prefix) = (&key.key.place, Grant::document_id(&key.key.id, ""));
    let page = call.store().list::<Grant>(place, &prefix, paging.after.as_deref(), paging.limit).await?;
    let last = page.items.last().filter(|_| page.more).map(|grant| grant.key.id.as_str());
    Ok(paging.answer("Grants", page.items.iter().map(|grant| show(grant)).collect(), last))
}

async fn of_grantee(
    call: &Permitted,
    key: &Stored<Key>,
    grantee: &str,
    paging: &Paging,
) -> Result<Document, Failure> {
    let index = Grantee::id(&key.key.id, grantee);
    let found = call.store().find::<Grantee>(&key.key.place, &index).await?;
    let mut ids = found.map(|grantee| grantee.grants.clone()).unwrap_or_default();
    ids.sort_unstable();
    ids.retain(|id| paging.after.as_ref().is_none_or(|after| id > after));
    let mut grants = Vec::new();
    for id in ids.iter().take(paging.limit) {
        grants.extend(find(call, key, id).await?.map(|grant| show(&grant)));
    }
    let last = if ids.len() > paging.limit { ids.get(paging.limit.saturating_sub(1)) } else { None };
    Ok(paging.answer("Grants", grants, last.map(String::as_str)))
}

/// ListRetirableGrants: the grants, on keys of any account, that a principal of the caller's account is named in
/// to retire.
///
/// # Errors
/// `InvalidArnException`, `InvalidMarkerException`.
pub(crate) async fn list_retirable_grants(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, 50, 100)?;
    let input = call.input();
    if by_service(call, "RetiringServicePrincipal")?.is_some() {
        return Err(refusal::not_built("RetiringServicePrincipal"));
    }
    let Some(retiring) = input.str("RetiringPrincipal") else {
        return Err(Failure::validation("RetiringPrincipal must be specified."));
    };
    let account = principal::account(retiring).ok_or_else(|| refusal::invalid_principal(retiring))?;
    if account != call.caller().account {
        let message = format!(
            "User: {} is not authorized to perform: kms:ListRetirableGrants for principals of another account",
            call.caller().arn()
        );
        return Err(Failure::denied(message));
    }
    let place = Place::new(account, call.place().region.clone());
    let prefix = Retirable::prefix(retiring);
    let page = call.store().list::<Retirable>(&place, &prefix, paging.after.as_deref(), paging.limit).await?;
    let mut grants = Vec::new();
    for retirable in &page.items {
        let id = Grant::document_id(&retirable.key_id, &retirable.grant);
        let found = call.store().find::<Grant>(&retirable.place, &id).await?;
        grants.extend(found.map(|grant| show(&grant)));
    }
    let last = page.items.last().filter(|_| page.more).map(|retirable| retirable.key.id.as_str());
    Ok(paging.answer("Grants", grants, last))
}

/// A filter by service, which only services may use.
fn by_service<'a>(call: &'a Permitted, member: &'static str) -> Result<Option<&'a str>, Failure> {
    let named = call.input().str(member);
    if named.is_none() || matches!(call.caller().principal, Principal::Service { .. }) {
        return Ok(named);
    }
    Err(Failure::validation(format!("{member} can be used by AWS services only.")))
}

async fn find(call: &Permitted, key: &Stored<Key>, id: &str) -> Result<Option<Arc<Stored<Grant>>>, Failure> {
    Ok(call.store().find::<Grant>(&key.key.place, &Grant::document_id(&key.key.id, id)).await?)
}

/// A grant as `GrantListEntry` has it.
fn show(grant: &Stored<Grant>) -> Document {
    let issuer = grant.key.place.partition;
    let mut constraints = Document::new();
    for (name, pairs) in [
        ("EncryptionContextEquals", &grant.constraints.equals),
        ("EncryptionContextSubset", &grant.constraints.subset),
    ] {
        if let Some(pairs) = pairs {
            let pairs = pairs.iter().map(|(name, value)| (name.clone().into(), value.into()));
            constraints.push(name, pairs.collect::<Document>());
        }
    }
    if let Some(source) = &grant.constraints.source_arn {
        constraints.push("SourceArn", source.as_str());
    }
    let retiring = grant.retiring.as_deref();
    let to_service = grant.constraints.source_arn.is_some() && principal::is_service(&grant.grantee);
    // What a service grants to itself it names as anybody does.
    let by_service =
        (to_service || !principal::is_service(&grant.grantee)) && retiring.is_some_and(principal::is_service);
    Document::new()
        .with("KeyId", Grant::key_arn(grant))
        .with("GrantId", &grant.id)
        .with("Name", grant.name.clone().unwrap_or_default())
        .with("CreationDate", grant.created)
        .with(if to_service { "GranteeServicePrincipal" } else { "GranteePrincipal" }, &grant.grantee)
        .maybe(if by_service { "RetiringServicePrincipal" } else { "RetiringPrincipal" }, retiring)
        .with("IssuingAccount", format!("arn:{issuer}:iam::{}:root", grant.issuer))
        .with("Operations", grant.operations.as_slice())
        .maybe("Constraints", (!constraints.is_empty()).then_some(constraints))
}
