use serde_json::{Value, json};

use crate::world::{ACCOUNT, World, allow, base64, trust};

#[tokio::test]
async fn a_key_has_a_default_policy_until_it_gets_another() {
    let world = World::new();
    let key = world.key().await;
    let policy = |answer: &Value| serde_json::from_str::<Value>(answer["Policy"].as_str().unwrap()).unwrap();
    let default = world.done(ACCOUNT, "GetKeyPolicy", json!({ "KeyId": key, "PolicyName": "default" })).await;
    assert_eq!(default["PolicyName"], "default");
    assert_eq!(policy(&default)["Statement"][0]["Principal"]["AWS"], format!("arn:aws:iam::{ACCOUNT}:root"));
    let listed = world.done(ACCOUNT, "ListKeyPolicies", json!({ "KeyId": key })).await;
    assert_eq!(listed, json!({ "PolicyNames": ["default"], "Truncated": false }));

    let mut new = policy(&default);
    new["Statement"][0]["Sid"] = json!("mine");
    world.done(ACCOUNT, "PutKeyPolicy", json!({ "KeyId": key, "Policy": new.to_string() })).await;
    let answer = world.done(ACCOUNT, "GetKeyPolicy", json!({ "KeyId": key })).await;
    assert_eq!(answer["Policy"], new.to_string());
    let other = json!({ "KeyId": key, "PolicyName": "other" });
    assert_eq!(world.refused(ACCOUNT, "GetKeyPolicy", other).await, "NotFoundException");
}

#[tokio::test]
async fn bad_policies_are_refused() {
    let world = World::new();
    let key = world.key().await;
    for policy in [
        "{",
        "[]",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}"#,
    ] {
        let input = json!({ "KeyId": key, "Policy": policy });
        assert_eq!(world.refused(ACCOUNT, "PutKeyPolicy", input).await, "MalformedPolicyDocumentException");
        let input = json!({ "Policy": policy });
        assert_eq!(world.refused(ACCOUNT, "CreateKey", input).await, "MalformedPolicyDocumentException");
    }
    let mut large = trust(&format!("arn:aws:iam::{ACCOUNT}:root"), &["kms:*"]);
    large["Id"] = json!("x".repeat(33_000));
    let input = json!({ "KeyId": key, "Policy": large.to_string() });
    assert_eq!(world.refused(ACCOUNT, "PutKeyPolicy", input).await, "LimitExceededException");
}

#[tokio::test]
async fn a_policy_may_not_lock_its_maker_out() {
    let world = World::new();
    world.user(ACCOUNT, "maker", Some(allow(&["kms:CreateKey"])));
    let create = |policy: Value, bypass: bool| {
        let input = json!({ "Policy": policy.to_string(), "BypassPolicyLockoutSafetyCheck": bypass });
        world.call("AKIAmaker", "CreateKey", input)
    };
    let somebody = trust(&format!("arn:aws:iam::{ACCOUNT}:user/somebody"), &["kms:*"]);
    let refused = create(somebody.clone(), false).await.unwrap_err();
    assert_eq!(refused.0, "MalformedPolicyDocumentException");
    assert_eq!(refused.1, "The new key policy will not allow you to update the key policy in the future.");
    create(somebody, true).await.unwrap();
    create(trust(&format!("arn:aws:iam::{ACCOUNT}:user/maker"), &["kms:*"]), false).await.unwrap();
    // It is enough that the account can.
    create(trust(&format!("arn:aws:iam::{ACCOUNT}:root"), &["kms:*"]), false).await.unwrap();
    create(trust(&format!("arn:aws:iam::{ACCOUNT}:user/maker"), &["kms:Encrypt"]), false).await.unwrap_err();
}

