use serde_json::{Value, json};

use crate::world::{ACCOUNT, World, arn, base64, bytes};

#[tokio::test]
async fn what_was_encrypted_comes_back() {
    let world = World::new();
    let key = world.key().await;
    world.done(ACCOUNT, "CreateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": key })).await;
    let context = json!({ "a": "1", "b": "2" });
    for name in
        [key.clone(), arn(&key), "alias/a".to_owned(), format!("arn:aws:kms:us-east-1:{ACCOUNT}:alias/a")]
    {
        let input = json!({ "KeyId": name, "Plaintext": base64(b"secret"), "EncryptionContext": context });
        let sealed = world.done(ACCOUNT, "Encrypt", input).await;
        assert_eq!(
            (&sealed["KeyId"], &sealed["EncryptionAlgorithm"]),
            (&json!(arn(&key)), &json!("SYMMETRIC_DEFAULT"))
        );
        let blob = &sealed["CiphertextBlob"];
        let turned: Value = serde_json::from_str(r#"{"b":"2","a":"1"}"#).unwrap();
        for input in [
            json!({ "CiphertextBlob": blob, "EncryptionContext": context }),
            json!({ "CiphertextBlob": blob, "EncryptionContext": turned, "KeyId": "alias/a" }),
            json!({ "CiphertextBlob": blob, "EncryptionContext": context, "KeyId": key, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT" }),
        ] {
            let opened = world.done(ACCOUNT, "Decrypt", input).await;
            assert_eq!(bytes(&opened["Plaintext"]), b"secret");
            assert_eq!(opened["KeyId"], arn(&key));
            assert_eq!(opened["KeyMaterialId"].as_str().unwrap().len(), 64);
        }
    }
}

#[tokio::test]
async fn what_does_not_fit_is_not_decrypted() {
    let world = World::new();
    let (key, other) = (world.key().await, world.key().await);
    let input = json!({ "KeyId": key, "Plaintext": base64(b"secret"), "EncryptionContext": { "a": "1" } });
    let sealed = world.done(ACCOUNT, "Encrypt", input).await;
    let blob = bytes(&sealed["CiphertextBlob"]);
    let decrypt = |blob: &[u8], more: Value| {
        let mut input = json!({ "CiphertextBlob": base64(blob) });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let world = &world;
        async move { world.call(ACCOUNT, "Decrypt", input).await.unwrap_err() }
    };
    let invalid = ("InvalidCiphertextException".to_owned(), String::new());
    for context in [
        json!({}),
        json!({ "EncryptionContext": { "a": "2" } }),
        json!({ "EncryptionContext": { "a": "1", "b": "" } }),
    ] {
        assert_eq!(decrypt(&blob, context).await, invalid);
    }
    let mut changed = blob.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(decrypt(&changed, json!({ "EncryptionContext": { "a": "1" } })).await, invalid);
    assert_eq!(decrypt(b"nonsense", json!({})).await, invalid);
    assert_eq!(decrypt(b"nonsense", json!({ "KeyId": key })).await, invalid);
    let wrong = decrypt(&blob, json!({ "EncryptionContext": { "a": "1" }, "KeyId": other })).await;
    assert_eq!(wrong.0, "IncorrectKeyException");
    let algorithm = json!({ "EncryptionContext": { "a": "1" }, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256" });
    let wrong = decrypt(&blob, algorithm).await;
    assert_eq!(wrong.0, "InvalidKeyUsageException");
    assert_eq!(wrong.1, "Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.");

    // A blob whose bytes say another key: it must not open under that one, whatever the caller may use.
    let position = blob.windows(36).position(|part| part == key.as_bytes()).unwrap();
    let mut moved = blob.clone();
    moved[position..position + 36].copy_from_slice(other.as_bytes());
    assert_eq!(decrypt(&moved, json!({ "EncryptionContext": { "a": "1" } })).await, invalid);

    let there =
        world.call_in("eu-west-1", ACCOUNT, "Decrypt", json!({ "CiphertextBlob": base64(&blob) })).await;
    let there = there.unwrap_err();
    assert_eq!(there.0, "AccessDeniedException");
    assert!(there.1.contains("kms:Decrypt on the resource associated with this ciphertext"), "{}", there.1);
}

#[tokio::test]
async fn data_keys_and_random_bytes() {
    let world = World::new();
    let key = world.key().await;
    for (size, length) in [
        (json!({ "KeySpec": "AES_256" }), 32),
        (json!({ "KeySpec": "AES_128" }), 16),
        (json!({ "NumberOfBytes": 1 }), 1),
        (json!({ "NumberOfBytes": 1024 }), 1024),
    ] {
        let mut input = size.clone();
        input["KeyId"] = json!(key);
        input["EncryptionContext"] = json!({ "a": "1" });
        let made = world.done(ACCOUNT, "GenerateDataKey", input.clone()).await;
        assert_eq!(bytes(&made["Plaintext"]).len(), length);
        assert_eq!(made["KeyId"], arn(&key));
        let decrypt = json!({ "CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": { "a": "1" } });
        assert_eq!(world.done(ACCOUNT, "Decrypt", decrypt).await["Plaintext"], made["Plaintext"]);
        let made = world.done(ACCOUNT, "GenerateDataKeyWithoutPlaintext", input).await;
        assert!(made.get("Plaintext").is_none());
        let decrypt = json!({ "CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": { "a": "1" } });
        assert_eq!(bytes(&world.done(ACCOUNT, "Decrypt", decrypt).await["Plaintext"]).len(), length);
    }
    for size in
        [json!({}), json!({ "KeySpec": "AES_256", "NumberOfBytes": 32 }), json!({ "NumberOfBytes": 1025 })]
    {
        let mut input = size;
        input["KeyId"] = json!(key);
        assert_eq!(world.refused(ACCOUNT, "GenerateDataKey", input).await, "ValidationException");
    }
    let random = world.done(ACCOUNT, "GenerateRandom", json!({ "NumberOfBytes": 64 })).await;
    assert_eq!(bytes(&random["Plaintext"]).len(), 64);
    assert_ne!(random, world.done(ACCOUNT, "GenerateRandom", json!({ "NumberOfBytes": 64 })).await);
    let none = world.call(ACCOUNT, "GenerateRandom", json!({})).await.unwrap_err();
    assert_eq!(none, ("ValidationException".to_owned(), "NumberOfBytes is required.".to_owned()));
    let store = json!({ "NumberOfBytes": 1, "CustomKeyStoreId": "cks-1" });
    assert_eq!(world.refused(ACCOUNT, "GenerateRandom", store).await, "CustomKeyStoreNotFoundException");
}

#[tokio::test]
async fn re_encryption_changes_key_and_context() {
    let world = World::new();
    let (one, other) = (world.key().await, world.key().await);
    let input = json!({ "KeyId": one, "Plaintext": base64(b"secret"), "EncryptionContext": { "a": "1" } });
    let sealed = world.done(ACCOUNT, "Encrypt", input).await;
    let input = json!({
        "CiphertextBlob": sealed["CiphertextBlob"], "SourceEncryptionContext": { "a": "1" },
        "DestinationKeyId": other, "DestinationEncryptionContext": { "b": "2" },
    });
    let moved = world.done(ACCOUNT, "ReEncrypt", input.clone()).await;
    assert_eq!((&moved["SourceKeyId"], &moved["KeyId"]), (&json!(arn(&one)), &json!(arn(&other))));
    let decrypt = json!({ "CiphertextBlob": moved["CiphertextBlob"], "EncryptionContext": { "b": "2" } });
    assert_eq!(bytes(&world.done(ACCOUNT, "Decrypt", decrypt).await["Plaintext"]), b"secret");
    let mut wrong = input.clone();
    wrong["SourceKeyId"] = json!(other);
    assert_eq!(world.refused(ACCOUNT, "ReEncrypt", wrong).await, "IncorrectKeyException");
    let mut wrong = input;
    wrong["SourceEncryptionContext"] = json!({});
    assert_eq!(world.refused(ACCOUNT, "ReEncrypt", wrong).await, "InvalidCiphertextException");
}

#[tokio::test]
async fn both_sides_of_a_re_encryption_need_permission() {
    let world = World::new();
    let user = world.user(ACCOUNT, "u", None);
    let from = world.key_with(&crate::world::trust(&user, &["kms:Encrypt", "kms:ReEncryptFrom"])).await;
    let to = world.key_with(&crate::world::trust(&user, &["kms:ReEncryptTo"])).await;
    let sealed = world.done("AKIAu", "Encrypt", json!({ "KeyId": from, "Plaintext": base64(b"x") })).await;
    let input = |to: &str| json!({ "CiphertextBlob": sealed["CiphertextBlob"], "DestinationKeyId": to });
    world.done("AKIAu", "ReEncrypt", input(&to)).await;
    let refused = world.call("AKIAu", "ReEncrypt", input(&from)).await.unwrap_err();
    assert!(refused.1.contains("kms:ReEncryptTo"), "{}", refused.1);
    let decrypt = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
    assert_eq!(world.refused("AKIAu", "Decrypt", decrypt).await, "AccessDeniedException");
}

#[tokio::test]
async fn a_trial_changes_and_tells_nothing() {
    let world = World::new();
    let key = world.key().await;
    let sealed = world.done(ACCOUNT, "Encrypt", json!({ "KeyId": key, "Plaintext": base64(b"x") })).await;
    let blob = &sealed["CiphertextBlob"];
    let grant = json!({ "KeyId": key, "GranteePrincipal": format!("arn:aws:iam::{ACCOUNT}:root"), "Operations": ["Decrypt"], "DryRun": true });
    for (operation, input) in [
        ("Encrypt", json!({ "KeyId": key, "Plaintext": base64(b"x"), "DryRun": true })),
        ("Decrypt", json!({ "CiphertextBlob": blob, "DryRun": true })),
        ("Decrypt", json!({ "KeyId": key, "DryRun": true, "DryRunModifiers": ["IGNORE_CIPHERTEXT"] })),
        ("ReEncrypt", json!({ "CiphertextBlob": blob, "DestinationKeyId": key, "DryRun": true })),
        ("GenerateDataKey", json!({ "KeyId": key, "KeySpec": "AES_256", "DryRun": true })),
        ("GenerateDataKeyWithoutPlaintext", json!({ "KeyId": key, "KeySpec": "AES_256", "DryRun": true })),
        ("CreateGrant", grant),
    ] {
        let tried = world.call(ACCOUNT, operation, input).await.unwrap_err();
        assert_eq!(tried.0, "DryRunOperationException", "{operation}");
        assert_eq!(tried.1, "The request would have succeeded, but the DryRun option is set.");
    }
    assert_eq!(world.done(ACCOUNT, "ListGrants", json!({ "KeyId": key })).await["Grants"], json!([]));
    let wrong = json!({ "CiphertextBlob": base64(b"nonsense"), "KeyId": key, "DryRun": true });
    assert_eq!(world.refused(ACCOUNT, "Decrypt", wrong).await, "InvalidCiphertextException");
    assert_eq!(world.refused(ACCOUNT, "Decrypt", json!({ "KeyId": key })).await, "ValidationException");
    assert_eq!(world.refused(ACCOUNT, "Decrypt", json!({})).await, "ValidationException");
}

#[tokio::test]
async fn limits_and_what_is_not_built() {
    let world = World::new();
    let key = world.key().await;
    world.done(ACCOUNT, "Encrypt", json!({ "KeyId": key, "Plaintext": base64(&[0; 4096]) })).await;
    let larger = json!({ "KeyId": key, "Plaintext": base64(&[0; 4097]) });
    let told = world.call(ACCOUNT, "Encrypt", larger).await.unwrap_err();
    assert_eq!(
        told.1,
        "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length \
         less than or equal to 4096"
    );
    let long =
        json!({ "KeyId": key, "Plaintext": base64(b"x"), "EncryptionContext": { "a": "x".repeat(8192) } });
    assert_eq!(world.refused(ACCOUNT, "Encrypt", long).await, "ValidationException");
    let sealed = world.done(ACCOUNT, "Encrypt", json!({ "KeyId": key, "Plaintext": base64(b"x") })).await;
    let recipient =
        json!({ "KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": base64(b"x") });
    let decrypt = json!({ "CiphertextBlob": sealed["CiphertextBlob"], "Recipient": recipient });
    let told = world.call(ACCOUNT, "Decrypt", decrypt).await.unwrap_err();
    assert_eq!(told, ("NotImplemented".to_owned(), "Recipient is not implemented by Bastide yet".to_owned()));
}

#[tokio::test]
async fn it_goes_on_after_the_cache_was_lost() {
    let world = World::new();
    let key = world.key().await;
    let sealed = world.done(ACCOUNT, "Encrypt", json!({ "KeyId": key, "Plaintext": base64(b"x") })).await;
    // A changed key is another document in the cache; its material is found and opened anew.
    world.done(ACCOUNT, "UpdateKeyDescription", json!({ "KeyId": key, "Description": "y" })).await;
    let opened = world.done(ACCOUNT, "Decrypt", json!({ "CiphertextBlob": sealed["CiphertextBlob"] })).await;
    assert_eq!(bytes(&opened["Plaintext"]), b"x");
}
