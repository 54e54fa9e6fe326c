//! What the trail has of calls to KMS.

use bastide_events::Position;
use serde_json::{Value, json};

use crate::world::{ACCOUNT, World, arn, base64};

async fn records(world: &World, name: &str) -> Vec<Value> {
    let events = world.door.trunks().events.read(Position::START, 1000).await.unwrap();
    let bodies = events.iter().map(|(_, event)| serde_json::from_slice::<Value>(&event.body).unwrap());
    bodies.filter(|body| body["eventName"] == name).collect()
}

#[tokio::test]
async fn the_trail_has_who_did_what_and_no_secret() {
    let world = World::new();
    let key = world.key().await;
    let secret = base64(b"a secret that no record may have");
    let input = json!({ "KeyId": key, "Plaintext": secret, "EncryptionContext": { "a": "1" } });
    let sealed = world.done(ACCOUNT, "Encrypt", input).await;
    let decrypt = json!({ "CiphertextBlob": sealed["CiphertextBlob"], "EncryptionContext": { "a": "1" } });
    let opened = world.done(ACCOUNT, "Decrypt", decrypt).await;

    let created = &records(&world, "CreateKey").await[0];
    assert_eq!(created["responseElements"]["keyMetadata"]["keyId"], key);
    assert_eq!(created["resources"][0]["ARN"], arn(&key));
    assert_eq!((&created["readOnly"], &created["errorCode"]), (&json!(false), &Value::Null));
    let decrypted = &records(&world, "Decrypt").await[0];
    assert_eq!(decrypted["requestParameters"]["encryptionContext"], json!({ "a": "1" }));
    assert_eq!(
        decrypted["resources"][0],
        json!({ "accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": arn(&key) })
    );
    assert_eq!(decrypted["additionalEventData"]["keyMaterialId"], opened["KeyMaterialId"]);
    assert_eq!((&decrypted["readOnly"], &decrypted["responseElements"]), (&json!(true), &Value::Null));
    for name in ["Encrypt", "Decrypt"] {
        let text = records(&world, name).await[0].to_string();
        assert!(
            !text.contains(&secret) && !text.contains(sealed["CiphertextBlob"].as_str().unwrap()),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_trail_tells_the_algorithms_and_none_of_the_secrets() {
    let world = World::new();
    let key = async |spec: &str, usage: &str| {
        let made = world.done(ACCOUNT, "CreateKey", json!({ "KeySpec": spec, "KeyUsage": usage })).await;
        made["KeyMetadata"]["KeyId"].clone()
    };
    let message = base64(b"a message that no record may have");
    let public = json!({ "KeyId": key("ECC_NIST_P256", "KEY_AGREEMENT").await });
    let public = world.done(ACCOUNT, "GetPublicKey", public).await;
    let table = [
        (
            "Sign",
            json!({ "KeyId": key("ML_DSA_44", "SIGN_VERIFY").await, "Message": message,
                "SigningAlgorithm": "ML_DSA_SHAKE_256" }),
            "signingAlgorithm",
        ),
        (
            "GenerateMac",
            json!({ "KeyId": key("HMAC_256", "GENERATE_VERIFY_MAC").await, "Message": message,
                "MacAlgorithm": "HMAC_SHA_256" }),
            "macAlgorithm",
        ),
        (
            "DeriveSharedSecret",
            json!({ "KeyId": key("ECC_NIST_P256", "KEY_AGREEMENT").await, "KeyAgreementAlgorithm": "ECDH",
                "PublicKey": public["PublicKey"] }),
            "keyAgreementAlgorithm",
        ),
        (
            "Encapsulate",
            json!({ "KeyId": key("ML_KEM_512", "ENCAPSULATE_DECAPSULATE").await,
                "EncapsulationAlgorithm": "ML_KEM" }),
            "encapsulationAlgorithm",
        ),
        (
            "GenerateDataKeyPair",
            json!({ "KeyId": world.key().await, "KeyPairSpec": "ECC_NIST_P256" }),
            "keyPairSpec",
        ),
    ];
    for (operation, input, told) in table {
        let answer = world.done(ACCOUNT, operation, input).await;
        let record = &records(&world, operation).await[0];
        assert!(record["requestParameters"][told].is_string(), "{record}");
        assert_eq!((&record["readOnly"], &record["responseElements"]), (&json!(true), &Value::Null));
        let text = record.to_string();
        assert!(!text.contains(&message), "{text}");
        for hidden in
            ["Signature", "Mac", "SharedSecret", "SharedSecretCiphertextBlob", "PrivateKeyPlaintext"]
        {
            assert!(answer[hidden].as_str().is_none_or(|secret| !text.contains(secret)), "{text}");
        }
    }
}

#[tokio::test]
async fn grants_are_recorded_without_their_tokens_and_denials_are_recorded() {
    let world = World::new();
    let key = world.key().await;
    let user = world.user(ACCOUNT, "u", None);
    let grant = json!({ "KeyId": key, "GranteePrincipal": user, "Operations": ["Encrypt"] });
    let made = world.done(ACCOUNT, "CreateGrant", grant).await;
    let created = &records(&world, "CreateGrant").await[0];
    assert_eq!(created["responseElements"], json!({ "grantId": made["GrantId"] }));
    let input = json!({ "KeyId": key, "Plaintext": base64(b"x"), "GrantTokens": [made["GrantToken"]] });
    world.done("AKIAu", "Encrypt", input).await;
    assert!(records(&world, "Encrypt").await[0]["requestParameters"].get("grantTokens").is_none());
    assert_eq!(world.refused("AKIAu", "DisableKey", json!({ "KeyId": key })).await, "AccessDeniedException");
    let denied = &records(&world, "DisableKey").await[0];
    assert_eq!(
        (&denied["errorCode"], &denied["resources"][0]["ARN"]),
        (&json!("AccessDenied"), &json!(arn(&key)))
    );
}
