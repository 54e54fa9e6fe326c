//! Keys of every spec and what they are for. The mathematics is tested in base/crypto, and against other
//! implementations in conformance/tests.

use serde_json::{Value, json};

use crate::world::{ACCOUNT, World, allow, arn, base64, bytes};

/// Spec, usage, the member that lists the algorithms, and the algorithms.
const KINDS: [(&str, &str, &str, &[&str]); 16] = [
    ("RSA_2048", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", &["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]),
    ("ECC_NIST_P256", "SIGN_VERIFY", "SigningAlgorithms", &["ECDSA_SHA_256"]),
    ("ECC_NIST_P384", "SIGN_VERIFY", "SigningAlgorithms", &["ECDSA_SHA_384"]),
    ("ECC_NIST_P521", "SIGN_VERIFY", "SigningAlgorithms", &["ECDSA_SHA_512"]),
    ("ECC_SECG_P256K1", "SIGN_VERIFY", "SigningAlgorithms", &["ECDSA_SHA_256"]),
    ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "SigningAlgorithms", &["ED25519_SHA_512", "ED25519_PH_SHA_512"]),
    ("ML_DSA_44", "SIGN_VERIFY", "SigningAlgorithms", &["ML_DSA_SHAKE_256"]),
    ("ML_DSA_87", "SIGN_VERIFY", "SigningAlgorithms", &["ML_DSA_SHAKE_256"]),
    ("HMAC_224", "GENERATE_VERIFY_MAC", "MacAlgorithms", &["HMAC_SHA_224"]),
    ("HMAC_256", "GENERATE_VERIFY_MAC", "MacAlgorithms", &["HMAC_SHA_256"]),
    ("HMAC_384", "GENERATE_VERIFY_MAC", "MacAlgorithms", &["HMAC_SHA_384"]),
    ("HMAC_512", "GENERATE_VERIFY_MAC", "MacAlgorithms", &["HMAC_SHA_512"]),
    ("ECC_NIST_P256", "KEY_AGREEMENT", "KeyAgreementAlgorithms", &["ECDH"]),
    ("ECC_NIST_P521", "KEY_AGREEMENT", "KeyAgreementAlgorithms", &["ECDH"]),
    ("ML_KEM_512", "ENCAPSULATE_DECAPSULATE", "EncapsulationAlgorithms", &["ML_KEM"]),
    ("ML_KEM_1024", "ENCAPSULATE_DECAPSULATE", "EncapsulationAlgorithms", &["ML_KEM"]),
];

const LISTS: [&str; 5] = [
    "EncryptionAlgorithms",
    "SigningAlgorithms",
    "MacAlgorithms",
    "KeyAgreementAlgorithms",
    "EncapsulationAlgorithms",
];

