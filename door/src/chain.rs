//! The chain that every call goes through, from outside or from another service. Read it top to bottom:
//!
//! route, authenticate, decode, validate, authorize, run, encode, commit with the record, answer.

use std::sync::Arc;

use bastide_codec::{Limits, Route, WireError};
use bastide_ids::{Place, Timestamp, Uuid};
use bastide_resources::{Changes, CommitError, StoreError};
use bastide_shape::{Document, Operation, Protocol, Service, Telling, validate};
use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};

use crate::attempt::{Attempt, Origin};
use crate::authenticate::{self, Authenticated};
use crate::failure::Reason;
use crate::record::{self, Outcome};
use crate::recorder::failed;
use crate::room::{Handler, Room};
use crate::{Caller, Door, Failure, Permitted, authorize};

/// How often a call is run again because what it had read was changed meanwhile.
const ATTEMPTS: usize = 16;

impl Door {
    /// Answers a request from outside.
    pub async fn answer(self: Arc<Self>, parts: Parts, body: Bytes, origin: Origin) -> Response<Bytes> {
        let request_id = Uuid::random();
        let presented = bastide_sigv4::presented(&parts);
        let scope = presented.as_ref().ok().and_then(Option::as_ref);
        let signing_name = scope.map(|presented| presented.scope.service.as_str());
        let (service, operation, unbuilt, protocol, labels) =
            match bastide_codec::route(&self.catalog, &parts, &body, signing_name) {
                Route::Found { service, operation, protocol, labels } => {
                    (service, Some(operation), "", protocol, labels)
                }
                Route::Unbuilt { service, name, protocol } => {
                    (service, None, name, protocol, bastide_codec::Labels::default())
                }
                Route::UnknownOperation { service, name, version, protocol } => {
                    let error = bastide_codec::unknown_operation(protocol, &name, version.as_deref());
                    return bastide_codec::encode_error(protocol, service, &error, &request_id.to_string());
                }
                Route::None => return nothing_recognised(request_id),
            };
        let region = authenticate::region(&self, scope);
        let now = self.trunks.clock.now();
        let started = std::time::Instant::now();
        let mut attempt = Attempt {
            service,
            operation,
            unbuilt,
            protocol,
            place: Place::new(self.settings.account, region),
            caller: Arc::new(Caller::unknown(self.settings.account, None)),
            via: Vec::new(),
            origin: Arc::new(origin),
            input: None,
            now,
            request_id,
        };
        // Before anything is looked up: what another node on the same store has changed counts from here on.
        let authenticated = match self.trunks.store.refresh().await {
            Ok(()) => {
                let wanted = attempt.wanted_signature();
                authenticate::authenticate(&self, &parts, &body, presented, wanted, now).await
            }
            Err(error) => Err((error.into(), Arc::clone(&attempt.caller))),
        };
        let result = match authenticated {
            Ok(Authenticated { caller, body }) => {
                attempt.identify(caller);
                let decoded = decode(&mut attempt, &parts, &labels, &body);
                Arc::clone(&self).carry_out(&attempt, decoded, encode).await
            }
            Err((failure, caller)) => {
                attempt.identify(caller);
                Err(self.refuse(&attempt, &[], failure).await)
            }
        };
        let response = result.unwrap_or_else(|failure| encode_failure(&attempt, &failure));
        self.metrics.answered(service.name, attempt.operation_name(), response.status(), started.elapsed());
        response
    }

    /// Carries out a call for a service, with the caller's identity forwarded.
    pub(crate) async fn forward(
        self: Arc<Self>,
        from: &Attempt,
        operation: &'static Operation,
        input: Document,
    ) -> Result<Document, Failure> {
        let mut attempt = self.inner_attempt(from.place.clone(), operation, input)?;
        attempt.caller = Arc::clone(&from.caller);
        attempt.origin = Arc::clone(&from.origin);
        attempt.via.clone_from(&from.via);
        attempt.via.push(from.service.event_source);
        self.inner(attempt).await
    }

