//! What a request for an operation that is not here is told.

use bastide_shape::{Protocol, Service};

use crate::WireError;

/// The error for an operation that nobody knows, as AWS gives it in this protocol.
#[must_use]
pub fn unknown_operation<'a>(protocol: Protocol, name: &str, version: Option<&str>) -> WireError<'a> {
    match protocol {
        Protocol::Query | Protocol::Ec2 if name.is_empty() => {
            WireError::new("MissingAction", 400, "The request must contain the parameter Action")
        }
        Protocol::Query => {
            let version = version.unwrap_or_default();
            let message = format!("Could not find operation {name} for version {version}");
            WireError::new("InvalidAction", 400, message)
        }
        Protocol::Ec2 => {
            let message = format!("The action {name} is not valid for this web service.");
            WireError::new("InvalidAction", 400, message)
        }
        Protocol::Json10 | Protocol::Json11 => {
            WireError::new("UnknownOperationException", 400, format!("Unknown operation {name}"))
        }
        Protocol::RestJson | Protocol::RestXml | Protocol::Cbor => {
            WireError::new("UnknownOperationException", 404, format!("Unknown operation {name}"))
        }
    }
}

/// The error for an operation that AWS has and this does not. AWS has no such error for most services; S3 calls it
/// `NotImplemented`, and clients do not retry status 501.
#[must_use]
pub fn not_implemented<'a>(service: &Service, name: &str) -> WireError<'a> {
    let message =
        format!("The operation {name} of {} is known to AWS but not implemented here", service.name);
    WireError::new("NotImplemented", 501, message)
}
