use bastide_resources::ItemFilter;

use super::TRUST;
use super::world::{ACCOUNT, World};

#[tokio::test]
async fn users_live_and_die() {
    let world = World::new().await;
    let made = world.ok("CreateUser", &[("UserName", "Alice"), ("Path", "/dev/")]).await;
    assert_eq!(made.text("Arn"), format!("arn:aws:iam::{ACCOUNT}:user/dev/Alice"));
    assert!(made.text("UserId").starts_with("AIDA"));
    assert_eq!(made.text("CreateDate"), "2026-11-21T09:30:00Z");
    let message = world.fails("CreateUser", &[("UserName", "alice")], "EntityAlreadyExists").await;
    assert_eq!(message, "User with name alice already exists.");
    let message = world.fails("GetUser", &[("UserName", "bob")], "NoSuchEntity").await;
    assert_eq!(message, "The user with name bob cannot be found.");
    assert_eq!(world.ok("GetUser", &[]).await.text("UserName"), "admin");

    world.ok("UpdateUser", &[("UserName", "alice"), ("NewUserName", "ALICE2"), ("NewPath", "/ops/")]).await;
    let renamed = world.ok("GetUser", &[("UserName", "alice2")]).await;
    assert_eq!(renamed.text("UserId"), made.text("UserId"));
    assert_eq!(renamed.text("Arn"), format!("arn:aws:iam::{ACCOUNT}:user/ops/ALICE2"));
    world.fails("GetUser", &[("UserName", "Alice")], "NoSuchEntity").await;
    world
        .fails("UpdateUser", &[("UserName", "alice2"), ("NewUserName", "Admin")], "EntityAlreadyExists")
        .await;
    world.ok("UpdateUser", &[("UserName", "alice2"), ("NewUserName", "Alice2")]).await;

    world.ok("CreateAccessKey", &[("UserName", "Alice2")]).await;
    let message = world.fails("DeleteUser", &[("UserName", "Alice2")], "DeleteConflict").await;
    assert_eq!(message, "Cannot delete entity, must delete access keys first.");
    let keys = world.ok("ListAccessKeys", &[("UserName", "Alice2")]).await;
    world.ok("DeleteAccessKey", &[("UserName", "Alice2"), ("AccessKeyId", keys.text("AccessKeyId"))]).await;
    world.ok("DeleteUser", &[("UserName", "Alice2")]).await;
    world.fails("GetUser", &[("UserName", "Alice2")], "NoSuchEntity").await;
    world.ok("CreateUser", &[("UserName", "Alice2")]).await;
}

#[tokio::test]
async fn config_sees_one_user_through_a_renaming() {
    let world = World::new().await;
    let id = world.ok("CreateUser", &[("UserName", "alice")]).await.text("UserId").to_owned();
    world.ok("UpdateUser", &[("UserName", "alice"), ("NewUserName", "bob")]).await;
    let key = [("AWS::IAM::User".to_owned(), id)];
    let item = world.store.latest_items(&world.place, &key).await.unwrap().remove(0).unwrap();
    assert_eq!(item.version, 2);
    assert_eq!(item.item.configuration["userName"], "bob");
    let users =
        world.store.items(&world.place, "AWS::IAM::User", &ItemFilter::default(), None, 10).await.unwrap();
    assert_eq!(users.items.len(), 2, "admin and bob");
}

#[tokio::test]
async fn lists_come_in_pages_and_by_path() {
    let world = World::new().await;
    for name in ["u1", "U2", "u3", "u4", "u5"] {
        let path = if name == "u4" { "/x/" } else { "/y/" };
        world.ok("CreateUser", &[("UserName", name), ("Path", path)]).await;
    }
    let mut seen = Vec::new();
    let mut marker = String::new();
    loop {
        let mut input = vec![("MaxItems", "2"), ("PathPrefix", "/y/")];
        if !marker.is_empty() {
            input.push(("Marker", marker.as_str()));
        }
        let page = world.ok("ListUsers", &input).await;
        seen.extend(page.texts("UserName").into_iter().map(str::to_owned));
        if page.text("IsTruncated") == "false" {
            break;
        }
        marker = page.text("Marker").to_owned();
    }
    assert_eq!(seen, ["u1", "U2", "u3", "u5"]);
    let all = world.ok("ListUsers", &[]).await;
    assert_eq!(all.texts("UserName").len(), 6);
    assert_eq!(all.text("Marker"), "");
    world.fails("ListUsers", &[("Marker", "?")], "ValidationError").await;
}

