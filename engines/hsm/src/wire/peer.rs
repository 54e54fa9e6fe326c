use minicbor::{Decode, Encode};

use super::request::OperationId;

/// What HSMs of one cluster ask each other.
#[derive(Clone, Debug, Encode, Decode)]
pub enum PeerRequest {
    /// Take these entries, if they are newer. Reply: [`PeerReply::Taken`].
    #[n(0)]
    Push {
        /// They.
        #[n(0)]
        entries: Vec<SealedEntry>,
    },
    /// What the other has, without contents. Reply: [`PeerReply::Versions`].
    #[n(1)]
    Versions,
    /// Entries by their names. Reply: [`PeerReply::Entries`]: those that the other has.
    #[n(2)]
    Fetch {
        /// Which.
        #[n(0)]
        names: Vec<EntryName>,
    },
    /// The cluster's masking key. Reply: [`PeerReply::MaskingKey`].
    #[n(3)]
    MaskingKey {
        /// The asker's ephemeral P-256 public key.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        public: Vec<u8>,
    },
}

/// Replies to [`PeerRequest`].
#[derive(Clone, Debug, Encode, Decode)]
pub enum PeerReply {
    /// To [`PeerRequest::Push`].
    #[n(0)]
    Taken,
    /// To [`PeerRequest::Versions`].
    #[n(1)]
    Versions(#[n(0)] Vec<(EntryName, Version)>),
    /// To [`PeerRequest::Fetch`].
    #[n(2)]
    Entries(#[n(0)] Vec<SealedEntry>),
    /// To [`PeerRequest::MaskingKey`].
    #[n(3)]
    MaskingKey {
        /// The answerer's ephemeral P-256 public key.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        public: Vec<u8>,
        /// The key, under AES-256-GCM with a key of HKDF-SHA256 of the agreed secret.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        sealed: Vec<u8>,
    },
}

/// What an entry of an HSM's state is named by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum EntryName {
    /// An object, by its handle.
    #[n(0)]
    Object(#[n(0)] u64),
    /// A user, by its name.
    #[n(1)]
    User(#[n(0)] String),
    /// A setting of the cluster.
    #[n(2)]
    Setting(#[n(0)] String),
}

/// Which of two states of an entry is newer: the higher count, then the higher writer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Version {
    /// One more than the highest count that the writer had seen.
    #[n(0)]
    pub count: u64,
    /// The HSM that wrote it, by a number made of its id.
    #[n(1)]
    pub writer: u64,
}

/// An entry as it travels and rests: its content is under a key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SealedEntry {
    /// Its name.
    #[n(0)]
    pub name: EntryName,
    /// Its version.
    #[n(1)]
    pub version: Version,
    /// Whether it lives in memory only.
    #[n(2)]
    pub session: bool,
    /// The change that made this version: who repeats it is told that it is done.
    #[n(4)]
    pub operation: Option<OperationId>,
    /// `nonce ‖ ciphertext ‖ tag`, with name and version as associated data; none when it was deleted.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Option<Vec<u8>>,
}