#[tokio::test]
async fn the_key_policy_must_trust_the_account_first() {
    let world = World::new();
    world.user(ACCOUNT, "all", Some(allow(&["kms:*"])));
    let named = world.user(ACCOUNT, "named", None);
    let key = world.key_with(&trust(&named, &["kms:Encrypt"])).await;
    let encrypt =
        |who: &'static str| world.call(who, "Encrypt", json!({ "KeyId": key, "Plaintext": base64(b"x") }));
    encrypt("AKIAnamed").await.unwrap();
    for who in ["AKIAall", ACCOUNT] {
        let refused = encrypt(who).await.unwrap_err();
        assert_eq!(refused.0, "AccessDeniedException");
        assert!(
            refused.1.ends_with("because no resource-based policy allows the kms:Encrypt action"),
            "{}",
            refused.1
        );
    }
    let trusting = world.key().await;
    let input = json!({ "KeyId": trusting, "Plaintext": base64(b"x") });
    world.done("AKIAall", "Encrypt", input.clone()).await;
    assert_eq!(world.refused("AKIAnamed", "Encrypt", input).await, "AccessDeniedException");
}

#[tokio::test]
async fn condition_keys_of_a_call() {
    let world = World::new();
    let user = world.user(ACCOUNT, "u", None);
    let conditions = [
        (json!({ "StringEquals": { "kms:EncryptionContext:team": "blue" } }), "Encrypt", true),
        (json!({ "StringEquals": { "kms:EncryptionContext:team": "red" } }), "Encrypt", false),
        (json!({ "ForAnyValue:StringEquals": { "kms:EncryptionContextKeys": "team" } }), "Encrypt", true),
        (json!({ "StringEquals": { "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT" } }), "Encrypt", true),
        (json!({ "StringEquals": { "kms:CallerAccount": ACCOUNT } }), "Encrypt", true),
        (json!({ "StringEquals": { "kms:CallerAccount": "444455556666" } }), "Encrypt", false),
        (
            json!({ "StringEquals": { "kms:KeySpec": "SYMMETRIC_DEFAULT", "kms:KeyUsage": "ENCRYPT_DECRYPT" } }),
            "Encrypt",
            true,
        ),
        (
            json!({ "StringEquals": { "kms:KeyOrigin": "AWS_KMS" }, "Bool": { "kms:MultiRegion": "false" } }),
            "Encrypt",
            true,
        ),
        (json!({ "Null": { "kms:ViaService": "true" } }), "Encrypt", true),
        (json!({ "StringEquals": { "kms:RequestAlias": "alias/a" } }), "Encrypt", false),
        (json!({ "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/a" } }), "Encrypt", true),
        (
            json!({ "NumericLessThan": { "kms:ScheduleKeyDeletionPendingWindowInDays": "10" } }),
            "ScheduleKeyDeletion",
            false,
        ),
        (
            json!({ "NumericGreaterThan": { "kms:ScheduleKeyDeletionPendingWindowInDays": "10" } }),
            "ScheduleKeyDeletion",
            true,
        ),
        (json!({ "Bool": { "kms:BypassPolicyLockoutSafetyCheck": "true" } }), "PutKeyPolicy", true),
        (json!({ "Bool": { "kms:GrantIsForAWSResource": "true" } }), "CreateGrant", false),
        (
            json!({ "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt", "Encrypt"] } }),
            "CreateGrant",
            true,
        ),
        (
            json!({ "ForAllValues:StringEquals": { "kms:GrantOperations": ["Encrypt"] } }),
            "CreateGrant",
            false,
        ),
        (
            json!({ "StringEquals": { "kms:GranteePrincipal": format!("arn:aws:iam::{ACCOUNT}:user/g") } }),
            "CreateGrant",
            true,
        ),
        (
            json!({ "StringEquals": { "kms:GrantConstraintType": "EncryptionContextSubset" } }),
            "CreateGrant",
            true,
        ),
        (json!({ "StringEquals": { "kms:EncryptionContext:team": "blue" } }), "CreateGrant", true),
        (json!({ "Null": { "kms:RetiringPrincipal": "true" } }), "CreateGrant", true),
    ];
    for (n, (condition, operation, allowed)) in conditions.into_iter().enumerate() {
        let mut policy = trust(&user, &[&format!("kms:{operation}")]);
        policy["Statement"][0]["Condition"] = condition.clone();
        let root = trust(&format!("arn:aws:iam::{ACCOUNT}:root"), &["kms:CreateAlias"]);
        policy["Statement"].as_array_mut().unwrap().push(root["Statement"][0].clone());
        let key = world.key_with(&policy).await;
        if condition.to_string().contains("ResourceAliases") {
            world.done(ACCOUNT, "CreateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": key })).await;
        }
        let input = match operation {
            "Encrypt" => json!({ "Plaintext": base64(b"x"), "EncryptionContext": { "team": "blue" } }),
            "PutKeyPolicy" => json!({ "Policy": policy.to_string(), "BypassPolicyLockoutSafetyCheck": true }),
            "CreateGrant" => json!({
                "GranteePrincipal": format!("arn:aws:iam::{ACCOUNT}:user/g"), "Operations": ["Decrypt"],
                "Constraints": { "EncryptionContextSubset": { "team": "blue" } },
            }),
            _ => json!({ "PendingWindowInDays": 20 }),
        };
        let mut input = input;
        input["KeyId"] = json!(key);
        let came = world.call("AKIAu", operation, input).await;
        assert_eq!(came.is_ok(), allowed, "{n}: {condition}: {came:?}");
    }
}

