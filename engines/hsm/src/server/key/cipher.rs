//! Encryption and decryption.

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext,
    PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512, OaepAlgorithm,
};
use bastide_crypto::{NONCE_LEN, TAG_LEN};
use zeroize::Zeroizing;

use super::{crypto, wrong_type};
use crate::server::record::Object;
use crate::wire::{AttributeType, CipherMechanism, Code, Fault, Hash, Oaep, Secret, key_type};

const BLOCK: usize = 16;

/// A ciphertext, and the IV that was made for it.
pub(crate) type Encrypted = (Vec<u8>, Option<Vec<u8>>);

/// Encrypts.
pub(crate) fn encrypt(
    fips: bool,
    key: &Object,
    mechanism: &CipherMechanism,
    data: &[u8],
) -> Result<Encrypted, Fault> {
    key.must(AttributeType::ENCRYPT)?;
    encrypt_with(fips, key, mechanism, data)
}

/// Decrypts.
pub(crate) fn decrypt(
    fips: bool,
    key: &Object,
    mechanism: &CipherMechanism,
    data: &[u8],
) -> Result<Secret, Fault> {
    key.must(AttributeType::DECRYPT)?;
    decrypt_with(fips, key, mechanism, data)
}

/// Encrypts, whatever usage the key has.
pub(super) fn encrypt_with(
    fips: bool,
    key: &Object,
    mechanism: &CipherMechanism,
    data: &[u8],
) -> Result<Encrypted, Fault> {
    match mechanism {
        CipherMechanism::AesGcm { iv, aad, tag } => gcm_encrypt(fips, key, iv.as_deref(), (aad, *tag), data),
        CipherMechanism::AesCbc { iv, pad: true } => Ok((cbc_pad_encrypt(key.aes()?, iv, data)?, None)),
        CipherMechanism::AesCbc { iv, pad: false } => {
            whole_blocks(data, Code::DataLength)?;
            let encrypting = EncryptingKey::cbc(unbound(key.aes()?)?).map_err(failed)?;
            Ok((run_encrypt(&encrypting, EncryptionContext::Iv128(iv_of(iv)?), data)?, None))
        }
        CipherMechanism::AesEcb => {
            whole_blocks(data, Code::DataLength)?;
            let encrypting = EncryptingKey::ecb(unbound(key.aes()?)?).map_err(failed)?;
            Ok((run_encrypt(&encrypting, EncryptionContext::None, data)?, None))
        }
        CipherMechanism::AesCtr { iv } => {
            let encrypting = EncryptingKey::ctr(unbound(key.aes()?)?).map_err(failed)?;
            Ok((run_encrypt(&encrypting, EncryptionContext::Iv128(iv_of(iv)?), data)?, None))
        }
        CipherMechanism::RsaOaep(oaep) => {
            is_rsa(key)?;
            let algorithm = oaep_algorithm(oaep)?;
            let public = key.oaep_public()?;
            if data.len() > public.max_plaintext_size(algorithm) {
                return Err(Fault::new(Code::DataLength, "the data is longer than the key can encrypt"));
            }
            let mut out = vec![0; public.ciphertext_size()];
            public.encrypt(algorithm, data, &mut out, label(oaep)).map_err(failed)?;
            Ok((out, None))
        }
        CipherMechanism::RsaPkcs => {
            is_rsa(key)?;
            pkcs1_allowed(fips)?;
            let public = key.pkcs1_public()?;
            if data.len() > public.max_plaintext_size() {
                return Err(Fault::new(Code::DataLength, "the data is longer than the key can encrypt"));
            }
            let mut out = vec![0; public.ciphertext_size()];
            public.encrypt(data, &mut out).map_err(failed)?;
            Ok((out, None))
        }
    }
}

