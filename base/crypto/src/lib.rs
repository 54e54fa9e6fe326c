//! Keys of every spec that AWS KMS has, and what they do: sign, encrypt, authenticate, agree, encapsulate.
//!
//! All mathematics is AWS-LC's, through `aws-lc-rs`, and through `ffi` where that does not reach. Nothing here
//! does I/O. A key is parsed once and may be kept and shared; its private part is wiped when it is dropped, and
//! never shown.
//!
//! - [`KeySpec`], [`KeyUsage`] and the algorithms: the tables of the KMS model;

mod algorithm;
mod name;
mod spec;

pub use algorithm::{
    EncapsulationAlgorithm, EncryptionAlgorithm, Hash, KeyAgreementAlgorithm, MacAlgorithm, SigningAlgorithm,
};
pub use spec::{KeySpec, KeyUsage};
