use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_ids::{AccountId, Arn, Place};
use bastide_policy::{Attached, Layers, PolicyKind, Principal};
use bastide_shape::Document;

use super::parse;
use crate::directory::{managed, principal_of};
use crate::errors::{invalid, no_such, unreadable};
use crate::lookup::{by_arn, name_in};
use crate::model::{AttachedPolicy, Entity, Group, InlinePolicy, Role, User};
use crate::resolver::found;

/// The policies that a simulation decides by, and who asks.
pub(super) struct Sources {
    pub(super) identity: Vec<Attached>,
    boundary: Option<Attached>,
    service_control: Vec<Vec<Attached>>,
    resource_control: Vec<Vec<Attached>>,
    resource: Option<Attached>,
    pub(super) principal: Principal,
    /// Nobody is said to ask.
    pub(super) nobody: bool,
    /// What kind of source each policy has, by the name under which it is attached.
    kinds: Vec<(Arc<str>, &'static str)>,
    exclusions: Vec<Exclusion>,
    place: Place,
}

/// A policy that is left out.
enum Exclusion {
    /// All of a kind: `inline`, `aws-managed`, `user-managed`, `permission-boundary`, `scp`, `rcp`.
    Kind(String),
    /// A managed policy, by its ARN.
    Arn(String),
    /// An inline policy: its name, the kind of its owner, the owner's name.
    Inline(String, String, String),
}

impl Sources {
    /// The policies of the call's user, group or role, and those that the call adds.
    pub(super) async fn of_principal(call: &Permitted) -> Result<Self, Failure> {
        let mut sources = Self::of_entity(call).await?;
        sources.add_given(call.input())?;
        if !sources.excludes("scp") || !sources.excludes("rcp") {
            let standing = call.standing(call.place().account).await?;
            if !sources.excludes("scp") {
                sources.service_control = standing.service_control;
            }
            if !sources.excludes("rcp") {
                sources.resource_control = standing.resource_control;
            }
        }
        sources.set_caller(call).await?;
        Ok(sources)
    }

    /// The policies that the call gives, and no others.
    pub(super) async fn given(call: &Permitted) -> Result<Self, Failure> {
        let mut sources = Self::new(call);
        sources.add_given(call.input())?;
        for (level, policies) in call.input().maps("OrderedOrganizationPolicyInputList").enumerate() {
            let mut compiled = Vec::new();
            for (index, text) in policies.strings("ServiceControlPolicyInputList").enumerate() {
                let name = format!("OrderedOrganizationPolicyInputList.{}.{}", level + 1, index + 1);
                compiled.push(Attached::new(&name, parse(text, PolicyKind::Scp)?));
            }
            sources.service_control.push(compiled);
        }
        sources.set_caller(call).await?;
        Ok(sources)
    }

    /// The policies of the call's user, group or role alone.
    pub(super) async fn of_entity(call: &Permitted) -> Result<Self, Failure> {
        let mut sources = Self::new(call);
        let input = call.input();
        sources.exclusions = input.maps("PolicyExclusionList").filter_map(Exclusion::of).collect();
        let arn = input.text("PolicySourceArn");
        if name_in(arn, User::KIND).is_some() {
            let user = found::<User>(call)?;
            sources.add_holder(call, User::KIND, &user.name, &user.inline, &user.attached).await?;
            for membership in &user.groups {
                if let Some(group) = call.store().find::<Group>(call.place(), &membership.id).await? {
                    let Group { name, inline, attached, .. } = &group.value;
                    sources.add_holder(call, Group::KIND, name, inline, attached).await?;
                }
            }
            sources.add_boundary(call, user.boundary.as_ref()).await?;
            sources.principal = principal_of(&user);
            sources.nobody = false;
        } else if name_in(arn, Group::KIND).is_some() {
            let Group { name, inline, attached, .. } = &found::<Group>(call)?.value;
            sources.add_holder(call, Group::KIND, name, inline, attached).await?;
        } else {
            let role = found::<Role>(call)?;
            sources.add_holder(call, Role::KIND, &role.name, &role.inline, &role.attached).await?;
            sources.add_boundary(call, role.boundary.as_ref()).await?;
            sources.principal = Principal::AssumedRole {
                account: call.place().account,
                role_arn: role.arn(call.place()),
                session_arn: role.arn(call.place()),
                role_id: role.id.clone(),
                user_id: role.id.clone(),
            };
            sources.nobody = false;
        }
        Ok(sources)
    }

    pub(super) fn layers(&self) -> Layers<'_> {
        Layers {
            identity: &self.identity,
            boundary: self.boundary.as_ref(),
            service_control: &self.service_control,
            resource_control: &self.resource_control,
            resource: self.resource.as_ref(),
            ..Layers::default()
        }
    }

