use bastide_crypto::EncryptionAlgorithm;
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;
use zeroize::Zeroizing;

use super::{check_recipient, encrypt, permitted_use};
use crate::stored::Key;
use crate::{refusal, stores};

/// GenerateDataKey: random bytes to encrypt with, in the clear and encrypted under a key.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn generate_data_key(call: &mut Permitted) -> Result<Document, Failure> {
    check_recipient(call.input())?;
    let (answer, plaintext) = data_key(call).await?;
    Ok(answer.with("Plaintext", plaintext.as_slice()))
}

/// GenerateDataKeyWithoutPlaintext: as GenerateDataKey, for those who will decrypt it later.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidKeyUsageException`, `KMSInvalidStateException`.
pub(crate) async fn generate_data_key_without_plaintext(call: &mut Permitted) -> Result<Document, Failure> {
    Ok(data_key(call).await?.0)
}

/// GenerateRandom: up to 1024 random bytes.
///
/// # Errors
/// `CustomKeyStoreNotFoundException`, `CustomKeyStoreInvalidStateException`, `UnsupportedOperationException`.
pub(crate) async fn generate_random(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    check_recipient(input)?;
    let Some(length) = input.int("NumberOfBytes") else {
        return Err(Failure::validation("NumberOfBytes is required."));
    };
    let bytes = match input.str("CustomKeyStoreId") {
        Some(id) => stores::random(call, id, u32::try_from(length).unwrap_or(0)).await?,
        None => random(length)?,
    };
    Ok(Document::new().with("Plaintext", bytes.as_slice()))
}

async fn data_key(call: &mut Permitted) -> Result<(Document, Zeroizing<Vec<u8>>), Failure> {
    let algorithm = EncryptionAlgorithm::SymmetricDefault;
    let key = call.resource::<Stored<Key>>()?;
    Key::must_allow(call, &key)?;
    Key::must_be_symmetric(&key, call.operation().name)?;
    let length = length(call.input())?;
    let context = permitted_use::context(call.input(), "EncryptionContext", algorithm)?;
    refusal::dry_run(call.input())?;
    let plaintext = random(length)?;
    let blob = encrypt::under(call, &key, algorithm, &context, &plaintext).await?;
    if let Some(material) = key.current_material() {
        call.record_data("keyMaterialId", material);
    }
    let answer = Document::new()
        .with("CiphertextBlob", blob)
        .with("KeyId", Key::arn(&key))
        .maybe("KeyMaterialId", key.current_material());
    Ok((answer, plaintext))
}

fn length(input: &Document) -> Result<i64, Failure> {
    match (input.str("KeySpec"), input.int("NumberOfBytes")) {
        (Some("AES_128"), None) => Ok(16),
        (Some(_), None) => Ok(32),
        (None, Some(length)) => Ok(length),
        _ => Err(Failure::validation("Please specify either number of bytes or key spec.")),
    }
}

fn random(length: i64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(vec![0; usize::try_from(length).unwrap_or(0)]);
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Failure::internal("the system gives no random bytes"))?;
    Ok(bytes)
}
