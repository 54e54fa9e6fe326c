use bastide_crypto::{CryptoError, EncapsulationAlgorithm, KeyAgreementAlgorithm, KeyUsage};
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::{check_recipient, material};
use crate::refusal;
use crate::stored::Key;

/// DeriveSharedSecret: the raw secret that this key and somebody's public key have in common.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn derive_shared_secret(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    Key::must_allow(call, &key)?;
    Key::must_be_for(&key, KeyUsage::KeyAgreement, call.operation().name)?;
    let input = call.input();
    let name = input.text("KeyAgreementAlgorithm");
    let algorithm = key.one_of(name, |key| {
        KeyAgreementAlgorithm::parse(name).filter(|one| key.spec.key_agreement_algorithms().contains(one))
    })?;
    check_recipient(input)?;
    refusal::dry_run(input)?;
    let material = material::present(call, &key).await?;
    let secret = material.derive(input.blob("PublicKey").unwrap_or_default());
    let secret = secret.map_err(|error| match error {
        CryptoError::InvalidPublicKey => refusal::invalid_public_key(),
        other => Failure::internal(other),
    })?;
    Ok(Document::new()
        .with("KeyId", Key::arn(&key))
        .with("SharedSecret", secret.as_slice())
        .with("KeyAgreementAlgorithm", algorithm.as_str())
        .with("KeyOrigin", key.origin.as_str()))
}

/// Encapsulate: a new shared secret, and the form of it that only this key opens.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn encapsulate(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    let algorithm = asked(call, &key)?;
    refusal::dry_run(call.input())?;
    let material = material::present(call, &key).await?;
    let made = material.public_key().and_then(bastide_crypto::PublicKey::encapsulate);
    let (ciphertext, secret) = made.map_err(Failure::internal)?;
    Ok(Document::new()
        .with("KeyId", Key::arn(&key))
        .with("SharedSecret", secret.as_slice())
        .with("SharedSecretCiphertextBlob", ciphertext)
        .with("EncapsulationAlgorithm", algorithm.as_str()))
}

/// Decapsulate: the shared secret behind what Encapsulate, or anybody with the public key, made. What was altered
/// gives another secret (FIPS 203, implicit rejection).
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidCiphertextException` for a wrong length,
/// `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn decapsulate(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    let algorithm = asked(call, &key)?;
    refusal::dry_run(call.input())?;
    let material = material::present(call, &key).await?;
    let ciphertext = call.input().blob("SharedSecretCiphertextBlob").unwrap_or_default();
    let secret = material.decapsulate(ciphertext).map_err(|error| match error {
        CryptoError::NotAuthentic => refusal::invalid_ciphertext(),
        other => Failure::internal(other),
    })?;
    Ok(Document::new()
        .with("KeyId", Key::arn(&key))
        .with("SharedSecret", secret.as_slice())
        .with("EncapsulationAlgorithm", algorithm.as_str()))
}

fn asked(call: &Permitted, key: &Stored<Key>) -> Result<EncapsulationAlgorithm, Failure> {
    Key::must_allow(call, key)?;
    Key::must_be_for(key, KeyUsage::EncapsulateDecapsulate, call.operation().name)?;
    let name = call.input().text("EncapsulationAlgorithm");
    key.one_of(name, |key| {
        EncapsulationAlgorithm::parse(name).filter(|one| key.spec.encapsulation_algorithms().contains(one))
    })
}
