//! The lake: a folder with parts and their catalog.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File};
use std::io::{BufRead as _, Read as _, Seek as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use bastide_ids::random_bytes;

use crate::catalog::{Catalog, FileHead, FileState, Part};
use crate::error::LakeError;
use crate::partition::Kind;
use crate::writer::Writer;

/// Bytes of a lock that are looked at.
const MARK: u64 = 64;

/// Ingested records. Many may read while one writes.
#[derive(Debug)]
pub struct Lake {
    pub(crate) root: PathBuf,
    pub(crate) catalog: Catalog,
    /// What this has written into the lock: while it stands there, nobody else has written, and nothing is left over.
    pub(crate) mark: Option<String>,
}

/// How much a lake holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files that were ingested.
    pub files: u64,
    /// Parts.
    pub parts: u64,
    /// Records, without rejected ones.
    pub records: u64,
    /// Lines that were rejected.
    pub rejected: u64,
    /// Bytes of all parts.
    pub bytes: u64,
}

impl Lake {
    /// Opens the lake of a folder, which is made when it is not there.
    ///
    /// # Errors
    /// [`LakeError`].
    pub fn open(root: &Path) -> Result<Self, LakeError> {
        DirBuilder::new().recursive(true).mode(0o700).create(root).map_err(LakeError::io(root))?;
        let catalog = Catalog::open(&root.join("catalog.db"))?;
        Ok(Self { root: root.to_owned(), catalog, mark: None })
    }

    /// How far the file of a name was read.
    ///
    /// # Errors
    /// [`LakeError`].
    pub fn file(&self, name: &str) -> Result<Option<FileState>, LakeError> {
        self.catalog.file(name)
    }

    /// The file that begins so, whatever its name; of several the one that was read furthest.
    ///
    /// # Errors
    /// [`LakeError`].
    pub fn file_that_begins(&self, head: FileHead) -> Result<Option<FileState>, LakeError> {
        self.catalog.file_that_begins(head)
    }

    /// All parts, in the order of days, kinds, accounts and regions.
    ///
    /// # Errors
    /// [`LakeError`].
    pub fn parts(&self) -> Result<Vec<Part>, LakeError> {
        self.catalog.parts()
    }

    /// How much there is.
    ///
    /// # Errors
    /// [`LakeError`].
    pub fn totals(&self) -> Result<Totals, LakeError> {
        let mut totals = Totals { files: self.catalog.files()?, ..Totals::default() };
        for part in self.parts()? {
            totals.parts += 1;
            totals.bytes += part.bytes;
            if part.partition.kind == Kind::Rejected {
                totals.rejected += part.rows;
            } else {
                totals.records += part.rows;
            }
        }
        Ok(totals)
    }

    /// Shows what was rejected: lines of JSON, in the order in which they came.
    ///
    /// # Errors
    /// [`LakeError`].
    pub fn rejected(&self, each: &mut dyn FnMut(&str)) -> Result<(), LakeError> {
        let mut parts = self.parts()?;
        parts.retain(|part| part.partition.kind == Kind::Rejected);
        parts.sort_by_key(|part| part.id);
        for part in parts {
            let path = self.root.join(part.path());
            let file = File::open(&path).map_err(LakeError::io(&path))?;
            for line in std::io::BufReader::new(file).lines() {
                each(&line.map_err(LakeError::io(&path))?);
            }
        }
        Ok(())
    }

    /// Begins to write. What a crash has left of an earlier writer is removed.
    ///
    /// # Errors
    /// [`LakeError::Busy`] while another writes.
    pub fn writer(&mut self) -> Result<Writer<'_>, LakeError> {
        let path = self.root.join("lock");
        let options = File::options().create(true).truncate(false).read(true).write(true).open(&path);
        let mut lock = options.map_err(LakeError::io(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(LakeError::Busy(self.root.display().to_string()));
            }
            Err(fs::TryLockError::Error(error)) => return Err(LakeError::io(&path)(error)),
        }
        let mut found = String::new();
        // What is none of ours counts as another's.
        let _ = (&lock).take(MARK).read_to_string(&mut found);
        if self.mark.as_ref() != Some(&found) {
            self.remove_strays()?;
            let mark: String = random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
            let written =
                lock.set_len(0).and_then(|()| lock.rewind()).and_then(|()| lock.write_all(mark.as_bytes()));
            written.map_err(LakeError::io(&path))?;
            self.mark = Some(mark);
        }
        Writer::new(self, lock)
    }

    /// Removes parts that the catalog doesn't name.
    fn remove_strays(&self) -> Result<(), LakeError> {
        let named: HashSet<PathBuf> = self.parts()?.iter().map(Part::path).collect();
        for kind in Kind::ALL {
            let folder = self.root.join(kind.as_str());
            if folder.is_dir() {
                self.remove_strays_in(&folder, &named)?;
            }
        }
        Ok(())
    }

    fn remove_strays_in(&self, folder: &Path, named: &HashSet<PathBuf>) -> Result<(), LakeError> {
        for entry in fs::read_dir(folder).map_err(LakeError::io(folder))? {
            let path = entry.map_err(LakeError::io(folder))?.path();
            if path.is_dir() {
                self.remove_strays_in(&path, named)?;
            } else if path.strip_prefix(&self.root).is_ok_and(|path| !named.contains(path)) {
                fs::remove_file(&path).map_err(LakeError::io(&path))?;
            }
        }
        Ok(())
    }
}