/// Decrypts, whatever usage the key has.
pub(super) fn decrypt_with(
    fips: bool,
    key: &Object,
    mechanism: &CipherMechanism,
    data: &[u8],
) -> Result<Secret, Fault> {
    match mechanism {
        CipherMechanism::AesGcm { iv, aad, tag } => gcm_decrypt(key, iv.as_deref(), (aad, *tag), data),
        CipherMechanism::AesCbc { iv, pad: true } => cbc_pad_decrypt(key.aes()?, iv, data),
        CipherMechanism::AesCbc { iv, pad: false } => {
            whole_blocks(data, Code::EncryptedDataLength)?;
            let decrypting = DecryptingKey::cbc(unbound(key.aes()?)?).map_err(failed)?;
            run_decrypt(&decrypting, DecryptionContext::Iv128(iv_of(iv)?), data)
        }
        CipherMechanism::AesEcb => {
            whole_blocks(data, Code::EncryptedDataLength)?;
            let decrypting = DecryptingKey::ecb(unbound(key.aes()?)?).map_err(failed)?;
            run_decrypt(&decrypting, DecryptionContext::None, data)
        }
        CipherMechanism::AesCtr { iv } => {
            let decrypting = DecryptingKey::ctr(unbound(key.aes()?)?).map_err(failed)?;
            run_decrypt(&decrypting, DecryptionContext::Iv128(iv_of(iv)?), data)
        }
        CipherMechanism::RsaOaep(oaep) => {
            is_rsa(key)?;
            let private = key.oaep_private()?;
            rsa_length(data, private.key_size_bytes())?;
            let mut out = Zeroizing::new(vec![0; private.min_output_size()]);
            let plain = private.decrypt(oaep_algorithm(oaep)?, data, &mut out, label(oaep));
            Ok(Secret::from(&*plain.map_err(|_| not_authentic())?))
        }
        CipherMechanism::RsaPkcs => {
            is_rsa(key)?;
            pkcs1_allowed(fips)?;
            let private = key.pkcs1_private()?;
            rsa_length(data, private.key_size_bytes())?;
            let mut out = Zeroizing::new(vec![0; private.min_output_size()]);
            let plain = private.decrypt(data, &mut out);
            Ok(Secret::from(&*plain.map_err(|_| not_authentic())?))
        }
    }
}

fn gcm_encrypt(
    fips: bool,
    key: &Object,
    iv: Option<&[u8]>,
    (aad, tag): (&[u8], u32),
    data: &[u8],
) -> Result<Encrypted, Fault> {
    let gcm = key.gcm()?;
    tag_length(tag)?;
    let (nonce, made) = match iv {
        // SP 800-38D asks for IVs that are made inside; two messages under one IV give the key's secrets away.
        Some(_) if fips => {
            return Err(Fault::new(Code::MechanismParameter, "in FIPS mode the HSM makes the IV of AES-GCM"));
        }
        Some(iv) => (nonce_of(iv)?, None),
        None => {
            let nonce = bastide_ids::random_bytes::<NONCE_LEN>();
            (nonce, Some(nonce.to_vec()))
        }
    };
    let sealed = gcm.seal(nonce, aad, data).map_err(|error| crypto(&error))?;
    Ok((sealed, made))
}

fn gcm_decrypt(
    key: &Object,
    iv: Option<&[u8]>,
    (aad, tag): (&[u8], u32),
    data: &[u8],
) -> Result<Secret, Fault> {
    let gcm = key.gcm()?;
    tag_length(tag)?;
    if data.len() < TAG_LEN {
        return Err(Fault::new(Code::EncryptedDataLength, "the ciphertext is shorter than its tag"));
    }
    let iv = iv.ok_or_else(|| Fault::new(Code::MechanismParameter, "AES-GCM needs its IV to decrypt"))?;
    let plain = gcm.open(nonce_of(iv)?, aad, data).map_err(|error| crypto(&error))?;
    Ok(Secret::from(plain.as_slice()))
}

fn nonce_of(iv: &[u8]) -> Result<[u8; NONCE_LEN], Fault> {
    iv.try_into().map_err(|_| Fault::new(Code::MechanismParameter, "the IV of AES-GCM has 12 bytes"))
}

fn tag_length(tag: u32) -> Result<(), Fault> {
    if tag as usize == TAG_LEN {
        Ok(())
    } else {
        Err(Fault::new(Code::MechanismParameter, "the tag of AES-GCM has 16 bytes"))
    }
}

fn unbound(key: &[u8]) -> Result<UnboundCipherKey, Fault> {
    let algorithm: &'static Algorithm = match key.len() {
        16 => &AES_128,
        24 => &AES_192,
        _ => &AES_256,
    };
    UnboundCipherKey::new(algorithm, key).map_err(failed)
}

fn iv_of(iv: &[u8]) -> Result<FixedLength<BLOCK>, Fault> {
    let iv: [u8; BLOCK] =
        iv.try_into().map_err(|_| Fault::new(Code::MechanismParameter, "the IV has 16 bytes"))?;
    Ok(FixedLength::from(iv))
}

