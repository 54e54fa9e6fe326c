//! What GuardDuty tells whom it refuses: each message in one place, as AWS words it where a client may depend on it.
//!
//! All are a `BadRequestException` that holds an inner type (observed, and the errors that the API reference lists).

use bastide_api_guardduty::{TYPES, errors as error};
use bastide_door::{Failure, Reason};

/// A `BadRequestException` of the inner type `InvalidInputException`.
pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    let failure = Failure::new(&error::BadRequestException, message);
    TYPES.iter().fold(failure, |failure, member| failure.with(member, "InvalidInputException"))
}

/// There is no such detector in the account and region.
pub(crate) fn no_such_detector() -> Failure {
    invalid("The request is rejected because the input detectorId is not owned by the current account.")
}

/// There is one already.
pub(crate) fn detector_exists() -> Failure {
    invalid("The request is rejected because a detector already exists for the current account.")
}

/// There is nothing of that name or id.
pub(crate) fn no_such_resource() -> Failure {
    invalid("The request is rejected since no such resource found.")
}

/// A parameter holds what it may not.
pub(crate) fn parameter(name: &str) -> Failure {
    invalid(format!("The request is rejected because the parameter {name} has an invalid value."))
}

/// Several parameters do not go together.
pub(crate) fn parameters() -> Failure {
    invalid("The request is rejected because one or more input parameters have invalid values.")
}

/// Findings cannot be exported where they are to be.
pub(crate) fn no_export(why: &str) -> Failure {
    invalid(format!(
        "The request failed because the GuardDuty service principal does not have permission to the KMS key or the \
         resource specified by the destinationArn parameter: {why}"
    ))
}

/// What only an administrator may change is asked for by a member.
pub(crate) fn member_may_not() -> Failure {
    invalid(
        "The request is rejected because member accounts cannot manage specified resources or properties.",
    )
}

/// There are as many as may be.
pub(crate) fn too_many(what: &str, most: usize) -> Failure {
    invalid(format!(
        "The request is rejected because the account has the most {what} that it may have: {most}."
    ))
}

/// What AWS has and this does not, of an operation that is built otherwise.
pub(crate) fn not_built(what: &str) -> Failure {
    Failure::because(Reason::NotImplemented, format!("{what} is not implemented by Bastide yet"))
}

/// Why an account was not processed, by the list of those that were not.
pub(crate) mod unprocessed {
    pub(crate) const ALREADY_MEMBER: &str = "The request is rejected because the given account ID is already a member or associated member of the current account.";
    pub(crate) const ALREADY_INVITED: &str = "The request is rejected because the current account has already invited or is already the GuardDuty master of the given member account ID.";
    pub(crate) const NOT_MEMBER: &str = "The request is rejected because the given account ID is not a member account of the current account.";
    pub(crate) const NOT_ASSOCIATED: &str = "The request is rejected because the given account ID is not an associated member of account the current account.";
    pub(crate) const NOT_INVITED: &str =
        "The request is rejected because the current account has not been invited by the given account ID.";
    pub(crate) const STILL_ASSOCIATED: &str = "The request is rejected because the given account ID is an associated member of the current account; disassociate it first.";
    pub(crate) const SELF: &str =
        "The request is rejected because the given account ID is that of the current account.";
}
