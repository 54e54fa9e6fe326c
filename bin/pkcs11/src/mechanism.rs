//! Mechanisms: what an application asks for, and what that is to an HSM.

use bastide_hsm::wire::{CipherMechanism, DeriveMechanism, Hash, Oaep, SignMechanism, WrapMechanism};
use cryptoki_sys::*;

use crate::{
    abi::Place,
    rv::{Answer, Rv},
};

/// A mechanism and its parameter, copied from the application.
#[derive(Clone, Debug)]
pub struct Mechanism {
    /// Its number, `CKM_…`.
    pub kind: CK_MECHANISM_TYPE,
    /// Its parameter.
    pub parameter: Parameter,
}

/// A mechanism's parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the members are those of PKCS#11's structures")]
pub enum Parameter {
    /// None was given.
    None,
    /// Bytes as they are: an initialisation vector, the length of a MAC.
    Bytes(Vec<u8>),
    /// `CK_RSA_PKCS_PSS_PARAMS`.
    Pss { hash: CK_MECHANISM_TYPE, mgf: CK_RSA_PKCS_MGF_TYPE, salt: CK_ULONG },
    /// `CK_RSA_PKCS_OAEP_PARAMS`.
    Oaep { hash: CK_MECHANISM_TYPE, mgf: CK_RSA_PKCS_MGF_TYPE, label: Vec<u8> },
    /// `CK_GCM_PARAMS`, and where a vector that the HSM makes would go.
    Gcm { iv: Vec<u8>, aad: Vec<u8>, tag_bits: CK_ULONG, made: Place },
    /// `CK_AES_CTR_PARAMS`.
    Ctr { bits: CK_ULONG, block: [u8; 16] },
    /// `CK_ECDH1_DERIVE_PARAMS`.
    Ecdh { kdf: CK_EC_KDF_TYPE, shared: Vec<u8>, public: Vec<u8> },
    /// `CK_EDDSA_PARAMS`.
    EdDsa { prehashed: bool, context: Vec<u8> },
    /// `CK_RSA_AES_KEY_WRAP_PARAMS`.
    RsaAesWrap { aes_bits: CK_ULONG, oaep: Box<Parameter> },
    /// `CK_HKDF_PARAMS`.
    Hkdf { extract: bool, expand: bool, hash: CK_MECHANISM_TYPE, salt: Vec<u8>, info: Vec<u8> },
}

/// Which structure a mechanism's parameter is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    Bytes,
    Pss,
    Oaep,
    Gcm,
    Ctr,
    Ecdh,
    EdDsa,
    RsaAesWrap,
    Hkdf,
}

impl Shape {
    pub(crate) fn of(kind: CK_MECHANISM_TYPE) -> Self {
        match kind {
            CKM_RSA_PKCS_PSS
            | CKM_SHA1_RSA_PKCS_PSS
            | CKM_SHA224_RSA_PKCS_PSS
            | CKM_SHA256_RSA_PKCS_PSS
            | CKM_SHA384_RSA_PKCS_PSS
            | CKM_SHA512_RSA_PKCS_PSS => Self::Pss,
            CKM_RSA_PKCS_OAEP => Self::Oaep,
            CKM_AES_GCM => Self::Gcm,
            CKM_AES_CTR => Self::Ctr,
            CKM_ECDH1_DERIVE | CKM_ECDH1_COFACTOR_DERIVE => Self::Ecdh,
            CKM_EDDSA => Self::EdDsa,
            CKM_RSA_AES_KEY_WRAP => Self::RsaAesWrap,
            CKM_HKDF_DERIVE => Self::Hkdf,
            _ => Self::Bytes,
        }
    }
}

const INVALID: Rv = Rv(CKR_MECHANISM_INVALID);
const BAD_PARAMETER: Rv = Rv(CKR_MECHANISM_PARAM_INVALID);

