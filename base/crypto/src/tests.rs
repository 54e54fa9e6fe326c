use std::sync::OnceLock;

use crate::wrap::{self, unwrap_padded, wrap_padded};
use crate::*;

/// One key of each spec that is supported: RSA keys are slow to make.
fn keys() -> &'static [SecretKey] {
    static KEYS: OnceLock<Vec<SecretKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let specs = KeySpec::ALL.iter().filter(|spec| spec.is_supported());
        specs.map(|spec| SecretKey::generate(*spec).unwrap()).collect()
    })
}

fn key(spec: KeySpec) -> &'static SecretKey {
    keys().iter().find(|key| key.spec() == spec).unwrap()
}

fn messages(algorithm: SigningAlgorithm) -> Vec<Message<'static>> {
    let all = [Message::Raw(b"a message"), Message::Digest(&[7; 64]), Message::ExternalMu(&[7; 64])];
    match algorithm {
        SigningAlgorithm::Ed25519Sha512 => vec![all[0]],
        SigningAlgorithm::Ed25519PhSha512 => vec![all[1]],
        SigningAlgorithm::MlDsaShake256 => vec![all[0], all[2]],
        other => vec![all[0], Message::Digest(&[7; 64][..other.hash().unwrap().digest_len()])],
    }
}

#[test]
fn every_key_reads_back_and_hides() {
    for key in keys() {
        let again = SecretKey::from_bytes(key.spec(), key.bytes()).unwrap();
        assert_eq!(again.bytes(), key.bytes(), "{}", key.spec());
        assert_eq!(format!("{key:?}"), format!("SecretKey({}, hidden)", key.spec()));
        assert_eq!(key.spec().is_asymmetric(), key.public_key().is_ok());
        if let Ok(public) = key.public_key() {
            assert_eq!(again.public_key().unwrap().spki(), public.spki());
            let read = PublicKey::from_spki(key.spec(), public.spki()).unwrap();
            assert_eq!(read.spki(), public.spki());
        }
    }
    assert_eq!(SecretKey::generate(KeySpec::Sm2).unwrap_err(), CryptoError::Unsupported("SM2"));
}

#[test]
fn no_key_passes_for_one_of_another_spec() {
    for key in keys() {
        for spec in KeySpec::ALL.iter().filter(|spec| **spec != key.spec() && spec.is_supported()) {
            if spec.secret_len() == Some(key.bytes().len()) {
                continue;
            }
            assert!(SecretKey::from_bytes(*spec, key.bytes()).is_err(), "{} as {spec}", key.spec());
            if let Ok(public) = key.public_key() {
                assert!(PublicKey::from_spki(*spec, public.spki()).is_err(), "{} as {spec}", key.spec());
            }
        }
    }
}

#[test]
fn damaged_keys_are_refused_or_read_without_panic() {
    for key in keys().iter().filter(|key| key.spec().is_asymmetric()) {
        for length in [0, 1, 16, key.bytes().len() - 1] {
            assert!(SecretKey::from_bytes(key.spec(), &key.bytes()[..length]).is_err());
        }
        let longer = [key.bytes(), &[0]].concat();
        assert!(SecretKey::from_bytes(key.spec(), &longer).is_err(), "{}", key.spec());
        let spki = key.public_key().unwrap().spki();
        assert!(PublicKey::from_spki(key.spec(), &[spki, &[0]].concat()).is_err());
        for at in 0..key.bytes().len().min(64) {
            let mut changed = key.bytes().to_vec();
            changed[at] ^= 0x10;
            let _ = SecretKey::from_bytes(key.spec(), &changed);
        }
    }
}

#[test]
fn signatures_verify_and_altered_ones_do_not() {
    for key in keys() {
        for algorithm in key.spec().signing_algorithms() {
            let public = key.public_key().unwrap();
            for message in messages(*algorithm) {
                let signature = key.sign(*algorithm, message).unwrap();
                public.verify(*algorithm, message, &signature).unwrap();
                for at in [0, signature.len() / 2, signature.len() - 1] {
                    let mut changed = signature.clone();
                    changed[at] ^= 1;
                    let verified = public.verify(*algorithm, message, &changed);
                    assert_eq!(verified, Err(CryptoError::NotAuthentic), "{algorithm} {at}");
                }
                for wrong in [&signature[1..], &signature[..0], &[signature.as_slice(), &[0]].concat()] {
                    assert_eq!(public.verify(*algorithm, message, wrong), Err(CryptoError::NotAuthentic));
                }
            }
        }
    }
}

