use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::context::EncryptionContext;
use super::{ALGORITHM, check_algorithm, decrypt, encrypt};
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
    Key::must_be_enabled(&destination)?;
    check_algorithm(&destination, call.input(), "DestinationEncryptionAlgorithm")?;
    let context = EncryptionContext::of(call.input(), "DestinationEncryptionContext").checked()?.canonical();
    refusal::dry_run(call.input())?;
    let blob = encrypt::under(call, &destination, &context, &opened.plaintext).await?;
    call.record_data("sourceKeyMaterialId", opened.material.as_str());
    call.record_data("destinationKeyMaterialId", destination.material.as_str());
    Ok(Document::new()
        .with("CiphertextBlob", blob)
        .with("SourceKeyId", Key::arn(&source))
        .with("KeyId", Key::arn(&destination))
        .with("SourceEncryptionAlgorithm", ALGORITHM)
        .with("DestinationEncryptionAlgorithm", ALGORITHM)
        .with("SourceKeyMaterialId", opened.material)
        .with("DestinationKeyMaterialId", &destination.material))
}
