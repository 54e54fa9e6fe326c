//! GetKeyLastUsage: when a key was last used. The record says it, so nothing is kept for it and no use is slowed.

use bastide_door::{Failure, Permitted};
use bastide_events::{Attribute, Event, Filter, Lookup};
use bastide_resources::Stored;
use bastide_shape::Document;
use serde::Deserialize;

use crate::stored::Key;

/// What counts as a use. Source: AWS KMS API Reference, `KeyLastUsageTrackingOperation`.
const USES: [&str; 14] = [
    "Decrypt",
    "DeriveSharedSecret",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "ReEncrypt",
    "Sign",
    "Verify",
    "VerifyMac",
    "Encapsulate",
    "Decapsulate",
];

/// GetKeyLastUsage: the last use of a key that succeeded.
///
/// # Errors
/// When the events trunk fails.
pub(crate) async fn get_key_last_usage(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    // Records that were answered may still be on their way from the outbox.
    let _ = call.events().flush().await;
    let last = last_use(call, &key).await?;
    let begun = call.events().stats().oldest.unwrap_or(key.created);
    Ok(Document::new()
        .with("KeyId", key.key.id.as_str())
        .with("KeyLastUsage", last.unwrap_or_default())
        .with("TrackingStartDate", begun.max(key.created))
        .with("KeyCreationDate", key.created))
}

async fn last_use(call: &Permitted, key: &Stored<Key>) -> Result<Option<Document>, Failure> {
    let filter = Filter::Attribute(Attribute::ResourceName, Key::arn(key).to_owned());
    let mut query = Lookup { filter, limit: Lookup::MAX_LIMIT, ..Lookup::new(key.key.place.clone()) };
    query.from = Some(key.created);
    loop {
        let found = call.events().lookup(&query).await?;
        if let Some(last) = found.events.iter().find_map(|(_, event)| show(event)) {
            return Ok(Some(last));
        }
        match found.next {
            Some(next) => query.resume = Some(next),
            None => return Ok(None),
        }
    }
}

/// What is read of a record.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(default)]
    error_code: Option<String>,
    #[serde(default, rename = "requestID")]
    request_id: Option<String>,
}

/// A use that succeeded, as `KeyLastUsageData` has it.
fn show(event: &Event) -> Option<Document> {
    let name = event.attributes.first(Attribute::EventName)?;
    let operation = USES.into_iter().find(|operation| *operation == name)?;
    let record: Record = serde_json::from_slice(&event.body).ok()?;
    if record.error_code.is_some() {
        return None;
    }
    Some(
        Document::new()
            .with("Operation", operation)
            .with("Timestamp", event.time)
            .with("CloudTrailEventId", event.id.to_string())
            .maybe("KmsRequestId", record.request_id),
    )
}
