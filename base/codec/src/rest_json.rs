//! restJson1: HTTP bindings with JSON bodies.
//! Source: the Smithy specification of the AWS restJson1 protocol.

use bastide_shape::{Document, Location, Operation, Protocol, Shape};
use http::header::{HeaderName, HeaderValue};

use crate::error::{EncodeError, Fault};
use crate::response::{self, Answer};
use crate::rest::{self, Body, Request};
use crate::{DecodeError, WireError, json};

const JSON: &str = "application/json";

/// Reads a request.
pub(crate) fn decode(shape: Option<&'static Shape>, request: &Request<'_>) -> Result<Document, DecodeError> {
    let Some(shape) = shape else { return Ok(Document::new()) };
    read(shape, request).map_err(|fault| fault.of(Protocol::RestJson))
}

fn read(shape: &'static Shape, request: &Request<'_>) -> Result<Document, Fault> {
    let Request { body, limits, .. } = *request;
    let mut document = rest::read_bindings(shape, request)?;
    if let Some(member) = shape.payload() {
        let value = match rest::read_raw(member, body) {
            Some(value) => value?,
            None => json::read_value(member.shape, body, limits)?,
        };
        return Ok(document.maybe(member.name, value));
    }
    if shape.members().iter().any(|member| member.location == Location::Body) {
        for (name, value) in json::read_body(Some(shape), body, limits, true)? {
            document.push(name, value);
        }
    }
    Ok(document)
}

/// Writes an answer.
pub(crate) fn encode(
    operation: &Operation,
    output: &Document,
    request_id: &str,
) -> Result<Answer, EncodeError> {
    let body = match rest::body(operation, output)? {
        Body::Empty => (Vec::new(), None),
        Body::Raw(bytes, content_type) => (bytes, Some(content_type)),
        Body::Payload(member, value) => {
            let mut body = Vec::with_capacity(512);
            json::write_member(&mut body, member, value).map_err(|error| error.within(member.name))?;
            (body, Some(JSON))
        }
        Body::Members(shape) => {
            let mut body = Vec::with_capacity(512);
            json::write_structure(&mut body, shape.members(), output, true)?;
            (body, Some(JSON))
        }
    };
    rest::answer(operation, output, request_id, body)
}

/// Writes an error: its name in the header `x-amzn-ErrorType`, its message and members in the body.
pub(crate) fn encode_error(error: &WireError<'_>, request_id: &str) -> Answer {
    let mut body = b"{".to_vec();
    json::write_error_members(&mut body, error, true);
    let mut answer = response::answer(error.status, Some(JSON), request_id, body);
    if let Ok(name) = HeaderValue::from_str(error.name()) {
        answer.headers_mut().insert(HeaderName::from_static("x-amzn-errortype"), name);
    }
    for (member, value) in response::error_members(error) {
        // An error must reach its caller: a member that does not fit a header is left out.
        let _ = rest::write_binding(&mut answer, member, value);
    }
    answer
}
