use serde_json::{Value, json};

use crate::world::{ACCOUNT, World, allow};

fn tag(name: &str, value: &str) -> Value {
    json!({ "TagKey": name, "TagValue": value })
}

#[tokio::test]
async fn tags_come_and_go() {
    let world = World::new();
    let made = world.done(ACCOUNT, "CreateKey", json!({ "Tags": [tag("a", "1")] })).await;
    let key = &made["KeyMetadata"]["KeyId"];
    world.done(ACCOUNT, "TagResource", json!({ "KeyId": key, "Tags": [tag("b", ""), tag("a", "2")] })).await;
    let listed = world.done(ACCOUNT, "ListResourceTags", json!({ "KeyId": key })).await;
    assert_eq!(listed, json!({ "Tags": [tag("a", "2"), tag("b", "")], "Truncated": false }));
    let page = world.done(ACCOUNT, "ListResourceTags", json!({ "KeyId": key, "Limit": 1 })).await;
    assert_eq!((&page["Tags"], &page["Truncated"]), (&json!([tag("a", "2")]), &json!(true)));
    world.done(ACCOUNT, "UntagResource", json!({ "KeyId": key, "TagKeys": ["a", "none"] })).await;
    let listed = world.done(ACCOUNT, "ListResourceTags", json!({ "KeyId": key })).await;
    assert_eq!(listed["Tags"], json!([tag("b", "")]));
}

#[tokio::test]
async fn bad_tags_are_refused() {
    let world = World::new();
    let key = world.key().await;
    for tags in [json!([tag("a", "1"), tag("a", "2")]), json!([tag("aws:a", "1")]), json!([tag("a", "<")])] {
        let input = json!({ "KeyId": key, "Tags": tags });
        assert_eq!(world.refused(ACCOUNT, "TagResource", input).await, "TagException");
        assert_eq!(world.refused(ACCOUNT, "CreateKey", json!({ "Tags": tags })).await, "TagException");
    }
    let many: Vec<_> = (0..51).map(|n| tag(&n.to_string(), "")).collect();
    let input = json!({ "KeyId": key, "Tags": many });
    assert_eq!(world.refused(ACCOUNT, "TagResource", input).await, "TagException");
    let (one, others) = many.split_first().unwrap();
    world.done(ACCOUNT, "TagResource", json!({ "KeyId": key, "Tags": others })).await;
    let input = json!({ "KeyId": key, "Tags": [one] });
    assert_eq!(world.refused(ACCOUNT, "TagResource", input).await, "LimitExceededException");
}

#[tokio::test]
async fn tags_count_in_policies() {
    let world = World::new();
    let mut policy = allow(&["kms:DescribeKey"]);
    policy["Statement"][0]["Condition"] = json!({ "StringEquals": { "aws:ResourceTag/team": "blue" } });
    world.user(ACCOUNT, "u", Some(policy));
    let key = world.key().await;
    let describe = || world.call("AKIAu", "DescribeKey", json!({ "KeyId": key }));
    assert_eq!(describe().await.unwrap_err().0, "AccessDeniedException");
    world.done(ACCOUNT, "TagResource", json!({ "KeyId": key, "Tags": [tag("team", "blue")] })).await;
    describe().await.unwrap();
}

#[tokio::test]
async fn tagging_a_new_key_needs_permission_too() {
    let world = World::new();
    world.user(ACCOUNT, "maker", Some(allow(&["kms:CreateKey"])));
    world.user(ACCOUNT, "tagger", Some(allow(&["kms:CreateKey", "kms:TagResource"])));
    let input = json!({ "Tags": [tag("a", "1")] });
    let refused = world.call("AKIAmaker", "CreateKey", input.clone()).await.unwrap_err();
    assert!(refused.1.contains("kms:TagResource"), "{}", refused.1);
    world.done("AKIAmaker", "CreateKey", json!({})).await;
    world.done("AKIAtagger", "CreateKey", input).await;
}
