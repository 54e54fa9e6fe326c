//! ec2Query: awsQuery's forms with names of its own (see [`crate::query`]), and XML without a wrapper.
//! Source: the Smithy specification of the AWS EC2 query protocol.

use bastide_shape::{Document, Operation, Service, Shape};

use crate::error::{EncodeError, WireError};
use crate::response::{self, Answer};
use crate::xml;

const TYPE: &str = "text/xml;charset=UTF-8";

/// Writes an answer: `<DescribeVpcsResponse><requestId>…`.
pub(crate) fn encode(
    service: &Service,
    operation: &Operation,
    output: &Document,
    request_id: &str,
) -> Result<Answer, EncodeError> {
    let mut body = String::with_capacity(512);
    let root = format!("{}Response", operation.name);
    body.push_str(xml::DECLARATION);
    xml::open_root(&mut body, &root, service.xml_namespace);
    xml::write_text(&mut body, "requestId", request_id);
    xml::write_members(&mut body, operation.output.map_or(&[][..], Shape::members), output, false)?;
    xml::close(&mut body, &root);
    Ok(response::answer(200, Some(TYPE), request_id, body))
}

/// Writes an error: `<Response><Errors><Error>…`.
pub(crate) fn encode_error(error: &WireError<'_>, request_id: &str) -> Answer {
    let mut body = String::with_capacity(256);
    body.push_str(xml::DECLARATION);
    for element in ["Response", "Errors", "Error"] {
        xml::open(&mut body, element);
    }
    xml::write_error_members(&mut body, error);
    xml::close(&mut body, "Error");
    xml::close(&mut body, "Errors");
    xml::write_text(&mut body, "RequestID", request_id);
    xml::close(&mut body, "Response");
    response::answer(error.status, Some(TYPE), request_id, body)
}
