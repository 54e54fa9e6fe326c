use std::collections::{BTreeMap, HashMap};

use bastide_remote::{Described, KmsClient, KmsError, RemoteError};

use super::grpc::{Code, Refusal};
use super::messages::{
    DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse, StatusRequest, StatusResponse,
};

/// The version of the protocol, as `StatusResponse` tells it.
const VERSION: &str = "v2";
/// The annotation that says how a ciphertext was made.
const FORMAT: &str = "format.kms.bastide.internal";
const FORMAT_1: &[u8] = b"1";
/// How often an encryption is tried again because the key was rotated meanwhile.
const TRIES: usize = 3;

/// Encrypts and decrypts for an API server, under a key of a KMS.
pub(super) struct Plugin {
    kms: KmsClient,
    key: String,
    old_keys: Vec<String>,
    context: BTreeMap<String, String>,
}

impl Plugin {
    pub(super) fn new(
        kms: KmsClient,
        key: String,
        old_keys: Vec<String>,
        context: BTreeMap<String, String>,
    ) -> Self {
        Self { kms, key, old_keys, context }
    }

    /// Whether the key can be used.
    pub(super) async fn check(&self) -> Result<(), String> {
        let key = self.kms.describe(&self.key).await.map_err(|error| error.to_string())?;
        unfit(&key).map_or(Ok(()), Err)
    }

    /// Whether secrets can be encrypted, and which key does it. The API server asks every minute.
    pub(super) async fn status(&self, _: StatusRequest) -> Result<StatusResponse, Refusal> {
        let key = self.describe().await?;
        Ok(StatusResponse {
            version: VERSION.to_owned(),
            healthz: unfit(&key).unwrap_or_else(|| "ok".to_owned()),
            key_id: key_id(&key),
        })
    }

    /// The id that is answered is that of the material that did it: the answer to Encrypt does not tell it, so the
    /// key must have been the same before and after.
    pub(super) async fn encrypt(&self, request: EncryptRequest) -> Result<EncryptResponse, Refusal> {
        let EncryptRequest { plaintext, uid } = request;
        let plaintext = zeroize::Zeroizing::new(plaintext);
        let mut before = self.describe().await?;
        for _ in 0..TRIES {
            let encrypted = self.kms.encrypt(&before.arn, &self.context, &plaintext).await;
            let ciphertext = encrypted.map_err(|error| refused("Encrypt", &uid, &error))?;
            let after = self.describe().await?;
            if after.arn == before.arn && after.material == before.material {
                let annotations = HashMap::from([(FORMAT.to_owned(), FORMAT_1.to_vec())]);
                return Ok(EncryptResponse { ciphertext, key_id: key_id(&after), annotations });
            }
            before = after;
        }
        Err(Refusal::new(Code::Unavailable, "the key changes all the time"))
    }

    pub(super) async fn decrypt(&self, request: DecryptRequest) -> Result<DecryptResponse, Refusal> {
        let DecryptRequest { ciphertext, uid, key_id, annotations } = request;
        if annotations.get(FORMAT).is_some_and(|format| format != FORMAT_1) {
            return Err(Refusal::new(
                Code::FailedPrecondition,
                "a newer Bastide encrypted this: update this one",
            ));
        }
        let arn = key_id.split_once('#').map_or(key_id.as_str(), |(arn, _)| arn);
        // What etcd keeps is not to choose the key: somebody who can write there may have put a key of his own.
        let known = [&self.key].into_iter().chain(&self.old_keys).any(|key| key == arn);
        if !known && self.describe().await?.arn != arn {
            let why = format!("`{arn}` is neither the key in use nor one given with --old-key");
            return Err(Refusal::new(Code::FailedPrecondition, why));
        }
        let decrypted = self.kms.decrypt(arn, &self.context, &ciphertext).await;
        let plaintext = decrypted.map_err(|error| refused("Decrypt", &uid, &error))?;
        Ok(DecryptResponse { plaintext: plaintext.to_vec() })
    }

    async fn describe(&self) -> Result<Described, Refusal> {
        self.kms.describe(&self.key).await.map_err(|error| refused("DescribeKey", "", &error))
    }
}

/// Changes with the key and with its material, so that the API server encrypts anew after a rotation.
fn key_id(key: &Described) -> String {
    match &key.material {
        Some(material) => format!("{}#{material}", key.arn),
        None => key.arn.clone(),
    }
}

/// Why a key cannot encrypt secrets.
fn unfit(key: &Described) -> Option<String> {
    if key.usage != "ENCRYPT_DECRYPT" || key.spec != "SYMMETRIC_DEFAULT" {
        return Some(format!("{} is no symmetric encryption key", key.arn));
    }
    (key.state != "Enabled").then(|| format!("{} is in the state {}", key.arn, key.state))
}

fn refused(operation: &str, uid: &str, error: &KmsError) -> Refusal {
    tracing::warn!(operation, uid, %error, "the KMS did not answer as hoped");
    let code = match error {
        KmsError::Remote(RemoteError::TimedOut(_)) => Code::DeadlineExceeded,
        KmsError::Remote(RemoteError::Request(_)) => Code::Internal,
        KmsError::Remote(_) | KmsError::Incomplete { .. } => Code::Unavailable,
        KmsError::Refused { code, status, .. } => match code.as_str() {
            "AccessDeniedException" => Code::PermissionDenied,
            "InvalidCiphertextException" | "IncorrectKeyException" | "ValidationException" => {
                Code::InvalidArgument
            }
            "NotFoundException" => Code::NotFound,
            "ThrottlingException" => Code::ResourceExhausted,
            "DisabledException" | "KMSInvalidStateException" | "InvalidKeyUsageException" => {
                Code::FailedPrecondition
            }
            _ if matches!(status, 401 | 403) || code.ends_with("TokenException") => Code::Unauthenticated,
            _ if code.contains("Signature") => Code::Unauthenticated,
            _ => Code::Unavailable,
        },
    };
    Refusal::new(code, format!("{operation}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Described {
        Described {
            arn: "arn:aws:kms:us-east-1:111122223333:key/1".to_owned(),
            state: "Enabled".to_owned(),
            usage: "ENCRYPT_DECRYPT".to_owned(),
            spec: "SYMMETRIC_DEFAULT".to_owned(),
            material: Some("ab".repeat(32)),
        }
    }

    #[test]
    fn another_material_is_another_key_id() {
        let other = Described { material: Some("cd".repeat(32)), ..key() };
        assert_ne!(key_id(&key()), key_id(&other));
        assert_eq!(key_id(&Described { material: None, ..key() }), key().arn);
        assert!(key_id(&key()).len() <= 1024);
    }

    #[test]
    fn only_an_enabled_symmetric_key_is_fit() {
        assert_eq!(unfit(&key()), None);
        assert!(unfit(&Described { state: "Disabled".into(), ..key() }).is_some());
        assert!(unfit(&Described { spec: "RSA_2048".into(), ..key() }).is_some());
        assert!(unfit(&Described { usage: "SIGN_VERIFY".into(), ..key() }).is_some());
    }
}
