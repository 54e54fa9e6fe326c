//! Keys wrapped by keys.

use aws_lc_rs::key_wrap::{AES_128, AES_256, AesBlockCipher, AesKek, KeyWrap, KeyWrapPadded};
use zeroize::Zeroizing;

use super::cipher::{Encrypted, cbc_pad_decrypt, cbc_pad_encrypt, decrypt_with, encrypt_with};
use crate::server::hsm::Hsm;
use crate::server::object::{self, Origin, Target};
use crate::server::record::Object;
use crate::wire::{
    AttributeType, CipherMechanism, Code, Fault, Handle, Oaep, Secret, Template, WrapMechanism, class,
};

/// Wraps `key` by `by`: when both may.
pub(crate) fn wrap(
    fips: bool,
    by: &Object,
    mechanism: &WrapMechanism,
    key: &Object,
) -> Result<Encrypted, Fault> {
    by.must(AttributeType::WRAP)?;
    let record = &key.record;
    if !matches!(record.class(), class::SECRET_KEY | class::PRIVATE_KEY) {
        return Err(Fault::new(Code::KeyNotWrappable, "only secret and private keys are wrapped"));
    }
    if !record.flag(AttributeType::EXTRACTABLE) {
        return Err(Fault::new(Code::KeyUnextractable, "the key must not leave the HSM"));
    }
    if record.flag(AttributeType::WRAP_WITH_TRUSTED) && !by.record.flag(AttributeType::TRUSTED) {
        let why = "the key is only wrapped by keys that an admin has marked as trusted";
        return Err(Fault::new(Code::KeyNotWrappable, why));
    }
    let data = &record.secret;
    match mechanism {
        WrapMechanism::AesKw => Ok((kw(by.aes()?, data)?, None)),
        WrapMechanism::AesKwp => Ok((kwp(by.aes()?, data)?, None)),
        WrapMechanism::AesGcm { iv, aad, tag } => {
            let mechanism = CipherMechanism::AesGcm { iv: iv.clone(), aad: aad.clone(), tag: *tag };
            encrypt_with(fips, by, &mechanism, data)
        }
        WrapMechanism::AesCbcPad { iv } => Ok((cbc_pad_encrypt(by.aes()?, iv, data)?, None)),
        WrapMechanism::RsaOaep(oaep) => {
            if record.class() != class::SECRET_KEY {
                return Err(Fault::new(Code::KeyNotWrappable, "RSA-OAEP wraps secret keys only"));
            }
            encrypt_with(fips, by, &CipherMechanism::RsaOaep(oaep.clone()), data)
        }
        WrapMechanism::RsaAes { oaep, bits } => Ok((rsa_aes(fips, by, oaep, *bits, data)?, None)),
    }
}

/// Unwraps a key and keeps it as an object.
pub(crate) fn unwrap(
    hsm: &Hsm,
    target: &Target<'_>,
    by: &Object,
    mechanism: &WrapMechanism,
    wrapped: &[u8],
    template: &Template,
) -> Result<Handle, Fault> {
    by.must(AttributeType::UNWRAP)?;
    let opened = open(hsm.fips, by, mechanism, wrapped).map_err(|fault| match fault.code {
        Code::EncryptedData => Fault::new(Code::WrappedKey, "the wrapped key does not open"),
        Code::EncryptedDataLength => {
            Fault::new(Code::WrappedKeyLength, "the wrapped key has a length that none has")
        }
        _ => fault,
    })?;
    object::keep_key(hsm, target, template, opened, Origin::Unwrapped)
}

fn open(fips: bool, by: &Object, mechanism: &WrapMechanism, wrapped: &[u8]) -> Result<Secret, Fault> {
    match mechanism {
        WrapMechanism::AesKw => {
            let kek = kek(by.aes()?)?;
            let mut out = Zeroizing::new(vec![0; wrapped.len()]);
            let plain = kek.unwrap(wrapped, &mut out).map_err(|_| closed())?;
            Ok(Secret::from(&*plain))
        }
        WrapMechanism::AesKwp => kwp_open(by.aes()?, wrapped),
        WrapMechanism::AesGcm { iv, aad, tag } => {
            let mechanism = CipherMechanism::AesGcm { iv: iv.clone(), aad: aad.clone(), tag: *tag };
            decrypt_with(fips, by, &mechanism, wrapped)
        }
        WrapMechanism::AesCbcPad { iv } => cbc_pad_decrypt(by.aes()?, iv, wrapped),
        WrapMechanism::RsaOaep(oaep) => {
            decrypt_with(fips, by, &CipherMechanism::RsaOaep(oaep.clone()), wrapped)
        }
        WrapMechanism::RsaAes { oaep, .. } => {
            let size = super::sign::modulus_bytes(by.spec()?);
            let (first, second) = wrapped.split_at_checked(size).ok_or_else(closed)?;
            let kek = decrypt_with(fips, by, &CipherMechanism::RsaOaep(oaep.clone()), first)?;
            kwp_open(&kek, second)
        }
    }
}

fn rsa_aes(fips: bool, by: &Object, oaep: &Oaep, bits: u32, data: &[u8]) -> Result<Vec<u8>, Fault> {
    let length = match bits {
        128 => 16,
        256 => 32,
        _ => return Err(Fault::new(Code::MechanismParameter, "the key between has 128 or 256 bits")),
    };
    let mut key = Zeroizing::new(vec![0; length]);
    aws_lc_rs::rand::fill(&mut key).map_err(|_| Fault::new(Code::Device, "there is no randomness"))?;
    let (mut out, _) = encrypt_with(fips, by, &CipherMechanism::RsaOaep(oaep.clone()), &key)?;
    out.extend_from_slice(&kwp(&key, data)?);
    Ok(out)
}

fn kw(key: &[u8], data: &[u8]) -> Result<Vec<u8>, Fault> {
    if data.len() < 16 || !data.len().is_multiple_of(8) {
        let why = "AES key wrap takes whole blocks of 8 bytes: use the one with padding";
        return Err(Fault::new(Code::KeySize, why));
    }
    let mut out = vec![0; data.len() + 8];
    let length = kek(key)?.wrap(data, &mut out).map_err(|_| failed())?.len();
    out.truncate(length);
    Ok(out)
}

fn kwp(key: &[u8], data: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut out = vec![0; data.len().next_multiple_of(8) + 8];
    let length = kek(key)?.wrap_with_padding(data, &mut out).map_err(|_| failed())?.len();
    out.truncate(length);
    Ok(out)
}

fn kwp_open(key: &[u8], wrapped: &[u8]) -> Result<Secret, Fault> {
    let mut out = Zeroizing::new(vec![0; wrapped.len()]);
    let plain = kek(key)?.unwrap_with_padding(wrapped, &mut out).map_err(|_| closed())?;
    Ok(Secret::from(&*plain))
}

fn kek(key: &[u8]) -> Result<AesKek, Fault> {
    let cipher: &'static AesBlockCipher = match key.len() {
        16 => &AES_128,
        32 => &AES_256,
        _ => return Err(Fault::new(Code::KeySize, "a key that wraps by AES key wrap has 128 or 256 bits")),
    };
    AesKek::new(cipher, key).map_err(|_| failed())
}

fn closed() -> Fault {
    Fault::new(Code::WrappedKey, "the wrapped key does not open")
}

fn failed() -> Fault {
    Fault::new(Code::Device, "AWS-LC refused")
}
