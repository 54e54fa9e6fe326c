use minicbor::{Decode, Encode};

use super::admin::{AdminReply, AdminRequest, User};
use super::attribute::{AttributeAnswer, AttributeType, Template};
use super::control::{ControlReply, ControlRequest};
use super::fault::Fault;
use super::mechanism::{CipherMechanism, DeriveMechanism, Hash, SignMechanism, WrapMechanism};
use super::peer::{PeerReply, PeerRequest};
use super::secret::Secret;

/// The version of the protocol that this crate speaks.
pub const PROTOCOL: u16 = 1;

/// An object's name on every HSM of its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Handle(#[n(0)] pub u64);

/// Names one intended change. Who repeats a change after a lost answer gives the same id: it is made once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct OperationId(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 16],
);

impl OperationId {
    /// A fresh one.
    #[must_use]
    pub fn random() -> Self {
        Self(bastide_ids::random_bytes())
    }
}

/// A request and its number: the answer has the same.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Call {
    /// Chosen by the sender; answers on a connection come in the order of the requests.
    #[n(0)]
    pub id: u64,
    /// What is asked.
    #[n(1)]
    pub request: Request,
}

/// What is said to a [`Call`].
#[derive(Clone, Debug, Encode, Decode)]
pub struct Answer {
    /// The call's number.
    #[n(0)]
    pub id: u64,
    /// The reply or the refusal.
    #[n(1)]
    pub result: Outcome,
}

