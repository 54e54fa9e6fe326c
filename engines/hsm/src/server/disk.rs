//! The folder of an HSM: a log of sealed changes, read at the start.
//!
//! ```text
//! state     "BHSM" 1, salt (16 bytes), then records:
//!           length (4 bytes, big-endian), MAC of the length (4 bytes), sealed entries
//! ```
//!
//! The key is HKDF of the unlock key and the salt. Each record is sealed with its number in the file as associated
//! data, so that none can be left out, moved or taken from another file. A record that was cut by a crash at the end
//! was never acknowledged and is dropped. An older copy of the whole file opens, as with any disk: the other HSMs of
//! the cluster bring it in step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::record::Entry;
use crate::sealing::SealKey;
use crate::wire::{self, Secret};

const MAGIC: [u8; 5] = *b"BHSM\x01";
const SALT: usize = 16;
const PREFIX: usize = 8;
/// The largest record: many entries that came at once.
const MAX_RECORD: usize = 512 << 20;
/// A log is written anew when it has so many more records than entries.
const SLACK: u64 = 4096;

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DiskError {
    #[error("`{}`: {cause}", path.display())]
    Io { path: PathBuf, cause: io::Error },
    #[error(
        "`{}` does not open at record {record}: it is another HSM's, was changed, or the unlock key is not its own",
        path.display()
    )]
    NotAuthentic { path: PathBuf, record: u64 },
    #[error("`{}` is no state of an HSM, or one of a newer version", .0.display())]
    Malformed(PathBuf),
    #[error("the cryptographic library failed")]
    Crypto,
}

/// The log, open for writing.
pub(crate) struct Disk {
    path: PathBuf,
    unlock: SealKey,
    key: SealKey,
    file: File,
    /// Records in the file.
    records: u64,
    /// A write failed: what is in the file after that is not known.
    broken: bool,
}

