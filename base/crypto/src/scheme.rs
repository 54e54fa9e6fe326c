//! From specs and algorithms to AWS-LC's.

use std::sync::OnceLock;

use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521};
use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::hmac;
use aws_lc_rs::kem;
use aws_lc_rs::rsa::{KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm};
use aws_lc_rs::signature::{self, EcdsaSigningAlgorithm, PqdsaSigningAlgorithm, RsaEncoding};
use aws_lc_rs::signature::{RsaParameters, VerificationAlgorithm};

use crate::error::CryptoError;
use crate::ffi::Kind;
use crate::{EncryptionAlgorithm, Hash, KeySpec, MacAlgorithm, SigningAlgorithm};

/// What is worked out once and kept; a failure is not.
pub(crate) fn once<T, E>(lock: &OnceLock<T>, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
    match lock.get() {
        Some(made) => Ok(made),
        None => make().map(|made| lock.get_or_init(|| made)),
    }
}

/// The kind of a key pair.
pub(crate) fn kind(spec: KeySpec) -> Result<Kind, CryptoError> {
    match spec {
        KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096 => Ok(Kind::Rsa),
        KeySpec::EccNistP256 | KeySpec::EccNistP384 | KeySpec::EccNistP521 | KeySpec::EccSecgP256k1 => {
            Ok(Kind::Ec)
        }
        KeySpec::EccNistEdwards25519 => Ok(Kind::Ed25519),
        KeySpec::MlDsa44 | KeySpec::MlDsa65 | KeySpec::MlDsa87 => Ok(Kind::MlDsa),
        KeySpec::MlKem512 | KeySpec::MlKem768 | KeySpec::MlKem1024 => Ok(Kind::MlKem),
        KeySpec::Sm2 => Err(CryptoError::Unsupported("SM2")),
        KeySpec::SymmetricDefault
        | KeySpec::Hmac224
        | KeySpec::Hmac256
        | KeySpec::Hmac384
        | KeySpec::Hmac512 => Err(CryptoError::WrongKey(spec)),
    }
}

/// The size of an RSA modulus in bits.
pub(crate) fn rsa_bits(spec: KeySpec) -> Option<usize> {
    rsa_size(spec).ok().map(|size| size.len() * 8)
}

pub(crate) fn rsa_size(spec: KeySpec) -> Result<KeySize, CryptoError> {
    match spec {
        KeySpec::Rsa2048 => Ok(KeySize::Rsa2048),
        KeySpec::Rsa3072 => Ok(KeySize::Rsa3072),
        KeySpec::Rsa4096 => Ok(KeySize::Rsa4096),
        _ => Err(CryptoError::WrongKey(spec)),
    }
}

/// The one way in which KMS signs with a curve.
pub(crate) fn ecdsa(spec: KeySpec) -> Result<&'static EcdsaSigningAlgorithm, CryptoError> {
    match spec {
        KeySpec::EccNistP256 => Ok(&signature::ECDSA_P256_SHA256_ASN1_SIGNING),
        KeySpec::EccNistP384 => Ok(&signature::ECDSA_P384_SHA384_ASN1_SIGNING),
        KeySpec::EccNistP521 => Ok(&signature::ECDSA_P521_SHA512_ASN1_SIGNING),
        KeySpec::EccSecgP256k1 => Ok(&signature::ECDSA_P256K1_SHA256_ASN1_SIGNING),
        _ => Err(CryptoError::WrongKey(spec)),
    }
}

pub(crate) fn ml_dsa(spec: KeySpec) -> Result<&'static PqdsaSigningAlgorithm, CryptoError> {
    match spec {
        KeySpec::MlDsa44 => Ok(&signature::ML_DSA_44_SIGNING),
        KeySpec::MlDsa65 => Ok(&signature::ML_DSA_65_SIGNING),
        KeySpec::MlDsa87 => Ok(&signature::ML_DSA_87_SIGNING),
        _ => Err(CryptoError::WrongKey(spec)),
    }
}

pub(crate) fn ecdh(spec: KeySpec) -> Result<&'static agreement::Algorithm, CryptoError> {
    match spec {
        KeySpec::EccNistP256 => Ok(&ECDH_P256),
        KeySpec::EccNistP384 => Ok(&ECDH_P384),
        KeySpec::EccNistP521 => Ok(&ECDH_P521),
        KeySpec::Sm2 => Err(CryptoError::Unsupported("SM2")),
        _ => Err(CryptoError::WrongKey(spec)),
    }
}

pub(crate) fn kem(spec: KeySpec) -> Result<&'static kem::Algorithm, CryptoError> {
    match spec {
        KeySpec::MlKem512 => Ok(&kem::ML_KEM_512),
        KeySpec::MlKem768 => Ok(&kem::ML_KEM_768),
        KeySpec::MlKem1024 => Ok(&kem::ML_KEM_1024),
        _ => Err(CryptoError::WrongKey(spec)),
    }
}

