//! What a proxy answers, read and held against the specification. Nothing of it is trusted.

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::Trouble;

/// The lengths that an initialization vector may have.
const IVS: [usize; 2] = [12, 16];
/// The length of an authentication tag.
pub(in crate::stores) const TAG: usize = 16;
/// The most bytes of metadata that a proxy may add to a ciphertext.
const MOST_METADATA: usize = 20;
/// The most uses of a key, and the most key managers, that a proxy may list.
const MOST_LISTED: usize = 10;

/// What an external key is.
pub(in crate::stores) struct ExternalKey {
    /// It is AES-256 and may encrypt and decrypt.
    pub(in crate::stores) fits: bool,
    pub(in crate::stores) enabled: bool,
}

/// What an external key has encrypted.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::stores) struct Envelope {
    pub(in crate::stores) iv: Vec<u8>,
    pub(in crate::stores) tag: [u8; TAG],
    /// What the proxy wants to have back when it decrypts; empty when it wants nothing.
    pub(in crate::stores) metadata: Vec<u8>,
    pub(in crate::stores) ciphertext: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    xks_proxy_fleet_size: u64,
    #[serde(rename = "xksProxyVendor")]
    _proxy_vendor: String,
    #[serde(rename = "xksProxyModel")]
    _proxy_model: String,
    #[serde(rename = "ekmVendor")]
    _vendor: String,
    ekm_fleet_details: Vec<Manager>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manager {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "model")]
    _model: String,
    health_status: HealthStatus,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
enum HealthStatus {
    Active,
    Degraded,
    Unavailable,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    key_spec: String,
    key_usage: Vec<String>,
    key_status: KeyStatus,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
enum KeyStatus {
    Enabled,
    Disabled,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Encrypted {
    ciphertext: String,
    ciphertext_metadata: Option<String>,
    initialization_vector: String,
    authentication_tag: String,
    ciphertext_data_integrity_value: String,
}

#[derive(Deserialize)]
struct Decrypted {
    plaintext: String,
}

pub(super) fn health(body: &[u8]) -> Result<(), Trouble> {
    let read: Health = json(body)?;
    if read.xks_proxy_fleet_size == 0 || !(1..=MOST_LISTED).contains(&read.ekm_fleet_details.len()) {
        return Err(Trouble::Malformed);
    }
    let usable = |manager: &Manager| manager.health_status != HealthStatus::Unavailable;
    if read.ekm_fleet_details.iter().any(usable) { Ok(()) } else { Err(Trouble::AllUnavailable) }
}

pub(super) fn key(body: &[u8]) -> Result<ExternalKey, Trouble> {
    let read: Metadata = json(body)?;
    if read.key_usage.len() > MOST_LISTED {
        return Err(Trouble::Malformed);
    }
    let may = |usage: &str| read.key_usage.iter().any(|listed| listed == usage);
    Ok(ExternalKey {
        fits: read.key_spec == "AES_256" && may("ENCRYPT") && may("DECRYPT"),
        enabled: read.key_status == KeyStatus::Enabled,
    })
}

/// An envelope around `length` bytes, bound to `aad`. Its integrity value must hold: only then has the proxy seen
/// that it decrypts, and nothing changed on the way.
pub(super) fn envelope(body: &[u8], aad: &[u8], length: usize) -> Result<Envelope, Trouble> {
    let read: Encrypted = json(body)?;
    let metadata = read.ciphertext_metadata.as_deref().map(base64).transpose()?.unwrap_or_default();
    let envelope = Envelope {
        iv: base64(&read.initialization_vector)?,
        tag: base64(&read.authentication_tag)?.try_into().map_err(|_| Trouble::Malformed)?,
        metadata,
        ciphertext: base64(&read.ciphertext)?,
    };
    let mut digest = Context::new(&SHA256);
    for part in [aad, &envelope.metadata, &envelope.iv, &envelope.ciphertext, &envelope.tag] {
        digest.update(part);
    }
    let vouched = base64(&read.ciphertext_data_integrity_value)?;
    let holds = digest.finish().as_ref() == vouched;
    if holds && envelope.is_well_formed() && envelope.ciphertext.len() == length {
        Ok(envelope)
    } else {
        Err(Trouble::Malformed)
    }
}

pub(super) fn plaintext(body: &[u8], length: usize) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let read: Decrypted = json(body)?;
    let text = Zeroizing::new(read.plaintext);
    let plaintext = Zeroizing::new(base64(&text)?);
    if plaintext.len() == length { Ok(plaintext) } else { Err(Trouble::Malformed) }
}

impl Envelope {
    fn is_well_formed(&self) -> bool {
        IVS.contains(&self.iv.len()) && self.metadata.len() <= MOST_METADATA
    }

    /// As a ciphertext blob carries it: the vector and the metadata behind their lengths, the tag, the ciphertext.
    pub(in crate::stores) fn write(&self, out: &mut Vec<u8>) {
        // Both are short: they were read, or they come from here.
        out.push(u8::try_from(self.iv.len()).unwrap_or_default());
        out.extend_from_slice(&self.iv);
        out.push(u8::try_from(self.metadata.len()).unwrap_or_default());
        out.extend_from_slice(&self.metadata);
        out.extend_from_slice(&self.tag);
        out.extend_from_slice(&self.ciphertext);
    }

