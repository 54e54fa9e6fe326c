use serde_json::{Value, json};

use crate::world::{ACCOUNT, World, allow, base64, side_by_side};

const ALIAS: &str = "alias/aws/secretsmanager";

#[tokio::test]
async fn a_service_makes_its_key_when_it_is_first_used() {
    let world = World::new();
    world.user(ACCOUNT, "u", None);
    let made = world
        .through("AKIAu", "GenerateDataKey", json!({ "KeyId": ALIAS, "KeySpec": "AES_256" }))
        .await
        .unwrap();
    let again = world
        .through("AKIAu", "GenerateDataKey", json!({ "KeyId": ALIAS, "KeySpec": "AES_256" }))
        .await
        .unwrap();
    assert_eq!(made["KeyId"], again["KeyId"]);
    let opened =
        world.through("AKIAu", "Decrypt", json!({ "CiphertextBlob": made["CiphertextBlob"] })).await.unwrap();
    assert_eq!(opened["Plaintext"], made["Plaintext"]);

    let described = world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": ALIAS })).await;
    assert_eq!(
        (&described["KeyMetadata"]["Arn"], &described["KeyMetadata"]["KeyManager"]),
        (&made["KeyId"], &json!("AWS"))
    );
    let listed = world.done(ACCOUNT, "ListAliases", json!({})).await;
    assert_eq!(listed["Aliases"][0]["AliasName"], ALIAS);
    assert_eq!(listed["Aliases"][0]["TargetKeyId"], described["KeyMetadata"]["KeyId"]);
}

#[tokio::test]
async fn it_is_for_that_service_alone() {
    let world = World::new();
    world.user(ACCOUNT, "u", Some(allow(&["kms:*"])));
    let made = world
        .through("AKIAu", "GenerateDataKey", json!({ "KeyId": ALIAS, "KeySpec": "AES_256" }))
        .await
        .unwrap();
    for who in [ACCOUNT, "AKIAu"] {
        for (operation, input) in [
            ("Decrypt", json!({ "CiphertextBlob": made["CiphertextBlob"] })),
            ("Encrypt", json!({ "KeyId": ALIAS, "Plaintext": base64(b"x") })),
            ("DisableKey", json!({ "KeyId": made["KeyId"] })),
            ("ScheduleKeyDeletion", json!({ "KeyId": made["KeyId"] })),
            ("PutKeyPolicy", json!({ "KeyId": made["KeyId"], "Policy": "{}" })),
            ("UpdateKeyDescription", json!({ "KeyId": made["KeyId"], "Description": "x" })),
            ("TagResource", json!({ "KeyId": made["KeyId"], "Tags": [] })),
            ("CreateAlias", json!({ "AliasName": "alias/mine", "TargetKeyId": made["KeyId"] })),
        ] {
            let refused = world.call(who, operation, input).await.unwrap_err();
            assert_eq!(refused.0, "AccessDeniedException", "{operation}");
            assert!(refused.1.contains("because no resource-based policy allows"), "{}", refused.1);
        }
        let alias = json!({ "AliasName": ALIAS });
        assert_eq!(world.refused(who, "DeleteAlias", alias).await, "NotAuthorizedException");
        world.done(who, "GetKeyPolicy", json!({ "KeyId": made["KeyId"] })).await;
    }
    // Another account has a key of its own.
    let decrypt = json!({ "CiphertextBlob": made["CiphertextBlob"] });
    world.user("444455556666", "v", Some(allow(&["kms:*"])));
    assert!(world.through("AKIAv", "Decrypt", decrypt).await.is_err());
    let other = world
        .through("AKIAv", "GenerateDataKey", json!({ "KeyId": ALIAS, "KeySpec": "AES_256" }))
        .await
        .unwrap();
    assert_ne!(other["KeyId"], made["KeyId"]);
    // Through one service nobody uses the key of another.
    let foreign = json!({ "KeyId": "alias/aws/s3", "KeySpec": "AES_256" });
    assert_eq!(world.through("AKIAu", "GenerateDataKey", foreign).await.unwrap_err().0, "NotFoundException");
}

