//! The operations of sts: those that are built, a file a topic, and the names of the others.

mod callers;
mod sessions;

pub use callers::*;
pub use sessions::*;

use bastide_shape::Operation;

/// Those that are built.
pub static BUILT: &[&Operation] = &[
    &GetCallerIdentity,
    &GetAccessKeyInfo,
    &DecodeAuthorizationMessage,
    &AssumeRole,
    &GetSessionToken,
    &GetFederationToken,
];

/// The names of those that are not.
pub static UNBUILT: &[&str] = &[
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "AssumeRoot",
    "GetDelegatedAccessToken",
    "GetWebIdentityToken",
];
