use serde_json::{Value, json};

use crate::world::{ACCOUNT, OTHER, World, allow, arn, base64, bytes, side_by_side};

async fn grant(
    world: &World,
    who: &str,
    key: &str,
    grantee: &str,
    operations: &[&str],
    more: Value,
) -> crate::world::Answer {
    let mut input = json!({ "KeyId": key, "GranteePrincipal": grantee, "Operations": operations });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.call(who, "CreateGrant", input).await
}

#[tokio::test]
async fn a_grant_allows_what_it_says_until_it_ends() {
    let world = World::new();
    let key = world.key().await;
    let user = world.user(ACCOUNT, "u", None);
    let encrypt = || world.call("AKIAu", "Encrypt", json!({ "KeyId": key, "Plaintext": base64(b"x") }));
    assert_eq!(encrypt().await.unwrap_err().0, "AccessDeniedException");
    let made = grant(&world, ACCOUNT, &key, &user, &["Encrypt", "DescribeKey"], json!({})).await.unwrap();
    let sealed = encrypt().await.unwrap();
    world.done("AKIAu", "DescribeKey", json!({ "KeyId": key })).await;
    let decrypt = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
    assert_eq!(world.refused("AKIAu", "Decrypt", decrypt.clone()).await, "AccessDeniedException");
    grant(&world, ACCOUNT, &key, &user, &["Decrypt"], json!({})).await.unwrap();
    assert_eq!(bytes(&world.done("AKIAu", "Decrypt", decrypt.clone()).await["Plaintext"]), b"x");
    world.done(ACCOUNT, "RevokeGrant", json!({ "KeyId": key, "GrantId": made["GrantId"] })).await;
    assert_eq!(encrypt().await.unwrap_err().0, "AccessDeniedException");
    world.done("AKIAu", "Decrypt", decrypt).await;
    let again = json!({ "KeyId": key, "GrantId": made["GrantId"] });
    assert_eq!(world.refused(ACCOUNT, "RevokeGrant", again).await, "NotFoundException");
    let malformed = json!({ "KeyId": key, "GrantId": "xyz" });
    assert_eq!(world.refused(ACCOUNT, "RevokeGrant", malformed).await, "InvalidGrantIdException");
}

#[tokio::test]
async fn a_denial_wins_over_a_grant() {
    let world = World::new();
    let key = world.key().await;
    let mut policy = allow(&["kms:Encrypt"]);
    policy["Statement"][0]["Effect"] = json!("Deny");
    let user = world.user(ACCOUNT, "u", Some(policy));
    grant(&world, ACCOUNT, &key, &user, &["Encrypt"], json!({})).await.unwrap();
    let refused =
        world.call("AKIAu", "Encrypt", json!({ "KeyId": key, "Plaintext": base64(b"x") })).await.unwrap_err();
    assert!(refused.1.ends_with("with an explicit deny in an identity-based policy"), "{}", refused.1);
}

#[tokio::test]
async fn a_grant_to_a_role_is_for_its_sessions() {
    let world = World::new();
    let key = world.key().await;
    let role = world.role(ACCOUNT, "r", None);
    world.role(ACCOUNT, "other", None);
    grant(&world, ACCOUNT, &key, &role, &["GenerateDataKey"], json!({})).await.unwrap();
    let input = json!({ "KeyId": key, "KeySpec": "AES_256" });
    world.done("ASIAr", "GenerateDataKey", input.clone()).await;
    assert_eq!(world.refused("ASIAother", "GenerateDataKey", input.clone()).await, "AccessDeniedException");
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/other/session");
    grant(&world, ACCOUNT, &key, &session, &["GenerateDataKey"], json!({})).await.unwrap();
    world.done("ASIAother", "GenerateDataKey", input).await;
}