/// A reply or a refusal.
#[derive(Clone, Debug, Encode, Decode)]
pub enum Outcome {
    /// It was done.
    #[n(0)]
    Done(#[n(0)] Reply),
    /// It was refused.
    #[n(1)]
    Refused(#[n(0)] Fault),
}

/// What can be asked of an HSM.
#[derive(Clone, Debug, Encode, Decode)]
pub enum Request {
    /// The first request of a connection. Reply: [`Reply::Hello`].
    #[n(0)]
    Hello {
        /// The newest version that the client speaks.
        #[n(0)]
        protocol: u16,
        /// The client, the same on all its connections: session objects belong to it.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        client: [u8; 16],
    },
    /// Logs a user in. Reply: [`Reply::Ticket`].
    #[n(1)]
    Login {
        /// The user's name.
        #[n(0)]
        user: String,
        /// The user's password.
        #[n(1)]
        password: Secret,
        /// The role that the user must have; any when not told.
        #[n(2)]
        role: Option<Role>,
    },
    /// Logs in with a ticket of any HSM of the cluster. Reply: [`Reply::Done`].
    #[n(2)]
    Resume {
        /// From [`Reply::Ticket`].
        #[n(0)]
        ticket: Secret,
    },
    /// Ends the login on this connection. Reply: [`Reply::Done`].
    #[n(3)]
    Logout,
    /// What this HSM is and knows. Reply: [`Reply::Info`].
    #[n(4)]
    Info,
    /// Destroys the session objects of the client. Reply: [`Reply::Done`].
    #[n(5)]
    EndSession,

    /// Makes a secret key; `KEY_TYPE` (and `VALUE_LEN`) say which. Reply: [`Reply::Handle`].
    #[n(10)]
    GenerateKey {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// What it is to be.
        #[n(1)]
        template: Template,
    },
    /// Makes a key pair; `KEY_TYPE` with `MODULUS_BITS` (and `PUBLIC_EXPONENT`) or `EC_PARAMS` in the public
    /// template say which. Reply: [`Reply::Pair`].
    #[n(11)]
    GenerateKeyPair {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// What the public key is to be.
        #[n(1)]
        public: Template,
        /// What the private key is to be.
        #[n(2)]
        private: Template,
    },
    /// Makes an object of given attributes: imports a key, keeps a certificate or data. Reply: [`Reply::Handle`].
    #[n(12)]
    CreateObject {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// What it is.
        #[n(1)]
        template: Template,
    },
    /// Copies an object. Reply: [`Reply::Handle`].
    #[n(13)]
    CopyObject {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// Which.
        #[n(1)]
        object: Handle,
        /// What is other in the copy.
        #[n(2)]
        template: Template,
    },
    /// Destroys an object. Reply: [`Reply::Done`].
    #[n(14)]
    Destroy {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// Which.
        #[n(1)]
        object: Handle,
        /// When the key needs a quorum's approval for it.
        #[n(2)]
        approval: Option<super::Approval>,
    },
    /// The objects that the user may see and that have these attributes. Reply: [`Reply::Handles`], sorted.
    #[n(15)]
    Find {
        /// What they must have.
        #[n(0)]
        template: Template,
    },
    /// Attributes of an object. Reply: [`Reply::Attributes`], in the order asked for; all that may be seen when
    /// none is named.
    #[n(16)]
    Attributes {
        /// Which.
        #[n(0)]
        object: Handle,
        /// What is asked for.
        #[n(1)]
        types: Vec<AttributeType>,
    },
    /// Changes attributes of an object. Reply: [`Reply::Done`].
    #[n(17)]
    SetAttributes {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// Which.
        #[n(1)]
        object: Handle,
        /// The new values.
        #[n(2)]
        template: Template,
        /// When the key needs a quorum's approval for it.
        #[n(3)]
        approval: Option<super::Approval>,
    },
    /// Lets another crypto user use a key, or no longer. Reply: [`Reply::Done`].
    #[n(18)]
    Share {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// Which.
        #[n(1)]
        object: Handle,
        /// With whom.
        #[n(2)]
        user: String,
        /// Whether it is to be shared.
        #[n(3)]
        shared: bool,
        /// When the key needs a quorum's approval for it.
        #[n(4)]
        approval: Option<super::Approval>,
    },
    /// Who owns an object and with whom it is shared. Reply: [`Reply::Shares`].
    #[n(19)]
    Shares {
        /// Which.
        #[n(0)]
        object: Handle,
    },

    /// Sets how many approvals managing and using a key need; 0 or 1 is none. Those who approve are its owner and
    /// those it is shared with. For the owner. Reply: [`Reply::Done`].
    #[n(20)]
    SetKeyQuorum {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// Which.
        #[n(1)]
        object: Handle,
        /// For wrapping, sharing, changing and destroying it.
        #[n(2)]
        manage: u8,
        /// For signing, decrypting, unwrapping and deriving with it.
        #[n(3)]
        usage: u8,
        /// When managing it needs approvals already.
        #[n(4)]
        approval: Option<super::Approval>,
    },

    /// Signs, or makes a MAC. Reply: [`Reply::Bytes`].
    #[n(30)]
    Sign {
        /// The private or secret key.
        #[n(0)]
        key: Handle,
        /// How.
        #[n(1)]
        mechanism: SignMechanism,
        /// Message or digest, as the mechanism says.
        #[n(2)]
        data: Secret,
        /// When the key needs a quorum's approval for it.
        #[n(3)]
        approval: Option<super::Approval>,
    },
    /// Verifies. Reply: [`Reply::Done`], or a fault with [`super::Code::Signature`].
    #[n(31)]
    Verify {
        /// The public or secret key.
        #[n(0)]
        key: Handle,
        /// How.
        #[n(1)]
        mechanism: SignMechanism,
        /// Message or digest, as the mechanism says.
        #[n(2)]
        data: Secret,
        /// The signature.
        #[n(3)]
        #[cbor(with = "minicbor::bytes")]
        signature: Vec<u8>,
    },
    /// Encrypts. Reply: [`Reply::Encrypted`].
    #[n(32)]
    Encrypt {
        /// The public or secret key.
        #[n(0)]
        key: Handle,
        /// How.
        #[n(1)]
        mechanism: CipherMechanism,
        /// The plaintext.
        #[n(2)]
        data: Secret,
    },
    /// Decrypts. Reply: [`Reply::Secret`].
    #[n(33)]
    Decrypt {
        /// The private or secret key.
        #[n(0)]
        key: Handle,
        /// How.
        #[n(1)]
        mechanism: CipherMechanism,
        /// The ciphertext.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        data: Vec<u8>,
        /// When the key needs a quorum's approval for it.
        #[n(3)]
        approval: Option<super::Approval>,
    },
    /// Wraps a key by another one. Reply: [`Reply::Encrypted`].
    #[n(34)]
    Wrap {
        /// The wrapping key.
        #[n(0)]
        by: Handle,
        /// How.
        #[n(1)]
        mechanism: WrapMechanism,
        /// The key to be wrapped.
        #[n(2)]
        key: Handle,
        /// When the key needs a quorum's approval for it.
        #[n(3)]
        approval: Option<super::Approval>,
    },
    /// Unwraps a key. Reply: [`Reply::Handle`].
    #[n(35)]
    Unwrap {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// The unwrapping key.
        #[n(1)]
        by: Handle,
        /// How.
        #[n(2)]
        mechanism: WrapMechanism,
        /// The wrapped key.
        #[n(3)]
        #[cbor(with = "minicbor::bytes")]
        wrapped: Vec<u8>,
        /// What the key is to be; `CLASS` and `KEY_TYPE` are needed.
        #[n(4)]
        template: Template,
        /// When the key needs a quorum's approval for it.
        #[n(5)]
        approval: Option<super::Approval>,
    },
    /// Derives a key. Reply: [`Reply::Handle`].
    #[n(36)]
    Derive {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// The key to derive from.
        #[n(1)]
        from: Handle,
        /// How.
        #[n(2)]
        mechanism: DeriveMechanism,
        /// What the new key is to be; `KEY_TYPE` (and `VALUE_LEN`) are needed.
        #[n(3)]
        template: Template,
        /// When the key needs a quorum's approval for it.
        #[n(4)]
        approval: Option<super::Approval>,
    },
    /// Hashes. Reply: [`Reply::Bytes`].
    #[n(37)]
    Digest {
        /// How.
        #[n(0)]
        hash: Hash,
        /// What.
        #[n(1)]
        data: Secret,
    },
    /// Random bytes. Reply: [`Reply::Secret`].
    #[n(38)]
    Random {
        /// How many, at most 64 KiB.
        #[n(0)]
        length: u32,
    },

    /// Users, quorums, trust: what `bastide hsm` is for.
    #[n(60)]
    Admin {
        /// Names this change.
        #[n(0)]
        operation: OperationId,
        /// What is asked.
        #[n(1)]
        request: AdminRequest,
    },
    /// Only for the supervisor's certificate.
    #[n(61)]
    Control(#[n(0)] ControlRequest),
    /// Only for the HSMs of the same cluster.
    #[n(62)]
    Peer(#[n(0)] PeerRequest),
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Before activation: may only be given its password.
    #[n(0)]
    UnactivatedAdmin,
    /// Crypto officer (CO): manages users.
    #[n(1)]
    Admin,
    /// Crypto user (CU): owns and uses keys.
    #[n(2)]
    CryptoUser,
    /// Appliance user (AU): keeps the HSMs of a cluster in step; has no password.
    #[n(3)]
    ApplianceUser,
}

impl Role {
    /// The name that AWS's CloudHSM CLI shows.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UnactivatedAdmin => "unactivated-admin",
            Self::Admin => "admin",
            Self::CryptoUser => "crypto-user",
            Self::ApplianceUser => "internal(APPLIANCE_USER)",
        }
    }
}

/// What an HSM says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Info {
    /// `hsm-…`.
    #[n(0)]
    pub hsm: String,
    /// `cluster-…`.
    #[n(1)]
    pub cluster: String,
    /// Whether the cluster works in FIPS mode.
    #[n(2)]
    pub fips: bool,
    /// How far the cluster is.
    #[n(3)]
    pub state: State,
    /// Addresses (`ip:port`) of all its HSMs, this one among them.
    #[n(4)]
    pub members: Vec<String>,
    /// Of bastide.
    #[n(5)]
    pub version: String,
    /// Milliseconds since 1970.
    #[n(6)]
    pub time: i64,
    /// Objects in it.
    #[n(7)]
    pub objects: u64,
    /// Users in it.
    #[n(8)]
    pub users: u64,
    /// The logged-in user on this connection.
    #[n(9)]
    pub user: Option<User>,
}

/// How far an HSM is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum State {
    /// It has no cluster certificate yet.
    #[n(0)]
    Uninitialized,
    /// It has a certificate; its admin has no password yet.
    #[n(1)]
    Initialized,
    /// Its admin has a password.
    #[n(2)]
    Active,
}

