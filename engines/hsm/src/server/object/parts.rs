//! Keys as PKCS#11 takes and shows them: in parts.

use bastide_crypto::{KeySpec, PublicKey, SecretKey};

use super::curve;
use crate::server::der;
use crate::server::key::crypto;
use crate::wire::{AttributeType as A, Code, Fault, Secret, Template, key_type};

/// Sets what a public key, or the public part of a private key, shows of itself.
pub(crate) fn set_public(all: &mut Template, spki: &[u8], private: bool) -> Result<(), Fault> {
    let odd = || Fault::new(Code::Device, "a public key does not decode");
    let (algorithm, _, key) = der::read_public_key_info(spki).ok_or_else(odd)?;
    match algorithm {
        der::RSA_ENCRYPTION => {
            let numbers = der::read_integers(key).ok_or_else(odd)?;
            let [modulus, exponent] = numbers.as_slice() else { return Err(odd()) };
            all.set(A::MODULUS, *modulus);
            all.set(A::PUBLIC_EXPONENT, *exponent);
            if !private {
                all.set(A::MODULUS_BITS, modulus.len() as u64 * 8);
            }
        }
        der::EC_PUBLIC_KEY => {
            let (_, parameters, _) = der::read_public_key_info(spki).ok_or_else(odd)?;
            all.set(A::EC_PARAMS, parameters);
            if !private {
                all.set(A::EC_POINT, der::value(der::OCTET_STRING, key).to_vec());
            }
        }
        der::ED25519 => {
            all.set(A::EC_PARAMS, der::value(der::OID, der::ED25519).to_vec());
            if !private {
                all.set(A::EC_POINT, der::value(der::OCTET_STRING, key).to_vec());
            }
        }
        _ => return Err(odd()),
    }
    all.set(A::PUBLIC_KEY_INFO, spki);
    Ok(())
}

/// The SubjectPublicKeyInfo of a public key that is given in parts.
pub(crate) fn public_from(template: &Template, kind: u64) -> Result<Vec<u8>, Fault> {
    let spki = match kind {
        key_type::RSA => {
            let modulus = needed(template, A::MODULUS)?;
            let exponent = needed(template, A::PUBLIC_EXPONENT)?;
            let key = der::sequence(&[&der::integer(modulus), &der::integer(exponent)]);
            der::public_key_info(der::RSA_ENCRYPTION, &der::value(der::NULL, &[]), &key)
        }
        key_type::EC | key_type::EC_EDWARDS => {
            let curve = curve::by_parameters(needed(template, A::EC_PARAMS)?)?;
            let given = needed(template, A::EC_POINT)?;
            let point = der::only(given, der::OCTET_STRING).unwrap_or(given);
            if curve.spec == KeySpec::EccNistEdwards25519 {
                der::public_key_info(der::ED25519, &[], point)
            } else {
                der::public_key_info(der::EC_PUBLIC_KEY, &der::value(der::OID, curve.oid), point)
            }
        }
        _ => return Err(no_such_type()),
    };
    PublicKey::from_spki(spec_of_public(&spki)?, &spki)
        .map_err(|_| Fault::new(Code::AttributeValue, "the parts of the public key do not fit each other"))?;
    Ok(spki)
}

/// PKCS#8 of a private key that is given in parts.
pub(crate) fn private_from(template: &Template, kind: u64) -> Result<Secret, Fault> {
    let pkcs8 = match kind {
        key_type::RSA => {
            const PARTS: [A; 8] = [
                A::MODULUS,
                A::PUBLIC_EXPONENT,
                A::PRIVATE_EXPONENT,
                A::PRIME_1,
                A::PRIME_2,
                A::EXPONENT_1,
                A::EXPONENT_2,
                A::COEFFICIENT,
            ];
            let mut parts = vec![der::integer(&[0])];
            for part in PARTS {
                parts.push(der::integer(needed(template, part)?));
            }
            let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_slice()).collect();
            let key = der::sequence(&parts);
            der::private_key_info(der::RSA_ENCRYPTION, &der::value(der::NULL, &[]), &key)
        }
        key_type::EC => {
            let curve = curve::by_parameters(needed(template, A::EC_PARAMS)?)?;
            let given = needed(template, A::VALUE)?;
            // RFC 5915: the number as long as the order.
            let number = der::trimmed(given);
            let zeros = curve.width.checked_sub(number.len());
            let zeros =
                zeros.ok_or_else(|| Fault::new(Code::AttributeValue, "the private key is too long"))?;
            let number = zeroize::Zeroizing::new([&vec![0; zeros], number].concat());
            let key = der::sequence(&[&der::integer(&[1]), &der::value(der::OCTET_STRING, &number)]);
            der::private_key_info(der::EC_PUBLIC_KEY, &der::value(der::OID, curve.oid), &key)
        }
        key_type::EC_EDWARDS => {
            let seed = needed(template, A::VALUE)?;
            der::private_key_info(der::ED25519, &[], &der::value(der::OCTET_STRING, seed))
        }
        _ => return Err(no_such_type()),
    };
    Ok(Secret::from(pkcs8.as_slice()))
}

