//! Who may log in, and as whom a request is made.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use bastide_ids::{Clock as _, SystemClock};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use super::connection::{Login, Session};
use super::genesis::ADMIN;
use super::hsm::Hsm;
use super::record::{PasswordHash, UserRecord};
use super::replicate;
use super::state::{Change, Entries, broken};
use crate::wire::{Code, EntryName, Fault, Reply, Role, Secret, User};

/// Wrong passwords in a row that lock a user.
const MAX_FAILURES: u32 = 5;
/// How long the last admin who is not locked has to wait after so many, as nobody could unlock it.
const WAIT_MILLIS: i64 = 60_000;
/// Memory in KiB and passes of Argon2id: OWASP's parameters.
const COST: (u32, u32) = (19_456, 2);
/// The lengths that a password may have, as in AWS's hsm2m.medium.
const PASSWORD: std::ops::RangeInclusive<usize> = 8..=32;

/// The user that a request is made as, and the client that it comes from.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) name: String,
    pub(crate) record: Arc<UserRecord>,
    pub(crate) client: [u8; 16],
}

impl Actor {
    pub(crate) fn role(&self) -> Role {
        self.record.role
    }

    /// Refuses all but crypto users.
    pub(crate) fn must_be_crypto_user(&self) -> Result<(), Fault> {
        match self.role() {
            Role::CryptoUser => Ok(()),
            _ => Err(Fault::new(Code::NotPermitted, "only crypto users own and use keys")),
        }
    }

    /// Refuses all but admins.
    pub(crate) fn must_be_admin(&self) -> Result<(), Fault> {
        match self.role() {
            Role::Admin => Ok(()),
            _ => Err(Fault::new(Code::NotPermitted, "only admins may do this")),
        }
    }

    pub(crate) fn shown(&self) -> User {
        shown(&self.name, &self.record)
    }
}

/// A user as it is shown.
pub(crate) fn shown(name: &str, record: &UserRecord) -> User {
    User {
        name: name.to_owned(),
        role: record.role,
        locked: record.locked,
        quorum: record.quorum_key.is_some(),
    }
}

/// The user of a connection: still there, with the password that it logged in with.
pub(crate) fn actor(hsm: &Hsm, session: &Session) -> Result<Actor, Fault> {
    let none = || Fault::new(Code::NotLoggedIn, "nobody is logged in: log in first");
    let login = session.login.as_ref().ok_or_else(none)?;
    let now = hsm.state.read();
    let record = now.user(&login.user).filter(|user| user.generation == login.generation);
    let record = Arc::clone(record.ok_or_else(none)?);
    Ok(Actor { name: login.user.clone(), record, client: session.client.unwrap_or_default() })
}

/// What a ticket says.
#[derive(Encode, Decode)]
struct Ticket {
    #[n(0)]
    user: String,
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    generation: [u8; 16],
}

/// Logs in with a password. The ticket that is given is bound to the connection's certificate.
pub(crate) fn login(
    hsm: &Hsm,
    session: &mut Session,
    certificate: &[u8; 32],
    name: &str,
    password: &[u8],
    role: Option<Role>,
) -> Result<Reply, Fault> {
    if session.login.is_some() {
        return Err(Fault::new(
            Code::AlreadyLoggedIn,
            "a user is logged in on this connection: log out first",
        ));
    }
    let record = check_password(hsm, name, password, role)?;
    let ticket = Ticket { user: name.to_owned(), generation: record.generation };
    let plain = minicbor::to_vec(&ticket).map_err(|error| broken(&error))?;
    let sealed = hsm.keys().tickets.seal(certificate, &plain).map_err(|error| broken(&error))?;
    session.login = Some(Login { user: name.to_owned(), generation: record.generation });
    Ok(Reply::Ticket { ticket: Secret::new(sealed), user: shown(name, &record) })
}

/// Logs in with a ticket.
pub(crate) fn resume(
    hsm: &Hsm,
    session: &mut Session,
    certificate: &[u8; 32],
    ticket: &[u8],
) -> Result<Reply, Fault> {
    let invalid = || Fault::new(Code::TicketInvalid, "the login is no longer valid: log in again");
    let plain = hsm.keys().tickets.open(certificate, ticket).map_err(|_| invalid())?;
    let Ticket { user, generation } = crate::wire::decode(&plain).map_err(|_| invalid())?;
    let is_current = || {
        let now = hsm.state.read();
        now.user(&user).is_some_and(|record| record.generation == generation)
    };
    if !is_current() {
        // The user may have been made or changed while this HSM was out of reach.
        replicate::look_elsewhere(hsm, &EntryName::User(user.clone()));
        if !is_current() {
            return Err(invalid());
        }
    }
    session.login = Some(Login { user, generation });
    Ok(Reply::Done)
}

/// One guess at a time for each user: so that the count of wrong ones cannot be outrun.
static GUESSES: LazyLock<[Mutex<()>; 16]> = LazyLock::new(|| std::array::from_fn(|_| Mutex::new(())));

