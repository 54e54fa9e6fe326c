//! What IAM stores. A user, group, role, policy or instance profile is a document by its unique id (`AIDA…`); a
//! [`Name`] leads from its name to it, so that names can change and an id never comes back.
//!
//! Documents live at the place of their account in its partition's global region ([`home`]). Access keys live at
//! [`Store::global`](bastide_resources::Store::global), because whoever signs with one names no account.

mod access_key;
mod account;
mod group;
mod instance_profile;
mod last_used;
mod managed_policy;
mod mfa_device;
mod name;
mod parts;
mod policy_text;
mod role;
mod trust;
mod user;

use bastide_ids::{AccountId, Arn, Partition, Place};

pub use access_key::{AccessKey, KeyOwner, KeyStatus};
pub use account::{Account, AccountAlias, CredentialReport, PasswordPolicy};
pub use group::Group;
pub use instance_profile::InstanceProfile;
pub use last_used::LastUsed;
pub use managed_policy::{ManagedPolicy, PolicyVersion};
pub use mfa_device::{Assignment, MfaDevice};
pub use name::{Name, NameKind};
pub use parts::{AttachedPolicy, Entity, InlinePolicy, Tags};
pub use policy_text::PolicyText;
pub use role::{DeletionTask, Role};
pub use trust::TrustPolicy;
pub use user::{Login, Membership, Passwords, User};

/// From a user to a group.
pub const MEMBER_OF: &str = "member-of";
/// From a user, group or role to a managed policy.
pub const ATTACHED: &str = "attached-policy";
/// From a user or role to the managed policy that is its permissions boundary.
pub const BOUNDARY: &str = "boundary";
/// From an instance profile to its role.
pub const IN_PROFILE: &str = "in-profile";

/// Where an account's identities are kept.
#[must_use]
pub fn home(partition: Partition, account: AccountId) -> Place {
    Place { partition, account, region: partition.global_region() }
}

/// Where the account in an ARN has its identities.
#[must_use]
pub fn home_of(arn: &str) -> Option<Place> {
    let arn = Arn::parse(arn).ok()?;
    let account = AccountId::parse(arn.account).ok()?;
    let partition = [Partition::Aws, Partition::AwsCn, Partition::AwsUsGov, Partition::AwsEusc];
    let partition = partition.into_iter().find(|partition| partition.as_str() == arn.partition)?;
    Some(home(partition, account))
}
