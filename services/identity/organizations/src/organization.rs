//! The organization itself and its root.

use bastide_api_organizations::errors as org;
use bastide_door::{Failure, Permitted};
use bastide_resources::Store;
use bastide_shape::Document;

use crate::errors::{invalid, not_in_use};
use crate::lookup::all;
use crate::model::{
    AccountEntry, CreateStatus, EmailHolder, Home, Member, Name, Organization, Policy, PolicyType, Unit,
};
use crate::paging::Paging;
use crate::scope::{Found, Scope};
use crate::{ids, view};

/// So many documents at most go with an organization in one commit.
const MOST_DELETED: usize = 4000;

pub(crate) async fn create_organization(call: &mut Permitted) -> Result<Document, Failure> {
    let account = call.caller().account;
    let global = Store::global();
    let known = call.store().find::<AccountEntry>(&global, account.as_str()).await?;
    if known.as_ref().is_some_and(|known| known.organization.is_some()) {
        let message = "The AWS account is already a member of an organization.";
        return Err(Failure::new(&org::AlreadyInOrganizationException, message));
    }
    let home = call.place().clone();
    let organization = Organization {
        id: ids::organization(),
        root: ids::root(),
        all_features: call.input().str("FeatureSet") != Some("CONSOLIDATED_BILLING"),
        enabled: Vec::new(),
        services: Vec::new(),
    };
    let now = call.now();
    let membership = Some(Home { place: home.clone(), id: organization.id.clone() });
    let entry = match &known {
        Some(known) => AccountEntry { organization: membership, ..AccountEntry::clone(known) },
        // Nobody registered the first accounts, so they have no address of their own.
        None => AccountEntry {
            email: format!("{account}@bastide.invalid"),
            name: format!("account {account}"),
            organization: membership,
            closed: false,
        },
    };
    let root = Unit {
        id: organization.root.clone(),
        parent: None,
        name: "Root".into(),
        path: format!("{}/{}/", organization.id, organization.root),
        created: now,
        attachments: Vec::new(),
        tags: Vec::new(),
    };
    let member = Member {
        account,
        parent: root.id.clone(),
        joined_method: "INVITED".into(),
        joined: now,
        attachments: Vec::new(),
        delegations: Vec::new(),
        tags: Vec::new(),
    };
    let changes = call.changes();
    match &known {
        Some(known) => changes.update(known, entry.clone()),
        None => {
            changes.put(&global, EmailHolder::key(&entry.email), EmailHolder { account });
            changes.create(&global, account.as_str(), entry.clone())
        }
    };
    changes.create(&home, Organization::ID, organization.clone());
    changes.create(&home, root.id.clone(), root);
    changes.create(&home, account.as_str(), member);
    let shown = view::organization(&home, &organization, &entry.email);
    Ok(Document::new().with("Organization", shown))
}

pub(crate) async fn describe_organization(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let management = scope.management();
    let entry = call.store().find::<AccountEntry>(&Store::global(), management.as_str()).await?;
    let entry = entry.ok_or_else(not_in_use)?;
    let shown = view::organization(scope.home(), &scope.organization, &entry.email);
    Ok(Document::new().with("Organization", shown))
}

/// Deletes the organization with its units and policies, once no other account is in it.
pub(crate) async fn delete_organization(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let (store, home) = (call.store().clone(), scope.home().clone());
    let members: Vec<Found<Member>> = all(&store, &home).await?;
    let not_empty = |message: &str| Err(Failure::new(&org::OrganizationNotEmptyException, message));
    let [member] = members.as_slice() else {
        return not_empty(
            "To delete an organization you must first remove all member accounts (except the master).",
        );
    };
    let units: Vec<Found<Unit>> = all(&store, &home).await?;
    let policies: Vec<Found<Policy>> = all(&store, &home).await?;
    let names: Vec<Found<Name>> = all(&store, &home).await?;
    let statuses: Vec<Found<CreateStatus>> = all(&store, &home).await?;
    if units.len() + policies.len() + names.len() + statuses.len() > MOST_DELETED {
        return not_empty("To delete an organization this large you must first delete its OUs and policies.");
    }
    let entry = view::entry(&store, member).await?;
    let changes = call.changes();
    changes.update(&entry, AccountEntry { organization: None, ..AccountEntry::clone(&entry) });
    changes.delete(&scope.organization).delete(member);
    for unit in &units {
        changes.delete(unit);
    }
    for policy in &policies {
        changes.delete(policy);
    }
    for name in &names {
        changes.delete(name);
    }
    for status in &statuses {
        changes.delete(status);
    }
    Ok(Document::new())
}

