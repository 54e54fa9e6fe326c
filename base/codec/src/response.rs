//! What the answers of all protocols share.

use bastide_shape::{Document, Location, Member, Protocol, Service, Value};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};

use crate::error::{EncodeError, WireError};

/// An answer that is whole.
pub(crate) type Answer = Response<Bytes>;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// An answer with this status, type and body, and the request's id.
pub(crate) fn answer(
    status: u16,
    content_type: Option<&'static str>,
    request_id: &str,
    body: impl Into<Bytes>,
) -> Answer {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(content_type) = content_type {
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer
}

/// The members that are there, in the schema's order; a name that the schema lacks is an error.
pub(crate) fn present<'a>(
    members: &'a [Member],
    document: &'a Document,
    only_body: bool,
) -> Result<impl Iterator<Item = (&'a Member, &'a Value)>, EncodeError> {
    let unknown = document.iter().find(|(name, _)| !members.iter().any(|member| member.name == **name));
    if let Some((name, _)) = unknown {
        return Err(EncodeError::at(name, "is not in the schema"));
    }
    let wanted = move |member: &&Member| !only_body || member.location == Location::Body;
    let value = |member: &'a Member| Some((member, document.value(member.name)?));
    Ok(members.iter().filter(wanted).filter_map(value).filter(|(_, value)| **value != Value::Null))
}

/// The members of an error besides its message, as far as its shape knows them.
pub(crate) fn error_members<'a>(
    error: &WireError<'a>,
) -> impl Iterator<Item = (&'static Member, &'a Value)> + use<'a> {
    let members = error.shape.map_or(&[][..], |shape| shape.members);
    let document = error.members;
    members
        .iter()
        .filter(|member| !member.name.eq_ignore_ascii_case("message"))
        .filter_map(move |member| Some((member, document?.value(member.name)?)))
        .filter(|(_, value)| **value != Value::Null)
}

/// Services that spoke awsQuery once tell the error's old code in a header, when asked in another protocol.
pub(crate) fn with_query_error(
    mut answer: Answer,
    protocol: Protocol,
    service: Option<&Service>,
    error: &WireError<'_>,
) -> Answer {
    let asked = matches!(protocol, Protocol::Json10 | Protocol::Json11 | Protocol::Cbor);
    let value = HeaderValue::from_str(&format!("{};{}", error.wire_code(), error.fault()));
    if let (true, Some(true), Ok(value)) = (asked, service.map(|service| service.query_compatible), value) {
        answer.headers_mut().insert(HeaderName::from_static("x-amzn-query-error"), value);
    }
    answer
}
