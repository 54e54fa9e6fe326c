//! The proxy of an external key store, as its client. Source: the public "External Key Store Proxy API
//! Specification", version 1.

mod answer;
mod trouble;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_remote::{Credentials, RemoteError, Within};
use bastide_seal::Sealer;
use bytes::Bytes;
use http::HeaderValue;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::KeyStoreSettings;
use crate::resolve::via_service;
use crate::stored::{KeyStore, XksProxy};

pub(super) use answer::{Envelope, ExternalKey};
pub(super) use trouble::Trouble;

/// The service that requests to a proxy are signed for.
const SERVICE: &str = "kms-xks-proxy";
/// The largest answer: 4300 bytes of ciphertext in Base64, and names.
const LARGEST: usize = 64 << 10;
/// What an external key encrypts with.
const ALGORITHM: &str = "AES_GCM";
/// The digest by which a proxy vouches for what it has encrypted.
const INTEGRITY: &str = "SHA_256";

/// A proxy, ready to be asked.
pub(super) struct Proxy<'a> {
    settings: &'a KeyStoreSettings,
    /// The endpoint and the path.
    base: String,
    credentials: Arc<Credentials>,
    region: &'a str,
}

impl<'a> Proxy<'a> {
    /// The proxy of a key store.
    ///
    /// # Errors
    /// When its credential does not open.
    pub(super) fn of(
        proxy: &XksProxy,
        store: &str,
        (settings, sealer, place): (&'a KeyStoreSettings, &Sealer, &'a Place),
    ) -> Result<Self, Failure> {
        let arn = KeyStore::arn_in(place, store);
        let credentials = proxy.credentials((sealer, place, &arn))?;
        let base = format!("{}{}", proxy.endpoint, proxy.path);
        Ok(Self { settings, base, credentials, region: place.region.as_str() })
    }

    /// GetHealthStatus: whether the proxy, and at least one external key manager behind it, can be used.
    pub(super) async fn health(&self, operation: &str, request: &str) -> Result<(), Trouble> {
        let metadata = json!({ "kmsOperation": operation, "kmsRequestId": request });
        let answer = self.ask("/health", json!({ "requestMetadata": metadata })).await?;
        answer::health(&answer)
    }

    /// GetKeyMetadata: what the external key is.
    pub(super) async fn key(&self, key: &str, metadata: Value) -> Result<ExternalKey, Trouble> {
        let answer =
            self.ask(&format!("/keys/{key}/metadata"), json!({ "requestMetadata": metadata })).await?;
        answer::key(&answer)
    }

    /// Encrypt: under an external key, bound to `aad`.
    pub(super) async fn encrypt(
        &self,
        key: &str,
        metadata: Value,
        aad: &[u8],
        plaintext: &[u8],
    ) -> Result<Envelope, Trouble> {
        let body = json!({
            "requestMetadata": metadata,
            "additionalAuthenticatedData": STANDARD.encode(aad),
            "plaintext": STANDARD.encode(plaintext),
            "encryptionAlgorithm": ALGORITHM,
            "ciphertextDataIntegrityValueAlgorithm": INTEGRITY,
        });
        let answer = self.ask(&format!("/keys/{key}/encrypt"), body).await?;
        answer::envelope(&answer, aad, plaintext.len())
    }

    /// Decrypt: what [`Self::encrypt`] gave.
    pub(super) async fn decrypt(
        &self,
        key: &str,
        metadata: Value,
        aad: &[u8],
        envelope: &Envelope,
    ) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        let mut body = json!({
            "requestMetadata": metadata,
            "additionalAuthenticatedData": STANDARD.encode(aad),
            "ciphertext": STANDARD.encode(&envelope.ciphertext),
            "encryptionAlgorithm": ALGORITHM,
            "initializationVector": STANDARD.encode(&envelope.iv),
            "authenticationTag": STANDARD.encode(envelope.tag),
        });
        if !envelope.metadata.is_empty()
            && let Some(members) = body.as_object_mut()
        {
            members.insert("ciphertextMetadata".to_owned(), json!(STANDARD.encode(&envelope.metadata)));
        }
        let answer = self.ask(&format!("/keys/{key}/decrypt"), body).await?;
        answer::plaintext(&answer, envelope.ciphertext.len())
    }

    async fn ask(&self, path: &str, body: Value) -> Result<Bytes, Trouble> {
        let uri = format!("{}{path}", self.base).parse().map_err(|_| Trouble::InvalidUriPath)?;
        // What is encrypted is nearly always a data key: its text is wiped with the body.
        let body = Bytes::from_owner(Zeroizing::new(body.to_string().into_bytes()));
        let headers = [("content-type", HeaderValue::from_static("application/json"))];
        let within = Within { time: self.settings.time, bytes: LARGEST };
        let scope = (SERVICE, self.region);
        let sent = self.settings.remote.post(uri, &headers, body, &self.credentials, scope, within).await;
        let answer = sent.map_err(|error| {
            tracing::warn!(proxy = self.base, %error, "the proxy of an external key store did not answer");
            match error {
                RemoteError::TimedOut(_) => Trouble::TimedOut,
                RemoteError::Tls(_) => Trouble::Tls,
                RemoteError::Unreachable(_) => Trouble::Unreachable,
                RemoteError::TooLarge(_) | RemoteError::Broken(_) | RemoteError::Request(_) => {
                    Trouble::Malformed
                }
            }
        })?;
        if answer.status() == http::StatusCode::OK {
            return Ok(answer.into_body());
        }
        let trouble = Trouble::read(answer.body());
        tracing::warn!(proxy = self.base, status = %answer.status(), ?trouble, "the proxy of an external key store refused");
        Err(trouble)
    }
}

/// What a proxy learns of a call: for its records, and for rules of its own.
pub(super) fn metadata(call: &Permitted, key_arn: Option<&str>) -> Value {
    let mut metadata = json!({
        "awsPrincipalArn": call.caller().principal.principal_arn().unwrap_or(call.caller().arn()),
        "kmsOperation": call.operation().name,
        "kmsRequestId": call.request_id().to_string(),
    });
    if let Some(members) = metadata.as_object_mut() {
        if let Some(arn) = key_arn {
            members.insert("kmsKeyArn".to_owned(), json!(arn));
        }
        if let Some(service) = call.via().last() {
            let via = via_service(service, call.place().region.as_str());
            members.insert("kmsViaService".to_owned(), json!(via));
        }
    }
    metadata
}
