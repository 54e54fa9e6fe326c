//! IAM and STS.

pub mod access_key_id;
mod access_keys;
mod account;
mod attached_policies;
mod authorization_details;
mod aws_managed;
mod bootstrap;
mod boundaries;
mod credential_report;
mod directory;
mod encoding;
mod errors;
mod groups;
mod holders;
mod inline_policies;
mod instance_profiles;
mod login_profiles;
mod lookup;
mod managed_policies;
pub mod mfa;
pub mod model;
mod paging;
mod password_policy;
mod passwords;
mod policy_versions;
mod qr;
mod reseal;
mod resolver;
mod roles;
mod room;
mod service_linked;
mod simulate;
pub mod sts;
mod tags;
#[cfg(test)]
mod tests;
mod totp;
mod used;
mod users;
mod view;

pub use bootstrap::{GivenCredentials, InitialCredentials, bootstrap, shown};
pub use directory::{IdentityDirectory, principal_of};
pub use reseal::reseal;
pub use room::iam;
pub use sts::room as sts_room;
pub use totp::verify_totp;
