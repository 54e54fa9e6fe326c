use bastide_ids::{AccountId, Arn};

use crate::context::ContextSource;
use crate::principal::Principal;

/// A principal as a policy's `Principal` or `NotPrincipal` element names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedPrincipal {
    /// `*`: everyone, signed or not.
    Everyone,
    /// An account, by its number or its root's ARN: whoever its identity policies allow.
    Account(AccountId),
    /// The ARN of a user, role, role session or federated user session.
    Arn(Box<str>),
    /// The unique id (`AIDA…`, `AROA…`) that stands for a user or role.
    UniqueId(Box<str>),
    /// A service principal such as `cloudtrail.amazonaws.com`.
    Service(Box<str>),
    /// An identity provider, by ARN or domain.
    Federated(Box<str>),
    /// An S3 canonical user id.
    CanonicalUser(Box<str>),
}

/// How directly a policy names the caller, the more direct the greater. Source: IAM User Guide, "Policy
/// evaluation for requests within a single account": what each resource policy grant is limited by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// The caller's account: identity policies must allow too.
    Account,
    /// The caller's role, or the user who made a federated session: identity policies need not allow, but a
    /// boundary and session policies limit it.
    Role,
    /// The caller's session, user, service or everyone: nothing else need allow.
    Direct,
}

/// The compiled `Principal` or `NotPrincipal` element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principals {
    pub(crate) not: bool,
    pub(crate) named: Box<[NamedPrincipal]>,
}

impl Principals {
    /// How the element reaches the caller, `None` when it does not. `deny` tells the statement's effect: when
    /// in doubt, `NotPrincipal` reaches the caller in a denial and does not in an allowance.
    pub(crate) fn reach(&self, caller: &Principal, context: &dyn ContextSource, deny: bool) -> Option<Reach> {
        if !self.not {
            return self.named.iter().filter_map(|named| named.reach(caller, context)).max();
        }
        let spared = if deny {
            self.names_all_of(caller, context)
        } else {
            self.named.iter().any(|named| named.reach(caller, context).is_some())
        };
        (!spared).then_some(Reach::Direct)
    }

    /// Whether a denial's `NotPrincipal` names everything the caller is: a user and its account; a session, its
    /// role and their account.
    fn names_all_of(&self, caller: &Principal, context: &dyn ContextSource) -> bool {
        let has = |wanted: Reach| {
            self.named.iter().any(|named| {
                *named == NamedPrincipal::Everyone || named.reach(caller, context) == Some(wanted)
            })
        };
        match caller {
            Principal::User { .. } | Principal::FederatedUser { .. } => {
                has(Reach::Account) && has(Reach::Direct)
            }
            Principal::AssumedRole { .. } => has(Reach::Account) && has(Reach::Role) && has(Reach::Direct),
            Principal::Root { .. }
            | Principal::Service { .. }
            | Principal::Federated { .. }
            | Principal::Anonymous => has(Reach::Direct),
        }
    }
}

impl NamedPrincipal {
    fn reach(&self, caller: &Principal, context: &dyn ContextSource) -> Option<Reach> {
        match self {
            Self::Everyone => Some(Reach::Direct),
            Self::Account(named) => match caller {
                Principal::Root { account, .. } => (named == account).then_some(Reach::Direct),
                _ => (Some(*named) == caller.account()).then_some(Reach::Account),
            },
            Self::Arn(named) => reach_of_arn(named, caller),
            Self::UniqueId(named) => match caller {
                Principal::User { id, .. } => (**named == **id).then_some(Reach::Direct),
                Principal::AssumedRole { role_id, .. } => (**named == **role_id).then_some(Reach::Role),
                _ => None,
            },
            Self::Service(named) => match caller {
                Principal::Service { name } => named.eq_ignore_ascii_case(name).then_some(Reach::Direct),
                _ => None,
            },
            Self::Federated(named) => match caller {
                Principal::Federated { provider, .. } => (**named == **provider).then_some(Reach::Direct),
                _ => None,
            },
            Self::CanonicalUser(named) => {
                (context.canonical_user() == Some(&**named)).then_some(Reach::Direct)
            }
        }
    }

    /// Reads a principal of the `AWS` type; `None` when it has no form that AWS takes. Whether it exists is for
    /// the identity service to say.
    pub(crate) fn parse_aws(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Everyone);
        }
        if let Ok(account) = AccountId::parse(text) {
            return Some(Self::Account(account));
        }
        if is_unique_id(text) {
            return Some(Self::UniqueId(text.into()));
        }
        let arn = Arn::parse(text).ok().filter(|arn| arn.region.is_empty())?;
        if text.contains(['*', '?']) {
            return None;
        }
        let (kind, name) = arn.resource_parts();
        // S3's origin access identities are users of the account `cloudfront`.
        let account = AccountId::parse(arn.account).ok();
        let named = !name.is_empty() && (account.is_some() || arn.account == "cloudfront");
        match (arn.service, arn.resource, kind) {
            ("iam", "root", _) => account.map(Self::Account),
            ("iam", _, "user" | "role") if named => Some(Self::Arn(text.into())),
            ("sts", _, "federated-user") if named => Some(Self::Arn(text.into())),
            ("sts", _, "assumed-role") if named && name.contains('/') => Some(Self::Arn(text.into())),
            _ => None,
        }
    }

    /// Reads a principal of the `Service` type.
    pub(crate) fn parse_service(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        (plain && text.contains('.')).then(|| Self::Service(text.into()))
    }

    /// Reads a principal of the `Federated` type: a SAML or OIDC provider's ARN, or a domain.
    pub(crate) fn parse_federated(text: &str) -> Option<Self> {
        let fits = match Arn::parse(text) {
            Ok(arn) => {
                let (kind, name) = arn.resource_parts();
                arn.service == "iam" && matches!(kind, "saml-provider" | "oidc-provider") && !name.is_empty()
            }
            Err(_) => text.contains('.') && !text.contains([':', ' ', '*', '?']),
        };
        fits.then(|| Self::Federated(text.into()))
    }
}

fn reach_of_arn(named: &str, caller: &Principal) -> Option<Reach> {
    match caller {
        Principal::User { arn, .. } => (named == arn).then_some(Reach::Direct),
        Principal::AssumedRole { role_arn, session_arn, .. } => match named {
            _ if named == session_arn => Some(Reach::Direct),
            _ if named == role_arn => Some(Reach::Role),
            _ => None,
        },
        Principal::FederatedUser { arn, issuer_arn, .. } => match named {
            _ if named == arn => Some(Reach::Direct),
            _ if named == issuer_arn => Some(Reach::Role),
            _ => None,
        },
        _ => None,
    }
}

fn is_unique_id(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
