//! A disk in memory with one directory, whatever that is called.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use bastide_events::disk::{Disk, DiskFile, ReadAt};

/// The files by their names, and what they hold.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The disk. A clone is the same disk.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<BTreeMap<String, File>>>);

/// An open file, which stays when its name goes.
#[derive(Clone, Default)]
struct File(Arc<Mutex<Vec<u8>>>);

impl Memory {
    /// A disk with these files.
    #[must_use]
    pub fn of(files: Files) -> Self {
        let files = files.into_iter().map(|(name, bytes)| (name, File(Arc::new(Mutex::new(bytes)))));
        Self(Arc::new(Mutex::new(files.collect())))
    }

    /// What is on it now.
    #[must_use]
    pub fn files(&self) -> Files {
        self.names().iter().map(|(name, file)| (name.clone(), file.bytes().clone())).collect()
    }

    fn names(&self) -> MutexGuard<'_, BTreeMap<String, File>> {
        self.0.lock().expect("nobody panics with it")
    }
}

impl File {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().expect("nobody panics with it")
    }
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

impl Disk for Memory {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let file = File::default();
        self.names().insert(name(path), file.clone());
        Ok(Arc::new(file))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.names().get(&name(path)).cloned();
        Ok(Arc::new(file.ok_or(ErrorKind::NotFound)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut names = self.names();
        let file = names.remove(&name(from)).ok_or(ErrorKind::NotFound)?;
        names.insert(name(to), file);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.names().remove(&name(path));
        Ok(())
    }

    fn names(&self, _: &Path) -> io::Result<Vec<String>> {
        Ok(self.names().keys().cloned().collect())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

impl ReadAt for File {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let bytes = self.bytes();
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let found = start.checked_add(buffer.len()).and_then(|end| bytes.get(start..end));
        buffer.copy_from_slice(found.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.bytes().len() as u64)
    }
}

impl DiskFile for File {
    fn write_at(&self, written: &[u8], offset: u64) -> io::Result<()> {
        let mut bytes = self.bytes();
        let start = usize::try_from(offset).map_err(|_| ErrorKind::StorageFull)?;
        let end = start + written.len();
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[start..end].copy_from_slice(written);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn resize(&self, size: u64) -> io::Result<()> {
        let size = usize::try_from(size).map_err(|_| ErrorKind::StorageFull)?;
        assert!(size <= 64 << 20, "a file of {size} bytes");
        self.bytes().resize(size, 0);
        Ok(())
    }
}
