//! What GuardDuty tells whom it refuses: each message in one place, as AWS words it where a client may depend on it.
//!
//! Most are a `BadRequestException` that holds an inner type (observed, and the errors that the API reference lists).

use bastide_api_guardduty::{TYPES, errors as error};
use bastide_door::{Failure, Reason};
use bastide_shape::ErrorShape;

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

/// There is no such rule in the catalogue.
pub(crate) fn no_such_rule() -> Failure {
    told(&error::ResourceNotFoundException, "Rule not found")
}

/// The account has no such association (observed).
pub(crate) fn no_such_association() -> Failure {
    told(&error::ResourceNotFoundException, "Association not found")
}

/// The organization has no such configuration.
pub(crate) fn no_such_configuration() -> Failure {
    told(&error::ResourceNotFoundException, "Organization configuration not found")
}

/// The rule is at work in the account already.
pub(crate) fn rule_is_associated() -> Failure {
    told(&error::ConflictException, "An association already exists for the rule in the current account")
}

/// The rule is configured already in this mode, or in a way that leaves no room for another mode.
pub(crate) fn rule_is_configured() -> Failure {
    told(&error::ConflictException, "An organization configuration already exists for the rule")
}

/// What only an administrator may say, or a member may not.
pub(crate) fn may_not_call() -> Failure {
    let message = "The request is rejected because the caller is not authorized to call this API.";
    let failure = Failure::new(&error::AccessDeniedException, message);
    TYPES.iter().fold(failure, |failure, member| failure.with(member, "AccessDeniedException"))
}

/// GuardDuty is off in the account.
pub(crate) fn not_enabled() -> Failure {
    invalid("The request is rejected because GuardDuty is not enabled for the current account.")
}

fn told(error: &'static ErrorShape, message: &str) -> Failure {
    Failure::new(error, message).with("Type", error.name)
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