/// Turns an organization for billing into one with all features. All its accounts were made in it, so there is
/// none that would have to agree first: the handshake is over at once.
pub(crate) async fn enable_all_features(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    if scope.organization.all_features {
        let message = "The organization already has all features enabled.";
        return Err(Failure::new(&org::HandshakeConstraintViolationException, message)
            .with("Reason", "ORGANIZATION_ALREADY_HAS_ALL_FEATURES"));
    }
    let id = format!("h-{}", ids::lower(32));
    let party = Document::new().with("Id", scope.organization.id.as_str()).with("Type", "ORGANIZATION");
    let resource = Document::new().with("Value", scope.organization.id.as_str()).with("Type", "ORGANIZATION");
    let now = call.now();
    let handshake = Document::new()
        .with("Id", id.as_str())
        .with("Arn", {
            let rest = format!("handshake/{}/enable_all_features/{id}", scope.organization.id);
            scope.home().global_arn("organizations", &rest)
        })
        .with("Parties", vec![party])
        .with("State", "ACCEPTED")
        .with("RequestedTimestamp", now)
        .with("ExpirationTimestamp", now)
        .with("Action", "ENABLE_ALL_FEATURES")
        .with("Resources", vec![resource]);
    let organization = Organization { all_features: true, ..Organization::clone(&scope.organization) };
    call.changes().update(&scope.organization, organization);
    Ok(Document::new().with("Handshake", handshake))
}

pub(crate) async fn list_roots(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let root = root(call, &scope).await?;
    let show = |root: &Found<Unit>| view::root(&scope, &scope.organization, root);
    Ok(Paging::of(call)?.cut("Roots", &[root], |root| root.id.clone(), show))
}

pub(crate) async fn enable_policy_type(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, kind) = (Scope::of(call).await?, asked(call, "PolicyType")?);
    available(&scope)?;
    if scope.organization.enabled.contains(&kind) {
        let message = "The specified policy type is already enabled.";
        return Err(Failure::new(&org::PolicyTypeAlreadyEnabledException, message));
    }
    let mut organization = Organization::clone(&scope.organization);
    organization.enabled.push(kind);
    answer_root(call, &scope, organization).await
}

/// Switches a type off: what was attached of it is detached everywhere.
pub(crate) async fn disable_policy_type(call: &mut Permitted) -> Result<Document, Failure> {
    let (scope, kind) = (Scope::of(call).await?, asked(call, "PolicyType")?);
    if !scope.organization.enabled.contains(&kind) {
        let message = "This operation can be performed only for enabled policy types.";
        return Err(Failure::new(&org::PolicyTypeNotEnabledException, message));
    }
    let (store, home) = (call.store().clone(), scope.home().clone());
    for unit in all::<Unit>(&store, &home).await? {
        if unit.attachments.iter().any(|attachments| attachments.kind == kind) {
            let mut changed = Unit::clone(&unit);
            changed.attachments.retain(|attachments| attachments.kind != kind);
            call.changes().update(&unit, changed);
        }
    }
    for member in all::<Member>(&store, &home).await? {
        if member.attachments.iter().any(|attachments| attachments.kind == kind) {
            let mut changed = Member::clone(&member);
            changed.attachments.retain(|attachments| attachments.kind != kind);
            call.changes().update(&member, changed);
        }
    }
    let mut organization = Organization::clone(&scope.organization);
    organization.enabled.retain(|enabled| *enabled != kind);
    answer_root(call, &scope, organization).await
}

/// The type of policies that a member names.
pub(crate) fn asked(call: &Permitted, member: &str) -> Result<PolicyType, Failure> {
    PolicyType::parse(call.input().text(member))
        .ok_or_else(|| invalid("INVALID_ENUM_POLICY_TYPE", "You specified a policy type that doesn't exist."))
}

/// Policies are a feature of organizations with all of them.
pub(crate) fn available(scope: &Scope) -> Result<(), Failure> {
    if scope.organization.all_features {
        return Ok(());
    }
    let message = "This operation is only available to organizations that have all features enabled.";
    Err(Failure::new(&org::PolicyTypeNotAvailableForOrganizationException, message))
}

async fn root(call: &Permitted, scope: &Scope) -> Result<Found<Unit>, Failure> {
    let found = call.store().find::<Unit>(scope.home(), &scope.organization.root).await?;
    found.ok_or_else(|| Failure::internal("an organization without a root"))
}

async fn answer_root(
    call: &mut Permitted,
    scope: &Scope,
    organization: Organization,
) -> Result<Document, Failure> {
    let root = root(call, scope).await?;
    let shown = view::root(scope, &organization, &root);
    call.changes().update(&scope.organization, organization);
    Ok(Document::new().with("Root", shown))
}