    /// Carries out a call that a service makes as itself.
    pub(crate) async fn act(
        self: Arc<Self>,
        service: &'static Service,
        place: &Place,
        operation: &'static Operation,
        input: Document,
    ) -> Result<Document, Failure> {
        let mut attempt = self.inner_attempt(place.clone(), operation, input)?;
        attempt.caller = Arc::new(Caller::service(service.event_source, place.account));
        attempt.via.push(service.event_source);
        self.inner(attempt).await
    }

    /// Carries out a call that a service makes as itself in background work, in any account and region. Recorded with
    /// the service as its identity.
    ///
    /// # Errors
    /// The failure that the other service answers.
    pub async fn act_as(
        self: Arc<Self>,
        service: &'static Service,
        place: &Place,
        operation: &'static Operation,
        input: Document,
    ) -> Result<Document, Failure> {
        self.act(service, place, operation, input).await
    }

    pub(crate) fn inner_attempt(
        &self,
        place: Place,
        operation: &'static Operation,
        input: Document,
    ) -> Result<Attempt, Failure> {
        let room = self.rooms.iter().find(|room| room.has(operation));
        let room =
            room.ok_or_else(|| Failure::internal(format!("no service carries out {}", operation.name)))?;
        let service = room.service;
        Ok(Attempt {
            service,
            operation: Some(operation),
            unbuilt: "",
            protocol: Protocol::Json11,
            place: place_of(service, place),
            caller: Arc::new(Caller::unknown(self.settings.account, None)),
            via: Vec::new(),
            origin: Arc::default(),
            input: Some(Arc::new(input)),
            now: self.trunks.clock.now(),
            request_id: Uuid::random(),
        })
    }

    pub(crate) async fn inner(self: Arc<Self>, attempt: Attempt) -> Result<Document, Failure> {
        self.trunks.store.refresh().await?;
        // Boxed because a handler's future holds the futures of the calls that it makes.
        Box::pin(self.carry_out(&attempt, Ok(()), |_, document| Ok(document.clone()))).await
    }

    /// From the decoded input to the durable record. `finish` makes the answer, before anything is committed.
    async fn carry_out<T>(
        self: Arc<Self>,
        attempt: &Attempt,
        decoded: Result<(), Failure>,
        finish: impl Fn(&Attempt, &Document) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut resources = Vec::new();
        for turn in 0..ATTEMPTS {
            resources.clear();
            let run = match &decoded {
                Ok(()) => Arc::clone(&self).run(attempt, &mut resources, turn > 0).await,
                Err(_) => break,
            };
            let (permitted, output) = match run {
                Ok(done) => done,
                Err(failure) => return Err(self.refuse(attempt, &resources, failure).await),
            };
            let answer = match finish(attempt, &output) {
                Ok(answer) => answer,
                Err(failure) => return Err(self.refuse(attempt, &permitted.resources, failure).await),
            };
            let (error, resources) = match self.commit(permitted, &output).await {
                Ok(()) => return Ok(answer),
                Err(failed) => failed,
            };
            let error = match error {
                CommitError::Conflict { key } => {
                    tracing::debug!(%key, "changed meanwhile, running again");
                    match self.trunks.store.refresh().await {
                        Ok(()) => continue,
                        Err(error) => error,
                    }
                }
                CommitError::Failed(error) if error.outcome_unknown() => {
                    // If the change was kept, so was its record: another one would contradict it.
                    return Err(told(attempt, Failure::internal(error)));
                }
                CommitError::Failed(error) => error,
            };
            return Err(self.refuse(attempt, &resources, error.into()).await);
        }
        let failure = decoded.err().unwrap_or_else(|| {
            Failure::because(Reason::Busy, "too many changes to the same resource at once; try again")
        });
        Err(self.refuse(attempt, &resources, failure).await)
    }

