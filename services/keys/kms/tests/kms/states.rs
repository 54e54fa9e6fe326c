//! Every operation on a key, in every state of the key. Source of the expectations: KMS Developer Guide, "Key states
//! of AWS KMS keys".

use serde_json::{Value, json};

use crate::world::{ACCOUNT, World, base64};

const OK: &str = "";
const DISABLED: &str = "DisabledException";
const STATE: &str = "KMSInvalidStateException";

/// Operation, and what it comes to for an enabled key, a disabled one, and one that is to be deleted.
const TABLE: [(&str, [&str; 3]); 26] = [
    ("CancelKeyDeletion", [STATE, STATE, OK]),
    ("CreateAlias", [OK, OK, STATE]),
    ("CreateGrant", [OK, DISABLED, STATE]),
    ("Decrypt", [OK, DISABLED, STATE]),
    ("DeleteAlias", [OK, OK, OK]),
    ("DescribeKey", [OK, OK, OK]),
    ("DisableKey", [OK, OK, STATE]),
    ("EnableKey", [OK, OK, STATE]),
    ("Encrypt", [OK, DISABLED, STATE]),
    ("GenerateDataKey", [OK, DISABLED, STATE]),
    ("GenerateDataKeyPair", [OK, DISABLED, STATE]),
    ("GenerateDataKeyPairWithoutPlaintext", [OK, DISABLED, STATE]),
    ("GenerateDataKeyWithoutPlaintext", [OK, DISABLED, STATE]),
    ("GetKeyPolicy", [OK, OK, OK]),
    ("ListAliases", [OK, OK, OK]),
    ("ListGrants", [OK, OK, OK]),
    ("ListKeyPolicies", [OK, OK, OK]),
    ("ListResourceTags", [OK, OK, OK]),
    ("PutKeyPolicy", [OK, OK, OK]),
    ("ReEncrypt", [OK, DISABLED, STATE]),
    ("RetireGrant", [OK, OK, OK]),
    ("RevokeGrant", [OK, OK, OK]),
    ("ScheduleKeyDeletion", [OK, OK, STATE]),
    ("TagResource", [OK, OK, STATE]),
    ("UntagResource", [OK, OK, STATE]),
    ("UpdateKeyDescription", [OK, OK, STATE]),
];

#[tokio::test]
async fn operations_depend_on_the_state() {
    for (operation, expected) in TABLE {
        for (change, expected) in
            [None, Some("DisableKey"), Some("ScheduleKeyDeletion")].into_iter().zip(expected)
        {
            let world = World::new();
            let key = world.key().await;
            let input = input(&world, operation, &key).await;
            if let Some(change) = change {
                world.done(ACCOUNT, change, json!({ "KeyId": key })).await;
            }
            let came =
                world.call(ACCOUNT, operation, input).await.map_or_else(|(code, _)| code, |_| OK.to_owned());
            assert_eq!(came, expected, "{operation} after {change:?}");
        }
    }
}

#[tokio::test]
async fn a_destination_is_used_as_well_as_a_source() {
    for (change, code) in [("DisableKey", DISABLED), ("ScheduleKeyDeletion", STATE)] {
        let world = World::new();
        let (source, destination) = (world.key().await, world.key().await);
        let sealed =
            world.done(ACCOUNT, "Encrypt", json!({ "KeyId": source, "Plaintext": base64(b"x") })).await;
        world.done(ACCOUNT, change, json!({ "KeyId": destination })).await;
        let input = json!({ "CiphertextBlob": sealed["CiphertextBlob"], "DestinationKeyId": destination });
        assert_eq!(world.refused(ACCOUNT, "ReEncrypt", input).await, code);
    }
}

#[tokio::test]
async fn the_messages_name_the_key() {
    let world = World::new();
    let key = world.key().await;
    let arn = crate::world::arn(&key);
    let encrypt = || world.call(ACCOUNT, "Encrypt", json!({ "KeyId": key, "Plaintext": base64(b"x") }));
    world.done(ACCOUNT, "DisableKey", json!({ "KeyId": key })).await;
    assert_eq!(encrypt().await.unwrap_err().1, format!("{arn} is disabled."));
    world.done(ACCOUNT, "ScheduleKeyDeletion", json!({ "KeyId": key })).await;
    assert_eq!(encrypt().await.unwrap_err().1, format!("{arn} is pending deletion."));
}

#[tokio::test]
async fn an_alias_moves_away_from_but_not_to_a_key_that_is_to_be_deleted() {
    let world = World::new();
    let (one, other) = (world.key().await, world.key().await);
    world.done(ACCOUNT, "CreateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": one })).await;
    world.done(ACCOUNT, "ScheduleKeyDeletion", json!({ "KeyId": one })).await;
    world.done(ACCOUNT, "UpdateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": other })).await;
    let back = json!({ "AliasName": "alias/a", "TargetKeyId": one });
    assert_eq!(world.refused(ACCOUNT, "UpdateAlias", back).await, STATE);
}

/// An input that succeeds if the state allows it.
async fn input(world: &World, operation: &str, key: &str) -> Value {
    let grant = json!({
        "KeyId": key, "GranteePrincipal": format!("arn:aws:iam::{ACCOUNT}:root"), "Operations": ["Decrypt"],
    });
    match operation {
        "CreateAlias" => json!({ "AliasName": "alias/new", "TargetKeyId": key }),
        "DeleteAlias" => {
            world.done(ACCOUNT, "CreateAlias", json!({ "AliasName": "alias/old", "TargetKeyId": key })).await;
            json!({ "AliasName": "alias/old" })
        }
        "CreateGrant" => grant,
        "RetireGrant" | "RevokeGrant" => {
            let made = world.done(ACCOUNT, "CreateGrant", grant).await;
            json!({ "KeyId": crate::world::arn(key), "GrantId": made["GrantId"] })
        }
        "Encrypt" => json!({ "KeyId": key, "Plaintext": base64(b"x") }),
        "Decrypt" | "ReEncrypt" => {
            let sealed =
                world.done(ACCOUNT, "Encrypt", json!({ "KeyId": key, "Plaintext": base64(b"x") })).await;
            let mut input = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
            if operation == "ReEncrypt" {
                input["DestinationKeyId"] = json!(world.key().await);
            }
            input
        }
        "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext" => {
            json!({ "KeyId": key, "KeySpec": "AES_256" })
        }
        "GenerateDataKeyPair" | "GenerateDataKeyPairWithoutPlaintext" => {
            json!({ "KeyId": key, "KeyPairSpec": "ECC_NIST_P256" })
        }
        "PutKeyPolicy" => {
            let policy = world.done(ACCOUNT, "GetKeyPolicy", json!({ "KeyId": key })).await;
            json!({ "KeyId": key, "Policy": policy["Policy"] })
        }
        "TagResource" => json!({ "KeyId": key, "Tags": [{ "TagKey": "a", "TagValue": "1" }] }),
        "UntagResource" => json!({ "KeyId": key, "TagKeys": ["a"] }),
        "UpdateKeyDescription" => json!({ "KeyId": key, "Description": "new" }),
        _ => json!({ "KeyId": key }),
    }
}
