//! The failures that several operations give, in IAM's words.

use bastide_api_iam::errors as iam;
use bastide_door::Failure;
use bastide_policy::MalformedPolicy;

pub(crate) fn no_such(message: impl Into<String>) -> Failure {
    Failure::new(&iam::NoSuchEntityException, message)
}

pub(crate) fn exists(message: impl Into<String>) -> Failure {
    Failure::new(&iam::EntityAlreadyExistsException, message)
}

pub(crate) fn conflict(message: impl Into<String>) -> Failure {
    Failure::new(&iam::DeleteConflictException, message)
}

pub(crate) fn limit(message: impl Into<String>) -> Failure {
    Failure::new(&iam::LimitExceededException, message)
}

/// `Cannot exceed quota for PoliciesPerUser: 10`
pub(crate) fn quota(name: &str, most: usize) -> Failure {
    limit(format!("Cannot exceed quota for {name}: {most}"))
}

pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(&iam::InvalidInputException, message)
}

pub(crate) fn malformed(refusal: &MalformedPolicy) -> Failure {
    Failure::new(&iam::MalformedPolicyDocumentException, refusal.message())
}

/// A stored policy that this program cannot read: nothing may be decided without it.
pub(crate) fn unreadable(name: &str, refusal: &MalformedPolicy) -> Failure {
    Failure::internal(format!("the stored policy {name} cannot be read: {refusal}"))
}

pub(crate) fn no_policy(arn: &str) -> Failure {
    no_such(format!("Policy {arn} was not found."))
}

/// What attaching and listing say where looking at a policy says [`no_policy`].
pub(crate) fn no_usable_policy(arn: &str) -> Failure {
    no_such(format!("Policy {arn} does not exist or is not attachable."))
}

pub(crate) fn no_policy_version(arn: &str, version: &str) -> Failure {
    no_such(format!("Policy {arn} version {version} does not exist or is not attachable."))
}

/// A text that is no ARN, where a policy is named.
pub(crate) fn no_arn(text: &str) -> Failure {
    Failure::validation(format!("ARN {text} is not valid."))
}

/// A text that is no policy's ARN, where a permissions boundary is named.
pub(crate) fn no_boundary_arn(text: &str) -> Failure {
    invalid(format!("ARN {text} is not valid."))
}

/// A role that only the service it is linked to may change.
pub(crate) fn protected(role: &str) -> Failure {
    let message = format!(
        "Cannot perform the operation on the protected role '{role}' - this role is only modifiable by AWS"
    );
    Failure::new(&iam::UnmodifiableEntityException, message)
}