/// How something is signed: what the HSM does, and what is done here before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signing {
    /// With this the message is hashed here, so that it may be as long as it likes.
    pub(crate) hash: Option<Hash>,
    /// What the HSM does with the digest, or with the message where nothing is hashed here.
    pub(crate) mechanism: SignMechanism,
    /// Whether the HSM expects the digest in its `DigestInfo`.
    pub(crate) digest_info: bool,
    /// The kinds of keys that fit.
    pub(crate) keys: &'static [CK_KEY_TYPE],
}

const RSA: &[CK_KEY_TYPE] = &[CKK_RSA];
const EC: &[CK_KEY_TYPE] = &[CKK_EC];
const AES: &[CK_KEY_TYPE] = &[CKK_AES];

impl Mechanism {
    /// As a way to sign or verify.
    pub(crate) fn signing(&self) -> Answer<Signing> {
        if let Some(hash) = rsa_pkcs_hash(self.kind) {
            self.bare()?;
            return Ok(Signing {
                hash,
                mechanism: SignMechanism::RsaPkcs(None),
                digest_info: hash.is_some(),
                keys: RSA,
            });
        }
        if let Some(hash) = ecdsa_hash(self.kind) {
            self.bare()?;
            return Ok(Signing { hash, mechanism: SignMechanism::Ecdsa(None), digest_info: false, keys: EC });
        }
        if let Some(hash) = pss_hash(self.kind) {
            return self.pss(hash);
        }
        if let Some((hash, general)) = hmac_hash(self.kind) {
            let length =
                if general { Some(self.mac_length(hash.len())?) } else { self.bare().map(|()| None)? };
            let keys = hmac_keys(hash);
            return Ok(Signing {
                hash: None,
                mechanism: SignMechanism::Hmac { hash, length },
                digest_info: false,
                keys,
            });
        }
        let (mechanism, keys): (_, &[CK_KEY_TYPE]) = match self.kind {
            CKM_AES_CMAC => (self.bare().map(|()| SignMechanism::AesCmac(None))?, AES),
            CKM_AES_CMAC_GENERAL => (SignMechanism::AesCmac(Some(self.mac_length(16)?)), AES),
            CKM_EDDSA => match &self.parameter {
                Parameter::None => (SignMechanism::Eddsa, &[CKK_EC_EDWARDS]),
                Parameter::EdDsa { prehashed: false, context } if context.is_empty() => {
                    (SignMechanism::Eddsa, &[CKK_EC_EDWARDS])
                }
                _ => return Err(BAD_PARAMETER),
            },
            _ => return Err(INVALID),
        };
        Ok(Signing { hash: None, mechanism, digest_info: false, keys })
    }

    fn pss(&self, expected: Option<Hash>) -> Answer<Signing> {
        let Parameter::Pss { hash, mgf, salt } = self.parameter else { return Err(BAD_PARAMETER) };
        let hash = digest(hash).map_err(|_| BAD_PARAMETER)?;
        if mgf_hash(mgf)? != hash || expected.is_some_and(|expected| expected != hash) {
            return Err(BAD_PARAMETER);
        }
        let salt = u32::try_from(salt).ok().filter(|salt| *salt <= 512).ok_or(BAD_PARAMETER)?;
        let mechanism = SignMechanism::RsaPss { hash, salt, digest: true };
        Ok(Signing { hash: expected, mechanism, digest_info: false, keys: RSA })
    }

