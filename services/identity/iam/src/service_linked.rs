//! Roles that belong to a service: made and removed by these operations only.

use bastide_door::{Failure, Permitted};
use bastide_ids::{UniqueId, Uuid};
use bastide_shape::Document;

use crate::errors::{conflict, invalid};
use crate::lookup;
use crate::model::{DeletionTask, Entity, IN_PROFILE, InstanceProfile, Role, TrustPolicy};
use crate::resolver::found;
use crate::view;

/// The names that do not follow from the service's. Source: IAM User Guide, "AWS services that work with IAM",
/// and the pages on each service's role.
const NAMES: &[(&str, &str)] = &[
    ("access-analyzer.amazonaws.com", "AccessAnalyzer"),
    ("auditmanager.amazonaws.com", "AuditManager"),
    ("autoscaling.amazonaws.com", "AutoScaling"),
    ("autoscaling-plans.amazonaws.com", "AutoScalingPlans_EC2AutoScaling"),
    ("cloudhsm.amazonaws.com", "CloudHSM"),
    ("cloudtrail.amazonaws.com", "CloudTrail"),
    ("cloudwatch-crossaccount.amazonaws.com", "CloudWatchCrossAccount"),
    ("config.amazonaws.com", "Config"),
    ("config-conforms.amazonaws.com", "ConfigConforms"),
    ("config-multiaccountsetup.amazonaws.com", "ConfigMultiAccountSetup"),
    ("detective.amazonaws.com", "AmazonDetective"),
    ("ecs.amazonaws.com", "ECS"),
    ("eks.amazonaws.com", "AmazonEKS"),
    ("elasticache.amazonaws.com", "ElastiCache"),
    ("elasticbeanstalk.amazonaws.com", "ElasticBeanstalk"),
    ("elasticfilesystem.amazonaws.com", "AmazonElasticFileSystem"),
    ("elasticloadbalancing.amazonaws.com", "ElasticLoadBalancing"),
    ("guardduty.amazonaws.com", "AmazonGuardDuty"),
    ("inspector.amazonaws.com", "AmazonInspector"),
    ("inspector2.amazonaws.com", "AmazonInspector2"),
    ("lex.amazonaws.com", "LexBots"),
    ("macie.amazonaws.com", "AmazonMacie"),
    ("mrk.kms.amazonaws.com", "KeyManagementServiceMultiRegionKeys"),
    ("cks.kms.amazonaws.com", "KeyManagementServiceCustomKeyStores"),
    ("kms.amazonaws.com", "KMS"),
    ("organizations.amazonaws.com", "Organizations"),
    ("rds.amazonaws.com", "RDS"),
    ("securityhub.amazonaws.com", "SecurityHub"),
    ("sso.amazonaws.com", "SSO"),
    ("support.amazonaws.com", "Support"),
    ("trustedadvisor.amazonaws.com", "TrustedAdvisor"),
];

/// The services whose roles may have a suffix.
const SUFFIXED: &[&str] = &["autoscaling.amazonaws.com", "lex.amazonaws.com"];

/// The path of the roles of a service.
pub(crate) fn path(service: &str) -> String {
    format!("/aws-service-role/{service}/")
}

/// The name of the role of a service.
///
/// # Errors
/// `InvalidInput` when it cannot have one.
pub(crate) fn role_name(service: &str, suffix: Option<&str>) -> Result<String, Failure> {
    let prefix = service
        .strip_suffix(".amazonaws.com")
        .filter(|prefix| !prefix.is_empty())
        .ok_or_else(|| invalid(format!("Service linked role for {service} is not supported.")))?;
    let known = NAMES.iter().find(|(name, _)| *name == service).map(|(_, role)| (*role).to_owned());
    let name = known.unwrap_or_else(|| prefix.split(['.', '-']).map(capitalized).collect());
    match suffix {
        None => Ok(format!("AWSServiceRoleFor{name}")),
        Some(suffix) if SUFFIXED.contains(&service) => Ok(format!("AWSServiceRoleFor{name}_{suffix}")),
        Some(_) => Err(invalid(format!("Custom suffix is not allowed for {service}"))),
    }
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

pub(crate) async fn create(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let service = input.text("AWSServiceName").to_owned();
    let name = role_name(&service, input.str("CustomSuffix"))?;
    let (store, place) = (call.store().clone(), call.place().clone());
    if lookup::named::<Role>(&store, &place, &name).await?.is_some() {
        return Err(invalid(format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        )));
    }
    let trust = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Effect": "Allow", "Principal": { "Service": [service] }, "Action": ["sts:AssumeRole"] },
        ],
    });
    let role = Role {
        id: UniqueId::Role.generate(),
        name,
        path: path(&service),
        created: call.now().truncated_to_seconds(),
        trust: TrustPolicy::new(trust.to_string(), Vec::new()),
        description: call.input().str("Description").map(str::to_owned),
        max_session: 3600,
        inline: Vec::new(),
        attached: Vec::new(),
        boundary: None,
        tags: Vec::new(),
        linked_service: Some(service),
    };
    let shown = view::role_in_short(&place, &role);
    lookup::create(&store, call.changes(), &place, role).await?;
    Ok(Document::new().with("Role", shown))
}

pub(crate) async fn delete(call: &mut Permitted) -> Result<Document, Failure> {
    let role = found::<Role>(call)?;
    let (store, place) = (call.store().clone(), call.place().clone());
    let Some(service) = role.linked_service.as_deref() else {
        return Err(Role::not_linked(&role.name));
    };
    let profiles = store.referrers::<InstanceProfile>(&place, IN_PROFILE, &role.key, None, 1).await?;
    if !profiles.items.is_empty() {
        return Err(conflict("Cannot delete entity, must remove roles from instance profile first."));
    }
    let id = format!("task{}{}/{}", path(service), role.name, Uuid::random());
    let task = DeletionTask { role_arn: role.arn(&place), deleted: call.now() };
    call.changes().create(&place, id.clone(), task).expect_unreferenced(IN_PROFILE, &role.key);
    lookup::delete(&store, call.changes(), &role).await?;
    Ok(Document::new().with("DeletionTaskId", id))
}

/// A role goes at once: a task that is known is done.
pub(crate) async fn deletion_status(call: &mut Permitted) -> Result<Document, Failure> {
    found::<DeletionTask>(call)?;
    Ok(Document::new().with("Status", "SUCCEEDED"))
}

impl Role {
    fn not_linked(name: &str) -> Failure {
        invalid(format!("Role {name} is not a service linked role."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let name = |service, suffix| role_name(service, suffix).ok();
        assert_eq!(name("config.amazonaws.com", None).unwrap(), "AWSServiceRoleForConfig");
        assert_eq!(name("autoscaling.amazonaws.com", Some("x")).unwrap(), "AWSServiceRoleForAutoScaling_x");
        assert_eq!(name("new-thing.amazonaws.com", None).unwrap(), "AWSServiceRoleForNewThing");
        assert_eq!(name("config.amazonaws.com", Some("x")), None);
        assert_eq!(name("example.com", None), None);
    }
}
