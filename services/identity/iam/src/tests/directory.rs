use bastide_door::Directory;

use super::allow;
use super::world::World;
use crate::access_key_id;

#[tokio::test]
async fn permissions_hold_at_once_and_no_longer() {
    let world = World::new().await;
    let alice = world.user("alice").await;
    let list = async |expected: u16, when: &str| {
        let answer = world.call(&alice, "ListUsers", &[]).await;
        assert_eq!(answer.0, expected, "{when}: {}", answer.1);
    };
    list(403, "nothing allows it").await;
    let document = allow("iam:ListUsers");
    let inline = [("UserName", "alice"), ("PolicyName", "p"), ("PolicyDocument", document.as_str())];
    world.ok("PutUserPolicy", &inline).await;
    list(200, "an inline policy allows it").await;
    world.ok("DeleteUserPolicy", &inline[..2]).await;
    list(403, "the policy is gone").await;

    world.ok("CreateGroup", &[("GroupName", "g")]).await;
    let made = world.ok("CreatePolicy", &[("PolicyName", "P"), ("PolicyDocument", &document)]).await;
    let arn = made.text("Arn");
    world.ok("AttachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", arn)]).await;
    list(403, "not in the group").await;
    world.ok("AddUserToGroup", &[("GroupName", "g"), ("UserName", "alice")]).await;
    list(200, "the group's policy allows it").await;
    let denied = document.replace("Allow", "Deny");
    let version = [("PolicyArn", arn), ("PolicyDocument", denied.as_str()), ("SetAsDefault", "true")];
    world.ok("CreatePolicyVersion", &version).await;
    list(403, "the new version denies it").await;
    world.ok("SetDefaultPolicyVersion", &[("PolicyArn", arn), ("VersionId", "v1")]).await;
    list(200, "the old version allows it").await;
    let boundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    let boundary = [("UserName", "alice"), ("PermissionsBoundary", boundary)];
    world.ok("PutUserPermissionsBoundary", &boundary).await;
    list(403, "the boundary does not allow it").await;
    world.ok("DeleteUserPermissionsBoundary", &boundary[..1]).await;
    list(200, "the boundary is gone").await;
    world.ok("RemoveUserFromGroup", &[("GroupName", "g"), ("UserName", "alice")]).await;
    list(403, "out of the group").await;
}

#[tokio::test]
async fn access_keys_work_while_they_are_active() {
    let world = World::new().await;
    let alice = world.user("alice").await;
    assert_eq!(access_key_id::account(&alice.0), Some(world.place.account));
    assert_eq!(alice.1.len(), 40);
    assert!(world.knows(&alice).await);
    let wrong = (alice.0.clone(), "x".repeat(40));
    assert_eq!(world.call(&wrong, "GetUser", &[]).await.text("Code"), "SignatureDoesNotMatch");
    let update = |status| [("UserName", "alice"), ("AccessKeyId", alice.0.as_str()), ("Status", status)];
    world.ok("UpdateAccessKey", &update("Inactive")).await;
    assert!(!world.knows(&alice).await);
    assert_eq!(world.call(&alice, "GetUser", &[]).await.text("Code"), "InvalidClientTokenId");
    world.ok("UpdateAccessKey", &update("Active")).await;
    assert!(world.knows(&alice).await);
    world.ok("CreateAccessKey", &[("UserName", "alice")]).await;
    let message = world.fails("CreateAccessKey", &[("UserName", "alice")], "LimitExceeded").await;
    assert_eq!(message, "Cannot exceed quota for AccessKeysPerUser: 2");
    let listed = world.ok("ListAccessKeys", &[("UserName", "alice")]).await;
    assert!(!listed.1.contains(&alice.1), "the secret is shown once");
    world.ok("DeleteAccessKey", &update("")[..2]).await;
    assert!(!world.knows(&alice).await);
    world.fails("GetAccessKeyLastUsed", &[("AccessKeyId", &alice.0)], "AccessDenied").await;
}

#[tokio::test]
async fn a_renamed_user_keeps_its_keys_under_its_new_name() {
    let world = World::new().await;
    let alice = world.user("alice").await;
    let caller = |keys: (String, String)| {
        let directory = &world.directory;
        async move {
            directory.credential(&keys.0, None, bastide_ids::Timestamp::default()).await.unwrap().unwrap()
        }
    };
    assert!(caller(alice.clone()).await.caller.arn().ends_with("user/alice"));
    world.ok("UpdateUser", &[("UserName", "alice"), ("NewUserName", "bob")]).await;
    assert!(caller(alice.clone()).await.caller.arn().ends_with("user/bob"));
}

#[tokio::test]
async fn own_keys_need_no_name_and_others_need_permission() {
    let world = World::new().await;
    let alice = world.user("alice").await;
    let document = allow("iam:*AccessKey*")
        .replace("\"Resource\":\"*\"", r#""Resource":"arn:aws:iam::111122223333:user/${aws:username}""#);
    let inline = [("UserName", "alice"), ("PolicyName", "p"), ("PolicyDocument", document.as_str())];
    world.ok("PutUserPolicy", &inline).await;
    assert_eq!(world.call(&alice, "ListAccessKeys", &[]).await.text("AccessKeyId"), alice.0);
    let others = world.call(&alice, "ListAccessKeys", &[("UserName", "admin")]).await;
    assert_eq!(others.text("Code"), "AccessDenied");
    let nobody = world.call(&alice, "ListAccessKeys", &[("UserName", "nobody")]).await;
    assert_eq!(nobody.text("Code"), "AccessDenied", "who exists is told to those who may know");
}

#[tokio::test]
async fn uses_are_written_down() {
    let world = World::new().await;
    let key = world.admin.0.clone();
    let last = [("AccessKeyId", key.as_str())];
    world.directory.used(&key, "kms", "eu-central-1", world.door.now());
    world.directory.flush().await.unwrap();
    let used = world.ok("GetAccessKeyLastUsed", &last).await;
    assert_eq!((used.text("ServiceName"), used.text("Region")), ("kms", "eu-central-1"));
    assert_eq!(used.text("UserName"), "admin");
    let fresh = world.user("alice").await;
    let never = world.ok("GetAccessKeyLastUsed", &[("AccessKeyId", &fresh.0)]).await;
    assert_eq!((never.text("ServiceName"), never.text("Region")), ("N/A", "N/A"));
    assert!(!never.1.contains("LastUsedDate"));
}

#[tokio::test]
async fn policies_are_answered_fast() {
    let world = World::new().await;
    let alice = world.user("alice").await;
    for name in ["a", "b"] {
        let document = allow("s3:GetObject");
        let made = world.ok("CreatePolicy", &[("PolicyName", name), ("PolicyDocument", &document)]).await;
        world.ok("AttachUserPolicy", &[("UserName", "alice"), ("PolicyArn", made.text("Arn"))]).await;
    }
    let inline = allow("s3:PutObject");
    world
        .ok("PutUserPolicy", &[("UserName", "alice"), ("PolicyName", "p"), ("PolicyDocument", &inline)])
        .await;
    let credential = world.directory.credential(&alice.0, None, world.door.now()).await.unwrap().unwrap();
    let start = std::time::Instant::now();
    const ROUNDS: u32 = 10_000;
    for _ in 0..ROUNDS {
        let policies = world.directory.policies(&credential.caller).await.unwrap();
        assert_eq!(policies.identity.len(), 3);
    }
    let each = start.elapsed() / ROUNDS;
    println!("policies of a user with three: {each:?}");
    // Without optimisation it takes longer; one that reads or compiles takes longer still.
    assert!(each < std::time::Duration::from_micros(200), "{each:?}");
}
