//! The errors that iam's operations list.

use bastide_shape::{error, errors};

errors! {
    ConcurrentModificationException = error(409).coded("ConcurrentModification");
    CredentialReportExpiredException = error(410).coded("ReportExpired");
    CredentialReportNotPresentException = error(410).coded("ReportNotPresent");
    CredentialReportNotReadyException = error(404).coded("ReportInProgress");
    DeleteConflictException = error(409).coded("DeleteConflict");
    EntityAlreadyExistsException = error(409).coded("EntityAlreadyExists");
    EntityTemporarilyUnmodifiableException = error(409).coded("EntityTemporarilyUnmodifiable");
    InvalidAuthenticationCodeException = error(403).coded("InvalidAuthenticationCode");
    InvalidInputException = error(400).coded("InvalidInput");
    LimitExceededException = error(409).coded("LimitExceeded");
    MalformedPolicyDocumentException = error(400).coded("MalformedPolicyDocument");
    NoSuchEntityException = error(404).coded("NoSuchEntity");
    PasswordPolicyViolationException = error(400).coded("PasswordPolicyViolation");
    PolicyEvaluationException = error(500).coded("PolicyEvaluation");
    PolicyNotAttachableException = error(400).coded("PolicyNotAttachable");
    ServiceFailureException = error(500).coded("ServiceFailure");
    UnmodifiableEntityException = error(400).coded("UnmodifiableEntity");
}
