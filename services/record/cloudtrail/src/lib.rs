//! CloudTrail: the window on the events trunk.

mod lookup_events;

use bastide_api_cloudtrail::{CLOUDTRAIL, operations};
use bastide_door::{Asking, Failure, Handler, Resource, Room, handler};
use bastide_shape::{Operation, Target};
use futures_core::future::BoxFuture;

/// The service, for the door.
#[must_use]
pub fn room() -> Room {
    Room { service: &CLOUDTRAIL, handlers: HANDLERS, resolver }
}

static HANDLERS: &[(&Operation, Handler)] =
    &[(&operations::LookupEvents, handler!(lookup_events::lookup_events))];

/// No operation that is built names a resource.
fn resolver<'a>(
    _asking: &'a Asking<'a>,
    target: &'a Target,
) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    let failure = Failure::internal(format!("cloudtrail has no resource of kind {}", target.kind));
    Box::pin(async move { Err(failure) })
}
