//! The first credentials.

use std::fmt;

use bastide_door::Failure;
use bastide_ids::{AccountId, Place, Timestamp, UniqueId, alphanumeric};
use bastide_resources::{Changes, CommitError, Resource, Store};
use bastide_seal::Sealer;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::access_key_id;
use crate::aws_managed::AwsManaged;
use crate::lookup;
use crate::model::{AccessKey, Account, AttachedPolicy, KeyOwner, User, home};

/// The first user's name.
const ADMIN: &str = "admin";
const ADMINISTRATOR: &str = "AdministratorAccess";

/// Credentials that the operator chose for the first user.
pub struct GivenCredentials {
    /// 16 to 128 letters, digits and underscores.
    pub access_key_id: String,
    /// At least 16 characters.
    pub secret_access_key: Zeroizing<String>,
}

/// The first user's credentials, to be shown once.
pub struct InitialCredentials {
    /// The account.
    pub account: AccountId,
    /// The user.
    pub user_name: &'static str,
    /// The access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Zeroizing<String>,
}

impl fmt::Debug for InitialCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InitialCredentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Says that the first credentials were made and not shown yet: a crash between the two must not lock the
/// operator out.
#[derive(Serialize, Deserialize)]
struct Unshown {
    access_key_id: String,
}

impl Unshown {
    const ID: &'static str = "first";
}

impl Resource for Unshown {
    const TYPE: &'static str = "iam.unshown-credentials";
    const HISTORY: bool = false;
}

/// Makes the user `admin`, who may do everything, with one access key, in an account that IAM has not seen yet.
/// `Ok(None)`: it has, and its credentials were shown, so there is nothing to do.
///
/// Credentials that it chose itself are given again until [`shown`] is called.
///
/// # Errors
/// When the given credentials are not of their form, or the store or the seal fails.
pub async fn bootstrap(
    store: &Store,
    sealer: &Sealer,
    place: &Place,
    now: Timestamp,
    wanted: Option<GivenCredentials>,
) -> Result<Option<InitialCredentials>, Failure> {
    let place = home(place.partition, place.account);
    if store.find::<Account>(&place, Account::ID).await?.is_some() {
        return unshown(store, sealer, &place).await;
    }
    let now = now.truncated_to_seconds();
    let chosen = wanted.is_some();
    let (id, secret) = match wanted {
        Some(given) => checked(given)?,
        None => {
            (access_key_id::generate(UniqueId::AccessKey, place.account), Zeroizing::new(alphanumeric(40)))
        }
    };
    let administrator = AwsManaged::all().iter().find(|policy| policy.name == ADMINISTRATOR);
    let administrator = administrator.ok_or_else(|| Failure::internal("AdministratorAccess is missing"))?;
    let mut user = User::new(UniqueId::User.generate(), ADMIN, "/", now);
    user.attached =
        vec![AttachedPolicy { arn: administrator.arn(place.partition), id: administrator.id.to_owned() }];
    user.access_keys = vec![id.clone()];
    let key = AccessKey::new(sealer, &id, &secret, &place, KeyOwner::User(user.id.clone()), now)?;
    let mut changes = Changes::new(now);
    changes.create(&place, Account::ID, Account { created: now, ..Account::default() });
    changes.create(&Store::global(), id.clone(), key);
    if !chosen {
        changes.put(&place, Unshown::ID, Unshown { access_key_id: id.clone() });
    }
    let failure = match lookup::create(store, &mut changes, &place, user).await {
        Ok(_) => match store.commit(changes).await {
            Ok(_) => None,
            Err(CommitError::Conflict { key }) => Some(Failure::internal(format!("{key} was there already"))),
            Err(CommitError::Failed(error)) => return Err(error.into()),
        },
        Err(failure) => Some(failure),
    };
    if let Some(failure) = failure {
        store.refresh().await?;
        // Another node was quicker.
        return match store.find::<Account>(&place, Account::ID).await? {
            Some(_) => unshown(store, sealer, &place).await,
            None => Err(failure),
        };
    }
    Ok(Some(InitialCredentials {
        account: place.account,
        user_name: ADMIN,
        access_key_id: id,
        secret_access_key: secret,
    }))
}

async fn unshown(
    store: &Store,
    sealer: &Sealer,
    place: &Place,
) -> Result<Option<InitialCredentials>, Failure> {
    let Some(unshown) = store.find::<Unshown>(place, Unshown::ID).await? else { return Ok(None) };
    let id = &unshown.access_key_id;
    let Some(key) = store.find::<AccessKey>(&Store::global(), id).await? else { return Ok(None) };
    Ok(Some(InitialCredentials {
        account: place.account,
        user_name: ADMIN,
        access_key_id: id.clone(),
        secret_access_key: key.open_secret(sealer, id)?.clone(),
    }))
}

/// The first credentials of this account were shown: they are not given again.
///
/// # Errors
/// When the store fails.
pub async fn shown(store: &Store, place: &Place, now: Timestamp) -> Result<(), Failure> {
    let place = home(place.partition, place.account);
    let Some(unshown) = store.find::<Unshown>(&place, Unshown::ID).await? else { return Ok(()) };
    let mut changes = Changes::new(now);
    changes.delete(&unshown);
    match store.commit(changes).await {
        Ok(_) | Err(CommitError::Conflict { .. }) => Ok(()),
        Err(CommitError::Failed(error)) => Err(error.into()),
    }
}

fn checked(given: GivenCredentials) -> Result<(String, Zeroizing<String>), Failure> {
    let GivenCredentials { access_key_id: id, secret_access_key: secret } = given;
    let word = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !(16..=128).contains(&id.len()) || !word {
        let message = "an access key id has 16 to 128 letters, digits and underscores: choose another one";
        return Err(Failure::validation(message));
    }
    if !(16..=128).contains(&secret.len()) || !secret.bytes().all(|b| b.is_ascii_graphic()) {
        let message = "a secret access key has 16 to 128 visible ASCII characters: choose another one";
        return Err(Failure::validation(message));
    }
    Ok((id, secret))
}
