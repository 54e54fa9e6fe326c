use bastide_crypto::{CryptoError, KeyUsage, MacAlgorithm};
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::material;
use crate::refusal;
use crate::stored::Key;

/// GenerateMac: the HMAC of a message of up to 4096 bytes.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn generate_mac(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    let algorithm = asked(call, &key)?;
    refusal::dry_run(call.input())?;
    let material = material::present(call, &key).await?;
    let message = call.input().blob("Message").unwrap_or_default();
    let mac = material.mac(algorithm, message).map_err(Failure::internal)?;
    Ok(Document::new()
        .with("Mac", mac)
        .with("MacAlgorithm", algorithm.as_str())
        .with("KeyId", Key::arn(&key)))
}

/// VerifyMac: whether an HMAC is one of this key.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidMacException`,
/// `KMSInvalidStateException`.
pub(crate) async fn verify_mac(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    let algorithm = asked(call, &key)?;
    refusal::dry_run(call.input())?;
    let material = material::present(call, &key).await?;
    let input = call.input();
    let (message, mac) = (input.blob("Message").unwrap_or_default(), input.blob("Mac").unwrap_or_default());
    material.verify_mac(algorithm, message, mac).map_err(|error| match error {
        CryptoError::NotAuthentic => refusal::invalid_mac(),
        other => Failure::internal(other),
    })?;
    Ok(Document::new()
        .with("KeyId", Key::arn(&key))
        .with("MacValid", true)
        .with("MacAlgorithm", algorithm.as_str()))
}

fn asked(call: &Permitted, key: &Stored<Key>) -> Result<MacAlgorithm, Failure> {
    Key::must_allow(call, key)?;
    Key::must_be_for(key, KeyUsage::GenerateVerifyMac, call.operation().name)?;
    let name = call.input().text("MacAlgorithm");
    key.one_of(name, |key| MacAlgorithm::parse(name).filter(|one| key.spec.mac_algorithms().contains(one)))
}
