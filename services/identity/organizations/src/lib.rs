//! Organizations: accounts that belong together, and the policies that stand over them.

mod accounts;
mod attachments;
mod create_account;
mod delegation;
mod errors;
mod ids;
mod lookup;
mod model;
mod organization;
mod paging;
mod policies;
mod resolver;
mod scope;
mod services;
mod standing;
mod tags;
mod units;
mod view;

#[cfg(test)]
mod tests;

use bastide_api_organizations::{ORGANIZATIONS, operations as op};
use bastide_door::{Failure, Handler, Room, handler};
use bastide_shape::Operation;

pub use standing::StoredOrganization;

/// The service, for the door.
#[must_use]
pub fn room() -> Room {
    Room { service: &ORGANIZATIONS, handlers: HANDLERS, resolver: resolver::resolve }
}

static HANDLERS: &[(&Operation, Handler)] = &[
    (&op::CreateOrganization, handler!(organization::create_organization)),
    (&op::DescribeOrganization, handler!(organization::describe_organization)),
    (&op::DeleteOrganization, handler!(organization::delete_organization)),
    (&op::EnableAllFeatures, handler!(organization::enable_all_features)),
    (&op::ListRoots, handler!(organization::list_roots)),
    (&op::EnablePolicyType, handler!(organization::enable_policy_type)),
    (&op::DisablePolicyType, handler!(organization::disable_policy_type)),
    (&op::CreateAccount, handler!(create_account::create_account)),
    (&op::DescribeCreateAccountStatus, handler!(create_account::describe_create_account_status)),
    (&op::ListCreateAccountStatus, handler!(create_account::list_create_account_status)),
    (&op::DescribeAccount, handler!(accounts::describe_account)),
    (&op::ListAccounts, handler!(accounts::list_accounts)),
    (&op::ListAccountsForParent, handler!(accounts::list_accounts_for_parent)),
    (&op::ListChildren, handler!(accounts::list_children)),
    (&op::ListParents, handler!(accounts::list_parents)),
    (&op::CloseAccount, handler!(accounts::close_account)),
    (&op::MoveAccount, handler!(accounts::move_account)),
    (&op::RemoveAccountFromOrganization, handler!(accounts::remove_account_from_organization)),
    (&op::CreateOrganizationalUnit, handler!(units::create_organizational_unit)),
    (&op::DescribeOrganizationalUnit, handler!(units::describe_organizational_unit)),
    (&op::UpdateOrganizationalUnit, handler!(units::update_organizational_unit)),
    (&op::DeleteOrganizationalUnit, handler!(units::delete_organizational_unit)),
    (&op::ListOrganizationalUnitsForParent, handler!(units::list_organizational_units_for_parent)),
    (&op::CreatePolicy, handler!(policies::create_policy)),
    (&op::DescribePolicy, handler!(policies::describe_policy)),
    (&op::UpdatePolicy, handler!(policies::update_policy)),
    (&op::DeletePolicy, handler!(policies::delete_policy)),
    (&op::ListPolicies, handler!(policies::list_policies)),
    (&op::AttachPolicy, handler!(attachments::attach_policy)),
    (&op::DetachPolicy, handler!(attachments::detach_policy)),
    (&op::ListPoliciesForTarget, handler!(attachments::list_policies_for_target)),
    (&op::ListTargetsForPolicy, handler!(attachments::list_targets_for_policy)),
    (&op::EnableAWSServiceAccess, handler!(delegation::enable_aws_service_access)),
    (&op::DisableAWSServiceAccess, handler!(delegation::disable_aws_service_access)),
    (&op::ListAWSServiceAccessForOrganization, handler!(delegation::list_aws_service_access)),
    (&op::RegisterDelegatedAdministrator, handler!(delegation::register_delegated_administrator)),
    (&op::DeregisterDelegatedAdministrator, handler!(delegation::deregister_delegated_administrator)),
    (&op::ListDelegatedAdministrators, handler!(delegation::list_delegated_administrators)),
    (&op::ListDelegatedServicesForAccount, handler!(delegation::list_delegated_services_for_account)),
    (&op::TagResource, handler!(tags::tag_resource)),
    (&op::UntagResource, handler!(tags::untag_resource)),
    (&op::ListTagsForResource, handler!(tags::list_tags_for_resource)),
];

/// A name, which the store must be able to hold.
fn plain_text(name: &str) -> Result<&str, Failure> {
    if name.contains('\0') {
        let message = "You provided a value that does not match the required pattern.";
        return Err(errors::invalid("INVALID_PATTERN", message));
    }
    Ok(name)
}
