use bastide_crypto::{CryptoError, EncryptionAlgorithm, KeyUsage};
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;
use zeroize::Zeroizing;

use super::{ciphertext, material, permitted_use};
use crate::stored::Key;
use crate::{refusal, stores};

/// Encrypt: up to 4096 bytes under a symmetric key, fewer under an RSA key.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn encrypt(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    Key::must_allow(call, &key)?;
    Key::must_be_for(&key, KeyUsage::EncryptDecrypt, call.operation().name)?;
    let algorithm = key.encryption_algorithm(call.input(), "EncryptionAlgorithm")?;
    let context = permitted_use::context(call.input(), "EncryptionContext", algorithm)?;
    refusal::dry_run(call.input())?;
    let plaintext = Zeroizing::new(call.input().blob("Plaintext").unwrap_or_default().to_vec());
    let blob = under(call, &key, algorithm, &context, &plaintext).await?;
    if let Some(material) = key.current_material() {
        call.record_data("keyMaterialId", material);
    }
    Ok(Document::new()
        .with("CiphertextBlob", blob)
        .with("KeyId", Key::arn(&key))
        .with("EncryptionAlgorithm", algorithm.as_str()))
}

/// The ciphertext of some bytes under a key's present material, by one of its algorithms.
///
/// # Errors
/// `ValidationException` when they are more than an RSA key takes; when the store or the sealer fails.
pub(super) async fn under(
    call: &mut Permitted,
    key: &Stored<Key>,
    algorithm: EncryptionAlgorithm,
    context: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Failure> {
    if let Some(kept) = &key.in_store {
        return stores::encrypt(call, key, kept, context, plaintext).await;
    }
    let material = material::current(call, key).await?;
    if algorithm == EncryptionAlgorithm::SymmetricDefault {
        let name = (&key.key.place, key.key.id.as_str(), key.material.as_str());
        return ciphertext::encrypt(&material, name, context, plaintext)
            .map_err(|_| Failure::internal("AES-256-GCM failed to encrypt"));
    }
    let public = material.public_key().map_err(Failure::internal)?;
    public.encrypt(algorithm, plaintext).map_err(|error| match error {
        CryptoError::TooLong { limit } => refusal::too_long(algorithm.as_str(), key.spec.as_str(), limit),
        other => Failure::internal(other),
    })
}
