//! Operations: units.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateOrganizationalUnit = operation(Access::Write)
        .input(&CreateOrganizationalUnitRequest)
        .output(&CreateOrganizationalUnitResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &DuplicateOrganizationalUnitException, &InvalidInputException,
            &ParentNotFoundException, &ServiceException, &TooManyRequestsException,
        ])
        .on(&[target("target", "ParentId")]);
    DescribeOrganizationalUnit = operation(Access::Read)
        .input(&DescribeOrganizationalUnitRequest)
        .output(&DescribeOrganizationalUnitResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &OrganizationalUnitNotFoundException, &ServiceException, &TooManyRequestsException,
        ])
        .on(&[target("ou", "OrganizationalUnitId")]);
    UpdateOrganizationalUnit = operation(Access::Write)
        .input(&UpdateOrganizationalUnitRequest)
        .output(&UpdateOrganizationalUnitResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &DuplicateOrganizationalUnitException, &InvalidInputException,
            &OrganizationalUnitNotFoundException, &ServiceException, &TooManyRequestsException,
        ])
        .on(&[target("ou", "OrganizationalUnitId")]);
    DeleteOrganizationalUnit = operation(Access::Write)
        .input(&DeleteOrganizationalUnitRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &InvalidInputException, &OrganizationalUnitNotEmptyException,
            &OrganizationalUnitNotFoundException, &ServiceException, &TooManyRequestsException,
        ])
        .on(&[target("ou", "OrganizationalUnitId")]);
    ListOrganizationalUnitsForParent = operation(Access::List)
        .input(&ListOrganizationalUnitsForParentRequest)
        .output(&ListOrganizationalUnitsForParentResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &ParentNotFoundException, &ServiceException, &TooManyRequestsException,
        ])
        .on(&[target("target", "ParentId")]);
}
