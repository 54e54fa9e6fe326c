//! Who administers GuardDuty for an organization: EnableOrganizationAdminAccount and its like.

use bastide_api_organizations::operations as organizations;
use bastide_door::{Failure, Permitted};
use bastide_ids::AccountId;
use bastide_shape::{Document, Operation, Value};

use super::holds;
use crate::members::place_of;
use crate::paging::{Paging, all};
use crate::resolve::detector_of;
use crate::stored::{AdminAccount, Administrator, Member, Organization, RuleConfiguration, Tags};
use crate::{detectors, ids, refusal};

/// What trusts GuardDuty with an organization's accounts.
const PRINCIPAL: &str = "guardduty.amazonaws.com";

/// EnableOrganizationAdminAccount: called by the management account. The administrator has a detector from now on.
///
/// # Errors
/// `BadRequestException`: the caller is no management account, there is another administrator, or the account is not
/// in the organization.
pub(crate) async fn enable_organization_admin_account(call: &mut Permitted) -> Result<Document, Failure> {
    let place = call.place().clone();
    let management = management(call).await?;
    let account = admin_account(call)?;
    if account == management || !holds(call, management, account).await? {
        return Err(refusal::parameter("adminAccountId"));
    }
    if let Some(there) = call.store().find::<AdminAccount>(&place, AdminAccount::ID).await? {
        if there.account == account {
            return Ok(Document::new());
        }
        let message =
            "The request is rejected because the organization already has a GuardDuty administrator account.";
        return Err(refusal::invalid(message));
    }
    let service = Document::new().with("ServicePrincipal", PRINCIPAL);
    call.call(&organizations::EnableAWSServiceAccess, service).await?;
    let delegation =
        Document::new().with("AccountId", account.to_string()).with("ServicePrincipal", PRINCIPAL);
    register(call, &organizations::RegisterDelegatedAdministrator, delegation).await?;
    let admin = place_of(&place, account);
    let has = detector_of(call.store(), &admin).await?.is_some();
    let now = call.now();
    let changes = call.changes();
    changes.create(&place, AdminAccount::ID, AdminAccount { account });
    let organization = Organization { management: management.to_string(), ..Organization::default() };
    changes.put(&admin, Organization::ID, organization);
    if !has {
        detectors::make(changes, &admin, ids::random(), detectors::new(now, true, Tags::new()));
    }
    Ok(Document::new())
}

/// DisableOrganizationAdminAccount. Its members have no administrator from now on; their detectors stay.
///
/// # Errors
/// `BadRequestException`: the caller is no management account, or the account is not the administrator.
pub(crate) async fn disable_organization_admin_account(call: &mut Permitted) -> Result<Document, Failure> {
    let place = call.place().clone();
    management(call).await?;
    let account = admin_account(call)?;
    let read = call.store().find::<AdminAccount>(&place, AdminAccount::ID).await?;
    let Some(read) = read.filter(|read| read.account == account) else {
        return Err(refusal::parameter("adminAccountId"));
    };
    let delegation =
        Document::new().with("AccountId", account.to_string()).with("ServicePrincipal", PRINCIPAL);
    register(call, &organizations::DeregisterDelegatedAdministrator, delegation).await?;
    let admin = place_of(&place, account);
    for member in all::<Member>(call.store(), &admin, "").await?.iter().filter(|member| member.organization) {
        let theirs = AccountId::parse(&member.key.id).map_err(Failure::internal)?;
        let theirs = place_of(&place, theirs);
        let administrator = call.store().find::<Administrator>(&theirs, Administrator::ID).await?;
        let changes = call.changes();
        changes.delete(member);
        if let Some(administrator) = administrator.filter(|it| it.account == account) {
            changes.delete(&administrator);
        }
    }
    if let Some(organization) = call.store().find::<Organization>(&admin, Organization::ID).await? {
        call.changes().delete(&organization);
    }
    for configuration in all::<RuleConfiguration>(call.store(), &admin, "").await? {
        call.changes().delete(&configuration);
    }
    call.changes().delete(&read);
    Ok(Document::new())
}

/// ListOrganizationAdminAccounts: none or one.
///
/// # Errors
/// `BadRequestException` from an account that is in no organization, or neither manages nor administers one.
pub(crate) async fn list_organization_admin_accounts(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, "")?;
    let standing = call.standing(call.place().account).await?.place;
    let Some(standing) = standing else { return Err(not_management()) };
    let place = place_of(call.place(), standing.management_account);
    let admins = all::<AdminAccount>(call.store(), &place, "").await?;
    let own = call.place().account;
    if standing.management_account != own && !admins.iter().any(|admin| admin.account == own) {
        return Err(not_management());
    }
    let show = |admin: &std::sync::Arc<bastide_resources::Stored<AdminAccount>>| -> Value {
        Document::new()
            .with("AdminAccountId", admin.account.to_string())
            .with("AdminStatus", "ENABLED")
            .into()
    };
    Ok(paging.cut("AdminAccounts", &admins, |admin| &admin.key.id, show))
}

fn admin_account(call: &Permitted) -> Result<AccountId, Failure> {
    AccountId::parse(call.input().text("AdminAccountId")).map_err(|_| refusal::parameter("adminAccountId"))
}

/// The caller's account, if it manages an organization.
async fn management(call: &Permitted) -> Result<AccountId, Failure> {
    let own = call.place().account;
    let standing = call.standing(own).await?.place;
    match standing.filter(|standing| standing.management_account == own) {
        Some(_) => Ok(own),
        None => Err(not_management()),
    }
}

fn not_management() -> Failure {
    refusal::invalid(
        "The request failed because the current account is not the management account of an organization.",
    )
}

/// Tells Organizations; that it knows already is well.
async fn register(call: &Permitted, operation: &'static Operation, input: Document) -> Result<(), Failure> {
    use bastide_api_organizations::errors::{
        AccountAlreadyRegisteredException, AccountNotRegisteredException,
    };
    match call.call(operation, input).await {
        Err(failure)
            if !failure.is(&AccountAlreadyRegisteredException)
                && !failure.is(&AccountNotRegisteredException) =>
        {
            Err(failure)
        }
        _ => Ok(()),
    }
}
