use std::sync::Arc;

use bastide_ids::{AccountId, Place, Region, Timestamp};
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;

const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd";
const ROOT: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_253_400)
}

fn place(account: u64, region: &str) -> Place {
    Place::new(AccountId::from_number(account), Region::parse(region).unwrap())
}

fn here() -> Place {
    place(111_122_223_333, "us-east-1")
}

fn bytes(text: &str) -> RootSource {
    RootSource::Bytes(Zeroizing::new(text.to_owned()))
}

fn passphrase(text: &str) -> RootSource {
    RootSource::Passphrase(Zeroizing::new(text.to_owned()))
}

fn opened() -> (Sealer, Arc<MemoryKeyring>) {
    let store = Arc::new(MemoryKeyring::default());
    (Sealer::open(&bytes(ROOT), store.clone(), now()).unwrap(), store)
}

#[test]
fn opens_again_after_a_restart() {
    let (sealer, store) = opened();
    let sealed = sealer.seal(&here(), ARN, b"secret").unwrap();
    assert!(!sealed.as_bytes().windows(6).any(|part| part == b"secret"));
    let again = Sealer::open(&bytes(ROOT), store, now()).unwrap();
    assert_eq!(&**again.unseal(&here(), ARN, &sealed).unwrap(), b"secret");
    assert_eq!(again.status().seals.len(), 1);
    assert!(again.status().seals[0].in_use);
}

#[test]
fn no_changed_byte_opens() {
    let (sealer, _) = opened();
    let sealed = sealer.seal(&here(), ARN, b"secret").unwrap();
    for at in 0..sealed.as_bytes().len() {
        for bit in [0x01, 0x80] {
            let mut changed = sealed.as_bytes().to_vec();
            changed[at] ^= bit;
            let opened = Sealed::parse(changed).and_then(|sealed| sealer.unseal(&here(), ARN, &sealed));
            assert!(opened.is_err(), "byte {at}");
        }
    }
    for length in 0..sealed.as_bytes().len() {
        let opened = Sealed::parse(&sealed.as_bytes()[..length])
            .and_then(|sealed| sealer.unseal(&here(), ARN, &sealed));
        assert!(opened.is_err(), "{length} bytes");
    }
}

#[test]
fn opens_nowhere_else() {
    let (sealer, _) = opened();
    let sealed = sealer.seal(&here(), ARN, b"secret").unwrap();
    let elsewhere = [place(111_122_223_334, "us-east-1"), place(111_122_223_333, "us-east-2")];
    for place in elsewhere {
        assert!(matches!(sealer.unseal(&place, ARN, &sealed), Err(SealError::NotAuthentic(_))));
    }
    let other_partition = Place { partition: bastide_ids::Partition::AwsCn, ..here() };
    assert!(sealer.unseal(&other_partition, ARN, &sealed).is_err());
    for arn in ["", "arn:aws:kms:us-east-1:111122223333:key/1234abce"] {
        assert!(matches!(sealer.unseal(&here(), arn, &sealed), Err(SealError::NotAuthentic(_))));
    }
    let (stranger, _) = opened();
    assert!(matches!(stranger.unseal(&here(), ARN, &sealed), Err(SealError::NotAuthentic(_))));
}

#[test]
fn the_wrong_root_is_told_which_seals_there_are() {
    let (sealer, store) = opened();
    let id = sealer.status().seals[0].id.clone();
    let wrong = Sealer::open(&bytes(&"11".repeat(32)), store.clone(), now()).unwrap_err().to_string();
    assert!(wrong.contains(&id) && wrong.contains("the bytes root opens none"), "{wrong}");
    let wrong = Sealer::open(&passphrase("correct horse battery"), store, now()).unwrap_err().to_string();
    assert!(wrong.contains("the passphrase root opens none"), "{wrong}");
}

