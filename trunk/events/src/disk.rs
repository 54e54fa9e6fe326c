//! The seams under the local log: the disk that the active segment is written to, and the store where sealed
//! segments lie (a local directory, later object storage).

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the log asks of a file system. Tests put one in its place that fails on purpose.
pub trait Disk: Send + Sync {
    /// A new, empty file; one that is there is emptied.
    ///
    /// # Errors
    /// The system's.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// A file that exists, to read and write.
    ///
    /// # Errors
    /// The system's.
    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Gives a file another name, in place of what had it.
    ///
    /// # Errors
    /// The system's.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file. Readers that have it open go on reading.
    ///
    /// # Errors
    /// The system's; a file that is not there is none.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// The names of the files in a directory, in no order.
    ///
    /// # Errors
    /// The system's.
    fn names(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// Makes creations, renames and removals in a directory durable.
    ///
    /// # Errors
    /// The system's.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// Something to read from at any place, by many readers at once.
pub trait ReadAt: Send + Sync {
    /// Fills the buffer from here on.
    ///
    /// # Errors
    /// The system's; `UnexpectedEof` past the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// The length in bytes.
    ///
    /// # Errors
    /// The system's.
    fn size(&self) -> io::Result<u64>;
}

/// An open file.
pub trait DiskFile: ReadAt {
    /// Writes all the bytes at this place.
    ///
    /// # Errors
    /// The system's; a part may have been written.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Makes the content durable.
    ///
    /// # Errors
    /// The system's. What was written since the last sync that succeeded may be lost then, whatever a
    /// later one says.
    fn sync(&self) -> io::Result<()>;

    /// Cuts or extends the file.
    ///
    /// # Errors
    /// The system's.
    fn resize(&self, size: u64) -> io::Result<()>;
}

/// Where sealed segments lie: whole, immutable, each under a name.
pub trait SegmentStore: Send + Sync {
    /// The names of all that is there.
    ///
    /// # Errors
    /// The store's.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Moves a finished local file there. When it returns, the segment is durable and visible, whole.
    ///
    /// # Errors
    /// The store's; then nothing is visible under that name that was not before.
    fn put(&self, name: &str, file: &Path) -> io::Result<()>;

    /// Opens a segment for reading.
    ///
    /// # Errors
    /// The store's.
    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>>;

    /// Removes a segment; one that is not there is no error.
    ///
    /// # Errors
    /// The store's.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// The machine's file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsDisk;

impl Disk for OsDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
        Ok(Arc::new(options))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(OpenOptions::new().read(true).write(true).open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(dir)? {
            // A name that is not UTF-8 is none of ours.
            names.extend(entry?.file_name().into_string().ok());
        }
        Ok(names)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }
}

impl ReadAt for File {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.read_exact_at(buffer, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

impl DiskFile for File {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn resize(&self, size: u64) -> io::Result<()> {
        self.set_len(size)
    }
}

/// Sealed segments in a local directory.
pub struct LocalSegments {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
}

impl LocalSegments {
    /// In this directory, which exists.
    #[must_use]
    pub fn new(dir: PathBuf, disk: Arc<dyn Disk>) -> Self {
        Self { dir, disk }
    }
}

impl SegmentStore for LocalSegments {
    fn names(&self) -> io::Result<Vec<String>> {
        self.disk.names(&self.dir)
    }

    fn put(&self, name: &str, file: &Path) -> io::Result<()> {
        self.disk.open(file)?.sync()?;
        self.disk.rename(file, &self.dir.join(name))?;
        self.disk.sync_dir(&self.dir)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>> {
        let file: Arc<dyn DiskFile> = self.disk.open(&self.dir.join(name))?;
        Ok(file)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(&self.dir.join(name))
    }
}
