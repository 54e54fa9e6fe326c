use bastide_hsm::Client;
use bastide_hsm::wire::{
    AttributeAnswer, AttributeType as A, CipherMechanism, Code, DeriveMechanism, Handle, Hash, Oaep,
    SignMechanism, Template, Value, WrapMechanism, class, key_type,
};

use crate::refusal;
use crate::world::{USER_PASSWORD, World};

fn rsa(client: &Client) -> (Handle, Handle) {
    let usages = [A::VERIFY, A::ENCRYPT, A::WRAP];
    let mut public = Template::new().with(A::KEY_TYPE, key_type::RSA).with(A::MODULUS_BITS, 2048);
    usages.iter().for_each(|usage| public.set(*usage, true));
    let mut private = Template::new().with(A::ID, &b"rsa"[..]);
    [A::SIGN, A::DECRYPT, A::UNWRAP].iter().for_each(|usage| private.set(*usage, true));
    client.generate_key_pair(public, private).unwrap()
}

fn ec(client: &Client, kind: u64, oid: &[u8]) -> (Handle, Handle) {
    let public = Template::new().with(A::KEY_TYPE, kind).with(A::EC_PARAMS, oid);
    let private = Template::new().with(A::SIGN, true).with(A::DERIVE, kind == key_type::EC);
    client.generate_key_pair(public, private).unwrap()
}

fn aes(client: &Client, length: u64) -> Handle {
    let mut template = Template::new().with(A::KEY_TYPE, key_type::AES).with(A::VALUE_LEN, length);
    for usage in [A::ENCRYPT, A::DECRYPT, A::WRAP, A::UNWRAP, A::SIGN, A::VERIFY] {
        template.set(usage, true);
    }
    client.generate_key(template).unwrap()
}

fn oaep(hash: Hash) -> Oaep {
    Oaep { hash, mgf: hash, label: Vec::new() }
}

