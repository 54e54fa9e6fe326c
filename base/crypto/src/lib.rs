//! Keys of every spec that AWS KMS has, and what they do: sign, encrypt, authenticate, agree, encapsulate.
//!
//! All mathematics is AWS-LC's, through `aws-lc-rs`, and through `ffi` where that does not reach. Nothing here
//! does I/O. A key is parsed once and may be kept and shared; its private part is wiped when it is dropped, and
//! never shown.
//!
//! - [`KeySpec`], [`KeyUsage`] and the algorithms: the tables of the KMS model;
//! - [`SecretKey`] and [`PublicKey`]: keys of any spec;
//! - [`AesGcmKey`]: AES in Galois counter mode;
//! - [`wrap`]: keys wrapped by keys.

mod algorithm;
mod der;
mod error;
mod ffi;
mod gcm;
mod message;
mod name;
mod public;
mod scheme;
mod secret;
mod spec;
#[cfg(test)]
mod tests;
pub mod wrap;

pub use algorithm::{
    EncapsulationAlgorithm, EncryptionAlgorithm, Hash, KeyAgreementAlgorithm, MacAlgorithm, SigningAlgorithm,
};
pub use error::CryptoError;
pub use gcm::{AesGcmKey, NONCE_LEN, TAG_LEN};
pub use message::Message;
pub use public::PublicKey;
pub use secret::SecretKey;
pub use spec::{KeySpec, KeyUsage};
pub use wrap::WrappingAlgorithm;
