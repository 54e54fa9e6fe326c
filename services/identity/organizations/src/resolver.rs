//! Finds the roots, units, accounts and policies that calls name, before anybody is permitted anything.

use std::borrow::Cow;
use std::sync::Arc;

use bastide_api_organizations::errors as org;
use bastide_door::{Asking, Failure, Reason, Resource};
use bastide_shape::Target as Named;
use futures_core::future::BoxFuture;

use crate::errors::{no_account, no_policy, no_root, no_unit};
use crate::lookup::{self, Target};
use crate::model::{Policy, PolicyRef, PolicyType};
use crate::scope::Scope;

/// What the record calls policies.
pub(crate) const POLICY: &str = "AWS::Organizations::Policy";

/// The door's [`Resolver`](bastide_door::Resolver) for Organizations. A caller whose account has no say in an
/// organization learns so only when its own policies would permit the call.
pub(crate) fn resolve<'a>(
    asking: &'a Asking<'a>,
    target: &'a Named,
) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    Box::pin(async move {
        if target.kind == "any" {
            let mut resource = Resource::any();
            add_context(asking, &mut resource, None);
            return Ok(vec![resource]);
        }
        let scope = match Scope::admit(asking.store, asking.operation, asking.caller.account).await {
            Ok(scope) => scope,
            Err(failure) if matches!(failure.reason, Reason::Internal) => return Err(failure),
            Err(failure) => return Ok(vec![Resource::any().missing(failure)]),
        };
        let id = asking.input.text(target.member);
        let mut kind = None;
        let mut resource = if target.kind == "policy" || id.starts_with("p-") {
            let found = lookup::policy(asking.store, scope.home(), id).await?;
            kind = found.as_ref().map(PolicyRef::kind);
            policy(&scope, id, found, target)
        } else {
            let found = Target::find(asking.store, scope.home(), id).await?;
            node(&scope, id, found, target)
        };
        add_context(asking, &mut resource, kind);
        Ok(vec![resource])
    })
}

fn policy(scope: &Scope, id: &str, found: Option<PolicyRef>, target: &Named) -> Resource {
    let arn = match &found {
        None => {
            // Its type is not known, so neither is its whole ARN.
            let arn = scope.arn("policy", &format!("*/{id}"));
            return Resource::new(arn, POLICY).missing(failure(target));
        }
        Some(PolicyRef::Aws(policy)) => policy.arn(),
        Some(PolicyRef::Own(policy)) => policy_arn(scope, policy),
    };
    let mut resource = Resource::new(arn, POLICY);
    resource.tags = found.as_ref().map(PolicyRef::tags).unwrap_or_default().to_vec();
    resource.document = found.map(|found| Arc::new(found) as _);
    resource
}

/// The ARN of a policy of an organization, which has its type between the organization's id and its own.
pub(crate) fn policy_arn(scope: &Scope, policy: &Policy) -> String {
    scope.arn("policy", &format!("{}/{}", policy.kind.as_str().to_lowercase(), policy.id))
}

fn node(scope: &Scope, id: &str, found: Option<Target>, target: &Named) -> Resource {
    let (arn, recorded) = match id.get(..2) {
        Some("r-") => (scope.unit_arn(id), "AWS::Organizations::Root"),
        Some("ou") => (scope.unit_arn(id), "AWS::Organizations::OrganizationalUnit"),
        _ => (scope.arn("account", id), "AWS::Organizations::Account"),
    };
    let mut resource = Resource::new(arn, recorded);
    let fits = found.filter(|found| match (target.kind, found) {
        ("ou", Target::Unit(unit)) => !unit.is_root(),
        ("root", Target::Unit(unit)) => unit.is_root(),
        ("account", Target::Member(_)) => true,
        ("ou" | "root" | "account", _) => false,
        _ => true,
    });
    match fits {
        None => resource.missing(failure(target)),
        Some(found) => {
            resource.tags = found.tags().to_vec();
            resource.document = Some(Arc::new(found));
            resource
        }
    }
}

/// What is told of something that does not exist.
fn failure(target: &Named) -> Failure {
    match (target.kind, target.member) {
        ("account", _) => no_account(),
        ("ou", _) => no_unit(),
        ("policy", _) => no_policy(),
        ("root", _) => no_root(),
        (_, "ParentId") => {
            Failure::new(&org::ParentNotFoundException, "You specified parent that doesn't exist.")
        }
        (_, "SourceParentId") => {
            let message = "You specified a source parent that doesn't exist.";
            Failure::new(&org::SourceParentNotFoundException, message)
        }
        (_, "DestinationParentId") => {
            let message = "You specified a destination parent that doesn't exist.";
            Failure::new(&org::DestinationParentNotFoundException, message)
        }
        (_, "ChildId") => {
            Failure::new(&org::ChildNotFoundException, "You specified a child that doesn't exist.")
        }
        _ => Failure::new(&org::TargetNotFoundException, "You specified a target that doesn't exist."),
    }
}

/// The condition keys of Organizations. Source: Service Authorization Reference, AWS Organizations.
fn add_context(asking: &Asking<'_>, resource: &mut Resource, kind: Option<PolicyType>) {
    let named = ["PolicyType", "Type", "Filter"].iter().find_map(|member| asking.input.str(member));
    if let Some(kind) = kind.map(PolicyType::as_str).or(named) {
        resource.context.push((Cow::Borrowed("organizations:PolicyType"), vec![kind.to_owned()]));
    }
    if let Some(service) = asking.input.str("ServicePrincipal") {
        resource.context.push((Cow::Borrowed("organizations:ServicePrincipal"), vec![service.to_owned()]));
    }
}
