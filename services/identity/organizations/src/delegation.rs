//! Services that work in all accounts, and the accounts that administer them.

use bastide_api_organizations::errors as org;
use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

use crate::accounts::member;
use crate::errors::{constraint, invalid};
use crate::lookup::all;
use crate::model::{Delegation, Member, Organization, ServiceAccess};
use crate::paging::Paging;
use crate::scope::{Found, Scope};
use crate::{services, view};

pub(crate) async fn enable_aws_service_access(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let service = service(call)?;
    all_features(&scope)?;
    if !scope.organization.trusts(&service) {
        let mut organization = Organization::clone(&scope.organization);
        organization.services.push(ServiceAccess { service, since: call.now() });
        organization.services.sort_by(|a, b| a.service.cmp(&b.service));
        call.changes().update(&scope.organization, organization);
    }
    Ok(Document::new())
}

pub(crate) async fn disable_aws_service_access(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let service = service(call)?;
    let members: Vec<Found<Member>> = all(call.store(), scope.home()).await?;
    if members.iter().any(|member| administers(member, &service)) {
        let message = "You must first deregister the delegated administrator of this service.";
        return Err(constraint("DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE", message));
    }
    if scope.organization.trusts(&service) {
        let mut organization = Organization::clone(&scope.organization);
        organization.services.retain(|access| access.service != service);
        call.changes().update(&scope.organization, organization);
    }
    Ok(Document::new())
}

pub(crate) async fn list_aws_service_access(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, paging) = (Scope::of(call).await?, Paging::of(call)?);
    let show = |access: &ServiceAccess| {
        Document::new().with("ServicePrincipal", access.service.as_str()).with("DateEnabled", access.since)
    };
    let services = &scope.organization.services;
    Ok(paging.cut("EnabledServicePrincipals", services, |access| access.service.clone(), show))
}

pub(crate) async fn register_delegated_administrator(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let (member, service) = (member(call)?, service(call)?);
    all_features(&scope)?;
    if member.account == scope.management() {
        let message =
            "You cannot register master account/yourself as delegated administrator for your organization.";
        return Err(constraint("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", message));
    }
    if view::entry(call.store(), &member).await?.closed {
        let message = "You can't register a suspended account as delegated administrator.";
        return Err(constraint("CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR", message));
    }
    if administers(&member, &service) {
        let message = "The provided account is already a delegated administrator for your organization.";
        return Err(Failure::new(&org::AccountAlreadyRegisteredException, message));
    }
    if !scope.organization.trusts(&service) {
        let message = "You must enable service access before you register a delegated administrator: call EnableAWSServiceAccess.";
        return Err(constraint("SERVICE_ACCESS_NOT_ENABLED", message));
    }
    let mut changed = Member::clone(&member);
    changed.delegations.push(Delegation { service, since: call.now() });
    changed.delegations.sort_by(|a, b| a.service.cmp(&b.service));
    call.changes().expect_unchanged(&scope.organization).update(&member, changed);
    Ok(Document::new())
}

pub(crate) async fn deregister_delegated_administrator(call: &mut Permitted) -> Result<Document, Failure> {
    let _ = Scope::of(call).await?;
    let (member, service) = (member(call)?, service(call)?);
    if !administers(&member, &service) {
        return Err(not_registered());
    }
    let mut changed = Member::clone(&member);
    changed.delegations.retain(|delegation| delegation.service != service);
    call.changes().update(&member, changed);
    Ok(Document::new())
}

pub(crate) async fn list_delegated_administrators(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, paging) = (Scope::of(call).await?, Paging::of(call)?);
    let wanted = call.input().str("ServicePrincipal");
    let mut shown = Vec::new();
    for member in all::<Member>(call.store(), scope.home()).await? {
        let mut found = member.delegations.iter();
        let first = match wanted {
            Some(service) => found.find(|delegation| delegation.service == service),
            None => found.min_by_key(|delegation| delegation.since),
        };
        if let Some(first) = first {
            let document = view::member_document(call.store(), &scope, &member).await?;
            shown.push(document.with("DelegationEnabledDate", first.since));
        }
    }
    let key = |administrator: &Document| administrator.text("Id").to_owned();
    Ok(paging.cut("DelegatedAdministrators", &shown, key, Document::clone))
}

pub(crate) async fn list_delegated_services_for_account(call: &mut Permitted) -> Result<Document, Failure> {
    let _ = Scope::of(call).await?;
    let (member, paging) = (member(call)?, Paging::of(call)?);
    if member.delegations.is_empty() {
        return Err(not_registered());
    }
    let show = |delegation: &Delegation| {
        Document::new()
            .with("ServicePrincipal", delegation.service.as_str())
            .with("DelegationEnabledDate", delegation.since)
    };
    let key = |delegation: &Delegation| delegation.service.clone();
    Ok(paging.cut("DelegatedServices", &member.delegations, key, show))
}

fn administers(member: &Member, service: &str) -> bool {
    member.delegations.iter().any(|delegation| delegation.service == service)
}

fn service(call: &Permitted) -> Result<String, Failure> {
    let service = call.input().text("ServicePrincipal");
    if services::is_known(service) {
        return Ok(service.to_owned());
    }
    Err(invalid("UNRECOGNIZED_SERVICE_PRINCIPAL", "You specified an unrecognized service principal."))
}

fn all_features(scope: &Scope) -> Result<(), Failure> {
    if scope.organization.all_features {
        return Ok(());
    }
    let message = "This operation is only available to organizations that have all features enabled.";
    Err(constraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE", message))
}

fn not_registered() -> Failure {
    let message = "The provided account is not a registered delegated administrator for your organization.";
    Failure::new(&org::AccountNotRegisteredException, message)
}
