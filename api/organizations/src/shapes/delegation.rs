//! Shapes: delegation.

use bastide_shape::{list, member, shapes, string, structure};

use super::*;

shapes! {
    RegisterDelegatedAdministratorRequest = structure(&[
        member("AccountId", &AccountId).required(),
        member("ServicePrincipal", &ServicePrincipal).required(),
    ]);
    ServicePrincipal = string().length(1, 128).pattern(r"[\w+=,.@-]*");
    DeregisterDelegatedAdministratorRequest = structure(&[
        member("AccountId", &AccountId).required(),
        member("ServicePrincipal", &ServicePrincipal).required(),
    ]);
    ListDelegatedAdministratorsRequest = structure(&[
        member("ServicePrincipal", &ServicePrincipal),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListDelegatedAdministratorsResponse = structure(&[
        member("DelegatedAdministrators", &DelegatedAdministrators),
        member("NextToken", &NextToken),
    ]);
    DelegatedAdministrators = list(&member("member", &DelegatedAdministrator));
    DelegatedAdministrator = structure(&[
        member("Id", &AccountId),
        member("Arn", &AccountArn),
        member("Email", &Email),
        member("Name", &AccountName),
        member("Status", &AccountStatus),
        member("State", &AccountState),
        member("JoinedMethod", &AccountJoinedMethod),
        member("JoinedTimestamp", &Timestamp),
        member("DelegationEnabledDate", &Timestamp),
    ]);
    ListDelegatedServicesForAccountRequest = structure(&[
        member("AccountId", &AccountId).required(),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListDelegatedServicesForAccountResponse = structure(&[
        member("DelegatedServices", &DelegatedServices),
        member("NextToken", &NextToken),
    ]);
    DelegatedServices = list(&member("member", &DelegatedService));
    DelegatedService = structure(&[
        member("ServicePrincipal", &ServicePrincipal),
        member("DelegationEnabledDate", &Timestamp),
    ]);
    EnableAWSServiceAccessRequest = structure(&[
        member("ServicePrincipal", &ServicePrincipal).required(),
    ]);
    DisableAWSServiceAccessRequest = structure(&[
        member("ServicePrincipal", &ServicePrincipal).required(),
    ]);
    ListAWSServiceAccessForOrganizationRequest = structure(&[
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListAWSServiceAccessForOrganizationResponse = structure(&[
        member("EnabledServicePrincipals", &EnabledServicePrincipals),
        member("NextToken", &NextToken),
    ]);
    EnabledServicePrincipals = list(&member("member", &EnabledServicePrincipal));
    EnabledServicePrincipal = structure(&[
        member("ServicePrincipal", &ServicePrincipal),
        member("DateEnabled", &Timestamp),
    ]);
}
