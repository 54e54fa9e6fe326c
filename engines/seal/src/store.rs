use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bastide_ids::random_bytes;

use crate::error::SealError;

/// Why a keyring was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// What is stored is no longer what was expected.
    #[error("the stored keyring is another one")]
    Conflict,
    /// The store failed.
    #[error(transparent)]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

/// Where the keyring is kept. It holds no plaintext key, but without it nothing opens any more.
pub trait KeyringStore: Send + Sync {
    /// What is stored; `None` before the first start.
    ///
    /// # Errors
    /// When the store cannot be read. Never say `None` then: a new keyring would be made.
    fn load(&self) -> Result<Option<Vec<u8>>, Box<dyn std::error::Error + Send + Sync>>;

    /// Replaces `expected` by `new` in one step, so that of two processes one wins. When this returns, `new`
    /// must be durable.
    ///
    /// # Errors
    /// [`SaveError::Conflict`] when something other than `expected` is stored.
    fn save(&self, expected: Option<&[u8]>, new: &[u8]) -> Result<(), SaveError>;
}

/// A keyring in a file; written whole or not at all, and by one process at a time: a lock lies beside it.
#[derive(Debug)]
pub struct FileKeyring {
    path: PathBuf,
    writing: Mutex<()>,
}

impl FileKeyring {
    /// The keyring at this path; the file comes with the first save.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), writing: Mutex::new(()) }
    }

    /// Keeps other processes from writing until it is dropped.
    fn lock(&self) -> std::io::Result<File> {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.path.with_file_name(name))?;
        file.lock()?;
        Ok(file)
    }
}

impl KeyringStore for FileKeyring {
    fn load(&self) -> Result<Option<Vec<u8>>, Box<dyn std::error::Error + Send + Sync>> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(SealError::File { verb: "read", path: self.path.clone(), cause }.into()),
        }
    }

    fn save(&self, expected: Option<&[u8]>, new: &[u8]) -> Result<(), SaveError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let _alone = self.lock().map_err(|cause| {
            SaveError::Failed(SealError::File { verb: "lock", path: self.path.clone(), cause }.into())
        })?;
        if self.load().map_err(SaveError::Failed)?.as_deref() != expected {
            return Err(SaveError::Conflict);
        }
        replace_file(&self.path, new).map_err(|cause| {
            SaveError::Failed(SealError::File { verb: "write", path: self.path.clone(), cause }.into())
        })
    }
}

/// A keyring in memory, for tests.
#[derive(Debug, Default)]
pub struct MemoryKeyring(Mutex<Option<Vec<u8>>>);

impl KeyringStore for MemoryKeyring {
    fn load(&self) -> Result<Option<Vec<u8>>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn save(&self, expected: Option<&[u8]>, new: &[u8]) -> Result<(), SaveError> {
        let mut stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if stored.as_deref() != expected {
            return Err(SaveError::Conflict);
        }
        *stored = Some(new.to_vec());
        Ok(())
    }
}

/// A new file that only its owner may read; fails when there is one already.
fn create_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_folder(path)
}

/// A new file that comes whole or not at all; fails when there is one already.
pub(crate) fn create_whole_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}", u64::from_be_bytes(random_bytes())));
    let beside = path.with_file_name(name);
    create_file(&beside, bytes)?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    match linked {
        // Some file systems have no links.
        Err(cause) if cause.kind() != ErrorKind::AlreadyExists => create_file(path, bytes),
        linked => linked.and_then(|()| sync_folder(path)),
    }
}

/// Writes beside the file and renames, so that a crash leaves the old or the new bytes whole.
fn replace_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    match fs::remove_file(&beside) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    create_file(&beside, bytes)?;
    fs::rename(&beside, path)?;
    sync_folder(path)
}

/// Makes a name in its folder durable. Other systems than Unix do this with the file.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
