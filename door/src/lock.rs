//! KMS as every other service's lock: what a service keeps for somebody is encrypted under a key of theirs.
//!
//! These are calls like any other: they go through the door, are authorised (`kms:ViaService`, the encryption
//! context, grants) and recorded (`invokedBy`). This only spares services the documents.

use bastide_api_kms::operations as row;
use bastide_ids::Place;
use bastide_shape::{Document, Operation};
use zeroize::Zeroizing;

use crate::{Failure, Permitted};

/// Pairs that a ciphertext is bound to; who decrypts must know them, and policies and the trail see them.
pub type Context<'a> = &'a [(&'a str, &'a str)];

/// A way to KMS, with an identity. Made by [`Permitted::lock`] and [`Permitted::own_lock`].
pub struct Lock<'a> {
    call: &'a Permitted,
    /// Where the service acts as itself; `None`: with the caller's identity.
    own: Option<Place>,
}

/// A key to encrypt with, and its ciphertext to be kept beside what it encrypts. The key is wiped when dropped.
pub struct DataKey {
    /// The ARN of the KMS key.
    pub key: String,
    /// 256 bits, in the clear.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// The same, encrypted under the KMS key.
    pub ciphertext: Vec<u8>,
}

impl Permitted {
    /// KMS with the caller's identity forwarded: the caller needs the permission, perhaps only through this service.
    #[must_use]
    pub fn lock(&self) -> Lock<'_> {
        Lock { call: self, own: None }
    }

    /// KMS as this service itself, in an account and region: for keys that the service owns, and for what it may do by
    /// a grant.
    #[must_use]
    pub fn own_lock(&self, place: &Place) -> Lock<'_> {
        Lock { call: self, own: Some(place.clone()) }
    }
}

impl Lock<'_> {
    /// A new data key under a key: its id, ARN, or an alias such as `alias/aws/secretsmanager`.
    ///
    /// # Errors
    /// What KMS answers to GenerateDataKey.
    pub async fn data_key(&self, key: &str, context: Context<'_>) -> Result<DataKey, Failure> {
        let input = Document::new().with("KeyId", key).with("KeySpec", "AES_256");
        let answer = self.ask(&row::GenerateDataKey, bound(input, context)).await?;
        Ok(DataKey {
            key: answer.text("KeyId").to_owned(),
            plaintext: secret(&answer),
            ciphertext: answer.blob("CiphertextBlob").unwrap_or_default().to_vec(),
        })
    }

    /// Encrypts up to 4,096 bytes.
    ///
    /// # Errors
    /// What KMS answers to Encrypt.
    pub async fn encrypt(
        &self,
        key: &str,
        context: Context<'_>,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let input = Document::new().with("KeyId", key).with("Plaintext", plaintext);
        let answer = self.ask(&row::Encrypt, bound(input, context)).await?;
        Ok(answer.blob("CiphertextBlob").unwrap_or_default().to_vec())
    }

    /// Decrypts a data key or what [`Self::encrypt`] made, under the context that it is bound to.
    ///
    /// # Errors
    /// What KMS answers to Decrypt.
    pub async fn decrypt(
        &self,
        ciphertext: &[u8],
        context: Context<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let input = Document::new().with("CiphertextBlob", ciphertext);
        Ok(secret(&self.ask(&row::Decrypt, bound(input, context)).await?))
    }

    /// Lets this service use a key for what it keeps, also when the caller is gone: a grant to the service, bound to a
    /// context. Its id.
    ///
    /// # Errors
    /// What KMS answers to CreateGrant.
    pub async fn grant(
        &self,
        key: &str,
        operations: &[&str],
        context: Context<'_>,
    ) -> Result<String, Failure> {
        let service = self.call.attempt.service.event_source;
        let mut input = Document::new()
            .with("KeyId", key)
            .with("GranteePrincipal", service)
            .with("RetiringPrincipal", service)
            .with("Operations", operations);
        if !context.is_empty() {
            input.push("Constraints", Document::new().with("EncryptionContextSubset", pairs(context)));
        }
        Ok(self.ask(&row::CreateGrant, input).await?.text("GrantId").to_owned())
    }

    /// Ends a grant that this service has; `key` is the key's ARN.
    ///
    /// # Errors
    /// What KMS answers to RetireGrant.
    pub async fn retire(&self, key: &str, grant: &str) -> Result<(), Failure> {
        self.ask(&row::RetireGrant, Document::new().with("KeyId", key).with("GrantId", grant)).await.map(drop)
    }

    async fn ask(&self, operation: &'static Operation, input: Document) -> Result<Document, Failure> {
        match &self.own {
            Some(place) => self.call.call_as_service(place, operation, input).await,
            None => self.call.call(operation, input).await,
        }
    }
}

fn bound(input: Document, context: Context<'_>) -> Document {
    input.maybe("EncryptionContext", (!context.is_empty()).then(|| pairs(context)))
}

fn pairs(context: Context<'_>) -> Document {
    context.iter().map(|(name, value)| ((*name).to_owned().into(), (*value).into())).collect()
}

fn secret(answer: &Document) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(answer.blob("Plaintext").unwrap_or_default().to_vec())
}
