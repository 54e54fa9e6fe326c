use bastide_crypto::KeyUsage;
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::{decrypt, encrypt, permitted_use};
use crate::refusal;
use crate::stored::Key;

/// ReEncrypt: from one key or encryption context to another, without the plaintext leaving.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `IncorrectKeyException`, `InvalidCiphertextException`,
/// `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn re_encrypt(call: &mut Permitted) -> Result<Document, Failure> {
    let source = call.nth_resource::<Stored<Key>>(0)?;
    let destination = call.nth_resource::<Stored<Key>>(1)?;
    let opened = decrypt::open(call, &source, "SourceEncryptionContext", "SourceEncryptionAlgorithm").await?;
    Key::must_allow(call, &destination)?;
    Key::must_be_for(&destination, KeyUsage::EncryptDecrypt, call.operation().name)?;
    let algorithm = destination.encryption_algorithm(call.input(), "DestinationEncryptionAlgorithm")?;
    let context = permitted_use::context(call.input(), "DestinationEncryptionContext", algorithm)?;
    refusal::dry_run(call.input())?;
    let blob = encrypt::under(call, &destination, algorithm, &context, &opened.plaintext).await?;
    let made_with = destination.current_material();
    if let Some(material) = opened.material.as_deref() {
        call.record_data("sourceKeyMaterialId", material);
    }
    if let Some(material) = made_with {
        call.record_data("destinationKeyMaterialId", material);
    }
    Ok(Document::new()
        .with("CiphertextBlob", blob)
        .with("SourceKeyId", Key::arn(&source))
        .with("KeyId", Key::arn(&destination))
        .with("SourceEncryptionAlgorithm", opened.algorithm.as_str())
        .with("DestinationEncryptionAlgorithm", algorithm.as_str())
        .maybe("SourceKeyMaterialId", opened.material)
        .maybe("DestinationKeyMaterialId", made_with))
}
