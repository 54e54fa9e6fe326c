use serde_json::{Value, json};

use crate::world::{ACCOUNT, World};

async fn create(world: &World, name: &str, key: &str) -> crate::world::Answer {
    world.call(ACCOUNT, "CreateAlias", json!({ "AliasName": name, "TargetKeyId": key })).await
}

fn names(listed: &Value) -> Vec<&str> {
    listed["Aliases"].as_array().unwrap().iter().map(|alias| alias["AliasName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_alias_names_a_key_until_it_names_another() {
    let world = World::new();
    let (one, other) = (world.key().await, world.key().await);
    create(&world, "alias/a", &one).await.unwrap();
    let target = || async {
        let described = world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": "alias/a" })).await;
        described["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    };
    assert_eq!(target().await, one);
    world.done(ACCOUNT, "UpdateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": other })).await;
    assert_eq!(target().await, other);
    let listed = world.done(ACCOUNT, "ListAliases", json!({ "KeyId": one })).await;
    assert_eq!(names(&listed), Vec::<&str>::new());
    let listed = world.done(ACCOUNT, "ListAliases", json!({ "KeyId": other })).await;
    assert_eq!(names(&listed), ["alias/a"]);
    assert_eq!(listed["Aliases"][0]["AliasArn"], format!("arn:aws:kms:us-east-1:{ACCOUNT}:alias/a"));
    assert_eq!(listed["Aliases"][0]["TargetKeyId"], other);
    world.done(ACCOUNT, "UpdateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": other })).await;
    world.done(ACCOUNT, "DeleteAlias", json!({ "AliasName": "alias/a" })).await;
    assert_eq!(
        world.refused(ACCOUNT, "DescribeKey", json!({ "KeyId": "alias/a" })).await,
        "NotFoundException"
    );
    let gone = world.call(ACCOUNT, "DeleteAlias", json!({ "AliasName": "alias/a" })).await.unwrap_err();
    let message = format!("Alias arn:aws:kms:us-east-1:{ACCOUNT}:alias/a is not found.");
    assert_eq!(gone, ("NotFoundException".to_owned(), message));
}

#[tokio::test]
async fn names_are_unique_and_have_rules() {
    let world = World::new();
    let key = world.key().await;
    create(&world, "alias/a", &key).await.unwrap();
    let twice = create(&world, "alias/a", &key).await.unwrap_err();
    let message = format!("An alias with the name arn:aws:kms:us-east-1:{ACCOUNT}:alias/a already exists");
    assert_eq!(twice, ("AlreadyExistsException".to_owned(), message));
    for (name, code) in [
        ("a", "ValidationException"),
        ("alias/a b", "ValidationException"),
        ("alias/a:b", "ValidationException"),
        ("alias/", "ValidationException"),
        ("alias/aws/s3", "NotAuthorizedException"),
    ] {
        assert_eq!(create(&world, name, &key).await.unwrap_err().0, code, "{name}");
    }
    let to_alias = create(&world, "alias/b", "alias/a").await.unwrap_err();
    assert_eq!(to_alias.1, "Aliases must refer to keys. Not aliases");
    for operation in ["EnableKey", "GetKeyPolicy", "ListGrants", "ScheduleKeyDeletion"] {
        assert_eq!(
            world.refused(ACCOUNT, operation, json!({ "KeyId": "alias/a" })).await,
            "NotFoundException"
        );
    }
    let missing = json!({ "AliasName": "alias/none", "TargetKeyId": key });
    assert_eq!(world.refused(ACCOUNT, "UpdateAlias", missing).await, "NotFoundException");
}

#[tokio::test]
async fn a_key_has_at_most_fifty() {
    let world = World::new();
    let (key, other) = (world.key().await, world.key().await);
    for n in 0..50 {
        create(&world, &format!("alias/{n:02}"), &key).await.unwrap();
    }
    assert_eq!(create(&world, "alias/more", &key).await.unwrap_err().0, "LimitExceededException");
    create(&world, "alias/more", &other).await.unwrap();
    let moved = json!({ "AliasName": "alias/more", "TargetKeyId": key });
    assert_eq!(world.refused(ACCOUNT, "UpdateAlias", moved).await, "LimitExceededException");

    let first = world.done(ACCOUNT, "ListAliases", json!({ "Limit": 30 })).await;
    let rest =
        world.done(ACCOUNT, "ListAliases", json!({ "Limit": 100, "Marker": first["NextMarker"] })).await;
    assert_eq!(names(&first).len() + names(&rest).len(), 51);
    let first = world.done(ACCOUNT, "ListAliases", json!({ "KeyId": key, "Limit": 30 })).await;
    let rest =
        world.done(ACCOUNT, "ListAliases", json!({ "KeyId": key, "Marker": first["NextMarker"] })).await;
    assert_eq!((names(&first).len(), names(&rest).len()), (30, 20));
}