#[tokio::test]
async fn groups_have_members() {
    let world = World::new().await;
    world.user("alice").await;
    world.ok("CreateGroup", &[("GroupName", "Devs")]).await;
    world.ok("AddUserToGroup", &[("GroupName", "devs"), ("UserName", "alice")]).await;
    world.ok("AddUserToGroup", &[("GroupName", "Devs"), ("UserName", "alice")]).await;
    assert_eq!(world.ok("GetGroup", &[("GroupName", "Devs")]).await.texts("UserName"), ["alice"]);
    let message = world.fails("DeleteGroup", &[("GroupName", "Devs")], "DeleteConflict").await;
    assert_eq!(message, "Cannot delete entity, must remove users from group first.");
    world.ok("UpdateGroup", &[("GroupName", "Devs"), ("NewGroupName", "Ops")]).await;
    let groups = world.ok("ListGroupsForUser", &[("UserName", "alice")]).await;
    assert_eq!(groups.texts("GroupName"), ["Ops"]);
    let details = world.ok("GetAccountAuthorizationDetails", &[("Filter.member.1", "User")]).await;
    assert!(details.1.contains("<GroupList><member>Ops</member></GroupList>"), "{}", details.1);
    world.ok("RemoveUserFromGroup", &[("GroupName", "Ops"), ("UserName", "alice")]).await;
    world.ok("RemoveUserFromGroup", &[("GroupName", "Ops"), ("UserName", "alice")]).await;
    world.ok("DeleteGroup", &[("GroupName", "Ops")]).await;
}

#[tokio::test]
async fn roles_and_instance_profiles() {
    let world = World::new().await;
    let made = world.ok("CreateRole", &[("RoleName", "web"), ("AssumeRolePolicyDocument", TRUST)]).await;
    assert!(made.text("AssumeRolePolicyDocument").starts_with("%7B%22Version%22%3A%222012-10-17%22"));
    assert_eq!(made.text("MaxSessionDuration"), "");
    let role = world.ok("GetRole", &[("RoleName", "WEB")]).await;
    assert_eq!(role.text("MaxSessionDuration"), "3600");
    assert!(role.1.contains("RoleLastUsed"));
    world.ok("UpdateRole", &[("RoleName", "web"), ("MaxSessionDuration", "7200")]).await;
    world.ok("CreateInstanceProfile", &[("InstanceProfileName", "p")]).await;
    world.ok("AddRoleToInstanceProfile", &[("InstanceProfileName", "p"), ("RoleName", "web")]).await;
    let again = [("InstanceProfileName", "p"), ("RoleName", "web")];
    world.fails("AddRoleToInstanceProfile", &again, "LimitExceeded").await;
    let profiles = world.ok("ListInstanceProfilesForRole", &[("RoleName", "web")]).await;
    assert_eq!(profiles.texts("InstanceProfileName"), ["p"]);
    assert_eq!(profiles.texts("RoleName"), ["web"]);
    let message = world.fails("DeleteRole", &[("RoleName", "web")], "DeleteConflict").await;
    assert_eq!(message, "Cannot delete entity, must remove roles from instance profile first.");
    world.fails("DeleteInstanceProfile", &[("InstanceProfileName", "p")], "DeleteConflict").await;
    world.ok("RemoveRoleFromInstanceProfile", &again).await;
    world.ok("DeleteInstanceProfile", &[("InstanceProfileName", "p")]).await;
    world.ok("DeleteRole", &[("RoleName", "web")]).await;
}

