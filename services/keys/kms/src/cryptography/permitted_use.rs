//! What a key may be used for: its usage, and the algorithms of its spec.

use bastide_crypto::{EncryptionAlgorithm, KeyUsage};
use bastide_door::Failure;
use bastide_resources::Stored;
use bastide_shape::Document;

use super::context::EncryptionContext;
use crate::refusal;
use crate::stored::Key;

impl Key {
    /// Whether the key is for what an operation does.
    ///
    /// # Errors
    /// `InvalidKeyUsageException`.
    pub(crate) fn must_be_for(
        stored: &Stored<Self>,
        usage: KeyUsage,
        operation: &str,
    ) -> Result<(), Failure> {
        if stored.usage == usage {
            return Ok(());
        }
        Err(refusal::invalid_usage(Self::arn(stored), stored.usage.as_str(), operation))
    }

    /// Whether the key is a symmetric encryption key, under which data keys are encrypted.
    ///
    /// # Errors
    /// `InvalidKeyUsageException`.
    pub(crate) fn must_be_symmetric(stored: &Stored<Self>, operation: &str) -> Result<(), Failure> {
        Self::must_be_for(stored, KeyUsage::EncryptDecrypt, operation)?;
        stored.one_of(EncryptionAlgorithm::SymmetricDefault.as_str(), |key| {
            let symmetric = EncryptionAlgorithm::SymmetricDefault;
            key.spec.encryption_algorithms().contains(&symmetric).then_some(())
        })
    }

    /// The algorithm of this name, which is one of the key's.
    ///
    /// # Errors
    /// `InvalidKeyUsageException`.
    pub(crate) fn one_of<T>(&self, name: &str, find: impl FnOnce(&Self) -> Option<T>) -> Result<T, Failure> {
        find(self).ok_or_else(|| refusal::incompatible_algorithm(name, self.spec.as_str()))
    }

    /// The encryption algorithm that a request names or means, which is one of the key's.
    ///
    /// # Errors
    /// `InvalidKeyUsageException`.
    pub(crate) fn encryption_algorithm(
        &self,
        input: &Document,
        member: &str,
    ) -> Result<EncryptionAlgorithm, Failure> {
        let name = named_algorithm(input, member);
        self.one_of(name, |key| {
            EncryptionAlgorithm::parse(name).filter(|one| key.spec.encryption_algorithms().contains(one))
        })
    }
}

/// The encryption algorithm that a request names, or the one that is meant when it names none.
pub(crate) fn named_algorithm<'a>(input: &'a Document, member: &str) -> &'a str {
    input.str(member).unwrap_or(EncryptionAlgorithm::SymmetricDefault.as_str())
}

/// The canonical form of an encryption context, which only symmetric encryption takes.
///
/// # Errors
/// `ValidationException`.
pub(super) fn context(
    input: &Document,
    member: &str,
    algorithm: EncryptionAlgorithm,
) -> Result<Vec<u8>, Failure> {
    let context = EncryptionContext::of(input, member).checked()?;
    if algorithm != EncryptionAlgorithm::SymmetricDefault && context.len() > 0 {
        let message = format!("An encryption context cannot be used with the algorithm {algorithm}.");
        return Err(Failure::validation(message));
    }
    Ok(context.canonical())
}
