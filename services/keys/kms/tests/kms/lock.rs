//! KMS as another service's lock.

use bastide_events::Position;
use serde_json::{Value, json};

use crate::world::{ACCOUNT, World, arn, trust};

#[tokio::test]
async fn a_service_keeps_something_under_a_callers_key() {
    let world = World::new();
    let user = world.user(ACCOUNT, "u", None);
    let mut policy = trust(&user, &["kms:GenerateDataKey", "kms:Decrypt", "kms:Encrypt"]);
    policy["Statement"][0]["Condition"] = json!({ "StringEquals": {
        "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
        "kms:EncryptionContext:name": "mine",
    } });
    let key = world.key_with(&policy).await;
    let kept = world.through("AKIAu", "Keep", json!({ "KeyId": key, "Name": "mine" })).await.unwrap();
    assert_eq!(kept["KeyId"], arn(&key));
    // Neither under another name, nor without the service.
    let refused = world.through("AKIAu", "Keep", json!({ "KeyId": key, "Name": "other" })).await.unwrap_err();
    assert_eq!(refused.0, "AccessDeniedException");
    let direct = json!({ "KeyId": key, "KeySpec": "AES_256", "EncryptionContext": { "name": "mine" } });
    assert_eq!(world.refused("AKIAu", "GenerateDataKey", direct).await, "AccessDeniedException");

    let events = world.door.trunks().events.read(Position::START, 100).await.unwrap();
    let bodies = events.iter().map(|(_, event)| serde_json::from_slice::<Value>(&event.body).unwrap());
    let used: Vec<Value> = bodies.filter(|body| body["eventName"] == "GenerateDataKey").collect();
    assert_eq!(used[0]["userIdentity"]["arn"], user);
    assert_eq!(used[0]["userIdentity"]["invokedBy"], "secretsmanager.amazonaws.com");
    assert_eq!(used[0]["requestParameters"]["encryptionContext"]["name"], "mine");
}

#[tokio::test]
async fn a_service_is_granted_the_use_of_a_key() {
    let world = World::new();
    let key = world.key().await;
    let kept =
        world.through(ACCOUNT, "Promise", json!({ "KeyId": arn(&key), "Name": "mine" })).await.unwrap();
    assert_eq!(kept["KeyId"], arn(&key));
    let grants = world.done(ACCOUNT, "ListGrants", json!({ "KeyId": key })).await;
    assert_eq!(grants["Grants"], json!([]));
}

#[tokio::test]
async fn a_grant_names_services() {
    let world = World::new();
    let key = world.key().await;
    let source = format!("arn:aws:s3:us-east-1:{ACCOUNT}:bucket/b");
    let input = json!({
        "KeyId": key, "GranteeServicePrincipal": "s3.amazonaws.com", "Operations": ["Decrypt"],
        "RetiringServicePrincipal": "s3.amazonaws.com", "Constraints": { "SourceArn": source },
    });
    world.done(ACCOUNT, "CreateGrant", input.clone()).await;
    let listed = world.done(ACCOUNT, "ListGrants", json!({ "KeyId": key })).await;
    let grant = &listed["Grants"][0];
    assert_eq!(grant["GranteeServicePrincipal"], "s3.amazonaws.com");
    assert_eq!(grant["RetiringServicePrincipal"], "s3.amazonaws.com");
    assert_eq!(grant["Constraints"]["SourceArn"], source);
    assert!(grant.get("GranteePrincipal").is_none() && grant.get("RetiringPrincipal").is_none());
    for (name, value) in [
        ("Constraints", Value::Null),
        ("RetiringServicePrincipal", Value::Null),
        ("GranteePrincipal", json!(format!("arn:aws:iam::{ACCOUNT}:root"))),
    ] {
        let mut input = input.clone();
        input[name] = value;
        assert_eq!(world.refused(ACCOUNT, "CreateGrant", input).await, "ValidationException", "{name}");
    }
    let mut unknown = input;
    unknown["GranteeServicePrincipal"] = json!("s3.example.com");
    assert_eq!(world.refused(ACCOUNT, "CreateGrant", unknown).await, "InvalidArnException");
    let filter = json!({ "KeyId": key, "GranteeServicePrincipal": "s3.amazonaws.com" });
    assert_eq!(world.refused(ACCOUNT, "ListGrants", filter).await, "ValidationException");
}

#[tokio::test]
async fn a_source_binds_a_grant() {
    let world = World::new();
    let user = world.user(ACCOUNT, "u", None);
    let key = world.key_with(&trust(&format!("arn:aws:iam::{ACCOUNT}:root"), &["kms:*"])).await;
    let grant = |constraints: Value| {
        json!({
            "KeyId": key, "GranteePrincipal": user, "Operations": ["Encrypt"], "Constraints": constraints,
        })
    };
    let encrypt = json!({ "KeyId": key, "Plaintext": crate::world::base64(b"x") });
    let source = json!({ "SourceArn": format!("arn:aws:s3:us-east-1:{ACCOUNT}:bucket/b") });
    world.done(ACCOUNT, "CreateGrant", grant(source)).await;
    // A user's own request is made on behalf of no resource.
    assert_eq!(world.refused("AKIAu", "Encrypt", encrypt.clone()).await, "AccessDeniedException");
    world.done(ACCOUNT, "CreateGrant", grant(json!({}))).await;
    world.done("AKIAu", "Encrypt", encrypt).await;
}

#[tokio::test]
async fn requests_are_limited_when_the_operator_says_so() {
    let world = World::new();
    let key = world.key().await;
    let describe = json!({ "KeyId": key });
    for _ in 0..20 {
        world.done(ACCOUNT, "DescribeKey", describe.clone()).await;
    }
    let limits =
        bastide_kms::quota::RequestQuotas::parse("DescribeKey=0.001,CryptographicOperationsSymmetric=0.001");
    world.door.limit_rates(limits.unwrap().into_limits());
    for who in [ACCOUNT, crate::world::OTHER] {
        for operation in ["DescribeKey", "GenerateRandom"] {
            let input = match operation {
                "DescribeKey" => json!({ "KeyId": "alias/aws/s3" }),
                _ => json!({ "NumberOfBytes": 1 }),
            };
            world.done(who, operation, input.clone()).await;
            let (code, message) = world.call(who, operation, input).await.unwrap_err();
            assert_eq!(code, "ThrottlingException");
            assert_eq!(
                message,
                "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."
            );
        }
    }
    // What uses a key of the same kind shares the quota; other operations have their own.
    let encrypt = json!({ "KeyId": key, "Plaintext": crate::world::base64(b"x") });
    assert_eq!(world.refused(ACCOUNT, "Encrypt", encrypt.clone()).await, "ThrottlingException");
    world.done(ACCOUNT, "ListKeys", json!({})).await;
    world.clock.advance(std::time::Duration::from_secs(1_000));
    world.done(ACCOUNT, "Encrypt", encrypt).await;
}
