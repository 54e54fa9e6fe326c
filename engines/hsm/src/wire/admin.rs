use minicbor::{Decode, Encode};

use super::request::Role;
use super::secret::Secret;

/// What admins, and all users for themselves, ask for.
#[derive(Clone, Debug, Encode, Decode)]
pub enum AdminRequest {
    /// Gives the first admin its password, once (`cluster activate`). Needs no login. Reply: done.
    #[n(0)]
    Activate {
        /// 8 to 32 characters.
        #[n(0)]
        password: Secret,
    },
    /// All users. Reply: [`AdminReply::Users`].
    #[n(1)]
    ListUsers,
    /// Makes a user. For admins. Reply: done.
    #[n(2)]
    CreateUser {
        /// 1 to 31 letters, digits, `_`, `-`, `.`, `@`.
        #[n(0)]
        name: String,
        /// Admin or crypto user.
        #[n(1)]
        role: Role,
        /// 8 to 32 characters.
        #[n(2)]
        password: Secret,
        /// When quorum is on for the service `user`.
        #[n(3)]
        approval: Option<Approval>,
    },
    /// Deletes a user; a crypto user's keys with it. For admins. Reply: done.
    #[n(3)]
    DeleteUser {
        /// Who.
        #[n(0)]
        name: String,
        /// The role that it must have.
        #[n(1)]
        role: Role,
        /// When quorum is on for the service `user`.
        #[n(2)]
        approval: Option<Approval>,
    },
    /// Gives a user a new password: one's own, or for admins anyone's; it unlocks the user. Reply: done.
    #[n(4)]
    ChangePassword {
        /// Whose.
        #[n(0)]
        name: String,
        /// The role that it must have.
        #[n(1)]
        role: Role,
        /// 8 to 32 characters.
        #[n(2)]
        password: Secret,
        /// When quorum is on for the service `user` and the password is another user's.
        #[n(3)]
        approval: Option<Approval>,
    },
    /// Registers the RSA-2048 public key with which the logged-in user approves. Reply: done.
    #[n(5)]
    RegisterQuorumKey {
        /// SubjectPublicKeyInfo in PEM.
        #[n(0)]
        public_key: String,
        /// A PKCS#1 v1.5 SHA-256 signature of [`Self::QuorumChallenge`]'s bytes by it, which shows that the user
        /// has the private key.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        signature: Vec<u8>,
    },
    /// Bytes to sign for [`Self::RegisterQuorumKey`]. Reply: [`AdminReply::Bytes`].
    #[n(6)]
    QuorumChallenge,
    /// How many approvals each service needs. Reply: [`AdminReply::Quorums`].
    #[n(7)]
    ListQuorums,
    /// Sets how many approvals a service needs; 0 or 1 is none. For admins. Reply: done.
    #[n(8)]
    SetQuorum {
        /// Which service.
        #[n(0)]
        service: QuorumService,
        /// How many, at most 8, and at most as many as admins have registered keys.
        #[n(1)]
        approvals: u8,
        /// When quorum is on for the service `quorum`.
        #[n(2)]
        approval: Option<Approval>,
    },
    /// Makes a token that others approve by their signatures. Reply: [`AdminReply::Token`].
    #[n(9)]
    GenerateToken {
        /// For what.
        #[n(0)]
        service: QuorumService,
        /// For [`QuorumService::KeyManagement`] and [`QuorumService::KeyUsage`]: the key.
        #[n(1)]
        key: Option<super::Handle>,
    },
    /// Makes a token useless. Reply: done.
    #[n(10)]
    DeleteToken {
        /// The token.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        token: Vec<u8>,
    },
    /// Registers an authority whose client certificates are accepted too (`cluster mtls register-trust-anchor`).
    /// For admins. Reply: done.
    #[n(11)]
    RegisterTrustAnchor {
        /// A self-signed certificate in PEM.
        #[n(0)]
        certificate: String,
        /// When quorum is on for the service `cluster`.
        #[n(1)]
        approval: Option<Approval>,
    },
    /// The registered authorities. Reply: [`AdminReply::TrustAnchors`].
    #[n(12)]
    ListTrustAnchors,
    /// Takes an authority away. For admins. Reply: done.
    #[n(13)]
    DeregisterTrustAnchor {
        /// Its reference, from the list.
        #[n(0)]
        reference: String,
        /// When quorum is on for the service `cluster`.
        #[n(1)]
        approval: Option<Approval>,
    },
}

/// What may need the approval of several users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum QuorumService {
    /// Making, deleting users, and changing others' passwords.
    #[n(0)]
    User,
    /// Setting quorums.
    #[n(1)]
    Quorum,
    /// Trust anchors.
    #[n(2)]
    Cluster,
    /// Wrapping, sharing and changing a key that was made with a quorum for it.
    #[n(3)]
    KeyManagement,
    /// Signing, decrypting, deriving with a key that was made with a quorum for it.
    #[n(4)]
    KeyUsage,
}

impl QuorumService {
    /// The name that the CLI uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Quorum => "quorum",
            Self::Cluster => "cluster",
            Self::KeyManagement => "key-management",
            Self::KeyUsage => "key-usage",
        }
    }
}

/// A token and its signatures.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Approval {
    /// From [`AdminReply::Token`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub token: Vec<u8>,
    /// PKCS#1 v1.5 SHA-256 signatures of the token's bytes, and whose they are.
    #[n(1)]
    pub signatures: Vec<TokenSignature>,
}

/// One user's signature of a token.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TokenSignature {
    /// Whose.
    #[n(0)]
    pub user: String,
    /// RSA-2048 PKCS#1 v1.5 with SHA-256.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

/// Replies to [`AdminRequest`].
#[derive(Clone, Debug, Encode, Decode)]
pub enum AdminReply {
    /// To [`AdminRequest::ListUsers`], by name.
    #[n(0)]
    Users(#[n(0)] Vec<User>),
    /// Bytes to sign.
    #[n(1)]
    Bytes(
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        Vec<u8>,
    ),
    /// To [`AdminRequest::ListQuorums`].
    #[n(2)]
    Quorums(#[n(0)] Vec<(QuorumService, u8)>),
    /// To [`AdminRequest::GenerateToken`].
    #[n(3)]
    Token {
        /// What is signed, whole.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        token: Vec<u8>,
        /// How many signatures it needs.
        #[n(1)]
        approvals: u8,
    },
    /// To [`AdminRequest::ListTrustAnchors`]: reference and certificate in PEM.
    #[n(4)]
    TrustAnchors(#[n(0)] Vec<(String, String)>),
}

/// A user as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct User {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// What it may do.
    #[n(1)]
    pub role: Role,
    /// Whether too many wrong passwords were given.
    #[n(2)]
    pub locked: bool,
    /// Whether it registered a key to approve with.
    #[n(3)]
    pub quorum: bool,
}
