//! The protocol between an HSM and everyone: frames of CBOR over mutual TLS.
//!
//! A frame is a length (4 bytes, big-endian) and a [`Call`] or an [`Answer`]. Answers on one connection come in the
//! order of the calls; who wants more at once opens more connections. Types grow by new indices; a decoder skips
//! fields that it does not know, and refuses variants that it does not know.

mod admin;
mod attribute;
mod control;
mod fault;
mod frame;
mod mechanism;
mod peer;
mod request;
mod secret;
mod socket;

pub use admin::{AdminReply, AdminRequest, Approval, QuorumService, TokenSignature, User};
pub use attribute::{AttributeAnswer, AttributeType, Template, Value, class, key_type};
pub use control::{Certificates, ControlReply, ControlRequest, Member};
pub use fault::{Code, Fault};
pub use frame::{
    FrameError, MAX_FRAME, MAX_INNER_FRAME, decode, decode_answer, decode_call, frame, read_frame,
    write_frame,
};
pub use mechanism::{CipherMechanism, DeriveMechanism, Hash, Oaep, SignMechanism, WrapMechanism};
pub use peer::{EntryName, PeerReply, PeerRequest, SealedEntry, Version};
pub use request::{Answer, Call, Handle, Info, OperationId, Outcome, PROTOCOL, Reply, Request, Role, State};
pub use secret::Secret;
pub(crate) use socket::{SENT, Socket};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calls() -> Vec<Call> {
        let template = Template::new()
            .with(AttributeType::LABEL, "a label")
            .with(AttributeType::TOKEN, true)
            .with(AttributeType::VALUE_LEN, 32);
        let (operation, key) = (OperationId([7; 16]), Handle(9));
        let approval = Some(Approval {
            token: vec![1, 2],
            signatures: vec![TokenSignature { user: "a".into(), signature: vec![3] }],
        });
        let requests = [
            Request::Hello { protocol: PROTOCOL, client: [5; 16] },
            Request::Login { user: "user".into(), password: Secret::from("secret"), role: Some(Role::Admin) },
            Request::GenerateKeyPair { operation, public: template.clone(), private: template.clone() },
            Request::Sign {
                key,
                mechanism: SignMechanism::RsaPss { hash: Hash::Sha256, salt: 32, digest: true },
                data: Secret::from("data"),
                approval: approval.clone(),
            },
            Request::Wrap {
                by: key,
                mechanism: WrapMechanism::RsaAes {
                    oaep: Oaep { hash: Hash::Sha1, mgf: Hash::Sha1, label: vec![1] },
                    bits: 256,
                },
                key,
                approval: None,
            },
            Request::Admin {
                operation,
                request: AdminRequest::SetQuorum { service: QuorumService::User, approvals: 2, approval },
            },
            Request::Peer(PeerRequest::Push {
                entries: vec![SealedEntry {
                    name: EntryName::User("u".into()),
                    version: Version { count: 1, writer: 2 },
                    session: false,
                    operation: Some(operation),
                    body: Some(vec![1, 2, 3]),
                }],
            }),
        ];
        requests.into_iter().map(|request| Call { id: 77, request }).collect()
    }

    #[test]
    fn calls_read_back_and_keep_secrets() {
        for call in calls() {
            let written = frame(&call, MAX_FRAME).unwrap();
            let body = read_frame(&mut &*written, MAX_FRAME).unwrap().unwrap();
            let again = decode_call(&body).unwrap();
            assert_eq!(format!("{again:?}"), format!("{call:?}"));
            assert_eq!(*frame(&again, MAX_FRAME).unwrap(), *written);
            assert!(!format!("{call:?}").contains("secret"));
            assert!(read_frame(&mut &written[..written.len() - 1], MAX_FRAME).is_err());
            assert!(matches!(read_frame(&mut &*written, 3), Err(FrameError::TooLarge(_))));
        }
        assert!(read_frame(&mut &[][..], MAX_FRAME).unwrap().is_none());
    }

    proptest! {
        #[test]
        fn altered_calls_do_no_harm(
            which in 0_usize..7,
            changes in prop::collection::vec((any::<u16>(), any::<u8>()), 1..6),
            cut in any::<u16>(),
        ) {
            let mut bytes = minicbor::to_vec(&calls()[which]).unwrap();
            for (at, value) in changes {
                let at = usize::from(at) % bytes.len();
                bytes[at] = value;
            }
            bytes.truncate(bytes.len() - usize::from(cut) % 4);
            if let Ok(call) = decode_call(&bytes) {
                let written = frame(&call, usize::MAX).unwrap();
                let again = decode_call(&written[4..]).unwrap();
                prop_assert_eq!(&*frame(&again, usize::MAX).unwrap(), &*written);
            }
            let _ = decode_answer(&bytes);
        }
    }
}
