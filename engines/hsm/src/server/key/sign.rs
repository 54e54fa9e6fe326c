//! Signatures, MACs and digests.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{cmac, digest as lc, hmac};
use bastide_crypto::{KeySpec, Message, SigningAlgorithm};

use super::{crypto, wrong_type};
use crate::server::der;
use crate::server::object::curve;
use crate::server::record::Object;
use crate::wire::{AttributeType, Code, Fault, Hash, SignMechanism, class, key_type};

/// Signs, or makes a MAC.
pub(crate) fn sign(
    fips: bool,
    key: &Object,
    mechanism: &SignMechanism,
    data: &[u8],
) -> Result<Vec<u8>, Fault> {
    key.must(AttributeType::SIGN)?;
    if fips && uses_sha1(mechanism) {
        return Err(Fault::new(Code::Mechanism, "SHA-1 signs nothing in FIPS mode"));
    }
    match mechanism {
        SignMechanism::RsaPkcs(hash) => {
            is_rsa(key)?;
            let private = key.private()?;
            match hash.and_then(rsa_pkcs) {
                Some(algorithm) => {
                    private.sign(algorithm, Message::Raw(data)).map_err(|error| crypto(&error))
                }
                None => {
                    let input = pkcs1_input(key, *hash, data)?;
                    private.sign_prehashed(&input).map_err(|error| crypto(&error))
                }
            }
        }
        SignMechanism::RsaPss { hash, salt, digest } => {
            is_rsa(key)?;
            let (algorithm, message) = pss(*hash, *salt, *digest, data)?;
            key.private()?.sign(algorithm, message).map_err(|error| crypto(&error))
        }
        SignMechanism::Ecdsa(hash) => {
            let (width, input) = ecdsa(key, *hash, data)?;
            let signature = key.private()?.sign_prehashed(&input).map_err(|error| crypto(&error))?;
            der::raw_signature(&signature, width)
                .ok_or_else(|| Fault::new(Code::Device, "AWS-LC failed to sign"))
        }
        SignMechanism::Eddsa => {
            is_ed25519(key)?;
            let algorithm = SigningAlgorithm::Ed25519Sha512;
            key.private()?.sign(algorithm, Message::Raw(data)).map_err(|error| crypto(&error))
        }
        SignMechanism::Hmac { .. } | SignMechanism::AesCmac(_) => mac(fips, key, mechanism, data),
    }
}

/// Verifies.
pub(crate) fn verify(
    key: &Object,
    mechanism: &SignMechanism,
    data: &[u8],
    signature: &[u8],
) -> Result<(), Fault> {
    key.must(AttributeType::VERIFY)?;
    let wrong = || Fault::new(Code::Signature, "the signature does not verify");
    let verified = match mechanism {
        SignMechanism::RsaPkcs(hash) => {
            is_rsa(key)?;
            has_length(signature, key.spec()?)?;
            let input = pkcs1_input(key, *hash, data)?;
            key.public()?.verify_prehashed(&input, signature)
        }
        SignMechanism::RsaPss { hash, salt, digest } => {
            is_rsa(key)?;
            has_length(signature, key.spec()?)?;
            let (algorithm, message) = pss(*hash, *salt, *digest, data)?;
            key.public()?.verify(algorithm, message, signature)
        }
        SignMechanism::Ecdsa(hash) => {
            let (width, input) = ecdsa(key, *hash, data)?;
            if signature.len() != 2 * width {
                return Err(signature_length());
            }
            let signature = der::der_signature(signature).ok_or_else(wrong)?;
            key.public()?.verify_prehashed(&input, &signature)
        }
        SignMechanism::Eddsa => {
            is_ed25519(key)?;
            if signature.len() != 64 {
                return Err(signature_length());
            }
            key.public()?.verify(SigningAlgorithm::Ed25519Sha512, Message::Raw(data), signature)
        }
        SignMechanism::Hmac { .. } | SignMechanism::AesCmac(_) => {
            let expected = mac(false, key, mechanism, data)?;
            if expected.len() != signature.len() {
                return Err(signature_length());
            }
            return verify_slices_are_equal(&expected, signature).map_err(|_| wrong());
        }
    };
    verified.map_err(|_| wrong())
}

