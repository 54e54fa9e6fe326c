//! Signatures and encryption through the PKCS#11 module and an HSM process, beside SoftHSM, which works in the
//! caller's own process: the same program, mechanisms and keys (token objects) with both.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Barrier;
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use crate::http::say;

type Outcome<T> = Result<T, Box<dyn Error>>;

const PIN: &str = "alice:password1";
const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";
/// How long each operation is done, with each number of threads, and how often in turn with the yardstick.
const SPAN: Duration = Duration::from_millis(1500);
const ROUNDS: usize = 3;
const THREADS: [usize; 2] = [1, 8];
const P256: [u8; 10] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
/// The curve by its name, which SoftHSM too knows it by.
const ED25519: [u8; 14] = *b"\x13\x0Cedwards25519";

/// `pkcs11 FOLDER`: FOLDER has `bastide`, `libbastide_pkcs11.so` and `examples/hsm_cluster`, such as
/// `target/release`.
pub(crate) fn run(arguments: &[String]) -> Outcome<()> {
    let built = Path::new(arguments.first().map_or("target/release", String::as_str));
    let folder = tempfile::tempdir()?;
    let cluster = Cluster::start(built, folder.path())?;
    let config = folder.path().join("pkcs11.json");
    let soft = softhsm(folder.path())?;
    let module = built.join("libbastide_pkcs11.so");
    let mut figures: BTreeMap<String, [Vec<f64>; 2]> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let ours = load(&module, ("BASTIDE_PKCS11_CONF", &config))?;
        let theirs = load(Path::new(SOFTHSM), ("SOFTHSM2_CONF", &soft))?;
        for (side, found) in [ours, theirs].into_iter().enumerate() {
            for (name, figure) in found {
                if let Some(of_side) = figures.entry(name).or_default().get_mut(side) {
                    of_side.push(figure);
                }
            }
        }
    }
    drop(cluster);
    say("a second, median of the rounds       module   SoftHSM   ratio");
    for (name, [mut ours, mut theirs]) in figures {
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        say(&format!("{name:<32} {ours:>10.0} {theirs:>9.0} {:>7.2}", ours / theirs));
    }
    Ok(())
}

/// `pkcs11-load MODULE`: what one side does, in a process of its own.
pub(crate) fn one(arguments: &[String]) -> Outcome<()> {
    let module = Pkcs11::new(arguments.first().ok_or("name a module")?)?;
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let slot = *module.get_slots_with_initialized_token()?.first().ok_or("there is no token")?;
    let session = module.open_rw_session(slot)?;
    session.login(UserType::User, Some(&AuthPin::new(PIN.into())))?;
    for operation in OPERATIONS {
        let key = (operation.key)(&session)?;
        for threads in THREADS {
            let figure = measure(&module, slot, key, operation, threads)?;
            say(&format!("{} ×{threads}\t{figure}", operation.name));
        }
        session.destroy_object(key)?;
    }
    Ok(())
}

struct Operation {
    name: &'static str,
    key: fn(&Session) -> Outcome<ObjectHandle>,
    act: fn(&Session, ObjectHandle) -> Outcome<()>,
}

const OPERATIONS: &[Operation] = &[
    Operation {
        name: "RSA-2048 SHA-256 sign",
        key: |session| {
            let public = [Attribute::ModulusBits(2048.into()), Attribute::Token(false)];
            pair(session, &Mechanism::RsaPkcsKeyPairGen, &public)
        },
        act: |session, key| sign(session, &Mechanism::Sha256RsaPkcs, key),
    },
    Operation {
        name: "P-256 sign of a digest",
        key: |session| pair(session, &Mechanism::EccKeyPairGen, &[Attribute::EcParams(P256.to_vec())]),
        act: |session, key| sign(session, &Mechanism::Ecdsa, key),
    },
    Operation {
        name: "Ed25519 sign",
        key: |session| {
            pair(session, &Mechanism::EccEdwardsKeyPairGen, &[Attribute::EcParams(ED25519.to_vec())])
        },
        act: |session, key| {
            let mechanism = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519));
            sign(session, &mechanism, key)
        },
    },
    Operation { name: "AES-256-GCM of 1 KiB", key: aes, act: |session, key| gcm(session, key, &[7; 1024]) },
    Operation { name: "AES-256-GCM of 64 KiB", key: aes, act: |session, key| gcm(session, key, &[7; 65536]) },
];

