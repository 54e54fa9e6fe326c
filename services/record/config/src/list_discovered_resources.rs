use bastide_api_config::errors;
use bastide_door::{Failure, Permitted};
use bastide_ids::Timestamp;
use bastide_resources::{Discovered, ItemFilter};
use bastide_shape::Document;

use crate::page;

/// The default page. Source: AWS Config API, ListDiscoveredResources.
const PAGE: usize = 100;
/// The most ids that a request may name.
const MOST_IDS: usize = 20;

pub(crate) async fn list_discovered_resources(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let resource_type = input.text("resourceType");
    let filter = ItemFilter {
        ids: input.strings("resourceIds").map(str::to_owned).collect(),
        name: input.str("resourceName").map(str::to_owned),
        include_deleted: input.bool("includeDeletedResources").unwrap_or(false),
    };
    if !filter.ids.is_empty() && filter.name.is_some() {
        let message =
            "You can specify either resource IDs or a resource name, but not both, in the same request.";
        return Err(Failure::new(&errors::ValidationException, message));
    }
    if filter.ids.len() > MOST_IDS {
        let message = format!("You can specify at most {MOST_IDS} resource IDs.");
        return Err(Failure::new(&errors::ValidationException, message));
    }
    let ids = filter.ids.join(",");
    let deleted = if filter.include_deleted { "deleted" } else { "" };
    let question = [resource_type, &ids, filter.name.as_deref().unwrap_or_default(), deleted];
    let after = page::after(input, &question)?;
    let place = page::place_of(call.place(), resource_type);
    let limit = page::limit(input, PAGE);
    let found = call.store().items(&place, resource_type, &filter, after.as_deref(), limit).await?;
    let last = found.items.last().filter(|_| found.more);
    let next = last.map(|last| page::token(&question, &last.resource_id));
    let identifiers: Vec<Document> = found.items.iter().map(identifier).collect();
    Ok(Document::new().with("resourceIdentifiers", identifiers).maybe("nextToken", next))
}

fn identifier(found: &Discovered) -> Document {
    Document::new()
        .with("resourceType", &found.resource_type)
        .with("resourceId", &found.resource_id)
        .maybe("resourceName", found.resource_name.as_deref())
        .maybe("resourceDeletionTime", found.deleted.map(Timestamp::truncated_to_seconds))
}
