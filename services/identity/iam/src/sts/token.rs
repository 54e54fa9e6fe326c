//! Session tokens. A token is all there is of a session: who it is, its secret, its policies and tags, sealed.
//! Whoever changes a byte of it has a token of nobody.

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bastide_door::{Caller, Failure, Session};
use bastide_ids::{AccountId, Arn, Partition, Place, Timestamp};
use bastide_policy::Principal;
use bastide_resources::Store;
use bastide_seal::{SealError, Sealed, Sealer};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::model::PolicyText;

/// What tokens are sealed for. AWS gives sessions no ARN; this one is ours.
const ARN: &str = "arn:aws:sts:::session-token";
/// No token that was made here is longer; what is longer is not even decoded.
const LONGEST: usize = 16 << 10;

static PLACE: LazyLock<Place> = LazyLock::new(Store::global);

/// What a session token says.
pub struct Token {
    /// The secret access key that belongs to it.
    pub secret: Zeroizing<String>,
    /// Who signs with it: `access_key_id` and `session` are set; what the session keeps is a [`Kept`].
    pub caller: Caller,
}

/// What a session keeps for the directory and for STS itself.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The session policies; `None` when the session has none.
    pub policies: Option<SessionPolicies>,
    /// The keys of the session tags that go on to the sessions made from this one.
    pub transitive: Vec<String>,
}

/// The policies of a session. Without any, the session may do nothing that no resource's policy allows it.
#[derive(Clone, Debug, Default)]
pub struct SessionPolicies {
    /// The policy given as a document.
    pub inline: Option<PolicyText>,
    /// The ARNs of the managed policies given.
    pub managed: Vec<String>,
}

impl Kept {
    /// What a caller's session keeps.
    #[must_use]
    pub fn of(caller: &Caller) -> Option<&Self> {
        caller.session.as_ref()?.kept.as_deref()?.downcast_ref()
    }
}

/// Makes the token of a session. `least` is the length that it must have at least.
///
/// # Errors
/// When the seal fails, or for a caller that is nobody's session.
pub fn seal(sealer: &Sealer, token: &Token, least: usize) -> Result<String, Failure> {
    let mut content = Content::of(token).ok_or_else(|| Failure::internal("a token for no session"))?;
    let text = seal_content(sealer, &content)?;
    if text.len() >= least {
        return Ok(text);
    }
    content.padding = " ".repeat(least - text.len());
    seal_content(sealer, &content)
}