#[tokio::test]
async fn constraints_bind_a_grant_to_encryption_contexts() {
    let world = World::new();
    let key = world.key().await;
    let (equal, subset) = (world.user(ACCOUNT, "equal", None), world.user(ACCOUNT, "subset", None));
    let constraint = |kind: &str| json!({ "Constraints": { kind: { "a": "1" } } });
    let operations = ["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "DescribeKey"];
    grant(&world, ACCOUNT, &key, &equal, &operations, constraint("EncryptionContextEquals")).await.unwrap();
    grant(&world, ACCOUNT, &key, &subset, &operations, constraint("EncryptionContextSubset")).await.unwrap();
    for (who, context, allowed) in [
        ("AKIAequal", json!({ "a": "1" }), true),
        ("AKIAequal", json!({ "a": "1", "b": "2" }), false),
        ("AKIAequal", json!({}), false),
        ("AKIAsubset", json!({ "a": "1" }), true),
        ("AKIAsubset", json!({ "a": "1", "b": "2" }), true),
        ("AKIAsubset", json!({ "b": "2" }), false),
    ] {
        let input = json!({ "KeyId": key, "Plaintext": base64(b"x"), "EncryptionContext": context });
        assert_eq!(world.call(who, "Encrypt", input).await.is_ok(), allowed, "{who} {context}");
    }
    world.done("AKIAequal", "DescribeKey", json!({ "KeyId": key })).await;
    let input = json!({ "KeyId": key, "Plaintext": base64(b"x"), "EncryptionContext": { "a": "1" } });
    let sealed = world.done("AKIAequal", "Encrypt", input).await;
    let re_encrypt = |context: Value| {
        json!({
            "CiphertextBlob": sealed["CiphertextBlob"], "SourceEncryptionContext": { "a": "1" },
            "DestinationKeyId": key, "DestinationEncryptionContext": context,
        })
    };
    world.done("AKIAequal", "ReEncrypt", re_encrypt(json!({ "a": "1" }))).await;
    assert_eq!(world.refused("AKIAequal", "ReEncrypt", re_encrypt(json!({}))).await, "AccessDeniedException");
    world.done("AKIAsubset", "ReEncrypt", re_encrypt(json!({ "a": "1", "c": "3" }))).await;
}

#[tokio::test]
async fn who_may_create_grants_by_a_grant_passes_on_no_more_than_that() {
    let world = World::new();
    let key = world.key().await;
    let parent = world.user(ACCOUNT, "parent", None);
    let child = world.user(ACCOUNT, "child", None);
    let constraints = json!({ "Constraints": { "EncryptionContextSubset": { "a": "1" } } });
    let operations = ["Encrypt", "CreateGrant"];
    grant(&world, ACCOUNT, &key, &parent, &operations, constraints.clone()).await.unwrap();
    let pass = |operations: &'static [&'static str], constraints: Value| {
        let (world, key, child) = (&world, &key, &child);
        async move { grant(world, "AKIAparent", key, child, operations, constraints).await }
    };
    let denied = "AccessDeniedException";
    assert_eq!(pass(&["Encrypt"], json!({})).await.unwrap_err().0, denied);
    assert_eq!(pass(&["Encrypt", "Decrypt"], constraints.clone()).await.unwrap_err().0, denied);
    let looser = json!({ "Constraints": { "EncryptionContextSubset": { "b": "1" } } });
    assert_eq!(pass(&["Encrypt"], looser).await.unwrap_err().0, denied);
    pass(&["Encrypt", "CreateGrant"], constraints).await.unwrap();
    let stricter = json!({ "Constraints": { "EncryptionContextEquals": { "a": "1", "b": "2" } } });
    pass(&["Encrypt"], stricter).await.unwrap();
    let input = json!({ "KeyId": key, "Plaintext": base64(b"x"), "EncryptionContext": { "a": "1" } });
    world.done("AKIAchild", "Encrypt", input).await;

    // Whom a policy allows it is not limited so.
    world.user(ACCOUNT, "admin", Some(allow(&["kms:CreateGrant"])));
    grant(&world, "AKIAadmin", &key, &child, &["Decrypt"], json!({})).await.unwrap();
}