fn run_encrypt(key: &EncryptingKey, context: EncryptionContext, data: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut out = data.to_vec();
    if !out.is_empty() {
        key.less_safe_encrypt(&mut out, context).map_err(failed)?;
    }
    Ok(out)
}

fn run_decrypt(key: &DecryptingKey, context: DecryptionContext, data: &[u8]) -> Result<Secret, Fault> {
    let mut out = Zeroizing::new(data.to_vec());
    if out.is_empty() {
        return Ok(Secret::default());
    }
    Ok(Secret::from(&*key.decrypt(&mut out, context).map_err(failed)?))
}

/// AES-CBC with PKCS#7 padding.
pub(super) fn cbc_pad_encrypt(key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>, Fault> {
    let encrypting = PaddedBlockEncryptingKey::cbc_pkcs7(unbound(key)?).map_err(failed)?;
    let mut out = Vec::with_capacity(data.len() + BLOCK);
    out.extend_from_slice(data);
    encrypting.less_safe_encrypt(&mut out, EncryptionContext::Iv128(iv_of(iv)?)).map_err(failed)?;
    Ok(out)
}

/// The reverse of [`cbc_pad_encrypt`].
pub(super) fn cbc_pad_decrypt(key: &[u8], iv: &[u8], data: &[u8]) -> Result<Secret, Fault> {
    if data.is_empty() || !data.len().is_multiple_of(BLOCK) {
        return Err(Fault::new(Code::EncryptedDataLength, "the data has no whole number of blocks"));
    }
    let decrypting = PaddedBlockDecryptingKey::cbc_pkcs7(unbound(key)?).map_err(failed)?;
    let mut out = Zeroizing::new(data.to_vec());
    let plain = decrypting.decrypt(&mut out, DecryptionContext::Iv128(iv_of(iv)?));
    Ok(Secret::from(&*plain.map_err(|_| not_authentic())?))
}

fn whole_blocks(data: &[u8], code: Code) -> Result<(), Fault> {
    if data.len().is_multiple_of(BLOCK) {
        Ok(())
    } else {
        Err(Fault::new(code, "the data has no whole number of blocks"))
    }
}

fn oaep_algorithm(oaep: &Oaep) -> Result<&'static OaepAlgorithm, Fault> {
    match (oaep.hash, oaep.mgf) {
        (Hash::Sha1, Hash::Sha1) => Ok(&OAEP_SHA1_MGF1SHA1),
        (Hash::Sha256, Hash::Sha256) => Ok(&OAEP_SHA256_MGF1SHA256),
        (Hash::Sha384, Hash::Sha384) => Ok(&OAEP_SHA384_MGF1SHA384),
        (Hash::Sha512, Hash::Sha512) => Ok(&OAEP_SHA512_MGF1SHA512),
        _ => Err(Fault::new(
            Code::MechanismParameter,
            "OAEP is built with SHA-1, SHA-256, SHA-384 and SHA-512, and MGF1 with the same hash",
        )),
    }
}

fn label(oaep: &Oaep) -> Option<&[u8]> {
    Some(oaep.label.as_slice()).filter(|label| !label.is_empty())
}

fn rsa_length(data: &[u8], size: usize) -> Result<(), Fault> {
    if data.len() == size {
        Ok(())
    } else {
        Err(Fault::new(Code::EncryptedDataLength, "the ciphertext is not as long as the key's modulus"))
    }
}

fn pkcs1_allowed(fips: bool) -> Result<(), Fault> {
    if fips {
        return Err(Fault::new(Code::Mechanism, "RSAES-PKCS1-v1_5 is not used in FIPS mode: use OAEP"));
    }
    Ok(())
}

fn is_rsa(key: &Object) -> Result<(), Fault> {
    if key.record.key_type() == Some(key_type::RSA) { Ok(()) } else { Err(wrong_type()) }
}

fn not_authentic() -> Fault {
    Fault::new(Code::EncryptedData, "the ciphertext does not decrypt")
}

fn failed(_: aws_lc_rs::error::Unspecified) -> Fault {
    Fault::new(Code::Device, "AWS-LC refused")
}

/// AES of a block of zeros.
pub(crate) fn zero_block(key: &[u8]) -> Result<Vec<u8>, Fault> {
    let encrypting = EncryptingKey::ecb(unbound(key)?).map_err(failed)?;
    run_encrypt(&encrypting, EncryptionContext::None, &[0; BLOCK])
}
