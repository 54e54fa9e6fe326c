//! May this caller do this? Every layer of policy, for each resource that the row names.

use bastide_policy::{Grant, Layers, Principal, Request, decide};
use bastide_shape::{Document, Operation};

use crate::attempt::Attempt;
use crate::caller::{CallerPolicies, Standing};
use crate::context::{CallContext, RequestTags};
use crate::room::Room;
use crate::{Asking, Door, Failure, Resource};

/// Finds the resources that a call acts on, and refuses it unless the caller is permitted on each.
/// The resources found so far are handed out also when it is refused: the record names them.
pub(crate) async fn authorize(
    door: &Door,
    attempt: &Attempt,
    room: &Room,
    operation: &'static Operation,
    input: &Document,
    resources: &mut Vec<Resource>,
) -> Result<(), Failure> {
    let asking = Asking {
        operation,
        place: &attempt.place,
        caller: &attempt.caller,
        via: &attempt.via,
        input,
        now: attempt.now,
        store: &door.trunks.store,
        sealer: &door.trunks.sealer,
    };
    let mut actions = Vec::with_capacity(operation.targets.len().max(1));
    for target in operation.targets {
        let found = (room.resolver)(&asking, target).await?;
        actions.extend(found.iter().map(|_| target.action.or(operation.action)));
        resources.extend(found);
    }
    if resources.is_empty() {
        resources.push(Resource::any());
        actions.push(operation.action);
    }
    // A service that acts for itself calls from code in this process: there is no policy that could say what
    // it may do. It is recorded like anyone.
    let service = matches!(attempt.caller.principal, Principal::Service { .. });
    if operation.unauthorized || service {
        return missing(resources);
    }
    let parties = Parties::of(door, attempt).await?;
    for (resource, action) in resources.iter().zip(actions) {
        match action {
            Some(action) => parties.check(door, attempt, action, resource).await?,
            None => {
                let action = format!("{}:{}", attempt.service.action_prefix, operation.name);
                parties.check(door, attempt, &action, resource).await?;
            }
        }
    }
    missing(resources)
}

/// Asks for one more action on one more resource (`iam:PassRole`).
pub(crate) async fn require(
    door: &Door,
    attempt: &Attempt,
    action: &str,
    resource: &Resource,
) -> Result<(), Failure> {
    // As in `authorize`: a service that acts for itself is not asked.
    if matches!(attempt.caller.principal, Principal::Service { .. }) {
        return Ok(());
    }
    Parties::of(door, attempt).await?.check(door, attempt, action, resource).await
}

/// Only a caller who is permitted learns that a resource does not exist.
fn missing(resources: &mut [Resource]) -> Result<(), Failure> {
    resources.iter_mut().find_map(|resource| resource.missing.take()).map_or(Ok(()), Err)
}

/// What stands with the caller, the same for every resource of a call.
struct Parties {
    policies: CallerPolicies,
    standing: Standing,
    tags: RequestTags,
}

impl Parties {
    async fn of(door: &Door, attempt: &Attempt) -> Result<Self, Failure> {
        let caller = &attempt.caller;
        Ok(Self {
            policies: door.directory.policies(caller).await?,
            standing: door.organization.standing(caller.account).await?,
            tags: RequestTags::of(attempt),
        })
    }

    async fn check(
        &self,
        door: &Door,
        attempt: &Attempt,
        action: &str,
        resource: &Resource,
    ) -> Result<(), Failure> {
        let caller = &attempt.caller;
        let owner_account = resource.account.unwrap_or(caller.account);
        let foreign;
        let owner = if owner_account == caller.account {
            &self.standing
        } else {
            foreign = door.organization.standing(owner_account).await?;
            &foreign
        };
        let context = CallContext {
            attempt,
            policies: &self.policies,
            resource,
            standing: &self.standing,
            owner,
            request_tags: &self.tags,
        };
        let request = Request {
            principal: &caller.principal,
            action,
            resource: &resource.arn,
            resource_account: Some(owner_account),
            context: &context,
        };
        self.decide(&request, resource, owner)
    }

    fn decide(&self, request: &Request<'_>, resource: &Resource, owner: &Standing) -> Result<(), Failure> {
        let layers = Layers {
            identity: &self.policies.identity,
            boundary: self.policies.boundary.as_ref(),
            session: self.policies.session.as_deref(),
            service_control: if is_service_linked(request.principal) {
                &[]
            } else {
                &self.standing.service_control
            },
            resource_control: &owner.resource_control,
            vpc_endpoint: None,
            resource: resource.policy.as_ref(),
            rule: resource.rule,
            grant: resource.granted.as_ref().map(|grant| Grant { id: &grant.id, to_role: grant.to_role }),
        };
        let decision = decide(request, &layers);
        tracing::debug!(
            action = request.action,
            resource = request.resource,
            caller = request.principal.arn(),
            ?decision,
            "decided"
        );
        decision.message(request).map_or(Ok(()), |message| Err(Failure::denied(message)))
    }
}

/// Service control policies do not bind service-linked roles. Source: Organizations User Guide, "SCP effects on
/// permissions".
fn is_service_linked(principal: &Principal) -> bool {
    matches!(principal, Principal::AssumedRole { role_arn, .. } if role_arn.contains(":role/aws-service-role/"))
}
