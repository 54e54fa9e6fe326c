//! The first credentials.

use std::fmt;

use bastide_door::Failure;
use bastide_ids::{AccountId, Place, Timestamp, UniqueId, alphanumeric};
use bastide_resources::{Changes, CommitError, Store};
use bastide_seal::Sealer;
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

/// Makes the user `admin`, who may do everything, with one access key, in an account that IAM has not seen yet.
/// `Ok(None)`: it has, so there is nothing to do.
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
        return Ok(None);
    }
    let now = now.truncated_to_seconds();
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
    lookup::create(store, &mut changes, &place, user).await?;
    match store.commit(changes).await {
        Ok(_) => {}
        // Another node was quicker.
        Err(CommitError::Conflict { .. }) => return Ok(None),
        Err(CommitError::Failed(error)) => return Err(error.into()),
    }
    Ok(Some(InitialCredentials {
        account: place.account,
        user_name: ADMIN,
        access_key_id: id,
        secret_access_key: secret,
    }))
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
