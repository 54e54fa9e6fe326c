use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::world::{HERE, Keys, World, allow, trust};

/// The code of a seed in base32 at a step of 30 seconds (RFC 6238).
fn code(seed: &str, step: i64) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let value = |c: u8| ALPHABET.iter().position(|letter| *letter == c).unwrap();
    let bits: Vec<usize> =
        seed.bytes().flat_map(|c| (0..5).rev().map(move |bit| value(c) >> bit & 1)).collect();
    let byte = |bits: &[usize]| u8::try_from(bits.iter().fold(0, |number, bit| number << 1 | bit)).unwrap();
    let seed: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &seed);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let number = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// A user with a device: its keys, the serial number and the seed.
async fn user_with_device(world: &World) -> (Keys, String, String) {
    let user = world.user("alice", &allow(r#"["iam:*","sts:*"]"#, r#","Resource":"*""#)).await;
    let made =
        world.iam(&world.admin, "CreateVirtualMFADevice", &[("VirtualMFADeviceName", "phone")]).await.ok();
    let serial = made.text("SerialNumber").to_owned();
    let seed = String::from_utf8(STANDARD.decode(made.text("Base32StringSeed")).unwrap()).unwrap();
    let step = now(world);
    let (first, second) = (code(&seed, step - 1), code(&seed, step));
    let input = [
        ("UserName", "alice"),
        ("SerialNumber", serial.as_str()),
        ("AuthenticationCode1", first.as_str()),
        ("AuthenticationCode2", second.as_str()),
    ];
    world.iam(&world.admin, "EnableMFADevice", &input).await.ok();
    world.advance(60);
    (user, serial, seed)
}

fn now(world: &World) -> i64 {
    use bastide_ids::Clock;
    world.clock.now().seconds() / 30
}

#[tokio::test]
async fn a_session_without_a_second_factor_keeps_away_from_iam() {
    let world = World::new().await;
    let (user, serial, seed) = user_with_device(&world).await;
    world.iam(&user, "ListUsers", &[]).await.ok();
    let session = world.sts(&user, "GetSessionToken", &[]).await.ok().keys();
    let who = world.sts(&session, "GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.text("Arn"), format!("arn:aws:iam::{HERE}:user/alice"));
    world.iam(&session, "ListUsers", &[]).await.refused("AccessDenied");
    for (operation, input) in [
        ("GetSessionToken", &[][..]),
        ("GetFederationToken", &[("Name", "bob")]),
        ("GetAccessKeyInfo", &[("AccessKeyId", user.id.as_str())]),
        ("DecodeAuthorizationMessage", &[("EncodedMessage", "x")]),
    ] {
        let message = world.sts(&session, operation, input).await.refused("AccessDenied");
        assert_eq!(message, format!("Cannot call {operation} with session credentials"));
    }

    let shown =
        |code: &str| [("SerialNumber".to_owned(), serial.clone()), ("TokenCode".to_owned(), code.to_owned())];
    let ask = async |input: [(String, String); 2]| {
        let input: Vec<(&str, &str)> = input.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        world.sts(&user, "GetSessionToken", &input).await
    };
    let present = code(&seed, now(&world));
    let wrong = if present == "000000" { "000001" } else { "000000" };
    ask(shown(wrong)).await.refused("AccessDenied");
    let session = ask(shown(&present)).await.ok().keys();
    world.iam(&session, "ListUsers", &[]).await.ok();
    ask(shown(&present)).await.refused("AccessDenied");
    world.sts(&user, "GetSessionToken", &[("TokenCode", &present)]).await.refused("AccessDenied");
    let stolen = [("SerialNumber", serial.as_str()), ("TokenCode", present.as_str())];
    world.sts(&world.admin, "GetSessionToken", &stolen).await.refused("AccessDenied");
}

#[tokio::test]
async fn a_role_may_ask_for_a_second_factor() {
    let world = World::new().await;
    let (user, serial, seed) = user_with_device(&world).await;
    let condition = r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"60"}}"#;
    let document =
        trust(&format!(r#"{{"AWS":"arn:aws:iam::{HERE}:root"}}"#), r#""sts:AssumeRole""#, condition);
    let role = world.role(&world.admin, "r", &document).await;
    world.assume(&user, &role, &[]).await.refused("AccessDenied");
    let present = code(&seed, now(&world));
    let shown = [("SerialNumber", serial.as_str()), ("TokenCode", present.as_str())];
    world.assume(&user, &role, &[shown[0], ("TokenCode", "12345x")]).await.refused("ValidationError");
    world.assume(&user, &role, &shown).await.ok();
    // A session without a second factor may still show one.
    let bare = world.sts(&user, "GetSessionToken", &[]).await.ok().keys();
    world.assume(&bare, &role, &[]).await.refused("AccessDenied");
    world.advance(30);
    let present = code(&seed, now(&world));
    let shown = [("SerialNumber", serial.as_str()), ("TokenCode", present.as_str())];
    world.assume(&bare, &role, &shown).await.ok();
    // A code is good once.
    world.assume(&user, &role, &shown).await.refused("AccessDenied");
    // A session that was made with a second factor counts as well, for as long as the policy says.
    world.advance(60);
    let present = code(&seed, now(&world));
    let shown = [("SerialNumber", serial.as_str()), ("TokenCode", present.as_str())];
    let session = world.sts(&user, "GetSessionToken", &shown).await.ok().keys();
    world.assume(&session, &role, &[]).await.ok();
    world.advance(61);
    world.assume(&session, &role, &[]).await.refused("AccessDenied");
}

#[tokio::test]
async fn root_has_sessions_of_an_hour() {
    let world = World::new().await;
    let root = world.root_key().await;
    let answer = world.sts(&root, "GetSessionToken", &[("DurationSeconds", "43200")]).await.ok();
    assert_eq!(answer.text("Expiration"), "2026-11-21T10:30:00Z");
    let session = answer.keys();
    let who = world.sts(&session, "GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.text("Arn"), format!("arn:aws:iam::{HERE}:root"));
    world.iam(&session, "ListUsers", &[]).await.refused("AccessDenied");
}

#[tokio::test]
async fn a_federated_user_may_what_both_allow() {
    let world = World::new().await;
    let everything = allow(r#""*""#, r#","Resource":"*""#);
    let asker = world
        .user(
            "asker",
            &allow(r#"["sts:GetFederationToken","iam:ListUsers","relay:*"]"#, r#","Resource":"*""#),
        )
        .await;
    let nobody = world.user("nobody", &allow(r#""iam:*""#, r#","Resource":"*""#)).await;
    let name = ("Name", "bob");
    world.sts(&nobody, "GetFederationToken", &[name]).await.refused("AccessDenied");
    let answer = world.sts(&asker, "GetFederationToken", &[name, ("Policy", &everything)]).await.ok();
    assert_eq!(answer.text("Arn"), format!("arn:aws:sts::{HERE}:federated-user/bob"));
    assert_eq!(answer.text("FederatedUserId"), format!("{HERE}:bob"));
    let session = answer.keys();
    let who = world.sts(&session, "GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.text("UserId"), format!("{HERE}:bob"));
    // IAM stays closed even where both policies allow it.
    let message = world.iam(&session, "ListUsers", &[]).await.refused("AccessDenied");
    assert!(message.ends_with("with an explicit deny in a session policy"), "{message}");
    let theirs = trust(r#"{"Service":"relay.amazonaws.com"}"#, r#""sts:AssumeRole""#, "");
    let role = world.role(&world.admin, "theirs", &theirs).await;
    world.call(&session, "relay", "1", "Relay", &[("RoleArn", &role)]).await.ok();
    let bare = world.sts(&asker, "GetFederationToken", &[name]).await.ok().keys();
    let message =
        world.call(&bare, "relay", "1", "Relay", &[("RoleArn", &role)]).await.refused("AccessDenied");
    assert!(message.contains("because no session policy allows"), "{message}");
    let tagged = [name, ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")];
    world.sts(&asker, "GetFederationToken", &tagged).await.refused("AccessDenied");
    world.sts(&session, "GetSessionToken", &[]).await.refused("AccessDenied");
    // The session ends with whoever made it.
    world.iam(&world.admin, "DeleteUserPolicy", &[("UserName", "asker"), ("PolicyName", "p")]).await.ok();
    let key = [("UserName", "asker"), ("AccessKeyId", asker.id.as_str())];
    world.iam(&world.admin, "DeleteAccessKey", &key).await.ok();
    world.iam(&world.admin, "DeleteUser", &key[..1]).await.ok();
    world.sts(&session, "GetCallerIdentity", &[]).await.refused("InvalidClientTokenId");
}
