use crate::error::CryptoError;
use crate::{KeySpec, SigningAlgorithm};

/// The length of ML-DSA's µ in bytes (FIPS 204, algorithm 7).
const MU: usize = 64;

/// What is signed. Source: AWS KMS API Reference, `MessageType` of `Sign`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// `RAW`: a message, to be hashed here.
    Raw(&'a [u8]),
    /// `DIGEST`: what somebody else has hashed. Only Ed25519ph hashes it again, as AWS KMS does.
    Digest(&'a [u8]),
    /// `EXTERNAL_MU`: the representative µ of a message for ML-DSA (FIPS 204, section 6.2).
    ExternalMu(&'a [u8]),
}

impl Message<'_> {
    /// Whether a key of this spec can sign or verify it by this algorithm.
    ///
    /// # Errors
    /// [`CryptoError::WrongKey`], [`CryptoError::MessageType`], [`CryptoError::DigestLength`].
    pub fn check(&self, spec: KeySpec, algorithm: SigningAlgorithm) -> Result<(), CryptoError> {
        if !spec.is_supported() {
            return Err(CryptoError::Unsupported(spec.as_str()));
        }
        if !spec.signing_algorithms().contains(&algorithm) {
            return Err(CryptoError::WrongKey(spec));
        }
        let (got, wanted) = match (algorithm, self) {
            (SigningAlgorithm::Ed25519PhSha512, Self::Raw(_)) => return Err(CryptoError::MessageType),
            (_, Self::Raw(_)) => return Ok(()),
            (SigningAlgorithm::MlDsaShake256, Self::ExternalMu(mu)) => (mu.len(), MU),
            (SigningAlgorithm::Ed25519Sha512, _) => return Err(CryptoError::MessageType),
            (algorithm, Self::Digest(digest)) => match algorithm.hash() {
                Some(hash) => (digest.len(), hash.digest_len()),
                None => return Err(CryptoError::MessageType),
            },
            (_, Self::ExternalMu(_)) => return Err(CryptoError::MessageType),
        };
        if got == wanted { Ok(()) } else { Err(CryptoError::DigestLength { got, wanted }) }
    }
}
