//! The messages of `v2.KeyManagementService`, with the field numbers of its protocol file.

use std::collections::HashMap;
use std::fmt;

use prost::Message;

/// `StatusRequest`: nothing.
#[derive(Clone, PartialEq, Message)]
pub(super) struct StatusRequest {}

/// `StatusResponse`
#[derive(Clone, PartialEq, Message)]
pub(super) struct StatusResponse {
    /// `v2`
    #[prost(string, tag = "1")]
    pub(super) version: String,
    /// `ok`, or what is wrong.
    #[prost(string, tag = "2")]
    pub(super) healthz: String,
    /// Changes when the key that encrypts does.
    #[prost(string, tag = "3")]
    pub(super) key_id: String,
}

/// `EncryptRequest`
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub(super) struct EncryptRequest {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) plaintext: Vec<u8>,
    /// For logs: the API server's name for the call.
    #[prost(string, tag = "2")]
    pub(super) uid: String,
}

/// `EncryptResponse`
#[derive(Clone, PartialEq, Message)]
pub(super) struct EncryptResponse {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) ciphertext: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) key_id: String,
    /// Kept beside the ciphertext, by names that are domain names.
    #[prost(map = "string, bytes", tag = "3")]
    pub(super) annotations: HashMap<String, Vec<u8>>,
}

/// `DecryptRequest`
#[derive(Clone, PartialEq, Message)]
pub(super) struct DecryptRequest {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) ciphertext: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) uid: String,
    #[prost(string, tag = "3")]
    pub(super) key_id: String,
    #[prost(map = "string, bytes", tag = "4")]
    pub(super) annotations: HashMap<String, Vec<u8>>,
}

/// `DecryptResponse`
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub(super) struct DecryptResponse {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) plaintext: Vec<u8>,
}

impl fmt::Debug for EncryptRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptRequest").field("uid", &self.uid).finish_non_exhaustive()
    }
}

impl fmt::Debug for DecryptResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecryptResponse(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_have_their_field_numbers() {
        let status = StatusResponse { version: "v2".into(), healthz: "ok".into(), key_id: "k".into() };
        assert_eq!(status.encode_to_vec(), b"\x0a\x02v2\x12\x02ok\x1a\x01k");
        let annotations = HashMap::from([("a.b".to_owned(), b"1".to_vec())]);
        let sealed = EncryptResponse { ciphertext: b"c".to_vec(), key_id: "k".into(), annotations };
        assert_eq!(sealed.encode_to_vec(), b"\x0a\x01c\x12\x01k\x1a\x08\x0a\x03a.b\x12\x011");
        let asked =
            DecryptRequest::decode(&b"\x0a\x01c\x12\x01u\x1a\x01k\x22\x08\x0a\x03a.b\x12\x011"[..]).unwrap();
        assert_eq!((asked.uid.as_str(), asked.key_id.as_str()), ("u", "k"));
        assert_eq!(asked.annotations.get("a.b").map(Vec::as_slice), Some(&b"1"[..]));
    }

    #[test]
    fn plaintexts_are_not_shown() {
        let asked = EncryptRequest { plaintext: b"hunter2".to_vec(), uid: "u".into() };
        let told = DecryptResponse { plaintext: b"hunter2".to_vec() };
        assert!(!format!("{asked:?}{told:?}").contains("104"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = EncryptRequest::decode(bytes.as_slice());
            let _ = DecryptRequest::decode(bytes.as_slice());
        }
    }
}
