use std::sync::Arc;

use bastide_ids::{AccountId, Partition, Timestamp};
use bastide_policy::{Attached, Principal};
use futures_core::future::BoxFuture;
use zeroize::Zeroizing;

use crate::Failure;

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The identity, as policies know it. `Anonymous`: nobody that could be told.
    pub principal: Principal,
    /// The account that the call is made in; for a service, the one it acts for.
    pub account: AccountId,
    /// The access key that signed the call; absent for services.
    pub access_key_id: Option<String>,
    /// What temporary credentials carry; absent for long-term ones.
    pub session: Option<Session>,
}

/// What temporary credentials carry.
#[derive(Clone, Debug)]
pub struct Session {
    /// When the credentials were issued.
    pub issued: Timestamp,
    /// When they expire.
    pub expires: Timestamp,
    /// When a second factor was shown, if one was.
    pub mfa: Option<Timestamp>,
    /// Session tags: they count as `aws:PrincipalTag`.
    pub tags: Vec<(String, String)>,
    /// The source identity that was set.
    pub source_identity: Option<String>,
    /// The unique id of the user who asked for a federation token (the account for root); empty otherwise.
    pub issuer_id: String,
    /// What the directory keeps with the session for itself: its session policies.
    pub kept: Option<Arc<dyn std::any::Any + Send + Sync>>,
}

impl Caller {
    /// The root user of an account.
    #[must_use]
    pub fn root(account: AccountId, partition: Partition, access_key_id: Option<String>) -> Self {
        Self { principal: Principal::root(partition, account), account, access_key_id, session: None }
    }

    /// A service acting for itself in an account.
    #[must_use]
    pub fn service(name: &str, account: AccountId) -> Self {
        let principal = Principal::Service { name: name.to_owned() };
        Self { principal, account, access_key_id: None, session: None }
    }

    /// Nobody that could be told, filed under an account.
    #[must_use]
    pub fn unknown(account: AccountId, access_key_id: Option<String>) -> Self {
        Self { principal: Principal::Anonymous, account, access_key_id, session: None }
    }

    /// The ARN that `sts:GetCallerIdentity` answers; for services their principal.
    #[must_use]
    pub fn arn(&self) -> &str {
        self.principal.arn()
    }

    /// The `UserId` that `sts:GetCallerIdentity` answers, which is also CloudTrail's `principalId`.
    #[must_use]
    pub fn user_id(&self) -> &str {
        match &self.principal {
            Principal::Root { .. } => self.account.as_str(),
            Principal::User { id, .. } => id,
            Principal::AssumedRole { user_id, .. } | Principal::FederatedUser { user_id, .. } => user_id,
            Principal::Service { name } => name,
            Principal::Federated { subject, .. } => subject,
            Principal::Anonymous => "",
        }
    }

    /// The name under which CloudTrail's LookupEvents finds the caller.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        match &self.principal {
            Principal::Root { .. } => Some("root"),
            Principal::User { name, .. } | Principal::Service { name } => Some(name),
            Principal::AssumedRole { session_arn: arn, .. } | Principal::FederatedUser { arn, .. } => {
                Some(last_part(arn))
            }
            Principal::Federated { subject, .. } => Some(subject),
            Principal::Anonymous => None,
        }
    }
}

/// What stands behind the last slash of an ARN: the name without its path.
pub(crate) fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The proof that belongs to an access key.
pub struct Credential {
    /// The secret access key.
    pub secret: Zeroizing<String>,
    /// Who signs with it.
    pub caller: Arc<Caller>,
    /// When it stops to hold; absent for long-term keys.
    pub expires: Option<Timestamp>,
}

/// The policies that stand with a caller.
#[derive(Clone, Debug, Default)]
pub struct CallerPolicies {
    /// Identity policies: the user's or role's own and those of the user's groups.
    pub identity: Vec<Attached>,
    /// The permissions boundary.
    pub boundary: Option<Attached>,
    /// Session policies; `None` when the session has none.
    pub session: Option<Vec<Attached>>,
    /// Tags of the user or role (session tags win over them): `aws:PrincipalTag`.
    pub tags: Vec<(String, String)>,
}

/// Where an account stands in its organization.
#[derive(Clone, Debug)]
pub struct OrganizationPlace {
    /// `o-…`
    pub id: Arc<str>,
    /// `o-…/r-…/ou-…/`
    pub path: Arc<str>,
    /// The management account.
    pub management_account: AccountId,
}

/// What an account's organization says of it. The default: it is in none.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Service control policies, a list for each level from the organization's root to the account; no level
    /// when none apply (the management account).
    pub service_control: Vec<Vec<Attached>>,
    /// Resource control policies, likewise.
    pub resource_control: Vec<Vec<Attached>>,
    /// The account's place in the organization.
    pub place: Option<OrganizationPlace>,
}

/// Who is who: what the door asks of the identity service.
pub trait Directory: Send + Sync {
    /// The credential of an access key. `Ok(None)`: there is no such key.
    fn credential<'a>(
        &'a self,
        access_key_id: &'a str,
        session_token: Option<&'a str>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>, Failure>>;

    /// The policies that stand with a caller.
    fn policies<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<CallerPolicies, Failure>>;

    /// Whether the user or role with this ARN may exist: `false` only when it is known that there is none.
    fn may_exist<'a>(&'a self, arn: &'a str) -> BoxFuture<'a, Result<bool, Failure>>;

    /// Tells that an access key was used (`iam:GetAccessKeyLastUsed`). Cheap; may be lossy.
    fn used(&self, access_key_id: &str, service: &'static str, region: &str, now: Timestamp);
}

/// Who belongs together: what the door asks of the organizations service.
pub trait Organization: Send + Sync {
    /// What an account's organization says of it. Called for every request: answer from cached documents.
    fn standing<'a>(&'a self, account: AccountId) -> BoxFuture<'a, Result<Standing, Failure>>;
}
