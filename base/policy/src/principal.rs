use bastide_ids::{AccountId, Partition};

use crate::context::{Value, Values};

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Nobody: an unsigned request.
    Anonymous,
    /// The root user of an account.
    Root {
        /// The account.
        account: AccountId,
        /// `arn:aws:iam::ACCOUNT:root`.
        arn: String,
    },
    /// An IAM user, with long-term or `GetSessionToken` credentials.
    User {
        /// The account.
        account: AccountId,
        /// `arn:aws:iam::ACCOUNT:user/PATH/NAME`.
        arn: String,
        /// The name without its path: `aws:username`.
        name: String,
        /// The unique id, `AIDA…`: `aws:userid`.
        id: String,
    },
    /// A session of an IAM role.
    AssumedRole {
        /// The role's account.
        account: AccountId,
        /// `arn:aws:iam::ACCOUNT:role/PATH/NAME`: `aws:PrincipalArn`.
        role_arn: String,
        /// `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`: the caller's ARN.
        session_arn: String,
        /// The role's unique id, `AROA…`.
        role_id: String,
        /// `ROLEID:SESSION`: `aws:userid`.
        user_id: String,
    },
    /// A federated user session, from `GetFederationToken`.
    FederatedUser {
        /// The account.
        account: AccountId,
        /// `arn:aws:sts::ACCOUNT:federated-user/NAME`.
        arn: String,
        /// The ARN of the user (or root) who made the session.
        issuer_arn: String,
        /// `ACCOUNT:NAME`: `aws:userid`.
        user_id: String,
    },
    /// An AWS service acting for itself, such as `cloudtrail.amazonaws.com`.
    Service {
        /// The service principal's name.
        name: String,
    },
    /// Somebody whom an identity provider vouches for, while assuming a role with SAML or a web identity.
    Federated {
        /// The provider's ARN, or the domain of a built-in one (`accounts.google.com`).
        provider: String,
        /// The subject, as the provider names it: `aws:userid`.
        subject: String,
    },
}

impl Principal {
    /// The root user of an account.
    #[must_use]
    pub fn root(partition: Partition, account: AccountId) -> Self {
        Self::Root { account, arn: format!("arn:{partition}:iam::{account}:root") }
    }

    /// The account whose identity the caller uses; services, identity providers and nobody have none.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Root { account, .. }
            | Self::User { account, .. }
            | Self::AssumedRole { account, .. }
            | Self::FederatedUser { account, .. } => Some(*account),
            Self::Anonymous | Self::Service { .. } | Self::Federated { .. } => None,
        }
    }

    /// The caller as error messages and the trail name it: the session's ARN for a role; the name of a
    /// service; `anonymous`.
    #[must_use]
    pub fn arn(&self) -> &str {
        match self {
            Self::Root { arn, .. } | Self::User { arn, .. } | Self::FederatedUser { arn, .. } => arn,
            Self::AssumedRole { session_arn, .. } => session_arn,
            Self::Service { name } => name,
            Self::Federated { subject, .. } => subject,
            Self::Anonymous => "anonymous",
        }
    }

    /// The condition keys that follow from who the caller is, so that a context need not carry them.
    /// Source: IAM User Guide, "AWS global condition context keys", properties of the principal.
    #[must_use]
    pub fn context(&self, key: &str) -> Option<Values<'_>> {
        match key {
            "aws:principalarn" => self.principal_arn().map(Values::text),
            "aws:principalaccount" => self.account_text().map(Values::text),
            "aws:principaltype" => self.kind().map(Values::text),
            "aws:userid" => self.user_id().map(Values::text),
            "aws:username" => match self {
                Self::User { name, .. } => Some(Values::text(name)),
                _ => None,
            },
            "aws:principalisawsservice" => {
                Some(Values::One(Value::Bool(matches!(self, Self::Service { .. }))))
            }
            "aws:principalservicename" => match self {
                Self::Service { name } => Some(Values::text(name)),
                _ => None,
            },
            "aws:federatedprovider" => match self {
                Self::Federated { provider, .. } => Some(Values::text(provider)),
                _ => None,
            },
            _ => None,
        }
    }

    /// `aws:PrincipalArn`: of a session the ARN of its role. Services and strangers have none.
    #[must_use]
    pub fn principal_arn(&self) -> Option<&str> {
        match self {
            Self::AssumedRole { role_arn, .. } => Some(role_arn),
            Self::Root { arn, .. } | Self::User { arn, .. } | Self::FederatedUser { arn, .. } => Some(arn),
            Self::Anonymous | Self::Service { .. } | Self::Federated { .. } => None,
        }
    }

    fn account_text(&self) -> Option<&str> {
        match self {
            Self::Root { account, .. }
            | Self::User { account, .. }
            | Self::AssumedRole { account, .. }
            | Self::FederatedUser { account, .. } => Some(account.as_str()),
            Self::Anonymous | Self::Service { .. } | Self::Federated { .. } => None,
        }
    }

    fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Anonymous => Some("Anonymous"),
            Self::Root { .. } => Some("Account"),
            Self::User { .. } => Some("User"),
            Self::AssumedRole { .. } => Some("AssumedRole"),
            Self::FederatedUser { .. } => Some("FederatedUser"),
            Self::Service { .. } | Self::Federated { .. } => None,
        }
    }

    fn user_id(&self) -> Option<&str> {
        match self {
            Self::Anonymous => Some("anonymous"),
            Self::Root { account, .. } => Some(account.as_str()),
            Self::User { id, .. } => Some(id),
            Self::AssumedRole { user_id, .. } | Self::FederatedUser { user_id, .. } => Some(user_id),
            Self::Federated { subject, .. } => Some(subject),
            Self::Service { .. } => None,
        }
    }
}
