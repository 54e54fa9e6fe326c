//! Operations: accounts.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateAccount = operation(Access::Write)
        .input(&CreateAccountRequest)
        .output(&CreateAccountResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &FinalizingOrganizationException, &InvalidInputException,
            &ServiceException, &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ]);
    DescribeCreateAccountStatus = operation(Access::Read)
        .input(&DescribeCreateAccountStatusRequest)
        .output(&DescribeCreateAccountStatusResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException,
            &CreateAccountStatusNotFoundException, &InvalidInputException, &ServiceException,
            &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ]);
    ListCreateAccountStatus = operation(Access::List)
        .input(&ListCreateAccountStatusRequest)
        .output(&ListCreateAccountStatusResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &ServiceException, &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ]);
    DescribeAccount = operation(Access::Read)
        .input(&DescribeAccountRequest)
        .output(&DescribeAccountResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &AccountNotFoundException,
            &InvalidInputException, &ServiceException, &TooManyRequestsException,
        ])
        .on(&[target("account", "AccountId")]);
    ListAccounts = operation(Access::List)
        .input(&ListAccountsRequest)
        .output(&ListAccountsResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &ServiceException, &TooManyRequestsException,
        ]);
    CloseAccount = operation(Access::Write)
        .input(&CloseAccountRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &AccountAlreadyClosedException,
            &AccountNotFoundException, &ConcurrentModificationException, &ConflictException,
            &ConstraintViolationException, &InvalidInputException, &ServiceException,
            &TooManyRequestsException, &UnsupportedAPIEndpointException,
        ])
        .on(&[target("account", "AccountId")]);
    MoveAccount = operation(Access::Write)
        .input(&MoveAccountRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &AccountNotFoundException,
            &ConcurrentModificationException, &DestinationParentNotFoundException,
            &DuplicateAccountException, &InvalidInputException, &ServiceException,
            &SourceParentNotFoundException, &TooManyRequestsException,
        ])
        .on(&[target("account", "AccountId"), target("target", "SourceParentId"), target("target", "DestinationParentId")]);
    RemoveAccountFromOrganization = operation(Access::Write)
        .input(&RemoveAccountFromOrganizationRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &AccountNotFoundException,
            &ConcurrentModificationException, &ConstraintViolationException, &InvalidInputException,
            &MasterCannotLeaveOrganizationException, &ServiceException, &TooManyRequestsException,
        ])
        .on(&[target("account", "AccountId")]);
    ListAccountsForParent = operation(Access::List)
        .input(&ListAccountsForParentRequest)
        .output(&ListAccountsForParentResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &ParentNotFoundException, &ServiceException, &TooManyRequestsException,
        ])
        .on(&[target("target", "ParentId")]);
    ListChildren = operation(Access::List)
        .input(&ListChildrenRequest)
        .output(&ListChildrenResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &ParentNotFoundException, &ServiceException, &TooManyRequestsException,
        ])
        .on(&[target("target", "ParentId")]);
    ListParents = operation(Access::List)
        .input(&ListParentsRequest)
        .output(&ListParentsResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ChildNotFoundException,
            &InvalidInputException, &ServiceException, &TooManyRequestsException,
        ])
        .on(&[target("target", "ChildId")]);
}