pub(crate) fn oaep(
    spec: KeySpec,
    algorithm: EncryptionAlgorithm,
) -> Result<&'static OaepAlgorithm, CryptoError> {
    rsa_size(spec)?;
    match algorithm {
        EncryptionAlgorithm::RsaesOaepSha1 => Ok(&OAEP_SHA1_MGF1SHA1),
        EncryptionAlgorithm::RsaesOaepSha256 => Ok(&OAEP_SHA256_MGF1SHA256),
        EncryptionAlgorithm::SymmetricDefault | EncryptionAlgorithm::Sm2Pke => {
            Err(CryptoError::WrongKey(spec))
        }
    }
}

pub(crate) fn mac(algorithm: MacAlgorithm) -> hmac::Algorithm {
    match algorithm {
        MacAlgorithm::HmacSha224 => hmac::HMAC_SHA224,
        MacAlgorithm::HmacSha256 => hmac::HMAC_SHA256,
        MacAlgorithm::HmacSha384 => hmac::HMAC_SHA384,
        MacAlgorithm::HmacSha512 => hmac::HMAC_SHA512,
    }
}

/// Whether the key signs what others have hashed.
pub(crate) fn signs_prehashed(spec: KeySpec) -> bool {
    matches!(kind(spec), Ok(Kind::Rsa | Kind::Ec | Kind::MlDsa))
}

pub(crate) fn rsa_encoding(algorithm: SigningAlgorithm) -> Option<&'static dyn RsaEncoding> {
    Some(match algorithm {
        SigningAlgorithm::RsassaPssSha256 => &signature::RSA_PSS_SHA256,
        SigningAlgorithm::RsassaPssSha384 => &signature::RSA_PSS_SHA384,
        SigningAlgorithm::RsassaPssSha512 => &signature::RSA_PSS_SHA512,
        SigningAlgorithm::RsassaPkcs1V15Sha256 => &signature::RSA_PKCS1_SHA256,
        SigningAlgorithm::RsassaPkcs1V15Sha384 => &signature::RSA_PKCS1_SHA384,
        SigningAlgorithm::RsassaPkcs1V15Sha512 => &signature::RSA_PKCS1_SHA512,
        _ => return None,
    })
}

pub(crate) fn verification(
    spec: KeySpec,
    algorithm: SigningAlgorithm,
) -> Result<&'static dyn VerificationAlgorithm, CryptoError> {
    if let Some(rsa) = rsa_verification(algorithm) {
        return Ok(rsa);
    }
    Ok(match spec {
        KeySpec::EccNistP256 => &signature::ECDSA_P256_SHA256_ASN1,
        KeySpec::EccNistP384 => &signature::ECDSA_P384_SHA384_ASN1,
        KeySpec::EccNistP521 => &signature::ECDSA_P521_SHA512_ASN1,
        KeySpec::EccSecgP256k1 => &signature::ECDSA_P256K1_SHA256_ASN1,
        KeySpec::EccNistEdwards25519 => &signature::ED25519,
        KeySpec::MlDsa44 => &signature::ML_DSA_44,
        KeySpec::MlDsa65 => &signature::ML_DSA_65,
        KeySpec::MlDsa87 => &signature::ML_DSA_87,
        _ => return Err(CryptoError::WrongKey(spec)),
    })
}

fn rsa_verification(algorithm: SigningAlgorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        SigningAlgorithm::RsassaPssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
        SigningAlgorithm::RsassaPssSha384 => &signature::RSA_PSS_2048_8192_SHA384,
        SigningAlgorithm::RsassaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
        SigningAlgorithm::RsassaPkcs1V15Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        SigningAlgorithm::RsassaPkcs1V15Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        SigningAlgorithm::RsassaPkcs1V15Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        _ => return None,
    })
}

/// A digest that somebody else made, of the length that the algorithm needs.
pub(crate) fn import_digest(algorithm: SigningAlgorithm, bytes: &[u8]) -> Result<Digest, CryptoError> {
    let hash = algorithm.hash().ok_or(CryptoError::MessageType)?;
    let wanted = CryptoError::DigestLength { got: bytes.len(), wanted: hash.digest_len() };
    Digest::import_less_safe(bytes, digest_algorithm(hash)).map_err(|_| wanted)
}

pub(crate) fn digest_algorithm(hash: Hash) -> &'static digest::Algorithm {
    match hash {
        Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha224 => &digest::SHA224,
        Hash::Sha256 => &digest::SHA256,
        Hash::Sha384 => &digest::SHA384,
        Hash::Sha512 => &digest::SHA512,
    }
}
