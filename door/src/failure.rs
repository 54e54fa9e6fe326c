use bastide_shape::{Document, ErrorShape, Protocol, Value};
use bastide_sigv4::{AuthFailure, Dialect};

/// Why a call was not carried out: what the caller is told, and what only the operator is.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub reason: Reason,
    /// The outside text, which the caller reads.
    pub message: String,
    /// The inside cause, which only the operator's log shows.
    pub cause: Option<String>,
    /// Members of the error besides its message.
    pub members: Document,
}

/// What went wrong, before a protocol gives it its code.
#[derive(Debug)]
pub enum Reason {
    /// An error that the service's table lists.
    Service(&'static ErrorShape),
    /// The request's proof does not hold.
    Authentication(Box<AuthFailure>),
    /// The caller may not do this.
    AccessDenied,
    /// The input does not fit its schema.
    Validation,
    /// The bytes cannot be read as the protocol that they claim.
    Serialization(&'static str, u16),
    /// The body's chunks or checksums do not hold.
    Chunks(bastide_sigv4::ChunkFailure),
    /// AWS has this operation, Bastide does not yet.
    NotImplemented,
    /// Nobody has this operation.
    UnknownOperation,
    /// The body is larger than the server takes.
    TooLarge,
    /// More requests at once than the server takes.
    Busy,
    /// The client was too slow to send its request.
    Timeout,
    /// A fault of ours.
    Internal,
}

impl Failure {
    /// An error of the service's table.
    #[must_use]
    pub fn new(error: &'static ErrorShape, message: impl Into<String>) -> Self {
        Self::because(Reason::Service(error), message)
    }

    /// A failure of this reason.
    #[must_use]
    pub fn because(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), cause: None, members: Document::new() }
    }

    /// A fault of ours: the caller learns only that there was one.
    #[must_use]
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let mut failure = Self::because(
            Reason::Internal,
            "An internal error occurred. Try again; the server's log has the cause.",
        );
        failure.cause = Some(cause.to_string());
        failure
    }

    /// An input that does not fit in a way that the schema cannot say.
    #[must_use]
    pub fn validation(message: impl Into<String>) -> Self {
        Self::because(Reason::Validation, message)
    }

    /// The caller may not do this.
    #[must_use]
    pub fn denied(message: impl Into<String>) -> Self {
        Self::because(Reason::AccessDenied, message)
    }

    /// Adds a member of the error's shape.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.push(name, value);
        self
    }

    /// Whether it is this error of the service's table.
    #[must_use]
    pub fn is(&self, error: &'static ErrorShape) -> bool {
        matches!(self.reason, Reason::Service(shape) if std::ptr::eq(shape, error))
    }

    /// The code on the wire and the HTTP status.
    #[must_use]
    pub fn code(&self, protocol: Protocol) -> (&str, u16) {
        use Protocol::{Ec2, Query, RestXml};
        let old = matches!(protocol, Query | Ec2 | RestXml);
        match &self.reason {
            Reason::Service(error) => (error.wire_code(), error.status),
            Reason::Authentication(failure) => {
                (failure.code(dialect(protocol)), failure.status(dialect(protocol)))
            }
            Reason::AccessDenied => match protocol {
                Query | RestXml => ("AccessDenied", 403),
                Ec2 => ("UnauthorizedOperation", 403),
                Protocol::RestJson => ("AccessDeniedException", 403),
                _ => ("AccessDeniedException", 400),
            },
            Reason::Validation if old => ("ValidationError", 400),
            Reason::Validation => ("ValidationException", 400),
            Reason::Serialization(code, status) => (code, *status),
            Reason::Chunks(failure) => (failure.code(), failure.status()),
            Reason::NotImplemented => ("NotImplemented", 501),
            Reason::UnknownOperation if old => ("InvalidAction", 400),
            Reason::UnknownOperation => {
                ("UnknownOperationException", if protocol == Protocol::RestJson { 404 } else { 400 })
            }
            Reason::TooLarge => ("RequestEntityTooLarge", 413),
            Reason::Busy if old => ("Throttling", 400),
            Reason::Busy => ("ThrottlingException", 400),
            Reason::Timeout => ("RequestTimeout", 408),
            Reason::Internal => ("InternalFailure", 500),
        }
    }

    /// The outside text: that of an authentication failure depends on the protocol.
    #[must_use]
    pub fn text(&self, protocol: Protocol) -> String {
        match &self.reason {
            Reason::Authentication(refusal) => refusal.message(dialect(protocol)).into_owned(),
            _ => self.message.clone(),
        }
    }

    /// What the record calls it: the error's name in AWS's model.
    #[must_use]
    pub fn record_code(&self, protocol: Protocol) -> &str {
        match &self.reason {
            Reason::Service(error) => error.name,
            Reason::AccessDenied => "AccessDenied",
            _ => self.code(protocol).0,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<bastide_resources::StoreError> for Failure {
    fn from(error: bastide_resources::StoreError) -> Self {
        Self::internal(error)
    }
}

impl From<bastide_events::LogError> for Failure {
    fn from(error: bastide_events::LogError) -> Self {
        Self::internal(error)
    }
}

impl From<bastide_seal::SealError> for Failure {
    fn from(error: bastide_seal::SealError) -> Self {
        Self::internal(error)
    }
}

/// The family of refusals that a protocol belongs to.
pub(crate) fn dialect(protocol: Protocol) -> Dialect {
    match protocol {
        Protocol::Query => Dialect::Query,
        Protocol::Ec2 => Dialect::Ec2,
        Protocol::RestXml => Dialect::S3,
        Protocol::RestJson => Dialect::RestJson,
        _ => Dialect::Json,
    }
}
