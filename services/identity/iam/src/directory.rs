//! Who is who, for the door.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use bastide_door::{Caller, CallerPolicies, Credential, Directory, Failure};
use bastide_ids::{Place, Timestamp};
use bastide_policy::{Attached, PolicyKind, Principal};
use bastide_resources::{Store, StoreError, Stored};
use bastide_seal::Sealer;
use futures_core::future::BoxFuture;
use quick_cache::sync::Cache;
use zeroize::Zeroizing;

use crate::aws_managed::AwsManaged;
use crate::errors::unreadable;
use crate::lookup::{self, by_arn};
use crate::model::{
    AccessKey, AttachedPolicy, Entity, Group, InlinePolicy, KeyOwner, KeyStatus, ManagedPolicy, Role, Tags,
    User, home_of,
};
use crate::sts::token::{self, Kept, SessionPolicies};
use crate::used::{UsedBy, Uses};

/// How many open sessions are kept at hand; beyond that their tokens are opened again.
const SESSIONS: usize = 16_384;

/// The door's [`Directory`], over what IAM and STS keep.
///
/// What it answers comes from the store's cached documents, in which compiled policies and opened secrets are
/// remembered: so it is fast, and right as soon as a change is committed.
pub struct IdentityDirectory {
    store: Store,
    sealer: Arc<Sealer>,
    /// By access key id.
    sessions: Cache<String, Arc<OpenSession>>,
    uses: Uses,
    global: Place,
}

/// A session whose token was opened.
struct OpenSession {
    token: Zeroizing<String>,
    credential: Arc<Credential>,
}

impl IdentityDirectory {
    /// A directory of the identities in this store.
    #[must_use]
    pub fn new(store: Store, sealer: Arc<Sealer>) -> Self {
        let global = Store::global();
        Self { store, sealer, sessions: Cache::new(SESSIONS), uses: Uses::default(), global }
    }