#[test]
fn either_of_two_seals_opens() {
    let (sealer, store) = opened();
    let sealed = sealer.seal(&here(), ARN, b"secret").unwrap();
    let first = sealer.status().seals[0].id.clone();
    let second = sealer.add_seal(&passphrase("correct horse battery"), now()).unwrap();
    for root in [bytes(ROOT), passphrase("correct horse battery")] {
        let again = Sealer::open(&root, store.clone(), now()).unwrap();
        assert_eq!(&**again.unseal(&here(), ARN, &sealed).unwrap(), b"secret");
    }
    assert!(matches!(
        Sealer::open(&passphrase("correct horse batterx"), store.clone(), now()),
        Err(SealError::WrongRoot { .. })
    ));
    sealer.remove_seal(&first).unwrap();
    assert!(Sealer::open(&bytes(ROOT), store.clone(), now()).is_err());
    assert!(Sealer::open(&passphrase("correct horse battery"), store, now()).is_ok());
    assert!(matches!(sealer.remove_seal(&second), Err(SealError::LastSeal(_))));
    assert!(matches!(sealer.remove_seal("none"), Err(SealError::NoSuchSeal(_))));
}

#[test]
fn replaced_seals_have_a_new_keyring_key() {
    let (sealer, store) = opened();
    let old = store.load().unwrap().unwrap();
    let sealed = sealer.seal(&here(), ARN, b"secret").unwrap();
    let root = passphrase("correct horse battery");
    sealer.replace_seals(&[&root], now()).unwrap();
    assert!(Sealer::open(&bytes(ROOT), store.clone(), now()).is_err());
    let again = Sealer::open(&root, store.clone(), now()).unwrap();
    assert_eq!(&**again.unseal(&here(), ARN, &sealed).unwrap(), b"secret");
    assert!(matches!(sealer.replace_seals(&[], now()), Err(SealError::LastSeal(_))));
    // A seal of the old keyring, put back into the new one, opens nothing.
    let (old, mut new) =
        (Keyring::parse(&old).unwrap(), Keyring::parse(&store.load().unwrap().unwrap()).unwrap());
    new.seals = old.seals;
    let mixed = Arc::new(MemoryKeyring::default());
    mixed.save(None, &serde_json::to_vec(&new).unwrap()).unwrap();
    assert!(matches!(Sealer::open(&bytes(ROOT), mixed, now()), Err(SealError::KeyringDamaged(_))));
}

#[test]
fn rotation_keeps_the_old_open() {
    let (sealer, store) = opened();
    let old = sealer.seal(&here(), ARN, b"secret").unwrap();
    assert!(!sealer.needs_reseal(&old));
    assert!(sealer.reseal(&here(), ARN, &old).unwrap().is_none());
    assert_eq!(sealer.rotate_master(now()).unwrap(), 2);
    assert!(sealer.needs_reseal(&old));
    assert_eq!(&**sealer.unseal(&here(), ARN, &old).unwrap(), b"secret");
    let new = sealer.reseal(&here(), ARN, &old).unwrap().unwrap();
    assert_eq!((old.generation(), new.generation()), (1, 2));
    let again = Sealer::open(&bytes(ROOT), store, now()).unwrap();
    for sealed in [&old, &new] {
        assert_eq!(&**again.unseal(&here(), ARN, sealed).unwrap(), b"secret");
    }
    assert!(matches!(again.retire_generation(2), Err(SealError::CurrentGeneration(2))));
    again.retire_generation(1).unwrap();
    assert!(matches!(again.unseal(&here(), ARN, &old), Err(SealError::NoSuchGeneration(1))));
    assert!(again.unseal(&here(), ARN, &new).is_ok());
    assert_eq!(again.rotate_master(now()).unwrap(), 3);
}

#[test]
fn nodes_follow_each_other() {
    let (one, store) = opened();
    let two = Sealer::open(&bytes(ROOT), store, now()).unwrap();
    one.rotate_master(now()).unwrap();
    let sealed = one.seal(&here(), ARN, b"secret").unwrap();
    assert_eq!(&**two.unseal(&here(), ARN, &sealed).unwrap(), b"secret");
    one.rotate_master(now()).unwrap();
    assert!(matches!(two.rotate_master(now()), Err(SealError::Conflict)));
    assert_eq!(two.rotate_master(now()).unwrap(), 4);
}

