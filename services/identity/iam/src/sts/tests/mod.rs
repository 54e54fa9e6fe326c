//! STS behind a door: whole calls, signed, from bytes to bytes.

mod assume_role;
mod token;
mod user_sessions;
mod world;

use world::{HERE, World, allow};

use super::authorization_message;

#[tokio::test]
async fn everybody_may_know_who_they_are() {
    let world = World::new().await;
    let denied =
        world.user("nobody", &allow(r#""sts:*""#, r#","Resource":"*""#).replace("Allow", "Deny")).await;
    let answer = world.sts(&denied, "GetCallerIdentity", &[]).await.ok();
    assert_eq!(answer.text("Arn"), format!("arn:aws:iam::{HERE}:user/nobody"));
    assert_eq!(answer.text("Account"), HERE);
    assert!(answer.text("UserId").starts_with("AIDA"));
    let root = world.root_key().await;
    let answer = world.sts(&root, "GetCallerIdentity", &[]).await.ok();
    assert_eq!((answer.text("UserId"), answer.text("Arn")), (HERE, &*format!("arn:aws:iam::{HERE}:root")));
}

#[tokio::test]
async fn a_key_tells_its_account() {
    let world = World::new().await;
    let ask = async |id: &str| world.sts(&world.admin, "GetAccessKeyInfo", &[("AccessKeyId", id)]).await;
    assert_eq!(ask(&world.stranger.id).await.ok().text("Account"), world::THERE);
    assert_eq!(ask("ASIAQNZGKIQY56JQ7WML").await.ok().text("Account"), "029608264753");
    ask("XXXXQNZGKIQY56JQ7WML").await.refused("ValidationError");
    let nobody = world.user("nobody", &allow(r#""sts:AssumeRole""#, r#","Resource":"*""#)).await;
    let refused = world.sts(&nobody, "GetAccessKeyInfo", &[("AccessKeyId", &world.admin.id)]).await;
    refused.refused("AccessDenied");
}

#[tokio::test]
async fn authorization_messages_are_for_their_account() {
    let world = World::new().await;
    let sealer = &world.door.trunks().sealer;
    let text = r#"{"allowed":false}"#;
    let encoded = authorization_message::encode(sealer, world::place(HERE).account, text).unwrap().unwrap();
    let input = [("EncodedMessage", encoded.as_str())];
    let decoded = world.sts(&world.admin, "DecodeAuthorizationMessage", &input).await.ok();
    assert_eq!(decoded.text("DecodedMessage").replace("&quot;", "\""), text);
    let other = world.sts(&world.stranger, "DecodeAuthorizationMessage", &input).await;
    other.refused("InvalidAuthorizationMessageException");
    for bad in ["x", "not a message", &encoded[1..]] {
        let refused = world.sts(&world.admin, "DecodeAuthorizationMessage", &[("EncodedMessage", bad)]).await;
        refused.refused("InvalidAuthorizationMessageException");
    }
    let long = "x".repeat(9000);
    assert!(authorization_message::encode(sealer, world::place(HERE).account, &long).unwrap().is_none());
}
