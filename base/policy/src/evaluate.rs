use std::borrow::Cow;
use std::sync::Arc;

use bastide_ids::{AccountId, Arn};

use crate::context::ContextSource;
use crate::decision::{Decision, Determinant, Layer};
use crate::pattern::Lookup;
use crate::policy::{Effect, Policy, PolicyKind, Query};
use crate::principal::Principal;
use crate::principals::Reach;

/// What is asked: may this caller do this to this resource?
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The caller.
    pub principal: &'a Principal,
    /// Such as `kms:Encrypt`; its case does not count.
    pub action: &'a str,
    /// The resource's ARN, or `*` for an action without a resource.
    pub resource: &'a str,
    /// The account that owns the resource. `None`: the account in its ARN, or the caller's where that has none.
    pub resource_account: Option<AccountId>,
    /// The condition keys. Those that follow from the caller ([`Principal::context`]) and
    /// `aws:ResourceAccount` need not be in it.
    pub context: &'a dyn ContextSource,
}

/// A policy and the name under which it is attached: a managed policy's ARN, an inline policy's name, …
#[derive(Clone, Debug)]
pub struct Attached {
    /// What [`Determinant::policy`] will say.
    pub name: Arc<str>,
    /// The policy.
    pub policy: Arc<Policy>,
}

impl Attached {
    /// Attaches a policy under a name.
    #[must_use]
    pub fn new(name: &str, policy: Policy) -> Self {
        Self { name: name.into(), policy: Arc::new(policy) }
    }
}

/// Everything that has a say in a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layers<'a> {
    /// The caller's policies: inline and managed, its own and its groups'.
    pub identity: &'a [Attached],
    /// The caller's permissions boundary.
    pub boundary: Option<&'a Attached>,
    /// The session policies. `None`: the session has no such layer. An empty list: it has one that allows
    /// nothing, as `GetFederationToken` without a policy makes it.
    pub session: Option<&'a [Attached]>,
    /// The service control policies from the organization's root down to the caller's account; each level must
    /// allow. Empty for the management account, for service-linked roles and outside of organizations.
    pub service_control: &'a [Vec<Attached>],
    /// The resource control policies from the root down to the resource's account; each level must allow.
    pub resource_control: &'a [Vec<Attached>],
    /// The policy of the VPC endpoint that the request came through.
    pub vpc_endpoint: Option<&'a Attached>,
    /// The resource's policy; for `sts:AssumeRole` the role's trust policy.
    pub resource: Option<&'a Attached>,
    /// How the resource's policy combines with the caller's.
    pub rule: ResourceRule,
    /// A grant that allows this request.
    pub grant: Option<Grant<'a>>,
}

/// How a resource's policy combines with the caller's policies within one account. Between accounts both must
/// allow in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResourceRule {
    /// Either may allow.
    #[default]
    Standard,
    /// The resource's policy must name the caller, or trust the account for its identity policies to count: KMS
    /// keys and role trust.
    ResourceMustTrust,
}

/// A grant that the resource's service found to allow the request, as good as a statement in the resource's
/// policy that names the grantee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant<'a> {
    /// The grant's id.
    pub id: &'a str,
    /// Whether the grantee is the caller's role rather than the caller itself: a boundary and session policies
    /// then limit it.
    pub to_role: bool,
}

/// Decides a request. A denial in any layer wins; else every layer that must allow has to.
///
/// Source: IAM User Guide, "Policy evaluation logic", "Policy evaluation for requests within a single account"
/// and "Cross-account policy evaluation logic"; KMS Developer Guide, "Key policies".
#[must_use]
pub fn decide<'a>(request: &Request<'a>, layers: &Layers<'a>) -> Decision<'a> {
    with_query(request, |query| match Allowances::gather(query, layers) {
        Ok(allowances) => allowances.combine(query, layers),
        Err(by) => Decision::ExplicitDeny { by },
    })
}

/// Makes a request ready for matching. Actions have at most 128 characters, so lower-casing one needs no heap.
pub(crate) fn with_query<R>(request: &Request<'_>, then: impl FnOnce(&Query<'_>) -> R) -> R {
    let mut buffer = [0_u8; 128];
    let action = lowered(request.action, &mut buffer);
    let resource = Arn::parse(request.resource).ok();
    let resource_account = request
        .resource_account
        .or_else(|| resource.and_then(|arn| AccountId::parse(arn.account).ok()))
        .or_else(|| request.principal.account());
    let lookup = Lookup { context: request.context, principal: request.principal, resource_account };
    then(&Query { action: &action, resource, lookup })
}

fn lowered<'b>(text: &'b str, buffer: &'b mut [u8; 128]) -> Cow<'b, str> {
    let Some(room) = buffer.get_mut(..text.len()) else { return Cow::Owned(text.to_ascii_lowercase()) };
    room.copy_from_slice(text.as_bytes());
    room.make_ascii_lowercase();
    match std::str::from_utf8(room) {
        Ok(lower) => Cow::Borrowed(lower),
        Err(_) => Cow::Owned(text.to_ascii_lowercase()),
    }
}

/// What each layer allows, when none denies.
pub(crate) struct Allowances<'a> {
    pub(crate) service_control: bool,
    pub(crate) resource_control: bool,
    pub(crate) vpc_endpoint: bool,
    pub(crate) resource: Option<(Determinant<'a>, Reach)>,
    pub(crate) identity: Option<Determinant<'a>>,
    pub(crate) boundary: bool,
    pub(crate) session: bool,
}