#[tokio::test]
async fn describing_a_predefined_alias_makes_its_key() {
    let world = World::new();
    assert_eq!(world.done(ACCOUNT, "ListKeys", json!({})).await["Keys"], json!([]));
    let made = world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": "alias/aws/s3" })).await;
    assert_eq!(world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": "alias/aws/s3" })).await, made);
    assert_eq!(
        world.refused(ACCOUNT, "DescribeKey", json!({ "KeyId": "alias/aws/none" })).await,
        "NotFoundException"
    );
    let encrypt = json!({ "KeyId": "alias/aws/ebs", "Plaintext": base64(b"x") });
    assert_eq!(world.refused(ACCOUNT, "Encrypt", encrypt).await, "NotFoundException");
    world.user(ACCOUNT, "nobody", None);
    assert_eq!(
        world.refused("AKIAnobody", "DescribeKey", json!({ "KeyId": "alias/aws/ebs" })).await,
        "AccessDeniedException"
    );
}

#[tokio::test]
async fn grants_for_services_are_told_from_others() {
    let world = World::new();
    let user = world.user(ACCOUNT, "u", None);
    let mut policy = crate::world::trust(&user, &["kms:CreateGrant"]);
    policy["Statement"][0]["Condition"] = json!({ "Bool": { "kms:GrantIsForAWSResource": "true" } });
    let key = world.key_with(&policy).await;
    let input = json!({ "KeyId": key, "GranteePrincipal": "secretsmanager.amazonaws.com", "Operations": ["Decrypt"] });
    world.through("AKIAu", "CreateGrant", input.clone()).await.unwrap();
    assert_eq!(world.refused("AKIAu", "CreateGrant", input).await, "AccessDeniedException");
}

#[tokio::test]
async fn keys_that_a_service_owns_are_seen_by_nobody_else() {
    let world = World::new();
    world.through(ACCOUNT, "OwnEncrypt", json!({})).await.unwrap();
    assert_eq!(world.done(ACCOUNT, "ListKeys", json!({})).await["Keys"], json!([]));
    assert_eq!(world.done(ACCOUNT, "ListAliases", json!({})).await["Aliases"], json!([]));
    let key = owned_key(&world).await;
    for name in ["alias/aws/owned/secretsmanager", &key] {
        assert_eq!(
            world.refused(ACCOUNT, "DescribeKey", json!({ "KeyId": name })).await,
            "NotFoundException"
        );
    }
}

/// The key's ARN, which the service wrote into the record.
async fn owned_key(world: &World) -> String {
    let events = world.door.trunks().events.read(bastide_events::Position::START, 100).await.unwrap();
    let bodies = events.iter().map(|(_, event)| serde_json::from_slice::<Value>(&event.body).unwrap());
    let keys: Vec<_> =
        bodies.filter_map(|body| body["additionalEventData"]["key"].as_str().map(str::to_owned)).collect();
    keys.first().unwrap().clone()
}

#[tokio::test]
async fn of_first_uses_at_once_one_makes_the_key() {
    let world = World::new();
    let input = json!({ "KeyId": ALIAS, "KeySpec": "AES_256" });
    let made = side_by_side(8, |_| world.through(ACCOUNT, "GenerateDataKey", input.clone())).await;
    let keys: std::collections::BTreeSet<_> =
        made.iter().map(|made| made.as_ref().unwrap()["KeyId"].to_string()).collect();
    assert_eq!(keys.len(), 1, "{keys:?}");
    for made in made {
        let decrypt = json!({ "CiphertextBlob": made.unwrap()["CiphertextBlob"] });
        world.through(ACCOUNT, "Decrypt", decrypt).await.unwrap();
    }
}
