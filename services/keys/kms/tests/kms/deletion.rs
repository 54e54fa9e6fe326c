use bastide_kms::work;
use serde_json::json;

use crate::world::{ACCOUNT, World, arn, base64};

#[tokio::test]
async fn a_key_goes_when_its_time_has_come() {
    let world = World::new();
    let (key, kept) = (world.key().await, world.key().await);
    world.done(ACCOUNT, "CreateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": key })).await;
    let grant = json!({
        "KeyId": key, "GranteePrincipal": format!("arn:aws:iam::{ACCOUNT}:user/u"), "Operations": ["Decrypt"],
        "RetiringPrincipal": format!("arn:aws:iam::{ACCOUNT}:user/r"),
    });
    world.done(ACCOUNT, "CreateGrant", grant).await;
    let sealed = world.done(ACCOUNT, "Encrypt", json!({ "KeyId": key, "Plaintext": base64(b"x") })).await;

    let scheduled =
        world.done(ACCOUNT, "ScheduleKeyDeletion", json!({ "KeyId": key, "PendingWindowInDays": 7 })).await;
    assert_eq!((&scheduled["KeyId"], &scheduled["KeyState"]), (&json!(arn(&key)), &json!("PendingDeletion")));
    assert_eq!(scheduled["PendingWindowInDays"], 7);
    let described = world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": key })).await;
    assert_eq!(described["KeyMetadata"]["DeletionDate"], scheduled["DeletionDate"]);

    world.days(6);
    assert_eq!(work::run(&world.door).await.unwrap(), 0);
    world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": key })).await;

    // Gone for everyone from that moment on, whether or not it was carried out yet; and again afterwards.
    world.days(2);
    for deleted in [1, 0] {
        assert_eq!(world.refused(ACCOUNT, "DescribeKey", json!({ "KeyId": key })).await, "NotFoundException");
        assert_eq!(
            world.refused(ACCOUNT, "CancelKeyDeletion", json!({ "KeyId": key })).await,
            "NotFoundException"
        );
        assert_eq!(
            world.refused(ACCOUNT, "DescribeKey", json!({ "KeyId": "alias/a" })).await,
            "NotFoundException"
        );
        let decrypt = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
        assert_eq!(world.refused(ACCOUNT, "Decrypt", decrypt).await, "AccessDeniedException");
        let listed = world.done(ACCOUNT, "ListKeys", json!({})).await;
        assert_eq!(listed["Keys"], json!([{ "KeyId": kept, "KeyArn": arn(&kept) }]));
        assert_eq!(world.done(ACCOUNT, "ListAliases", json!({})).await["Aliases"], json!([]));
        assert_eq!(work::run(&world.door).await.unwrap(), deleted);
    }
    let retirable = json!({ "RetiringPrincipal": format!("arn:aws:iam::{ACCOUNT}:user/r") });
    assert_eq!(world.done(ACCOUNT, "ListRetirableGrants", retirable).await["Grants"], json!([]));
    world.done(ACCOUNT, "CreateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": kept })).await;
}

#[tokio::test]
async fn the_alias_of_a_key_that_is_due_is_free() {
    let world = World::new();
    let (key, kept) = (world.key().await, world.key().await);
    world.done(ACCOUNT, "CreateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": key })).await;
    world.done(ACCOUNT, "ScheduleKeyDeletion", json!({ "KeyId": key, "PendingWindowInDays": 7 })).await;
    world.days(7);
    world.done(ACCOUNT, "CreateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": kept })).await;
    assert_eq!(work::run(&world.door).await.unwrap(), 1);
    let described = world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": "alias/a" })).await;
    assert_eq!(described["KeyMetadata"]["KeyId"], kept);
}

#[tokio::test]
async fn a_deletion_can_be_cancelled() {
    let world = World::new();
    let key = world.key().await;
    world.done(ACCOUNT, "ScheduleKeyDeletion", json!({ "KeyId": key })).await;
    let cancelled = world.done(ACCOUNT, "CancelKeyDeletion", json!({ "KeyId": key })).await;
    assert_eq!(cancelled["KeyId"], arn(&key));
    let described = world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": key })).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "Disabled");
    world.days(31);
    assert_eq!(work::run(&world.door).await.unwrap(), 0);
    world.done(ACCOUNT, "EnableKey", json!({ "KeyId": key })).await;
}

#[tokio::test]
async fn the_window_is_seven_to_thirty_days() {
    let world = World::new();
    let key = world.key().await;
    for days in [1, 6, 31, 365] {
        let input = json!({ "KeyId": key, "PendingWindowInDays": days });
        assert_eq!(
            world.refused(ACCOUNT, "ScheduleKeyDeletion", input).await,
            "ValidationException",
            "{days}"
        );
    }
    world.done(ACCOUNT, "ScheduleKeyDeletion", json!({ "KeyId": key, "PendingWindowInDays": 30 })).await;
}
