use serde_json::json;

use crate::world::{ACCOUNT, OTHER, World, allow, arn, base64, trust};

#[tokio::test]
async fn another_accounts_key_is_used_when_both_accounts_agree() {
    let world = World::new();
    let key = world
        .key_with(&trust(&format!("arn:aws:iam::{OTHER}:root"), &["kms:Encrypt", "kms:DescribeKey"]))
        .await;
    world.user(OTHER, "allowed", Some(allow(&["kms:*"])));
    world.user(OTHER, "nobody", None);
    let input = json!({ "KeyId": arn(&key), "Plaintext": base64(b"x") });
    let sealed = world.done("AKIAallowed", "Encrypt", input.clone()).await;
    assert_eq!(sealed["KeyId"], arn(&key));
    world.done(OTHER, "DescribeKey", json!({ "KeyId": arn(&key) })).await;
    assert_eq!(world.refused("AKIAnobody", "Encrypt", input).await, "AccessDeniedException");
    let decrypt = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
    assert_eq!(world.refused("AKIAallowed", "Decrypt", decrypt).await, "AccessDeniedException");
    // By its id alone it is looked for in the caller's account.
    assert_eq!(
        world.refused("AKIAallowed", "DescribeKey", json!({ "KeyId": key })).await,
        "NotFoundException"
    );
}

#[tokio::test]
async fn nobody_learns_which_keys_another_account_has() {
    let world = World::new();
    let key = world.key().await;
    let missing = "1234abcd-12ab-34cd-56ef-1234567890ab";
    world.user(OTHER, "nobody", None);
    for who in [OTHER, "AKIAnobody"] {
        let told = |name: String| {
            let world = &world;
            async move { world.call(who, "DescribeKey", json!({ "KeyId": name })).await.unwrap_err() }
        };
        let (present, absent) = (told(arn(&key)).await, told(arn(missing)).await);
        assert_eq!(present.0, "AccessDeniedException");
        assert_eq!(present.1.replace(&key, ""), absent.1.replace(missing, ""));
        let alias = format!("arn:aws:kms:us-east-1:{ACCOUNT}:alias/none");
        assert_eq!(told(alias).await.0, "AccessDeniedException");
    }
}

#[tokio::test]
async fn managing_a_key_is_for_its_account() {
    let world = World::new();
    let key = world.key_with(&trust(&format!("arn:aws:iam::{OTHER}:root"), &["kms:*"])).await;
    for (operation, input) in [
        ("EnableKey", json!({ "KeyId": arn(&key) })),
        ("ScheduleKeyDeletion", json!({ "KeyId": arn(&key) })),
        ("GetKeyPolicy", json!({ "KeyId": arn(&key) })),
        ("ListResourceTags", json!({ "KeyId": arn(&key) })),
        ("CreateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": arn(&key) })),
    ] {
        assert_eq!(world.refused(OTHER, operation, input).await, "AccessDeniedException", "{operation}");
    }
    assert_eq!(world.refused(OTHER, "ListAliases", json!({ "KeyId": arn(&key) })).await, "NotFoundException");
    // Grants are managed from there too.
    let user = format!("arn:aws:iam::{OTHER}:user/u");
    let grant = json!({ "KeyId": arn(&key), "GranteePrincipal": user, "Operations": ["Decrypt"] });
    let made = world.done(OTHER, "CreateGrant", grant).await;
    let listed = world.done(OTHER, "ListGrants", json!({ "KeyId": arn(&key) })).await;
    assert_eq!(listed["Grants"][0]["IssuingAccount"], format!("arn:aws:iam::{OTHER}:root"));
    world.done(OTHER, "RetireGrant", json!({ "GrantToken": made["GrantToken"] })).await;
}
