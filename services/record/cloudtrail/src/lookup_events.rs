use std::borrow::Cow;
use std::time::Duration;

use bastide_api_cloudtrail::errors;
use bastide_door::{Failure, Permitted};
use bastide_events::{Attribute, Cursor, Event, Filter, LogError, Lookup};
use bastide_ids::Uuid;
use bastide_shape::{Document, Value};
use serde::Deserialize;

/// How far back LookupEvents looks: 90 days. Source: CloudTrail API reference, LookupEvents.
const REACH: Duration = Duration::from_secs(90 * 86_400);
/// From a whole second to its last moment.
const REST_OF_A_SECOND: Duration = Duration::from_millis(999);
/// The largest and the default page.
const PAGE: i64 = 50;

pub(crate) async fn lookup_events(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    if input.str("EventCategory").is_some() {
        // Insights events are not computed: saying that there are none would be a claim.
        let message =
            "Insights events are not computed by Bastide yet; leave out EventCategory for management events";
        return Err(Failure::new(&errors::UnsupportedOperationException, message));
    }
    let Some(filter) = filter(input)? else { return Ok(Document::new().with("Events", Vec::<Value>::new())) };
    let (start, end) = (input.time("StartTime"), input.time("EndTime"));
    if let (Some(start), Some(end)) = (start, end)
        && start > end
    {
        let message = "The start time must be earlier than or equal to the end time.";
        return Err(Failure::new(&errors::InvalidTimeRangeException, message));
    }
    let query = Lookup {
        from: start,
        // Events are told by the second, and clients send whole seconds.
        to: end.map(|end| end.truncated_to_seconds().plus(REST_OF_A_SECOND)),
        filter,
        limit: usize::try_from(input.int("MaxResults").unwrap_or(PAGE)).unwrap_or_default(),
        resume: resume(input)?,
        ..Lookup::new(call.place().clone())
    };
    if query.resume.is_none() {
        // The record of a change that was answered may still be on its way. Should it not get through now,
        // it stays in the outbox, and what is there is shown.
        let _ = call.events().flush().await;
    }
    let found = call.events().lookup(&query).await.map_err(|error| match error {
        LogError::ForeignCursor => invalid_token(),
        error => Failure::internal(error),
    })?;
    // Newest first: once an event is too old, so is all that follows.
    let earliest = call.now().minus(REACH);
    let recent = found.events.iter().map(|(_, event)| event).filter(|event| event.time >= earliest);
    let events: Vec<Document> = recent.map(describe).collect();
    let more = events.len() == found.events.len();
    let next = found.next.filter(|_| more).map(|cursor| cursor.to_string());
    Ok(Document::new().with("Events", events).maybe("NextToken", next))
}

/// The attribute to look for. `None`: one that no event can have.
fn filter(input: &Document) -> Result<Option<Filter>, Failure> {
    let mut attributes = input.maps("LookupAttributes");
    let Some(first) = attributes.next() else { return Ok(Some(Filter::All)) };
    if attributes.next().is_some() {
        let message = "You can specify only one lookup attribute.";
        return Err(Failure::new(&errors::InvalidLookupAttributesException, message));
    }
    let (name, value) = (first.text("AttributeKey"), first.text("AttributeValue"));
    if name == "EventId" {
        return Ok(Uuid::parse(value).map(Filter::Id));
    }
    let Some(attribute) = Attribute::parse(name) else {
        let message = format!("{name} is not a lookup attribute.");
        return Err(Failure::new(&errors::InvalidLookupAttributesException, message));
    };
    Ok(Some(Filter::Attribute(attribute, value.to_owned())))
}

fn resume(input: &Document) -> Result<Option<Cursor>, Failure> {
    input.str("NextToken").map(|token| Cursor::parse(token).ok_or_else(invalid_token)).transpose()
}

fn invalid_token() -> Failure {
    let message = "The token is invalid. Use the token of the last answer with the same parameters.";
    Failure::new(&errors::InvalidNextTokenException, message)
}

fn describe(event: &Event) -> Document {
    let first = |attribute| event.attributes.first(attribute);
    Document::new()
        .with("EventId", event.id.to_string())
        .maybe("EventName", first(Attribute::EventName))
        .maybe("ReadOnly", first(Attribute::ReadOnly))
        .maybe("AccessKeyId", first(Attribute::AccessKeyId))
        .with("EventTime", event.time.truncated_to_seconds())
        .maybe("EventSource", first(Attribute::EventSource))
        .maybe("Username", first(Attribute::Username))
        .with("Resources", resources(&event.body))
        .with("CloudTrailEvent", String::from_utf8_lossy(&event.body).into_owned())
}

/// What LookupEvents reads of a record.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    resources: Vec<Named<'a>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, rename = "ARN")]
    arn: Cow<'a, str>,
}

/// The resources of a record. Those of global services go by their names too, as CloudTrail tells IAM's.
fn resources(body: &[u8]) -> Vec<Document> {
    let record: Record<'_> = serde_json::from_slice(body).unwrap_or(Record { resources: Vec::new() });
    let mut told = Vec::new();
    for Named { kind, arn } in &record.resources {
        let mut parts = arn.splitn(6, ':').skip(3);
        let name = match (parts.next(), parts.nth(1)) {
            (Some(""), Some(resource)) => resource.rsplit('/').next(),
            _ => None,
        };
        for name in name.into_iter().chain([arn.as_ref()]) {
            told.push(Document::new().with("ResourceType", kind.as_ref()).with("ResourceName", name));
        }
    }
    told
}
