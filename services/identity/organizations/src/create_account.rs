//! New accounts.

use bastide_api_iam as iam;
use bastide_api_organizations::errors as org;
use bastide_door::{Failure, Permitted};
use bastide_ids::{AccountId, Place};
use bastide_resources::Store;
use bastide_shape::Document;
use serde_json::json;

use crate::errors::{constraint, invalid};
use crate::lookup::all;
use crate::model::{AccountEntry, CreateState, CreateStatus, EmailHolder, Home, Member};
use crate::paging::Paging;
use crate::scope::{Found, Scope};
use crate::{ids, tags, view};

/// So many accounts may an organization have. Source: Organizations User Guide, "Quotas": the most that AWS
/// grants.
const MOST: usize = 10_000;
/// The role by which the management account administers a new account, unless another name is given.
const ROLE: &str = "OrganizationAccountAccessRole";

/// Makes an account with a role in it that the management account may assume. AWS takes minutes for this and
/// answers at first that it is in progress; here it is done when the answer comes, and the answer says so.
pub(crate) async fn create_account(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let tags = tags::given(call.input())?;
    let (email, name) = (call.input().text("Email").to_owned(), call.input().text("AccountName").to_owned());
    if email.contains('\0') {
        return Err(invalid(
            "INVALID_EMAIL_ADDRESS_TARGET",
            "You specified an email address that is not valid.",
        ));
    }
    if all::<Member>(call.store(), scope.home()).await?.len() >= MOST {
        let message = "You have exceeded the allowed number of AWS accounts.";
        return Err(constraint("ACCOUNT_NUMBER_LIMIT_EXCEEDED", message));
    }
    let global = Store::global();
    let id = ids::create_request(call.request_id());
    let state = match call.store().find::<EmailHolder>(&global, &EmailHolder::key(&email)).await? {
        Some(_) => CreateState::Failed("EMAIL_ALREADY_EXISTS".into()),
        None => make(call, &scope).await?,
    };
    let now = call.now();
    if let CreateState::Succeeded(account) = &state {
        let member = Member {
            account: *account,
            parent: scope.organization.root.clone(),
            joined_method: "CREATED".into(),
            joined: now,
            attachments: Vec::new(),
            delegations: Vec::new(),
            tags,
        };
        let home = Home { place: scope.home().clone(), id: scope.organization.id.clone() };
        let entry = AccountEntry {
            email: email.clone(),
            name: name.clone(),
            organization: Some(home),
            closed: false,
        };
        call.record_resource("AWS::Organizations::Account", scope.arn("account", account.as_str()));
        let changes = call.changes();
        scope.touch(changes);
        changes.create(&global, EmailHolder::key(&email), EmailHolder { account: *account });
        changes.create(&global, account.as_str(), entry);
        changes.create(scope.home(), account.as_str(), member);
    }
    let status = CreateStatus { id, name, state, requested: now, completed: now };
    let shown = view::create_status(&status);
    call.changes().create(scope.home(), status.id.clone(), status);
    Ok(Document::new().with("CreateAccountStatus", shown))
}

pub(crate) async fn describe_create_account_status(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let id = call.input().text("CreateAccountRequestId");
    let found = call.store().find::<CreateStatus>(scope.home(), id).await?;
    let status = found.ok_or_else(|| {
        let message = "You specified a create account request that doesn't exist.";
        Failure::new(&org::CreateAccountStatusNotFoundException, message)
    })?;
    Ok(Document::new().with("CreateAccountStatus", view::create_status(&status)))
}

pub(crate) async fn list_create_account_status(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, paging) = (Scope::of(call).await?, Paging::of(call)?);
    let wanted: Vec<&str> = call.input().strings("States").collect();
    let mut statuses: Vec<Found<CreateStatus>> = all(call.store(), scope.home()).await?;
    statuses.retain(|status| wanted.is_empty() || wanted.contains(&status.state.as_str()));
    let show = |status: &Found<CreateStatus>| view::create_status(status);
    Ok(paging.cut("CreateAccountStatuses", &statuses, |status| status.id.clone(), show))
}

/// Finds a free number for the account and makes the role in it. Run again, it finds the role there.
async fn make(call: &Permitted, scope: &Scope) -> Result<CreateState, Failure> {
    let account = free_account(call).await?;
    let place = Place { account, ..scope.home().clone() };
    match make_role(call, scope, &place).await {
        Ok(()) => Ok(CreateState::Succeeded(account)),
        Err(failure) => {
            tracing::error!(%account, %failure, cause = failure.cause, "an account got no role, so it was not made");
            Ok(CreateState::Failed("INTERNAL_FAILURE".into()))
        }
    }
}

async fn free_account(call: &Permitted) -> Result<AccountId, Failure> {
    for attempt in 0.. {
        let account = ids::account(call.request_id(), attempt);
        if call.store().find::<AccountEntry>(&Store::global(), account.as_str()).await?.is_none() {
            return Ok(account);
        }
    }
    Err(Failure::internal("no account number is free"))
}

async fn make_role(call: &Permitted, scope: &Scope, place: &Place) -> Result<(), Failure> {
    let role = call.input().str("RoleName").unwrap_or(ROLE);
    let management = scope.home().global_arn("iam", "root");
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": management },
            "Action": "sts:AssumeRole",
        }],
    });
    let input = Document::new().with("RoleName", role).with("AssumeRolePolicyDocument", trust.to_string());
    match call.call_as_service(place, &iam::operations::CreateRole, input).await {
        Err(failure) if !failure.is(&iam::errors::EntityAlreadyExistsException) => return Err(failure),
        _ => {}
    }
    let policy = format!("arn:{}:iam::aws:policy/AdministratorAccess", place.partition);
    let input = Document::new().with("RoleName", role).with("PolicyArn", policy);
    call.call_as_service(place, &iam::operations::AttachRolePolicy, input).await?;
    Ok(())
}
