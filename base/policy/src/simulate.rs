use std::collections::BTreeSet;

use crate::decision::{Decision, Determinant, Layer};
use crate::evaluate::{Attached, Layers, Request, allowance, decide, with_query};
use crate::policy::{Effect, Position, Query};

/// What `SimulatePrincipalPolicy` and `SimulateCustomPolicy` say about one action on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation<'a> {
    /// The decision: `EvalDecision`.
    pub decision: Decision<'a>,
    /// The statements that determined it: those that deny, else those that allow. `MatchedStatements`.
    pub matched: Vec<Matched<'a>>,
    /// Condition keys that statements for this action and resource read and the request does not carry, as the
    /// policies write them. `MissingContextValues`.
    pub missing: Vec<&'a str>,
    /// Whether the service control policies allow it; `None` without any.
    /// `OrganizationsDecisionDetail.AllowedByOrganizations`.
    pub allowed_by_organizations: Option<bool>,
    /// Whether the permissions boundary allows it; `None` without one.
    /// `PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary`.
    pub allowed_by_boundary: Option<bool>,
}

/// A statement that matches a simulated request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matched<'a> {
    /// Its layer, policy, number and `Sid`.
    pub statement: Determinant<'a>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Where it starts in the policy's text: `StartPosition`.
    pub start: Position,
    /// Where it ends: `EndPosition`.
    pub end: Position,
}

/// Decides a request as [`decide`] does, and says in full what matched and what was missing.
#[must_use]
pub fn simulate<'a>(request: &Request<'a>, layers: &Layers<'a>) -> Simulation<'a> {
    let decision = decide(request, layers);
    with_query(request, |query| Simulation {
        decision,
        matched: matched(query, layers),
        missing: missing(query, layers),
        allowed_by_organizations: allowed_by_organizations(query, layers),
        allowed_by_boundary: layers
            .boundary
            .map(|boundary| allows(query, Layer::Boundary, std::slice::from_ref(boundary))),
    })
}

fn matched<'a>(query: &Query<'_>, layers: &Layers<'a>) -> Vec<Matched<'a>> {
    let mut matched = Vec::new();
    for (layer, Attached { name, policy }) in all_policies(layers) {
        for (index, statement) in policy.statements.iter().enumerate() {
            if statement.reach(query).is_some() {
                let (start, end) = statement.span;
                let place = Determinant { layer, policy: name, statement: Some(index), sid: statement.sid() };
                matched.push(Matched { statement: place, effect: statement.effect, start, end });
            }
        }
    }
    if matched.iter().any(|found| found.effect == Effect::Deny) {
        matched.retain(|found| found.effect == Effect::Deny);
    }
    matched
}

fn missing<'a>(query: &Query<'_>, layers: &Layers<'a>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    let mut missing = Vec::new();
    for (_, Attached { policy, .. }) in all_policies(layers) {
        let statements = policy.statements.iter();
        for statement in statements.filter(|statement| statement.reach_before_conditions(query).is_some()) {
            for (name, key) in statement.keys() {
                if query.lookup.values(key).is_none() && seen.insert(key) {
                    missing.push(name);
                }
            }
        }
    }
    missing
}

fn all_policies<'a>(layers: &Layers<'a>) -> impl Iterator<Item = (Layer, &'a Attached)> {
    let identity = layers.identity.iter().map(|policy| (Layer::Identity, policy));
    let resource = layers.resource.into_iter().map(|policy| (Layer::Resource, policy));
    let boundary = layers.boundary.into_iter().map(|policy| (Layer::Boundary, policy));
    let session = layers.session.into_iter().flatten().map(|policy| (Layer::Session, policy));
    let service = layers.service_control.iter().flatten().map(|policy| (Layer::ServiceControl, policy));
    let control = layers.resource_control.iter().flatten().map(|policy| (Layer::ResourceControl, policy));
    let endpoint = layers.vpc_endpoint.into_iter().map(|policy| (Layer::VpcEndpoint, policy));
    identity.chain(resource).chain(boundary).chain(session).chain(service).chain(control).chain(endpoint)
}

fn allowed_by_organizations(query: &Query<'_>, layers: &Layers<'_>) -> Option<bool> {
    if layers.service_control.is_empty() {
        return None;
    }
    Some(layers.service_control.iter().all(|level| allows(query, Layer::ServiceControl, level)))
}

fn allows(query: &Query<'_>, layer: Layer, policies: &[Attached]) -> bool {
    allowance(query, layer, policies).is_ok_and(|allowed| allowed.is_some())
}
