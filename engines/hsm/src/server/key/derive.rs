//! Keys derived from keys.

use aws_lc_rs::digest;
use aws_lc_rs::hkdf;
use zeroize::{Zeroize as _, Zeroizing};

use super::{crypto, wrong_type};
use crate::server::der;
use crate::server::hsm::Hsm;
use crate::server::object::{self, Origin, Target, curve};
use crate::server::record::Object;
use crate::wire::{
    AttributeType, Code, DeriveMechanism, Fault, Handle, Hash, Secret, Template, class, key_type,
};

/// The longest key that is derived, in bytes.
const MAX_LENGTH: usize = 512;

/// Derives a secret key and keeps it as an object.
pub(crate) fn derive(
    hsm: &Hsm,
    target: &Target<'_>,
    from: &Object,
    mechanism: &DeriveMechanism,
    template: &Template,
) -> Result<Handle, Fault> {
    from.must(AttributeType::DERIVE)?;
    let asked = asked_length(template)?;
    let secret = match mechanism {
        DeriveMechanism::Ecdh { public, kdf, shared } => ecdh(from, public, *kdf, shared, asked)?,
        DeriveMechanism::Hkdf { hash, salt, info } => {
            let length = asked.ok_or_else(|| {
                Fault::new(Code::TemplateIncomplete, "HKDF needs the length of the new key: `VALUE_LEN`")
            })?;
            hkdf_of(from, *hash, salt, info, length)?
        }
    };
    let origin = Origin::Derived {
        always_sensitive: from.record.flag(AttributeType::ALWAYS_SENSITIVE),
        never_extractable: from.record.flag(AttributeType::NEVER_EXTRACTABLE),
    };
    object::keep_key(hsm, target, template, secret, origin)
}

/// How long the new key is to be.
fn asked_length(template: &Template) -> Result<Option<usize>, Fault> {
    let Some(length) = template.number(AttributeType::VALUE_LEN) else { return Ok(None) };
    let length = usize::try_from(length).ok().filter(|length| (1..=MAX_LENGTH).contains(length));
    length.map(Some).ok_or_else(|| Fault::new(Code::KeySize, "a derived key has 1 to 512 bytes"))
}

fn ecdh(
    from: &Object,
    public: &[u8],
    kdf: Option<Hash>,
    shared: &[u8],
    asked: Option<usize>,
) -> Result<Secret, Fault> {
    if from.record.key_type() != Some(key_type::EC) || from.record.class() != class::PRIVATE_KEY {
        return Err(wrong_type());
    }
    let curve = curve::by_spec(from.spec()?)?;
    let point = match public.first() {
        Some(&der::OCTET_STRING) if der::only(public, der::OCTET_STRING).is_some() => {
            der::only(public, der::OCTET_STRING).unwrap_or_default()
        }
        _ => public,
    };
    let spki = der::public_key_info(der::EC_PUBLIC_KEY, &der::value(der::OID, curve.oid), point);
    let agreed = from.private()?.derive(&spki).map_err(|error| match error {
        bastide_crypto::CryptoError::InvalidPublicKey => {
            Fault::new(Code::MechanismParameter, "the other's point is not on the key's curve")
        }
        other => crypto(&other),
    })?;
    match kdf {
        None => {
            let length = asked.unwrap_or(agreed.len());
            // PKCS#11 2.40, section 2.3.8: bytes are taken from the leading end's opposite: the low ones stay.
            let start = agreed.len().checked_sub(length).ok_or_else(|| {
                Fault::new(Code::KeySize, "the shared secret is shorter than that: use a key derivation")
            })?;
            Ok(Secret::from(agreed.get(start..).unwrap_or_default()))
        }
        Some(hash) => x963(&agreed, hash, shared, asked.unwrap_or(agreed.len())),
    }
}

/// The key derivation of ANSI X9.63 (SEC 1, section 3.6.1): the hash of secret, counter and shared information.
fn x963(secret: &[u8], hash: Hash, shared: &[u8], length: usize) -> Result<Secret, Fault> {
    let algorithm: &'static digest::Algorithm = match hash {
        Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha224 => &digest::SHA224,
        Hash::Sha256 => &digest::SHA256,
        Hash::Sha384 => &digest::SHA384,
        Hash::Sha512 => &digest::SHA512,
    };
    let mut out = Zeroizing::new(Vec::with_capacity(length + hash.len()));
    let mut counter = 1_u32;
    while out.len() < length {
        let mut context = digest::Context::new(algorithm);
        context.update(secret);
        context.update(&counter.to_be_bytes());
        context.update(shared);
        out.extend_from_slice(context.finish().as_ref());
        counter += 1;
    }
    let made = Secret::from(out.get(..length).unwrap_or_default());
    out.zeroize();
    Ok(made)
}

fn hkdf_of(from: &Object, hash: Hash, salt: &[u8], info: &[u8], length: usize) -> Result<Secret, Fault> {
    if from.record.class() != class::SECRET_KEY {
        return Err(wrong_type());
    }
    let algorithm = match hash {
        Hash::Sha1 => hkdf::HKDF_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => hkdf::HKDF_SHA256,
        Hash::Sha384 => hkdf::HKDF_SHA384,
        Hash::Sha512 => hkdf::HKDF_SHA512,
        Hash::Sha224 => {
            return Err(Fault::new(Code::MechanismParameter, "HKDF is not built with SHA-224"));
        }
    };
    let mut out = Zeroizing::new(vec![0; length]);
    let extracted = hkdf::Salt::new(algorithm, salt).extract(&from.record.secret);
    extracted
        .expand(&[info], Length(length))
        .and_then(|okm| okm.fill(&mut out))
        .map_err(|_| Fault::new(Code::KeySize, "HKDF gives no key as long as that"))?;
    Ok(Secret::from(out.as_slice()))
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}
