use serde_json::{Value, json};

use super::world::{MANAGEMENT, World};

const SCP: &str = "SERVICE_CONTROL_POLICY";
const RCP: &str = "RESOURCE_CONTROL_POLICY";
const NO_DESCRIBE: &str = r#"{"Version":"2012-10-17","Statement":{"Sid":"no",
    "Effect":"Deny","Action":"organizations:Describe*","Resource":"*"}}"#;

fn on(policy: &str, target: &str) -> Value {
    json!({ "PolicyId": policy, "TargetId": target })
}

async fn attached(world: &World, target: &str, kind: &str) -> Vec<String> {
    let ask = json!({ "TargetId": target, "Filter": kind });
    let listed = world.ok(MANAGEMENT, "ListPoliciesForTarget", ask).await;
    listed["Policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|policy| policy["Id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_service_control_policy_counts_from_the_moment_it_is_attached() {
    let world = World::with_organization().await;
    let root = world.root().await;
    let unit = world.unit(&root, "unit").await;
    let account = world.account("a@example.com").await;
    let go = json!({ "AccountId": account, "SourceParentId": root, "DestinationParentId": unit });
    world.ok(MANAGEMENT, "MoveAccount", go).await;
    let policy = world.policy(SCP, "no describe", NO_DESCRIBE).await;
    let early = world.refused(MANAGEMENT, "AttachPolicy", on(&policy, &unit)).await;
    assert_eq!(early, "PolicyTypeNotEnabledException");
    assert!(world.standing(&account).await.service_control.is_empty());
    world.ok(MANAGEMENT, "EnablePolicyType", json!({ "RootId": root, "PolicyType": SCP })).await;
    // Root, unit and account: a level each, with the policy that allows everything.
    let names = |levels: &[Vec<bastide_policy::Attached>]| {
        levels
            .iter()
            .map(|level| level.iter().map(|one| one.name.to_string()).collect())
            .collect::<Vec<Vec<_>>>()
    };
    let full = vec!["p-FullAWSAccess".to_owned()];
    assert_eq!(names(&world.standing(&account).await.service_control), vec![full.clone(); 3]);
    assert_eq!(attached(&world, &account, SCP).await, full);

    world.ok(&account, "DescribeOrganization", json!({})).await;
    world.ok(MANAGEMENT, "AttachPolicy", on(&policy, &unit)).await;
    let twice = world.refused(MANAGEMENT, "AttachPolicy", on(&policy, &unit)).await;
    assert_eq!(twice, "DuplicatePolicyAttachmentException");
    let denied = world.refusal(&account, "DescribeOrganization", json!({})).await;
    let message = denied["message"].as_str().or(denied["Message"].as_str()).unwrap();
    assert!(message.ends_with("with an explicit deny in a service control policy"), "{message}");
    // It does not bind the management account.
    world.ok(MANAGEMENT, "AttachPolicy", on(&policy, &root)).await;
    world.ok(MANAGEMENT, "DescribeOrganization", json!({})).await;
    let targets = world.ok(MANAGEMENT, "ListTargetsForPolicy", json!({ "PolicyId": policy })).await;
    assert_eq!(targets["Targets"].as_array().unwrap().len(), 2);
    assert_eq!(
        world.refused(MANAGEMENT, "DeletePolicy", json!({ "PolicyId": policy })).await,
        "PolicyInUseException"
    );

    // A changed document counts at once.
    let harmless = NO_DESCRIBE.replace("Describe*", "ListRoots");
    world.ok(MANAGEMENT, "UpdatePolicy", json!({ "PolicyId": policy, "Content": harmless })).await;
    world.ok(&account, "DescribeOrganization", json!({})).await;
    // A level without any allowance denies.
    world.ok(MANAGEMENT, "DetachPolicy", on("p-FullAWSAccess", &unit)).await;
    let denied = world.refusal(&account, "DescribeOrganization", json!({})).await;
    assert!(denied.to_string().contains("because no service control policy allows"), "{denied}");
    let last = world.refusal(MANAGEMENT, "DetachPolicy", on(&policy, &unit)).await;
    assert_eq!(last["Reason"], "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");

    // Switching the type off detaches everything.
    world.ok(MANAGEMENT, "DisablePolicyType", json!({ "RootId": root, "PolicyType": SCP })).await;
    world.ok(&account, "DescribeOrganization", json!({})).await;
    world.ok(MANAGEMENT, "DeletePolicy", json!({ "PolicyId": policy })).await;
    world.ok(MANAGEMENT, "EnablePolicyType", json!({ "RootId": root, "PolicyType": SCP })).await;
    assert_eq!(names(&world.standing(&account).await.service_control), vec![full; 3]);
}

#[tokio::test]
async fn resource_control_policies_stand_over_members_only() {
    let world = World::with_organization().await;
    let root = world.root().await;
    let account = world.account("a@example.com").await;
    world.ok(MANAGEMENT, "EnablePolicyType", json!({ "RootId": root, "PolicyType": RCP })).await;
    let twice =
        world.refused(MANAGEMENT, "EnablePolicyType", json!({ "RootId": root, "PolicyType": RCP })).await;
    assert_eq!(twice, "PolicyTypeAlreadyEnabledException");
    let content = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;
    let policy = world.policy(RCP, "rcp", content).await;
    world.ok(MANAGEMENT, "AttachPolicy", on(&policy, &root)).await;
    let standing = world.standing(&account).await;
    assert_eq!(standing.resource_control.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
    assert!(standing.service_control.is_empty());
    let management = world.standing(MANAGEMENT).await;
    assert!(management.resource_control.is_empty() && management.place.is_some());
    let refused = world.refusal(MANAGEMENT, "DetachPolicy", on("p-RCPFullAWSAccess", &root)).await;
    assert_eq!(refused["Reason"], "NON_DETACHABLE_POLICY");
    let targets =
        world.ok(MANAGEMENT, "ListTargetsForPolicy", json!({ "PolicyId": "p-RCPFullAWSAccess" })).await;
    assert_eq!(targets["Targets"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn policies_are_checked_named_and_counted() {
    let world = World::with_organization().await;
    let root = world.root().await;
    let ask = |kind: &str, name: &str, content: &str| json!({ "Type": kind, "Name": name, "Description": "d", "Content": content });
    let made = world.ok(MANAGEMENT, "CreatePolicy", ask(SCP, "one", NO_DESCRIBE)).await["Policy"].clone();
    let arn = made["PolicySummary"]["Arn"].as_str().unwrap();
    assert!(arn.contains(":policy/o-") && arn.contains("/service_control_policy/p-"), "{arn}");
    let id = made["PolicySummary"]["Id"].as_str().unwrap();
    let described = world.ok(MANAGEMENT, "DescribePolicy", json!({ "PolicyId": id })).await;
    assert_eq!(described["Policy"], made);
    for (name, content, refused) in [
        ("one", NO_DESCRIBE, "DuplicatePolicyException"),
        ("FullAWSAccess", NO_DESCRIBE, "DuplicatePolicyException"),
        ("two", "{", "MalformedPolicyDocumentException"),
        (
            "two",
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#,
            "MalformedPolicyDocumentException",
        ),
    ] {
        assert_eq!(
            world.refused(MANAGEMENT, "CreatePolicy", ask(SCP, name, content)).await,
            refused,
            "{content}"
        );
    }
    world.ok(MANAGEMENT, "CreatePolicy", ask("TAG_POLICY", "one", r#"{"tags":{}}"#)).await;
    let rename = json!({ "PolicyId": id, "Name": "renamed" });
    assert_eq!(
        world.ok(MANAGEMENT, "UpdatePolicy", rename).await["Policy"]["PolicySummary"]["Name"],
        "renamed"
    );
    world.ok(MANAGEMENT, "CreatePolicy", ask(SCP, "one", NO_DESCRIBE)).await;
    let managed = json!({ "PolicyId": "p-FullAWSAccess", "Name": "x" });
    assert_eq!(world.refusal(MANAGEMENT, "UpdatePolicy", managed).await["Reason"], "IMMUTABLE_POLICY");
    let none = world.refused(MANAGEMENT, "DescribePolicy", json!({ "PolicyId": "p-abcdefgh" })).await;
    assert_eq!(none, "PolicyNotFoundException");
    let listed = world.ok(MANAGEMENT, "ListPolicies", json!({ "Filter": SCP })).await;
    assert_eq!(listed["Policies"].as_array().unwrap().len(), 3);

    world.ok(MANAGEMENT, "EnablePolicyType", json!({ "RootId": root, "PolicyType": SCP })).await;
    for number in 0..4 {
        let policy = world.policy(SCP, &format!("policy {number}"), NO_DESCRIBE).await;
        world.ok(MANAGEMENT, "AttachPolicy", on(&policy, &root)).await;
    }
    let sixth = world.refusal(MANAGEMENT, "AttachPolicy", on(id, &root)).await;
    assert_eq!(sixth["Reason"], "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
    let nobody = world.refused(MANAGEMENT, "AttachPolicy", on(id, "ou-abcd-12345678")).await;
    assert_eq!(nobody, "TargetNotFoundException");
}

#[tokio::test]
async fn the_type_of_a_policy_is_a_condition_key() {
    let world = World::with_organization().await;
    let ask =
        |kind: &str| json!({ "Type": kind, "Name": "n", "Description": "", "Content": r#"{"tags":{}}"# });
    world.ok("AKIAUSER", "CreatePolicy", ask("TAG_POLICY")).await;
    let refused = world.refused("AKIAUSER", "CreatePolicy", ask("BACKUP_POLICY")).await;
    assert_eq!(refused, "AccessDeniedException");
}

#[tokio::test]
async fn an_organization_for_billing_has_no_policies() {
    let world = World::new();
    world.ok(MANAGEMENT, "CreateOrganization", json!({ "FeatureSet": "CONSOLIDATED_BILLING" })).await;
    let root = world.root().await;
    let enable = json!({ "RootId": root, "PolicyType": SCP });
    let refused = world.refused(MANAGEMENT, "EnablePolicyType", enable.clone()).await;
    assert_eq!(refused, "PolicyTypeNotAvailableForOrganizationException");
    let handshake = world.ok(MANAGEMENT, "EnableAllFeatures", json!({})).await["Handshake"].clone();
    assert_eq!(handshake["Action"], "ENABLE_ALL_FEATURES");
    let again = world.refusal(MANAGEMENT, "EnableAllFeatures", json!({})).await;
    assert_eq!(again["Reason"], "ORGANIZATION_ALREADY_HAS_ALL_FEATURES");
    world.ok(MANAGEMENT, "EnablePolicyType", enable).await;
}
