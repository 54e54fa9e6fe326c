//! The failures that several operations give.

use bastide_api_organizations::errors as org;
use bastide_door::Failure;

pub(crate) fn not_in_use() -> Failure {
    Failure::new(&org::AWSOrganizationsNotInUseException, "Your account is not a member of an organization.")
}

pub(crate) fn access_denied() -> Failure {
    Failure::new(&org::AccessDeniedException, "You don't have permissions to access this resource.")
}

pub(crate) fn no_account() -> Failure {
    Failure::new(&org::AccountNotFoundException, "You specified an account that doesn't exist.")
}

pub(crate) fn no_unit() -> Failure {
    let message = "You specified an organizational unit that doesn't exist.";
    Failure::new(&org::OrganizationalUnitNotFoundException, message)
}

pub(crate) fn no_policy() -> Failure {
    Failure::new(&org::PolicyNotFoundException, "You specified a policy that doesn't exist.")
}

pub(crate) fn no_root() -> Failure {
    Failure::new(&org::RootNotFoundException, "You specified a root that doesn't exist.")
}

/// `InvalidInputException` with its `Reason`.
pub(crate) fn invalid(reason: &'static str, message: impl Into<String>) -> Failure {
    Failure::new(&org::InvalidInputException, message).with("Reason", reason)
}

/// `ConstraintViolationException` with its `Reason`.
pub(crate) fn constraint(reason: &'static str, message: impl Into<String>) -> Failure {
    Failure::new(&org::ConstraintViolationException, message).with("Reason", reason)
}