impl Disk {
    /// Opens the folder, or makes it; with all entries that were written, oldest first.
    pub(crate) fn open(folder: &Path, unlock: &[u8]) -> Result<(Self, Vec<Entry>), DiskError> {
        let path = folder.join("state");
        let failed = |cause| DiskError::Io { path: path.clone(), cause };
        if !folder.exists() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        }
        let unlock = SealKey::from_slice(unlock).map_err(|_| DiskError::Crypto)?;
        if !path.exists() {
            return Ok((Self::create(&path, unlock, &[])?, Vec::new()));
        }
        let mut file = OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?;
        lock(&file).map_err(failed)?;
        let mut header = [0; MAGIC.len() + SALT];
        file.read_exact(&mut header).map_err(|_| DiskError::Malformed(path.clone()))?;
        let salt = header.strip_prefix(&MAGIC).ok_or_else(|| DiskError::Malformed(path.clone()))?;
        let key = unlock.derive(salt, &[b"bastide hsm state"]).map_err(|_| DiskError::Crypto)?;
        let mut disk = Self { path, unlock, key, file, records: 0, broken: false };
        let entries = disk.read_all()?;
        Ok((disk, entries))
    }

    fn create(path: &Path, unlock: SealKey, entries: &[Entry]) -> Result<Self, DiskError> {
        let failed = |cause| DiskError::Io { path: path.to_owned(), cause };
        let salt = bastide_ids::random_bytes::<SALT>();
        let key = unlock.derive(&salt, &[b"bastide hsm state"]).map_err(|_| DiskError::Crypto)?;
        let new = path.with_extension("new");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&new)
            .map_err(failed)?;
        lock(&file).map_err(failed)?;
        file.write_all(&[&MAGIC[..], &salt].concat()).map_err(failed)?;
        let mut disk = Self { path: path.to_owned(), unlock, key, file, records: 0, broken: false };
        for some in entries.chunks(256) {
            disk.write(some)?;
        }
        disk.file.sync_all().map_err(failed)?;
        fs::rename(&new, path).map_err(failed)?;
        if let Some(folder) = path.parent() {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        Ok(disk)
    }

    /// Writes entries as one record: all of them or none is read again. Durable on return.
    pub(crate) fn append(&mut self, entries: &[Entry]) -> Result<(), DiskError> {
        let done = self.write(entries).and_then(|()| {
            self.file.sync_data().map_err(|cause| DiskError::Io { path: self.path.clone(), cause })
        });
        self.broken |= done.is_err();
        done
    }

    /// Whether the log has become much longer than what it says.
    pub(crate) fn is_long(&self, entries: usize) -> bool {
        self.records > SLACK + 2 * entries as u64
    }

    /// Writes the log anew with these entries alone.
    pub(crate) fn rewrite(&mut self, entries: &[Entry]) -> Result<(), DiskError> {
        let next = Self::create(&self.path, self.unlock.clone(), entries)?;
        *self = next;
        Ok(())
    }

    fn write(&mut self, entries: &[Entry]) -> Result<(), DiskError> {
        if self.broken {
            return Err(DiskError::Io {
                path: self.path.clone(),
                cause: io::Error::other("an earlier write failed: start the HSM again"),
            });
        }
        let plain = Secret::new(minicbor::to_vec(entries).map_err(|_| DiskError::Crypto)?);
        let sealed = self.key.seal(&self.records.to_be_bytes(), &plain).map_err(|_| DiskError::Crypto)?;
        let length = u32::try_from(sealed.len()).map_err(|_| DiskError::Crypto)?;
        let record = [&self.prefix(length)[..], &sealed].concat();
        self.file.write_all(&record).map_err(|cause| DiskError::Io { path: self.path.clone(), cause })?;
        self.records += 1;
        Ok(())
    }

    /// What stands before a record: so that a damaged length is not taken for a cut.
    fn prefix(&self, length: u32) -> [u8; PREFIX] {
        let length = length.to_be_bytes();
        let mac = self.key.mac(&[&self.records.to_be_bytes()[..], &length].concat());
        let mut prefix = [0; PREFIX];
        for (to, from) in prefix.iter_mut().zip(length.iter().chain(&mac)) {
            *to = *from;
        }
        prefix
    }

    fn read_all(&mut self) -> Result<Vec<Entry>, DiskError> {
        let path = self.path.clone();
        let failed = |cause| DiskError::Io { path: path.clone(), cause };
        let length = self.file.metadata().map_err(failed)?.len();
        let mut good = (MAGIC.len() + SALT) as u64;
        let mut all = Vec::new();
        let mut reader = io::BufReader::new(self.file.try_clone().map_err(failed)?);
        loop {
            let mut prefix = [0; PREFIX];
            let read = read_up_to(&mut reader, &mut prefix).map_err(failed)?;
            let (Some(size), true) =
                (prefix.first_chunk().map(|size| u32::from_be_bytes(*size)), read == PREFIX)
            else {
                break;
            };
            let broken = || DiskError::NotAuthentic { path: path.clone(), record: self.records };
            if prefix != self.prefix(size) {
                // Some file systems give zeros behind the last write before a power cut.
                if prefix == [0; PREFIX] && only_zeros(&mut reader).map_err(failed)? && self.records > 0 {
                    break;
                }
                return Err(broken());
            }
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let mut sealed = vec![0; size.min(MAX_RECORD)];
            if read_up_to(&mut reader, &mut sealed).map_err(failed)? < size {
                break;
            }
            let next = good + (PREFIX + size) as u64;
            match self.key.open(&self.records.to_be_bytes(), &sealed) {
                Ok(plain) => {
                    let entries: Vec<Entry> =
                        wire::decode(&plain).map_err(|_| DiskError::Malformed(path.clone()))?;
                    all.extend(entries);
                }
                // The last record before a power cut: its length may be there without all of its bytes.
                Err(_) if next == length && self.records > 0 => break,
                Err(_) => return Err(broken()),
            }
            self.records += 1;
            good = next;
        }
        if good < length {
            tracing::warn!("a change that a crash had cut was dropped");
            self.file.set_len(good).map_err(failed)?;
        }
        use std::io::Seek as _;
        self.file.seek(io::SeekFrom::Start(good)).map_err(failed)?;
        Ok(all)
    }
}

