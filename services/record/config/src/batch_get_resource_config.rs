use bastide_door::{Failure, Permitted};
use bastide_resources::ItemChange;
use bastide_shape::{Document, Value};

use crate::{configuration_item, page};

pub(crate) async fn batch_get_resource_config(call: &mut Permitted) -> Result<Document, Failure> {
    let keys = call.input().maps("resourceKeys");
    let keys = keys.map(|key| (key.text("resourceType").to_owned(), key.text("resourceId").to_owned()));
    let (global, regional): (Vec<_>, Vec<_>) = keys.partition(|(kind, _)| page::is_global(kind));
    let mut items = Vec::new();
    for keys in [regional, global] {
        let Some((kind, _)) = keys.first() else { continue };
        let found = call.store().latest_items(&page::place_of(call.place(), kind), &keys).await?;
        let live = found.into_iter().flatten().filter(|version| version.change != ItemChange::Deleted);
        items.extend(live.map(|version| configuration_item::base(&version)));
    }
    Ok(Document::new()
        .with("baseConfigurationItems", items)
        .with("unprocessedResourceKeys", Vec::<Value>::new()))
}
