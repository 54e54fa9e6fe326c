use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;
use zeroize::Zeroizing;

use super::ciphertext::Ciphertext;
use super::context::EncryptionContext;
use super::{ALGORITHM, check_algorithm, check_recipient, material};
use crate::refusal;
use crate::stored::Key;

/// Decrypt: what Encrypt, ReEncrypt or GenerateDataKey made.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `IncorrectKeyException`, `InvalidCiphertextException`,
/// `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn decrypt(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    check_recipient(call.input())?;
    let opened = open(call, &key, "EncryptionContext", "EncryptionAlgorithm").await?;
    refusal::dry_run(call.input())?;
    call.record_data("keyMaterialId", opened.material.as_str());
    Ok(Document::new()
        .with("KeyId", Key::arn(&key))
        .with("Plaintext", opened.plaintext.as_slice())
        .with("EncryptionAlgorithm", ALGORITHM)
        .with("KeyMaterialId", opened.material))
}

/// A ciphertext that was opened.
pub(super) struct Plaintext {
    pub(super) plaintext: Zeroizing<Vec<u8>>,
    /// The id of the key material that opened it.
    pub(super) material: String,
}

/// Opens the `CiphertextBlob` of a request under a key.
///
/// # Errors
/// As [`decrypt`].
pub(super) async fn open(
    call: &Permitted,
    key: &Stored<Key>,
    context: &str,
    algorithm: &str,
) -> Result<Plaintext, Failure> {
    Key::must_be_enabled(key)?;
    let input = call.input();
    check_algorithm(key, input, algorithm)?;
    let context = EncryptionContext::of(input, context).checked()?.canonical();
    if ignores_ciphertext(input) {
        return Ok(Plaintext { plaintext: Zeroizing::default(), material: key.material.clone() });
    }
    let Some(blob) = input.blob("CiphertextBlob") else {
        let constraint = "failed to satisfy constraint: Member must not be null";
        let message = format!("1 validation error detected: Value null at 'ciphertextBlob' {constraint}");
        return Err(Failure::validation(message));
    };
    let ciphertext = Ciphertext::parse(blob).ok_or_else(refusal::invalid_ciphertext)?;
    if *ciphertext.place() != key.key.place || ciphertext.key_id() != key.key.id {
        return Err(refusal::incorrect_key());
    }
    let id = ciphertext.material_id();
    let material = material::find(call, key, &id).await?.ok_or_else(refusal::invalid_ciphertext)?;
    let plaintext = ciphertext.open(&material, &context).ok_or_else(refusal::invalid_ciphertext)?;
    Ok(Plaintext { plaintext, material: id })
}

/// A trial that asks about permissions only, with any ciphertext or none.
fn ignores_ciphertext(input: &Document) -> bool {
    let modifier = input.strings("DryRunModifiers").any(|modifier| modifier == "IGNORE_CIPHERTEXT");
    modifier && input.bool("DryRun") == Some(true)
}
