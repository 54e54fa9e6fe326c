use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::world::World;

/// The code of a seed in base32 at a step.
fn code(seed: &str, step: i64) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<u8> = seed
        .bytes()
        .flat_map(|c| {
            let value = ALPHABET.iter().position(|letter| *letter == c).unwrap();
            (0..5).rev().map(move |bit| u8::try_from(value >> bit & 1).unwrap())
        })
        .collect();
    let bytes: Vec<u8> =
        bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |n, bit| n << 1 | bit)).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[tokio::test]
async fn a_virtual_device_is_enabled_by_two_codes() {
    let world = World::new().await;
    let made = world.ok("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "phone")]).await;
    let serial = made.text("SerialNumber").to_owned();
    assert_eq!(serial, "arn:aws:iam::111122223333:mfa/phone");
    let seed = String::from_utf8(STANDARD.decode(made.text("Base32StringSeed")).unwrap()).unwrap();
    assert_eq!(seed.len(), 64);
    world.fails("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "phone")], "EntityAlreadyExists").await;

    let step = crate::totp::step(world.door.now());
    let (now, next) = (code(&seed, step), code(&seed, step + 1));
    let enable = |first: &str, second: &str| {
        [("UserName", "admin"), ("SerialNumber", serial.as_str())]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .chain([("AuthenticationCode1".to_owned(), first.to_owned())])
            .chain([("AuthenticationCode2".to_owned(), second.to_owned())])
            .collect::<Vec<_>>()
    };
    let call = async |operation: &str, input: Vec<(String, String)>, expected: &str| {
        let input: Vec<(&str, &str)> = input.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let answer = world.admin(operation, &input).await;
        assert_eq!(answer.text("Code"), expected, "{}", answer.1);
    };
    call("EnableMFADevice", enable(&now, &now), "InvalidAuthenticationCode").await;
    call("EnableMFADevice", enable(&now, &next), "").await;
    call("EnableMFADevice", enable(&now, &next), "EntityAlreadyExists").await;
    let devices = world.ok("ListMFADevices", &[]).await;
    assert_eq!(devices.texts("SerialNumber"), [serial.as_str()]);
    let assigned = world.ok("ListVirtualMFADevices", &[("AssignmentStatus", "Unassigned")]).await;
    assert!(assigned.texts("SerialNumber").is_empty());
    let device = [("SerialNumber", serial.as_str())];
    world.fails("DeleteVirtualMFADevice", &device, "DeleteConflict").await;
    call("ResyncMFADevice", enable(&code(&seed, step + 50), &code(&seed, step + 51)), "").await;
    call(
        "ResyncMFADevice",
        enable(&code(&seed, step + 50), &code(&seed, step + 51)),
        "InvalidAuthenticationCode",
    )
    .await;
    world.ok("DeactivateMFADevice", &[("UserName", "admin"), device[0]]).await;
    world.ok("DeleteVirtualMFADevice", &device).await;
    world.fails("DeleteVirtualMFADevice", &device, "NoSuchEntity").await;
}
