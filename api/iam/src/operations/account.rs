//! Operations: account.

use bastide_shape::{Access, operation, operations};

use crate::{errors::*, shapes::*};

operations! {
    CreateAccountAlias = operation(Access::Write)
        .input(&CreateAccountAliasRequest)
        .errors(&[
            &ConcurrentModificationException, &EntityAlreadyExistsException, &LimitExceededException,
            &ServiceFailureException,
        ]);
    DeleteAccountAlias = operation(Access::Write)
        .input(&DeleteAccountAliasRequest)
        .errors(&[
            &ConcurrentModificationException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ]);
    ListAccountAliases = operation(Access::List)
        .input(&ListAccountAliasesRequest)
        .output(&ListAccountAliasesResponse)
        .wrapped("ListAccountAliasesResult")
        .errors(&[&ServiceFailureException]);
    GetAccountSummary = operation(Access::List)
        .output(&GetAccountSummaryResponse)
        .wrapped("GetAccountSummaryResult")
        .errors(&[&ServiceFailureException]);
    GetAccountPasswordPolicy = operation(Access::Read)
        .output(&GetAccountPasswordPolicyResponse)
        .wrapped("GetAccountPasswordPolicyResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException]);
    UpdateAccountPasswordPolicy = operation(Access::Write)
        .input(&UpdateAccountPasswordPolicyRequest)
        .errors(&[
            &LimitExceededException, &MalformedPolicyDocumentException, &NoSuchEntityException,
            &ServiceFailureException,
        ]);
    DeleteAccountPasswordPolicy = operation(Access::Permissions)
        .errors(&[&LimitExceededException, &NoSuchEntityException, &ServiceFailureException]);
    GenerateCredentialReport = operation(Access::Read)
        .output(&GenerateCredentialReportResponse)
        .wrapped("GenerateCredentialReportResult")
        .errors(&[&LimitExceededException, &ServiceFailureException]);
    GetCredentialReport = operation(Access::Read)
        .output(&GetCredentialReportResponse)
        .wrapped("GetCredentialReportResult")
        .errors(&[
            &CredentialReportExpiredException, &CredentialReportNotPresentException,
            &CredentialReportNotReadyException, &ServiceFailureException,
        ]);
    GetAccountAuthorizationDetails = operation(Access::Read)
        .input(&GetAccountAuthorizationDetailsRequest)
        .output(&GetAccountAuthorizationDetailsResponse)
        .wrapped("GetAccountAuthorizationDetailsResult")
        .errors(&[&ServiceFailureException]);
}