    /// Validate, authorize, run.
    async fn run(
        self: Arc<Self>,
        attempt: &Attempt,
        resources: &mut Vec<crate::Resource>,
        again: bool,
    ) -> Result<(Permitted, Document), Failure> {
        let (operation, room, handler) = self.handler(attempt)?;
        let input = attempt.input.clone().unwrap_or_default();
        if let Some(shape) = operation.input {
            validate(shape, &input).map_err(|violations| match attempt.service.telling {
                Telling::Values => Failure::validation(violations.message()),
                Telling::NoValues => Failure::validation(violations.message_without_values()),
                Telling::Reasons(error, members, words) => {
                    let (reason, message) = words(violations.first());
                    let failure = Failure::new(error, message);
                    members.iter().fold(failure, |failure, member| failure.with(member, reason))
                }
            })?;
        }
        authorize::authorize(&self, attempt, room, operation, &input, resources).await?;
        let mut permitted = Permitted {
            attempt: attempt.clone(),
            operation,
            input,
            resources: std::mem::take(resources),
            changes: Changes::new(attempt.now),
            additional: Vec::new(),
            recorded_response: None,
            recorded_resources: Vec::new(),
            service_events: Vec::new(),
            again,
            door: Arc::clone(&self),
        };
        match handler(&mut permitted).await {
            Ok(output) => Ok((permitted, output)),
            Err(failure) => {
                *resources = permitted.resources;
                Err(failure)
            }
        }
    }

    fn handler(&self, attempt: &Attempt) -> Result<(&'static Operation, &Room, Handler), Failure> {
        let name = attempt.operation_name();
        let found = attempt.operation.and_then(|operation| {
            let room = self.rooms.iter().find(|room| std::ptr::eq(room.service, attempt.service))?;
            Some((operation, room, room.handler(operation)?))
        });
        found.ok_or_else(|| {
            let action = format!("{}:{name}", attempt.service.action_prefix);
            let message = format!("{action} is an operation of AWS that Bastide does not implement yet");
            Failure::because(Reason::NotImplemented, message)
        })
    }

    /// Makes the changes and the record durable: together when something changes, the record alone otherwise.
    /// A failure comes with the call's resources, for the record of the failure.
    async fn commit(
        &self,
        permitted: Permitted,
        output: &Document,
    ) -> Result<(), (CommitError, Vec<crate::Resource>)> {
        let Permitted {
            attempt,
            resources,
            changes,
            additional,
            recorded_response,
            recorded_resources,
            service_events,
            ..
        } = permitted;
        let outcome = Outcome::Done {
            response: recorded_response.as_ref().unwrap_or(output),
            chosen: recorded_response.is_some(),
            resources: &recorded_resources,
            additional: &additional,
        };
        let mut events = self.recorder.events(&attempt, &resources, &outcome);
        events.extend(service_events.iter().map(|event| record::service_event(event, attempt.now)));
        if changes.writes_documents() {
            // A client that hangs up must not stop this between the commit and the record's delivery.
            let recorder = Arc::clone(&self.recorder);
            let commit = tokio::spawn(async move { recorder.commit(changes, events).await });
            let committed = commit.await.unwrap_or_else(|error| {
                Err(CommitError::Failed(StoreError::Unknown(format!("the commit broke off: {error}"))))
            });
            return committed.map_err(|error| (error, resources));
        }
        self.recorder.record(events).await.map_err(|error| (failed(error), resources))
    }

    /// Records a refusal; gives it back to be answered.
    pub(crate) async fn refuse(
        &self,
        attempt: &Attempt,
        resources: &[crate::Resource],
        failure: Failure,
    ) -> Failure {
        let failure = told(attempt, failure);
        let message = failure.text(attempt.protocol);
        let outcome = Outcome::Refused { code: failure.record_code(attempt.protocol), message: &message };
        let events = self.recorder.events(attempt, resources, &outcome);
        match self.recorder.record(events).await {
            Ok(()) => failure,
            Err(error) => told(attempt, Failure::internal(error)),
        }
    }
}

