//! AWS Signature Version 4: who signed a request, and whether what arrived is what was signed.
//!
//! A server reads the claim with [`presented`], looks the access key up, derives (or takes from a cache) the
//! [`SigningKey`] of its secret, and calls [`verify`]. An aws-chunked body is then read through a
//! [`ChunkDecoder`]. A client signs with a [`Signer`].
//!
//! Nothing here does I/O or reads a clock, and no message carries a secret, a calculated signature or a
//! canonical request. Source: AWS IAM User Guide, "AWS Signature Version 4 for API requests"; Amazon S3 API
//! Reference, "Authenticating Requests".
//!
//! Two things a server must know:
//! - Outside S3 the path is signed in its normal form (dot segments removed, empty segments merged), so
//!   `/a/../b` and `//b` carry the signature of `/b`. Route on [`normal_path`], or refuse other forms.
//! - A `+` in a query is signed as it stands; it is neither a space nor `%2B`.

mod canonical;
mod chunk;
mod failure;
mod key;
mod presented;
mod sign;
#[cfg(test)]
mod tests;
mod verify;

pub use canonical::normal_path;
pub use chunk::{ChunkDecoder, ChunkFailure, ChunkLimits, ChunkSigner};
pub use failure::{AuthFailure, Dialect, ScopeMismatch, Via};
pub use key::{Scope, SigningKey};
pub use presented::{Payload, Presented, presented};
pub use sign::{SignError, SignedBody, Signer};
pub use verify::{Body, Expected, sha256, verify};

/// The one algorithm that is spoken here.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The last element of every credential scope.
pub(crate) const TERMINATOR: &str = "aws4_request";