/// What `bastide seal` does beside a server that runs: the server follows, and goes on.
#[test]
fn a_process_follows_what_another_stored() {
    let (server, store) = opened();
    let sealed = server.seal(&here(), ARN, b"secret").unwrap();
    assert!(!server.follow(store.load().unwrap().unwrap()).unwrap());
    let other = Sealer::open(&bytes(ROOT), store.clone(), now()).unwrap();
    other.rotate_master(now()).unwrap();
    other.add_seal(&passphrase("correct horse battery"), now()).unwrap();
    assert!(server.follow(store.load().unwrap().unwrap()).unwrap());
    assert_eq!((server.status().current, server.status().seals.len()), (2, 2));
    assert!(server.needs_reseal(&sealed));
    assert_eq!(server.seal(&here(), ARN, b"secret").unwrap().generation(), 2);
    other.replace_seals(&[&bytes(ROOT)], now()).unwrap();
    assert!(matches!(server.follow(store.load().unwrap().unwrap()), Err(SealError::KeyringDamaged(_))));
    assert_eq!(&**server.unseal(&here(), ARN, &sealed).unwrap(), b"secret", "it goes on with what it has");
}

#[test]
fn a_keyring_is_made_with_several_seals_or_not_at_all() {
    let store = Arc::new(MemoryKeyring::default());
    let (shared, shares) = SharedRoot::deal(2, 3).unwrap();
    let refused = Sealer::create(&[&bytes(ROOT), &passphrase("short")], store.clone(), now());
    assert!(refused.is_err() && store.load().unwrap().is_none());
    assert!(Sealer::create(&[], store.clone(), now()).is_err() && store.load().unwrap().is_none());
    let sealer = Sealer::create(&[&bytes(ROOT), &shared], store.clone(), now()).unwrap();
    let sealed = sealer.seal(&here(), ARN, b"secret").unwrap();
    let joined = SharedRoot::join(&shares[1..]).unwrap();
    let again = Sealer::open(&joined, store.clone(), now()).unwrap();
    assert_eq!(&**again.unseal(&here(), ARN, &sealed).unwrap(), b"secret");
    assert!(matches!(Sealer::create(&[&bytes(ROOT)], store, now()), Err(SealError::Conflict)));
}

/// A store that loses what it is given.
struct Broken(MemoryKeyring);

impl KeyringStore for Broken {
    fn load(&self) -> Result<Option<Vec<u8>>, Box<dyn std::error::Error + Send + Sync>> {
        self.0.load()
    }
    fn save(&self, expected: Option<&[u8]>, new: &[u8]) -> Result<(), SaveError> {
        match expected {
            None => self.0.save(None, new),
            Some(_) => Err(SaveError::Failed("the disk is full".into())),
        }
    }
}

#[test]
fn nothing_is_sealed_under_a_key_that_is_not_stored() {
    let sealer = Sealer::open(&bytes(ROOT), Arc::new(Broken(MemoryKeyring::default())), now()).unwrap();
    assert!(matches!(sealer.rotate_master(now()), Err(SealError::Store(_))));
    assert_eq!(sealer.seal(&here(), ARN, b"secret").unwrap().generation(), 1);
    assert_eq!(sealer.status().current, 1);
}

#[test]
fn a_keyring_changed_by_other_hands_is_refused() {
    let (sealer, store) = opened();
    sealer.rotate_master(now()).unwrap();
    let stored = String::from_utf8(store.load().unwrap().unwrap()).unwrap();
    let changed = [
        stored.replace("\"current\": 2", "\"current\": 1"),
        stored.replacen("\"number\": 2", "\"number\": 3", 1),
        stored.replace("1795253400000", "1795253400001"),
    ];
    for text in changed {
        assert_ne!(text, stored);
        let store = Arc::new(MemoryKeyring::default());
        store.save(None, text.as_bytes()).unwrap();
        let refused = Sealer::open(&bytes(ROOT), store, now());
        assert!(matches!(refused, Err(SealError::KeyringDamaged(_))), "{text}");
    }
    let newer = stored.replace("\"format\": 1", "\"format\": 2, \"more\": []");
    assert!(matches!(Keyring::parse(newer.as_bytes()), Err(SealError::KeyringTooNew(2))));
}

