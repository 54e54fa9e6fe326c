use super::world::{ACCOUNT, World};
use super::{TRUST, allow};

#[tokio::test]
async fn managed_policies_have_versions() {
    let world = World::new().await;
    let (first, second) = (allow("s3:GetObject"), allow("s3:*"));
    let made = world.ok("CreatePolicy", &[("PolicyName", "P"), ("PolicyDocument", &first)]).await;
    let arn = made.text("Arn").to_owned();
    assert_eq!(arn, format!("arn:aws:iam::{ACCOUNT}:policy/P"));
    let message = world
        .fails("CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &first)], "EntityAlreadyExists")
        .await;
    assert_eq!(message, "A policy called p already exists. Duplicate names are not allowed.");
    let arn = arn.as_str();
    for _ in 0..4 {
        world.ok("CreatePolicyVersion", &[("PolicyArn", arn), ("PolicyDocument", &second)]).await;
    }
    let sixth = [("PolicyArn", arn), ("PolicyDocument", second.as_str())];
    world.fails("CreatePolicyVersion", &sixth, "LimitExceeded").await;
    world.ok("SetDefaultPolicyVersion", &[("PolicyArn", arn), ("VersionId", "v5")]).await;
    assert_eq!(world.ok("GetPolicy", &[("PolicyArn", arn)]).await.text("DefaultVersionId"), "v5");
    world.fails("DeletePolicyVersion", &[("PolicyArn", arn), ("VersionId", "v5")], "DeleteConflict").await;
    world.ok("DeletePolicyVersion", &[("PolicyArn", arn), ("VersionId", "v1")]).await;
    let made = world.ok("CreatePolicyVersion", &[sixth[0], sixth[1], ("SetAsDefault", "true")]).await;
    assert_eq!((made.text("VersionId"), made.text("IsDefaultVersion")), ("v6", "true"));
    let message =
        world.fails("GetPolicyVersion", &[("PolicyArn", arn), ("VersionId", "v1")], "NoSuchEntity").await;
    assert_eq!(message, format!("Policy {arn} version v1 does not exist or is not attachable."));
    let listed = world.ok("ListPolicyVersions", &[("PolicyArn", arn)]).await;
    assert_eq!(listed.texts("VersionId"), ["v6", "v5", "v4", "v3", "v2"]);
    world.fails("DeletePolicy", &[("PolicyArn", arn)], "DeleteConflict").await;
}

#[tokio::test]
async fn attached_policies_are_known_from_both_sides() {
    let world = World::new().await;
    let document = allow("s3:GetObject");
    let made = world.ok("CreatePolicy", &[("PolicyName", "P"), ("PolicyDocument", &document)]).await;
    let arn = made.text("Arn");
    world.ok("CreateGroup", &[("GroupName", "g")]).await;
    world.ok("CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)]).await;
    world.ok("AttachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", arn)]).await;
    world.ok("AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", arn)]).await;
    world.ok("AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", arn)]).await;
    world.ok("PutUserPermissionsBoundary", &[("UserName", "admin"), ("PermissionsBoundary", arn)]).await;
    // The boundary allows only s3:GetObject now, so the first user has locked itself out.
    world.fails("GetPolicy", &[("PolicyArn", arn)], "AccessDenied").await;
}

#[tokio::test]
async fn entities_of_a_policy() {
    let world = World::new().await;
    let document = allow("*");
    let made = world.ok("CreatePolicy", &[("PolicyName", "P"), ("PolicyDocument", &document)]).await;
    let arn = made.text("Arn");
    world.ok("CreateGroup", &[("GroupName", "g")]).await;
    world.ok("AttachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", arn)]).await;
    world.ok("PutUserPermissionsBoundary", &[("UserName", "admin"), ("PermissionsBoundary", arn)]).await;
    let policy = world.ok("GetPolicy", &[("PolicyArn", arn)]).await;
    assert_eq!((policy.text("AttachmentCount"), policy.text("PermissionsBoundaryUsageCount")), ("1", "1"));
    let entities = world.ok("ListEntitiesForPolicy", &[("PolicyArn", arn)]).await;
    assert_eq!((entities.text("GroupName"), entities.text("UserName")), ("g", "admin"));
    let only = [("PolicyArn", arn), ("PolicyUsageFilter", "PermissionsBoundary")];
    assert_eq!(world.ok("ListEntitiesForPolicy", &only).await.text("GroupName"), "");
    let message = world.fails("DeletePolicy", &[("PolicyArn", arn)], "DeleteConflict").await;
    assert_eq!(message, "Cannot delete a policy attached to entities.");
    world.ok("DetachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", arn)]).await;
    let message =
        world.fails("DetachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", arn)], "NoSuchEntity").await;
    assert_eq!(message, format!("Policy {arn} was not found."));
    world.ok("DeleteUserPermissionsBoundary", &[("UserName", "admin")]).await;
    world.ok("DeletePolicy", &[("PolicyArn", arn)]).await;
    let missing = [("GroupName", "g"), ("PolicyArn", arn)];
    let message = world.fails("AttachGroupPolicy", &missing, "NoSuchEntity").await;
    assert_eq!(message, format!("Policy {arn} does not exist or is not attachable."));
}

