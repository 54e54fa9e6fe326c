//! The AWS wire protocols over static schemas: which operation a request asks for, its input as a document, and
//! the answer's bytes.
//!
//! One decoder and one encoder a protocol walks the schemas of `bastide-shape`; nothing is generated or generic.
//! [`route`] finds the operation, [`decode`] reads its input, [`encode`] writes its output, [`encode_error`] an
//! error. Constraints of the schema are not held here, see [`bastide_shape::validate`].

mod budget;
mod cbor;
mod ec2;
mod error;
mod form;
mod json;
mod query;
mod refusal;
mod response;
mod rest;
mod rest_json;
mod rest_xml;
mod route;
mod scalar;
mod template;
mod xml;
mod xml_read;

use bastide_shape::{Document, Operation, Protocol, Service};
use bytes::Bytes;
use http::Response;
use http::request::Parts;

pub use budget::Limits;
pub use error::{DecodeError, EncodeError, WireError};
pub use refusal::{not_implemented, unknown_operation};
pub use rest::{streamed_input, streamed_output};
pub use route::{Catalog, Labels, Route, route};

/// Reads the input of an operation.
///
/// # Errors
/// [`DecodeError`] with AWS's code when the request is malformed, does not fit the schema's types, or goes beyond
/// a limit.
pub fn decode(
    protocol: Protocol,
    operation: &Operation,
    parts: &Parts,
    labels: &Labels,
    body: &[u8],
    limits: &Limits,
) -> Result<Document, DecodeError> {
    let shape = operation.input;
    let rest = rest::Request { uri: operation.http.uri, parts, labels, body, limits };
    match protocol {
        Protocol::Json10 | Protocol::Json11 => json::decode(protocol, shape, body, limits),
        Protocol::Query | Protocol::Ec2 => query::decode(protocol, shape, parts, body, limits),
        Protocol::RestJson => rest_json::decode(shape, &rest),
        Protocol::RestXml => rest_xml::decode(shape, &rest),
        Protocol::Cbor => cbor::decode(shape, body, limits),
    }
}

/// Writes the output of an operation.
///
/// # Errors
/// [`EncodeError`] when the output does not fit the operation's schema: a fault of the handler.
pub fn encode(
    protocol: Protocol,
    service: &Service,
    operation: &Operation,
    output: &Document,
    request_id: &str,
) -> Result<Response<Bytes>, EncodeError> {
    if let (None, Some((name, _))) = (operation.output, output.iter().next()) {
        return Err(EncodeError::at(name, "is not in the schema"));
    }
    match protocol {
        Protocol::Json10 | Protocol::Json11 => json::encode(protocol, operation.output, output, request_id),
        Protocol::Query => query::encode(service, operation, output, request_id),
        Protocol::Ec2 => ec2::encode(service, operation, output, request_id),
        Protocol::RestJson => rest_json::encode(operation, output, request_id),
        Protocol::RestXml => rest_xml::encode(service, operation, output, request_id),
        Protocol::Cbor => cbor::encode(operation.output, output, request_id),
    }
}

/// Writes an error. It cannot fail: members that do not fit the error's schema are left out.
#[must_use]
pub fn encode_error(
    protocol: Protocol,
    service: Option<&Service>,
    error: &WireError<'_>,
    request_id: &str,
) -> Response<Bytes> {
    let answer = match protocol {
        Protocol::Json10 | Protocol::Json11 => json::encode_error(protocol, error, request_id),
        Protocol::RestJson => rest_json::encode_error(error, request_id),
        Protocol::Query => query::encode_error(service, error, request_id),
        Protocol::Ec2 => ec2::encode_error(error, request_id),
        Protocol::RestXml => rest_xml::encode_error(service, error, request_id),
        Protocol::Cbor => cbor::encode_error(service, error, request_id),
    };
    response::with_query_error(answer, protocol, service, error)
}
