//! The operations of organizations: those that are built, a file a topic, and the names of the others.

mod accounts;
mod delegation;
mod organization;
mod policies;
mod tags;
mod units;

pub use accounts::*;
pub use delegation::*;
pub use organization::*;
pub use policies::*;
pub use tags::*;
pub use units::*;

use bastide_shape::Operation;

/// Those that are built.
pub static BUILT: &[&Operation] = &[
    &CreateAccount,
    &DescribeCreateAccountStatus,
    &ListCreateAccountStatus,
    &DescribeAccount,
    &ListAccounts,
    &CloseAccount,
    &MoveAccount,
    &RemoveAccountFromOrganization,
    &ListAccountsForParent,
    &ListChildren,
    &ListParents,
    &RegisterDelegatedAdministrator,
    &DeregisterDelegatedAdministrator,
    &ListDelegatedAdministrators,
    &ListDelegatedServicesForAccount,
    &EnableAWSServiceAccess,
    &DisableAWSServiceAccess,
    &ListAWSServiceAccessForOrganization,
    &CreateOrganization,
    &DescribeOrganization,
    &DeleteOrganization,
    &EnableAllFeatures,
    &ListRoots,
    &EnablePolicyType,
    &DisablePolicyType,
    &CreatePolicy,
    &DescribePolicy,
    &UpdatePolicy,
    &DeletePolicy,
    &ListPolicies,
    &AttachPolicy,
    &DetachPolicy,
    &ListPoliciesForTarget,
    &ListTargetsForPolicy,
    &TagResource,
    &UntagResource,
    &ListTagsForResource,
    &CreateOrganizationalUnit,
    &DescribeOrganizationalUnit,
    &UpdateOrganizationalUnit,
    &DeleteOrganizationalUnit,
    &ListOrganizationalUnitsForParent,
];

/// The names of those that are not.
pub static UNBUILT: &[&str] = &[
    "AcceptHandshake",
    "CancelHandshake",
    "CreateGovCloudAccount",
    "DeclineHandshake",
    "DeleteResourcePolicy",
    "DescribeEffectivePolicy",
    "DescribeHandshake",
    "DescribeResourcePolicy",
    "DescribeResponsibilityTransfer",
    "InviteAccountToOrganization",
    "InviteOrganizationToTransferResponsibility",
    "LeaveOrganization",
    "ListAccountsWithInvalidEffectivePolicy",
    "ListEffectivePolicyValidationErrors",
    "ListHandshakesForAccount",
    "ListHandshakesForOrganization",
    "ListInboundResponsibilityTransfers",
    "ListOutboundResponsibilityTransfers",
    "PutResourcePolicy",
    "TerminateResponsibilityTransfer",
    "UpdateResponsibilityTransfer",
];
