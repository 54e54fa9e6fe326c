//! Amazon GuardDuty: detectors, and the findings that they make of what is seen.
//!
//! - [`room`]: every operation and what carries it out, one line each;
//! - `detectors`, `findings`, `filters`, `lists`, `destinations`, `members`, `organization`, `coverage`, `usage`,
//!   `tags`: the operations, by what they are about;
//! - `rules`: custom detection rules: the catalogue, associations, configurations of organizations;
//! - `resolve`: which detector a request names, and what the door must know to decide on it;
//! - `stored`: the documents in the store, apart from the shapes on the wire;
//! - [`work`]: what happens when nobody calls: it shows the engine of `bastide-detect` what is recorded, keeps the
//!   findings, reads lists and tells publishers.

mod coverage;
mod destinations;
mod detectors;
mod filters;
mod findings;
mod ids;
mod lists;
mod members;
mod organization;
mod paging;
mod refusal;
mod resolve;
mod rules;
mod stored;
mod tags;
mod usage;
pub mod work;

use bastide_api_guardduty::{GUARDDUTY, operations as row};
use bastide_door::{Handler, Room, handler};
use bastide_shape::Operation;

/// GuardDuty, as the door knows it.
#[must_use]
pub fn room() -> Room {
    Room { service: &GUARDDUTY, handlers: HANDLERS, resolver: resolve::resolve }
}

