use std::fmt;

use crate::evaluate::Request;

/// A kind of policy that a decision can come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// The caller's own policies and its groups'.
    Identity,
    /// The caller's permissions boundary.
    Boundary,
    /// The policies given when the session was made.
    Session,
    /// The service control policies of the caller's organization.
    ServiceControl,
    /// The resource control policies of the resource's organization.
    ResourceControl,
    /// The policy of the VPC endpoint that the request came through.
    VpcEndpoint,
    /// The resource's policy.
    Resource,
    /// A role's trust policy.
    Trust,
    /// A grant that the resource's service found (KMS).
    Grant,
}

/// What determined a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Determinant<'a> {
    /// The kind of policy.
    pub layer: Layer,
    /// The policy's name as it was attached; the grant's id for a grant; `root` for the root user, who needs
    /// no identity policy.
    pub policy: &'a str,
    /// The statement, counted from 0; `None` where no statement but a grant or the root user determined it.
    pub statement: Option<usize>,
    /// The statement's `Sid`.
    pub sid: Option<&'a str>,
}

/// Whether a request is allowed, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// Every layer that must allow it does. Where the resource's policy decided, alone or beside the
    /// caller's policies in another account, it is named, else the caller's policy.
    Allow {
        /// What allows it.
        by: Determinant<'a>,
    },
    /// A statement denies it.
    ExplicitDeny {
        /// What denies it.
        by: Determinant<'a>,
    },
    /// Nothing denies it, but a layer that must allow it does not.
    ImplicitDeny {
        /// The layer that lacks an allowance.
        layer: Layer,
    },
}

impl<'a> Decision<'a> {
    /// Whether the request may go on.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }

    /// What determined it; `None` for an implicit denial, which is the lack of a statement.
    #[must_use]
    pub fn determinant(&self) -> Option<Determinant<'a>> {
        match self {
            Self::Allow { by } | Self::ExplicitDeny { by } => Some(*by),
            Self::ImplicitDeny { .. } => None,
        }
    }

    /// The end of AWS's message for a denial, from `because no …` or `with an explicit deny …`; `None` when the
    /// request is allowed. Source: IAM User Guide, "Troubleshoot access denied error messages".
    #[must_use]
    pub fn reason<'r>(&self, action: &'r str) -> Option<Reason<'r>> {
        match self {
            Self::Allow { .. } => None,
            Self::ExplicitDeny { by } => Some(Reason { layer: by.layer, missing: None }),
            Self::ImplicitDeny { layer } => Some(Reason { layer: *layer, missing: Some(action) }),
        }
    }

    /// The whole message for a denial, as most services word it; `None` when the request is allowed.
    #[must_use]
    pub fn message(&self, request: &Request<'_>) -> Option<String> {
        let reason = self.reason(request.action)?;
        let (caller, action) = (request.principal.arn(), request.action);
        // Services leave the resource out where the action has none.
        Some(match request.resource {
            "*" => format!("User: {caller} is not authorized to perform: {action} {reason}"),
            resource => {
                format!(
                    "User: {caller} is not authorized to perform: {action} on resource: {resource} {reason}"
                )
            }
        })
    }
}

/// Why a request was denied, in AWS's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason<'r> {
    layer: Layer,
    /// The action that nothing allows; `None` for an explicit denial.
    missing: Option<&'r str>,
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (article, policy) = match self.layer {
            Layer::Identity => ("an", "identity-based policy"),
            Layer::Boundary => ("a", "permissions boundary"),
            Layer::Session => ("a", "session policy"),
            Layer::ServiceControl => ("a", "service control policy"),
            Layer::ResourceControl => ("a", "resource control policy"),
            Layer::VpcEndpoint => ("a", "VPC endpoint policy"),
            Layer::Resource | Layer::Grant => ("a", "resource-based policy"),
            Layer::Trust => ("the", "role trust policy"),
        };
        match self.missing {
            None => write!(f, "with an explicit deny in {article} {policy}"),
            Some(action) => write!(f, "because no {policy} allows the {action} action"),
        }
    }
}
