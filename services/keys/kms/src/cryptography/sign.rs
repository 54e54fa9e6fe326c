use bastide_crypto::{CryptoError, KeyUsage, Message, SigningAlgorithm};
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::material;
use crate::refusal;
use crate::stored::Key;

/// Sign: a message of up to 4096 bytes, its digest, or ML-DSA's µ.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn sign(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    let (algorithm, message) = asked(call, &key)?;
    refusal::dry_run(call.input())?;
    let material = material::present(call, &key).await?;
    let signature = material.sign(algorithm, message).map_err(Failure::internal)?;
    Ok(Document::new()
        .with("KeyId", Key::arn(&key))
        .with("Signature", signature)
        .with("SigningAlgorithm", algorithm.as_str()))
}

/// Verify: whether a signature is one of this key.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidSignatureException`,
/// `KMSInvalidStateException`.
pub(crate) async fn verify(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    let (algorithm, message) = asked(call, &key)?;
    refusal::dry_run(call.input())?;
    let material = material::present(call, &key).await?;
    let public = material.public_key().map_err(Failure::internal)?;
    let signature = call.input().blob("Signature").unwrap_or_default();
    public.verify(algorithm, message, signature).map_err(|error| match error {
        CryptoError::NotAuthentic => refusal::invalid_signature(),
        other => Failure::internal(other),
    })?;
    Ok(Document::new()
        .with("KeyId", Key::arn(&key))
        .with("SignatureValid", true)
        .with("SigningAlgorithm", algorithm.as_str()))
}

/// What is to be signed or verified, and how, once it is clear that the key does that.
fn asked<'a>(call: &'a Permitted, key: &Stored<Key>) -> Result<(SigningAlgorithm, Message<'a>), Failure> {
    Key::must_allow(call, key)?;
    Key::must_be_for(key, KeyUsage::SignVerify, call.operation().name)?;
    let input = call.input();
    let name = input.text("SigningAlgorithm");
    let algorithm = key.one_of(name, |key| {
        SigningAlgorithm::parse(name).filter(|one| key.spec.signing_algorithms().contains(one))
    })?;
    let bytes = input.blob("Message").unwrap_or_default();
    let kind = input.str("MessageType").unwrap_or(RAW);
    let message = match kind {
        "DIGEST" => Message::Digest(bytes),
        "EXTERNAL_MU" => Message::ExternalMu(bytes),
        _ => Message::Raw(bytes),
    };
    message.check(key.spec, algorithm).map_err(|error| match error {
        CryptoError::DigestLength { .. } => refusal::digest_length(name),
        CryptoError::MessageType if name.starts_with("ED25519") => {
            refusal::message_type(kind, &format!("algorithm {name}"))
        }
        CryptoError::MessageType => refusal::message_type(kind, &format!("key spec {}", key.spec)),
        other => Failure::internal(other),
    })?;
    Ok((algorithm, message))
}

/// The message type that is meant when none is told.
pub(crate) const RAW: &str = "RAW";