    /// As a way to encrypt: what the HSM does, and the kind of key for it.
    pub(crate) fn cipher(&self) -> Answer<(CipherMechanism, CK_KEY_TYPE)> {
        let mechanism = match self.kind {
            CKM_RSA_PKCS => self.bare().map(|()| CipherMechanism::RsaPkcs)?,
            CKM_RSA_PKCS_OAEP => CipherMechanism::RsaOaep(self.parameter.oaep()?),
            CKM_AES_ECB => self.bare().map(|()| CipherMechanism::AesEcb)?,
            CKM_AES_CBC => CipherMechanism::AesCbc { iv: self.block()?, pad: false },
            CKM_AES_CBC_PAD => CipherMechanism::AesCbc { iv: self.block()?, pad: true },
            CKM_AES_CTR => match self.parameter {
                Parameter::Ctr { bits: 1..=128, block } => CipherMechanism::AesCtr { iv: block.to_vec() },
                _ => return Err(BAD_PARAMETER),
            },
            CKM_AES_GCM => {
                let (iv, aad, tag) = self.parameter.gcm()?;
                CipherMechanism::AesGcm { iv, aad, tag }
            }
            _ => return Err(INVALID),
        };
        let rsa = matches!(mechanism, CipherMechanism::RsaPkcs | CipherMechanism::RsaOaep(_));
        Ok((mechanism, if rsa { CKK_RSA } else { CKK_AES }))
    }

    /// As a way to wrap: what the HSM does, and the kind of key for it.
    pub(crate) fn wrapping(&self) -> Answer<(WrapMechanism, CK_KEY_TYPE)> {
        Ok(match self.kind {
            CKM_AES_KEY_WRAP => (self.fixed_iv(&[0xA6; 8]).map(|()| WrapMechanism::AesKw)?, CKK_AES),
            CKM_AES_KEY_WRAP_KWP | CKM_AES_KEY_WRAP_PAD => {
                (self.fixed_iv(&[0xA6, 0x59, 0x59, 0xA6]).map(|()| WrapMechanism::AesKwp)?, CKK_AES)
            }
            CKM_AES_CBC_PAD => (WrapMechanism::AesCbcPad { iv: self.block()? }, CKK_AES),
            CKM_AES_GCM => {
                let (iv, aad, tag) = self.parameter.gcm()?;
                (WrapMechanism::AesGcm { iv, aad, tag }, CKK_AES)
            }
            CKM_RSA_PKCS_OAEP => (WrapMechanism::RsaOaep(self.parameter.oaep()?), CKK_RSA),
            CKM_RSA_AES_KEY_WRAP => match &self.parameter {
                Parameter::RsaAesWrap { aes_bits: bits @ (128 | 192 | 256), oaep } => {
                    (WrapMechanism::RsaAes { oaep: oaep.oaep()?, bits: *bits as u32 }, CKK_RSA)
                }
                _ => return Err(BAD_PARAMETER),
            },
            _ => return Err(INVALID),
        })
    }

    /// As a way to derive a key.
    pub(crate) fn derivation(&self) -> Answer<DeriveMechanism> {
        match (self.kind, &self.parameter) {
            // The curves here have a cofactor of 1, so both are the same.
            (CKM_ECDH1_DERIVE | CKM_ECDH1_COFACTOR_DERIVE, Parameter::Ecdh { kdf, shared, public }) => {
                let kdf = match *kdf {
                    CKD_NULL if !shared.is_empty() => return Err(BAD_PARAMETER),
                    CKD_NULL => None,
                    CKD_SHA1_KDF => Some(Hash::Sha1),
                    CKD_SHA224_KDF => Some(Hash::Sha224),
                    CKD_SHA256_KDF => Some(Hash::Sha256),
                    CKD_SHA384_KDF => Some(Hash::Sha384),
                    CKD_SHA512_KDF => Some(Hash::Sha512),
                    _ => return Err(BAD_PARAMETER),
                };
                Ok(DeriveMechanism::Ecdh { public: public.clone(), kdf, shared: shared.clone() })
            }
            (CKM_HKDF_DERIVE, Parameter::Hkdf { extract: true, expand: true, hash, salt, info }) => {
                let hash = digest(*hash).map_err(|_| BAD_PARAMETER)?;
                Ok(DeriveMechanism::Hkdf { hash, salt: salt.clone(), info: info.clone() })
            }
            (CKM_ECDH1_DERIVE | CKM_ECDH1_COFACTOR_DERIVE | CKM_HKDF_DERIVE, _) => Err(BAD_PARAMETER),
            _ => Err(INVALID),
        }
    }

