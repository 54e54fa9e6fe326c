//! Keys wrapped by keys: how key material is carried from one place to another.

use aws_lc_rs::key_wrap::{AES_128, AES_256, AesBlockCipher, AesKek, KeyWrapPadded};
use zeroize::Zeroizing;

use crate::error::CryptoError;
use crate::name::named;
use crate::{EncryptionAlgorithm, SecretKey};

named! {
    /// How key material that is to be imported is wrapped. Source: AWS KMS API Reference, `WrappingAlgorithm` of
    /// `GetParametersForImport`.
    pub enum WrappingAlgorithm {
        /// RSAES-OAEP with SHA-1 and MGF1 with SHA-1.
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256.
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        /// An AES key wrapped by RSAES-OAEP with SHA-1, and the material wrapped by that (PKCS#11,
        /// `CKM_RSA_AES_KEY_WRAP`).
        RsaAesKeyWrapSha1 = "RSA_AES_KEY_WRAP_SHA_1",
        /// Likewise with SHA-256.
        RsaAesKeyWrapSha256 = "RSA_AES_KEY_WRAP_SHA_256",
    }
}

/// Opens what was wrapped for an RSA key.
///
/// # Errors
/// [`CryptoError::NotAuthentic`]; [`CryptoError::WrongKey`] when the key is not an RSA key.
pub fn unwrap(
    key: &SecretKey,
    algorithm: WrappingAlgorithm,
    wrapped: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let (oaep, aes) = match algorithm {
        WrappingAlgorithm::RsaesOaepSha1 => (EncryptionAlgorithm::RsaesOaepSha1, false),
        WrappingAlgorithm::RsaesOaepSha256 => (EncryptionAlgorithm::RsaesOaepSha256, false),
        WrappingAlgorithm::RsaAesKeyWrapSha1 => (EncryptionAlgorithm::RsaesOaepSha1, true),
        WrappingAlgorithm::RsaAesKeyWrapSha256 => (EncryptionAlgorithm::RsaesOaepSha256, true),
    };
    if !aes {
        return key.decrypt(oaep, wrapped);
    }
    let modulus = crate::scheme::rsa_bits(key.spec()).ok_or(CryptoError::WrongKey(key.spec()))? / 8;
    let (kek, material) = wrapped.split_at_checked(modulus).ok_or(CryptoError::NotAuthentic)?;
    let kek = key.decrypt(oaep, kek)?;
    unwrap_padded(&kek, material)
}

/// Wraps by AES key wrap with padding (RFC 5649). The wrapping key has 16 or 32 bytes.
///
/// # Errors
/// [`CryptoError::Failed`] for keys of other lengths and for nothing to wrap.
pub fn wrap_padded(kek: &[u8], material: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let failed = |_| CryptoError::Failed("wrap a key");
    let kek = AesKek::new(cipher(kek)?, kek).map_err(failed)?;
    let mut wrapped = vec![0; material.len().next_multiple_of(8) + 8];
    let length = kek.wrap_with_padding(material, &mut wrapped).map_err(failed)?.len();
    wrapped.truncate(length);
    Ok(wrapped)
}

/// Opens what was wrapped by AES key wrap with padding (RFC 5649).
///
/// # Errors
/// [`CryptoError::NotAuthentic`]; [`CryptoError::Failed`] when the wrapping key has neither 16 nor 32 bytes.
pub fn unwrap_padded(kek: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let kek = AesKek::new(cipher(kek)?, kek).map_err(|_| CryptoError::Failed("unwrap a key"))?;
    let mut material = Zeroizing::new(vec![0; wrapped.len()]);
    let opened = kek.unwrap_with_padding(wrapped, &mut material);
    let length = opened.map_err(|_| CryptoError::NotAuthentic)?.len();
    material.truncate(length);
    Ok(material)
}

fn cipher(kek: &[u8]) -> Result<&'static AesBlockCipher, CryptoError> {
    match kek.len() {
        16 => Ok(&AES_128),
        32 => Ok(&AES_256),
        _ => Err(CryptoError::Failed("take a wrapping key of a length other than 16 or 32 bytes")),
    }
}