#[tokio::test]
async fn a_name_makes_a_repetition_of_a_grant() {
    let world = World::new();
    let key = world.key().await;
    let user = world.user(ACCOUNT, "u", None);
    let create = |more: Value| {
        let (world, key, user) = (&world, &key, &user);
        async move { grant(world, ACCOUNT, key, user, &["Encrypt"], more).await.unwrap() }
    };
    let (one, other) = (create(json!({})).await, create(json!({})).await);
    assert_ne!(one["GrantId"], other["GrantId"]);
    let (one, again) = (create(json!({ "Name": "n" })).await, create(json!({ "Name": "n" })).await);
    assert_eq!(one["GrantId"], again["GrantId"]);
    assert_ne!(one["GrantToken"], again["GrantToken"]);
    let different =
        create(json!({ "Name": "n", "Constraints": { "EncryptionContextSubset": { "a": "1" } } })).await;
    assert_ne!(one["GrantId"], different["GrantId"]);
    let listed = world.done(ACCOUNT, "ListGrants", json!({ "KeyId": key })).await;
    assert_eq!(listed["Grants"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn bad_grants_are_refused() {
    let world = World::new();
    let key = world.key().await;
    let user = world.user(ACCOUNT, "u", None);
    let refused = |grantee: &str, operations: &'static [&'static str], more: Value| {
        let (world, key, grantee) = (&world, &key, grantee.to_owned());
        async move { grant(world, ACCOUNT, key, &grantee, operations, more).await.unwrap_err() }
    };
    let not_a_principal = refused("arn:aws:s3:::bucket", &["Encrypt"], json!({})).await;
    let message = "ARN does not refer to a valid principal: arn:aws:s3:::bucket";
    assert_eq!(not_a_principal, ("InvalidArnException".to_owned(), message.to_owned()));
    for grantee in ["s3.amazonaws.com", "AIDAEXAMPLE", "arn:aws:iam::1:user/u"] {
        assert_eq!(refused(grantee, &["Encrypt"], json!({})).await.0, "InvalidArnException");
    }
    assert_eq!(
        refused(&user, &["Encrypt"], json!({ "RetiringPrincipal": "x" })).await.0,
        "InvalidArnException"
    );
    assert_eq!(refused(&user, &["Sign"], json!({})).await.0, "ValidationException");
    assert_eq!(refused(&user, &["Nonsense"], json!({})).await.0, "ValidationException");
    assert_eq!(refused(&user, &[], json!({})).await.0, "ValidationException");
    let both = json!({ "Constraints": { "EncryptionContextEquals": {}, "EncryptionContextSubset": {} } });
    assert_eq!(refused(&user, &["Encrypt"], both).await.0, "ValidationException");
    let many: serde_json::Map<_, _> = (0..9).map(|n| (n.to_string(), json!("x"))).collect();
    let many = json!({ "Constraints": { "EncryptionContextSubset": many } });
    assert_eq!(refused(&user, &["Encrypt"], many).await.0, "ValidationException");
    let long = json!({ "Constraints": { "EncryptionContextSubset": { "a": "x".repeat(385) } } });
    assert_eq!(refused(&user, &["Encrypt"], long).await.0, "ValidationException");
    assert_eq!(
        refused(&user, &["Encrypt"], json!({ "GrantTokens": ["x"] })).await.0,
        "InvalidGrantTokenException"
    );
    let service = json!({ "RetiringServicePrincipal": "s3.example.com" });
    assert_eq!(refused(&user, &["Encrypt"], service).await.0, "InvalidArnException");
}

#[tokio::test]
async fn grants_are_listed() {
    let world = World::new();
    let (key, other) = (world.key().await, world.key().await);
    let (one, two) = (world.user(ACCOUNT, "one", None), world.user(ACCOUNT, "two", None));
    let retiring = json!({ "RetiringPrincipal": two, "Name": "n" });
    let constraints = json!({ "Constraints": { "EncryptionContextEquals": { "a": "1" } } });
    let first = grant(&world, ACCOUNT, &key, &one, &["Encrypt", "Decrypt"], retiring.clone()).await.unwrap();
    grant(&world, ACCOUNT, &key, &one, &["Encrypt"], constraints).await.unwrap();
    grant(&world, ACCOUNT, &key, &two, &["Encrypt"], json!({})).await.unwrap();
    grant(&world, ACCOUNT, &other, &one, &["Encrypt"], retiring).await.unwrap();

    let list = |more: Value| {
        let mut input = json!({ "KeyId": key });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.done(ACCOUNT, "ListGrants", input)
    };
    let count = |listed: &Value| listed["Grants"].as_array().unwrap().len();
    assert_eq!(count(&list(json!({})).await), 3);
    assert_eq!(count(&list(json!({ "GranteePrincipal": one })).await), 2);
    let found = list(json!({ "GrantId": first["GrantId"] })).await;
    let shown = &found["Grants"][0];
    assert_eq!((&shown["KeyId"], &shown["Name"]), (&json!(arn(&key)), &json!("n")));
    assert_eq!((&shown["GranteePrincipal"], &shown["RetiringPrincipal"]), (&json!(one), &json!(two)));
    assert_eq!(
        (&shown["Operations"], &shown["IssuingAccount"]),
        (&json!(["Encrypt", "Decrypt"]), &json!(format!("arn:aws:iam::{ACCOUNT}:root")))
    );
    for more in [json!({}), json!({ "GranteePrincipal": one })] {
        let mut asked = more.clone();
        asked["Limit"] = json!(1);
        let mut seen = 0;
        loop {
            let page = list(asked.clone()).await;
            seen += count(&page);
            let Some(marker) = page.get("NextMarker") else { break };
            asked["Marker"] = marker.clone();
        }
        assert_eq!(seen, count(&list(more).await));
    }
    let retirable = world.done(ACCOUNT, "ListRetirableGrants", json!({ "RetiringPrincipal": two })).await;
    assert_eq!(count(&retirable), 2);
    let retirable = world.done(ACCOUNT, "ListRetirableGrants", json!({ "RetiringPrincipal": one })).await;
    assert_eq!(count(&retirable), 0);
    assert_eq!(
        world.refused(OTHER, "ListRetirableGrants", json!({ "RetiringPrincipal": two })).await,
        "AccessDeniedException"
    );
}

#[tokio::test]
async fn what_has_ended_is_on_no_list() {
    let world = World::new();
    let key = world.key().await;
    let (one, two) = (world.user(ACCOUNT, "one", None), world.user(ACCOUNT, "two", None));
    for left in [1, 0] {
        for _ in 0..2 {
            grant(&world, ACCOUNT, &key, &one, &["Encrypt"], json!({ "RetiringPrincipal": two }))
                .await
                .unwrap();
        }
        let all = world.done(ACCOUNT, "ListGrants", json!({ "KeyId": key })).await;
        for ended in all["Grants"].as_array().unwrap().iter().skip(left) {
            let input = json!({ "KeyId": key, "GrantId": ended["GrantId"] });
            world.done(ACCOUNT, "RevokeGrant", input).await;
        }
        for (operation, input) in [
            ("ListGrants", json!({ "KeyId": key, "Limit": 1 })),
            ("ListGrants", json!({ "KeyId": key, "GranteePrincipal": one, "Limit": 1 })),
            ("ListRetirableGrants", json!({ "RetiringPrincipal": two, "Limit": 1 })),
        ] {
            let page = world.done(ACCOUNT, operation, input).await;
            assert_eq!(page["Grants"].as_array().unwrap().len(), left, "{operation}");
            assert_eq!(page["Truncated"], false, "{operation}");
        }
    }
}

#[tokio::test]
async fn who_may_retire_a_grant() {
    let world = World::new();
    let key = world.key().await;
    let grantee = world.user(ACCOUNT, "grantee", None);
    let retiring = world.user(ACCOUNT, "retiring", None);
    world.user(ACCOUNT, "admin", Some(allow(&["kms:*"])));
    let create = |operations: &'static [&'static str]| {
        let more = json!({ "RetiringPrincipal": retiring });
        let (world, key, grantee) = (&world, &key, &grantee);
        async move { grant(world, ACCOUNT, key, grantee, operations, more).await.unwrap() }
    };
    for (who, operations, allowed) in [
        ("AKIAretiring", &["Encrypt"][..], true),
        (ACCOUNT, &["Encrypt"], true),
        ("AKIAgrantee", &["Encrypt", "RetireGrant"], true),
        ("AKIAgrantee", &["Encrypt"], false),
        ("AKIAadmin", &["Encrypt"], false),
        (OTHER, &["Encrypt"], false),
    ] {
        for by_token in [true, false] {
            let made = create(operations).await;
            let input = if by_token {
                json!({ "GrantToken": made["GrantToken"] })
            } else {
                json!({ "KeyId": arn(&key), "GrantId": made["GrantId"] })
            };
            let mut trial = input.clone();
            trial["DryRun"] = json!(true);
            let expected = if allowed { "DryRunOperationException" } else { "AccessDeniedException" };
            assert_eq!(world.refused(who, "RetireGrant", trial).await, expected, "{who}");
            assert_eq!(world.call(who, "RetireGrant", input.clone()).await.is_ok(), allowed, "{who}");
            let left =
                world.call(ACCOUNT, "ListGrants", json!({ "KeyId": key, "GrantId": made["GrantId"] })).await;
            assert_eq!(left.is_err(), allowed, "{who}");
            if allowed {
                assert_eq!(world.refused(ACCOUNT, "RetireGrant", input).await, "NotFoundException");
            }
        }
    }
    for input in
        [json!({}), json!({ "KeyId": arn(&key) }), json!({ "GrantToken": "x", "KeyId": key, "GrantId": "y" })]
    {
        assert_eq!(world.refused(ACCOUNT, "RetireGrant", input).await, "ValidationException");
    }
    assert_eq!(
        world.refused(ACCOUNT, "RetireGrant", json!({ "GrantToken": "x" })).await,
        "InvalidGrantTokenException"
    );
}

#[tokio::test]
async fn grants_made_at_once_are_all_there() {
    let world = World::new();
    let key = world.key().await;
    let user = world.user(ACCOUNT, "u", None);
    let made = side_by_side(8, |_| grant(&world, ACCOUNT, &key, &user, &["Encrypt"], json!({}))).await;
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    let listed = world.done(ACCOUNT, "ListGrants", json!({ "KeyId": key, "GranteePrincipal": user })).await;
    assert_eq!(listed["Grants"].as_array().unwrap().len(), 8);
}
