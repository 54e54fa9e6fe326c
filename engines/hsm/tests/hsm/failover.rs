use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bastide_hsm::wire::{
    AttributeType as A, CipherMechanism, Code, Handle, Hash, SignMechanism, Template, key_type,
};

use crate::refusal;
use crate::world::World;

const P256: &[u8] = &[0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

fn aes() -> Template {
    Template::new().with(A::KEY_TYPE, key_type::AES).with(A::VALUE_LEN, 32).with(A::TOKEN, true)
}

fn pair(client: &bastide_hsm::Client, token: bool) -> (Handle, Handle) {
    let public =
        Template::new().with(A::KEY_TYPE, key_type::EC).with(A::EC_PARAMS, P256).with(A::TOKEN, token);
    let private = Template::new().with(A::TOKEN, token).with(A::EXTRACTABLE, false);
    client.generate_key_pair(public, private).unwrap()
}

#[test]
fn one_of_two_hsms_dies_in_the_middle_and_no_call_fails() {
    let mut world = World::new(2);
    let client = Arc::new(world.user());
    let (public, private) = pair(&client, true);
    let (session_public, session_private) = pair(&client, false);
    let (stop, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let threads: Vec<_> = (0..6)
        .map(|number| {
            let (client, stop, calls) = (Arc::clone(&client), Arc::clone(&stop), Arc::clone(&calls));
            thread::spawn(move || {
                let mechanism = SignMechanism::Ecdsa(Some(Hash::Sha256));
                let mut keys = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let keys_of =
                        if number % 2 == 0 { (public, private) } else { (session_public, session_private) };
                    let signature = client.sign(keys_of.1, mechanism.clone(), b"message").unwrap();
                    client.verify(keys_of.0, mechanism.clone(), b"message", &signature).unwrap();
                    if number == 5 {
                        keys.push(client.generate_key(aes()).unwrap());
                    }
                    calls.fetch_add(2, Ordering::Relaxed);
                }
                keys
            })
        })
        .collect();
    let until = |count: u64| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while calls.load(Ordering::Relaxed) < count {
            assert!(Instant::now() < deadline, "the load stands still");
            thread::yield_now();
        }
    };
    until(200);
    world.kill(1);
    until(calls.load(Ordering::Relaxed) + 200);
    // It comes back elsewhere, while the load goes on, and is brought in step.
    world.start("hsm-2");
    world.tell_members();
    until(calls.load(Ordering::Relaxed) + 200);
    world.kill(0);
    until(calls.load(Ordering::Relaxed) + 200);
    stop.store(true, Ordering::Relaxed);
    let mut made: Vec<Handle> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    made.sort_unstable();
    // Every key that was acknowledged is there, once, on the HSM that was dead for a while.
    let found = client.find(Template::new().with(A::KEY_TYPE, key_type::AES)).unwrap();
    assert_eq!(found, made);
    for key in made {
        let iv = vec![7; 16];
        client.decrypt(key, CipherMechanism::AesCtr { iv }, b"anything").unwrap();
    }
}

#[test]
fn all_hsms_agree() {
    let world = World::new(3);
    let client = world.user();
    let key = client.generate_key(aes()).unwrap();
    let only = |at: usize| {
        let mut options = world.options();
        options.hsms = vec![world.hsms[at].address.clone()];
        options
    };
    for at in 0..3 {
        let info = world.control(at).info().unwrap();
        assert_eq!((info.objects, info.members.len()), (1, 3), "{:?}", only(at).hsms);
    }
    client.set_attributes(key, Template::new().with(A::LABEL, "a label")).unwrap();
    for _ in 0..3 {
        assert_eq!(client.find(Template::new().with(A::LABEL, "a label")).unwrap(), [key]);
    }
    client.destroy(key).unwrap();
    for _ in 0..3 {
        assert_eq!(refusal(client.destroy(key)), Code::NoSuchObject);
    }
    // Session objects go with their client.
    let session = aes().with(A::TOKEN, false);
    client.generate_key(session.clone()).unwrap();
    let other = world.user();
    assert!(other.find(Template::new()).unwrap().is_empty());
    drop(client);
    for at in 0..3 {
        assert_eq!(world.control(at).info().unwrap().objects, 0);
    }
}

#[test]
fn a_backup_opens_in_a_new_cluster_of_the_same_fleet_only() {
    let mut world = World::new(1);
    let client = world.user();
    let key = client.generate_key(aes()).unwrap();
    let backup = world.control(0).backup().unwrap();
    world.kill(0);
    std::fs::remove_dir_all(world.dir.path().join("hsm-1")).unwrap();
    let at = world.start("hsm-7");
    let mut broken = backup.clone();
    *broken.last_mut().unwrap() ^= 1;
    assert!(world.control(at).restore(&broken).is_err());
    world.control(at).restore(&backup).unwrap();
    assert!(world.control(at).restore(&backup).is_err());
    world.hsms.remove(0);
    world.tell_members();
    let client = world.user();
    assert_eq!(client.find(Template::new()).unwrap(), [key]);
    client.encrypt(key, CipherMechanism::AesEcb, &[0; 16]).unwrap();
    world.fleet = bastide_hsm::Fleet::generate().unwrap();
    let at = world.start("hsm-8");
    assert!(world.control(at).restore(&backup).is_err());
}
