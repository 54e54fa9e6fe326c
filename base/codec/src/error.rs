use std::borrow::Cow;
use std::fmt;

use bastide_shape::{Document, ErrorShape, Kind, Protocol};

/// A request whose bytes do not fit its protocol or its schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct DecodeError {
    /// AWS's code for it in this protocol: `SerializationException`, `MalformedInput`, …
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What is wrong; never holds a value of the request.
    pub message: String,
}

impl DecodeError {
    /// The error as it goes to the client.
    #[must_use]
    pub fn wire(&self) -> WireError<'_> {
        WireError::new(self.code, self.status, self.message.as_str())
    }
}

/// A document that does not fit the schema of its operation's output: a fault of the handler, not of the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("output member `{path}`: {problem}")]
pub struct EncodeError {
    /// Where, such as `Keys.0.KeyArn`; entries of maps by their number, as their keys may be secret.
    pub path: String,
    /// What is wrong.
    pub problem: &'static str,
}

impl EncodeError {
    pub(crate) fn new(problem: &'static str) -> Self {
        Self { path: String::new(), problem }
    }

    pub(crate) fn at(name: &str, problem: &'static str) -> Self {
        Self { path: name.to_owned(), problem }
    }

    /// The same problem, seen from one level further out.
    pub(crate) fn within(mut self, name: impl fmt::Display) -> Self {
        self.path = if self.path.is_empty() { name.to_string() } else { format!("{name}.{}", self.path) };
        self
    }
}

/// An error as a client is told it, before a protocol gives it its form.
#[derive(Clone, Debug)]
pub struct WireError<'a> {
    /// The code, such as `AccessDeniedException`; a [`Self::shape`] overrides it.
    pub code: &'a str,
    /// HTTP status.
    pub status: u16,
    /// The message.
    pub message: Cow<'a, str>,
    /// It is the caller's fault.
    pub sender_fault: bool,
    /// The error in the service's tables: its name (JSON, CBOR), its code (query, XML) and its members.
    pub shape: Option<&'static ErrorShape>,
    /// Members besides the message; written as far as `shape` knows them.
    pub members: Option<&'a Document>,
}

impl<'a> WireError<'a> {
    /// An error with this code, status and message; the caller's fault when the status is below 500.
    #[must_use]
    pub fn new(code: &'a str, status: u16, message: impl Into<Cow<'a, str>>) -> Self {
        Self { code, status, message: message.into(), sender_fault: status < 500, shape: None, members: None }
    }

    /// An error of a service's tables.
    #[must_use]
    pub fn of(shape: &'static ErrorShape, message: impl Into<Cow<'a, str>>) -> Self {
        Self { shape: Some(shape), ..Self::new(shape.wire_code(), shape.status, message) }
    }

    /// The same error with members besides the message.
    #[must_use]
    pub fn with(mut self, members: &'a Document) -> Self {
        self.members = Some(members);
        self
    }

    /// The name in JSON and CBOR.
    pub(crate) fn name(&self) -> &str {
        self.shape.map_or(self.code, |shape| shape.name)
    }

    /// The code in the query and XML protocols.
    pub(crate) fn wire_code(&self) -> &str {
        self.shape.map_or(self.code, |shape| shape.wire_code())
    }

    /// `Sender` or `Receiver`.
    pub(crate) fn fault(&self) -> &'static str {
        if self.sender_fault { "Sender" } else { "Receiver" }
    }
}

/// What is wrong with the bytes of a request, before a protocol gives it its code.
#[derive(Clone, Debug)]
pub(crate) struct Fault(Cow<'static, str>);

impl Fault {
    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }

    /// A token that cannot become a value of this shape: `STRING_VALUE can not be converted to an Integer`.
    pub(crate) fn unfit(token: &str, kind: Kind) -> Self {
        Self(format!("{token} can not be converted to {}", called(kind)).into())
    }

    pub(crate) fn list() -> Self {
        Self::new("Start of list found where not expected")
    }

    pub(crate) fn map() -> Self {
        Self::new("Start of structure or map found where not expected.")
    }

    pub(crate) fn null() -> Self {
        Self::new("null found where not expected")
    }

    pub(crate) fn too_deep() -> Self {
        Self::new("the input is nested too deeply")
    }

    pub(crate) fn too_many() -> Self {
        Self::new("the input has too many values")
    }

    /// The error with the code that this protocol's services give for input they cannot read.
    pub(crate) fn of(self, protocol: Protocol) -> DecodeError {
        let code = match protocol {
            Protocol::Json10 | Protocol::Json11 | Protocol::RestJson | Protocol::Cbor => {
                "SerializationException"
            }
            Protocol::Query => "MalformedInput",
            Protocol::Ec2 => "InvalidParameterValue",
            Protocol::RestXml => "MalformedXML",
        };
        DecodeError { code, status: 400, message: self.0.into_owned() }
    }
}

/// What AWS's own messages call a kind.
fn called(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "a Boolean",
        Kind::Integer => "an Integer",
        Kind::Long => "a Long",
        Kind::BigInteger => "a BigInteger",
        Kind::Float => "a Float",
        Kind::Double => "a Double",
        Kind::String | Kind::Enumeration(_) => "a String",
        Kind::Blob => "a Blob",
        Kind::Timestamp(_) => "milliseconds since epoch",
        Kind::List(_) => "a List",
        Kind::Map(..) => "a Map",
        Kind::Structure(_) | Kind::Union(_) => "a Structure",
        Kind::Document => "a Document",
    }
}
