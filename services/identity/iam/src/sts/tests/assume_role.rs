use bastide_door::Mode;

use super::world::{HERE, Keys, THERE, World, allow, trust};

const ASSUME: &str = r#""sts:AssumeRole""#;

fn account(account: &str) -> String {
    format!(r#"{{"AWS":"arn:aws:iam::{account}:root"}}"#)
}

fn may_assume() -> String {
    allow(ASSUME, r#","Resource":"*""#)
}

async fn allow_all(world: &World, keys: &Keys, role: &str) {
    let everything = allow(r#""*""#, r#","Resource":"*""#);
    let input = [("RoleName", role), ("PolicyName", "all"), ("PolicyDocument", everything.as_str())];
    world.iam(keys, "PutRolePolicy", &input).await.ok();
}

#[tokio::test]
async fn a_session_is_its_role_until_it_expires() {
    let world = World::new().await;
    let role = world.role(&world.admin, "r", &trust(&account(HERE), ASSUME, "")).await;
    let user = world.user("u", &may_assume()).await;
    let answer = world.assume(&user, &role, &[("DurationSeconds", "900")]).await.ok();
    assert_eq!(answer.text("Arn"), format!("arn:aws:sts::{HERE}:assumed-role/r/session"));
    assert!(
        answer.text("AssumedRoleId").starts_with("AROA")
            && answer.text("AssumedRoleId").ends_with(":session")
    );
    assert_eq!(answer.text("Expiration"), "2026-11-21T09:45:00Z");
    let session = answer.keys();
    assert!(session.id.starts_with("ASIA"));
    let who = world.sts(&session, "GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.text("Arn"), format!("arn:aws:sts::{HERE}:assumed-role/r/session"));
    assert_eq!(who.text("UserId"), answer.text("AssumedRoleId"));

    world.iam(&session, "ListUsers", &[]).await.refused("AccessDenied");
    allow_all(&world, &world.admin, "r").await;
    world.iam(&session, "ListUsers", &[]).await.ok();
    let forged = Keys { token: world.assume(&user, &role, &[]).await.ok().keys().token, ..session.clone() };
    world.sts(&forged, "GetCallerIdentity", &[]).await.refused("InvalidClientTokenId");
    let without = Keys { token: None, ..session.clone() };
    world.sts(&without, "GetCallerIdentity", &[]).await.refused("InvalidClientTokenId");
    world.advance(901);
    world.sts(&session, "GetCallerIdentity", &[]).await.refused("ExpiredToken");
}

#[tokio::test]
async fn trust_and_permission_are_both_asked() {
    let world = World::new().await;
    let nobody = world.user("nobody", &allow(r#""iam:*""#, r#","Resource":"*""#)).await;
    let user = world.user("u", &may_assume()).await;
    let here = world.role(&world.admin, "here", &trust(&account(HERE), ASSUME, "")).await;
    let named = trust(&format!(r#"{{"AWS":"arn:aws:iam::{HERE}:user/nobody"}}"#), ASSUME, "");
    let named = world.role(&world.admin, "named", &named).await;
    let there = world.role(&world.stranger, "there", &trust(&account(HERE), ASSUME, "")).await;
    let closed = world.role(&world.stranger, "closed", &trust(&account(THERE), ASSUME, "")).await;

    world.assume(&user, &here, &[]).await.ok();
    world.assume(&nobody, &here, &[]).await.refused("AccessDenied");
    world.assume(&nobody, &named, &[]).await.ok();
    world.assume(&user, &named, &[]).await.refused("AccessDenied");
    // Across accounts both sides must allow.
    let session = world.assume(&user, &there, &[]).await.ok().keys();
    assert_eq!(world.sts(&session, "GetCallerIdentity", &[]).await.ok().text("Account"), THERE);
    world.assume(&nobody, &there, &[]).await.refused("AccessDenied");
    let refused = world.assume(&user, &closed, &[]).await.refused("AccessDenied");
    // Nobody learns whether a role exists.
    let missing = closed.replace("closed", "missing");
    let other = world.assume(&user, &missing, &[]).await.refused("AccessDenied");
    assert_eq!(refused.replace("closed", "missing"), other);
    world.assume(&user, "arn:aws:iam::111122223333:user/u", &[]).await.refused("ValidationError");
}

#[tokio::test]
async fn root_assumes_no_role_but_strangers_in_dev_mode_do() {
    let world = World::new().await;
    let role = world.role(&world.admin, "r", &trust(&account(HERE), ASSUME, "")).await;
    let root = world.root_key().await;
    let message = world.assume(&root, &role, &[]).await.refused("AccessDenied");
    assert_eq!(message, "Roles may not be assumed by root accounts.");

    let world = World::in_mode(Mode::Dev).await;
    let role = world.role(&world.admin, "r", &trust(&account(HERE), ASSUME, "")).await;
    let stranger = Keys { id: "test".into(), secret: "test".into(), token: None };
    let session = world.assume(&stranger, &role, &[]).await.ok().keys();
    world.sts(&session, "GetCallerIdentity", &[]).await.ok();
    world.advance(3601);
    world.sts(&session, "GetCallerIdentity", &[]).await.refused("ExpiredToken");
}

#[tokio::test]
async fn services_assume_the_roles_that_trust_them() {
    let world = World::new().await;
    let theirs =
        world.role(&world.admin, "theirs", &trust(r#"{"Service":"relay.amazonaws.com"}"#, ASSUME, "")).await;
    let other =
        world.role(&world.admin, "other", &trust(r#"{"Service":"ec2.amazonaws.com"}"#, ASSUME, "")).await;
    let relay =
        async |role: &str| world.call(&world.admin, "relay", "1", "Relay", &[("RoleArn", role)]).await;
    relay(&theirs).await.ok();
    relay(&other).await.refused("AccessDenied");
}

#[tokio::test]
async fn conditions_of_a_trust_policy_hold() {
    let world = World::new().await;
    let user = world.user("u", &may_assume()).await;
    let condition = r#","Condition":{"StringEquals":{"sts:ExternalId":"secret"},"StringLike":{"sts:RoleSessionName":"s*"}}"#;
    let role = world.role(&world.admin, "r", &trust(&account(HERE), ASSUME, condition)).await;
    world.assume(&user, &role, &[]).await.refused("AccessDenied");
    world.assume(&user, &role, &[("ExternalId", "other")]).await.refused("AccessDenied");
    world.assume(&user, &role, &[("ExternalId", "secret")]).await.ok();
    let input = [("RoleArn", role.as_str()), ("RoleSessionName", "other"), ("ExternalId", "secret")];
    world.sts(&user, "AssumeRole", &input).await.refused("AccessDenied");
}

#[tokio::test]
async fn session_policies_only_take_away() {
    let world = World::new().await;
    let role = world.role(&world.admin, "r", &trust(&account(HERE), ASSUME, "")).await;
    allow_all(&world, &world.admin, "r").await;
    let only_users = allow(r#""iam:ListUsers""#, r#","Resource":"*""#);
    let answer = world.assume(&world.admin, &role, &[("Policy", &only_users)]).await.ok();
    assert!(answer.text("PackedPolicySize").parse::<u32>().unwrap() > 0);
    let session = answer.keys();
    world.iam(&session, "ListUsers", &[]).await.ok();
    let message = world.iam(&session, "ListRoles", &[]).await.refused("AccessDenied");
    assert!(message.ends_with("because no session policy allows the iam:ListRoles action"), "{message}");

    let managed = [("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess")];
    let session = world.assume(&world.admin, &role, &managed).await.ok().keys();
    world.iam(&session, "ListRoles", &[]).await.ok();
    world.iam(&session, "CreateUser", &[("UserName", "x")]).await.refused("AccessDenied");
    let missing = [("PolicyArns.member.1.arn", "arn:aws:iam::111122223333:policy/Nothing")];
    world.assume(&world.admin, &role, &missing).await.refused("ValidationError");
    world.assume(&world.admin, &role, &[("Policy", "{")]).await.refused("MalformedPolicyDocument");
    let long = format!("{only_users}{}", " ".repeat(2048));
    world.assume(&world.admin, &role, &[("Policy", &long)]).await.refused("PackedPolicyTooLarge");
    let many: Vec<(String, &str)> =
        (1..=11).map(|at| (format!("PolicyArns.member.{at}.arn"), managed[0].1)).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, arn)| (name.as_str(), *arn)).collect();
    world.assume(&world.admin, &role, &many).await.refused("ValidationError");
}

#[tokio::test]
async fn tags_and_source_identity_go_along_a_chain() {
    let world = World::new().await;
    let all = r#"["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#;
    let first = world.role(&world.admin, "first", &trust(&account(HERE), all, "")).await;
    allow_all(&world, &world.admin, "first").await;
    let tagged = r#","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}"#;
    let second = world.role(&world.admin, "second", &trust(&account(HERE), all, tagged)).await;
    let plain = world.role(&world.admin, "plain", &trust(&account(HERE), ASSUME, "")).await;

    let red = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
        ("TransitiveTagKeys.member.1", "team"),
        ("SourceIdentity", "alice"),
    ];
    world.assume(&world.admin, &plain, &red[..2]).await.refused("AccessDenied");
    world.assume(&world.admin, &plain, &red[3..]).await.refused("AccessDenied");
    world.assume(&world.admin, &second, &[]).await.refused("AccessDenied");
    let answer = world.assume(&world.admin, &first, &red).await.ok();
    assert_eq!(answer.text("SourceIdentity"), "alice");
    let session = answer.keys();
    // What is handed on needs the same permissions of the next role.
    world.assume(&session, &plain, &[]).await.refused("AccessDenied");
    let answer = world.assume(&session, &second, &[]).await.ok();
    assert_eq!(answer.text("SourceIdentity"), "alice");
    world.assume(&session, &second, &[("SourceIdentity", "bob")]).await.refused("AccessDenied");
    let blue = [("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "blue")];
    world.assume(&session, &second, &blue).await.refused("InvalidParameterValue");
    let long =
        world.assume(&session, &second, &[("DurationSeconds", "3601")]).await.refused("ValidationError");
    assert!(long.contains("role chaining"), "{long}");
    let long =
        world.assume(&world.admin, &first, &[("DurationSeconds", "3601")]).await.refused("ValidationError");
    assert!(long.contains("MaxSessionDuration"), "{long}");
}

#[tokio::test]
async fn who_takes_a_trusted_name_is_not_trusted() {
    let world = World::new().await;
    let harmless = allow(r#""s3:GetObject""#, r#","Resource":"*""#);
    let alice = world.user("alice", &harmless).await;
    let named = trust(&format!(r#"{{"AWS":"arn:aws:iam::{HERE}:user/alice"}}"#), ASSUME, "");
    let role = world.role(&world.admin, "r", &named).await;
    world.assume(&alice, &role, &[]).await.ok();
    let rename = [("UserName", "alice"), ("NewUserName", "carol")];
    world.iam(&world.admin, "UpdateUser", &rename).await.ok();
    world.assume(&alice, &role, &[]).await.ok();
    let other = world.user("alice", &harmless).await;
    world.assume(&other, &role, &[]).await.refused("AccessDenied");
}
