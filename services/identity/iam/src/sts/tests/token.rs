use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bastide_door::{Caller, Session};
use bastide_ids::{AccountId, Partition, Timestamp};
use bastide_policy::Principal;
use proptest::prelude::*;

use super::world::sealer;
use crate::model::PolicyText;
use crate::sts::token::{Kept, SessionPolicies, Token, assumed_role, federated_user, open, seal};

fn token(principal: Principal) -> Token {
    let account = AccountId::parse("111122223333").unwrap();
    let kept = Kept {
        policies: Some(SessionPolicies { inline: Some(PolicyText::new("{}")), managed: vec!["arn".into()] }),
        transitive: vec!["a".into()],
    };
    let session = Session {
        issued: Timestamp::from_seconds(10),
        expires: Timestamp::from_seconds(20),
        mfa: Some(Timestamp::from_seconds(9)),
        tags: vec![("a".into(), "ä".into())],
        source_identity: Some("me".into()),
        issuer_id: match principal {
            Principal::FederatedUser { .. } => "AIDAX".into(),
            _ => String::new(),
        },
        kept: Some(Arc::new(kept)),
    };
    let caller =
        Caller { principal, account, access_key_id: Some("ASIAEXAMPLE".into()), session: Some(session) };
    Token { secret: "secret".to_owned().into(), caller }
}

fn principals() -> Vec<Principal> {
    let account = AccountId::parse("111122223333").unwrap();
    let user = "arn:aws:iam::111122223333:user/a/u";
    vec![
        Principal::root(Partition::AwsCn, account),
        Principal::User { account, arn: user.into(), name: "u".into(), id: "AIDAX".into() },
        assumed_role(account, "arn:aws:iam::111122223333:role/a/r", "AROAX", "s").unwrap(),
        federated_user(account, "f", user).unwrap(),
    ]
}

#[test]
fn what_is_sealed_opens_as_it_was() {
    let sealer = sealer();
    for principal in principals() {
        let text = seal(&sealer, &token(principal.clone()), 0).unwrap();
        let opened = open(&sealer, "ASIAEXAMPLE", &text).unwrap().unwrap();
        let same = token(principal);
        assert_eq!(opened.secret, same.secret);
        assert_eq!(format!("{:?}", opened.caller.principal), format!("{:?}", same.caller.principal));
        let (session, wanted) =
            (opened.caller.session.as_ref().unwrap(), same.caller.session.as_ref().unwrap());
        assert_eq!(
            (session.issued, session.expires, session.mfa),
            (wanted.issued, wanted.expires, wanted.mfa)
        );
        assert_eq!((&session.tags, &session.source_identity), (&wanted.tags, &wanted.source_identity));
        assert_eq!(session.issuer_id, wanted.issuer_id);
        let kept = Kept::of(&opened.caller).unwrap();
        assert_eq!(kept.transitive, ["a"]);
        let policies = kept.policies.as_ref().unwrap();
        assert_eq!((policies.inline.as_ref().unwrap().text(), policies.managed.len()), ("{}", 1));
    }
}

#[test]
fn nothing_else_opens() {
    let ours = sealer();
    let text = seal(&ours, &token(principals().remove(1)), 0).unwrap();
    assert!(open(&ours, "ASIAOTHER", &text).unwrap().is_none());
    assert!(open(&sealer(), "ASIAEXAMPLE", &text).unwrap().is_none(), "another keyring");
    for bad in ["", "x", "AAAA", &text[..text.len() - 4], &"A".repeat(20_000)] {
        assert!(open(&ours, "ASIAEXAMPLE", bad).unwrap().is_none());
    }
}

#[test]
fn a_token_is_as_long_as_it_must_be() {
    let sealer = sealer();
    let text = seal(&sealer, &token(principals().remove(2)), 4096).unwrap();
    assert!((4096..6000).contains(&text.len()), "{}", text.len());
    assert!(open(&sealer, "ASIAEXAMPLE", &text).unwrap().is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_opens_by_chance(text in ".{0,300}", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let sealer = sealer();
        let sealed = [b"BSL\x01\0\0\0\x01".as_slice(), &bytes].concat();
        for text in [text, STANDARD.encode(&bytes), STANDARD.encode(sealed)] {
            prop_assert!(open(&sealer, "ASIAEXAMPLE", &text).unwrap().is_none());
        }
    }

    #[test]
    fn what_is_changed_anywhere_does_not_open(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let sealer = sealer();
        let mut bytes = STANDARD.decode(seal(&sealer, &token(principals().remove(2)), 0).unwrap()).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(open(&sealer, "ASIAEXAMPLE", &STANDARD.encode(bytes)).unwrap().is_none());
    }
}
