//! Signatures and AES-GCM in `base/crypto`, beside `aws-lc-rs` called directly: operations per second of processor
//! time, so that other processes on the machine do not count.

use std::error::Error;
use std::fs;
use std::hint::black_box;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256};
use bastide_crypto::{AesGcmKey, KeySpec, Message, SecretKey, SigningAlgorithm};

use crate::http::say;

/// Either side is measured so many times in turn, and its best counts.
const ROUNDS: usize = 7;
/// The processor time of one measurement, in nanoseconds.
const ROUND: u64 = 300_000_000;
/// The share of the yardstick that is asked, in percent.
const ASKED: f64 = 85.0;

type Step<'a> = Box<dyn FnMut() -> Result<(), Box<dyn Error>> + 'a>;

/// `crypto`: what a key in the engine costs over the library below it.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let message = [7; 256];
    rsa(&message)?;
    p256(&message)?;
    ed25519(&message)?;
    gcm(4096)?;
    gcm(64)
}

fn rsa(message: &[u8]) -> Result<(), Box<dyn Error>> {
    let ours = SecretKey::generate(KeySpec::Rsa2048)?;
    let theirs = RsaKeyPair::from_pkcs8(ours.bytes()).map_err(|error| error.to_string())?;
    let mut signature = vec![0; theirs.public_modulus_len()];
    compare(
        "RSA-2048 signatures, PKCS#1 v1.5 with SHA-256",
        Box::new(|| signs(&ours, SigningAlgorithm::RsassaPkcs1V15Sha256, message)),
        Box::new(|| {
            theirs.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), black_box(message), &mut signature)?;
            Ok(())
        }),
    )
}

fn p256(message: &[u8]) -> Result<(), Box<dyn Error>> {
    let ours = SecretKey::generate(KeySpec::EccNistP256)?;
    let theirs = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, ours.bytes())?;
    compare(
        "P-256 signatures, ECDSA with SHA-256",
        Box::new(|| signs(&ours, SigningAlgorithm::EcdsaSha256, message)),
        Box::new(|| {
            black_box(theirs.sign(&SystemRandom::new(), black_box(message))?);
            Ok(())
        }),
    )
}

fn ed25519(message: &[u8]) -> Result<(), Box<dyn Error>> {
    let ours = SecretKey::generate(KeySpec::EccNistEdwards25519)?;
    let theirs = Ed25519KeyPair::from_pkcs8_maybe_unchecked(ours.bytes())?;
    compare(
        "Ed25519 signatures",
        Box::new(|| signs(&ours, SigningAlgorithm::Ed25519Sha512, message)),
        Box::new(|| {
            black_box(theirs.try_sign(black_box(message))?);
            Ok(())
        }),
    )
}

fn signs(key: &SecretKey, algorithm: SigningAlgorithm, message: &[u8]) -> Result<(), Box<dyn Error>> {
    black_box(key.sign(algorithm, Message::Raw(black_box(message)))?);
    Ok(())
}

fn gcm(length: usize) -> Result<(), Box<dyn Error>> {
    let ours = AesGcmKey::new(&[1; 32])?;
    let theirs = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[1; 32])?);
    let (mut one, mut other) = (vec![0; length], vec![0; length]);
    let mut counter = 0_u64;
    compare(
        &format!("AES-256-GCM, {length} bytes"),
        Box::new(|| {
            counter += 1;
            black_box(ours.seal_in_place(nonce(counter), b"aad", black_box(&mut one))?);
            Ok(())
        }),
        Box::new({
            let mut counter = 0;
            move || {
                counter += 1;
                let nonce = Nonce::assume_unique_for_key(nonce(counter));
                let tag =
                    theirs.seal_in_place_separate_tag(nonce, Aad::from(b"aad"), black_box(&mut other))?;
                let _ = black_box(tag);
                Ok(())
            }
        }),
    )
}

fn nonce(counter: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    for (byte, value) in nonce.iter_mut().zip(counter.to_le_bytes()) {
        *byte = value;
    }
    nonce
}

fn compare(what: &str, mut ours: Step<'_>, mut theirs: Step<'_>) -> Result<(), Box<dyn Error>> {
    let (mut best, mut yardstick) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        best = best.max(rate(&mut ours)?);
        yardstick = yardstick.max(rate(&mut theirs)?);
    }
    let share = best / yardstick * 100.0;
    let met = if share >= ASKED { "met" } else { "not met" };
    say(&format!(
        "{what}: {best:.0} per CPU-second; aws-lc-rs directly {yardstick:.0}; {share:.1} % (asked: {ASKED} %, {met})"
    ));
    Ok(())
}

/// Operations per second of this thread's processor time.
fn rate(step: &mut Step<'_>) -> Result<f64, Box<dyn Error>> {
    let began = processor_time()?;
    let (mut count, mut spent) = (0_u32, 0);
    while spent < ROUND {
        // The clock is a file, so it is not read at every step.
        for _ in 0..64 {
            step()?;
        }
        count += 64;
        spent = processor_time()? - began;
    }
    #[allow(clippy::cast_precision_loss, reason = "a rate to print")]
    Ok(f64::from(count) / (spent as f64 / 1e9))
}

/// The processor time of this thread in nanoseconds. Source: proc(5), `/proc/pid/schedstat`.
fn processor_time() -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}
