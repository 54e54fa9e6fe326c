//! Operations: delegation.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    RegisterDelegatedAdministrator = operation(Access::Write)
        .input(&RegisterDelegatedAdministratorRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &AccountAlreadyRegisteredException,
            &AccountNotFoundException, &ConcurrentModificationException, &ConstraintViolationException,
            &InvalidInputException, &ServiceException, &TooManyRequestsException,
            &UnsupportedAPIEndpointException,
        ])
        .on(&[target("account", "AccountId")]);
    DeregisterDelegatedAdministrator = operation(Access::Write)
        .input(&DeregisterDelegatedAdministratorRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &AccountNotFoundException,
            &AccountNotRegisteredException, &ConcurrentModificationException, &ConstraintViolationException,
            &InvalidInputException, &ServiceException, &TooManyRequestsException,
            &UnsupportedAPIEndpointException,
        ])
        .on(&[target("account", "AccountId")]);
    ListDelegatedAdministrators = operation(Access::List)
        .input(&ListDelegatedAdministratorsRequest)
        .output(&ListDelegatedAdministratorsResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConstraintViolationException,
            &InvalidInputException, &ServiceException, &TooManyRequestsException,
            &UnsupportedAPIEndpointException,
        ])
        .on(&[target("any", "")]);
    ListDelegatedServicesForAccount = operation(Access::List)
        .input(&ListDelegatedServicesForAccountRequest)
        .output(&ListDelegatedServicesForAccountResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &AccountNotFoundException,
            &AccountNotRegisteredException, &ConstraintViolationException, &InvalidInputException,
            &ServiceException, &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ])
        .on(&[target("account", "AccountId")]);
    EnableAWSServiceAccess = operation(Access::Write)
        .input(&EnableAWSServiceAccessRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &InvalidInputException, &ServiceException,
            &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ])
        .on(&[target("any", "")]);
    DisableAWSServiceAccess = operation(Access::Write)
        .input(&DisableAWSServiceAccessRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &InvalidInputException, &ServiceException,
            &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ])
        .on(&[target("any", "")]);
    ListAWSServiceAccessForOrganization = operation(Access::List)
        .input(&ListAWSServiceAccessForOrganizationRequest)
        .output(&ListAWSServiceAccessForOrganizationResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConstraintViolationException,
            &InvalidInputException, &ServiceException, &TooManyRequestsException,
            &UnsupportedAPIEndpointException,
        ]);
}
