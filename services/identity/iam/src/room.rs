//! The operations of IAM, each with what carries it out.

use bastide_api_iam::{IAM, operations as rows};
use bastide_door::{Handler, Room, handler};
use bastide_shape::Operation;

use crate::model::{Group, Role, User};
use crate::{
    access_keys, account, attached_policies, authorization_details, credential_report, groups,
    inline_policies, instance_profiles, login_profiles, managed_policies, mfa, password_policy,
    policy_versions, resolver, roles, service_linked, simulate, users,
};

/// IAM as the door knows it.
#[must_use]
pub fn iam() -> Room {
    Room { service: &IAM, handlers: HANDLERS, resolver: resolver::resolve }
}

#[rustfmt::skip]
static HANDLERS: &[(&Operation, Handler)] = &[
    (&rows::CreateUser, handler!(users::create_user)),
    (&rows::GetUser, handler!(users::get_user)),
    (&rows::UpdateUser, handler!(users::update_user)),
    (&rows::DeleteUser, handler!(users::delete_user)),
    (&rows::ListUsers, handler!(users::list_users)),
    (&rows::TagUser, handler!(users::tag_user)),
    (&rows::UntagUser, handler!(users::untag_user)),
    (&rows::ListUserTags, handler!(users::list_user_tags)),
    (&rows::PutUserPermissionsBoundary, handler!(users::put_boundary)),
    (&rows::DeleteUserPermissionsBoundary, handler!(users::delete_boundary)),

    (&rows::CreateAccessKey, handler!(access_keys::create_access_key)),
    (&rows::UpdateAccessKey, handler!(access_keys::update_access_key)),
    (&rows::DeleteAccessKey, handler!(access_keys::delete_access_key)),
    (&rows::ListAccessKeys, handler!(access_keys::list_access_keys)),
    (&rows::GetAccessKeyLastUsed, handler!(access_keys::access_key_last_used)),

    (&rows::CreateLoginProfile, handler!(login_profiles::create)),
    (&rows::GetLoginProfile, handler!(login_profiles::show)),
    (&rows::UpdateLoginProfile, handler!(login_profiles::update)),
    (&rows::DeleteLoginProfile, handler!(login_profiles::delete)),

    (&rows::CreateVirtualMFADevice, handler!(mfa::create_device)),
    (&rows::DeleteVirtualMFADevice, handler!(mfa::delete_device)),
    (&rows::ListVirtualMFADevices, handler!(mfa::list_virtual)),
    (&rows::EnableMFADevice, handler!(mfa::enable)),
    (&rows::DeactivateMFADevice, handler!(mfa::deactivate)),
    (&rows::ResyncMFADevice, handler!(mfa::resync)),
    (&rows::ListMFADevices, handler!(mfa::list_devices)),
    (&rows::GetMFADevice, handler!(mfa::device)),
    (&rows::TagMFADevice, handler!(mfa::tag_device)),
    (&rows::UntagMFADevice, handler!(mfa::untag_device)),
    (&rows::ListMFADeviceTags, handler!(mfa::list_device_tags)),

    (&rows::CreateGroup, handler!(groups::create_group)),
    (&rows::GetGroup, handler!(groups::get_group)),
    (&rows::UpdateGroup, handler!(groups::update_group)),
    (&rows::DeleteGroup, handler!(groups::delete_group)),
    (&rows::ListGroups, handler!(groups::list_groups)),
    (&rows::AddUserToGroup, handler!(groups::add_user_to_group)),
    (&rows::RemoveUserFromGroup, handler!(groups::remove_user_from_group)),
    (&rows::ListGroupsForUser, handler!(groups::list_groups_for_user)),

    (&rows::CreateRole, handler!(roles::create_role)),
    (&rows::GetRole, handler!(roles::get_role)),
    (&rows::UpdateRole, handler!(roles::update_role)),
    (&rows::UpdateRoleDescription, handler!(roles::update_role_description)),
    (&rows::DeleteRole, handler!(roles::delete_role)),
    (&rows::ListRoles, handler!(roles::list_roles)),
    (&rows::UpdateAssumeRolePolicy, handler!(roles::update_assume_role_policy)),
    (&rows::TagRole, handler!(roles::tag_role)),
    (&rows::UntagRole, handler!(roles::untag_role)),
    (&rows::ListRoleTags, handler!(roles::list_role_tags)),
    (&rows::PutRolePermissionsBoundary, handler!(roles::put_boundary)),
    (&rows::DeleteRolePermissionsBoundary, handler!(roles::delete_boundary)),
    (&rows::CreateServiceLinkedRole, handler!(service_linked::create)),
    (&rows::DeleteServiceLinkedRole, handler!(service_linked::delete)),
    (&rows::GetServiceLinkedRoleDeletionStatus, handler!(service_linked::deletion_status)),

    (&rows::PutUserPolicy, handler!(inline_policies::put::<User>)),
    (&rows::GetUserPolicy, handler!(inline_policies::get::<User>)),
    (&rows::DeleteUserPolicy, handler!(inline_policies::delete::<User>)),
    (&rows::ListUserPolicies, handler!(inline_policies::list::<User>)),
    (&rows::PutGroupPolicy, handler!(inline_policies::put::<Group>)),
    (&rows::GetGroupPolicy, handler!(inline_policies::get::<Group>)),
    (&rows::DeleteGroupPolicy, handler!(inline_policies::delete::<Group>)),
    (&rows::ListGroupPolicies, handler!(inline_policies::list::<Group>)),
    (&rows::PutRolePolicy, handler!(inline_policies::put::<Role>)),
    (&rows::GetRolePolicy, handler!(inline_policies::get::<Role>)),
    (&rows::DeleteRolePolicy, handler!(inline_policies::delete::<Role>)),
    (&rows::ListRolePolicies, handler!(inline_policies::list::<Role>)),

    (&rows::AttachUserPolicy, handler!(attached_policies::attach::<User>)),
    (&rows::DetachUserPolicy, handler!(attached_policies::detach::<User>)),
    (&rows::ListAttachedUserPolicies, handler!(attached_policies::list::<User>)),
    (&rows::AttachGroupPolicy, handler!(attached_policies::attach::<Group>)),
    (&rows::DetachGroupPolicy, handler!(attached_policies::detach::<Group>)),
    (&rows::ListAttachedGroupPolicies, handler!(attached_policies::list::<Group>)),
    (&rows::AttachRolePolicy, handler!(attached_policies::attach::<Role>)),
    (&rows::DetachRolePolicy, handler!(attached_policies::detach::<Role>)),
    (&rows::ListAttachedRolePolicies, handler!(attached_policies::list::<Role>)),

    (&rows::CreatePolicy, handler!(managed_policies::create_policy)),
    (&rows::GetPolicy, handler!(managed_policies::get_policy)),
    (&rows::DeletePolicy, handler!(managed_policies::delete_policy)),
    (&rows::ListPolicies, handler!(managed_policies::list_policies)),
    (&rows::ListEntitiesForPolicy, handler!(managed_policies::list_entities)),
    (&rows::TagPolicy, handler!(managed_policies::tag_policy)),
    (&rows::UntagPolicy, handler!(managed_policies::untag_policy)),
    (&rows::ListPolicyTags, handler!(managed_policies::list_policy_tags)),
    (&rows::CreatePolicyVersion, handler!(policy_versions::create_version)),
    (&rows::GetPolicyVersion, handler!(policy_versions::get_version)),
    (&rows::DeletePolicyVersion, handler!(policy_versions::delete_version)),
    (&rows::ListPolicyVersions, handler!(policy_versions::list_versions)),
    (&rows::SetDefaultPolicyVersion, handler!(policy_versions::set_default)),

    (&rows::CreateInstanceProfile, handler!(instance_profiles::create_instance_profile)),
    (&rows::GetInstanceProfile, handler!(instance_profiles::get_instance_profile)),
    (&rows::DeleteInstanceProfile, handler!(instance_profiles::delete_instance_profile)),
    (&rows::ListInstanceProfiles, handler!(instance_profiles::list_instance_profiles)),
    (&rows::ListInstanceProfilesForRole, handler!(instance_profiles::list_for_role)),
    (&rows::AddRoleToInstanceProfile, handler!(instance_profiles::add_role)),
    (&rows::RemoveRoleFromInstanceProfile, handler!(instance_profiles::remove_role)),
    (&rows::TagInstanceProfile, handler!(instance_profiles::tag_instance_profile)),
    (&rows::UntagInstanceProfile, handler!(instance_profiles::untag_instance_profile)),
    (&rows::ListInstanceProfileTags, handler!(instance_profiles::list_instance_profile_tags)),

    (&rows::CreateAccountAlias, handler!(account::create_account_alias)),
    (&rows::DeleteAccountAlias, handler!(account::delete_account_alias)),
    (&rows::ListAccountAliases, handler!(account::list_account_aliases)),
    (&rows::GetAccountSummary, handler!(account::summary)),
    (&rows::GetAccountPasswordPolicy, handler!(password_policy::show)),
    (&rows::UpdateAccountPasswordPolicy, handler!(password_policy::update)),
    (&rows::DeleteAccountPasswordPolicy, handler!(password_policy::delete)),
    (&rows::GenerateCredentialReport, handler!(credential_report::generate)),
    (&rows::GetCredentialReport, handler!(credential_report::show)),
    (&rows::GetAccountAuthorizationDetails, handler!(authorization_details::show)),

    (&rows::SimulatePrincipalPolicy, handler!(simulate::principal)),
    (&rows::SimulateCustomPolicy, handler!(simulate::custom)),
    (&rows::GetContextKeysForCustomPolicy, handler!(simulate::custom_keys)),
    (&rows::GetContextKeysForPrincipalPolicy, handler!(simulate::principal_keys)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_carried_out_once() {
        for operation in IAM.operations {
            let found = HANDLERS.iter().filter(|(row, _)| std::ptr::eq(*row, *operation)).count();
            assert_eq!(found, 1, "{}", operation.name);
        }
    }
}
