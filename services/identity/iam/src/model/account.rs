use bastide_ids::{AccountId, Timestamp};
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

/// What IAM keeps of an account as a whole. Its id is always [`Account::ID`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// When the account was first seen.
    pub created: Timestamp,
    /// Its alias.
    #[serde(default)]
    pub alias: Option<String>,
    /// Its password policy.
    #[serde(default)]
    pub password_policy: Option<PasswordPolicy>,
    /// The ids of the root user's access keys.
    #[serde(default)]
    pub access_keys: Vec<String>,
}

/// An account's rules for console passwords. Source: IAM API, `PasswordPolicy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "AWS's type has these members")]
pub struct PasswordPolicy {
    /// 6 to 128 characters.
    pub minimum_length: u32,
    /// A password needs one of ``!@#$%^&*()_+-=[]{}|'``.
    pub require_symbols: bool,
    /// A password needs a digit.
    pub require_numbers: bool,
    /// A password needs an upper-case Latin letter.
    pub require_uppercase: bool,
    /// A password needs a lower-case Latin letter.
    pub require_lowercase: bool,
    /// Users may change their own passwords.
    pub allow_change: bool,
    /// Days until a password expires.
    pub max_age: Option<u32>,
    /// So many earlier passwords may not be used again.
    pub reuse_prevention: Option<u32>,
    /// An expired password can only be set anew by an administrator.
    pub hard_expiry: Option<bool>,
}

/// Who has an account alias. Kept at the global place by the alias, because no two accounts may have the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountAlias {
    /// The account.
    pub account: AccountId,
}

/// The last credential report of an account. Its id is always [`CredentialReport::ID`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialReport {
    /// When it was generated.
    pub generated: Timestamp,
    /// The report, a CSV.
    pub content: String,
}

impl Account {
    /// Its id.
    pub const ID: &'static str = "account";
}

impl CredentialReport {
    /// Its id.
    pub const ID: &'static str = "report";
}

impl Resource for Account {
    const TYPE: &'static str = "iam.account";
}

impl Resource for AccountAlias {
    const TYPE: &'static str = "iam.account-alias";
    const HISTORY: bool = false;
}

impl Resource for CredentialReport {
    const TYPE: &'static str = "iam.credential-report";
    const HISTORY: bool = false;
}
