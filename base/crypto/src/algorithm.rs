//! Algorithms. Source: AWS KMS API Reference, the `…AlgorithmSpec` types.

use crate::name::named;

named! {
    /// How a key signs.
    pub enum SigningAlgorithm {
        /// RSASSA-PSS (RFC 8017) with SHA-256, MGF1 with the same, and a salt as long as the digest.
        RsassaPssSha256 = "RSASSA_PSS_SHA_256",
        /// RSASSA-PSS with SHA-384.
        RsassaPssSha384 = "RSASSA_PSS_SHA_384",
        /// RSASSA-PSS with SHA-512.
        RsassaPssSha512 = "RSASSA_PSS_SHA_512",
        /// RSASSA-PKCS1-v1_5 (RFC 8017) with SHA-256.
        RsassaPkcs1V15Sha256 = "RSASSA_PKCS1_V1_5_SHA_256",
        /// RSASSA-PKCS1-v1_5 with SHA-384.
        RsassaPkcs1V15Sha384 = "RSASSA_PKCS1_V1_5_SHA_384",
        /// RSASSA-PKCS1-v1_5 with SHA-512.
        RsassaPkcs1V15Sha512 = "RSASSA_PKCS1_V1_5_SHA_512",
        /// ECDSA (FIPS 186-5) with SHA-256; the signature in DER (RFC 3279, section 2.2.3).
        EcdsaSha256 = "ECDSA_SHA_256",
        /// ECDSA with SHA-384.
        EcdsaSha384 = "ECDSA_SHA_384",
        /// ECDSA with SHA-512.
        EcdsaSha512 = "ECDSA_SHA_512",
        /// SM2: known, not supported.
        Sm2Dsa = "SM2DSA",
        /// ML-DSA (FIPS 204), pure, with an empty context.
        MlDsaShake256 = "ML_DSA_SHAKE_256",
        /// Ed25519 (RFC 8032), of a message.
        Ed25519Sha512 = "ED25519_SHA_512",
        /// Ed25519ph (RFC 8032), of what AWS calls a digest: it is hashed once more, as the algorithm has it.
        Ed25519PhSha512 = "ED25519_PH_SHA_512",
    }
}

named! {
    /// How a key encrypts.
    pub enum EncryptionAlgorithm {
        /// AES-256-GCM in AWS KMS's own form of ciphertext.
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        /// RSAES-OAEP (RFC 8017) with SHA-1 and MGF1 with SHA-1.
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256.
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        /// SM2: known, not supported.
        Sm2Pke = "SM2PKE",
    }
}

named! {
    /// How a key authenticates messages: HMAC (RFC 2104).
    pub enum MacAlgorithm {
        /// HMAC with SHA-224.
        HmacSha224 = "HMAC_SHA_224",
        /// HMAC with SHA-256.
        HmacSha256 = "HMAC_SHA_256",
        /// HMAC with SHA-384.
        HmacSha384 = "HMAC_SHA_384",
        /// HMAC with SHA-512.
        HmacSha512 = "HMAC_SHA_512",
    }
}

named! {
    /// How two keys agree on a secret.
    pub enum KeyAgreementAlgorithm {
        /// The elliptic curve cofactor Diffie-Hellman primitive (NIST SP 800-56A).
        Ecdh = "ECDH",
    }
}

named! {
    /// How a secret is encapsulated.
    pub enum EncapsulationAlgorithm {
        /// ML-KEM (FIPS 203).
        MlKem = "ML_KEM",
    }
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-1, only where a caller's standard demands it.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// The length of its digests in bytes.
    #[must_use]
    pub const fn digest_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl SigningAlgorithm {
    /// The hash function that it begins with; ML-DSA and SM2 have their own.
    #[must_use]
    pub const fn hash(self) -> Option<Hash> {
        match self {
            Self::RsassaPssSha256 | Self::RsassaPkcs1V15Sha256 | Self::EcdsaSha256 => Some(Hash::Sha256),
            Self::RsassaPssSha384 | Self::RsassaPkcs1V15Sha384 | Self::EcdsaSha384 => Some(Hash::Sha384),
            Self::RsassaPssSha512
            | Self::RsassaPkcs1V15Sha512
            | Self::EcdsaSha512
            | Self::Ed25519Sha512
            | Self::Ed25519PhSha512 => Some(Hash::Sha512),
            Self::Sm2Dsa | Self::MlDsaShake256 => None,
        }
    }
}

impl EncryptionAlgorithm {
    /// The hash function of OAEP.
    #[must_use]
    pub const fn hash(self) -> Option<Hash> {
        match self {
            Self::RsaesOaepSha1 => Some(Hash::Sha1),
            Self::RsaesOaepSha256 => Some(Hash::Sha256),
            Self::SymmetricDefault | Self::Sm2Pke => None,
        }
    }
}
