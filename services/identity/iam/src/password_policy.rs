//! The account's rules for console passwords.

use bastide_api_iam::errors as iam;
use bastide_door::{Failure, Permitted};
use bastide_ids::AccountId;
use bastide_shape::Document;

use crate::account::read;
use crate::errors::no_such;
use crate::model::{Account, PasswordPolicy};

/// The symbols that count as such. Source: IAM API, `UpdateAccountPasswordPolicy`.
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";

pub(crate) async fn show(call: &mut Permitted) -> Result<Document, Failure> {
    let policy = read(call).await?.value.password_policy.ok_or_else(|| missing(call.place().account))?;
    let shown = Document::new()
        .with("MinimumPasswordLength", policy.minimum_length)
        .with("RequireSymbols", policy.require_symbols)
        .with("RequireNumbers", policy.require_numbers)
        .with("RequireUppercaseCharacters", policy.require_uppercase)
        .with("RequireLowercaseCharacters", policy.require_lowercase)
        .with("AllowUsersToChangePassword", policy.allow_change)
        .with("ExpirePasswords", policy.max_age.is_some())
        .maybe("MaxPasswordAge", policy.max_age)
        .maybe("PasswordReusePrevention", policy.reuse_prevention)
        .maybe("HardExpiry", policy.hard_expiry);
    Ok(Document::new().with("PasswordPolicy", shown))
}

/// What is not said gets its default, whatever it was before.
pub(crate) async fn update(call: &mut Permitted) -> Result<Document, Failure> {
    let read = read(call).await?;
    let input = call.input();
    let flag = |name: &str| input.bool(name).unwrap_or(false);
    let number = |name: &str| input.int(name).and_then(|number| u32::try_from(number).ok());
    let policy = PasswordPolicy {
        minimum_length: number("MinimumPasswordLength").unwrap_or(6),
        require_symbols: flag("RequireSymbols"),
        require_numbers: flag("RequireNumbers"),
        require_uppercase: flag("RequireUppercaseCharacters"),
        require_lowercase: flag("RequireLowercaseCharacters"),
        allow_change: flag("AllowUsersToChangePassword"),
        max_age: number("MaxPasswordAge"),
        reuse_prevention: number("PasswordReusePrevention"),
        hard_expiry: input.bool("HardExpiry"),
    };
    let place = call.place().clone();
    let changed = Account { password_policy: Some(policy), ..read.value.clone() };
    read.write(call.changes(), &place, changed);
    Ok(Document::new())
}

pub(crate) async fn delete(call: &mut Permitted) -> Result<Document, Failure> {
    let read = read(call).await?;
    let place = call.place().clone();
    if read.value.password_policy.is_none() {
        return Err(no_such("The account policy with name PasswordPolicy cannot be found."));
    }
    let changed = Account { password_policy: None, ..read.value.clone() };
    read.write(call.changes(), &place, changed);
    Ok(Document::new())
}

/// Holds a new password against the account's policy; without one, against AWS's default.
///
/// # Errors
/// `PasswordPolicyViolation` with the rule that is broken.
pub(crate) fn check(policy: Option<&PasswordPolicy>, password: &str) -> Result<(), Failure> {
    let has = |test: fn(char) -> bool| password.chars().any(test);
    let symbol = has(|c| SYMBOLS.contains(c));
    let number = has(|c| c.is_ascii_digit());
    let upper = has(|c| c.is_ascii_uppercase());
    let lower = has(|c| c.is_ascii_lowercase());
    let length = password.chars().count();
    let Some(policy) = policy else {
        let kinds = [symbol, number, upper, lower].into_iter().filter(|kind| *kind).count();
        return match (length, kinds) {
            (..8, _) => violation("Password should have a minimum length of 8"),
            (_, ..3) => violation(
                "Password should have at least three of: uppercase letters, lowercase letters, numbers, symbols",
            ),
            _ => Ok(()),
        };
    };
    let least = policy.minimum_length;
    if length < usize::try_from(least).unwrap_or(usize::MAX) {
        return violation(&format!("Password should have a minimum length of {least}"));
    }
    let rules = [
        (policy.require_symbols, symbol, "symbol"),
        (policy.require_numbers, number, "number"),
        (policy.require_uppercase, upper, "uppercase letter"),
        (policy.require_lowercase, lower, "lowercase letter"),
    ];
    match rules.into_iter().find(|(required, there, _)| *required && !there) {
        Some((_, _, what)) => violation(&format!("Password should have at least one {what}")),
        None => Ok(()),
    }
}

pub(crate) fn violation(message: &str) -> Result<(), Failure> {
    Err(Failure::new(&iam::PasswordPolicyViolationException, message))
}

fn missing(account: AccountId) -> Failure {
    no_such(format!("The Password Policy with domain name {account} cannot be found."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_held() {
        let policy = PasswordPolicy {
            minimum_length: 10,
            require_symbols: true,
            require_numbers: true,
            require_uppercase: true,
            require_lowercase: true,
            allow_change: false,
            max_age: None,
            reuse_prevention: None,
            hard_expiry: None,
        };
        let policy = Some(&policy);
        assert!(check(policy, "Abcdefgh1!").is_ok());
        for bad in ["Abcdef1!", "Abcdefghi1", "Abcdefghi!", "abcdefgh1!", "ABCDEFGH1!"] {
            assert!(check(policy, bad).is_err(), "{bad}");
        }
        assert!(check(None, "Abcdefg1").is_ok());
        assert!(check(None, "Abcdef1").is_err());
        assert!(check(None, "abcdefg1").is_err());
    }
}