#[tokio::test]
async fn policies_of_awss() {
    let world = World::new().await;
    let arn = [("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")];
    let policy = world.ok("GetPolicy", &arn).await;
    assert_eq!((policy.text("PolicyName"), policy.text("AttachmentCount")), ("AdministratorAccess", "1"));
    world.fails("DeletePolicy", &arn, "AccessDenied").await;
    world.fails("GetPolicy", &[("PolicyArn", "arn:aws:iam::aws:policy/Nothing")], "NoSuchEntity").await;
    let document = allow("s3:*");
    world.ok("CreatePolicy", &[("PolicyName", "P"), ("PolicyDocument", &document)]).await;
    let attached = world.ok("ListPolicies", &[("OnlyAttached", "true")]).await;
    assert_eq!(attached.texts("PolicyName"), ["AdministratorAccess"]);
    let mut names = Vec::new();
    let mut marker = String::new();
    loop {
        let mut input = vec![("MaxItems", "7")];
        if !marker.is_empty() {
            input.push(("Marker", marker.as_str()));
        }
        let page = world.ok("ListPolicies", &input).await;
        names.extend(page.texts("PolicyName").into_iter().map(str::to_owned));
        if page.text("IsTruncated") == "false" {
            break;
        }
        marker = page.text("Marker").to_owned();
    }
    assert_eq!(names.len(), 1 + crate::aws_managed::AwsManaged::all().len());
    let mut unique = names.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), names.len());
}

#[tokio::test]
async fn inline_policies() {
    let world = World::new().await;
    let document = allow("s3:GetObject");
    let put = [("UserName", "admin"), ("PolicyName", "p"), ("PolicyDocument", document.as_str())];
    world.ok("PutUserPolicy", &put).await;
    let read = world.ok("GetUserPolicy", &put[..2]).await;
    assert_eq!(read.text("PolicyDocument"), crate::encoding::url_encoded(&document));
    let message = world
        .fails("PutUserPolicy", &[put[0], put[1], ("PolicyDocument", "{")], "MalformedPolicyDocument")
        .await;
    assert!(!message.is_empty());
    let large = allow(&"a".repeat(2000)).replace("\"a", "\"s3:a");
    let large = [put[0], ("PolicyName", "q"), ("PolicyDocument", large.as_str())];
    let message = world.fails("PutUserPolicy", &large, "LimitExceeded").await;
    assert_eq!(message, "Maximum policy size of 2048 bytes exceeded for user admin");
    assert_eq!(world.ok("ListUserPolicies", &put[..1]).await.texts("member"), ["p"]);
    world.ok("DeleteUserPolicy", &put[..2]).await;
    let message = world.fails("GetUserPolicy", &put[..2], "NoSuchEntity").await;
    assert_eq!(message, "The user policy with name p cannot be found.");
}

#[tokio::test]
async fn authorization_details_come_in_pages() {
    let world = World::new().await;
    for name in ["a", "b", "c"] {
        world.ok("CreateUser", &[("UserName", name)]).await;
        world.ok("CreateGroup", &[("GroupName", name)]).await;
        world.ok("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", TRUST)]).await;
    }
    let (mut users, mut groups, mut roles, mut policies) = (0, 0, 0, 0);
    let mut marker = String::new();
    loop {
        let mut input = vec![("MaxItems", "4")];
        if !marker.is_empty() {
            input.push(("Marker", marker.as_str()));
        }
        let page = world.ok("GetAccountAuthorizationDetails", &input).await;
        users += page.texts("UserId").len();
        groups += page.texts("GroupId").len();
        roles += page.texts("RoleId").len();
        policies += page.texts("PolicyId").len();
        if page.text("IsTruncated") == "false" {
            break;
        }
        marker = page.text("Marker").to_owned();
    }
    assert_eq!((users, groups, roles), (4, 3, 3));
    assert_eq!(policies, crate::aws_managed::AwsManaged::all().len());
}