fn check_password(
    hsm: &Hsm,
    name: &str,
    password: &[u8],
    role: Option<Role>,
) -> Result<Arc<UserRecord>, Fault> {
    let lane = name.bytes().fold(0_usize, |sum, byte| sum + usize::from(byte)) % GUESSES.len();
    let _one = GUESSES.get(lane).map(|lane| lane.lock().unwrap_or_else(PoisonError::into_inner));
    let wrong = || Fault::new(Code::PinIncorrect, "the user's name, role or password is wrong");
    if hsm.state.read().user(name).is_none() {
        replicate::look_elsewhere(hsm, &EntryName::User(name.to_owned()));
    }
    let found = hsm.state.read().user(name).cloned();
    let found = found.filter(|user| role.is_none_or(|role| user.role == role));
    let Some((record, hash)) =
        found.as_ref().and_then(|user| user.password.as_ref().map(|hash| (user, hash)))
    else {
        // As slow as a wrong password, so that time does not tell which users there are.
        let _ = hash_password(password);
        if found.is_some_and(|user| user.role == Role::UnactivatedAdmin) {
            return Err(Fault::new(Code::NotActivated, "the cluster is not activated: activate it first"));
        }
        return Err(wrong());
    };
    let now = SystemClock.now().millis();
    let waits = record.failures >= MAX_FAILURES && now - record.failed_at < WAIT_MILLIS;
    if record.locked || waits {
        let why = "too many wrong passwords were given: an admin has to set a new one";
        return Err(Fault::new(Code::PinLocked, why));
    }
    if matches(hash, password)? {
        if record.failures > 0 {
            hsm.change(None, |now| update(now, name, |user| user.failures = 0))?;
        }
        return Ok(Arc::clone(record));
    }
    hsm.change(None, |entries| {
        let lasting = !is_last_admin(entries, name);
        update(entries, name, |user| {
            user.failures = user.failures.saturating_add(1);
            user.failed_at = now;
            user.locked = lasting && user.failures >= MAX_FAILURES;
        })
    })?;
    Err(wrong())
}

/// A change of a user, if it is still there.
pub(crate) fn update(
    now: &Entries,
    name: &str,
    change: impl FnOnce(&mut UserRecord),
) -> Result<Vec<Change>, Fault> {
    let user = now.user(name).ok_or_else(|| no_such_user(name))?;
    let mut user = UserRecord::clone(user);
    change(&mut user);
    Ok(vec![Change::user(name, &user)])
}

pub(crate) fn no_such_user(name: &str) -> Fault {
    Fault::new(Code::NoSuchUser, format!("there is no user `{name}`"))
}

/// Whether no other admin could unlock or delete users.
pub(crate) fn is_last_admin(now: &Entries, name: &str) -> bool {
    let admin = |user: &UserRecord| user.role == Role::Admin && !user.locked;
    now.user(name).is_some_and(|user| user.role == Role::Admin)
        && !now.users().iter().any(|(other, user)| *other != name && admin(user))
}

/// Gives the first admin its password. Whether it had one already is for [`Code::AlreadyDone`] to say.
pub(crate) fn activate(now: &Entries, hash: PasswordHash) -> Result<Vec<Change>, Fault> {
    let user = now.user(ADMIN).filter(|user| user.role == Role::UnactivatedAdmin);
    let user = user.ok_or_else(|| Fault::new(Code::AlreadyDone, "the cluster was activated before"))?;
    let mut user = UserRecord::clone(user);
    user.role = Role::Admin;
    set_password(&mut user, hash);
    Ok(vec![Change::user(ADMIN, &user)])
}

/// A new password unlocks, and ends all logins.
pub(crate) fn set_password(user: &mut UserRecord, hash: PasswordHash) {
    user.password = Some(hash);
    user.generation = bastide_ids::random_bytes();
    user.failures = 0;
    user.locked = false;
}

/// The hash of a new password.
pub(crate) fn new_password(password: &[u8]) -> Result<PasswordHash, Fault> {
    let text = std::str::from_utf8(password).ok().filter(|text| !text.contains(char::is_control));
    if text.is_none_or(|text| !PASSWORD.contains(&text.chars().count())) {
        return Err(Fault::new(Code::PinRange, "a password has 8 to 32 characters"));
    }
    hash_password(password)
}

fn hash_password(password: &[u8]) -> Result<PasswordHash, Fault> {
    let salt = bastide_ids::random_bytes();
    let hash = argon2id(password, &salt, COST)?;
    Ok(PasswordHash { salt, hash: Secret::from(hash.as_slice()), cost: COST })
}

fn matches(hash: &PasswordHash, password: &[u8]) -> Result<bool, Fault> {
    let given = argon2id(password, &hash.salt, hash.cost)?;
    Ok(verify_slices_are_equal(given.as_slice(), &hash.hash).is_ok())
}

fn argon2id(
    password: &[u8],
    salt: &[u8],
    (memory, passes): (u32, u32),
) -> Result<Zeroizing<[u8; 32]>, Fault> {
    let failed = |_| Fault::new(Code::Device, "the password cannot be hashed");
    let parameters = Params::new(memory, passes, 1, Some(32)).map_err(failed)?;
    let mut out = Zeroizing::new([0; 32]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    argon2.hash_password_into(password, salt, out.as_mut_slice()).map_err(failed)?;
    Ok(out)
}
