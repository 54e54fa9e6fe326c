use serde_json::json;

use super::world::{MANAGEMENT, STRANGER, World};

#[tokio::test]
async fn a_new_account_has_a_role_for_the_management_account() {
    let world = World::with_organization().await;
    let ask =
        json!({ "Email": "A@example.com", "AccountName": "first", "Tags": [{ "Key": "k", "Value": "v" }] });
    let made = world.ok(MANAGEMENT, "CreateAccount", ask).await["CreateAccountStatus"].clone();
    assert_eq!(made["State"], "SUCCEEDED");
    let id = made["AccountId"].as_str().unwrap();
    let role = world.role(id, "OrganizationAccountAccessRole").await.unwrap();
    assert!(role.trust.contains(&format!("arn:aws:iam::{MANAGEMENT}:root")), "{}", role.trust);
    assert_eq!(role.attached, ["arn:aws:iam::aws:policy/AdministratorAccess"]);

    let status = json!({ "CreateAccountRequestId": made["Id"] });
    let status = world.ok(MANAGEMENT, "DescribeCreateAccountStatus", status).await;
    assert_eq!(status["CreateAccountStatus"], made);
    let account =
        world.ok(MANAGEMENT, "DescribeAccount", json!({ "AccountId": id })).await["Account"].clone();
    assert_eq!(account["Email"], "A@example.com");
    assert_eq!(account["JoinedMethod"], "CREATED");
    assert_eq!(account["Status"], "ACTIVE");
    let organization = world.ok(id, "DescribeOrganization", json!({})).await["Organization"].clone();
    let arn =
        format!("arn:aws:organizations::{MANAGEMENT}:account/{}/{id}", organization["Id"].as_str().unwrap());
    assert_eq!(account["Arn"], arn);
    let tags = world.ok(MANAGEMENT, "ListTagsForResource", json!({ "ResourceId": id })).await;
    assert_eq!(tags["Tags"], json!([{ "Key": "k", "Value": "v" }]));

    let again = json!({ "Email": "a@EXAMPLE.com", "AccountName": "second", "RoleName": "r" });
    let again = world.ok(MANAGEMENT, "CreateAccount", again).await["CreateAccountStatus"].clone();
    assert_eq!(
        (&again["State"], &again["FailureReason"]),
        (&json!("FAILED"), &json!("EMAIL_ALREADY_EXISTS"))
    );
    let failed = world.ok(MANAGEMENT, "ListCreateAccountStatus", json!({ "States": ["FAILED"] })).await;
    assert_eq!(failed["CreateAccountStatuses"], json!([again]));
    let third = json!({ "Email": "third@example.com", "AccountName": "third", "RoleName": "Custom" });
    let third = world.ok(MANAGEMENT, "CreateAccount", third).await["CreateAccountStatus"].clone();
    assert!(world.role(third["AccountId"].as_str().unwrap(), "Custom").await.is_some());
}

#[tokio::test]
async fn accounts_move_and_leave() {
    let world = World::with_organization().await;
    let root = world.root().await;
    let unit = world.unit(&root, "unit").await;
    let account = world.account("a@example.com").await;
    let go = |from: &str, to: &str| json!({ "AccountId": account, "SourceParentId": from, "DestinationParentId": to });
    assert_eq!(world.refused(MANAGEMENT, "MoveAccount", go(&unit, &root)).await, "AccountNotFoundException");
    assert_eq!(world.refused(MANAGEMENT, "MoveAccount", go(&root, &root)).await, "DuplicateAccountException");
    let nowhere = world.refused(MANAGEMENT, "MoveAccount", go(&root, "ou-abcd-12345678")).await;
    assert_eq!(nowhere, "DestinationParentNotFoundException");
    world.ok(MANAGEMENT, "MoveAccount", go(&root, &unit)).await;
    let inside = json!({ "ParentId": unit });
    let listed = world.ok(MANAGEMENT, "ListAccountsForParent", inside).await;
    assert_eq!(listed["Accounts"][0]["Id"], account);
    let children =
        world.ok(MANAGEMENT, "ListChildren", json!({ "ParentId": root, "ChildType": "ACCOUNT" })).await;
    assert_eq!(children["Children"], json!([{ "Id": MANAGEMENT, "Type": "ACCOUNT" }]));
    let place = world.standing(&account).await.place.unwrap();
    assert!(place.path.ends_with(&format!("/{root}/{unit}/")), "{}", place.path);
    assert_eq!(place.management_account.as_str(), MANAGEMENT);

    let occupied =
        world.refused(MANAGEMENT, "DeleteOrganizationalUnit", json!({ "OrganizationalUnitId": unit })).await;
    assert_eq!(occupied, "OrganizationalUnitNotEmptyException");
    assert_eq!(
        world.refused(MANAGEMENT, "DeleteOrganization", json!({})).await,
        "OrganizationNotEmptyException"
    );
    let leave = json!({ "AccountId": MANAGEMENT });
    let refused = world.refused(MANAGEMENT, "RemoveAccountFromOrganization", leave).await;
    assert_eq!(refused, "MasterCannotLeaveOrganizationException");
    world.ok(MANAGEMENT, "RemoveAccountFromOrganization", json!({ "AccountId": account })).await;
    assert!(world.standing(&account).await.place.is_none());
    // It may start an organization of its own, and keeps its address.
    let own = world.ok(&account, "CreateOrganization", json!({})).await;
    assert_eq!(own["Organization"]["MasterAccountEmail"], "a@example.com");
}

#[tokio::test]
async fn in_a_closed_account_nothing_is_allowed() {
    let world = World::with_organization().await;
    let account = world.account("a@example.com").await;
    world.ok(&account, "DescribeOrganization", json!({})).await;
    let management = world.refusal(MANAGEMENT, "CloseAccount", json!({ "AccountId": MANAGEMENT })).await;
    assert_eq!(management["Reason"], "CANNOT_CLOSE_MANAGEMENT_ACCOUNT");
    let nobody = world.refused(MANAGEMENT, "CloseAccount", json!({ "AccountId": STRANGER })).await;
    assert_eq!(nobody, "AccountNotFoundException");
    world.ok(MANAGEMENT, "CloseAccount", json!({ "AccountId": account })).await;
    let described = world.ok(MANAGEMENT, "DescribeAccount", json!({ "AccountId": account })).await;
    assert_eq!(described["Account"]["Status"], "SUSPENDED");
    assert_eq!(world.refused(&account, "DescribeOrganization", json!({})).await, "AccessDeniedException");
    let again = world.refused(MANAGEMENT, "CloseAccount", json!({ "AccountId": account })).await;
    assert_eq!(again, "AccountAlreadyClosedException");
}
