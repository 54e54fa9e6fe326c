use std::fmt;

use aws_lc_rs::hmac;
use zeroize::{Zeroize, Zeroizing};

use crate::TERMINATOR;

/// What a signing key is good for: one day, one region, one service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The day in UTC, `20261121`. From a request it may be any text until [`crate::verify`] has said yes.
    pub date: String,
    /// The region, such as `us-east-1`.
    pub region: String,
    /// The signing name of the service, such as `kms`.
    pub service: String,
}

impl fmt::Display for Scope {
    /// `20261121/us-east-1/kms/aws4_request`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{TERMINATOR}", self.date, self.region, self.service)
    }
}

/// The key of one secret in one [`Scope`]. Deriving it costs four HMACs, so keep it per access key and scope;
/// its state is erased when the last clone is dropped.
#[derive(Clone)]
pub struct SigningKey(hmac::Key);

impl SigningKey {
    /// Derives the key from a secret access key.
    #[must_use]
    pub fn derive(secret: &str, scope: &Scope) -> Self {
        let mut seed = Zeroizing::new(Vec::with_capacity(4 + secret.len()));
        seed.extend_from_slice(b"AWS4");
        seed.extend_from_slice(secret.as_bytes());
        let mut key = hmac::Key::new(hmac::HMAC_SHA256, &seed);
        for part in [&scope.date, &scope.region, &scope.service, TERMINATOR] {
            let mut next = sign(&key, part.as_bytes());
            key = hmac::Key::new(hmac::HMAC_SHA256, &next);
            next.zeroize();
        }
        Self(key)
    }

    /// The signature of a string to sign: 32 bytes, sent as lower-case hex.
    #[must_use]
    pub fn signature(&self, string_to_sign: &[u8]) -> [u8; 32] {
        sign(&self.0, string_to_sign)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(hidden)")
    }
}

fn sign(key: &hmac::Key, data: &[u8]) -> [u8; 32] {
    let mut tag = [0; 32];
    // Fails only for a buffer shorter than the tag; the zeros it would leave match no signature of a client,
    // who would have to know that the failure happened.
    if hmac::sign_to_buffer(key, data, &mut tag).is_err() {
        tag = bastide_ids::random_bytes();
    }
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_itself() {
        let scope = Scope { date: "20150830".into(), region: "us-east-1".into(), service: "iam".into() };
        let key = SigningKey::derive("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", &scope);
        assert_eq!(format!("{key:?}"), "SigningKey(hidden)");
        assert_eq!(scope.to_string(), "20150830/us-east-1/iam/aws4_request");
    }
}
