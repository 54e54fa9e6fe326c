use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bastide_ids::random_bytes;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::crypto::{KEY, Key};
use crate::error::SealError;
use crate::keyring::base64_text;
use crate::store::create_whole_file;

/// The keyring's key as one root wraps it. What a seal needs to open it again, such as a salt, stands in
/// `parameters`; nothing there is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrappedKey {
    /// Names and values of the seal's own choice.
    pub parameters: BTreeMap<String, String>,
    /// The wrapped key.
    #[serde(with = "base64_text")]
    pub wrapped: Vec<u8>,
}

/// Something that wraps the keyring's key: a root key here, elsewhere an HSM, key shares or a remote KMS.
pub trait Seal: Send + Sync {
    /// What the keyring calls it, such as `passphrase`.
    fn kind(&self) -> &str;

    /// Whether it may open a seal of that kind.
    fn opens(&self, kind: &str) -> bool {
        self.kind() == kind
    }

    /// Wraps a key for a new seal. `context` must be bound to it: the key may open with the same context only.
    /// Root material that is made on first use is made here.
    ///
    /// # Errors
    /// [`SealError`] when the root cannot be made, read or used.
    fn wrap(&self, context: &[u8], key: &[u8; 32]) -> Result<WrappedKey, SealError>;

    /// Opens what [`Self::wrap`] made; `None` when another root made it. Never makes root material.
    ///
    /// # Errors
    /// [`SealError`] when the root cannot be read or used.
    fn unwrap(&self, context: &[u8], key: &WrappedKey) -> Result<Option<Zeroizing<[u8; 32]>>, SealError>;
}

/// The roots that need nothing but this machine.
#[derive(Clone)]
pub enum RootSource {
    /// A file with 32 random bytes, made on first start for its owner only.
    File(PathBuf),
    /// A passphrase of 12 or more characters, through Argon2id.
    Passphrase(Zeroizing<String>),
    /// 32 bytes in hex or base64, as they come from an environment variable. Opens what the same bytes in a
    /// file sealed, and the other way round.
    Bytes(Zeroizing<String>),
}

/// What a root key file begins with; the key follows in base64 on the next line.
const FILE_HEADER: &str = "bastide-root-key-v1";
/// The most that is read of a root key file.
const FILE_LIMIT: u64 = 4096;
const MIN_PASSPHRASE: usize = 12;
const KIND_FILE: &str = "file";
const KIND_PASSPHRASE: &str = "passphrase";
const KIND_BYTES: &str = "bytes";

/// RFC 9106's second recommended setting, for one lane: 64 MiB, 3 passes. Tests take less.
const MEMORY_KIB: u32 = if cfg!(test) { 64 } else { 64 << 10 };
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// What a keyring may ask for at most: 1 GiB, 64 passes, 16 lanes.
const MOST: [u32; 3] = [1 << 20, 64, 16];

impl Seal for RootSource {
    fn kind(&self) -> &str {
        match self {
            Self::File(_) => KIND_FILE,
            Self::Passphrase(_) => KIND_PASSPHRASE,
            Self::Bytes(_) => KIND_BYTES,
        }
    }

    fn opens(&self, kind: &str) -> bool {
        match self {
            Self::Passphrase(_) => kind == KIND_PASSPHRASE,
            Self::File(_) | Self::Bytes(_) => kind == KIND_FILE || kind == KIND_BYTES,
        }
    }

    fn wrap(&self, context: &[u8], key: &[u8; 32]) -> Result<WrappedKey, SealError> {
        let mut parameters = BTreeMap::new();
        parameters.insert("salt".to_owned(), STANDARD.encode(random_bytes::<16>()));
        if let Self::Passphrase(passphrase) = self {
            if passphrase.chars().count() < MIN_PASSPHRASE {
                return Err(self.invalid("a passphrase has 12 characters or more"));
            }
            for (name, value) in [("memory-kib", MEMORY_KIB), ("passes", PASSES), ("lanes", LANES)] {
                parameters.insert(name.to_owned(), value.to_string());
            }
        }
        let root = match self {
            Self::File(path) => Some(read_or_make(path)?),
            _ => None,
        };
        let wrapping = self.wrapping_key(root, &parameters)?;
        Ok(WrappedKey { wrapped: wrapping.wrap(context, key)?, parameters })
    }

    fn unwrap(&self, context: &[u8], key: &WrappedKey) -> Result<Option<Zeroizing<[u8; 32]>>, SealError> {
        let root = match self {
            Self::File(path) => Some(read_file(path)?.ok_or_else(|| SealError::RootMissing(path.clone()))?),
            _ => None,
        };
        let wrapping = self.wrapping_key(root, &key.parameters)?;
        let opened = wrapping.unwrap(context, &key.wrapped);
        Ok(opened.and_then(|bytes| bytes.as_slice().try_into().ok().map(Zeroizing::new)))
    }
}

