use std::borrow::Cow;

/// Why a policy document is refused. Its text is the message of AWS's `MalformedPolicyDocument` (IAM, STS) or
/// `MalformedPolicyDocumentException` (KMS, Organizations).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MalformedPolicy {
    fault: Fault,
    message: Cow<'static, str>,
}

/// What part of the document is at fault, for services whose message differs from IAM's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not JSON, a duplicate key, or longer than [`crate::MAX_DOCUMENT`].
    Json,
    /// An unknown element, a wrong type, or elements that exclude each other.
    Syntax,
    /// A `Version` that this kind of policy may not have.
    Version,
    /// A `Sid` that is not unique or has a character it may not have.
    Sid,
    /// `Effect`.
    Effect,
    /// `Principal` or `NotPrincipal`: malformed, missing, or not allowed here.
    Principal,
    /// `Action` or `NotAction`: malformed, missing, or not allowed here.
    Action,
    /// `Resource` or `NotResource`: malformed, missing, or not allowed here.
    Resource,
    /// A condition value that its operator cannot read.
    Condition,
}

impl MalformedPolicy {
    pub(crate) fn new(fault: Fault, message: impl Into<Cow<'static, str>>) -> Self {
        Self { fault, message: message.into() }
    }

    /// What IAM says for anything that its grammar does not know.
    pub(crate) fn syntax() -> Self {
        Self::new(Fault::Syntax, "Syntax errors in policy.")
    }

    /// What IAM says for values that the grammar allows but the language cannot read.
    pub(crate) fn legacy(fault: Fault) -> Self {
        Self::new(fault, "The policy failed legacy parsing")
    }

    /// What part of the document is at fault.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The message as AWS words it.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}
