//! The operations of guardduty: those that are built, a file a topic, and the names of the others.

mod custom_rules;
mod destinations;
mod detectors;
mod entity_sets;
mod filters;
mod finding;
mod findings;
mod invitations;
mod ip_sets;
mod members;
mod organization;
mod statistics;
mod tags;
mod threat_intel_sets;

pub use custom_rules::*;
pub use destinations::*;
pub use detectors::*;
pub use entity_sets::*;
pub use filters::*;
pub use finding::*;
pub use findings::*;
pub use invitations::*;
pub use ip_sets::*;
pub use members::*;
pub use organization::*;
pub use statistics::*;
pub use tags::*;
pub use threat_intel_sets::*;

use bastide_shape::Operation;

/// Those that are built.
pub static BUILT: &[&Operation] = &[
    &ListCustomDetectionRules,
    &GetCustomDetectionRule,
    &CreateCustomDetectionRuleAssociation,
    &GetCustomDetectionRuleAssociation,
    &ListCustomDetectionRuleAssociations,
    &UpdateCustomDetectionRuleAssociation,
    &DeleteCustomDetectionRuleAssociation,
    &CreateCustomDetectionRuleOrgConfiguration,
    &GetCustomDetectionRuleOrgConfiguration,
    &ListCustomDetectionRuleOrgConfigurations,
    &UpdateCustomDetectionRuleOrgConfiguration,
    &DeleteCustomDetectionRuleOrgConfiguration,
    &CreatePublishingDestination,
    &DescribePublishingDestination,
    &UpdatePublishingDestination,
    &DeletePublishingDestination,
    &ListPublishingDestinations,
    &CreateDetector,
    &GetDetector,
    &UpdateDetector,
    &DeleteDetector,
    &ListDetectors,
    &CreateThreatEntitySet,
    &GetThreatEntitySet,
    &UpdateThreatEntitySet,
    &DeleteThreatEntitySet,
    &ListThreatEntitySets,
    &CreateTrustedEntitySet,
    &GetTrustedEntitySet,
    &UpdateTrustedEntitySet,
    &DeleteTrustedEntitySet,
    &ListTrustedEntitySets,
    &CreateFilter,
    &GetFilter,
    &UpdateFilter,
    &DeleteFilter,
    &ListFilters,
    &GetFindings,
    &ListFindings,
    &GetFindingsStatistics,
    &ArchiveFindings,
    &UnarchiveFindings,
    &UpdateFindingsFeedback,
    &CreateSampleFindings,
    &ListInvitations,
    &GetInvitationsCount,
    &AcceptAdministratorInvitation,
    &AcceptInvitation,
    &DeclineInvitations,
    &DeleteInvitations,
    &GetAdministratorAccount,
    &GetMasterAccount,
    &DisassociateFromAdministratorAccount,
    &DisassociateFromMasterAccount,
    &CreateIPSet,
    &GetIPSet,
    &UpdateIPSet,
    &DeleteIPSet,
    &ListIPSets,
    &CreateMembers,
    &GetMembers,
    &ListMembers,
    &DeleteMembers,
    &InviteMembers,
    &DisassociateMembers,
    &StartMonitoringMembers,
    &StopMonitoringMembers,
    &GetMemberDetectors,
    &UpdateMemberDetectors,
    &EnableOrganizationAdminAccount,
    &DisableOrganizationAdminAccount,
    &ListOrganizationAdminAccounts,
    &DescribeOrganizationConfiguration,
    &UpdateOrganizationConfiguration,
    &GetOrganizationStatistics,
    &ListCoverage,
    &GetCoverageStatistics,
    &GetUsageStatistics,
    &GetRemainingFreeTrialDays,
    &TagResource,
    &UntagResource,
    &ListTagsForResource,
    &CreateThreatIntelSet,
    &GetThreatIntelSet,
    &UpdateThreatIntelSet,
    &DeleteThreatIntelSet,
    &ListThreatIntelSets,
];

/// The names of those that are not.
pub static UNBUILT: &[&str] = &[
    "CreateInvestigation",
    "CreateMalwareProtectionPlan",
    "DeleteMalwareProtectionPlan",
    "DescribeMalwareScans",
    "GetInvestigation",
    "GetMalwareProtectionPlan",
    "GetMalwareScan",
    "GetMalwareScanSettings",
    "ListInvestigationRecords",
    "ListInvestigations",
    "ListMalwareProtectionPlans",
    "ListMalwareScans",
    "SendObjectMalwareScan",
    "StartMalwareScan",
    "UpdateMalwareProtectionPlan",
    "UpdateMalwareScanSettings",
];

/// How those are found.
pub static UNBUILT_HTTP: &[(&str, &str, &str)] = &[
    ("CreateInvestigation", "POST", "/detector/{DetectorId}/investigation"),
    ("CreateMalwareProtectionPlan", "POST", "/malware-protection-plan"),
    ("DeleteMalwareProtectionPlan", "DELETE", "/malware-protection-plan/{MalwareProtectionPlanId}"),
    ("DescribeMalwareScans", "POST", "/detector/{DetectorId}/malware-scans"),
    ("GetInvestigation", "GET", "/detector/{DetectorId}/investigation/{InvestigationId}"),
    ("GetMalwareProtectionPlan", "GET", "/malware-protection-plan/{MalwareProtectionPlanId}"),
    ("GetMalwareScan", "GET", "/malware-scan/{ScanId}"),
    ("GetMalwareScanSettings", "GET", "/detector/{DetectorId}/malware-scan-settings"),
    ("ListInvestigationRecords", "POST", "/detector/{DetectorId}/investigation/records"),
    ("ListInvestigations", "POST", "/detector/{DetectorId}/investigation/list"),
    ("ListMalwareProtectionPlans", "GET", "/malware-protection-plan"),
    ("ListMalwareScans", "POST", "/malware-scan"),
    ("SendObjectMalwareScan", "POST", "/object-malware-scan/send"),
    ("StartMalwareScan", "POST", "/malware-scan/start"),
    ("UpdateMalwareProtectionPlan", "PATCH", "/malware-protection-plan/{MalwareProtectionPlanId}"),
    ("UpdateMalwareScanSettings", "POST", "/detector/{DetectorId}/malware-scan-settings"),
];