impl RootSource {
    /// The key that wraps: of a root key by HKDF, of a passphrase by Argon2id.
    fn wrapping_key(
        &self,
        file: Option<Key>,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Key, SealError> {
        const DAMAGED: SealError = SealError::KeyringDamaged("the parameters of a seal");
        let salt = parameters.get("salt").and_then(|salt| STANDARD.decode(salt).ok()).ok_or(DAMAGED)?;
        let number = |name: &str| parameters.get(name).and_then(|text| text.parse::<u32>().ok());
        match (self, file) {
            (Self::Passphrase(passphrase), _) => {
                let cost = [number("memory-kib"), number("passes"), number("lanes")];
                let [Some(memory), Some(passes), Some(lanes)] = cost else { return Err(DAMAGED) };
                if [memory, passes, lanes].iter().zip(MOST).any(|(given, most)| *given > most) {
                    return Err(DAMAGED);
                }
                let params = Params::new(memory, passes, lanes, Some(KEY)).map_err(|_| DAMAGED)?;
                stretch(passphrase, &salt, params)
            }
            (Self::Bytes(text), _) => {
                let root = parse_key(text).ok_or_else(|| self.invalid("it is 32 bytes in hex or base64"))?;
                root.derive(&salt, &[b"bastide root v1"])
            }
            (Self::File(_), Some(root)) => root.derive(&salt, &[b"bastide root v1"]),
            (Self::File(path), None) => Err(SealError::RootMissing(path.clone())),
        }
    }

    fn invalid(&self, why: &'static str) -> SealError {
        SealError::RootInvalid { kind: self.kind().to_owned(), why }
    }
}

impl fmt::Debug for RootSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Passphrase(_) => f.write_str("Passphrase(hidden)"),
            Self::Bytes(_) => f.write_str("Bytes(hidden)"),
        }
    }
}

fn stretch(passphrase: &str, salt: &[u8], params: Params) -> Result<Key, SealError> {
    let mut memory = vec![Block::new(); params.block_count()];
    let mut out = Zeroizing::new([0; KEY]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let done = argon2.hash_password_into_with_memory(passphrase.as_bytes(), salt, &mut *out, &mut memory);
    memory.iter_mut().for_each(|block| block.as_mut().zeroize());
    done.map_err(|_| SealError::Crypto("Argon2id"))?;
    Key::from_slice(&*out).ok_or(SealError::Crypto("Argon2id"))
}

/// 32 bytes in hex or base64.
fn parse_key(text: &str) -> Option<Key> {
    let text = text.trim();
    if text.len() == 2 * KEY {
        let mut bytes = Zeroizing::new([0; KEY]);
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = str::from_utf8(pair).ok().filter(|pair| !pair.starts_with('+'))?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        return Key::from_slice(&*bytes);
    }
    let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
    Key::from_slice(&bytes)
}

fn read_or_make(path: &Path) -> Result<Key, SealError> {
    if let Some(key) = read_file(path)? {
        return Ok(key);
    }
    let key = Key::random();
    let text = Zeroizing::new(format!(
        "{FILE_HEADER}\n{}\n",
        Zeroizing::new(STANDARD.encode(key.as_bytes())).as_str()
    ));
    match create_whole_file(path, text.as_bytes()) {
        Ok(()) => Ok(key),
        // Another process was quicker: its key counts.
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {
            read_file(path)?.ok_or_else(|| SealError::RootMissing(path.to_owned()))
        }
        Err(cause) => Err(SealError::File { verb: "write", path: path.to_owned(), cause }),
    }
}

fn read_file(path: &Path) -> Result<Option<Key>, SealError> {
    let failed = |cause| SealError::File { verb: "read", path: path.to_owned(), cause };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(failed(cause)),
    };
    check_permissions(&file, path)?;
    let mut text = Zeroizing::new(String::with_capacity(256));
    file.take(FILE_LIMIT).read_to_string(&mut text).map_err(failed)?;
    let key = text.trim_end().strip_prefix(FILE_HEADER).and_then(|rest| rest.strip_prefix('\n'));
    let why = "the file is `bastide-root-key-v1` and, on the next line, 32 bytes in hex or base64";
    let invalid = || SealError::RootInvalid { kind: KIND_FILE.to_owned(), why };
    key.and_then(parse_key).map(Some).ok_or_else(invalid)
}

#[cfg(unix)]
fn check_permissions(file: &File, path: &Path) -> Result<(), SealError> {
    use std::os::unix::fs::PermissionsExt;

    let failed = |cause| SealError::File { verb: "read", path: path.to_owned(), cause };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(SealError::RootExposed { path: path.to_owned(), mode }) }
}

/// Other systems have no such bits; the folder's own protection counts there.
#[cfg(not(unix))]
fn check_permissions(_: &File, _: &Path) -> Result<(), SealError> {
    Ok(())
}