    /// As a hash function.
    pub(crate) fn digest(&self) -> Answer<Hash> {
        let hash = digest(self.kind)?;
        self.bare()?;
        Ok(hash)
    }

    /// Nothing may be given where nothing is expected.
    pub(crate) fn bare(&self) -> Answer {
        if self.parameter == Parameter::None { Ok(()) } else { Err(BAD_PARAMETER) }
    }

    fn bytes(&self) -> Answer<&[u8]> {
        match &self.parameter {
            Parameter::Bytes(bytes) => Ok(bytes),
            _ => Err(BAD_PARAMETER),
        }
    }

    fn block(&self) -> Answer<Vec<u8>> {
        self.bytes().ok().filter(|bytes| bytes.len() == 16).map(<[u8]>::to_vec).ok_or(BAD_PARAMETER)
    }

    /// RFC 3394's and RFC 5649's own initial value, or none: another one is refused.
    fn fixed_iv(&self, iv: &[u8]) -> Answer {
        match &self.parameter {
            Parameter::None => Ok(()),
            Parameter::Bytes(bytes) if bytes == iv => Ok(()),
            _ => Err(BAD_PARAMETER),
        }
    }

    /// `CK_MAC_GENERAL_PARAMS`: a length of at most `most` bytes.
    fn mac_length(&self, most: usize) -> Answer<u32> {
        let bytes = self.bytes()?.try_into().map_err(|_| BAD_PARAMETER)?;
        let length = CK_ULONG::from_ne_bytes(bytes);
        u32::try_from(length)
            .ok()
            .filter(|length| (1..=most).contains(&(*length as usize)))
            .ok_or(BAD_PARAMETER)
    }
}

impl Parameter {
    fn oaep(&self) -> Answer<Oaep> {
        let Self::Oaep { hash, mgf, label } = self else { return Err(BAD_PARAMETER) };
        let hash = digest(*hash).map_err(|_| BAD_PARAMETER)?;
        Ok(Oaep { hash, mgf: mgf_hash(*mgf)?, label: label.clone() })
    }

    /// Where the vector goes when the application leaves its making to the HSM: it gives 12 zero bytes, as CloudHSM
    /// has it.
    pub(crate) fn left_to_the_hsm(&self) -> Option<Place> {
        match self {
            Self::Gcm { iv, made, .. } if iv == &[0; 12] => Some(*made),
            _ => None,
        }
    }

    /// Initialisation vector, additional data, and bytes of the tag.
    fn gcm(&self) -> Answer<(Option<Vec<u8>>, Vec<u8>, u32)> {
        let Self::Gcm { iv, aad, tag_bits, .. } = self else { return Err(BAD_PARAMETER) };
        let tag = match tag_bits {
            96..=128 if tag_bits % 8 == 0 => (tag_bits / 8) as u32,
            _ => return Err(BAD_PARAMETER),
        };
        if iv.is_empty() { Err(BAD_PARAMETER) } else { Ok((Some(iv.clone()), aad.clone(), tag)) }
    }
}

/// The hash function of this number.
pub(crate) fn digest(kind: CK_MECHANISM_TYPE) -> Answer<Hash> {
    Ok(match kind {
        CKM_SHA_1 => Hash::Sha1,
        CKM_SHA224 => Hash::Sha224,
        CKM_SHA256 => Hash::Sha256,
        CKM_SHA384 => Hash::Sha384,
        CKM_SHA512 => Hash::Sha512,
        _ => return Err(INVALID),
    })
}