fn pair(session: &Session, mechanism: &Mechanism<'_>, public: &[Attribute]) -> Outcome<ObjectHandle> {
    let private =
        [Attribute::Token(true), Attribute::Private(true), Attribute::Sign(true), Attribute::Sensitive(true)];
    Ok(session.generate_key_pair(mechanism, public, &private)?.1)
}

fn aes(session: &Session) -> Outcome<ObjectHandle> {
    let template = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Encrypt(true),
        Attribute::ValueLen(32.into()),
    ];
    Ok(session.generate_key(&Mechanism::AesKeyGen, &template)?)
}

/// 32 bytes: a digest, or a short message.
fn sign(session: &Session, mechanism: &Mechanism<'_>, key: ObjectHandle) -> Outcome<()> {
    session.sign(mechanism, key, &[7; 32])?;
    Ok(())
}

fn gcm(session: &Session, key: ObjectHandle, data: &[u8]) -> Outcome<()> {
    let mut iv = [3; 12];
    let mechanism = Mechanism::AesGcm(GcmParams::new(&mut iv, &[], 128.into())?);
    session.encrypt(&mechanism, key, data)?;
    Ok(())
}

/// Operations a second, of all threads together.
fn measure(
    module: &Pkcs11,
    slot: Slot,
    key: ObjectHandle,
    operation: &Operation,
    threads: usize,
) -> Outcome<f64> {
    let begin = Barrier::new(threads);
    let work = || -> Result<f64, String> {
        let session = module.open_ro_session(slot).map_err(|error| error.to_string())?;
        let act = || (operation.act)(&session, key).map_err(|error| error.to_string());
        act()?;
        begin.wait();
        let start = Instant::now();
        let mut count = 0_u32;
        while start.elapsed() < SPAN {
            act()?;
            count += 1;
        }
        Ok(f64::from(count) / start.elapsed().as_secs_f64())
    };
    let figures: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut sum = 0.0;
    for figure in figures {
        sum += figure.map_err(|_| "a thread panicked")??;
    }
    Ok(sum)
}

/// Runs [`one`] and reads what it says.
fn load(module: &Path, (name, value): (&str, &Path)) -> Outcome<Vec<(String, f64)>> {
    let done = Command::new(std::env::current_exe()?)
        .arg("pkcs11-load")
        .arg(module)
        .env(name, value)
        .stderr(Stdio::inherit())
        .output()?;
    if !done.status.success() {
        return Err(format!("the load on `{}` failed", module.display()).into());
    }
    let text = String::from_utf8(done.stdout)?;
    text.lines()
        .map(|line| {
            let (name, figure) = line.split_once('\t').ok_or("an unexpected line")?;
            Ok((name.to_owned(), figure.parse()?))
        })
        .collect()
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A cluster of one HSM; it ends with this.
struct Cluster(Child);

impl Cluster {
    fn start(built: &Path, folder: &Path) -> Outcome<Self> {
        let child = Command::new(built.join("examples/hsm_cluster"))
            .arg(std::path::absolute(built.join("bastide"))?)
            .arg(folder)
            .arg("1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("no cluster ({error}): build bastide-pkcs11 with --lib --examples"))?;
        let mut cluster = Self(child);
        let said = cluster.0.stdout.take().ok_or("no standard output")?;
        if BufReader::new(said).read_line(&mut String::new())? == 0 {
            return Err("the cluster did not start".into());
        }
        Ok(cluster)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It ends when its standard input does, and its HSMs with it.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn softhsm(folder: &Path) -> Outcome<std::path::PathBuf> {
    let (config, tokens) = (folder.join("softhsm2.conf"), folder.join("tokens"));
    std::fs::create_dir(&tokens)?;
    std::fs::write(&config, format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display()))?;
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "bench", "--so-pin", "12345678", "--pin", PIN])
        .env("SOFTHSM2_CONF", &config)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("no SoftHSM ({error}): apt-get install softhsm2"))?;
    if made.success() { Ok(config) } else { Err("softhsm2-util failed".into()) }
}