static HANDLERS: &[(&Operation, Handler)] = &[
    (&row::CreateDetector, handler!(detectors::create_detector)),
    (&row::GetDetector, handler!(detectors::get_detector)),
    (&row::UpdateDetector, handler!(detectors::update_detector)),
    (&row::DeleteDetector, handler!(detectors::delete_detector)),
    (&row::ListDetectors, handler!(detectors::list_detectors)),
    (&row::ListFindings, handler!(findings::list::list_findings)),
    (&row::GetFindings, handler!(findings::list::get_findings)),
    (&row::GetFindingsStatistics, handler!(findings::statistics::get_findings_statistics)),
    (&row::ArchiveFindings, handler!(findings::change::archive_findings)),
    (&row::UnarchiveFindings, handler!(findings::change::unarchive_findings)),
    (&row::UpdateFindingsFeedback, handler!(findings::change::update_findings_feedback)),
    (&row::CreateSampleFindings, handler!(findings::sample::create_sample_findings)),
    (&row::CreateFilter, handler!(filters::create_filter)),
    (&row::GetFilter, handler!(filters::get_filter)),
    (&row::UpdateFilter, handler!(filters::update_filter)),
    (&row::DeleteFilter, handler!(filters::delete_filter)),
    (&row::ListFilters, handler!(filters::list_filters)),
    (&row::CreateIPSet, handler!(lists::create)),
    (&row::GetIPSet, handler!(lists::get)),
    (&row::UpdateIPSet, handler!(lists::update)),
    (&row::DeleteIPSet, handler!(lists::delete)),
    (&row::ListIPSets, handler!(lists::list)),
    (&row::CreateThreatIntelSet, handler!(lists::create)),
    (&row::GetThreatIntelSet, handler!(lists::get)),
    (&row::UpdateThreatIntelSet, handler!(lists::update)),
    (&row::DeleteThreatIntelSet, handler!(lists::delete)),
    (&row::ListThreatIntelSets, handler!(lists::list)),
    (&row::CreateThreatEntitySet, handler!(lists::create)),
    (&row::GetThreatEntitySet, handler!(lists::get)),
    (&row::UpdateThreatEntitySet, handler!(lists::update)),
    (&row::DeleteThreatEntitySet, handler!(lists::delete)),
    (&row::ListThreatEntitySets, handler!(lists::list)),
    (&row::CreateTrustedEntitySet, handler!(lists::create)),
    (&row::GetTrustedEntitySet, handler!(lists::get)),
    (&row::UpdateTrustedEntitySet, handler!(lists::update)),
    (&row::DeleteTrustedEntitySet, handler!(lists::delete)),
    (&row::ListTrustedEntitySets, handler!(lists::list)),
    (&row::CreatePublishingDestination, handler!(destinations::create_publishing_destination)),
    (&row::DescribePublishingDestination, handler!(destinations::describe_publishing_destination)),
    (&row::UpdatePublishingDestination, handler!(destinations::update_publishing_destination)),
    (&row::DeletePublishingDestination, handler!(destinations::delete_publishing_destination)),
    (&row::ListPublishingDestinations, handler!(destinations::list_publishing_destinations)),
    (&row::CreateMembers, handler!(members::administer::create_members)),
    (&row::GetMembers, handler!(members::administer::get_members)),
    (&row::ListMembers, handler!(members::administer::list_members)),
    (&row::DeleteMembers, handler!(members::administer::delete_members)),
    (&row::InviteMembers, handler!(members::administer::invite_members)),
    (&row::DisassociateMembers, handler!(members::administer::disassociate_members)),
    (&row::StartMonitoringMembers, handler!(members::monitor::start_monitoring_members)),
    (&row::StopMonitoringMembers, handler!(members::monitor::stop_monitoring_members)),
    (&row::GetMemberDetectors, handler!(members::monitor::get_member_detectors)),
    (&row::UpdateMemberDetectors, handler!(members::monitor::update_member_detectors)),
    (&row::ListInvitations, handler!(members::invitations::list_invitations)),
    (&row::GetInvitationsCount, handler!(members::invitations::get_invitations_count)),
    (&row::AcceptAdministratorInvitation, handler!(members::invitations::accept)),
    (&row::AcceptInvitation, handler!(members::invitations::accept)),
    (&row::DeclineInvitations, handler!(members::invitations::decline_invitations)),
    (&row::DeleteInvitations, handler!(members::invitations::delete_invitations)),
    (&row::GetAdministratorAccount, handler!(members::invitations::get_administrator_account)),
    (&row::GetMasterAccount, handler!(members::invitations::get_master_account)),
    (&row::DisassociateFromAdministratorAccount, handler!(members::invitations::disassociate)),
    (&row::DisassociateFromMasterAccount, handler!(members::invitations::disassociate)),
    (&row::EnableOrganizationAdminAccount, handler!(organization::admin::enable_organization_admin_account)),
    (
        &row::DisableOrganizationAdminAccount,
        handler!(organization::admin::disable_organization_admin_account),
    ),
    (&row::ListOrganizationAdminAccounts, handler!(organization::admin::list_organization_admin_accounts)),
    (&row::DescribeOrganizationConfiguration, handler!(organization::describe_organization_configuration)),
    (&row::UpdateOrganizationConfiguration, handler!(organization::update_organization_configuration)),
    (&row::GetOrganizationStatistics, handler!(organization::statistics::get_organization_statistics)),
    (&row::ListCustomDetectionRules, handler!(rules::list_custom_detection_rules)),
    (&row::GetCustomDetectionRule, handler!(rules::get_custom_detection_rule)),
    (&row::CreateCustomDetectionRuleAssociation, handler!(rules::associations::create)),
    (&row::GetCustomDetectionRuleAssociation, handler!(rules::associations::get)),
    (&row::ListCustomDetectionRuleAssociations, handler!(rules::associations::list)),
    (&row::UpdateCustomDetectionRuleAssociation, handler!(rules::associations::update)),
    (&row::DeleteCustomDetectionRuleAssociation, handler!(rules::associations::delete)),
    (&row::CreateCustomDetectionRuleOrgConfiguration, handler!(rules::configurations::create)),
    (&row::GetCustomDetectionRuleOrgConfiguration, handler!(rules::configurations::get)),
    (&row::ListCustomDetectionRuleOrgConfigurations, handler!(rules::configurations::list)),
    (&row::UpdateCustomDetectionRuleOrgConfiguration, handler!(rules::configurations::update)),
    (&row::DeleteCustomDetectionRuleOrgConfiguration, handler!(rules::configurations::delete)),
    (&row::ListCoverage, handler!(coverage::list_coverage)),
    (&row::GetCoverageStatistics, handler!(coverage::get_coverage_statistics)),
    (&row::GetUsageStatistics, handler!(usage::get_usage_statistics)),
    (&row::GetRemainingFreeTrialDays, handler!(usage::get_remaining_free_trial_days)),
    (&row::TagResource, handler!(tags::tag_resource)),
    (&row::UntagResource, handler!(tags::untag_resource)),
    (&row::ListTagsForResource, handler!(tags::list_tags_for_resource)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_operation_has_a_handler() {
        for operation in GUARDDUTY.operations {
            assert!(room().has(operation), "{}", operation.name);
        }
        assert_eq!(HANDLERS.len(), GUARDDUTY.operations.len());
    }
}
