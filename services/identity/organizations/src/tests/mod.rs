//! Organizations behind a door: whole calls, from bytes to bytes.

mod accounts;
mod policies;
mod world;

use serde_json::json;
use world::{MANAGEMENT, STRANGER, World};

#[tokio::test]
async fn an_organization_comes_and_goes() {
    let world = World::new();
    assert_eq!(
        world.refused(MANAGEMENT, "DescribeOrganization", json!({})).await,
        "AWSOrganizationsNotInUseException"
    );
    let made = world.ok(MANAGEMENT, "CreateOrganization", json!({ "FeatureSet": "ALL" })).await;
    let made = &made["Organization"];
    assert_eq!(made["MasterAccountId"], MANAGEMENT);
    let arn = format!("arn:aws:organizations::{MANAGEMENT}:organization/{}", made["Id"].as_str().unwrap());
    assert_eq!(made["Arn"], arn);
    assert_eq!(made["AvailablePolicyTypes"][0]["Type"], "SERVICE_CONTROL_POLICY");
    assert_eq!(world.ok(MANAGEMENT, "DescribeOrganization", json!({})).await["Organization"], *made);
    let again = world.refused(MANAGEMENT, "CreateOrganization", json!({})).await;
    assert_eq!(again, "AlreadyInOrganizationException");
    let roots = world.ok(MANAGEMENT, "ListRoots", json!({})).await;
    assert_eq!(roots["Roots"][0]["PolicyTypes"], json!([]));
    world.unit(roots["Roots"][0]["Id"].as_str().unwrap(), "left behind").await;
    world.ok(MANAGEMENT, "DeleteOrganization", json!({})).await;
    assert_eq!(world.refused(MANAGEMENT, "ListRoots", json!({})).await, "AWSOrganizationsNotInUseException");
    let next = world.ok(MANAGEMENT, "CreateOrganization", json!({})).await;
    assert_ne!(next["Organization"]["Id"], made["Id"]);
    assert_eq!(next["Organization"]["MasterAccountEmail"], made["MasterAccountEmail"]);
    let root = world.root().await;
    let units = world.ok(MANAGEMENT, "ListOrganizationalUnitsForParent", json!({ "ParentId": root })).await;
    assert_eq!(units["OrganizationalUnits"], json!([]));
}

#[tokio::test]
async fn only_the_management_account_and_its_delegates_may_look_in() {
    let world = World::with_organization().await;
    let member = world.account("member@example.com").await;
    let root = world.root().await;
    world.ok(&member, "DescribeOrganization", json!({})).await;
    assert_eq!(world.refused(&member, "ListAccounts", json!({})).await, "AccessDeniedException");
    let ask = json!({ "ParentId": root, "Name": "x" });
    assert_eq!(
        world.refused(&member, "CreateOrganizationalUnit", ask.clone()).await,
        "AccessDeniedException"
    );
    let stranger =
        world.refused(STRANGER, "ListChildren", json!({ "ParentId": root, "ChildType": "ACCOUNT" })).await;
    assert_eq!(stranger, "AWSOrganizationsNotInUseException");

    let service = json!({ "ServicePrincipal": "guardduty.amazonaws.com" });
    let delegate = json!({ "AccountId": member, "ServicePrincipal": "guardduty.amazonaws.com" });
    let too_early = world.refusal(MANAGEMENT, "RegisterDelegatedAdministrator", delegate.clone()).await;
    assert_eq!(too_early["Reason"], "SERVICE_ACCESS_NOT_ENABLED");
    world.ok(MANAGEMENT, "EnableAWSServiceAccess", service.clone()).await;
    world.ok(MANAGEMENT, "RegisterDelegatedAdministrator", delegate.clone()).await;
    assert_eq!(world.ok(&member, "ListAccounts", json!({})).await["Accounts"].as_array().unwrap().len(), 2);
    assert_eq!(world.refused(&member, "CreateOrganizationalUnit", ask).await, "AccessDeniedException");
    let listed = world.ok(&member, "ListDelegatedAdministrators", service.clone()).await;
    assert_eq!(listed["DelegatedAdministrators"][0]["Id"], member);
    let busy = world.refusal(MANAGEMENT, "DisableAWSServiceAccess", service.clone()).await;
    assert_eq!(busy["Reason"], "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE");
    let stay =
        world.refusal(MANAGEMENT, "RemoveAccountFromOrganization", json!({ "AccountId": member })).await;
    assert_eq!(stay["Reason"], "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG");
    world.ok(MANAGEMENT, "DeregisterDelegatedAdministrator", delegate).await;
    assert_eq!(world.refused(&member, "ListAccounts", json!({})).await, "AccessDeniedException");
    world.ok(MANAGEMENT, "DisableAWSServiceAccess", service).await;
    let none = world.ok(MANAGEMENT, "ListAWSServiceAccessForOrganization", json!({})).await;
    assert_eq!(none["EnabledServicePrincipals"], json!([]));
}

