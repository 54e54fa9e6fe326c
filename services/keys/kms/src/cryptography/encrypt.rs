use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;
use zeroize::Zeroizing;

use super::context::EncryptionContext;
use super::{ALGORITHM, check_algorithm, ciphertext, material};
use crate::refusal;
use crate::stored::Key;

/// Encrypt: up to 4096 bytes, under a key.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn encrypt(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    Key::must_be_enabled(&key)?;
    check_algorithm(&key, call.input(), "EncryptionAlgorithm")?;
    let context = EncryptionContext::of(call.input(), "EncryptionContext").checked()?.canonical();
    refusal::dry_run(call.input())?;
    let plaintext = Zeroizing::new(call.input().blob("Plaintext").unwrap_or_default().to_vec());
    let blob = under(call, &key, &context, &plaintext).await?;
    call.record_data("keyMaterialId", &key.material);
    Ok(Document::new()
        .with("CiphertextBlob", blob)
        .with("KeyId", Key::arn(&key))
        .with("EncryptionAlgorithm", ALGORITHM))
}

/// The ciphertext of some bytes under a key's present material.
///
/// # Errors
/// When the store or the sealer fails.
pub(super) async fn under(
    call: &mut Permitted,
    key: &Stored<Key>,
    context: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Failure> {
    let material = material::current(call, key).await?;
    let name = (&key.key.place, key.key.id.as_str(), key.material.as_str());
    ciphertext::encrypt(&material, name, context, plaintext)
        .map_err(|_| Failure::internal("AES-256-GCM failed to encrypt"))
}
