use std::time::Duration;

use bastide_crypto::{KeySpec, WrappingAlgorithm};
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::check_origin;
use super::token::ImportToken;
use crate::cryptography::material;
use crate::refusal;
use crate::stored::Key;

/// How long a wrapping key and its token are good: 24 hours.
const VALID: Duration = Duration::from_secs(86_400);

/// GetParametersForImport: a public key to wrap material with, and a token to hand in with it.
///
/// # Errors
/// `KMSInvalidStateException`, `UnsupportedOperationException`.
pub(crate) async fn get_parameters_for_import(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    check_origin(&key)?;
    Key::must_allow(call, &key)?;
    let (spec, algorithm) = wanted(call.input(), &key)?;
    let wrapping_key = material::make(spec).await?;
    let public = wrapping_key.public_key().map_err(Failure::internal)?.spki().to_vec();
    let valid_to = call.now().plus(VALID);
    let token = ImportToken { wrapping_key, algorithm, valid_to }.write(call.sealer(), &key)?;
    Ok(Document::new()
        .with("KeyId", Key::arn(&key))
        .with("ImportToken", token)
        .with("PublicKey", public)
        .with("ParametersValidTo", valid_to))
}

/// The wrapping key and algorithm that a request asks for, which must fit the material.
fn wanted(input: &Document, key: &Stored<Key>) -> Result<(KeySpec, WrappingAlgorithm), Failure> {
    let (spec_name, name) = (input.text("WrappingKeySpec"), input.text("WrappingAlgorithm"));
    let not_supported = |what: &str| refusal::unsupported_wrapping(what, key.spec.as_str());
    let spec = match KeySpec::parse(spec_name) {
        Some(spec @ (KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096)) => spec,
        _ => return Err(not_supported(spec_name)),
    };
    // RSAES_PKCS1_V1_5 is no longer offered, as at AWS.
    let Some(algorithm) = WrappingAlgorithm::parse(name) else { return Err(not_supported(name)) };
    let direct = matches!(algorithm, WrappingAlgorithm::RsaesOaepSha1 | WrappingAlgorithm::RsaesOaepSha256);
    let too_long = match key.spec {
        KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096 => true,
        KeySpec::EccNistP521 => spec == KeySpec::Rsa2048,
        _ => false,
    };
    if direct && too_long {
        return Err(not_supported(&format!("{name} with {spec_name}")));
    }
    Ok((spec, algorithm))
}
