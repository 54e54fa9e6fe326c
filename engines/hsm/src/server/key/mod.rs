//! What keys do.

pub(crate) mod cipher;
pub(crate) mod derive;
pub(crate) mod sign;
pub(crate) mod wrap;

use std::sync::OnceLock;

use aws_lc_rs::rsa::{
    OaepPrivateDecryptingKey, OaepPublicEncryptingKey, Pkcs1PrivateDecryptingKey, Pkcs1PublicEncryptingKey,
    PrivateDecryptingKey, PublicEncryptingKey,
};
use bastide_crypto::{AesGcmKey, CryptoError, KeySpec, PublicKey, SecretKey};

use super::object::curve;
use super::record::Object;
use crate::wire::{AttributeType, Code, Fault, class, key_type};

/// A key, opened when it is first used.
#[derive(Default)]
pub(crate) struct Material {
    private: OnceLock<SecretKey>,
    public: OnceLock<PublicKey>,
    gcm: OnceLock<AesGcmKey>,
    oaep_private: OnceLock<OaepPrivateDecryptingKey>,
    oaep_public: OnceLock<OaepPublicEncryptingKey>,
    pkcs1_private: OnceLock<Pkcs1PrivateDecryptingKey>,
    pkcs1_public: OnceLock<Pkcs1PublicEncryptingKey>,
}

impl Object {
    /// The spec of the key pair that it is half of.
    pub(crate) fn spec(&self) -> Result<KeySpec, Fault> {
        let record = &self.record;
        match record.key_type() {
            Some(key_type::RSA) => {
                let modulus = record.attributes.bytes(AttributeType::MODULUS).map_or(0, <[u8]>::len);
                match modulus {
                    256 => Ok(KeySpec::Rsa2048),
                    384 => Ok(KeySpec::Rsa3072),
                    512 => Ok(KeySpec::Rsa4096),
                    _ => Err(Fault::new(Code::KeySize, "RSA keys have 2048, 3072 or 4096 bits")),
                }
            }
            Some(key_type::EC | key_type::EC_EDWARDS) => {
                let parameters = record.attributes.bytes(AttributeType::EC_PARAMS).unwrap_or_default();
                Ok(curve::by_parameters(parameters)?.spec)
            }
            _ => Err(wrong_type()),
        }
    }

    /// The private key.
    pub(crate) fn private(&self) -> Result<&SecretKey, Fault> {
        if self.record.class() != class::PRIVATE_KEY {
            return Err(wrong_type());
        }
        once(&self.material.private, || {
            SecretKey::from_bytes(self.spec()?, &self.record.secret).map_err(|error| crypto(&error))
        })
    }

    /// The public key, of either half.
    pub(crate) fn public(&self) -> Result<&PublicKey, Fault> {
        match self.record.class() {
            class::PUBLIC_KEY => once(&self.material.public, || {
                PublicKey::from_spki(self.spec()?, &self.record.secret).map_err(|error| crypto(&error))
            }),
            class::PRIVATE_KEY => self.private()?.public_key().map_err(|error| crypto(&error)),
            _ => Err(wrong_type()),
        }
    }

    /// The bytes of an AES key.
    pub(crate) fn aes(&self) -> Result<&[u8], Fault> {
        if self.record.class() == class::SECRET_KEY && self.record.key_type() == Some(key_type::AES) {
            Ok(&self.record.secret)
        } else {
            Err(wrong_type())
        }
    }

    fn gcm(&self) -> Result<&AesGcmKey, Fault> {
        let key = self.aes()?;
        once(&self.material.gcm, || AesGcmKey::new(key).map_err(|error| crypto(&error)))
    }

    fn oaep_public(&self) -> Result<&OaepPublicEncryptingKey, Fault> {
        once(&self.material.oaep_public, || {
            OaepPublicEncryptingKey::new(self.rsa_public()?).map_err(|_| wrong_type())
        })
    }

    fn pkcs1_public(&self) -> Result<&Pkcs1PublicEncryptingKey, Fault> {
        once(&self.material.pkcs1_public, || {
            Pkcs1PublicEncryptingKey::new(self.rsa_public()?).map_err(|_| wrong_type())
        })
    }

    fn oaep_private(&self) -> Result<&OaepPrivateDecryptingKey, Fault> {
        once(&self.material.oaep_private, || {
            OaepPrivateDecryptingKey::new(self.rsa_private()?).map_err(|_| wrong_type())
        })
    }

    fn pkcs1_private(&self) -> Result<&Pkcs1PrivateDecryptingKey, Fault> {
        once(&self.material.pkcs1_private, || {
            Pkcs1PrivateDecryptingKey::new(self.rsa_private()?).map_err(|_| wrong_type())
        })
    }

    fn rsa_public(&self) -> Result<PublicEncryptingKey, Fault> {
        PublicEncryptingKey::from_der(self.public()?.spki()).map_err(|_| wrong_type())
    }

    fn rsa_private(&self) -> Result<PrivateDecryptingKey, Fault> {
        if self.record.class() != class::PRIVATE_KEY {
            return Err(wrong_type());
        }
        PrivateDecryptingKey::from_pkcs8(&self.record.secret).map_err(|_| wrong_type())
    }

    /// Refuses a key without this usage.
    pub(crate) fn must(&self, usage: AttributeType) -> Result<(), Fault> {
        if self.record.flag(usage) {
            return Ok(());
        }
        let why = format!("the key is not made for this: its attribute `{}` is false", usage.name());
        Err(Fault::new(Code::KeyFunction, why))
    }
}

pub(crate) fn wrong_type() -> Fault {
    Fault::new(Code::KeyType, "the key is of another type than the mechanism needs")
}

/// What AWS-LC's refusals are in PKCS#11.
pub(crate) fn crypto(error: &CryptoError) -> Fault {
    let code = match error {
        CryptoError::Unsupported(_) => Code::NotSupported,
        CryptoError::WrongKey(_) | CryptoError::InvalidKey(_) => Code::KeyType,
        CryptoError::InvalidPublicKey => Code::AttributeValue,
        CryptoError::MessageType => Code::MechanismParameter,
        CryptoError::DigestLength { .. } | CryptoError::TooLong { .. } => Code::DataLength,
        CryptoError::NotAuthentic => Code::EncryptedData,
        CryptoError::Failed(_) => Code::Device,
    };
    Fault::new(code, error.to_string())
}

/// What is worked out once and kept; a failure is not.
fn once<T>(lock: &OnceLock<T>, make: impl FnOnce() -> Result<T, Fault>) -> Result<&T, Fault> {
    match lock.get() {
        Some(made) => Ok(made),
        None => make().map(|made| lock.get_or_init(|| made)),
    }
}
