use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_shape::Document;

use crate::page;

/// The default page. Source: AWS Config API, GetDiscoveredResourceCounts.
const PAGE: usize = 100;

pub(crate) async fn get_discovered_resource_counts(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let wanted: Vec<&str> = input.strings("resourceTypes").collect();
    let place = call.place();
    let mut counts = call.store().counts(place).await?;
    let global = Place::new(place.account, place.partition.global_region());
    if global != *place {
        let everywhere = call.store().counts(&global).await?;
        counts.extend(everywhere.into_iter().filter(|(kind, _)| page::is_global(kind)));
    }
    counts.retain(|(kind, count)| *count > 0 && (wanted.is_empty() || wanted.contains(&kind.as_str())));
    // The largest first, as AWS lists them; equal ones by name, so that pages are stable.
    counts.sort_by(|(a, most), (b, other)| other.cmp(most).then_with(|| a.cmp(b)));
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    let question = [wanted.join(",")];
    let question = question.each_ref().map(String::as_str);
    let after = page::after(input, &question)?;
    let start =
        after.map_or(0, |after| counts.iter().position(|(kind, _)| *kind == after).map_or(0, |at| at + 1));
    let limit = page::limit(input, PAGE);
    let rest = counts.get(start..).unwrap_or_default();
    let shown: Vec<Document> = rest.iter().take(limit).map(count).collect();
    let last = rest.get(limit - 1).filter(|_| rest.len() > limit);
    Ok(Document::new()
        .with("totalDiscoveredResources", number(total))
        .with("resourceCounts", shown)
        .maybe("nextToken", last.map(|(kind, _)| page::token(&question, kind))))
}

fn count((kind, count): &(String, u64)) -> Document {
    Document::new().with("resourceType", kind).with("count", number(*count))
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
