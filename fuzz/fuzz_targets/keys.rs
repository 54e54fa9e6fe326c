//! Keys from outside: private keys to be imported, public keys of others, wrapped material. A byte that picks the spec,
//! then the input.
#![no_main]

use std::sync::LazyLock;

use bastide_crypto::{EncryptionAlgorithm, KeySpec, Message, PublicKey, SecretKey, wrap};
use libfuzzer_sys::fuzz_target;

static OURS: LazyLock<SecretKey> =
    LazyLock::new(|| SecretKey::generate(KeySpec::EccNistP256).expect("a key"));

fuzz_target!(|data: &[u8]| {
    let Some((pick, data)) = data.split_first() else { return };
    let spec = KeySpec::ALL[usize::from(*pick) % KeySpec::ALL.len()];
    if let Ok(key) = SecretKey::from_bytes(spec, data) {
        let again = SecretKey::from_bytes(spec, key.bytes()).expect("what was written");
        assert_eq!(again.bytes(), key.bytes());
        if let Ok(public) = key.public_key() {
            let read = PublicKey::from_spki(spec, public.spki()).expect("what was written");
            assert_eq!(read.spki(), public.spki());
        }
    }
    if let Ok(key) = PublicKey::from_spki(spec, data) {
        for algorithm in spec.signing_algorithms() {
            assert!(key.verify(*algorithm, Message::Raw(b"message"), data).is_err());
        }
        let _ = key.encrypt(EncryptionAlgorithm::RsaesOaepSha256, b"text");
        let _ = key.encapsulate();
    }
    let _ = OURS.derive(data);
    assert!(wrap::unwrap_padded(&[7; 32], data).is_err());
});