/// Opens a session token. `Ok(None)`: it is not one of ours, or not of this access key. An expired token opens
/// still: the door tells its holder that it expired.
///
/// # Errors
/// When the seal fails otherwise.
pub fn open(sealer: &Sealer, access_key_id: &str, token: &str) -> Result<Option<Token>, Failure> {
    if token.len() > LONGEST {
        return Ok(None);
    }
    let Ok(bytes) = STANDARD.decode(token) else { return Ok(None) };
    let Ok(sealed) = Sealed::parse(bytes) else { return Ok(None) };
    let plain = match sealer.unseal(&PLACE, ARN, &sealed) {
        Ok(plain) => plain,
        // Forged, or sealed under a keyring that is gone: the session is.
        Err(SealError::NotAuthentic(_) | SealError::NoSuchGeneration(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut content: Content = serde_json::from_slice(&plain).map_err(Failure::internal)?;
    if content.access_key_id != access_key_id {
        return Ok(None);
    }
    let secret = Zeroizing::new(std::mem::take(&mut content.secret));
    Ok(content.caller().map(|caller| Token { secret, caller }))
}

fn seal_content(sealer: &Sealer, content: &Content) -> Result<String, Failure> {
    // Large enough never to grow, which would leave a copy of the secret behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(LONGEST));
    serde_json::to_writer(&mut *plain, content).map_err(Failure::internal)?;
    let text = STANDARD.encode(sealer.seal(&PLACE, ARN, &plain)?.as_bytes());
    if text.len() > LONGEST {
        return Err(Failure::internal(format!("a session token of {} characters", text.len())));
    }
    Ok(text)
}

/// A token's content, with short names: it is sent with every request.
#[derive(Serialize, Deserialize)]
struct Content {
    #[serde(rename = "k")]
    access_key_id: String,
    #[serde(rename = "s")]
    secret: String,
    #[serde(rename = "a")]
    account: AccountId,
    #[serde(rename = "w")]
    who: Who,
    #[serde(rename = "i")]
    issued: Timestamp,
    #[serde(rename = "e")]
    expires: Timestamp,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    mfa: Option<Timestamp>,
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<(String, String)>,
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    transitive: Vec<String>,
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    policies: Option<Policies>,
    #[serde(rename = "z", default, skip_serializing_if = "String::is_empty")]
    padding: String,
}

#[derive(Serialize, Deserialize)]
struct Policies {
    #[serde(rename = "j", default, skip_serializing_if = "Option::is_none")]
    inline: Option<PolicyText>,
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    managed: Vec<String>,
}

/// Whose session it is.
#[derive(Serialize, Deserialize)]
enum Who {
    #[serde(rename = "o")]
    Root(Partition),
    /// ARN, name and unique id.
    #[serde(rename = "u")]
    User(String, String, String),
    /// The role's ARN and unique id, and the session's name.
    #[serde(rename = "r")]
    Role(String, String, String),
    /// The session's name; the issuer's ARN and unique id.
    #[serde(rename = "f")]
    Federated(String, String, String),
}

impl Content {
    fn of(token: &Token) -> Option<Self> {
        let Caller { principal, account, access_key_id, session } = &token.caller;
        let session = session.as_ref()?;
        let kept = Kept::of(&token.caller).cloned().unwrap_or_default();
        let who = match principal {
            Principal::Root { arn, .. } => Who::Root(partition_of(arn)?),
            Principal::User { arn, name, id, .. } => Who::User(arn.clone(), name.clone(), id.clone()),
            Principal::AssumedRole { role_arn, role_id, user_id, .. } => {
                let name = user_id.split_once(':')?.1;
                Who::Role(role_arn.clone(), role_id.clone(), name.to_owned())
            }
            Principal::FederatedUser { issuer_arn, user_id, .. } => {
                let name = user_id.split_once(':')?.1;
                Who::Federated(name.to_owned(), issuer_arn.clone(), session.issuer_id.clone())
            }
            _ => return None,
        };
        Some(Self {
            access_key_id: access_key_id.clone()?,
            secret: token.secret.to_string(),
            account: *account,
            who,
            issued: session.issued,
            expires: session.expires,
            mfa: session.mfa,
            tags: session.tags.clone(),
            transitive: kept.transitive,
            source_identity: session.source_identity.clone(),
            policies: kept.policies.map(|SessionPolicies { inline, managed }| Policies { inline, managed }),
            padding: String::new(),
        })
    }

    fn caller(mut self) -> Option<Caller> {
        let issuer_id = match &self.who {
            Who::Federated(_, _, id) => id.clone(),
            _ => String::new(),
        };
        let policies = self.policies.take();
        let policies = policies.map(|Policies { inline, managed }| SessionPolicies { inline, managed });
        let kept = Kept { policies, transitive: std::mem::take(&mut self.transitive) };
        Some(Caller {
            principal: self.principal()?,
            account: self.account,
            access_key_id: Some(std::mem::take(&mut self.access_key_id)),
            session: Some(Session {
                issued: self.issued,
                expires: self.expires,
                mfa: self.mfa,
                tags: std::mem::take(&mut self.tags),
                source_identity: self.source_identity.take(),
                issuer_id,
                kept: Some(Arc::new(kept)),
            }),
        })
    }

    fn principal(&self) -> Option<Principal> {
        let account = self.account;
        Some(match &self.who {
            Who::Root(partition) => Principal::root(*partition, account),
            Who::User(arn, name, id) => {
                Principal::User { account, arn: arn.clone(), name: name.clone(), id: id.clone() }
            }
            Who::Role(arn, id, name) => assumed_role(account, arn, id, name)?,
            Who::Federated(name, issuer, _) => federated_user(account, name, issuer)?,
        })
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

/// A session of a role; `None` for what is no role's ARN.
pub(super) fn assumed_role(
    account: AccountId,
    role_arn: &str,
    role_id: &str,
    name: &str,
) -> Option<Principal> {
    let partition = partition_of(role_arn)?;
    let role = role_arn.rsplit('/').next()?;
    Some(Principal::AssumedRole {
        account,
        role_arn: role_arn.to_owned(),
        session_arn: format!("arn:{partition}:sts::{account}:assumed-role/{role}/{name}"),
        role_id: role_id.to_owned(),
        user_id: format!("{role_id}:{name}"),
    })
}

/// A federated user; `None` for an issuer that has no ARN.
pub(super) fn federated_user(account: AccountId, name: &str, issuer_arn: &str) -> Option<Principal> {
    let partition = partition_of(issuer_arn)?;
    Some(Principal::FederatedUser {
        account,
        arn: format!("arn:{partition}:sts::{account}:federated-user/{name}"),
        issuer_arn: issuer_arn.to_owned(),
        user_id: format!("{account}:{name}"),
    })
}

fn partition_of(arn: &str) -> Option<Partition> {
    let name = Arn::parse(arn).ok()?.partition;
    let all = [Partition::Aws, Partition::AwsCn, Partition::AwsUsGov, Partition::AwsEusc];
    all.into_iter().find(|partition| partition.as_str() == name)
}