    /// Reads what [`Self::write`] wrote; `None` when it is something else.
    pub(in crate::stores) fn parse(bytes: &[u8]) -> Option<Self> {
        let part = |bytes: &[u8]| {
            let (length, rest) = bytes.split_first()?;
            let (part, rest) = rest.split_at_checked(usize::from(*length))?;
            Some((part.to_vec(), rest.to_vec()))
        };
        let (iv, rest) = part(bytes)?;
        let (metadata, rest) = part(&rest)?;
        let (tag, ciphertext) = rest.split_first_chunk()?;
        let read = Self { iv, metadata, tag: *tag, ciphertext: ciphertext.to_vec() };
        read.is_well_formed().then_some(read)
    }
}

fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Trouble> {
    serde_json::from_slice(body).map_err(|_| Trouble::Malformed)
}

fn base64(text: &str) -> Result<Vec<u8>, Trouble> {
    STANDARD.decode(text).map_err(|_| Trouble::Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// The example of the specification.
    fn example() -> Value {
        json!({
            "authenticationTag": "vBxN2ncH1oEkR8WVXpmyYQ==",
            "ciphertext": "ghxkK1txeDNn3q8Y",
            "ciphertextDataIntegrityValue": "qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=",
            "ciphertextMetadata": "a2V5X3ZlcnNpb249MQ==",
            "initializationVector": "HMrlRw85cAJUd5Ax",
        })
    }

    const AAD: &[u8] = b"project=nile,department=marketing";

    fn read(answer: &Value) -> Result<Envelope, Trouble> {
        envelope(answer.to_string().as_bytes(), AAD, 12)
    }

    #[test]
    fn the_specifications_example_holds() {
        let envelope = read(&example()).unwrap();
        assert_eq!(envelope.metadata, b"key_version=1");
        let mut bytes = Vec::new();
        envelope.write(&mut bytes);
        assert_eq!(Envelope::parse(&bytes), Some(envelope));
    }

    #[test]
    fn nothing_else_does() {
        for (member, value) in [
            ("ciphertext", json!("ghxkK1txeDNn3q8Z")),
            ("ciphertext", json!("ghxkK1txeDNn3q8")),
            ("authenticationTag", json!("vBxN2ncH1oEkR8WVXpmyYg==")),
            ("authenticationTag", json!("vBxN")),
            ("initializationVector", json!("HMrlRw85cAJUd5Ay")),
            ("initializationVector", json!(7)),
            ("ciphertextMetadata", Value::Null),
            ("ciphertextDataIntegrityValue", Value::Null),
        ] {
            let mut changed = example();
            changed[member] = value.clone();
            assert_eq!(read(&changed), Err(Trouble::Malformed), "{member}: {value}");
        }
        assert_eq!(envelope(example().to_string().as_bytes(), b"project=nile", 12), Err(Trouble::Malformed));
        assert_eq!(envelope(example().to_string().as_bytes(), AAD, 13), Err(Trouble::Malformed));
        for garbage in ["", "null", "[]", "<html>", "{}", "\u{0}"] {
            assert_eq!(envelope(garbage.as_bytes(), AAD, 12), Err(Trouble::Malformed));
        }
    }

    #[test]
    fn health_needs_one_manager_that_works() {
        let told = |size: i64, states: &[&str]| {
            let managers: Vec<_> = states
                .iter()
                .map(|state| json!({ "id": "1", "model": "m", "healthStatus": state }))
                .collect();
            let answer = json!({
                "xksProxyFleetSize": size, "xksProxyVendor": "v", "xksProxyModel": "m", "ekmVendor": "e",
                "ekmFleetDetails": managers,
            });
            health(answer.to_string().as_bytes())
        };
        assert_eq!(told(1, &["ACTIVE"]), Ok(()));
        assert_eq!(told(2, &["UNAVAILABLE", "DEGRADED"]), Ok(()));
        assert_eq!(told(2, &["UNAVAILABLE", "UNAVAILABLE"]), Err(Trouble::AllUnavailable));
        for (size, states) in
            [(0, &["ACTIVE"][..]), (-1, &["ACTIVE"]), (1, &[]), (1, &["FINE"]), (1, &["ACTIVE"; 11])]
        {
            assert_eq!(told(size, states), Err(Trouble::Malformed), "{size} {states:?}");
        }
    }

    #[test]
    fn a_key_must_fit() {
        let told = |spec: &str, usage: &[&str], status: &str| {
            let answer = json!({ "keySpec": spec, "keyUsage": usage, "keyStatus": status });
            key(answer.to_string().as_bytes()).map(|key| (key.fits, key.enabled))
        };
        assert_eq!(told("AES_256", &["ENCRYPT", "DECRYPT", "WRAP"], "ENABLED"), Ok((true, true)));
        assert_eq!(told("AES_256", &["ENCRYPT", "DECRYPT"], "DISABLED"), Ok((true, false)));
        assert_eq!(told("AES_128", &["ENCRYPT", "DECRYPT"], "ENABLED"), Ok((false, true)));
        assert_eq!(told("AES_256", &["ENCRYPT"], "ENABLED"), Ok((false, true)));
        assert_eq!(told("AES_256", &["ENCRYPT", "DECRYPT"], "enabled"), Err(Trouble::Malformed));
        assert_eq!(told("AES_256", &["ENCRYPT"; 11], "ENABLED"), Err(Trouble::Malformed));
    }

    #[test]
    fn a_plaintext_has_the_length_of_its_ciphertext() {
        let body = br#"{"plaintext":"SGVsbG8gV29ybGQh"}"#;
        assert_eq!(plaintext(body, 12).unwrap().as_slice(), b"Hello World!");
        assert!(plaintext(body, 11).is_err() && plaintext(b"{}", 0).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(envelope) = Envelope::parse(&bytes) {
                let mut again = Vec::new();
                envelope.write(&mut again);
                prop_assert_eq!(again, bytes);
            }
        }
    }
}