/// The digest of data.
pub(crate) fn digest(hash: Hash, data: &[u8]) -> Vec<u8> {
    lc::digest(algorithm(hash), data).as_ref().to_vec()
}

fn algorithm(hash: Hash) -> &'static lc::Algorithm {
    match hash {
        Hash::Sha1 => &lc::SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha224 => &lc::SHA224,
        Hash::Sha256 => &lc::SHA256,
        Hash::Sha384 => &lc::SHA384,
        Hash::Sha512 => &lc::SHA512,
    }
}

fn uses_sha1(mechanism: &SignMechanism) -> bool {
    matches!(
        mechanism,
        SignMechanism::RsaPkcs(Some(Hash::Sha1))
            | SignMechanism::RsaPss { hash: Hash::Sha1, .. }
            | SignMechanism::Ecdsa(Some(Hash::Sha1))
    )
}

fn mac(fips: bool, key: &Object, mechanism: &SignMechanism, data: &[u8]) -> Result<Vec<u8>, Fault> {
    let (mut whole, length) = match mechanism {
        SignMechanism::Hmac { hash, length } => {
            let key = hmac_key(fips, key, *hash)?;
            (hmac::sign(&key, data).as_ref().to_vec(), *length)
        }
        SignMechanism::AesCmac(length) => {
            let bytes = key.aes()?;
            let algorithm = match bytes.len() {
                16 => cmac::AES_128,
                24 => cmac::AES_192,
                _ => cmac::AES_256,
            };
            let failed = |_| Fault::new(Code::Device, "AWS-LC failed to make a MAC");
            let key = cmac::Key::new(algorithm, bytes).map_err(failed)?;
            (cmac::sign(&key, data).map_err(failed)?.as_ref().to_vec(), *length)
        }
        _ => return Err(wrong_type()),
    };
    if let Some(length) = length.and_then(|length| usize::try_from(length).ok()) {
        if length == 0 || length > whole.len() {
            return Err(Fault::new(Code::MechanismParameter, "the MAC is not as long as that"));
        }
        whole.truncate(length);
    }
    Ok(whole)
}

fn hmac_key(fips: bool, key: &Object, hash: Hash) -> Result<hmac::Key, Fault> {
    let own = match hash {
        Hash::Sha1 => key_type::SHA_1_HMAC,
        Hash::Sha224 => key_type::SHA224_HMAC,
        Hash::Sha256 => key_type::SHA256_HMAC,
        Hash::Sha384 => key_type::SHA384_HMAC,
        Hash::Sha512 => key_type::SHA512_HMAC,
    };
    let record = &key.record;
    let fits = record.class() == class::SECRET_KEY
        && record.key_type().is_some_and(|kind| kind == key_type::GENERIC_SECRET || kind == own);
    if !fits {
        return Err(wrong_type());
    }
    // NIST SP 800-131A: keys below 112 bits make no MACs.
    if fips && record.secret.len() < 14 {
        return Err(Fault::new(Code::KeySize, "in FIPS mode the key of a MAC has 14 bytes or more"));
    }
    let algorithm = match hash {
        Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha224 => hmac::HMAC_SHA224,
        Hash::Sha256 => hmac::HMAC_SHA256,
        Hash::Sha384 => hmac::HMAC_SHA384,
        Hash::Sha512 => hmac::HMAC_SHA512,
    };
    Ok(hmac::Key::new(algorithm, &record.secret))
}

/// The algorithms that sign a message whole; the others sign what is hashed here.
fn rsa_pkcs(hash: Hash) -> Option<SigningAlgorithm> {
    match hash {
        Hash::Sha256 => Some(SigningAlgorithm::RsassaPkcs1V15Sha256),
        Hash::Sha384 => Some(SigningAlgorithm::RsassaPkcs1V15Sha384),
        Hash::Sha512 => Some(SigningAlgorithm::RsassaPkcs1V15Sha512),
        Hash::Sha1 | Hash::Sha224 => None,
    }
}