    /// What kind of source a policy has: `SourcePolicyType`.
    pub(super) fn kind(&self, name: &str) -> &'static str {
        self.kinds.iter().find(|(known, _)| **known == *name).map_or("none", |(_, kind)| kind)
    }

    fn new(call: &Permitted) -> Self {
        let account = call.place().account;
        let nobody = |kind: &str| call.place().global_arn("iam", kind);
        Self {
            identity: Vec::new(),
            boundary: None,
            service_control: Vec::new(),
            resource_control: Vec::new(),
            resource: None,
            principal: Principal::AssumedRole {
                account,
                role_arn: nobody("role/"),
                session_arn: nobody("role/"),
                role_id: String::new(),
                user_id: String::new(),
            },
            nobody: true,
            kinds: Vec::new(),
            exclusions: Vec::new(),
            place: call.place().clone(),
        }
    }

    async fn add_holder(
        &mut self,
        call: &Permitted,
        kind: &'static str,
        owner: &str,
        inline: &[InlinePolicy],
        attached: &[AttachedPolicy],
    ) -> Result<(), Failure> {
        for policy in inline {
            if self.excludes("inline")
                || self.exclusions.iter().any(|exclusion| exclusion.is_inline(&policy.name, kind, owner))
            {
                continue;
            }
            let compiled = policy.document.attached(PolicyKind::Identity, &policy.name);
            let compiled = compiled.map_err(|refusal| unreadable(&policy.name, &refusal))?;
            let name: Arc<str> = format!("{kind}_{owner}_{}", policy.name).into();
            self.identity.push(Attached { name: Arc::clone(&name), policy: Arc::clone(&compiled.policy) });
            self.kinds.push((name, kind));
        }
        for policy in attached {
            let kind = if policy.is_aws() { "aws-managed" } else { "user-managed" };
            if self.excludes(kind) || self.excludes_arn(&policy.arn) {
                continue;
            }
            let compiled = managed(call.store(), &self.place, policy).await?;
            let name: Arc<str> = policy.name().into();
            self.identity.push(Attached { name: Arc::clone(&name), policy: compiled.policy });
            self.kinds.push((name, kind));
        }
        Ok(())
    }

    async fn add_boundary(
        &mut self,
        call: &Permitted,
        boundary: Option<&AttachedPolicy>,
    ) -> Result<(), Failure> {
        let Some(policy) = boundary else { return Ok(()) };
        if self.excludes("permission-boundary") || self.excludes_arn(&policy.arn) {
            return Ok(());
        }
        let compiled = managed(call.store(), &self.place, policy).await?;
        self.boundary = Some(Attached { name: policy.name().into(), policy: compiled.policy });
        Ok(())
    }

    /// What both simulations take.
    fn add_given(&mut self, input: &Document) -> Result<(), Failure> {
        for (index, text) in input.strings("PolicyInputList").enumerate() {
            let name = format!("PolicyInputList.{}", index + 1);
            self.identity.push(Attached::new(&name, parse(text, PolicyKind::Identity)?));
        }
        if let Some(text) = input.strings("PermissionsBoundaryPolicyInputList").next() {
            let name = "PermissionsBoundaryPolicyInputList.1";
            self.boundary = Some(Attached::new(name, parse(text, PolicyKind::Boundary)?));
        }
        if let Some(text) = input.str("ResourcePolicy") {
            let policy = Attached::new("ResourcePolicy", parse(text, PolicyKind::Resource)?);
            self.kinds.push((Arc::clone(&policy.name), "resource"));
            self.resource = Some(policy);
        }
        Ok(())
    }

    /// Who is said to ask: the user in `CallerArn`, if it is given.
    async fn set_caller(&mut self, call: &Permitted) -> Result<(), Failure> {
        let Some(arn) = call.input().str("CallerArn") else {
            if self.resource.is_some() && self.nobody {
                return Err(invalid("CallerArn is required when a ResourcePolicy is given."));
            }
            return Ok(());
        };
        let name = name_in(arn, User::KIND)
            .ok_or_else(|| invalid(format!("Invalid CallerArn: {arn} is not the ARN of a user.")))?;
        let account = Arn::parse(arn).ok().and_then(|arn| AccountId::parse(arn.account).ok());
        let account = account.ok_or_else(|| invalid(format!("Invalid CallerArn: {arn} has no account.")))?;
        self.nobody = false;
        self.principal = match by_arn::<User>(call.store(), call.place(), arn).await? {
            Some(user) => principal_of(&user),
            None if account == call.place().account && call.input().str("PolicySourceArn").is_some() => {
                return Err(no_such(format!("The user with name {name} cannot be found.")));
            }
            // A custom simulation may be about somebody who is not there.
            None => {
                Principal::User { account, arn: arn.to_owned(), name: name.to_owned(), id: String::new() }
            }
        };
        Ok(())
    }

    fn excludes(&self, kind: &str) -> bool {
        self.exclusions
            .iter()
            .any(|exclusion| matches!(exclusion, Exclusion::Kind(left_out) if left_out == kind))
    }

    fn excludes_arn(&self, arn: &str) -> bool {
        self.exclusions
            .iter()
            .any(|exclusion| matches!(exclusion, Exclusion::Arn(left_out) if left_out == arn))
    }
}

impl Exclusion {
    fn of(given: &Document) -> Option<Self> {
        let owned = str::to_owned;
        if let Some(kind) = given.str("PolicyType") {
            return Some(Self::Kind(owned(kind)));
        }
        if let Some(arn) = given.str("PolicyArn") {
            return Some(Self::Arn(owned(arn)));
        }
        let inline = given.map("InlinePolicyIdentifier")?;
        let text = |name| owned(inline.text(name));
        Some(Self::Inline(text("PolicyName"), text("AttachmentType"), text("AttachmentName")))
    }

    fn is_inline(&self, policy: &str, kind: &str, owner: &str) -> bool {
        matches!(self, Self::Inline(name, of, whose) if name == policy && of == kind && whose == owner)
    }
}
