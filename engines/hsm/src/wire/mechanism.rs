use minicbor::{Decode, Encode};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
#[allow(missing_docs, reason = "the names of FIPS 180-4")]
pub enum Hash {
    #[n(0)]
    Sha1,
    #[n(1)]
    Sha224,
    #[n(2)]
    Sha256,
    #[n(3)]
    Sha384,
    #[n(4)]
    Sha512,
}

impl Hash {
    /// Bytes of its output.
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Never: every hash has an output.
    #[must_use]
    pub fn is_empty(self) -> bool {
        false
    }
}

/// How something is signed or authenticated.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum SignMechanism {
    /// RSASSA-PKCS1-v1_5. With a hash: the data is the message (`CKM_SHA256_RSA_PKCS`). Without: the data is the
    /// `DigestInfo` in DER (`CKM_RSA_PKCS`).
    #[n(0)]
    RsaPkcs(#[n(0)] Option<Hash>),
    /// RSASSA-PSS, MGF1 with the same hash.
    #[n(1)]
    RsaPss {
        /// The hash of message and mask.
        #[n(0)]
        hash: Hash,
        /// Bytes of salt.
        #[n(1)]
        salt: u32,
        /// The data is the digest already (`CKM_RSA_PKCS_PSS`).
        #[n(2)]
        digest: bool,
    },
    /// ECDSA; the signature is `r ‖ s`, each as long as the order. Without a hash the data is the digest
    /// (`CKM_ECDSA`).
    #[n(2)]
    Ecdsa(#[n(0)] Option<Hash>),
    /// HMAC, cut to so many bytes (`None`: whole).
    #[n(3)]
    Hmac {
        /// The hash.
        #[n(0)]
        hash: Hash,
        /// Bytes of the MAC.
        #[n(1)]
        length: Option<u32>,
    },
    /// AES-CMAC (NIST SP 800-38B), cut to so many bytes (`None`: 16).
    #[n(4)]
    AesCmac(#[n(0)] Option<u32>),
    /// Ed25519 of the message (`CKM_EDDSA`).
    #[n(5)]
    Eddsa,
}

/// How something is encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum CipherMechanism {
    /// AES-GCM. Ciphertext and tag are one. When encrypting, the 12-byte IV is made in the HSM and given back;
    /// one from outside is refused in FIPS mode.
    #[n(0)]
    AesGcm {
        /// The IV: needed to decrypt.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        iv: Option<Vec<u8>>,
        /// Associated data.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        aad: Vec<u8>,
        /// Bytes of the tag, 12 to 16.
        #[n(2)]
        tag: u32,
    },
    /// AES-CBC, with PKCS#7 padding or without.
    #[n(1)]
    AesCbc {
        /// 16 bytes.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        iv: Vec<u8>,
        /// With PKCS#7 padding.
        #[n(1)]
        pad: bool,
    },
    /// AES-ECB of whole blocks.
    #[n(2)]
    AesEcb,
    /// AES-CTR with a 128-bit counter block.
    #[n(3)]
    AesCtr {
        /// 16 bytes.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        iv: Vec<u8>,
    },
    /// RSAES-OAEP, MGF1 with the same hash unless another is named.
    #[n(4)]
    RsaOaep(#[n(0)] Oaep),
    /// RSAES-PKCS1-v1_5; refused in FIPS mode.
    #[n(5)]
    RsaPkcs,
}

/// The parameters of RSAES-OAEP.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Oaep {
    /// The hash.
    #[n(0)]
    pub hash: Hash,
    /// The hash of MGF1.
    #[n(1)]
    pub mgf: Hash,
    /// The label, mostly empty.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub label: Vec<u8>,
}

/// How a key is wrapped.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum WrapMechanism {
    /// AES key wrap (RFC 3394): keys of whole 8-byte blocks.
    #[n(0)]
    AesKw,
    /// AES key wrap with padding (RFC 5649): private keys as PKCS#8 too.
    #[n(1)]
    AesKwp,
    /// AES-GCM, as in [`CipherMechanism::AesGcm`].
    #[n(2)]
    AesGcm {
        /// The IV: needed to unwrap.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        iv: Option<Vec<u8>>,
        /// Associated data.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        aad: Vec<u8>,
        /// Bytes of the tag, 12 to 16.
        #[n(2)]
        tag: u32,
    },
    /// AES-CBC with PKCS#7 padding.
    #[n(3)]
    AesCbcPad {
        /// 16 bytes.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        iv: Vec<u8>,
    },
    /// RSAES-OAEP of a symmetric key.
    #[n(4)]
    RsaOaep(#[n(0)] Oaep),
    /// An ephemeral AES key under RSAES-OAEP, then the key under it by RFC 5649 (`CKM_RSA_AES_KEY_WRAP`).
    #[n(5)]
    RsaAes {
        /// For the ephemeral key.
        #[n(0)]
        oaep: Oaep,
        /// Bits of the ephemeral key: 128, 192 or 256.
        #[n(1)]
        bits: u32,
    },
}

/// How a key is derived.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum DeriveMechanism {
    /// ECDH with cofactor 1 (NIST SP 800-56A).
    #[n(0)]
    Ecdh {
        /// The other's point, uncompressed (`04 ‖ x ‖ y`), or that in a DER octet string.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        public: Vec<u8>,
        /// The X9.63 key derivation with this hash; without one the shared x coordinate is the key.
        #[n(1)]
        kdf: Option<Hash>,
        /// Shared information for the key derivation.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        shared: Vec<u8>,
    },
    /// HKDF (RFC 5869) of a secret key.
    #[n(1)]
    Hkdf {
        /// The hash.
        #[n(0)]
        hash: Hash,
        /// The salt; empty is RFC 5869's zeros.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        salt: Vec<u8>,
        /// The context.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        info: Vec<u8>,
    },
}