    /// Writes down when keys and roles were last used. To be called every second or so; what a crash loses is
    /// that long.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; the next call tries again.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.uses.flush(&self.store).await
    }

    /// Keeps writing down when keys and roles were last used, for as long as the process lives.
    pub async fn work(self: Arc<Self>) {
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            if let Err(error) = self.flush().await {
                tracing::warn!(%error, "last-used times were not written, they will be with the next try");
            }
        }
    }

    /// Forgets all open sessions and uses: the dev mode has removed everything.
    pub fn clear(&self) {
        self.sessions.clear();
        self.uses.clear();
    }

    /// The user with this ARN, called by another kind of credential than those of IAM.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn caller_for_user(&self, arn: &str, access_key_id: &str) -> Result<Option<Caller>, Failure> {
        let Some(place) = home_of(arn) else { return Ok(None) };
        let user = by_arn::<User>(&self.store, &place, arn).await?;
        Ok(user.map(|user| Caller {
            principal: principal_of(&user),
            account: place.account,
            access_key_id: Some(access_key_id.to_owned()),
            session: None,
        }))
    }

    async fn long_term(&self, id: &str) -> Result<Option<Arc<Credential>>, Failure> {
        let Some(key) = self.store.find::<AccessKey>(&self.global, id).await? else { return Ok(None) };
        if key.status != KeyStatus::Active {
            return Ok(None);
        }
        let user = match &key.owner {
            KeyOwner::Root => None,
            KeyOwner::User(owner) => match self.store.find::<User>(&key.place, owner).await? {
                Some(user) => Some(user),
                None => return Ok(None),
            },
        };
        let sequence = user.as_ref().map_or(0, |user| user.sequence);
        if let Some(credential) = key.remembered(sequence) {
            return Ok(Some(credential));
        }
        let caller = Caller {
            principal: match user {
                Some(user) => principal_of(&user),
                None => Principal::root(key.place.partition, key.place.account),
            },
            account: key.place.account,
            access_key_id: Some(id.to_owned()),
            session: None,
        };
        let secret = key.open_secret(&self.sealer, id)?.clone();
        let credential = Arc::new(Credential { secret, caller: Arc::new(caller), expires: None });
        key.remember(sequence, &credential);
        Ok(Some(credential))
    }

    async fn temporary(&self, id: &str, token: &str) -> Result<Option<Arc<Credential>>, Failure> {
        let same = |open: &Arc<OpenSession>| {
            verify_slices_are_equal(open.token.as_bytes(), token.as_bytes()).is_ok()
        };
        let open = match self.sessions.get(id).filter(same) {
            Some(open) => open,
            None => match self.open(id, token)? {
                Some(open) => open,
                None => return Ok(None),
            },
        };
        // Whoever the session was made from must still be there.
        let caller = &open.credential.caller;
        let alive = match (&caller.principal, &caller.session) {
            (Principal::User { arn, id, .. }, _) => self.has_user(arn, id).await?,
            (Principal::AssumedRole { role_arn, role_id, .. }, _) => match home_of(role_arn) {
                Some(place) => self.store.find::<Role>(&place, role_id).await?.is_some(),
                None => false,
            },
            (Principal::FederatedUser { issuer_arn, .. }, Some(session)) => {
                issuer_arn.ends_with(":root") || self.has_user(issuer_arn, &session.issuer_id).await?
            }
            _ => true,
        };
        Ok(alive.then(|| Arc::clone(&open.credential)))
    }

    async fn has_user(&self, arn: &str, id: &str) -> Result<bool, Failure> {
        match home_of(arn) {
            Some(place) => Ok(self.store.find::<User>(&place, id).await?.is_some()),
            None => Ok(false),
        }
    }

    fn open(&self, id: &str, token: &str) -> Result<Option<Arc<OpenSession>>, Failure> {
        let Some(opened) = token::open(&self.sealer, id, token)? else { return Ok(None) };
        let expires = opened.caller.session.as_ref().map(|session| session.expires);
        let caller = Arc::new(opened.caller);
        let credential = Arc::new(Credential { secret: opened.secret, caller, expires });
        let open = Arc::new(OpenSession { token: Zeroizing::new(token.to_owned()), credential });
        self.sessions.insert(id.to_owned(), Arc::clone(&open));
        Ok(Some(open))
    }

    async fn policies_of(&self, caller: &Caller) -> Result<CallerPolicies, Failure> {
        let session = caller.session.as_ref();
        let mut policies = match &caller.principal {
            Principal::User { arn, id, .. } => self.user(arn, id).await?,
            Principal::AssumedRole { role_arn, role_id, .. } => self.role(role_arn, role_id).await?,
            Principal::FederatedUser { issuer_arn, .. } if !issuer_arn.ends_with(":root") => {
                let id = session.map_or("", |session| &session.issuer_id);
                CallerPolicies { tags: Vec::new(), ..self.user(issuer_arn, id).await? }
            }
            _ => CallerPolicies::default(),
        };
        if let Some(kept) = Kept::of(caller).and_then(|kept| kept.policies.as_ref()) {
            policies.session = Some(self.session(caller, kept).await?);
        }
        Ok(policies)
    }

    async fn user(&self, arn: &str, id: &str) -> Result<CallerPolicies, Failure> {
        let place = home_of(arn).ok_or_else(|| gone(arn))?;
        let user = self.store.find::<User>(&place, id).await?.ok_or_else(|| gone(arn))?;
        policies_of_user(&self.store, &user).await
    }

    async fn role(&self, arn: &str, id: &str) -> Result<CallerPolicies, Failure> {
        let place = home_of(arn).ok_or_else(|| gone(arn))?;
        let role = self.store.find::<Role>(&place, id).await?.ok_or_else(|| gone(arn))?;
        let mut gathered = Gathered::new(&self.store, &place, role.inline.len() + role.attached.len());
        gathered.add(&role.inline, &role.attached).await?;
        gathered.finish(role.boundary.as_ref(), &role.tags).await
    }

    async fn session(&self, caller: &Caller, kept: &SessionPolicies) -> Result<Vec<Attached>, Failure> {
        let mut policies = Vec::with_capacity(kept.managed.len() + 1);
        if let Some(text) = &kept.inline {
            const NAME: &str = "SessionPolicy";
            let attached = text.attached(PolicyKind::Session, NAME);
            policies.push(attached.map_err(|refusal| unreadable(NAME, &refusal))?.clone());
        }
        let Some(place) = home_of(caller.arn()) else { return Ok(policies) };
        for arn in &kept.managed {
            if let Some(policy) = AwsManaged::by_arn(arn) {
                let attached = policy.attached(place.partition);
                policies.push(attached.map_err(|refusal| unreadable(arn, &refusal))?.clone());
            } else if let Some(policy) = by_arn::<ManagedPolicy>(&self.store, &place, arn).await? {
                policies.extend(compiled(&policy, arn)?);
            }
        }
        Ok(policies)
    }
}