#[tokio::test]
async fn trust_is_held_to_those_who_exist() {
    let world = World::new().await;
    let trust = |name: &str| {
        TRUST.replace(
            r#""Service":"ec2.amazonaws.com""#,
            &format!(r#""AWS":"arn:aws:iam::{ACCOUNT}:user/{name}""#),
        )
    };
    let input = |document: &str| {
        vec![
            ("RoleName".to_owned(), "r".to_owned()),
            ("AssumeRolePolicyDocument".to_owned(), document.to_owned()),
        ]
    };
    let create = async |document: String, code: &str| {
        let input = input(&document);
        let input: Vec<(&str, &str)> = input.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let answer = world.admin("CreateRole", &input).await;
        assert_eq!(answer.text("Code"), code, "{}", answer.1);
    };
    create(trust("nobody"), "MalformedPolicyDocument").await;
    create("{}".to_owned(), "MalformedPolicyDocument").await;
    create(trust("admin"), "").await;
}

#[tokio::test]
async fn service_linked_roles_are_the_services() {
    let world = World::new().await;
    let made = world.ok("CreateServiceLinkedRole", &[("AWSServiceName", "config.amazonaws.com")]).await;
    assert_eq!(made.text("RoleName"), "AWSServiceRoleForConfig");
    assert_eq!(made.text("Path"), "/aws-service-role/config.amazonaws.com/");
    let name = [("RoleName", "AWSServiceRoleForConfig")];
    world
        .fails("CreateServiceLinkedRole", &[("AWSServiceName", "config.amazonaws.com")], "InvalidInput")
        .await;
    world.fails("DeleteRole", &name, "UnmodifiableEntity").await;
    let document = super::allow("s3:*");
    let put = [name[0], ("PolicyName", "p"), ("PolicyDocument", document.as_str())];
    world.fails("PutRolePolicy", &put, "UnmodifiableEntity").await;
    let task = world.ok("DeleteServiceLinkedRole", &name).await;
    let id = [("DeletionTaskId", task.text("DeletionTaskId"))];
    assert_eq!(world.ok("GetServiceLinkedRoleDeletionStatus", &id).await.text("Status"), "SUCCEEDED");
    world.fails("GetRole", &name, "NoSuchEntity").await;
}

#[tokio::test]
async fn tags_are_kept_and_capped() {
    let world = World::new().await;
    let tag = [("UserName", "admin"), ("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "a b")];
    world.ok("TagUser", &tag).await;
    let tags = world.ok("ListUserTags", &[("UserName", "admin")]).await;
    assert_eq!((tags.text("Key"), tags.text("Value")), ("Team", "a b"));
    world.ok("UntagUser", &[("UserName", "admin"), ("TagKeys.member.1", "team")]).await;
    assert!(world.ok("ListUserTags", &[("UserName", "admin")]).await.texts("Key").is_empty());
}

#[tokio::test]
async fn the_account() {
    let world = World::new().await;
    world.ok("CreateAccountAlias", &[("AccountAlias", "my-place")]).await;
    world.fails("CreateAccountAlias", &[("AccountAlias", "my--place")], "ValidationError").await;
    assert!(world.ok("ListAccountAliases", &[]).await.1.contains("<member>my-place</member>"));
    world.ok("CreateAccountAlias", &[("AccountAlias", "our-place")]).await;
    world.fails("DeleteAccountAlias", &[("AccountAlias", "my-place")], "NoSuchEntity").await;
    world.ok("DeleteAccountAlias", &[("AccountAlias", "our-place")]).await;

    let message = world.fails("GetAccountPasswordPolicy", &[], "NoSuchEntity").await;
    assert_eq!(message, format!("The Password Policy with domain name {ACCOUNT} cannot be found."));
    world
        .ok("UpdateAccountPasswordPolicy", &[("RequireNumbers", "true"), ("PasswordReusePrevention", "1")])
        .await;
    let policy = world.ok("GetAccountPasswordPolicy", &[]).await;
    assert_eq!(policy.text("MinimumPasswordLength"), "6");
    let login = |password| [("UserName", "admin"), ("Password", password)];
    world.fails("CreateLoginProfile", &login("secret"), "PasswordPolicyViolation").await;
    world.ok("CreateLoginProfile", &login("secret1")).await;
    world.fails("UpdateLoginProfile", &login("secret1"), "PasswordPolicyViolation").await;
    world.ok("UpdateLoginProfile", &login("secret2")).await;
    world.ok("DeleteAccountPasswordPolicy", &[]).await;
    let summary = world.ok("GetAccountSummary", &[]).await;
    assert!(summary.1.contains("<key>Users</key><value>1</value>"), "{}", summary.1);
}

#[tokio::test]
async fn the_credential_report() {
    let world = World::new().await;
    world.fails("GetCredentialReport", &[], "ReportNotPresent").await;
    assert_eq!(world.ok("GenerateCredentialReport", &[]).await.text("State"), "STARTED");
    assert_eq!(world.ok("GenerateCredentialReport", &[]).await.text("State"), "COMPLETE");
    let report = world.ok("GetCredentialReport", &[]).await;
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.decode(report.text("Content")).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.lines().all(|line| line.split(',').count() == 22), "{text}");
    world.advance(4 * 3600);
    world.fails("GetCredentialReport", &[], "ReportExpired").await;
    assert_eq!(world.ok("GenerateCredentialReport", &[]).await.text("State"), "STARTED");
}