/// What an HSM replies.
#[derive(Clone, Debug, Encode, Decode)]
#[allow(clippy::large_enum_variant, reason = "a reply is made and sent; none is kept")]
pub enum Reply {
    /// It is done.
    #[n(0)]
    Done,
    /// To [`Request::Hello`].
    #[n(1)]
    Hello {
        /// The version that both speak.
        #[n(0)]
        protocol: u16,
        /// `hsm-…`.
        #[n(1)]
        hsm: String,
        /// `cluster-…`.
        #[n(2)]
        cluster: String,
    },
    /// To [`Request::Login`]: with it the same client may log in on other connections and HSMs, until the user's
    /// password changes.
    #[n(2)]
    Ticket {
        /// Bound to the client's certificate.
        #[n(0)]
        ticket: Secret,
        /// The user that is logged in.
        #[n(1)]
        user: User,
    },
    /// To [`Request::Info`].
    #[n(3)]
    Info(#[n(0)] Info),
    /// A new object.
    #[n(4)]
    Handle(#[n(0)] Handle),
    /// A new key pair.
    #[n(5)]
    Pair {
        /// The public key.
        #[n(0)]
        public: Handle,
        /// The private key.
        #[n(1)]
        private: Handle,
    },
    /// To [`Request::Find`].
    #[n(6)]
    Handles(#[n(0)] Vec<Handle>),
    /// To [`Request::Attributes`].
    #[n(7)]
    Attributes(#[n(0)] Vec<(AttributeType, AttributeAnswer)>),
    /// A signature, MAC or digest.
    #[n(8)]
    Bytes(
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        Vec<u8>,
    ),
    /// A plaintext or random bytes.
    #[n(9)]
    Secret(#[n(0)] Secret),
    /// A ciphertext, and the IV that the HSM made for it.
    #[n(10)]
    Encrypted {
        /// The ciphertext, with the tag if there is one.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        data: Vec<u8>,
        /// The IV, when the HSM made it.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        iv: Option<Vec<u8>>,
    },
    /// To [`Request::Shares`].
    #[n(11)]
    Shares {
        /// The owner.
        #[n(0)]
        owner: String,
        /// The others who may use it.
        #[n(1)]
        users: Vec<String>,
    },
    /// To [`Request::Admin`].
    #[n(12)]
    Admin(#[n(0)] AdminReply),
    /// To [`Request::Control`].
    #[n(13)]
    Control(#[n(0)] ControlReply),
    /// To [`Request::Peer`].
    #[n(14)]
    Peer(#[n(0)] PeerReply),
}
