use bastide_policy::PolicyKind;
use serde::{Deserialize, Serialize};

/// A type of policies. Source: Organizations API, `PolicyType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PolicyType {
    ServiceControlPolicy,
    ResourceControlPolicy,
    TagPolicy,
    BackupPolicy,
    AiservicesOptOutPolicy,
    ChatbotPolicy,
    DeclarativePolicyEc2,
    SecurityhubPolicy,
    SecurityhubCspmPolicy,
    InspectorPolicy,
    UpgradeRolloutPolicy,
    BedrockPolicy,
    S3Policy,
    NetworkSecurityDirectorPolicy,
    GuarddutyPolicy,
}

use PolicyType as T;

/// All types, with their names on the wire and the most characters that a policy may have. Source:
/// Organizations User Guide, "Quotas"; 10,000 stands where it gives none.
const TABLE: [(PolicyType, &str, usize); 15] = [
    (T::ServiceControlPolicy, "SERVICE_CONTROL_POLICY", 5120),
    (T::ResourceControlPolicy, "RESOURCE_CONTROL_POLICY", 5120),
    (T::TagPolicy, "TAG_POLICY", 10_000),
    (T::BackupPolicy, "BACKUP_POLICY", 10_000),
    (T::AiservicesOptOutPolicy, "AISERVICES_OPT_OUT_POLICY", 2500),
    (T::ChatbotPolicy, "CHATBOT_POLICY", 10_000),
    (T::DeclarativePolicyEc2, "DECLARATIVE_POLICY_EC2", 10_000),
    (T::SecurityhubPolicy, "SECURITYHUB_POLICY", 10_000),
    (T::SecurityhubCspmPolicy, "SECURITYHUB_CSPM_POLICY", 10_000),
    (T::InspectorPolicy, "INSPECTOR_POLICY", 10_000),
    (T::UpgradeRolloutPolicy, "UPGRADE_ROLLOUT_POLICY", 10_000),
    (T::BedrockPolicy, "BEDROCK_POLICY", 10_000),
    (T::S3Policy, "S3_POLICY", 10_000),
    (T::NetworkSecurityDirectorPolicy, "NETWORK_SECURITY_DIRECTOR_POLICY", 10_000),
    (T::GuarddutyPolicy, "GUARDDUTY_POLICY", 10_000),
];

impl PolicyType {
    /// Reads the name on the wire.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        TABLE.iter().find(|(_, known, _)| *known == name).map(|(kind, _, _)| *kind)
    }

    /// The name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The most characters that a policy of this type may have.
    pub(crate) fn longest(self) -> usize {
        self.row().2
    }

    /// The policy that is attached wherever none of this type was attached or detached.
    pub(crate) fn default_policy(self) -> Option<&'static str> {
        match self {
            Self::ServiceControlPolicy => Some("p-FullAWSAccess"),
            Self::ResourceControlPolicy => Some("p-RCPFullAWSAccess"),
            _ => None,
        }
    }

    /// How its documents are read, when they are policies in IAM's language.
    pub(crate) fn language(self) -> Option<PolicyKind> {
        match self {
            Self::ServiceControlPolicy => Some(PolicyKind::Scp),
            Self::ResourceControlPolicy => Some(PolicyKind::Rcp),
            _ => None,
        }
    }

    fn row(self) -> (PolicyType, &'static str, usize) {
        TABLE.iter().find(|(kind, _, _)| *kind == self).copied().unwrap_or((self, "", 0))
    }
}

#[cfg(test)]
mod tests {
    use bastide_shape::Kind;

    use super::*;

    #[test]
    fn all_types_of_the_api_are_known() {
        let Kind::Enumeration(names) = bastide_api_organizations::shapes::PolicyType.kind else { panic!() };
        for name in names {
            let kind = PolicyType::parse(name).expect(name);
            assert_eq!(kind.as_str(), *name);
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{name}\""));
        }
        assert_eq!(names.len(), TABLE.len());
    }
}