#[tokio::test]
async fn units_form_a_tree_of_five_levels() {
    let world = World::with_organization().await;
    let root = world.root().await;
    let mut parent = root.clone();
    let mut made = Vec::new();
    for level in 1..=5 {
        parent = world.unit(&parent, &format!("level {level}")).await;
        made.push(parent.clone());
    }
    let too_deep = json!({ "ParentId": parent, "Name": "level 6" });
    let refused = world.refusal(MANAGEMENT, "CreateOrganizationalUnit", too_deep).await;
    assert_eq!(refused["Reason"], "OU_DEPTH_LIMIT_EXCEEDED");

    let twin = json!({ "ParentId": root, "Name": "level 1" });
    let refused = world.refused(MANAGEMENT, "CreateOrganizationalUnit", twin).await;
    assert_eq!(refused, "DuplicateOrganizationalUnitException");
    let second = world.unit(&root, "second").await;
    let rename = json!({ "OrganizationalUnitId": second, "Name": "level 1" });
    let refused = world.refused(MANAGEMENT, "UpdateOrganizationalUnit", rename).await;
    assert_eq!(refused, "DuplicateOrganizationalUnitException");
    let rename = json!({ "OrganizationalUnitId": second, "Name": "other" });
    world.ok(MANAGEMENT, "UpdateOrganizationalUnit", rename).await;
    world.unit(&root, "second").await;

    let parents = world.ok(MANAGEMENT, "ListParents", json!({ "ChildId": made[1] })).await;
    assert_eq!(parents["Parents"], json!([{ "Id": made[0], "Type": "ORGANIZATIONAL_UNIT" }]));
    let not_empty = world
        .refused(MANAGEMENT, "DeleteOrganizationalUnit", json!({ "OrganizationalUnitId": made[0] }))
        .await;
    assert_eq!(not_empty, "OrganizationalUnitNotEmptyException");
    for unit in made.iter().rev() {
        world.ok(MANAGEMENT, "DeleteOrganizationalUnit", json!({ "OrganizationalUnitId": unit })).await;
    }
    let gone = world
        .refused(MANAGEMENT, "DescribeOrganizationalUnit", json!({ "OrganizationalUnitId": made[0] }))
        .await;
    assert_eq!(gone, "OrganizationalUnitNotFoundException");
    let gone = json!({ "ParentId": made[0], "Name": "x" });
    assert_eq!(world.refused(MANAGEMENT, "CreateOrganizationalUnit", gone).await, "ParentNotFoundException");
    // The name is free again.
    world.unit(&root, "level 1").await;
}

#[tokio::test]
async fn lists_come_in_pages() {
    let world = World::with_organization().await;
    let root = world.root().await;
    for number in 0..5 {
        world.unit(&root, &format!("unit {number}")).await;
    }
    let mut ask = json!({ "ParentId": root, "MaxResults": 2 });
    let mut seen = Vec::new();
    loop {
        let page = world.ok(MANAGEMENT, "ListOrganizationalUnitsForParent", ask.clone()).await;
        let units = page["OrganizationalUnits"].as_array().unwrap();
        assert!(units.len() <= 2);
        seen.extend(units.iter().map(|unit| unit["Name"].as_str().unwrap().to_owned()));
        match page.get("NextToken") {
            Some(token) => ask["NextToken"] = token.clone(),
            None => break,
        }
    }
    seen.sort();
    assert_eq!(seen, ["unit 0", "unit 1", "unit 2", "unit 3", "unit 4"]);
    ask["NextToken"] = json!("nonsense");
    let refused = world.refusal(MANAGEMENT, "ListOrganizationalUnitsForParent", ask).await;
    assert_eq!(refused["Reason"], "INVALID_NEXT_TOKEN");
}

#[tokio::test]
async fn tags_are_kept_and_counted() {
    let world = World::with_organization().await;
    let root = world.root().await;
    let tag = |key: &str| json!({ "Key": key, "Value": "v" });
    for target in [root.clone(), world.unit(&root, "u").await, world.account("a@example.com").await] {
        world
            .ok(MANAGEMENT, "TagResource", json!({ "ResourceId": target, "Tags": [tag("b"), tag("a")] }))
            .await;
        world.ok(MANAGEMENT, "UntagResource", json!({ "ResourceId": target, "TagKeys": ["b"] })).await;
        let listed = world.ok(MANAGEMENT, "ListTagsForResource", json!({ "ResourceId": target })).await;
        assert_eq!(listed["Tags"], json!([tag("a")]));
    }
    let twice = json!({ "ResourceId": root, "Tags": [tag("x"), tag("x")] });
    assert_eq!(world.refusal(MANAGEMENT, "TagResource", twice).await["Reason"], "DUPLICATE_TAG_KEY");
    let nobody = json!({ "ResourceId": "ou-abcd-12345678", "Tags": [tag("x")] });
    assert_eq!(world.refused(MANAGEMENT, "TagResource", nobody).await, "TargetNotFoundException");
}

/// `cargo test --release -p bastide-organizations -- --ignored --nocapture`
#[tokio::test]
#[ignore = "a measurement"]
async fn what_a_standing_costs() {
    let world = World::with_organization().await;
    let root = world.root().await;
    let unit = world.unit(&root, "unit").await;
    let account = world.account("a@example.com").await;
    let go = json!({ "AccountId": account, "SourceParentId": root, "DestinationParentId": unit });
    world.ok(MANAGEMENT, "MoveAccount", go).await;
    for kind in ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] {
        world.ok(MANAGEMENT, "EnablePolicyType", json!({ "RootId": root, "PolicyType": kind })).await;
    }
    for (who, account) in
        [("a stranger", STRANGER), ("the management account", MANAGEMENT), ("a member", &account)]
    {
        const TIMES: u32 = 100_000;
        let started = std::time::Instant::now();
        for _ in 0..TIMES {
            std::hint::black_box(world.standing(account).await);
        }
        println!("{who}: {:?}", started.elapsed() / TIMES);
    }
}
