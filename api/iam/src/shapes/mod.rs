//! The shapes of iam, a file a topic.

mod access_keys;
mod account;
mod groups;
mod instance_profiles;
mod login_profiles;
mod mfa;
mod policies;
mod role_policies;
mod roles;
mod shared;
mod simulation;
mod user_policies;
mod users;

pub use access_keys::*;
pub use account::*;
pub use groups::*;
pub use instance_profiles::*;
pub use login_profiles::*;
pub use mfa::*;
pub use policies::*;
pub use role_policies::*;
pub use roles::*;
pub use shared::*;
pub use simulation::*;
pub use user_policies::*;
pub use users::*;