#[cfg(unix)]
#[test]
fn the_root_file_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    let root = RootSource::File(path.clone());
    let store = Arc::new(FileKeyring::new(folder.path().join("keyring.json")));
    let sealer = Sealer::open(&root, store.clone(), now()).unwrap();
    let sealed = sealer.seal(&here(), ARN, b"secret").unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    for file in ["root.key", "keyring.json"] {
        let mode = std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }

    // The same bytes, given otherwise, open it too.
    let key = text.lines().nth(1).unwrap();
    let again = Sealer::open(&bytes(key), store.clone(), now()).unwrap();
    assert_eq!(&**again.unseal(&here(), ARN, &sealed).unwrap(), b"secret");
    again.rotate_master(now()).unwrap();
    assert_eq!(Sealer::open(&root, store.clone(), now()).unwrap().status().current, 2);

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let exposed = Sealer::open(&root, store.clone(), now()).unwrap_err().to_string();
    assert!(exposed.contains("mode 640") && exposed.contains("chmod 600"), "{exposed}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();

    std::fs::write(&path, "bastide-root-key-v1\nnonsense\n").unwrap();
    assert!(matches!(Sealer::open(&root, store.clone(), now()), Err(SealError::RootInvalid { .. })));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(Sealer::open(&root, store, now()), Err(SealError::RootMissing(_))));
    assert!(!path.exists(), "a lost root is not replaced by a new one");
}

#[test]
fn bad_roots_are_refused() {
    for text in ["", "00", &"zz".repeat(32), &"+1".repeat(32), "AAAA"] {
        let refused = Sealer::open(&bytes(text), Arc::new(MemoryKeyring::default()), now());
        assert!(matches!(refused, Err(SealError::RootInvalid { .. })), "{text}");
    }
    let short = Sealer::open(&passphrase("short"), Arc::new(MemoryKeyring::default()), now());
    assert!(matches!(short, Err(SealError::RootInvalid { .. })));
}

#[test]
fn nothing_shows_a_key() {
    let (sealer, _) = opened();
    let shown = format!("{sealer:?} {:?} {:?}", bytes(ROOT), passphrase("correct horse battery"));
    assert!(!shown.contains("0001020304") && !shown.contains("horse"), "{shown}");
    let sealed = sealer.seal(&here(), ARN, b"secret").unwrap();
    assert_eq!(format!("{sealed:?}"), "Sealed(generation 1, 58 bytes)");
}

#[test]
fn sizes_have_an_end() {
    let (sealer, _) = opened();
    assert!(matches!(sealer.seal(&here(), ARN, &vec![0; MAX_PLAINTEXT + 1]), Err(SealError::TooLarge(_))));
    let empty = sealer.seal(&here(), ARN, b"").unwrap();
    assert!(sealer.unseal(&here(), ARN, &empty).unwrap().is_empty());
}

proptest! {
    #[test]
    fn any_secret_comes_back(secret in prop::collection::vec(any::<u8>(), 0..300), arn in ".{0,60}") {
        let (sealer, _) = opened();
        let sealed = sealer.seal(&here(), &arn, &secret).unwrap();
        let text = serde_json::to_string(&sealed).unwrap();
        let read: Sealed = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&read, &sealed);
        prop_assert_eq!(&**sealer.unseal(&here(), &arn, &read).unwrap(), &secret[..]);
    }

    #[test]
    fn any_bytes_are_parsed_or_refused(tail in prop::collection::vec(any::<u8>(), 0..120), known in any::<bool>()) {
        let bytes = if known { [b"BSL\x01", &tail[..]].concat() } else { tail };
        if let Ok(sealed) = Sealed::parse(bytes.clone()) {
            prop_assert_eq!(sealed.as_bytes(), &bytes[..]);
            let (sealer, _) = opened();
            prop_assert!(sealer.unseal(&here(), ARN, &sealed).is_err());
        }
    }

    #[test]
    fn any_text_is_a_keyring_or_refused(text in ".{0,200}", at in 0usize..900, byte in any::<u8>()) {
        let _ = Keyring::parse(text.as_bytes());
        let (_, store) = opened();
        let mut stored = store.load().unwrap().unwrap();
        let at = at % stored.len();
        stored[at] = byte;
        if let Ok(keyring) = Keyring::parse(&stored) {
            let bytes = serde_json::to_vec(&keyring).unwrap();
            prop_assert_eq!(Keyring::parse(&bytes).unwrap(), keyring);
        }
    }
}