#[test]
fn algorithms_and_messages_that_do_not_fit_are_refused() {
    for key in keys() {
        for algorithm in SigningAlgorithm::ALL {
            let message = Message::Digest(&[0; 5]);
            let wanted = match (key.spec().signing_algorithms().contains(algorithm), algorithm.hash()) {
                (false, _) => CryptoError::WrongKey(key.spec()),
                (true, None) => CryptoError::MessageType,
                (true, _) if *algorithm == SigningAlgorithm::Ed25519Sha512 => CryptoError::MessageType,
                (true, Some(hash)) => CryptoError::DigestLength { got: 5, wanted: hash.digest_len() },
            };
            assert_eq!(key.sign(*algorithm, message), Err(wanted));
        }
    }
    let ed25519 = key(KeySpec::EccNistEdwards25519);
    let raw = ed25519.sign(SigningAlgorithm::Ed25519PhSha512, Message::Raw(b"x"));
    assert_eq!(raw, Err(CryptoError::MessageType));
    let mu = key(KeySpec::MlDsa44).sign(SigningAlgorithm::MlDsaShake256, Message::ExternalMu(&[0; 63]));
    assert_eq!(mu, Err(CryptoError::DigestLength { got: 63, wanted: 64 }));
}

#[test]
fn what_others_hashed_is_signed_as_it_is() {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"a message");
    let curve = key(KeySpec::EccNistP256);
    let signature = curve.sign_prehashed(digest.as_ref()).unwrap();
    let public = curve.public_key().unwrap();
    public.verify(SigningAlgorithm::EcdsaSha256, Message::Raw(b"a message"), &signature).unwrap();
    let rsa = key(KeySpec::Rsa2048);
    // RFC 8017, section 9.2, note 1: the DigestInfo of SHA-256.
    let info = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
        0x04, 0x20,
    ];
    let input = [&info[..], digest.as_ref()].concat();
    let signature = rsa.sign_prehashed(&input).unwrap();
    let public = rsa.public_key().unwrap();
    public.verify(SigningAlgorithm::RsassaPkcs1V15Sha256, Message::Raw(b"a message"), &signature).unwrap();
    public.verify_prehashed(&input, &signature).unwrap();
    assert!(public.verify_prehashed(&input[1..], &signature).is_err());
    assert!(rsa.sign_prehashed(&[0; 246]).is_err());
    assert!(key(KeySpec::EccNistEdwards25519).sign_prehashed(&[0; 32]).is_err());
}

#[test]
fn oaep_round_trips_up_to_its_limit() {
    for (spec, sha1, sha256) in
        [(KeySpec::Rsa2048, 214, 190), (KeySpec::Rsa3072, 342, 318), (KeySpec::Rsa4096, 470, 446)]
    {
        let key = key(spec);
        let limits =
            [(EncryptionAlgorithm::RsaesOaepSha1, sha1), (EncryptionAlgorithm::RsaesOaepSha256, sha256)];
        for (algorithm, limit) in limits {
            let public = key.public_key().unwrap();
            let text = vec![0x5a; limit];
            let ciphertext = public.encrypt(algorithm, &text).unwrap();
            assert_eq!(**key.decrypt(algorithm, &ciphertext).unwrap(), text);
            assert_eq!(public.encrypt(algorithm, &vec![0; limit + 1]), Err(CryptoError::TooLong { limit }));
            let mut changed = ciphertext.clone();
            changed[9] ^= 1;
            assert_eq!(key.decrypt(algorithm, &changed).unwrap_err(), CryptoError::NotAuthentic);
            assert!(key.decrypt(algorithm, &ciphertext[1..]).is_err());
        }
        assert!(key.public_key().unwrap().encrypt(EncryptionAlgorithm::SymmetricDefault, b"x").is_err());
    }
}

#[test]
fn macs_verify_and_altered_ones_do_not() {
    for key in keys() {
        for algorithm in MacAlgorithm::ALL {
            if !key.spec().mac_algorithms().contains(algorithm) {
                assert_eq!(key.mac(*algorithm, b"x"), Err(CryptoError::WrongKey(key.spec())));
                continue;
            }
            let mac = key.mac(*algorithm, b"a message").unwrap();
            assert_eq!(mac.len(), key.bytes().len());
            key.verify_mac(*algorithm, b"a message", &mac).unwrap();
            for wrong in [&mac[1..], &[], &[&mac[1..], &[mac[0] ^ 1]].concat()] {
                assert_eq!(key.verify_mac(*algorithm, b"a message", wrong), Err(CryptoError::NotAuthentic));
            }
        }
    }
}

