//! Operations: organization.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateOrganization = operation(Access::Write)
        .input(&CreateOrganizationRequest)
        .output(&CreateOrganizationResponse)
        .errors(&[
            &AccessDeniedException, &AccessDeniedForDependencyException, &AlreadyInOrganizationException,
            &ConcurrentModificationException, &ConstraintViolationException, &InvalidInputException,
            &ServiceException, &TooManyRequestsException,
        ]);
    DescribeOrganization = operation(Access::Read)
        .output(&DescribeOrganizationResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ServiceException, &TooManyRequestsException,
        ]);
    DeleteOrganization = operation(Access::Write)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &InvalidInputException, &OrganizationNotEmptyException,
            &ServiceException, &TooManyRequestsException,
        ]);
    EnableAllFeatures = operation(Access::Write)
        .input(&EnableAllFeaturesRequest)
        .output(&EnableAllFeaturesResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &HandshakeConstraintViolationException, &InvalidInputException,
            &ServiceException, &TooManyRequestsException,
        ]);
    ListRoots = operation(Access::List)
        .input(&ListRootsRequest)
        .output(&ListRootsResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &ServiceException, &TooManyRequestsException,
        ]);
    EnablePolicyType = operation(Access::Write)
        .input(&EnablePolicyTypeRequest)
        .output(&EnablePolicyTypeResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &InvalidInputException, &PolicyChangesInProgressException,
            &PolicyTypeAlreadyEnabledException, &PolicyTypeNotAvailableForOrganizationException,
            &RootNotFoundException, &ServiceException, &TooManyRequestsException,
            &UnsupportedAPIEndpointException,
        ])
        .on(&[target("root", "RootId")]);
    DisablePolicyType = operation(Access::Write)
        .input(&DisablePolicyTypeRequest)
        .output(&DisablePolicyTypeResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &InvalidInputException, &PolicyChangesInProgressException,
            &PolicyTypeNotEnabledException, &RootNotFoundException, &ServiceException,
            &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ])
        .on(&[target("root", "RootId")]);
}
