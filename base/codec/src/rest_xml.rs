//! restXml: HTTP bindings with XML bodies, and S3's ways of its own.
//! Source: the Smithy specification of the AWS restXml protocol.

use bastide_shape::{Document, Kind, Location, Operation, Protocol, Service, Shape, Trait, Value};
use http::header::{HeaderName, HeaderValue};

use crate::error::{EncodeError, Fault};
use crate::response::{self, Answer};
use crate::rest::{self, Body, Request};
use crate::{DecodeError, WireError, query, scalar, xml, xml_read};

const XML: &str = "application/xml";

/// Reads a request.
pub(crate) fn decode(shape: Option<&'static Shape>, request: &Request<'_>) -> Result<Document, DecodeError> {
    let Some(shape) = shape else { return Ok(Document::new()) };
    let document = rest::read_bindings(shape, request);
    // What a header or parameter holds is not XML.
    let document =
        document.map_err(|fault| DecodeError { code: "InvalidArgument", ..fault.of(Protocol::RestXml) })?;
    read_body(shape, document, request).map_err(|fault| fault.of(Protocol::RestXml))
}

fn read_body(
    shape: &'static Shape,
    mut document: Document,
    request: &Request<'_>,
) -> Result<Document, Fault> {
    let Request { body, limits, .. } = *request;
    if let Some(member) = shape.payload() {
        let value = match rest::read_raw(member, body) {
            Some(value) => value?,
            None => xml_read::read(member.shape.members(), body, limits, false)?.map(Value::Map),
        };
        return Ok(document.maybe(member.name, value));
    }
    if shape.members().iter().any(|member| member.location == Location::Body) {
        for (name, value) in xml_read::read(shape.members(), body, limits, true)?.unwrap_or_default() {
            document.push(name, value);
        }
    }
    Ok(document)
}

/// Writes an answer.
pub(crate) fn encode(
    service: &Service,
    operation: &Operation,
    output: &Document,
    request_id: &str,
) -> Result<Answer, EncodeError> {
    let body = match rest::body(operation, output)? {
        Body::Empty => (Vec::new(), None),
        Body::Raw(bytes, content_type) => (bytes, Some(content_type)),
        Body::Payload(member, value) => {
            let (Kind::Structure(members) | Kind::Union(members), Value::Map(inner)) =
                (member.shape.kind, value)
            else {
                return Err(EncodeError::at(member.name, scalar::unfit(&member.shape.kind)));
            };
            let name = root_name(member.shape).or(member.wire).unwrap_or(member.shape.name);
            let traits = [member.traits, member.shape.traits];
            let body = document(name, traits, service, (members, inner), false);
            (body.map_err(|error| error.within(member.name))?, Some(XML))
        }
        Body::Members(shape) => {
            let name = root_name(shape).unwrap_or(shape.name);
            (document(name, [&[], shape.traits], service, (shape.members(), output), true)?, Some(XML))
        }
    };
    rest::answer(operation, output, request_id, body).map(|answer| with_id(answer, service, request_id))
}

fn document(
    name: &str,
    traits: [&[Trait]; 2],
    service: &Service,
    structure: (&[bastide_shape::Member], &Document),
    only_body: bool,
) -> Result<Vec<u8>, EncodeError> {
    let mut body = String::with_capacity(512);
    body.push_str(xml::DECLARATION);
    xml::write_structure(&mut body, name, traits, service.xml_namespace, structure, only_body)?;
    Ok(body.into_bytes())
}

fn root_name(shape: &Shape) -> Option<&'static str> {
    shape.traits.iter().find_map(|of| if let Trait::RootName(name) = of { Some(*name) } else { None })
}

/// Writes an error: S3's has no wrapper, the others' are as in the query protocol.
pub(crate) fn encode_error(service: Option<&Service>, error: &WireError<'_>, request_id: &str) -> Answer {
    let Some(service) = service.filter(|service| is_s3(service)) else {
        return query::encode_error(service, error, request_id);
    };
    let mut body = String::with_capacity(256);
    body.push_str(xml::DECLARATION);
    xml::open(&mut body, "Error");
    xml::write_error_members(&mut body, error);
    xml::write_text(&mut body, "RequestId", request_id);
    xml::close(&mut body, "Error");
    let mut answer = response::answer(error.status, Some(XML), request_id, body);
    for (member, value) in response::error_members(error) {
        // An error must reach its caller: a member that does not fit a header is left out.
        let _ = rest::write_binding(&mut answer, member, value);
    }
    with_id(answer, service, request_id)
}

/// S3 is the one service whose answers have a header of its own for the request's id.
fn with_id(mut answer: Answer, service: &Service, request_id: &str) -> Answer {
    if let (true, Ok(id)) = (is_s3(service), HeaderValue::from_str(request_id)) {
        answer.headers_mut().insert(HeaderName::from_static("x-amz-request-id"), id);
    }
    answer
}

fn is_s3(service: &Service) -> bool {
    service.name == "s3"
}