#[test]
fn two_keys_agree() {
    for spec in [KeySpec::EccNistP256, KeySpec::EccNistP384, KeySpec::EccNistP521] {
        let (ours, theirs) = (key(spec), SecretKey::generate(spec).unwrap());
        let secret = ours.derive(theirs.public_key().unwrap().spki()).unwrap();
        assert_eq!(secret, theirs.derive(ours.public_key().unwrap().spki()).unwrap());
        let other = if spec == KeySpec::EccNistP256 { KeySpec::EccNistP384 } else { KeySpec::EccNistP256 };
        let foreign = key(other).public_key().unwrap().spki();
        assert_eq!(ours.derive(foreign).unwrap_err(), CryptoError::InvalidPublicKey);
        // The point alone is not the encoding that is asked for.
        let spki = theirs.public_key().unwrap().spki();
        let point = &spki[spki.iter().position(|byte| *byte == 4).unwrap()..];
        assert!(ours.derive(point).is_err() && ours.derive(b"").is_err());
        assert!(ours.derive(&[spki, &[0]].concat()).is_err());
    }
    assert!(key(KeySpec::EccSecgP256k1).derive(b"").is_err());
}

#[test]
fn secrets_are_encapsulated() {
    for (spec, length) in [(KeySpec::MlKem512, 768), (KeySpec::MlKem768, 1088), (KeySpec::MlKem1024, 1568)] {
        let key = key(spec);
        let (mut ciphertext, secret) = key.public_key().unwrap().encapsulate().unwrap();
        assert_eq!((ciphertext.len(), secret.len()), (length, 32));
        assert_eq!(key.decapsulate(&ciphertext).unwrap(), secret);
        ciphertext[5] ^= 1;
        assert_ne!(key.decapsulate(&ciphertext).unwrap(), secret);
        assert_eq!(key.decapsulate(&ciphertext[1..]).unwrap_err(), CryptoError::NotAuthentic);
    }
}

#[test]
fn keys_are_wrapped() {
    // RFC 5649, section 6, has an AES-192 key; these are for the lengths that are offered.
    for kek in [&[1; 16][..], &[2; 32]] {
        for length in [1, 7, 8, 9, 32, 1217] {
            let material = vec![0x42; length];
            let mut wrapped = wrap_padded(kek, &material).unwrap();
            assert_eq!(**unwrap_padded(kek, &wrapped).unwrap(), material);
            wrapped[0] ^= 1;
            assert_eq!(unwrap_padded(kek, &wrapped).unwrap_err(), CryptoError::NotAuthentic);
        }
    }
    assert!(wrap_padded(&[0; 24], b"x").is_err() && unwrap_padded(&[0; 32], b"").is_err());
    let rsa = key(KeySpec::Rsa2048);
    let public = rsa.public_key().unwrap();
    for algorithm in WrappingAlgorithm::ALL {
        let sha1 = algorithm.as_str().ends_with("SHA_1");
        let oaep =
            if sha1 { EncryptionAlgorithm::RsaesOaepSha1 } else { EncryptionAlgorithm::RsaesOaepSha256 };
        let wrapped = if algorithm.as_str().starts_with("RSA_AES") {
            [public.encrypt(oaep, &[9; 32]).unwrap(), wrap_padded(&[9; 32], &[3; 1000]).unwrap()].concat()
        } else {
            public.encrypt(oaep, &[3; 64]).unwrap()
        };
        let material = wrap::unwrap(rsa, *algorithm, &wrapped).unwrap();
        assert!(material.iter().all(|byte| *byte == 3) && material.len() >= 64);
        assert!(wrap::unwrap(rsa, *algorithm, &wrapped[..255]).is_err());
        assert!(wrap::unwrap(rsa, *algorithm, &wrapped[..wrapped.len() - 1]).is_err());
    }
}

#[test]
fn gcm_opens_what_it_sealed() {
    for length in [16, 24, 32] {
        let key = AesGcmKey::new(&vec![1; length]).unwrap();
        let mut sealed = key.seal([2; NONCE_LEN], b"aad", b"text").unwrap();
        assert_eq!(&**key.open([2; NONCE_LEN], b"aad", &sealed).unwrap(), b"text");
        assert!(key.open([2; NONCE_LEN], b"", &sealed).is_err());
        sealed[0] ^= 1;
        assert!(key.open([2; NONCE_LEN], b"aad", &sealed).is_err());
    }
    assert!(AesGcmKey::new(&[0; 31]).is_err());
}

#[test]
fn keys_serve_many_threads() {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for spec in [KeySpec::Rsa2048, KeySpec::EccNistP256, KeySpec::MlDsa44] {
                    let (key, algorithm) = (key(spec), spec.signing_algorithms()[0]);
                    for _ in 0..8 {
                        let signature = key.sign(algorithm, Message::Raw(b"x")).unwrap();
                        key.public_key().unwrap().verify(algorithm, Message::Raw(b"x"), &signature).unwrap();
                        assert!(key.sign_prehashed(&[1; 64]).is_ok());
                    }
                }
            });
        }
    });
}
