//! Console passwords of users.

use bastide_door::{Failure, Permitted};
use bastide_ids::Timestamp;
use bastide_shape::Document;
use zeroize::Zeroizing;

use crate::account;
use crate::errors::{exists, no_such};
use crate::model::{Login, Passwords, User};
use crate::password_policy::{check, violation};
use crate::passwords;
use crate::resolver::found;

/// The most earlier passwords that a policy may forbid.
const REMEMBERED: usize = 24;

pub(crate) async fn create(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    if user.login.is_some() {
        return Err(exists(format!("Login Profile for user {} already exists.", user.name)));
    }
    let Some(password) = password(call) else {
        return Err(Failure::validation("The password of a user must be given."));
    };
    set(call, &user, password).await?;
    let now = call.now().truncated_to_seconds();
    let reset_required = call.input().bool("PasswordResetRequired").unwrap_or(false);
    let login = Login { created: now, changed: now, reset_required };
    let shown = shown(&user.name, &login);
    call.changes().update(&user, User { login: Some(login), ..user.value.clone() });
    Ok(Document::new().with("LoginProfile", shown))
}

pub(crate) async fn show(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let login = user.login.as_ref().ok_or_else(|| missing(&user.name))?;
    Ok(Document::new().with("LoginProfile", shown(&user.name, login)))
}

pub(crate) async fn update(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let mut login = user.login.clone().ok_or_else(|| missing(&user.name))?;
    if let Some(password) = password(call) {
        set(call, &user, password).await?;
        login.changed = call.now().truncated_to_seconds();
    }
    if let Some(required) = call.input().bool("PasswordResetRequired") {
        login.reset_required = required;
    }
    call.changes().update(&user, User { login: Some(login), ..user.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn delete(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    if user.login.is_none() {
        return Err(missing(&user.name));
    }
    let passwords = call.store().find::<Passwords>(call.place(), &user.id).await?;
    if let Some(passwords) = passwords {
        call.changes().delete(&passwords);
    }
    call.changes().update(&user, User { login: None, ..user.value.clone() });
    Ok(Document::new())
}

/// When a password stops to be good under a policy that lets passwords expire.
pub(crate) fn expiry(login: &Login, max_age_days: Option<u32>) -> Option<Timestamp> {
    let days = max_age_days?;
    Some(login.changed.plus(std::time::Duration::from_secs(u64::from(days) * 86_400)))
}

fn password(call: &Permitted) -> Option<Zeroizing<String>> {
    call.input().str("Password").map(|password| Zeroizing::new(password.to_owned()))
}

/// Sets a user's password, if the account's policy permits it.
async fn set(call: &mut Permitted, user: &User, password: Zeroizing<String>) -> Result<(), Failure> {
    let place = call.place().clone();
    let stored = call.store().find::<Passwords>(&place, &user.id).await?;
    let old = stored.as_deref().map(|stored| stored.hashes.clone()).unwrap_or_default();
    let policy = account::read(call).await?.value.password_policy;
    check(policy.as_ref(), &password)?;
    let forbidden = policy.and_then(|policy| policy.reuse_prevention).unwrap_or(0);
    let forbidden = old.iter().take(usize::try_from(forbidden).unwrap_or(REMEMBERED)).cloned().collect();
    if passwords::is_among(password.clone(), forbidden).await? {
        violation("Password was used before and may not be used again")?;
    }
    let mut hashes = vec![passwords::hash(password).await?];
    hashes.extend(old.into_iter().take(REMEMBERED - 1));
    match stored {
        Some(stored) => call.changes().update(&stored, Passwords { hashes }),
        None => call.changes().create(&place, user.id.clone(), Passwords { hashes }),
    };
    Ok(())
}

fn shown(name: &str, login: &Login) -> Document {
    Document::new()
        .with("UserName", name)
        .with("CreateDate", login.created)
        .with("PasswordResetRequired", login.reset_required)
}

fn missing(name: &str) -> Failure {
    no_such(format!("Login Profile for User {name} cannot be found."))
}