fn bytes(client: &Client, object: Handle, kind: A) -> Vec<u8> {
    match client.attributes(object, vec![kind]).unwrap().remove(0).1 {
        AttributeAnswer::Value(Value::Bytes(ref bytes)) => bytes.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn signatures() {
    let world = World::new(1);
    let client = world.user();
    let (public, private) = rsa(&client);
    let all_rsa = [Hash::Sha1, Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512];
    let mut cases: Vec<(Handle, Handle, SignMechanism)> = Vec::new();
    for hash in all_rsa {
        cases.push((public, private, SignMechanism::RsaPkcs(Some(hash))));
    }
    for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        let salt = hash.len() as u32;
        cases.push((public, private, SignMechanism::RsaPss { hash, salt, digest: false }));
    }
    cases.push((public, private, SignMechanism::RsaPkcs(None)));
    let curves: [&[u8]; 4] = [
        &[6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7],
        &[6, 5, 0x2B, 0x81, 4, 0, 0x22],
        &[6, 5, 0x2B, 0x81, 4, 0, 0x23],
        &[6, 5, 0x2B, 0x81, 4, 0, 0x0A],
    ];
    for curve in curves {
        let (public, private) = ec(&client, key_type::EC, curve);
        for hash in [None, Some(Hash::Sha1), Some(Hash::Sha256), Some(Hash::Sha512)] {
            cases.push((public, private, SignMechanism::Ecdsa(hash)));
        }
    }
    let (edwards, edwards_private) = ec(&client, key_type::EC_EDWARDS, &[6, 3, 0x2B, 0x65, 0x70]);
    cases.push((edwards, edwards_private, SignMechanism::Eddsa));
    let generic = Template::new().with(A::KEY_TYPE, key_type::GENERIC_SECRET).with(A::VALUE_LEN, 32);
    let secret = client.generate_key(generic).unwrap();
    for hash in all_rsa {
        cases.push((secret, secret, SignMechanism::Hmac { hash, length: None }));
    }
    let cmac = aes(&client, 16);
    cases.push((cmac, cmac, SignMechanism::AesCmac(Some(8))));
    let data = [7; 32];
    for (verifying, signing, mechanism) in cases {
        let mut signature = client.sign(signing, mechanism.clone(), &data).unwrap();
        client.verify(verifying, mechanism.clone(), &data, &signature).unwrap();
        assert_eq!(
            refusal(client.verify(verifying, mechanism.clone(), &[8; 32], &signature)),
            Code::Signature
        );
        signature[3] ^= 1;
        assert_eq!(refusal(client.verify(verifying, mechanism.clone(), &data, &signature)), Code::Signature);
        signature.pop();
        let short = refusal(client.verify(verifying, mechanism.clone(), &data, &signature));
        assert_eq!(short, Code::SignatureLength, "{mechanism:?}");
    }
    let wrong = SignMechanism::Ecdsa(None);
    assert_eq!(refusal(client.sign(private, wrong, &data)), Code::KeyType);
    assert_eq!(refusal(client.sign(private, SignMechanism::RsaPkcs(None), &[0; 246])), Code::DataLength);
    assert_eq!(refusal(client.sign(Handle(5), SignMechanism::Eddsa, &data)), Code::NoSuchObject);
}

#[test]
fn ciphers() {
    let world = World::new(1);
    let client = world.user();
    let (public, private) = rsa(&client);
    for length in [16, 24, 32] {
        let key = aes(&client, length);
        let gcm = |iv| CipherMechanism::AesGcm { iv, aad: b"aad".to_vec(), tag: 16 };
        let sealed = client.encrypt(key, gcm(None), b"text").unwrap();
        let again = client.encrypt(key, gcm(None), b"text").unwrap();
        assert_ne!(sealed, again);
        assert_eq!(&*client.decrypt(key, gcm(sealed.iv.clone()), &sealed.data).unwrap(), b"text");
        assert_eq!(refusal(client.decrypt(key, gcm(again.iv), &sealed.data)), Code::EncryptedData);
        assert_eq!(refusal(client.decrypt(key, gcm(None), &sealed.data)), Code::MechanismParameter);
        let iv = vec![9; 16];
        let modes = [
            CipherMechanism::AesCbc { iv: iv.clone(), pad: true },
            CipherMechanism::AesCbc { iv: iv.clone(), pad: false },
            CipherMechanism::AesEcb,
            CipherMechanism::AesCtr { iv },
        ];
        for mode in modes {
            let sealed = client.encrypt(key, mode.clone(), &[5; 64]).unwrap();
            assert_eq!(&*client.decrypt(key, mode.clone(), &sealed.data).unwrap(), &[5; 64]);
            if !matches!(mode, CipherMechanism::AesCtr { .. }) {
                assert_eq!(refusal(client.decrypt(key, mode, &[5; 15])), Code::EncryptedDataLength);
            }
        }
    }
    for mechanism in [
        CipherMechanism::RsaOaep(oaep(Hash::Sha1)),
        CipherMechanism::RsaOaep(oaep(Hash::Sha256)),
        CipherMechanism::RsaPkcs,
    ] {
        let sealed = client.encrypt(public, mechanism.clone(), b"text").unwrap();
        assert_eq!(&*client.decrypt(private, mechanism.clone(), &sealed.data).unwrap(), b"text");
        assert_eq!(refusal(client.decrypt(private, mechanism.clone(), &[0; 3])), Code::EncryptedDataLength);
        assert_eq!(refusal(client.encrypt(public, mechanism, &[0; 250])), Code::DataLength);
    }
    let data = vec![1; 1 << 20];
    let key = aes(&client, 32);
    let ctr = CipherMechanism::AesCtr { iv: vec![0; 16] };
    let sealed = client.encrypt(key, ctr.clone(), &data).unwrap();
    assert_eq!(&*client.decrypt(key, ctr.clone(), &sealed.data).unwrap(), data.as_slice());
    assert!(client.encrypt(key, ctr, &vec![1; 2 << 20]).is_err());
}

#[test]
fn wrapping_and_deriving() {
    let world = World::new(1);
    let client = world.user();
    let (public, private) = rsa(&client);
    let kek = aes(&client, 32);
    let key = aes(&client, 16);
    let check = bytes(&client, key, A::CHECK_VALUE);
    let template = || {
        Template::new()
            .with(A::CLASS, class::SECRET_KEY)
            .with(A::KEY_TYPE, key_type::AES)
            .with(A::ENCRYPT, true)
    };
    let mechanisms = [
        (kek, kek, WrapMechanism::AesKw),
        (kek, kek, WrapMechanism::AesKwp),
        (kek, kek, WrapMechanism::AesCbcPad { iv: vec![3; 16] }),
        (kek, kek, WrapMechanism::AesGcm { iv: Some(vec![3; 12]), aad: Vec::new(), tag: 16 }),
        (public, private, WrapMechanism::RsaOaep(oaep(Hash::Sha256))),
        (public, private, WrapMechanism::RsaAes { oaep: oaep(Hash::Sha256), bits: 256 }),
    ];
    for (wrapping, unwrapping, mechanism) in mechanisms {
        let mut wrapped = client.wrap(wrapping, mechanism.clone(), key).unwrap().data;
        let back = client.unwrap_key(unwrapping, mechanism.clone(), &wrapped, template()).unwrap();
        assert_eq!(bytes(&client, back, A::CHECK_VALUE), check);
        let last = wrapped.len() - 1;
        wrapped[last] ^= 0x40;
        assert!(client.unwrap_key(unwrapping, mechanism, &wrapped, template()).is_err());
    }
    // A private key, out and in again.
    let wrapped = client.wrap(kek, WrapMechanism::AesKwp, private).unwrap().data;
    let template = Template::new().with(A::CLASS, class::PRIVATE_KEY).with(A::KEY_TYPE, key_type::RSA);
    let back = client.unwrap_key(kek, WrapMechanism::AesKwp, &wrapped, template.clone()).unwrap();
    let signature = client.sign(back, SignMechanism::RsaPkcs(Some(Hash::Sha256)), b"message").unwrap();
    client.verify(public, SignMechanism::RsaPkcs(Some(Hash::Sha256)), b"message", &signature).unwrap();
    let wrong = template.with(A::KEY_TYPE, key_type::EC);
    assert!(client.unwrap_key(kek, WrapMechanism::AesKwp, &wrapped, wrong).is_err());

    // What must stay, stays.
    client.set_attributes(key, Template::new().with(A::WRAP_WITH_TRUSTED, true)).unwrap();
    assert_eq!(refusal(client.wrap(kek, WrapMechanism::AesKw, key)), Code::KeyNotWrappable);
    let trusted = Template::new().with(A::TRUSTED, true);
    assert_eq!(refusal(client.set_attributes(kek, trusted)), Code::AttributeReadOnly);
    client.set_attributes(key, Template::new().with(A::EXTRACTABLE, false)).unwrap();
    assert_eq!(refusal(client.wrap(kek, WrapMechanism::AesKw, key)), Code::KeyUnextractable);
    let back = Template::new().with(A::EXTRACTABLE, true);
    assert_eq!(refusal(client.set_attributes(key, back)), Code::AttributeReadOnly);
    assert!(matches!(client.attributes(key, vec![A::VALUE]).unwrap()[0].1, AttributeAnswer::Sensitive));

    // Two sides of ECDH derive one key.
    let oid = [6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];
    let ((a, a_private), (b, b_private)) = (ec(&client, key_type::EC, &oid), ec(&client, key_type::EC, &oid));
    let derive = |private, public| {
        let public = bytes(&client, public, A::EC_POINT);
        let mechanism = DeriveMechanism::Ecdh { public, kdf: Some(Hash::Sha256), shared: b"x".to_vec() };
        let template = Template::new().with(A::KEY_TYPE, key_type::AES).with(A::VALUE_LEN, 32);
        let key = client.derive(private, mechanism, template).unwrap();
        bytes(&client, key, A::CHECK_VALUE)
    };
    assert_eq!(derive(a_private, b), derive(b_private, a));
    let mechanism = DeriveMechanism::Ecdh { public: vec![4; 65], kdf: None, shared: Vec::new() };
    let template = Template::new().with(A::KEY_TYPE, key_type::GENERIC_SECRET);
    assert_eq!(refusal(client.derive(a_private, mechanism, template)), Code::MechanismParameter);
}

#[test]
fn import_and_attributes() {
    let world = World::new(1);
    let client = world.user();
    // RFC 4231, test case 2.
    let import = Template::new()
        .with(A::CLASS, class::SECRET_KEY)
        .with(A::KEY_TYPE, key_type::GENERIC_SECRET)
        .with(A::VALUE, &b"Jefe"[..])
        .with(A::SENSITIVE, false)
        .with(A::LABEL, "rfc4231");
    let key = client.create_object(import).unwrap();
    let mechanism = SignMechanism::Hmac { hash: Hash::Sha256, length: Some(4) };
    let mac = client.sign(key, mechanism, b"what do ya want for nothing?").unwrap();
    assert_eq!(mac, [0x5b, 0xdc, 0xc1, 0x46]);
    assert_eq!(bytes(&client, key, A::VALUE), b"Jefe");
    assert_eq!(client.find(Template::new().with(A::LABEL, "rfc4231")).unwrap(), [key]);
    assert!(client.find(Template::new().with(A::LABEL, "other")).unwrap().is_empty());

    // RFC 6979, A.2.5: a private key by its number, and its public key by its point.
    let number = hex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    let point = hex(
        "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB67903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
    );
    let oid = [6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];
    let ec = |class: u64| {
        Template::new().with(A::CLASS, class).with(A::KEY_TYPE, key_type::EC).with(A::EC_PARAMS, &oid[..])
    };
    let private = client.create_object(ec(class::PRIVATE_KEY).with(A::VALUE, number)).unwrap();
    let public = client.create_object(ec(class::PUBLIC_KEY).with(A::EC_POINT, point)).unwrap();
    let mechanism = SignMechanism::Ecdsa(Some(Hash::Sha256));
    let signature = client.sign(private, mechanism.clone(), b"sample").unwrap();
    client.verify(public, mechanism, b"sample", &signature).unwrap();
    assert_eq!(bytes(&client, private, A::PUBLIC_KEY_INFO), bytes(&client, public, A::PUBLIC_KEY_INFO));

    let certificate = Template::new().with(A::CLASS, class::CERTIFICATE).with(A::VALUE, &b"der"[..]);
    let certificate = client.create_object(certificate).unwrap();
    assert_eq!(bytes(&client, certificate, A::VALUE), b"der");

    let bad = Template::new().with(A::KEY_TYPE, key_type::AES);
    assert_eq!(refusal(client.generate_key(bad.clone())), Code::TemplateIncomplete);
    assert_eq!(refusal(client.generate_key(bad.clone().with(A::VALUE_LEN, 17))), Code::KeySize);
    let wrong = bad.clone().with(A::VALUE_LEN, true);
    assert_eq!(refusal(client.generate_key(wrong)), Code::AttributeValue);
    let unknown = bad.clone().with(A(0x8000_1234), true);
    assert_eq!(refusal(client.generate_key(unknown)), Code::AttributeType);
    let ours = bad.with(A::VALUE_LEN, 16).with(A::LOCAL, true);
    assert_eq!(refusal(client.generate_key(ours)), Code::AttributeReadOnly);
}

#[test]
fn others_keys() {
    let world = World::new(2);
    let client = world.user();
    let admin = world.admin();
    admin.create_user("bob", bastide_hsm::wire::Role::CryptoUser, USER_PASSWORD, None).unwrap();
    let bob = world.client();
    bob.login("bob", USER_PASSWORD, None).unwrap();
    let template =
        Template::new().with(A::KEY_TYPE, key_type::AES).with(A::VALUE_LEN, 16).with(A::TOKEN, true);
    let key = client.generate_key(template).unwrap();
    let ecb = || CipherMechanism::AesEcb;
    assert_eq!(refusal(bob.encrypt(key, ecb(), &[0; 16])), Code::NoSuchObject);
    assert!(bob.find(Template::new()).unwrap().is_empty());
    client.share(key, "bob", true).unwrap();
    bob.encrypt(key, ecb(), &[0; 16]).unwrap();
    assert_eq!(refusal(bob.destroy(key)), Code::NotPermitted);
    assert_eq!(refusal(bob.set_attributes(key, Template::new().with(A::LABEL, "x"))), Code::NotPermitted);
    assert_eq!(client.shares(key).unwrap(), ("user".to_owned(), vec!["bob".to_owned()]));
    client.share(key, "bob", false).unwrap();
    assert_eq!(refusal(bob.encrypt(key, ecb(), &[0; 16])), Code::NoSuchObject);
    // An admin sees and marks keys, and uses none.
    assert_eq!(admin.find(Template::new()).unwrap(), [key]);
    assert_eq!(refusal(admin.encrypt(key, ecb(), &[0; 16])), Code::NotPermitted);
    admin.set_attributes(key, Template::new().with(A::TRUSTED, true)).unwrap();
    assert_eq!(refusal(admin.destroy(key)), Code::NotPermitted);
    admin.delete_user("user", bastide_hsm::wire::Role::CryptoUser, None).unwrap();
    assert!(admin.find(Template::new()).unwrap().is_empty());
}

#[test]
fn fips_mode_refuses_what_it_must() {
    let world = World::initialized(1, true);
    let client = world.client();
    client.activate("an admin's password").unwrap();
    client.login("admin", "an admin's password", None).unwrap();
    client.create_user("user", bastide_hsm::wire::Role::CryptoUser, USER_PASSWORD, None).unwrap();
    let client = world.user();
    let (public, private) = rsa(&client);
    assert_eq!(refusal(client.encrypt(public, CipherMechanism::RsaPkcs, b"x")), Code::Mechanism);
    let sha1 = SignMechanism::RsaPkcs(Some(Hash::Sha1));
    assert_eq!(refusal(client.sign(private, sha1, b"x")), Code::Mechanism);
    let template = Template::new().with(A::KEY_TYPE, key_type::AES).with(A::VALUE_LEN, 16);
    let open = template.clone().with(A::SENSITIVE, false);
    assert_eq!(refusal(client.generate_key(open)), Code::AttributeValue);
    let key = client.generate_key(template).unwrap();
    let gcm = CipherMechanism::AesGcm { iv: Some(vec![0; 12]), aad: Vec::new(), tag: 16 };
    assert_eq!(refusal(client.encrypt(key, gcm, b"x")), Code::MechanismParameter);
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