impl Directory for IdentityDirectory {
    fn credential<'a>(
        &'a self,
        access_key_id: &'a str,
        session_token: Option<&'a str>,
        _now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>, Failure>> {
        Box::pin(async move {
            match session_token {
                None => self.long_term(access_key_id).await,
                Some(token) => self.temporary(access_key_id, token).await,
            }
        })
    }

    fn policies<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<CallerPolicies, Failure>> {
        Box::pin(self.policies_of(caller))
    }

    fn may_exist<'a>(&'a self, arn: &'a str) -> BoxFuture<'a, Result<bool, Failure>> {
        Box::pin(async move {
            Ok(!matches!(lookup::principal(&self.store, arn).await?, lookup::Principal::Nobody))
        })
    }

    fn used(&self, access_key_id: &str, service: &'static str, region: &str, now: Timestamp) {
        let session = self.sessions.get(access_key_id);
        let principal = session.as_ref().map(|open| &open.credential.caller.principal);
        let by = match principal {
            Some(Principal::AssumedRole { role_arn, role_id, .. }) => UsedBy::Role(role_arn, role_id),
            Some(_) => return,
            None => UsedBy::Key(access_key_id),
        };
        self.uses.add(by, service, region, now);
    }
}

/// The identity of a user.
#[must_use]
pub fn principal_of(user: &Stored<User>) -> Principal {
    Principal::User {
        account: user.key.place.account,
        arn: user.arn(&user.key.place),
        name: user.name.clone(),
        id: user.id.clone(),
    }
}

/// The policies of a user: its own and its groups'.
pub(crate) async fn policies_of_user(store: &Store, user: &Stored<User>) -> Result<CallerPolicies, Failure> {
    let place = &user.key.place;
    let mut gathered = Gathered::new(store, place, user.inline.len() + user.attached.len());
    gathered.add(&user.inline, &user.attached).await?;
    for membership in &user.groups {
        // A group that is just going has no members any more.
        if let Some(group) = store.find::<Group>(place, &membership.id).await? {
            gathered.add(&group.inline, &group.attached).await?;
        }
    }
    gathered.finish(user.boundary.as_ref(), &user.tags).await
}

/// Policies on their way to the door.
struct Gathered<'a> {
    store: &'a Store,
    place: &'a Place,
    identity: Vec<Attached>,
}

impl<'a> Gathered<'a> {
    fn new(store: &'a Store, place: &'a Place, count: usize) -> Self {
        Self { store, place, identity: Vec::with_capacity(count) }
    }

    async fn add(&mut self, inline: &[InlinePolicy], attached: &[AttachedPolicy]) -> Result<(), Failure> {
        for policy in inline {
            let compiled = policy.document.attached(PolicyKind::Identity, &policy.name);
            self.identity.push(compiled.map_err(|refusal| unreadable(&policy.name, &refusal))?.clone());
        }
        for policy in attached {
            self.identity.push(managed(self.store, self.place, policy).await?);
        }
        Ok(())
    }

    async fn finish(self, boundary: Option<&AttachedPolicy>, tags: &Tags) -> Result<CallerPolicies, Failure> {
        let boundary = match boundary {
            Some(policy) => Some(managed(self.store, self.place, policy).await?),
            None => None,
        };
        Ok(CallerPolicies { identity: self.identity, boundary, session: None, tags: tags.clone() })
    }
}

/// The compiled default version of a policy that is attached to somebody.
///
/// # Errors
/// When it is not there: it might deny, so nothing may be decided without it.
pub(crate) async fn managed(
    store: &Store,
    place: &Place,
    policy: &AttachedPolicy,
) -> Result<Attached, Failure> {
    let AttachedPolicy { arn, id } = policy;
    let missing = || Failure::internal(format!("the policy {arn} is attached and not there"));
    if policy.is_aws() {
        let policy = AwsManaged::by_arn(arn).ok_or_else(missing)?;
        return policy.attached(place.partition).cloned().map_err(|refusal| unreadable(arn, &refusal));
    }
    let found = store.find::<ManagedPolicy>(place, id).await?.ok_or_else(missing)?;
    compiled(&found, arn)?.ok_or_else(missing)
}

fn compiled(policy: &ManagedPolicy, arn: &str) -> Result<Option<Attached>, Failure> {
    policy.attached(arn).map(Option::<&Attached>::cloned).map_err(|refusal| unreadable(arn, &refusal))
}

/// Whoever calls was deleted since.
fn gone(arn: &str) -> Failure {
    Failure::denied(format!("{arn} does not exist any more"))
}