#[tokio::test]
async fn condition_keys_of_names_and_of_new_keys() {
    let world = World::new();
    let key = world.key().await;
    world.done(ACCOUNT, "CreateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": key })).await;
    let mut policy = allow(&["kms:DescribeKey", "kms:CreateKey"]);
    policy["Statement"][0]["Condition"] = json!({ "StringEqualsIfExists": { "kms:RequestAlias": "alias/a" }, "StringEquals": { "kms:KeySpec": "SYMMETRIC_DEFAULT" } });
    policy["Statement"].as_array_mut().unwrap().push(json!({
        "Effect": "Deny", "Action": "kms:DescribeKey", "Resource": "*",
        "Condition": { "Null": { "kms:RequestAlias": "true" } },
    }));
    world.user(ACCOUNT, "u", Some(policy));
    world.done("AKIAu", "DescribeKey", json!({ "KeyId": "alias/a" })).await;
    assert_eq!(world.refused("AKIAu", "DescribeKey", json!({ "KeyId": key })).await, "AccessDeniedException");
    world.done("AKIAu", "CreateKey", json!({})).await;
    let other = json!({ "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC" });
    assert_eq!(world.refused("AKIAu", "CreateKey", other).await, "AccessDeniedException");
}

#[tokio::test]
async fn nobody_is_told_anything_without_permission() {
    let world = World::new();
    world.user(ACCOUNT, "nobody", None);
    let key = world.key().await;
    let missing = "1234abcd-12ab-34cd-56ef-1234567890ab";
    for name in [key.as_str(), missing, "fake", "alias/none", "arn:aws:kms:us-west-2:111122223333:key/x"] {
        for operation in ["DescribeKey", "EnableKey", "ListGrants"] {
            let input = json!({ "KeyId": name });
            assert_eq!(
                world.refused("AKIAnobody", operation, input).await,
                "AccessDeniedException",
                "{operation} {name}"
            );
        }
    }
    for (operation, input) in [
        ("ListKeys", json!({})),
        ("ListAliases", json!({})),
        ("CreateKey", json!({})),
        ("GenerateRandom", json!({ "NumberOfBytes": 1 })),
        ("Decrypt", json!({ "CiphertextBlob": base64(b"nonsense") })),
        ("DeleteAlias", json!({ "AliasName": "alias/none" })),
        ("RetireGrant", json!({ "GrantToken": "nonsense" })),
    ] {
        assert_eq!(
            world.refused("AKIAnobody", operation, input).await,
            "AccessDeniedException",
            "{operation}"
        );
    }
}