async fn key(world: &World, spec: &str, usage: &str) -> String {
    let made = world.done(ACCOUNT, "CreateKey", json!({ "KeySpec": spec, "KeyUsage": usage })).await;
    made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_kind_describes_itself() {
    let world = World::new();
    for (spec, usage, list, algorithms) in KINDS {
        let key = key(&world, spec, usage).await;
        let told = world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": key })).await;
        let told = &told["KeyMetadata"];
        assert_eq!((&told["KeySpec"], &told["KeyUsage"]), (&json!(spec), &json!(usage)));
        assert_eq!(told["CustomerMasterKeySpec"], spec);
        assert_eq!(told["CurrentKeyMaterialId"], Value::Null, "only symmetric keys have it");
        for other in LISTS {
            let wanted = if other == list { json!(algorithms) } else { Value::Null };
            assert_eq!(told[other], wanted, "{spec} {usage}");
        }
        let public = world.call(ACCOUNT, "GetPublicKey", json!({ "KeyId": key })).await;
        if spec.starts_with("HMAC") {
            assert_eq!(public.unwrap_err().0, "UnsupportedOperationException");
        } else {
            let public = public.unwrap();
            assert_eq!((&public["KeySpec"], &public["KeyUsage"]), (&json!(spec), &json!(usage)));
            assert_eq!((&public["KeyId"], &public[list]), (&json!(arn(&key)), &json!(algorithms)));
            assert_eq!(bytes(&public["PublicKey"])[0], 0x30);
        }
    }
}

/// The test has one thread for calls: while it made the key itself, nothing else would be answered.
#[tokio::test]
async fn other_calls_are_answered_while_an_rsa_key_is_made() {
    let world = World::new();
    let symmetric = world.key().await;
    let made = key(&world, "RSA_4096", "SIGN_VERIFY");
    let asked = world.done(ACCOUNT, "DescribeKey", json!({ "KeyId": symmetric }));
    tokio::select! {
        biased;
        _ = made => panic!("the other call waited for the key"),
        _ = asked => {}
    }
}

#[tokio::test]
async fn a_spec_and_a_usage_must_fit() {
    let world = World::new();
    for (spec, usage) in [
        ("RSA_2048", "GENERATE_VERIFY_MAC"),
        ("RSA_4096", "KEY_AGREEMENT"),
        ("ECC_NIST_P256", "ENCRYPT_DECRYPT"),
        ("ECC_SECG_P256K1", "KEY_AGREEMENT"),
        ("ECC_NIST_EDWARDS25519", "KEY_AGREEMENT"),
        ("ML_DSA_65", "ENCAPSULATE_DECAPSULATE"),
        ("ML_KEM_768", "SIGN_VERIFY"),
        ("HMAC_256", "ENCRYPT_DECRYPT"),
        ("SYMMETRIC_DEFAULT", "SIGN_VERIFY"),
    ] {
        let input = json!({ "KeySpec": spec, "KeyUsage": usage });
        let (code, message) = world.call(ACCOUNT, "CreateKey", input).await.unwrap_err();
        assert_eq!(code, "ValidationException");
        assert_eq!(message, format!("KeyUsage {usage} is not compatible with KeySpec {spec}"));
    }
    let (code, message) =
        world.call(ACCOUNT, "CreateKey", json!({ "KeySpec": "HMAC_256" })).await.unwrap_err();
    assert_eq!(code, "ValidationException");
    assert!(message.starts_with("You must specify a KeyUsage value"), "{message}");
}

#[tokio::test]
async fn signatures_verify() {
    let world = World::new();
    for (spec, algorithm, kind, length) in [
        ("ECC_NIST_P256", "ECDSA_SHA_256", "RAW", 5),
        ("ECC_NIST_P256", "ECDSA_SHA_256", "DIGEST", 32),
        ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512", "RAW", 4096),
        ("ECC_NIST_EDWARDS25519", "ED25519_PH_SHA_512", "DIGEST", 64),
        ("ML_DSA_65", "ML_DSA_SHAKE_256", "RAW", 5),
        ("ML_DSA_65", "ML_DSA_SHAKE_256", "EXTERNAL_MU", 64),
    ] {
        let key = key(&world, spec, "SIGN_VERIFY").await;
        let message = base64(&vec![7; length]);
        let mut input =
            json!({ "KeyId": key, "Message": message, "MessageType": kind, "SigningAlgorithm": algorithm });
        let signed = world.done(ACCOUNT, "Sign", input.clone()).await;
        assert_eq!((&signed["KeyId"], &signed["SigningAlgorithm"]), (&json!(arn(&key)), &json!(algorithm)));
        input["Signature"] = signed["Signature"].clone();
        let verified = world.done(ACCOUNT, "Verify", input.clone()).await;
        assert_eq!(verified["SignatureValid"], true);
        let mut signature = bytes(&signed["Signature"]);
        *signature.last_mut().unwrap() ^= 1;
        input["Signature"] = json!(base64(&signature));
        let (code, message) = world.call(ACCOUNT, "Verify", input).await.unwrap_err();
        assert_eq!((code.as_str(), message.as_str()), ("KMSInvalidSignatureException", ""));
    }
}

/// Spec, algorithm, message type, length of the message, and what is told.
const UNFIT: [(&str, &str, &str, usize, &str); 8] = [
    (
        "ECC_NIST_P256",
        "ECDSA_SHA_384",
        "RAW",
        5,
        "Algorithm ECDSA_SHA_384 is incompatible with key spec ECC_NIST_P256.",
    ),
    ("ECC_NIST_P256", "ECDSA_SHA_256", "DIGEST", 31, "Digest is invalid length for algorithm ECDSA_SHA_256."),
    (
        "ECC_NIST_P256",
        "ECDSA_SHA_256",
        "EXTERNAL_MU",
        64,
        "Message type EXTERNAL_MU is incompatible with key spec ECC_NIST_P256.",
    ),
    (
        "ECC_NIST_EDWARDS25519",
        "ED25519_SHA_512",
        "DIGEST",
        64,
        "Message type DIGEST is incompatible with algorithm ED25519_SHA_512.",
    ),
    (
        "ECC_NIST_EDWARDS25519",
        "ED25519_PH_SHA_512",
        "RAW",
        64,
        "Message type RAW is incompatible with algorithm ED25519_PH_SHA_512.",
    ),
    (
        "ECC_NIST_EDWARDS25519",
        "ED25519_PH_SHA_512",
        "DIGEST",
        63,
        "Digest is invalid length for algorithm ED25519_PH_SHA_512.",
    ),
    (
        "ML_DSA_44",
        "ML_DSA_SHAKE_256",
        "DIGEST",
        64,
        "Message type DIGEST is incompatible with key spec ML_DSA_44.",
    ),
    (
        "ML_DSA_44",
        "ML_DSA_SHAKE_256",
        "EXTERNAL_MU",
        32,
        "Digest is invalid length for algorithm ML_DSA_SHAKE_256.",
    ),
];

#[tokio::test]
async fn what_cannot_be_signed_is_refused() {
    let world = World::new();
    for (spec, algorithm, kind, length, wanted) in UNFIT {
        let key = key(&world, spec, "SIGN_VERIFY").await;
        for operation in ["Sign", "Verify"] {
            let input = json!({
                "KeyId": key, "Message": base64(&vec![7; length]), "MessageType": kind,
                "SigningAlgorithm": algorithm, "Signature": base64(b"x"),
            });
            let (code, message) = world.call(ACCOUNT, operation, input).await.unwrap_err();
            let usage = wanted.starts_with("Algorithm");
            assert_eq!(code, if usage { "InvalidKeyUsageException" } else { "ValidationException" });
            assert_eq!(message, wanted, "{operation}");
        }
    }
    let hmac = key(&world, "HMAC_256", "GENERATE_VERIFY_MAC").await;
    let input = json!({ "KeyId": hmac, "Message": base64(b"x"), "SigningAlgorithm": "ECDSA_SHA_256" });
    let (code, message) = world.call(ACCOUNT, "Sign", input).await.unwrap_err();
    assert_eq!(code, "InvalidKeyUsageException");
    let told = format!("{} key usage is GENERATE_VERIFY_MAC which is not valid for Sign.", arn(&hmac));
    assert_eq!(message, told);
}

#[tokio::test]
async fn a_trial_signs_nothing_and_a_long_message_is_refused() {
    let world = World::new();
    let curve = key(&world, "ECC_NIST_P256", "SIGN_VERIFY").await;
    let input = json!({ "KeyId": curve, "Message": base64(b"x"), "SigningAlgorithm": "ECDSA_SHA_256", "DryRun": true });
    assert_eq!(world.refused(ACCOUNT, "Sign", input).await, "DryRunOperationException");
    let input = json!({ "KeyId": curve, "Message": base64(&[0; 4097]), "SigningAlgorithm": "ECDSA_SHA_256" });
    assert_eq!(world.refused(ACCOUNT, "Sign", input).await, "ValidationException");
}

#[tokio::test]
async fn macs_verify() {
    let world = World::new();
    let key = key(&world, "HMAC_384", "GENERATE_VERIFY_MAC").await;
    let mut input = json!({ "KeyId": key, "Message": base64(b"m"), "MacAlgorithm": "HMAC_SHA_384" });
    let made = world.done(ACCOUNT, "GenerateMac", input.clone()).await;
    assert_eq!(bytes(&made["Mac"]).len(), 48);
    input["Mac"] = made["Mac"].clone();
    assert_eq!(world.done(ACCOUNT, "VerifyMac", input.clone()).await["MacValid"], true);
    for wrong in [base64(&[0; 48]), base64(b"short")] {
        input["Mac"] = json!(wrong);
        let (code, message) = world.call(ACCOUNT, "VerifyMac", input.clone()).await.unwrap_err();
        assert_eq!((code.as_str(), message.as_str()), ("KMSInvalidMacException", ""));
    }
    input["MacAlgorithm"] = json!("HMAC_SHA_256");
    let (code, message) = world.call(ACCOUNT, "VerifyMac", input).await.unwrap_err();
    assert_eq!(code, "InvalidKeyUsageException");
    assert_eq!(message, "Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_384.");
    let input =
        json!({ "KeyId": world.key().await, "Message": base64(b"m"), "MacAlgorithm": "HMAC_SHA_256" });
    assert_eq!(world.refused(ACCOUNT, "GenerateMac", input).await, "InvalidKeyUsageException");
}

#[tokio::test]
async fn rsa_keys_encrypt() {
    let world = World::new();
    let (rsa, symmetric) = (key(&world, "RSA_2048", "ENCRYPT_DECRYPT").await, world.key().await);
    for (algorithm, limit) in [("RSAES_OAEP_SHA_1", 214), ("RSAES_OAEP_SHA_256", 190)] {
        let input = |length| {
            let text = base64(&vec![1; length]);
            json!({ "KeyId": rsa, "Plaintext": text, "EncryptionAlgorithm": algorithm })
        };
        let sealed = world.done(ACCOUNT, "Encrypt", input(limit)).await;
        let blob = bytes(&sealed["CiphertextBlob"]);
        assert_eq!((blob.len(), &sealed["EncryptionAlgorithm"]), (256, &json!(algorithm)));
        let open = json!({ "KeyId": rsa, "CiphertextBlob": base64(&blob), "EncryptionAlgorithm": algorithm });
        let opened = world.done(ACCOUNT, "Decrypt", open.clone()).await;
        assert_eq!(bytes(&opened["Plaintext"]), vec![1; limit]);
        assert_eq!(opened["KeyMaterialId"], Value::Null);
        let (code, message) = world.call(ACCOUNT, "Encrypt", input(limit + 1)).await.unwrap_err();
        assert_eq!(code, "ValidationException");
        let told = format!(
            "Algorithm {algorithm} and key spec RSA_2048 cannot encrypt data larger than {limit} bytes."
        );
        assert_eq!(message, told);
        let mut changed = open.clone();
        changed["CiphertextBlob"] = json!(base64(&[&[blob[0] ^ 1], &blob[1..]].concat()));
        assert_eq!(world.refused(ACCOUNT, "Decrypt", changed).await, "InvalidCiphertextException");
        let mut context = open;
        context["EncryptionContext"] = json!({ "a": "1" });
        assert_eq!(world.refused(ACCOUNT, "Decrypt", context).await, "ValidationException");
        // To a symmetric key and back.
        let input = json!({
            "CiphertextBlob": base64(&blob), "SourceKeyId": rsa, "SourceEncryptionAlgorithm": algorithm,
            "DestinationKeyId": symmetric, "DestinationEncryptionContext": { "a": "1" },
        });
        let there = world.done(ACCOUNT, "ReEncrypt", input).await;
        assert_eq!(there["SourceEncryptionAlgorithm"], algorithm);
        assert_eq!(there["SourceKeyMaterialId"], Value::Null);
        let input = json!({
            "CiphertextBlob": there["CiphertextBlob"], "SourceEncryptionContext": { "a": "1" },
            "DestinationKeyId": rsa, "DestinationEncryptionAlgorithm": algorithm,
        });
        let back = world.done(ACCOUNT, "ReEncrypt", input).await;
        assert_eq!(bytes(&back["CiphertextBlob"]).len(), 256);
    }
    let none = json!({ "KeyId": rsa, "Plaintext": base64(b"x") });
    let (code, message) = world.call(ACCOUNT, "Encrypt", none).await.unwrap_err();
    assert_eq!(code, "InvalidKeyUsageException");
    assert_eq!(message, "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.");
    let data_key = json!({ "KeyId": rsa, "KeySpec": "AES_256" });
    assert_eq!(world.refused(ACCOUNT, "GenerateDataKey", data_key).await, "InvalidKeyUsageException");
    // A symmetric ciphertext says which key it needs.
    let sealed =
        world.done(ACCOUNT, "Encrypt", json!({ "KeyId": symmetric, "Plaintext": base64(b"x") })).await;
    let input = json!({ "KeyId": rsa, "CiphertextBlob": sealed["CiphertextBlob"] });
    assert_eq!(world.refused(ACCOUNT, "Decrypt", input).await, "IncorrectKeyException");
}

#[tokio::test]
async fn two_keys_agree_and_secrets_are_encapsulated() {
    let world = World::new();
    let (one, other) = (
        key(&world, "ECC_NIST_P384", "KEY_AGREEMENT").await,
        key(&world, "ECC_NIST_P384", "KEY_AGREEMENT").await,
    );
    let mut secrets = Vec::new();
    for (ours, theirs) in [(&one, &other), (&other, &one)] {
        let public = world.done(ACCOUNT, "GetPublicKey", json!({ "KeyId": theirs })).await;
        let input =
            json!({ "KeyId": ours, "KeyAgreementAlgorithm": "ECDH", "PublicKey": public["PublicKey"] });
        let agreed = world.done(ACCOUNT, "DeriveSharedSecret", input).await;
        assert_eq!(agreed["KeyOrigin"], "AWS_KMS");
        secrets.push(bytes(&agreed["SharedSecret"]));
    }
    assert_eq!((&secrets[0], secrets[0].len()), (&secrets[1], 48));
    let foreign = key(&world, "ECC_NIST_P256", "KEY_AGREEMENT").await;
    let foreign = world.done(ACCOUNT, "GetPublicKey", json!({ "KeyId": foreign })).await;
    for public in [&foreign["PublicKey"], &json!(base64(b"nonsense"))] {
        let input = json!({ "KeyId": one, "KeyAgreementAlgorithm": "ECDH", "PublicKey": public });
        assert_eq!(world.refused(ACCOUNT, "DeriveSharedSecret", input).await, "ValidationException");
    }

    let lattice = key(&world, "ML_KEM_768", "ENCAPSULATE_DECAPSULATE").await;
    let input = json!({ "KeyId": lattice, "EncapsulationAlgorithm": "ML_KEM" });
    let made = world.done(ACCOUNT, "Encapsulate", input.clone()).await;
    let blob = bytes(&made["SharedSecretCiphertextBlob"]);
    assert_eq!((blob.len(), bytes(&made["SharedSecret"]).len()), (1088, 32));
    let open = |blob: &[u8]| {
        let mut input = input.clone();
        input["SharedSecretCiphertextBlob"] = json!(base64(blob));
        input
    };
    let opened = world.done(ACCOUNT, "Decapsulate", open(&blob)).await;
    assert_eq!(opened["SharedSecret"], made["SharedSecret"]);
    let changed = [&[blob[0] ^ 1], &blob[1..]].concat();
    let opened = world.done(ACCOUNT, "Decapsulate", open(&changed)).await;
    assert_ne!(opened["SharedSecret"], made["SharedSecret"]);
    let short = world.refused(ACCOUNT, "Decapsulate", open(&blob[1..])).await;
    assert_eq!(short, "InvalidCiphertextException");
}

#[tokio::test]
async fn data_key_pairs_come_with_their_private_key_encrypted() {
    let world = World::new();
    let symmetric = world.key().await;
    for spec in ["RSA_2048", "ECC_NIST_P256", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519", "ML_KEM_1024"] {
        let input = json!({ "KeyId": symmetric, "KeyPairSpec": spec, "EncryptionContext": { "a": "1" } });
        let pair = world.done(ACCOUNT, "GenerateDataKeyPair", input.clone()).await;
        assert_eq!((&pair["KeyPairSpec"], &pair["KeyId"]), (&json!(spec), &json!(arn(&symmetric))));
        assert_eq!(pair["KeyMaterialId"].as_str().unwrap().len(), 64);
        let open =
            json!({ "CiphertextBlob": pair["PrivateKeyCiphertextBlob"], "EncryptionContext": { "a": "1" } });
        let opened = world.done(ACCOUNT, "Decrypt", open).await;
        assert_eq!(opened["Plaintext"], pair["PrivateKeyPlaintext"]);
        let without = world.done(ACCOUNT, "GenerateDataKeyPairWithoutPlaintext", input).await;
        assert_eq!(without["PrivateKeyPlaintext"], Value::Null);
        assert_ne!(without["PublicKey"], pair["PublicKey"]);
    }
    let sm2 = json!({ "KeyId": symmetric, "KeyPairSpec": "SM2" });
    assert_eq!(world.refused(ACCOUNT, "GenerateDataKeyPair", sm2).await, "UnsupportedOperationException");
    let curve = key(&world, "ECC_NIST_P256", "SIGN_VERIFY").await;
    let input = json!({ "KeyId": curve, "KeyPairSpec": "RSA_2048" });
    assert_eq!(world.refused(ACCOUNT, "GenerateDataKeyPair", input).await, "InvalidKeyUsageException");
}

#[tokio::test]
async fn policies_see_the_algorithms() {
    let world = World::new();
    let curve = key(&world, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY").await;
    let mut policy = allow(&["kms:Sign"]);
    policy["Statement"][0]["Condition"] = json!({ "StringEquals": {
        "kms:SigningAlgorithm": "ED25519_SHA_512", "kms:MessageType": "RAW",
        "kms:KeySpec": "ECC_NIST_EDWARDS25519", "kms:KeyUsage": "SIGN_VERIFY", "kms:KeyOrigin": "AWS_KMS",
    } });
    world.user(ACCOUNT, "u", Some(policy));
    let input = json!({ "KeyId": curve, "Message": base64(b"x"), "SigningAlgorithm": "ED25519_SHA_512" });
    world.done("AKIAu", "Sign", input).await;
    let input = json!({
        "KeyId": curve, "Message": base64(&[0; 64]), "SigningAlgorithm": "ED25519_PH_SHA_512", "MessageType": "DIGEST",
    });
    assert_eq!(world.refused("AKIAu", "Sign", input).await, "AccessDeniedException");

    let mut policy = allow(&["kms:GenerateDataKeyPair", "kms:GenerateMac", "kms:DeriveSharedSecret"]);
    policy["Statement"][0]["Condition"] = json!({ "StringEqualsIfExists": {
        "kms:DataKeyPairSpec": "ECC_NIST_P256", "kms:MacAlgorithm": "HMAC_SHA_512",
        "kms:KeyAgreementAlgorithm": "ECDH",
    } });
    world.user(ACCOUNT, "v", Some(policy));
    let symmetric = world.key().await;
    let input = |spec| json!({ "KeyId": symmetric, "KeyPairSpec": spec });
    world.done("AKIAv", "GenerateDataKeyPair", input("ECC_NIST_P256")).await;
    assert_eq!(
        world.refused("AKIAv", "GenerateDataKeyPair", input("ECC_NIST_P384")).await,
        "AccessDeniedException"
    );
    let mac = key(&world, "HMAC_256", "GENERATE_VERIFY_MAC").await;
    let input = json!({ "KeyId": mac, "Message": base64(b"x"), "MacAlgorithm": "HMAC_SHA_256" });
    assert_eq!(world.refused("AKIAv", "GenerateMac", input).await, "AccessDeniedException");
}

#[tokio::test]
async fn grants_allow_what_the_key_can_do() {
    let world = World::new();
    let grantee = world.user(ACCOUNT, "g", None);
    let curve = key(&world, "ECC_NIST_P256", "SIGN_VERIFY").await;
    let grant = |operations: Value, constraints: Value| {
        let mut input = json!({ "KeyId": curve, "GranteePrincipal": grantee, "Operations": operations });
        if !constraints.is_null() {
            input["Constraints"] = constraints;
        }
        input
    };
    for (operations, constraints) in [
        (json!(["Encrypt"]), Value::Null),
        (json!(["Sign", "GenerateDataKey"]), Value::Null),
        (json!(["Sign"]), json!({ "EncryptionContextEquals": { "a": "1" } })),
    ] {
        let refused = world.refused(ACCOUNT, "CreateGrant", grant(operations, constraints)).await;
        assert_eq!(refused, "ValidationException");
    }
    let input = json!({ "KeyId": curve, "Message": base64(b"x"), "SigningAlgorithm": "ECDSA_SHA_256" });
    assert_eq!(world.refused("AKIAg", "Sign", input.clone()).await, "AccessDeniedException");
    world.done(ACCOUNT, "CreateGrant", grant(json!(["Sign", "GetPublicKey"]), Value::Null)).await;
    let mut signed = input.clone();
    signed["Signature"] = world.done("AKIAg", "Sign", input).await["Signature"].clone();
    world.done("AKIAg", "GetPublicKey", json!({ "KeyId": curve })).await;
    assert_eq!(world.refused("AKIAg", "Verify", signed).await, "AccessDeniedException");
    // A symmetric key does not sign.
    let input = json!({ "KeyId": world.key().await, "GranteePrincipal": grantee, "Operations": ["Sign"] });
    assert_eq!(world.refused(ACCOUNT, "CreateGrant", input).await, "ValidationException");
}
