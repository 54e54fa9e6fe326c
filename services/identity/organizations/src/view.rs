//! Stored documents as the API shows them.

use bastide_door::Failure;
use bastide_ids::Place;
use bastide_resources::Store;
use bastide_shape::{Document, Value};

use crate::errors::no_account;
use crate::lookup::Target;
use crate::model::{
    AccountEntry, AwsManaged, CreateState, CreateStatus, Member, Organization, Policy, PolicyRef, PolicyType,
    Unit,
};
use crate::resolver::policy_arn;
use crate::scope::{Found, Scope};

/// `Organization`
pub(crate) fn organization(home: &Place, organization: &Organization, management_email: &str) -> Document {
    let account = home.account;
    let id = organization.id.as_str();
    let available = organization.all_features.then(|| policy_type(PolicyType::ServiceControlPolicy));
    Document::new()
        .with("Id", id)
        .with("Arn", home.global_arn("organizations", &format!("organization/{id}")))
        .with("FeatureSet", if organization.all_features { "ALL" } else { "CONSOLIDATED_BILLING" })
        .with("MasterAccountArn", home.global_arn("organizations", &format!("account/{id}/{account}")))
        .with("MasterAccountId", account.as_str())
        .with("MasterAccountEmail", management_email)
        .with("AvailablePolicyTypes", available.into_iter().map(Value::from).collect::<Vec<_>>())
}

/// `PolicyTypeSummary`
fn policy_type(kind: PolicyType) -> Document {
    Document::new().with("Type", kind.as_str()).with("Status", "ENABLED")
}

/// `Root`
pub(crate) fn root(scope: &Scope, organization: &Organization, root: &Unit) -> Document {
    let enabled: Vec<Value> = organization.enabled.iter().map(|kind| policy_type(*kind).into()).collect();
    Document::new()
        .with("Id", root.id.as_str())
        .with("Arn", scope.unit_arn(&root.id))
        .with("Name", root.name.as_str())
        .with("PolicyTypes", enabled)
}

/// `OrganizationalUnit`
pub(crate) fn unit(scope: &Scope, unit: &Unit) -> Document {
    Document::new()
        .with("Id", unit.id.as_str())
        .with("Arn", scope.unit_arn(&unit.id))
        .with("Name", unit.name.as_str())
        .with("Path", unit.path.as_str())
}

/// `Account`
pub(crate) async fn account(store: &Store, scope: &Scope, member: &Member) -> Result<Document, Failure> {
    let document = member_document(store, scope, member).await?;
    let parent = store.find::<Unit>(scope.home(), &member.parent).await?;
    let path = parent.map(|parent| format!("{}{}/", parent.path, member.account));
    Ok(document.with("Paths", path.into_iter().map(Value::from).collect::<Vec<_>>()))
}

/// What `Account` and `DelegatedAdministrator` have in common.
pub(crate) async fn member_document(
    store: &Store,
    scope: &Scope,
    member: &Member,
) -> Result<Document, Failure> {
    let entry = entry(store, member).await?;
    let (status, state) = if entry.closed { ("SUSPENDED", "CLOSED") } else { ("ACTIVE", "ACTIVE") };
    Ok(Document::new()
        .with("Id", member.account.as_str())
        .with("Arn", scope.arn("account", member.account.as_str()))
        .with("Email", entry.email.as_str())
        .with("Name", entry.name.as_str())
        .with("Status", status)
        .with("State", state)
        .with("JoinedMethod", member.joined_method.as_str())
        .with("JoinedTimestamp", member.joined))
}

/// What is known of an account besides its place in the organization.
pub(crate) async fn entry(store: &Store, member: &Member) -> Result<Found<AccountEntry>, Failure> {
    let found = store.find::<AccountEntry>(&Store::global(), member.account.as_str()).await?;
    found.ok_or_else(no_account)
}

/// `PolicySummary`
pub(crate) fn policy_summary(scope: &Scope, policy: &PolicyRef) -> Document {
    match policy {
        PolicyRef::Aws(policy) => aws_summary(policy),
        PolicyRef::Own(policy) => own_summary(scope, policy),
    }
}

fn aws_summary(policy: &AwsManaged) -> Document {
    Document::new()
        .with("Id", policy.id)
        .with("Arn", policy.arn())
        .with("Name", policy.name)
        .with("Description", policy.description)
        .with("Type", policy.kind.as_str())
        .with("AwsManaged", true)
}

fn own_summary(scope: &Scope, policy: &Policy) -> Document {
    Document::new()
        .with("Id", policy.id.as_str())
        .with("Arn", policy_arn(scope, policy))
        .with("Name", policy.name.as_str())
        .with("Description", policy.description.as_str())
        .with("Type", policy.kind.as_str())
        .with("AwsManaged", false)
}

/// `Policy`, of one that AWS manages.
pub(crate) fn aws_policy(policy: &AwsManaged) -> Document {
    Document::new().with("PolicySummary", aws_summary(policy)).with("Content", policy.content)
}

/// `Policy`
pub(crate) fn policy(scope: &Scope, policy: &Policy) -> Document {
    Document::new().with("PolicySummary", own_summary(scope, policy)).with("Content", policy.content.as_str())
}

/// `PolicyTargetSummary`
pub(crate) async fn target(store: &Store, scope: &Scope, target: &Target) -> Result<Document, Failure> {
    let (arn, name, kind) = match target {
        Target::Unit(unit) => {
            let kind = if unit.is_root() { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
            (scope.unit_arn(&unit.id), unit.name.clone(), kind)
        }
        Target::Member(member) => {
            let name = entry(store, member).await?.name.clone();
            (scope.arn("account", member.account.as_str()), name, "ACCOUNT")
        }
    };
    Ok(Document::new().with("TargetId", target.id()).with("Arn", arn).with("Name", name).with("Type", kind))
}

/// `CreateAccountStatus`
pub(crate) fn create_status(status: &CreateStatus) -> Document {
    let document = Document::new()
        .with("Id", status.id.as_str())
        .with("AccountName", status.name.as_str())
        .with("State", status.state.as_str())
        .with("RequestedTimestamp", status.requested)
        .with("CompletedTimestamp", status.completed);
    match &status.state {
        CreateState::Succeeded(account) => document.with("AccountId", account.as_str()),
        CreateState::Failed(reason) => document.with("FailureReason", reason.as_str()),
    }
}
