use bastide_api_config::errors;
use bastide_door::{Failure, Permitted};
use bastide_ids::Timestamp;
use bastide_shape::Document;

use crate::{configuration_item, page};

/// The default page. Source: AWS Config API, GetResourceConfigHistory.
const PAGE: usize = 10;

pub(crate) async fn get_resource_config_history(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let (resource_type, id) = (input.text("resourceType"), input.text("resourceId"));
    let (earlier, later) = (input.time("earlierTime"), input.time("laterTime"));
    let from = earlier.unwrap_or_else(|| Timestamp::from_millis(0));
    let to = later.unwrap_or_else(|| Timestamp::from_millis(i64::MAX));
    if from > to {
        let message = "The earlier time must be before the later time.";
        return Err(Failure::new(&errors::InvalidTimeRangeException, message));
    }
    let forward = input.str("chronologicalOrder") == Some("Forward");
    let times = format!("{}-{}", from.millis(), to.millis());
    let question = [resource_type, id, &times, if forward { "Forward" } else { "Reverse" }];
    let after = page::after(input, &question)?.and_then(|after| after.parse().ok());
    let place = page::place_of(call.place(), resource_type);
    let limit = page::limit(input, PAGE);
    let found = call.store().history(&place, resource_type, id, (from, to), !forward, after, limit).await?;
    if found.items.is_empty() && after.is_none() {
        let known = call.store().latest_items(&place, &[(resource_type.to_owned(), id.to_owned())]).await?;
        if known.iter().all(Option::is_none) {
            let message = format!(
                "Resource {id} of resourceType:{resource_type} is unknown or has not been discovered"
            );
            return Err(Failure::new(&errors::ResourceNotDiscoveredException, message));
        }
    }
    let last = found.items.last().filter(|_| found.more);
    let next = last.map(|last| page::token(&question, &last.sequence.to_string()));
    let items: Vec<Document> = found.items.iter().map(configuration_item::whole).collect();
    Ok(Document::new().with("configurationItems", items).maybe("nextToken", next))
}
