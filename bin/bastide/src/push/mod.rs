//! Logs that are pushed: `POST /_bastide/ingest` with a file of logs as its body.
//!
//! [`Front`] reads the request and finds out who sends it; from there on it is a call through the door like any, of the
//! operation that `bastide-api-ingest` describes; [`take`] carries it out.

mod query;
mod take;

use std::sync::Arc;

use bastide_api_ingest::{INGEST, errors as error, operations as row};
use bastide_codec::WireError;
use bastide_door::{Asking, Caller, Door, Failure, Guest, Handler, Origin, Reason, Resource, Room, handler};
use bastide_ids::{Place, Uuid};
use bastide_shape::{Document, Operation, Protocol, Target};
use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, header};

pub(crate) use take::Pushing;

/// Where logs are taken.
pub(crate) const PATH: &str = "/_bastide/ingest";
/// The service that requests are signed for.
const SIGNED_FOR: &str = "guardduty";

/// The operation, as the door knows it.
pub(crate) fn room() -> Room {
    Room { service: &INGEST, handlers: HANDLERS, resolver }
}

static HANDLERS: &[(&Operation, Handler)] = &[(&row::PutLogs, handler!(take::put_logs))];

fn resolver<'a>(
    _asking: &'a Asking<'a>,
    target: &'a Target,
) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    let failure = Failure::internal(format!("there is no resource of kind {}", target.kind));
    Box::pin(async move { Err(failure) })
}

/// Answers a request to [`PATH`].
pub(crate) async fn answer(door: Arc<Door>, parts: Parts, body: Bytes, origin: Origin) -> Response<Bytes> {
    if parts.method != Method::POST {
        let error = WireError::new("MethodNotAllowedException", 405, "logs are sent with POST");
        let mut response = told_error(&error, Uuid::random());
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let home = Place::new(door.settings().account, door.settings().region.clone());
    let guest = |place, caller, input| Guest {
        operation: &row::PutLogs,
        place,
        caller,
        origin: origin.clone(),
        input,
    };
    let turn_away = async |place, caller: Arc<Caller>, failure| {
        let (request, failure) =
            Arc::clone(&door).turn_away(guest(place, caller, Document::new()), failure).await;
        told(&failure, request)
    };
    let (caller, region, body) = match door.recognize(&parts, &body, SIGNED_FOR).await {
        Ok(known) => known,
        Err((failure, caller)) => {
            let place = Place::new(caller.account, home.region);
            return turn_away(place, caller, failure).await;
        }
    };
    let place = Place::new(caller.account, region);
    let has_room =
        door.settings().for_services.get::<Pushing>().is_none_or(|it| it.intake.has_room(body.len()));
    if !has_room {
        // The record may find no room either; the answer is the same.
        let failure = turn_away(place, caller, take::no_room()).await;
        return if failure.status().is_server_error() {
            told(&take::no_room(), Uuid::random())
        } else {
            failure
        };
    }
    let input = match query::input(&parts, &body) {
        Ok(input) => input,
        Err(failure) => return turn_away(place, caller, failure).await,
    };
    // Who hangs up does not stop it: what is taken is recorded.
    let admitted = tokio::spawn(Arc::clone(&door).admit(guest(place, caller, input))).await;
    let (request, result) = admitted.unwrap_or_else(|error| (Uuid::random(), Err(Failure::internal(error))));
    match result {
        Ok(output) => {
            let id = request.to_string();
            let encoded = bastide_codec::encode(Protocol::RestJson, &INGEST, &row::PutLogs, &output, &id);
            encoded.unwrap_or_else(|error| told(&Failure::internal(error), request))
        }
        Err(failure) => told(&failure, request),
    }
}

/// A failure, as AWS's services that speak restJson tell theirs.
fn told(failure: &Failure, request: Uuid) -> Response<Bytes> {
    let message = failure.text(Protocol::RestJson);
    let error = match &failure.reason {
        Reason::Service(shape) => WireError::of(shape, message),
        Reason::Busy => WireError::of(&error::BusyException, message),
        _ => {
            let (code, status) = failure.code(Protocol::RestJson);
            WireError::new(code, status, message)
        }
    };
    told_error(&error, request)
}

fn told_error(error: &WireError, request: Uuid) -> Response<Bytes> {
    let mut response =
        bastide_codec::encode_error(Protocol::RestJson, Some(&INGEST), error, &request.to_string());
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}