impl<'a> Allowances<'a> {
    /// Asks every layer.
    ///
    /// # Errors
    /// The first statement that denies.
    fn gather(query: &Query<'_>, layers: &Layers<'a>) -> Result<Self, Determinant<'a>> {
        let service_control = all_levels(query, Layer::ServiceControl, layers.service_control)?;
        let resource_control = all_levels(query, Layer::ResourceControl, layers.resource_control)?;
        let vpc_endpoint = one_policy(query, Layer::VpcEndpoint, layers.vpc_endpoint)?;
        let resource = resource(query, layers)?;
        let identity = allowance(query, Layer::Identity, layers.identity)?.map(|(by, _)| by);
        let root = Determinant { layer: Layer::Identity, policy: "root", statement: None, sid: None };
        let is_root = matches!(query.lookup.principal, Principal::Root { .. });
        let session = match layers.session {
            None => true,
            Some(policies) => allowance(query, Layer::Session, policies)?.is_some(),
        };
        Ok(Self {
            service_control,
            resource_control,
            vpc_endpoint,
            resource,
            identity: identity.or(is_root.then_some(root)),
            boundary: one_policy(query, Layer::Boundary, layers.boundary)?,
            session,
        })
    }

    fn combine(&self, query: &Query<'_>, layers: &Layers<'a>) -> Decision<'a> {
        match self.missing(query, layers) {
            Err(layer) => Decision::ImplicitDeny { layer },
            Ok(by) => Decision::Allow { by },
        }
    }

    /// What allows the request, or the layer that should and does not.
    fn missing(&self, query: &Query<'_>, layers: &Layers<'a>) -> Result<Determinant<'a>, Layer> {
        let require = |allowed: bool, layer: Layer| if allowed { Ok(()) } else { Err(layer) };
        require(self.resource_control, Layer::ResourceControl)?;
        require(self.service_control, Layer::ServiceControl)?;
        require(self.vpc_endpoint, Layer::VpcEndpoint)?;

        let no_resource = resource_layer(layers);
        let by_resource = self.resource.map(|(by, _)| by).ok_or(no_resource);
        let Some(account) = query.lookup.principal.account() else {
            return by_resource;
        };
        let same_account = query.lookup.resource_account == Some(account);
        let limits = || {
            require(self.boundary, Layer::Boundary)?;
            require(self.session, Layer::Session)
        };
        match self.resource {
            Some((by, Reach::Direct)) if same_account => return Ok(by),
            Some((by, Reach::Role)) if same_account => return limits().map(|()| by),
            _ => {}
        }
        let must_trust = layers.rule == ResourceRule::ResourceMustTrust;
        if must_trust {
            by_resource?;
        }
        let by_identity = self.identity.ok_or(Layer::Identity)?;
        if !same_account {
            by_resource?;
        }
        limits()?;
        if same_account { Ok(by_identity) } else { by_resource }
    }
}

/// The resource's allowance that reaches the caller most directly: its policy's, or the grant.
fn resource<'a>(
    query: &Query<'_>,
    layers: &Layers<'a>,
) -> Result<Option<(Determinant<'a>, Reach)>, Determinant<'a>> {
    let policy = layers.resource.map(std::slice::from_ref).unwrap_or_default();
    let by_policy = allowance(query, resource_layer(layers), policy)?;
    let by_grant = layers.grant.map(|grant| {
        let by = Determinant { layer: Layer::Grant, policy: grant.id, statement: None, sid: None };
        (by, if grant.to_role { Reach::Role } else { Reach::Direct })
    });
    Ok(match (by_policy, by_grant) {
        (Some(policy), Some(grant)) if grant.1 > policy.1 => Some(grant),
        (policy, grant) => policy.or(grant),
    })
}

/// Whether the resource's policy is a trust policy, for the reasons given.
fn resource_layer(layers: &Layers<'_>) -> Layer {
    match layers.resource {
        Some(attached) if attached.policy.kind() == PolicyKind::Trust => Layer::Trust,
        _ => Layer::Resource,
    }
}

fn all_levels<'a>(
    query: &Query<'_>,
    layer: Layer,
    levels: &'a [Vec<Attached>],
) -> Result<bool, Determinant<'a>> {
    let mut allowed = true;
    // Every level is asked even when one lacks an allowance: a denial further down is the better reason.
    for level in levels {
        allowed &= allowance(query, layer, level)?.is_some();
    }
    Ok(allowed)
}

/// Whether an optional layer allows; one that is absent does.
fn one_policy<'a>(
    query: &Query<'_>,
    layer: Layer,
    policy: Option<&'a Attached>,
) -> Result<bool, Determinant<'a>> {
    match policy {
        None => Ok(true),
        Some(policy) => Ok(allowance(query, layer, std::slice::from_ref(policy))?.is_some()),
    }
}

/// The most direct statement that allows the request, in policies of which any may allow.
///
/// # Errors
/// The first statement that denies.
pub(crate) fn allowance<'a>(
    query: &Query<'_>,
    layer: Layer,
    policies: &'a [Attached],
) -> Result<Option<(Determinant<'a>, Reach)>, Determinant<'a>> {
    let mut best: Option<(Determinant<'a>, Reach)> = None;
    for Attached { name, policy } in policies {
        for (index, statement) in policy.statements.iter().enumerate() {
            let settled = best.is_some_and(|(_, reach)| reach == Reach::Direct);
            if statement.effect == Effect::Allow && settled {
                continue;
            }
            let Some(reach) = statement.reach(query) else { continue };
            let by = Determinant { layer, policy: name, statement: Some(index), sid: statement.sid() };
            if statement.effect == Effect::Deny {
                return Err(by);
            }
            if best.is_none_or(|(_, found)| reach > found) {
                best = Some((by, reach));
            }
        }
    }
    Ok(best)
}
