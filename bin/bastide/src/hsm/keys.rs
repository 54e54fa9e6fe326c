//! What keys there are.

use bastide_hsm::Client;
use bastide_hsm::wire::{AttributeAnswer, AttributeType as A, Handle, Template, Value, class, key_type};
use serde_json::{Value as Json, json};

use super::manage::show;

/// Shows the objects that the user may see.
pub(super) fn list(client: &Client) -> Result<(), String> {
    let found = client.find(Template::new()).map_err(|error| error.to_string())?;
    let shown: Result<Vec<Json>, String> = found.into_iter().map(|handle| shown(client, handle)).collect();
    show(&format!("{:#}\n", json!({ "keys": shown? })))
}

fn shown(client: &Client, handle: Handle) -> Result<Json, String> {
    let all = client.attributes(handle, Vec::new()).map_err(|error| error.to_string())?;
    let (owner, shared) = client.shares(handle).map_err(|error| error.to_string())?;
    let attributes: Template = all
        .into_iter()
        .filter_map(|(kind, answer)| match answer {
            AttributeAnswer::Value(value) => Some((kind, value)),
            _ => None,
        })
        .collect();
    let text = |kind| String::from_utf8_lossy(attributes.bytes(kind).unwrap_or_default()).into_owned();
    let hex = |kind: A| -> String {
        attributes.bytes(kind).unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let flags = attributes.0.iter().filter(|(_, value)| **value == Value::Bool(true));
    let flags: Vec<String> = flags.map(|(kind, _)| kind.name().to_lowercase().replace('_', "-")).collect();
    Ok(json!({
        "key-reference": format!("0x{:016x}", handle.0),
        "class": class_name(attributes.number(A::CLASS)),
        "key-type": type_name(attributes.number(A::KEY_TYPE)),
        "label": text(A::LABEL),
        "id": hex(A::ID),
        "check-value": hex(A::CHECK_VALUE),
        "is": flags,
        "owner": owner,
        "shared-with": shared,
    }))
}

fn class_name(number: Option<u64>) -> &'static str {
    match number {
        Some(class::PUBLIC_KEY) => "public-key",
        Some(class::PRIVATE_KEY) => "private-key",
        Some(class::SECRET_KEY) => "secret-key",
        Some(class::CERTIFICATE) => "certificate",
        _ => "data",
    }
}

fn type_name(number: Option<u64>) -> Option<&'static str> {
    match number? {
        key_type::RSA => Some("rsa"),
        key_type::EC => Some("ec"),
        key_type::EC_EDWARDS => Some("ec-edwards"),
        key_type::AES => Some("aes"),
        key_type::GENERIC_SECRET => Some("generic-secret"),
        key_type::SHA_1_HMAC
        | key_type::SHA224_HMAC
        | key_type::SHA256_HMAC
        | key_type::SHA384_HMAC
        | key_type::SHA512_HMAC => Some("hmac"),
        _ => None,
    }
}
