//! The errors that organizations's operations list.

use bastide_shape::{error, errors, member};

use crate::shapes::*;

errors! {
    AWSOrganizationsNotInUseException = error(400);
    AccessDeniedException = error(400);
    AccessDeniedForDependencyException = error(400).with(&[member("Reason", &AccessDeniedForDependencyExceptionReason)]);
    AccountAlreadyClosedException = error(400);
    AccountAlreadyRegisteredException = error(400);
    AccountNotFoundException = error(400);
    AccountNotRegisteredException = error(400);
    AlreadyInOrganizationException = error(400);
    ChildNotFoundException = error(400);
    ConcurrentModificationException = error(400);
    ConflictException = error(400);
    ConstraintViolationException = error(400).with(&[member("Reason", &ConstraintViolationExceptionReason)]);
    CreateAccountStatusNotFoundException = error(400);
    DestinationParentNotFoundException = error(400);
    DuplicateAccountException = error(400);
    DuplicateOrganizationalUnitException = error(400);
    DuplicatePolicyAttachmentException = error(400);
    DuplicatePolicyException = error(400);
    FinalizingOrganizationException = error(400);
    HandshakeConstraintViolationException = error(400).with(&[member("Reason", &HandshakeConstraintViolationExceptionReason)]);
    InvalidInputException = error(400).with(&[member("Reason", &InvalidInputExceptionReason)]);
    MalformedPolicyDocumentException = error(400);
    MasterCannotLeaveOrganizationException = error(400);
    OrganizationNotEmptyException = error(400);
    OrganizationalUnitNotEmptyException = error(400);
    OrganizationalUnitNotFoundException = error(400);
    ParentNotFoundException = error(400);
    PolicyChangesInProgressException = error(400);
    PolicyInUseException = error(400);
    PolicyNotAttachedException = error(400);
    PolicyNotFoundException = error(400);
    PolicyTypeAlreadyEnabledException = error(400);
    PolicyTypeNotAvailableForOrganizationException = error(400);
    PolicyTypeNotEnabledException = error(400);
    RootNotFoundException = error(400);
    ServiceException = error(500);
    SourceParentNotFoundException = error(400);
    TargetNotFoundException = error(400);
    TooManyRequestsException = error(400).with(&[member("Type", &ExceptionType)]);
    UnsupportedAPIEndpointException = error(400);
}
