use super::allow;
use super::world::World;

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

#[tokio::test]
async fn a_user_is_simulated_with_its_groups_and_boundary() {
    let world = World::new().await;
    world.user("alice").await;
    world.ok("CreateGroup", &[("GroupName", "g")]).await;
    world.ok("AddUserToGroup", &[("GroupName", "g"), ("UserName", "alice")]).await;
    let document = allow("s3:GetObject");
    world
        .ok("PutGroupPolicy", &[("GroupName", "g"), ("PolicyName", "p"), ("PolicyDocument", &document)])
        .await;
    let ask = [
        ("PolicySourceArn", ALICE),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "s3:PutObject"),
        ("ResourceArns.member.1", "arn:aws:s3:::b/k"),
    ];
    let answer = world.ok("SimulatePrincipalPolicy", &ask).await;
    assert_eq!(answer.texts("EvalDecision"), ["allowed", "implicitDeny"]);
    assert_eq!(answer.text("SourcePolicyId"), "group_g_p");
    assert_eq!(answer.text("SourcePolicyType"), "group");
    assert_eq!(answer.texts("EvalResourceDecision"), ["allowed", "implicitDeny"]);
    let boundary = "arn:aws:iam::aws:policy/AWSDenyAll";
    world.ok("PutUserPermissionsBoundary", &[("UserName", "alice"), ("PermissionsBoundary", boundary)]).await;
    let answer = world.ok("SimulatePrincipalPolicy", &ask).await;
    assert_eq!(answer.texts("EvalDecision"), ["explicitDeny", "explicitDeny"]);
    assert_eq!(answer.text("AllowedByPermissionsBoundary"), "false");
    world
        .fails(
            "SimulatePrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::111122223333:user/x"), ask[1]],
            "NoSuchEntity",
        )
        .await;
    world.fails("SimulatePrincipalPolicy", &[ask[0], ("ActionNames.member.1", "s3:*")], "InvalidInput").await;
}

#[tokio::test]
async fn documents_are_simulated_alone() {
    let world = World::new().await;
    let policy = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*",
     "Condition": {"StringEquals": {"aws:username": "bob"}}}
  ]
}"#;
    let ask = [
        ("PolicyInputList.member.1", policy),
        ("ActionNames.member.1", "s3:DeleteObject"),
        ("MaxItems", "1"),
        ("ActionNames.member.2", "kms:Encrypt"),
    ];
    let answer = world.ok("SimulateCustomPolicy", &ask).await;
    assert_eq!(answer.texts("EvalDecision"), ["allowed"]);
    assert!(answer.1.contains("<MissingContextValues><member>aws:username</member></MissingContextValues>"));
    assert_eq!(answer.text("SourcePolicyId"), "PolicyInputList.1");
    // A statement starts behind what opens it, as IAM counts.
    assert_eq!(answer.texts("Line"), ["3", "4"]);
    let marker = answer.text("Marker");
    let next = world.ok("SimulateCustomPolicy", &[ask[0], ask[1], ask[2], ask[3], ("Marker", marker)]).await;
    assert_eq!((next.text("EvalActionName"), next.text("EvalDecision")), ("kms:Encrypt", "implicitDeny"));
    let bob = [
        ask[0],
        ask[1],
        ("ContextEntries.member.1.ContextKeyName", "aws:username"),
        ("ContextEntries.member.1.ContextKeyValues.member.1", "bob"),
        ("ContextEntries.member.1.ContextKeyType", "string"),
    ];
    assert_eq!(world.ok("SimulateCustomPolicy", &bob).await.text("EvalDecision"), "explicitDeny");
    let caller = [ask[0], ask[1], ("CallerArn", "arn:aws:iam::111122223333:user/bob")];
    assert_eq!(world.ok("SimulateCustomPolicy", &caller).await.text("EvalDecision"), "explicitDeny");
    let keys = world.ok("GetContextKeysForCustomPolicy", &[ask[0]]).await;
    assert_eq!(keys.texts("member"), ["aws:username"]);
    world.fails("SimulateCustomPolicy", &[("PolicyInputList.member.1", "{}"), ask[1]], "InvalidInput").await;
}
