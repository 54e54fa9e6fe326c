use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Uri};
use serde_json::{Value, json};
use zeroize::{Zeroize as _, Zeroizing};

use crate::{Credentials, Remote, RemoteError, Within};

/// The largest answer that is taken: ciphertexts have 6 KiB, descriptions of keys less.
const LARGEST: usize = 256 << 10;

/// Calls AWS KMS, AWS's or that of a Bastide. Source: AWS KMS API Reference.
#[derive(Clone, Debug)]
pub struct KmsClient {
    /// Sends the requests.
    pub remote: Remote,
    /// Where the service is: `https://kms.eu-central-1.amazonaws.com`, `http://127.0.0.1:4566`.
    pub endpoint: Uri,
    /// The region to sign for.
    pub region: String,
    /// Who calls.
    pub credentials: Credentials,
    /// How long a call may take.
    pub time: Duration,
}

/// A call that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum KmsError {
    /// There was no answer.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The service refused.
    #[error("{code}: {message}")]
    Refused {
        /// AWS's name of the error, such as `DisabledException`.
        code: String,
        /// Its message.
        message: String,
        /// The HTTP status.
        status: u16,
    },
    /// The answer lacks what it should have.
    #[error("the answer to {operation} lacks `{member}`")]
    Incomplete {
        /// What was asked.
        operation: &'static str,
        /// What is missing or of another form.
        member: &'static str,
    },
}

/// What a key is, of DescribeKey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// The key's ARN, also when it was asked for by an alias.
    pub arn: String,
    /// `Enabled`, `Disabled`, `PendingDeletion`, …
    pub state: String,
    /// `ENCRYPT_DECRYPT`, …
    pub usage: String,
    /// `SYMMETRIC_DEFAULT`, …
    pub spec: String,
    /// The id of the material that it encrypts with now; of keys that have such ids.
    pub material: Option<String>,
}

impl KmsClient {
    /// Encrypts up to 4096 bytes; gives the ciphertext blob.
    ///
    /// # Errors
    /// [`KmsError`]
    pub async fn encrypt(
        &self,
        key: &str,
        context: &BTreeMap<String, String>,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, KmsError> {
        const OPERATION: &str = "Encrypt";
        let mut text = Zeroizing::new(STANDARD.encode(plaintext));
        let mut input = json!({ "KeyId": key, "Plaintext": std::mem::take(&mut *text) });
        with_context(&mut input, context);
        let answer = self.call(OPERATION, &input).await;
        wipe(&mut input, "Plaintext");
        blob(OPERATION, "CiphertextBlob", &answer?)
    }

    /// Decrypts a ciphertext blob that was made under this key with this encryption context.
    ///
    /// # Errors
    /// [`KmsError`]
    pub async fn decrypt(
        &self,
        key: &str,
        context: &BTreeMap<String, String>,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KmsError> {
        const OPERATION: &str = "Decrypt";
        let mut input = json!({ "KeyId": key, "CiphertextBlob": STANDARD.encode(ciphertext) });
        with_context(&mut input, context);
        let mut answer = self.call(OPERATION, &input).await?;
        let plaintext = blob(OPERATION, "Plaintext", &answer).map(Zeroizing::new);
        wipe(&mut answer, "Plaintext");
        plaintext
    }

    /// What a key is.
    ///
    /// # Errors
    /// [`KmsError`]
    pub async fn describe(&self, key: &str) -> Result<Described, KmsError> {
        const OPERATION: &str = "DescribeKey";
        let answer = self.call(OPERATION, &json!({ "KeyId": key })).await?;
        let metadata = answer.get("KeyMetadata");
        let optional = |member| metadata?.get(member)?.as_str().map(str::to_owned);
        let text = |member| optional(member).ok_or(KmsError::Incomplete { operation: OPERATION, member });
        Ok(Described {
            arn: text("Arn")?,
            state: text("KeyState")?,
            usage: text("KeyUsage")?,
            spec: text("KeySpec")?,
            material: optional("CurrentKeyMaterialId"),
        })
    }

    /// Calls any operation, in awsJson 1.1.
    ///
    /// # Errors
    /// [`KmsError::Remote`] or [`KmsError::Refused`].
    pub async fn call(&self, operation: &'static str, input: &Value) -> Result<Value, KmsError> {
        let target =
            HeaderValue::from_str(&format!("TrentService.{operation}")).map_err(RemoteError::request)?;
        let headers = [
            ("content-type", HeaderValue::from_static("application/x-amz-json-1.1")),
            ("x-amz-target", target),
        ];
        let scope = ("kms", self.region.as_str());
        let within = Within { time: self.time, bytes: LARGEST };
        let body = Bytes::from(input.to_string());
        let sent = self.remote.post(self.endpoint.clone(), &headers, body, &self.credentials, scope, within);
        let answer = sent.await?;
        let status = answer.status().as_u16();
        let read: Option<Value> = serde_json::from_slice(answer.body()).ok();
        match read {
            Some(value) if status == 200 => Ok(value),
            _ if status == 200 => Err(RemoteError::Broken("the answer is not JSON".to_owned()).into()),
            read => Err(refused(status, &read.unwrap_or_default())),
        }
    }
}

fn refused(status: u16, body: &Value) -> KmsError {
    let text = |names: [&str; 2]| names.iter().find_map(|name| body.get(name)?.as_str()).unwrap_or_default();
    // `com.amazonaws.kms#NotFoundException` with some servers.
    let code = text(["__type", "code"]);
    let code = code.rsplit('#').next().unwrap_or(code);
    let code = if code.is_empty() { format!("HTTP {status}") } else { code.to_owned() };
    KmsError::Refused { code, message: text(["message", "Message"]).to_owned(), status }
}

fn with_context(input: &mut Value, context: &BTreeMap<String, String>) {
    if let Value::Object(members) = input
        && !context.is_empty()
    {
        members.insert("EncryptionContext".to_owned(), json!(context));
    }
}

fn blob(operation: &'static str, member: &'static str, answer: &Value) -> Result<Vec<u8>, KmsError> {
    let text = answer.get(member).and_then(Value::as_str);
    let bytes = text.and_then(|text| STANDARD.decode(text).ok());
    bytes.ok_or(KmsError::Incomplete { operation, member })
}

fn wipe(value: &mut Value, member: &str) {
    if let Some(Value::String(text)) = value.get_mut(member) {
        text.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_read() {
        let read = |body: Value| refused(400, &body).to_string();
        let plain = json!({ "__type": "NotFoundException", "message": "no key" });
        assert_eq!(read(plain), "NotFoundException: no key");
        let long = json!({ "__type": "com.amazonaws.kms#DisabledException", "Message": "off" });
        assert_eq!(read(long), "DisabledException: off");
        assert_eq!(read(Value::Null), "HTTP 400: ");
    }
}