/// Opens PKCS#8: the key, and its type.
pub(crate) fn open_private(pkcs8: &[u8], kind: u64) -> Result<SecretKey, Fault> {
    let invalid =
        || Fault::new(Code::AttributeValue, "the private key does not decode, or its parts do not fit");
    let (algorithm, parameters, key) = der::read_private_key_info(pkcs8).ok_or_else(invalid)?;
    let (found, spec) = match algorithm {
        der::RSA_ENCRYPTION => {
            let numbers = der::read_integers(key).ok_or_else(invalid)?;
            (key_type::RSA, rsa_spec(numbers.get(1).map_or(0, |modulus| modulus.len()))?)
        }
        der::EC_PUBLIC_KEY => (key_type::EC, curve::by_parameters(parameters)?.spec),
        der::ED25519 => (key_type::EC_EDWARDS, KeySpec::EccNistEdwards25519),
        _ => return Err(invalid()),
    };
    if found != kind {
        return Err(Fault::new(
            Code::TemplateInconsistent,
            "the key is of another type than the template says",
        ));
    }
    SecretKey::from_bytes(spec, pkcs8).map_err(|_| invalid())
}

/// A part of a private key that may be shown, as it is neither sensitive nor unextractable.
pub(crate) fn secret_part(pkcs8: &[u8], kind: A) -> Option<Vec<u8>> {
    let (algorithm, _, key) = der::read_private_key_info(pkcs8)?;
    match algorithm {
        der::RSA_ENCRYPTION => {
            let place = match kind {
                A::PRIVATE_EXPONENT => 3,
                A::PRIME_1 => 4,
                A::PRIME_2 => 5,
                A::EXPONENT_1 => 6,
                A::EXPONENT_2 => 7,
                A::COEFFICIENT => 8,
                _ => return None,
            };
            der::read_integers(key)?.get(place).map(|part| part.to_vec())
        }
        der::EC_PUBLIC_KEY if kind == A::VALUE => {
            let content = der::only(key, der::SEQUENCE)?;
            let (der::INTEGER, _, rest) = der::take(content)? else { return None };
            let (der::OCTET_STRING, number, _) = der::take(rest)? else { return None };
            Some(number.to_vec())
        }
        der::ED25519 if kind == A::VALUE => der::only(key, der::OCTET_STRING).map(<[u8]>::to_vec),
        _ => None,
    }
}

/// A new key of a pair, as its public template asks for.
pub(crate) fn generate(template: &Template, kind: u64) -> Result<SecretKey, Fault> {
    let spec = match kind {
        key_type::RSA => {
            let bits = template.number(A::MODULUS_BITS);
            let bits =
                bits.ok_or_else(|| Fault::new(Code::TemplateIncomplete, "`MODULUS_BITS` is missing"))?;
            let exponent = template.bytes(A::PUBLIC_EXPONENT).map(der::trimmed);
            if exponent.is_some_and(|exponent| !exponent.is_empty() && exponent != [1, 0, 1]) {
                return Err(Fault::new(Code::AttributeValue, "the public exponent of new RSA keys is 65537"));
            }
            rsa_spec(usize::try_from(bits / 8).unwrap_or(0).saturating_mul(usize::from(bits % 8 == 0)))?
        }
        key_type::EC | key_type::EC_EDWARDS => {
            let curve = curve::by_parameters(needed(template, A::EC_PARAMS)?)?;
            let edwards = curve.spec == KeySpec::EccNistEdwards25519;
            if edwards != (kind == key_type::EC_EDWARDS) {
                return Err(Fault::new(Code::TemplateInconsistent, "the curve is of another key type"));
            }
            curve.spec
        }
        _ => return Err(no_such_type()),
    };
    SecretKey::generate(spec).map_err(|error| crypto(&error))
}

fn spec_of_public(spki: &[u8]) -> Result<KeySpec, Fault> {
    let odd = || Fault::new(Code::AttributeValue, "the public key does not decode");
    let (algorithm, parameters, key) = der::read_public_key_info(spki).ok_or_else(odd)?;
    match algorithm {
        der::RSA_ENCRYPTION => {
            let numbers = der::read_integers(key).ok_or_else(odd)?;
            rsa_spec(numbers.first().map_or(0, |modulus| modulus.len()))
        }
        der::EC_PUBLIC_KEY => Ok(curve::by_parameters(parameters)?.spec),
        _ => Ok(KeySpec::EccNistEdwards25519),
    }
}

fn rsa_spec(bytes: usize) -> Result<KeySpec, Fault> {
    match bytes {
        256 => Ok(KeySpec::Rsa2048),
        384 => Ok(KeySpec::Rsa3072),
        512 => Ok(KeySpec::Rsa4096),
        _ => Err(Fault::new(Code::KeySize, "RSA keys have 2048, 3072 or 4096 bits")),
    }
}

fn needed(template: &Template, kind: A) -> Result<&[u8], Fault> {
    let value = template.bytes(kind).filter(|value| !value.is_empty());
    value.ok_or_else(|| Fault::new(Code::TemplateIncomplete, format!("`{}` is missing", kind.name())))
}

fn no_such_type() -> Fault {
    Fault::new(Code::AttributeValue, "keys of this type are not built")
}
