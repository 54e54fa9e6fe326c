//! Operations: organization.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    EnableOrganizationAdminAccount = operation(Access::Write)
        .http("POST", "/admin/enable", 200)
        .input(&EnableOrganizationAdminAccountRequest)
        .output(&EnableOrganizationAdminAccountResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException]);
    DisableOrganizationAdminAccount = operation(Access::Write)
        .http("POST", "/admin/disable", 200)
        .input(&DisableOrganizationAdminAccountRequest)
        .output(&DisableOrganizationAdminAccountResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException]);
    ListOrganizationAdminAccounts = operation(Access::List)
        .http("GET", "/admin", 200)
        .input(&ListOrganizationAdminAccountsRequest)
        .output(&ListOrganizationAdminAccountsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException]);
    DescribeOrganizationConfiguration = operation(Access::Read)
        .http("GET", "/detector/{DetectorId}/admin", 200)
        .input(&DescribeOrganizationConfigurationRequest)
        .output(&DescribeOrganizationConfigurationResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    UpdateOrganizationConfiguration = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/admin", 200)
        .input(&UpdateOrganizationConfigurationRequest)
        .output(&UpdateOrganizationConfigurationResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetOrganizationStatistics = operation(Access::Read)
        .http("GET", "/organization/statistics", 200)
        .output(&GetOrganizationStatisticsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException]);
}
