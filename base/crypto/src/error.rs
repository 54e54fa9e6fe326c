use crate::KeySpec;

/// Why a key did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// A key spec or algorithm that is known but not built.
    #[error("`{0}` is not supported")]
    Unsupported(&'static str),
    /// The key is of another kind than the operation or the algorithm needs.
    #[error("a key of spec `{0}` cannot do this")]
    WrongKey(KeySpec),
    /// The bytes are no key of this spec.
    #[error("the bytes are not a key of spec `{0}`")]
    InvalidKey(KeySpec),
    /// The bytes are no public key that fits.
    #[error("the bytes are not a DER-encoded public key that fits the key")]
    InvalidPublicKey,
    /// The algorithm does not take messages of this type.
    #[error("the algorithm does not take a message of this type")]
    MessageType,
    /// A digest has another length than the algorithm's.
    #[error("the digest has {got} bytes; the algorithm needs {wanted}")]
    DigestLength {
        /// The length that it has, in bytes.
        got: usize,
        /// The length that it needs, in bytes.
        wanted: usize,
    },
    /// More bytes than the key and the algorithm take.
    #[error("the message has more than {limit} bytes")]
    TooLong {
        /// The most that they take, in bytes.
        limit: usize,
    },
    /// A signature, MAC or ciphertext is not what it should be. Nothing more is told of it.
    #[error("it does not verify")]
    NotAuthentic,
    /// The library refused for a reason that is not the caller's.
    #[error("AWS-LC failed to {0}")]
    Failed(&'static str),
}
