//! The operations of guardduty: those that are built, a file a topic, and the names of the others.

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
    "CreateCustomDetectionRuleAssociation",
    "CreateCustomDetectionRuleOrgConfiguration",
    "CreateInvestigation",
    "CreateMalwareProtectionPlan",
    "DeleteCustomDetectionRuleAssociation",
    "DeleteCustomDetectionRuleOrgConfiguration",
    "DeleteMalwareProtectionPlan",
    "DescribeMalwareScans",
    "GetCustomDetectionRule",
    "GetCustomDetectionRuleAssociation",
    "GetCustomDetectionRuleOrgConfiguration",
    "GetInvestigation",
    "GetMalwareProtectionPlan",
    "GetMalwareScan",
    "GetMalwareScanSettings",
    "ListCustomDetectionRuleAssociations",
    "ListCustomDetectionRuleOrgConfigurations",
    "ListCustomDetectionRules",
    "ListInvestigationRecords",
    "ListInvestigations",
    "ListMalwareProtectionPlans",
    "ListMalwareScans",
    "SendObjectMalwareScan",
    "StartMalwareScan",
    "UpdateCustomDetectionRuleAssociation",
    "UpdateCustomDetectionRuleOrgConfiguration",
    "UpdateMalwareProtectionPlan",
    "UpdateMalwareScanSettings",
];

/// How those are found.
pub static UNBUILT_HTTP: &[(&str, &str, &str)] = &[
    ("CreateCustomDetectionRuleAssociation", "POST", "/custom-detection-rule/association"),
    ("CreateCustomDetectionRuleOrgConfiguration", "POST", "/custom-detection-rule/org-configuration"),
    ("CreateInvestigation", "POST", "/detector/{DetectorId}/investigation"),
    ("CreateMalwareProtectionPlan", "POST", "/malware-protection-plan"),
    (
        "DeleteCustomDetectionRuleAssociation",
        "DELETE",
        "/custom-detection-rule/rule/{RuleId}/association/{AssociationId}",
    ),
    (
        "DeleteCustomDetectionRuleOrgConfiguration",
        "DELETE",
        "/custom-detection-rule/org-configuration/{RuleId}",
    ),
    ("DeleteMalwareProtectionPlan", "DELETE", "/malware-protection-plan/{MalwareProtectionPlanId}"),
    ("DescribeMalwareScans", "POST", "/detector/{DetectorId}/malware-scans"),
    ("GetCustomDetectionRule", "GET", "/custom-detection-rule/rule/{RuleId}"),
    (
        "GetCustomDetectionRuleAssociation",
        "GET",
        "/custom-detection-rule/rule/{RuleId}/association/{AssociationId}",
    ),
    ("GetCustomDetectionRuleOrgConfiguration", "GET", "/custom-detection-rule/org-configuration/{RuleId}"),
    ("GetInvestigation", "GET", "/detector/{DetectorId}/investigation/{InvestigationId}"),
    ("GetMalwareProtectionPlan", "GET", "/malware-protection-plan/{MalwareProtectionPlanId}"),
    ("GetMalwareScan", "GET", "/malware-scan/{ScanId}"),
    ("GetMalwareScanSettings", "GET", "/detector/{DetectorId}/malware-scan-settings"),
    ("ListCustomDetectionRuleAssociations", "GET", "/custom-detection-rule/association"),
    ("ListCustomDetectionRuleOrgConfigurations", "GET", "/custom-detection-rule/org-configuration"),
    ("ListCustomDetectionRules", "POST", "/custom-detection-rule/rule"),
    ("ListInvestigationRecords", "POST", "/detector/{DetectorId}/investigation/records"),
    ("ListInvestigations", "POST", "/detector/{DetectorId}/investigation/list"),
    ("ListMalwareProtectionPlans", "GET", "/malware-protection-plan"),
    ("ListMalwareScans", "POST", "/malware-scan"),
    ("SendObjectMalwareScan", "POST", "/object-malware-scan/send"),
    ("StartMalwareScan", "POST", "/malware-scan/start"),
    (
        "UpdateCustomDetectionRuleAssociation",
        "PUT",
        "/custom-detection-rule/rule/{RuleId}/association/{AssociationId}",
    ),
    ("UpdateCustomDetectionRuleOrgConfiguration", "PUT", "/custom-detection-rule/org-configuration/{RuleId}"),
    ("UpdateMalwareProtectionPlan", "PATCH", "/malware-protection-plan/{MalwareProtectionPlanId}"),
    ("UpdateMalwareScanSettings", "POST", "/detector/{DetectorId}/malware-scan-settings"),
];
