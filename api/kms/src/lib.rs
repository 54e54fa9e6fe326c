//! AWS Key Management Service: its operations and shapes as tables, nothing more.
//!
//! The kinds of resources that operations act on (`.on(…)`), all of them keys but one:
//!
//! | kind | |
//! |---|---|
//! | `key` | a key of the caller's account, named by its id or ARN |
//! | `shared-key` | likewise, or a key of another account, by its ARN |
//! | `named-key` | likewise, or by an alias's name or ARN |
//! | `alias-key` | the key behind an alias of the caller's account |
//! | `new-key` | the key that is to be made: `*` |
//! | `ciphertext` | the key named beside a ciphertext, or else the one that the ciphertext names |
//! | `grant` | the key of the grant that a grant token, or `KeyId` and `GrantId`, names |
//! | `alias` | the alias itself, by its name |
//!
//! Operations that only compute are writes by their access level, and `readOnly` in the trail: `.reads()`.

pub mod common;
pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Protocol, Service, service};

/// AWS Key Management Service.
pub static KMS: Service = service("kms", "kms.amazonaws.com")
    .speaks("2014-11-01", &[Protocol::Json11])
    .target_prefix("TrentService")
    .operations(operations::BUILT, operations::UNBUILT)
    .common_errors(common::COMMON);
