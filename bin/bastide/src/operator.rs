//! Pages that are no AWS API: health, metrics, logs that are pushed, in dev mode reset and clock, and proxies of external
//! key stores.

use std::sync::Arc;
use std::time::Duration;

use bastide_door::{Door, Mode, OperatorPages};
use bastide_identity::IdentityDirectory;
use bastide_ids::{MovableClock, Timestamp};
use bytes::Bytes;
use http::{Method, Response, StatusCode, header};
use serde_json::json;

use crate::ingest::intake::Intake;
use crate::xks_proxy::Front;
use crate::{keyring, push, serve, startup};

/// The pages of a door; `clock` in dev mode only.
pub(crate) fn pages(
    door: Arc<Door>,
    directory: Arc<IdentityDirectory>,
    clock: Option<Arc<MovableClock>>,
    proxies: Option<Arc<Front>>,
    intake: Intake,
) -> OperatorPages {
    Arc::new(move |parts, body, origin| {
        if let Some(page) = proxies.as_ref().and_then(|proxies| proxies.page(parts, body, origin)) {
            return Some(page);
        }
        let path = parts.uri.path();
        if !path.starts_with("/_bastide/") && path != "/metrics" {
            return None;
        }
        let (door, directory, clock) = (Arc::clone(&door), Arc::clone(&directory), clock.clone());
        let (parts, body) = (parts.clone(), body.clone());
        if path == push::PATH {
            return Some(Box::pin(push::answer(door, parts, body, origin.clone())));
        }
        let intake = intake.clone();
        Some(Box::pin(async move {
            // The answer to HEAD is that to GET; its body is not sent.
            let reads = matches!(parts.method, Method::GET | Method::HEAD);
            let posts = parts.method == Method::POST;
            match (parts.uri.path(), clock) {
                ("/_bastide/health", _) if reads => health(&door),
                ("/metrics" | "/_bastide/metrics", _) if reads => metrics(&door),
                ("/_bastide/reset" | "/_bastide/clock", None) => {
                    refusal(StatusCode::FORBIDDEN, "only a server started with --dev does this")
                }
                ("/_bastide/reset", Some(clock)) if posts => reset(&door, &directory, &clock, &intake).await,
                ("/_bastide/clock", Some(clock)) if reads => now(&clock),
                ("/_bastide/clock", Some(clock)) if posts => {
                    let answer = move_clock(&clock, &body);
                    // What is due at that moment is done when this is answered, so that tests need not wait for it.
                    serve::work(&door).await;
                    answer
                }
                ("/_bastide/health" | "/metrics" | "/_bastide/metrics", _) => not_allowed("GET, HEAD"),
                ("/_bastide/reset", _) => not_allowed("POST"),
                ("/_bastide/clock", _) => not_allowed("GET, HEAD, POST"),
                _ => refusal(StatusCode::NOT_FOUND, "pages here: /_bastide/health, /metrics"),
            }
        }))
    })
}

fn health(door: &Door) -> Response<Bytes> {
    let services: serde_json::Map<_, _> = door
        .services()
        // What is no service of AWS's speaks none of its protocols.
        .filter(|service| !service.protocols.is_empty())
        .map(|service| {
            let total = service.operations.len() + service.unbuilt.len();
            let status =
                json!({ "status": "available", "operations": service.operations.len(), "of": total });
            (service.name.to_owned(), status)
        })
        .collect();
    let mode = if door.settings().mode == Mode::Dev { "dev" } else { "strict" };
    let events = door.trunks().events.stats();
    answer(
        StatusCode::OK,
        &json!({
            "status": "running",
            "version": env!("CARGO_PKG_VERSION"),
            "mode": mode,
            "services": services,
            "events": { "last": events.last.0, "bytes": events.bytes, "failed": events.failed },
        }),
    )
}

fn metrics(door: &Door) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(door.metrics().text()));
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}

/// Everything as on the first start, the present included.
async fn reset(
    door: &Door,
    directory: &IdentityDirectory,
    clock: &MovableClock,
    intake: &Intake,
) -> Response<Bytes> {
    let done = async {
        clock.reset();
        // It lies in the store where nodes share one, and nodes that run have it open.
        let keyring = keyring::kept(&door.trunks().store).await?;
        door.reset().await.map_err(|failure| failure.cause.unwrap_or(failure.message))?;
        keyring::restore(&door.trunks().store, keyring).await?;
        directory.clear();
        intake.forget().await?;
        startup::first_credentials(door.trunks(), door.settings()).await
    };
    let done: Result<_, String> = done.await;
    match done {
        Ok(_) => answer(StatusCode::OK, &json!({ "status": "reset" })),
        Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &error),
    }
}

fn now(clock: &MovableClock) -> Response<Bytes> {
    use bastide_ids::Clock as _;
    answer(StatusCode::OK, &json!({ "now": clock.now().iso8601_millis() }))
}

/// The clock may be moved by less than this at once: 1,000 years.
const LONGEST: Duration = Duration::from_secs(1_000 * 365 * 86_400);

/// `{"advance": SECONDS}` or `{"set": "2026-11-21T09:30:00Z"}`.
fn move_clock(clock: &MovableClock, body: &[u8]) -> Response<Bytes> {
    let wanted: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(seconds) = wanted.get("advance").and_then(serde_json::Value::as_f64)
        && let Ok(by) = Duration::try_from_secs_f64(seconds)
        && by < LONGEST
    {
        clock.advance(by);
        return now(clock);
    }
    let moment = wanted.get("set").and_then(serde_json::Value::as_str).map(Timestamp::parse_iso8601);
    if let Some(Ok(moment)) = moment {
        clock.set(moment);
        return now(clock);
    }
    refusal(StatusCode::BAD_REQUEST, "send {\"advance\": SECONDS} or {\"set\": \"2026-11-21T09:30:00Z\"}")
}

fn not_allowed(methods: &'static str) -> Response<Bytes> {
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, "this page does not take that method");
    response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(methods));
    response
}

fn refusal(status: StatusCode, why: &str) -> Response<Bytes> {
    answer(status, &json!({ "error": why }))
}

fn answer(status: StatusCode, body: &serde_json::Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}
