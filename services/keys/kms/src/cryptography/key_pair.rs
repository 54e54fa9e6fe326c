use bastide_crypto::{EncryptionAlgorithm, KeySpec, SecretKey};
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::{check_recipient, encrypt, material, permitted_use};
use crate::refusal;
use crate::stored::Key;

/// GenerateDataKeyPair: a key pair for use elsewhere, its private key (PKCS#8) in the clear and encrypted.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidStateException`,
/// `UnsupportedOperationException`.
pub(crate) async fn generate_data_key_pair(call: &mut Permitted) -> Result<Document, Failure> {
    check_recipient(call.input())?;
    let (answer, pair) = data_key_pair(call).await?;
    Ok(answer.with("PrivateKeyPlaintext", pair.bytes()))
}

/// GenerateDataKeyPairWithoutPlaintext: as GenerateDataKeyPair, for those who will decrypt the private key later.
///
/// # Errors
/// As [`generate_data_key_pair`].
pub(crate) async fn generate_data_key_pair_without_plaintext(
    call: &mut Permitted,
) -> Result<Document, Failure> {
    Ok(data_key_pair(call).await?.0)
}

async fn data_key_pair(call: &mut Permitted) -> Result<(Document, SecretKey), Failure> {
    let algorithm = EncryptionAlgorithm::SymmetricDefault;
    let key = call.resource::<Stored<Key>>()?;
    Key::must_allow(call, &key)?;
    Key::must_be_symmetric(&key, call.operation().name)?;
    if key.origin.is_in_key_store() {
        return Err(refusal::not_in_key_store(Key::arn(&key), call.operation().name));
    }
    let name = call.input().text("KeyPairSpec").to_owned();
    let spec = KeySpec::parse(&name).filter(|spec| spec.is_supported());
    let spec = spec.ok_or_else(|| refusal::unsupported(&format!("the key pair spec {name}")))?;
    let context = permitted_use::context(call.input(), "EncryptionContext", algorithm)?;
    refusal::dry_run(call.input())?;
    let pair = material::make(spec).await?;
    let blob = encrypt::under(call, &key, algorithm, &context, pair.bytes()).await?;
    call.record_data("keyMaterialId", &key.material);
    let public = pair.public_key().map_err(Failure::internal)?.spki();
    let answer = Document::new()
        .with("PrivateKeyCiphertextBlob", blob)
        .with("PublicKey", public)
        .with("KeyId", Key::arn(&key))
        .with("KeyPairSpec", spec.as_str())
        .with("KeyMaterialId", &key.material);
    Ok((answer, pair))
}
