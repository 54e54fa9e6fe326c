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
