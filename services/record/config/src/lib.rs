//! Config: the window on the resources trunk. A configuration item is a version of a document.

mod batch_get_resource_config;
mod configuration_item;
mod get_discovered_resource_counts;
mod get_resource_config_history;
mod list_discovered_resources;
mod page;

use bastide_api_config::{CONFIG, operations};
use bastide_door::{Asking, Failure, Handler, Resource, Room, handler};
use bastide_shape::{Operation, Target};
use futures_core::future::BoxFuture;

/// The service, for the door.
#[must_use]
pub fn room() -> Room {
    Room { service: &CONFIG, handlers: HANDLERS, resolver }
}

static HANDLERS: &[(&Operation, Handler)] = &[
    (&operations::BatchGetResourceConfig, handler!(batch_get_resource_config::batch_get_resource_config)),
    (
        &operations::GetDiscoveredResourceCounts,
        handler!(get_discovered_resource_counts::get_discovered_resource_counts),
    ),
    (
        &operations::GetResourceConfigHistory,
        handler!(get_resource_config_history::get_resource_config_history),
    ),
    (&operations::ListDiscoveredResources, handler!(list_discovered_resources::list_discovered_resources)),
];

/// No operation that is built names a resource.
fn resolver<'a>(
    _asking: &'a Asking<'a>,
    target: &'a Target,
) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    let failure = Failure::internal(format!("config has no resource of kind {}", target.kind));
    Box::pin(async move { Err(failure) })
}