/// Fills the buffer as far as there are bytes.
fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn only_zeros(reader: &mut impl Read) -> io::Result<bool> {
    let mut buffer = [0; 4096];
    loop {
        let read = read_up_to(reader, &mut buffer)?;
        if buffer.iter().take(read).any(|byte| *byte != 0) {
            return Ok(false);
        }
        if read < buffer.len() {
            return Ok(true);
        }
    }
}

/// Keeps a second process from the same folder.
fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(fs::TryLockError::WouldBlock) => Err(io::Error::other("another process uses this HSM's folder")),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{EntryName, Version};

    const UNLOCK: [u8; 32] = [5; 32];

    fn entry(name: u64) -> Entry {
        Entry {
            name: EntryName::Object(name),
            version: Version { count: name, writer: 1 },
            session: false,
            operation: None,
            body: Some(Secret::from("a secret body")),
        }
    }

    fn names(folder: &Path) -> Result<Vec<u64>, DiskError> {
        let (_, entries) = Disk::open(folder, &UNLOCK)?;
        let name = |entry: &Entry| match entry.name {
            EntryName::Object(name) => name,
            _ => 0,
        };
        Ok(entries.iter().map(name).collect())
    }

    fn written(folder: &Path, count: u64) -> Vec<usize> {
        let path = folder.join("state");
        let (mut disk, _) = Disk::open(folder, &UNLOCK).unwrap();
        let mut ends = vec![fs::read(&path).unwrap().len()];
        for name in 1..=count {
            disk.append(&[entry(name)]).unwrap();
            ends.push(fs::read(&path).unwrap().len());
        }
        ends
    }

    #[test]
    fn a_cut_at_the_end_is_dropped_and_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let ends = written(folder.path(), 3);
        let whole = fs::read(&path).unwrap();
        for length in ends[2]..ends[3] {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(names(folder.path()).unwrap(), [1, 2], "{length}");
        }
        // The file's length was written, its last bytes were not.
        let mut zeros = whole[..ends[2]].to_vec();
        zeros.resize(ends[3], 0);
        fs::write(&path, zeros).unwrap();
        assert_eq!(names(folder.path()).unwrap(), [1, 2]);
        let (mut disk, _) = Disk::open(folder.path(), &UNLOCK).unwrap();
        disk.append(&[entry(9)]).unwrap();
        drop(disk);
        assert_eq!(names(folder.path()).unwrap(), [1, 2, 9]);
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let ends = written(folder.path(), 3);
        let whole = fs::read(&path).unwrap();
        for at in 0..ends[2] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, changed).unwrap();
            assert!(names(folder.path()).is_err(), "{at}");
        }
        // A record taken out, two exchanged, one twice.
        let record = |number: usize| &whole[ends[number - 1]..ends[number]];
        let head = &whole[..ends[0]];
        for order in [&[1, 3][..], &[2, 1, 3], &[1, 1, 2], &[2, 3]] {
            let parts: Vec<&[u8]> = order.iter().map(|number| record(*number)).collect();
            fs::write(&path, [head, &parts.concat()].concat()).unwrap();
            assert!(names(folder.path()).is_err(), "{order:?}");
        }
        fs::write(&path, &whole).unwrap();
        assert!(Disk::open(folder.path(), &[6; 32]).is_err());
        assert_eq!(names(folder.path()).unwrap(), [1, 2, 3]);
    }

    #[test]
    fn one_process_at_a_time_and_a_log_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (mut disk, _) = Disk::open(folder.path(), &UNLOCK).unwrap();
        assert!(matches!(Disk::open(folder.path(), &UNLOCK), Err(DiskError::Io { .. })));
        disk.append(&[entry(1), entry(2)]).unwrap();
        disk.rewrite(&[entry(7)]).unwrap();
        disk.append(&[entry(8)]).unwrap();
        drop(disk);
        assert_eq!(names(folder.path()).unwrap(), [7, 8]);
        let text = fs::read(folder.path().join("state")).unwrap();
        assert!(!text.windows(6).any(|window| window == b"secret"));
    }
}
