//! AWS Key Management Service: its operations and shapes as tables, nothing more.
//!
//! The kinds of resources that operations act on (`.on(…)`): `key` is named by its id, its ARN, or an alias's name
//! or ARN, so `target("key", "AliasName")` is the key behind an alias; `alias` by its name; `ciphertext` is the key
//! that the blob says it was encrypted under; `grant` is the key of the grant that a grant token, or `KeyId` and
//! `GrantId`, names.
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
