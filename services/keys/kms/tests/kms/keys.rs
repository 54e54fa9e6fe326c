use serde_json::{Value, json};

use crate::world::{ACCOUNT, World, arn};

#[tokio::test]
async fn a_new_key_is_described_as_it_was_answered() {
    let world = World::new();
    let made = world.done(ACCOUNT, "CreateKey", json!({ "Description": "for orders" })).await;
    let metadata = &made["KeyMetadata"];
    let id = metadata["KeyId"].as_str().unwrap();
    assert_eq!(metadata["Arn"], arn(id));
    for (member, value) in [
        ("AWSAccountId", json!(ACCOUNT)),
        ("Description", json!("for orders")),
        ("Enabled", json!(true)),
        ("KeyState", json!("Enabled")),
        ("KeyManager", json!("CUSTOMER")),
        ("KeySpec", json!("SYMMETRIC_DEFAULT")),
        ("CustomerMasterKeySpec", json!("SYMMETRIC_DEFAULT")),
        ("KeyUsage", json!("ENCRYPT_DECRYPT")),
        ("Origin", json!("AWS_KMS")),
        ("MultiRegion", json!(false)),
        ("EncryptionAlgorithms", json!(["SYMMETRIC_DEFAULT"])),
    ] {
        assert_eq!(metadata[member], value, "{member}");
    }
    for name in [id.to_owned(), arn(id)] {
        assert_eq!(world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": name })).await, made);
    }
}

#[tokio::test]
async fn other_kinds_of_keys_are_refused_clearly() {
    let world = World::new();
    let refused = |input: Value| {
        let world = &world;
        async move { world.refused(ACCOUNT, "CreateKey", input).await }
    };
    let unsupported = "UnsupportedOperationException";
    assert_eq!(refused(json!({ "KeySpec": "SM2", "KeyUsage": "SIGN_VERIFY" })).await, unsupported);
    assert_eq!(
        refused(json!({ "CustomerMasterKeySpec": "SM2", "KeyUsage": "KEY_AGREEMENT" })).await,
        unsupported
    );
    assert_eq!(refused(json!({ "CustomKeyStoreId": "cks-1" })).await, "ValidationException");
    assert_eq!(refused(json!({ "KeySpec": "RSA_2048" })).await, "ValidationException");
    assert_eq!(refused(json!({ "KeyUsage": "SIGN_VERIFY" })).await, "ValidationException");
    assert_eq!(
        refused(json!({ "KeySpec": "SYMMETRIC_DEFAULT", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT" }))
            .await,
        "ValidationException"
    );
    assert_eq!(world.done(ACCOUNT, "ListKeys", json!({})).await["Keys"], json!([]));
}

#[tokio::test]
async fn names_that_lead_nowhere() {
    let world = World::new();
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let told = |name: String| {
        let world = &world;
        async move { world.call(ACCOUNT, "DescribeKey", json!({ "KeyId": name })).await.unwrap_err() }
    };
    let not_found = |message: String| ("NotFoundException".to_owned(), message);
    let missing = format!("Key '{}' does not exist", arn(id));
    assert_eq!(told(id.to_owned()).await, not_found(missing.clone()));
    assert_eq!(told(arn(id)).await, not_found(missing));
    assert_eq!(told("fake".to_owned()).await, not_found("Invalid keyId 'fake'".to_owned()));
    let alias = format!("arn:aws:kms:us-east-1:{ACCOUNT}:alias/x");
    assert_eq!(told("alias/x".to_owned()).await, not_found(format!("Alias {alias} is not found.")));
    assert_eq!(told(alias.clone()).await, not_found(format!("Alias {alias} is not found.")));
    let elsewhere = format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/{id}");
    assert_eq!(told(elsewhere).await, not_found("Invalid arn eu-west-1".to_owned()));
    assert_eq!(told("arn:aws:s3:::bucket".to_owned()).await.0, "InvalidArnException");
}

#[tokio::test]
async fn lists_come_in_pages() {
    let world = World::new();
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(world.key().await);
    }
    made.sort();
    let mut listed = Vec::new();
    let mut marker = Value::Null;
    loop {
        let mut input = json!({ "Limit": 2 });
        if !marker.is_null() {
            input["Marker"] = marker;
        }
        let page = world.done(ACCOUNT, "ListKeys", input).await;
        for key in page["Keys"].as_array().unwrap() {
            assert_eq!(key["KeyArn"], arn(key["KeyId"].as_str().unwrap()));
            listed.push(key["KeyId"].as_str().unwrap().to_owned());
        }
        marker = page["NextMarker"].clone();
        assert_eq!(page["Truncated"], json!(!marker.is_null()));
        if marker.is_null() {
            break;
        }
    }
    assert_eq!(listed, made);
    assert_eq!(
        world.refused(ACCOUNT, "ListKeys", json!({ "Marker": "nonsense" })).await,
        "InvalidMarkerException"
    );
    assert_eq!(world.done("444455556666", "ListKeys", json!({})).await["Keys"], json!([]));
}

#[tokio::test]
async fn keys_change_and_leave_versions() {
    let world = World::new();
    let key = world.key().await;
    world.done(ACCOUNT, "DisableKey", json!({ "KeyId": key })).await;
    let metadata = world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": key })).await;
    assert_eq!(
        (&metadata["KeyMetadata"]["Enabled"], &metadata["KeyMetadata"]["KeyState"]),
        (&json!(false), &json!("Disabled"))
    );
    world.done(ACCOUNT, "EnableKey", json!({ "KeyId": arn(&key) })).await;
    world.done(ACCOUNT, "UpdateKeyDescription", json!({ "KeyId": key, "Description": "new" })).await;
    let metadata = world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": key })).await;
    assert_eq!(
        (&metadata["KeyMetadata"]["Enabled"], &metadata["KeyMetadata"]["Description"]),
        (&json!(true), &json!("new"))
    );

    let place = bastide_ids::Place::new(
        bastide_ids::AccountId::parse(ACCOUNT).unwrap(),
        bastide_ids::Region::us_east_1(),
    );
    let (from, to) = (bastide_ids::Timestamp::from_seconds(0), world.door.now());
    let store = &world.door.trunks().store;
    let history = store.history(&place, "AWS::KMS::Key", &key, (from, to), false, None, 100).await.unwrap();
    let states: Vec<_> =
        history.items.iter().map(|item| item.item.configuration["keyState"].clone()).collect();
    assert_eq!(states, [json!("Enabled"), json!("Disabled"), json!("Enabled"), json!("Enabled")]);
    assert!(history.items.iter().all(|item| item.item.arn == arn(&key)));
}