/// What PKCS#1 v1.5 pads: the data as it is, or the DigestInfo of its hash.
fn pkcs1_input(key: &Object, hash: Option<Hash>, data: &[u8]) -> Result<Vec<u8>, Fault> {
    let input = match hash {
        None => data.to_vec(),
        Some(hash) => {
            let oid: &[u8] = match hash {
                Hash::Sha1 => &[0x2B, 0x0E, 0x03, 0x02, 0x1A],
                Hash::Sha224 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04],
                Hash::Sha256 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01],
                Hash::Sha384 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02],
                Hash::Sha512 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03],
            };
            let algorithm = der::sequence(&[&der::value(der::OID, oid), &der::value(der::NULL, &[])]);
            der::sequence(&[&algorithm, &der::value(der::OCTET_STRING, &digest(hash, data))]).to_vec()
        }
    };
    // RFC 8017, section 9.2: eleven bytes of padding at least.
    if input.len() + 11 > modulus_bytes(key.spec()?) {
        return Err(Fault::new(Code::DataLength, "the data is longer than the key can sign"));
    }
    Ok(input)
}

fn pss(
    hash: Hash,
    salt: u32,
    is_digest: bool,
    data: &[u8],
) -> Result<(SigningAlgorithm, Message<'_>), Fault> {
    let algorithm = match hash {
        Hash::Sha256 => SigningAlgorithm::RsassaPssSha256,
        Hash::Sha384 => SigningAlgorithm::RsassaPssSha384,
        Hash::Sha512 => SigningAlgorithm::RsassaPssSha512,
        Hash::Sha1 | Hash::Sha224 => {
            return Err(Fault::new(
                Code::MechanismParameter,
                "PSS is built with SHA-256, SHA-384 and SHA-512",
            ));
        }
    };
    if salt as usize != hash.len() {
        return Err(Fault::new(Code::MechanismParameter, "the salt of PSS is as long as the hash"));
    }
    if is_digest && data.len() != hash.len() {
        return Err(Fault::new(Code::DataLength, "the digest has not the length of the hash"));
    }
    Ok((algorithm, if is_digest { Message::Digest(data) } else { Message::Raw(data) }))
}

/// The bytes of half a signature, and what is signed.
fn ecdsa(key: &Object, hash: Option<Hash>, data: &[u8]) -> Result<(usize, Vec<u8>), Fault> {
    if key.record.key_type() != Some(key_type::EC) {
        return Err(wrong_type());
    }
    let width = curve::by_spec(key.spec()?)?.width;
    match hash {
        Some(hash) => Ok((width, digest(hash, data))),
        None if data.is_empty() || data.len() > 64 => {
            Err(Fault::new(Code::DataLength, "a digest has 1 to 64 bytes"))
        }
        None => Ok((width, data.to_vec())),
    }
}

fn is_rsa(key: &Object) -> Result<(), Fault> {
    if key.record.key_type() == Some(key_type::RSA) { Ok(()) } else { Err(wrong_type()) }
}

fn is_ed25519(key: &Object) -> Result<(), Fault> {
    if key.record.key_type() == Some(key_type::EC_EDWARDS) { Ok(()) } else { Err(wrong_type()) }
}

fn has_length(signature: &[u8], spec: KeySpec) -> Result<(), Fault> {
    if signature.len() == modulus_bytes(spec) { Ok(()) } else { Err(signature_length()) }
}

fn signature_length() -> Fault {
    Fault::new(Code::SignatureLength, "the signature has another length than the key makes")
}

pub(super) fn modulus_bytes(spec: KeySpec) -> usize {
    match spec {
        KeySpec::Rsa2048 => 256,
        KeySpec::Rsa3072 => 384,
        KeySpec::Rsa4096 => 512,
        _ => 0,
    }
}
