use bastide_ids::Timestamp;
use bastide_resources::{ItemChange, Related, VersionItem};
use bastide_shape::{Document, Value};

use crate::page::is_global;

/// The members that a whole and a base configuration item share. Source: AWS Config API, `BaseConfigurationItem`.
pub(crate) fn base(version: &VersionItem) -> Document {
    let VersionItem { key, sequence, time, change, item, .. } = version;
    let region = if is_global(&item.resource_type) { "global" } else { key.place.region.as_str() };
    let deleted = *change == ItemChange::Deleted;
    let configuration = (!deleted).then(|| item.configuration.to_string());
    Document::new()
        .with("version", "1.3")
        .with("accountId", key.place.account.as_str())
        .with("configurationItemCaptureTime", *time)
        .with("configurationItemStatus", status(*change))
        .with("configurationStateId", sequence.to_string())
        .with("recordingFrequency", "CONTINUOUS")
        .with("arn", &item.arn)
        .with("resourceType", &item.resource_type)
        .with("resourceId", &item.resource_id)
        .maybe("resourceName", item.resource_name.as_deref())
        .with("awsRegion", region)
        .with("availabilityZone", if region == "global" { "Not Applicable" } else { "Regional" })
        .maybe("resourceCreationTime", item.created.map(Timestamp::truncated_to_seconds))
        .maybe("configuration", configuration)
        .with("supplementaryConfiguration", map(&item.supplementary))
}

/// A whole configuration item.
pub(crate) fn whole(version: &VersionItem) -> Document {
    let relationships: Vec<Document> = version.relationships.iter().map(relationship).collect();
    base(version)
        .with("configurationItemMD5Hash", "")
        .with("tags", map(&version.item.tags))
        .with("relatedEvents", Vec::<Value>::new())
        .with("relationships", relationships)
}

fn status(change: ItemChange) -> &'static str {
    match change {
        ItemChange::Discovered => "ResourceDiscovered",
        ItemChange::Changed => "OK",
        ItemChange::Deleted => "ResourceDeleted",
    }
}

fn relationship(related: &Related) -> Document {
    Document::new()
        .with("resourceType", &related.resource_type)
        .maybe("resourceId", related.resource_id.as_deref())
        .maybe("resourceName", related.resource_name.as_deref())
        .with("relationshipName", &related.relationship)
}

fn map(entries: &[(String, String)]) -> Document {
    entries.iter().map(|(name, value)| (name.clone().into(), Value::Str(value.clone()))).collect()
}