fn mgf_hash(mgf: CK_RSA_PKCS_MGF_TYPE) -> Answer<Hash> {
    Ok(match mgf {
        CKG_MGF1_SHA1 => Hash::Sha1,
        CKG_MGF1_SHA224 => Hash::Sha224,
        CKG_MGF1_SHA256 => Hash::Sha256,
        CKG_MGF1_SHA384 => Hash::Sha384,
        CKG_MGF1_SHA512 => Hash::Sha512,
        _ => return Err(BAD_PARAMETER),
    })
}

/// `Some(None)` is the mechanism that hashes nothing.
fn rsa_pkcs_hash(kind: CK_MECHANISM_TYPE) -> Option<Option<Hash>> {
    Some(match kind {
        CKM_RSA_PKCS => None,
        CKM_SHA1_RSA_PKCS => Some(Hash::Sha1),
        CKM_SHA224_RSA_PKCS => Some(Hash::Sha224),
        CKM_SHA256_RSA_PKCS => Some(Hash::Sha256),
        CKM_SHA384_RSA_PKCS => Some(Hash::Sha384),
        CKM_SHA512_RSA_PKCS => Some(Hash::Sha512),
        _ => return None,
    })
}

fn pss_hash(kind: CK_MECHANISM_TYPE) -> Option<Option<Hash>> {
    Some(match kind {
        CKM_RSA_PKCS_PSS => None,
        CKM_SHA1_RSA_PKCS_PSS => Some(Hash::Sha1),
        CKM_SHA224_RSA_PKCS_PSS => Some(Hash::Sha224),
        CKM_SHA256_RSA_PKCS_PSS => Some(Hash::Sha256),
        CKM_SHA384_RSA_PKCS_PSS => Some(Hash::Sha384),
        CKM_SHA512_RSA_PKCS_PSS => Some(Hash::Sha512),
        _ => return None,
    })
}

fn ecdsa_hash(kind: CK_MECHANISM_TYPE) -> Option<Option<Hash>> {
    Some(match kind {
        CKM_ECDSA => None,
        CKM_ECDSA_SHA1 => Some(Hash::Sha1),
        CKM_ECDSA_SHA224 => Some(Hash::Sha224),
        CKM_ECDSA_SHA256 => Some(Hash::Sha256),
        CKM_ECDSA_SHA384 => Some(Hash::Sha384),
        CKM_ECDSA_SHA512 => Some(Hash::Sha512),
        _ => return None,
    })
}

/// The hash, and whether a length is told.
fn hmac_hash(kind: CK_MECHANISM_TYPE) -> Option<(Hash, bool)> {
    Some(match kind {
        CKM_SHA_1_HMAC => (Hash::Sha1, false),
        CKM_SHA224_HMAC => (Hash::Sha224, false),
        CKM_SHA256_HMAC => (Hash::Sha256, false),
        CKM_SHA384_HMAC => (Hash::Sha384, false),
        CKM_SHA512_HMAC => (Hash::Sha512, false),
        CKM_SHA_1_HMAC_GENERAL => (Hash::Sha1, true),
        CKM_SHA224_HMAC_GENERAL => (Hash::Sha224, true),
        CKM_SHA256_HMAC_GENERAL => (Hash::Sha256, true),
        CKM_SHA384_HMAC_GENERAL => (Hash::Sha384, true),
        CKM_SHA512_HMAC_GENERAL => (Hash::Sha512, true),
        _ => return None,
    })
}

fn hmac_keys(hash: Hash) -> &'static [CK_KEY_TYPE] {
    match hash {
        Hash::Sha1 => &[CKK_GENERIC_SECRET, CKK_SHA_1_HMAC],
        Hash::Sha224 => &[CKK_GENERIC_SECRET, CKK_SHA224_HMAC],
        Hash::Sha256 => &[CKK_GENERIC_SECRET, CKK_SHA256_HMAC],
        Hash::Sha384 => &[CKK_GENERIC_SECRET, CKK_SHA384_HMAC],
        Hash::Sha512 => &[CKK_GENERIC_SECRET, CKK_SHA512_HMAC],
    }
}
