use bastide_crypto::{CryptoError, EncryptionAlgorithm, KeyUsage};
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;
use zeroize::Zeroizing;

use super::ciphertext::Ciphertext;
use super::{check_recipient, material, permitted_use};
use crate::stored::Key;
use crate::{refusal, stores};

/// Decrypt: what Encrypt, ReEncrypt or GenerateDataKey made, or anybody with the public key of an RSA key.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `IncorrectKeyException`, `InvalidCiphertextException`,
/// `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn decrypt(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    check_recipient(call.input())?;
    let opened = open(call, &key, "EncryptionContext", "EncryptionAlgorithm").await?;
    refusal::dry_run(call.input())?;
    if let Some(material) = opened.material.as_deref() {
        call.record_data("keyMaterialId", material);
    }
    Ok(Document::new()
        .with("KeyId", Key::arn(&key))
        .with("Plaintext", opened.plaintext.as_slice())
        .with("EncryptionAlgorithm", opened.algorithm.as_str())
        .maybe("KeyMaterialId", opened.material))
}

/// A ciphertext that was opened.
pub(super) struct Plaintext {
    pub(super) plaintext: Zeroizing<Vec<u8>>,
    /// The id of the key material that opened it, of a symmetric key; those in custom key stores tell none.
    pub(super) material: Option<String>,
    pub(super) algorithm: EncryptionAlgorithm,
}

/// Opens the `CiphertextBlob` of a request under a key. `context` and `algorithm` are the names of the members that
/// tell how it was made.
///
/// # Errors
/// As [`decrypt`].
pub(super) async fn open(
    call: &Permitted,
    key: &Stored<Key>,
    context: &str,
    algorithm: &str,
) -> Result<Plaintext, Failure> {
    Key::must_allow(call, key)?;
    let input = call.input();
    let blob = input.blob("CiphertextBlob");
    let symmetric = EncryptionAlgorithm::SymmetricDefault;
    if permitted_use::named_algorithm(input, algorithm) == symmetric.as_str() {
        // A ciphertext that names its key is held against that before anything is said of the key that is asked.
        let ciphertext = blob.filter(|_| !ignores_ciphertext(input)).map(Ciphertext::parse);
        if let Some(parsed) = ciphertext {
            let parsed = parsed.ok_or_else(refusal::invalid_ciphertext)?;
            if !parsed.is_of(&key.key) {
                return Err(refusal::incorrect_key());
            }
        }
    }
    Key::must_be_for(key, KeyUsage::EncryptDecrypt, call.operation().name)?;
    let algorithm = key.encryption_algorithm(input, algorithm)?;
    let context = permitted_use::context(input, context, algorithm)?;
    if ignores_ciphertext(input) {
        let material = key.current_material().map(str::to_owned);
        return Ok(Plaintext { plaintext: Zeroizing::default(), material, algorithm });
    }
    let Some(blob) = blob else {
        let constraint = "failed to satisfy constraint: Member must not be null";
        let message = format!("1 validation error detected: Value null at 'ciphertextBlob' {constraint}");
        return Err(Failure::validation(message));
    };
    if algorithm == symmetric {
        open_symmetric(call, key, blob, &context).await
    } else {
        open_rsa(call, key, blob, algorithm).await
    }
}

async fn open_symmetric(
    call: &Permitted,
    key: &Stored<Key>,
    blob: &[u8],
    context: &[u8],
) -> Result<Plaintext, Failure> {
    let ciphertext = Ciphertext::parse(blob).ok_or_else(refusal::invalid_ciphertext)?;
    if let Some(kept) = &key.in_store {
        let plaintext = stores::decrypt(call, key, kept, &ciphertext, context).await?;
        let algorithm = EncryptionAlgorithm::SymmetricDefault;
        return Ok(Plaintext { plaintext, material: None, algorithm });
    }
    let id = ciphertext.material_id();
    let material = material::find(call, key, &id).await?.ok_or_else(refusal::invalid_ciphertext)?;
    let plaintext = ciphertext.open(&material, context).ok_or_else(refusal::invalid_ciphertext)?;
    Ok(Plaintext { plaintext, material: Some(id), algorithm: EncryptionAlgorithm::SymmetricDefault })
}

async fn open_rsa(
    call: &Permitted,
    key: &Stored<Key>,
    blob: &[u8],
    algorithm: EncryptionAlgorithm,
) -> Result<Plaintext, Failure> {
    let material = material::present(call, key).await?;
    let plaintext = material.decrypt(algorithm, blob).map_err(|error| match error {
        CryptoError::NotAuthentic => refusal::invalid_ciphertext(),
        other => Failure::internal(other),
    })?;
    Ok(Plaintext { plaintext, material: None, algorithm })
}

/// A trial that asks about permissions only, with any ciphertext or none.
fn ignores_ciphertext(input: &Document) -> bool {
    let modifier = input.strings("DryRunModifiers").any(|modifier| modifier == "IGNORE_CIPHERTEXT");
    modifier && input.bool("DryRun") == Some(true)
}