/// Tells the operator why a call failed inside; outside it is an internal failure and no more.
fn told(attempt: &Attempt, mut failure: Failure) -> Failure {
    if let (Reason::Internal, Some(fault)) = (&failure.reason, attempt.service.fault) {
        failure.reason = Reason::Service(fault);
    }
    if let Some(cause) = &failure.cause {
        let operation = attempt.operation_name();
        tracing::error!(operation, request_id = %attempt.request_id, cause, "a call failed inside");
    }
    failure
}

impl Attempt {
    /// Now that the caller is known, so is the account of the call.
    fn identify(&mut self, caller: Arc<Caller>) {
        let region = self.place.region.clone();
        self.place = place_of(self.service, Place::new(caller.account, region));
        self.caller = caller;
    }
}

/// A global service keeps its state and its record in one region of each partition.
fn place_of(service: &Service, place: Place) -> Place {
    if service.global { Place::new(place.account, place.partition.global_region()) } else { place }
}

fn decode(
    attempt: &mut Attempt,
    parts: &Parts,
    labels: &bastide_codec::Labels,
    body: &[u8],
) -> Result<(), Failure> {
    let Some(operation) = attempt.operation else { return Ok(()) };
    let limits = Limits::default();
    let input = bastide_codec::decode(attempt.protocol, operation, parts, labels, body, &limits);
    let input = input
        .map_err(|error| Failure::because(Reason::Serialization(error.code, error.status), error.message))?;
    attempt.input = Some(Arc::new(input));
    Ok(())
}

fn encode(attempt: &Attempt, output: &Document) -> Result<Response<Bytes>, Failure> {
    let Attempt { protocol, service, operation, request_id, .. } = attempt;
    let operation =
        operation.ok_or_else(|| Failure::internal("an operation without a row was carried out"))?;
    bastide_codec::encode(*protocol, service, operation, output, &request_id.to_string())
        .map_err(Failure::internal)
}

fn encode_failure(attempt: &Attempt, failure: &Failure) -> Response<Bytes> {
    let message = failure.text(attempt.protocol);
    let error = match failure.reason {
        Reason::Service(shape) => WireError::of(shape, message).with(&failure.members),
        _ => {
            let (code, status) = failure.code(attempt.protocol);
            WireError::new(code, status, message)
        }
    };
    let request_id = attempt.request_id.to_string();
    bastide_codec::encode_error(attempt.protocol, Some(attempt.service), &error, &request_id)
}

fn nothing_recognised(request_id: Uuid) -> Response<Bytes> {
    let message =
        "this is not a request of an AWS API that Bastide knows; /_bastide/health says what it serves";
    let error = WireError::new("UnknownOperationException", StatusCode::NOT_FOUND.as_u16(), message);
    bastide_codec::encode_error(Protocol::RestJson, None, &error, &request_id.to_string())
}

/// Answers a request whose body was not read: it cannot be told which operation it asks for, so its headers
/// decide the protocol.
pub(crate) fn refuse_unread(parts: &Parts, failure: &Failure) -> Response<Bytes> {
    let content_type = parts.headers.get(http::header::CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    let protocol = match content_type.unwrap_or_default() {
        kind if kind.starts_with(b"application/x-www-form-urlencoded") => Protocol::Query,
        kind if kind.starts_with(b"application/cbor") => Protocol::Cbor,
        kind if kind.starts_with(b"application/x-amz-json-1.0") => Protocol::Json10,
        kind if kind.starts_with(b"application/xml") => Protocol::RestXml,
        _ => Protocol::Json11,
    };
    let (code, status) = failure.code(protocol);
    let error = WireError::new(code, status, failure.message.as_str());
    bastide_codec::encode_error(protocol, None, &error, &Uuid::random().to_string())
}

/// The moment as the door tells it, for code outside of calls.
impl Door {
    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.trunks.clock.now()
    }
}
