//! Shapes: accounts.

use bastide_shape::{enumeration, list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateAccountRequest = structure(&[
        member("Email", &Email).required(),
        member("AccountName", &CreateAccountName).required(),
        member("RoleName", &RoleName),
        member("IamUserAccessToBilling", &IAMUserAccessToBilling),
        member("Tags", &Tags),
    ]);
    CreateAccountName = string().length(1, 50).pattern(r"[\u0020-\u007E]+").sensitive();
    RoleName = string().at_most(64).pattern(r"[\w+=,.@-]{1,64}");
    IAMUserAccessToBilling = enumeration(&["ALLOW", "DENY"]);
    CreateAccountResponse = structure(&[
        member("CreateAccountStatus", &CreateAccountStatus),
    ]);
    CreateAccountStatus = structure(&[
        member("Id", &CreateAccountRequestId),
        member("AccountName", &CreateAccountName),
        member("State", &CreateAccountState),
        member("RequestedTimestamp", &Timestamp),
        member("CompletedTimestamp", &Timestamp),
        member("AccountId", &AccountId),
        member("GovCloudAccountId", &AccountId),
        member("FailureReason", &CreateAccountFailureReason),
    ]);
    CreateAccountRequestId = string().at_most(36).pattern(r"^car-[a-z0-9]{8,32}$");
    CreateAccountState = enumeration(&["IN_PROGRESS", "SUCCEEDED", "FAILED"]);
    CreateAccountFailureReason = enumeration(&[
        "ACCOUNT_LIMIT_EXCEEDED", "EMAIL_ALREADY_EXISTS", "INVALID_ADDRESS", "INVALID_EMAIL",
        "CONCURRENT_ACCOUNT_MODIFICATION", "INTERNAL_FAILURE", "GOVCLOUD_ACCOUNT_ALREADY_EXISTS",
        "MISSING_BUSINESS_VALIDATION", "FAILED_BUSINESS_VALIDATION", "PENDING_BUSINESS_VALIDATION",
        "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION", "UNKNOWN_BUSINESS_VALIDATION",
        "MISSING_PAYMENT_INSTRUMENT", "INVALID_PAYMENT_INSTRUMENT",
        "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED",
    ]);
    DescribeCreateAccountStatusRequest = structure(&[
        member("CreateAccountRequestId", &CreateAccountRequestId).required(),
    ]);
    DescribeCreateAccountStatusResponse = structure(&[
        member("CreateAccountStatus", &CreateAccountStatus),
    ]);
    ListCreateAccountStatusRequest = structure(&[
        member("States", &CreateAccountStates),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    CreateAccountStates = list(&member("member", &CreateAccountState));
    ListCreateAccountStatusResponse = structure(&[
        member("CreateAccountStatuses", &CreateAccountStatuses),
        member("NextToken", &NextToken),
    ]);
    CreateAccountStatuses = list(&member("member", &CreateAccountStatus));
    DescribeAccountRequest = structure(&[
        member("AccountId", &AccountId).required(),
    ]);
    DescribeAccountResponse = structure(&[
        member("Account", &Account),
    ]);
    Account = structure(&[
        member("Id", &AccountId),
        member("Arn", &AccountArn),
        member("Email", &Email),
        member("Name", &AccountName),
        member("Status", &AccountStatus),
        member("State", &AccountState),
        member("Paths", &Paths),
        member("JoinedMethod", &AccountJoinedMethod),
        member("JoinedTimestamp", &Timestamp),
    ]);
    Paths = list(&member("member", &Path));
    ListAccountsRequest = structure(&[
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListAccountsResponse = structure(&[
        member("Accounts", &Accounts),
        member("NextToken", &NextToken),
    ]);
    Accounts = list(&member("member", &Account));
    CloseAccountRequest = structure(&[
        member("AccountId", &AccountId).required(),
    ]);
    MoveAccountRequest = structure(&[
        member("AccountId", &AccountId).required(),
        member("SourceParentId", &ParentId).required(),
        member("DestinationParentId", &ParentId).required(),
    ]);
    RemoveAccountFromOrganizationRequest = structure(&[
        member("AccountId", &AccountId).required(),
    ]);
    ListAccountsForParentRequest = structure(&[
        member("ParentId", &ParentId).required(),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListAccountsForParentResponse = structure(&[
        member("Accounts", &Accounts),
        member("NextToken", &NextToken),
    ]);
    ListChildrenRequest = structure(&[
        member("ParentId", &ParentId).required(),
        member("ChildType", &ChildType).required(),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ChildType = enumeration(&["ACCOUNT", "ORGANIZATIONAL_UNIT"]);
    ListChildrenResponse = structure(&[
        member("Children", &Children),
        member("NextToken", &NextToken),
    ]);
    Children = list(&member("member", &Child));
    Child = structure(&[
        member("Id", &ChildId),
        member("Type", &ChildType),
    ]);
    ChildId = string().at_most(100).pattern(r"^(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$");
    ListParentsRequest = structure(&[
        member("ChildId", &ChildId).required(),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListParentsResponse = structure(&[
        member("Parents", &Parents),
        member("NextToken", &NextToken),
    ]);
    Parents = list(&member("member", &Parent));
    Parent = structure(&[
        member("Id", &ParentId),
        member("Type", &ParentType),
    ]);
    ParentType = enumeration(&["ROOT", "ORGANIZATIONAL_UNIT"]);
}
