//! A disk in memory that forgets what was not synced, fails on demand and can be full. It has one directory,
//! whatever that is called: only the last part of a path counts.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::disk::{Disk, DiskFile, ReadAt};

/// What arrives or not in a crash is decided in pieces of this size.
const SECTOR: usize = 512;

#[derive(Clone, Default)]
pub(super) struct SimDisk(Arc<Mutex<World>>);

#[derive(Default)]
struct World {
    files: HashMap<u64, Content>,
    next_file: u64,
    /// What processes see.
    names: BTreeMap<String, u64>,
    /// What is there after a crash.
    durable_names: BTreeMap<String, u64>,
    faults: Faults,
}

/// What goes wrong.
#[derive(Clone, Default)]
pub(super) struct Faults {
    /// How many more bytes the disk has room for.
    pub(super) room: Option<usize>,
    /// This many more syncs of files whose name ends so fail.
    pub(super) sync: Option<(&'static str, u32)>,
    /// Cutting files fails.
    pub(super) resize: bool,
    /// Syncs wait as long as this is set.
    pub(super) gate: bool,
    /// How many wait.
    pub(super) at_gate: u32,
}

#[derive(Clone, Default)]
struct Content {
    seen: Vec<u8>,
    durable: Vec<u8>,
    /// What was done since the last sync.
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Resize(usize),
}

impl SimDisk {
    pub(super) fn faults<T>(&self, set: impl FnOnce(&mut Faults) -> T) -> T {
        set(&mut self.world().faults)
    }

    /// The disk as it is after the power goes off now: of what was not synced, `arrives` decides.
    pub(super) fn after_crash(&self, mut arrives: impl FnMut() -> bool) -> Self {
        let world = self.world();
        let mut names = world.durable_names.clone();
        for (name, file) in &world.names {
            if names.get(name) != Some(file) && arrives() {
                // A rename arrives whole.
                names.retain(|_, other| other != file);
                names.insert(name.clone(), *file);
            }
        }
        names.retain(|name, _| world.names.contains_key(name) || arrives());
        let mut files = HashMap::new();
        for (id, content) in world.files.iter().filter(|(id, _)| names.values().any(|other| other == *id)) {
            let mut durable = content.durable.clone();
            for change in &content.pending {
                change.apply_partly(&mut durable, &mut arrives);
            }
            files.insert(*id, Content { seen: durable.clone(), durable, pending: Vec::new() });
        }
        let next_file = world.next_file;
        let durable_names = names.clone();
        Self(Arc::new(Mutex::new(World {
            files,
            next_file,
            names,
            durable_names,
            faults: Faults::default(),
        })))
    }

    pub(super) fn names_ending(&self, ending: &str) -> usize {
        self.world().names.keys().filter(|name| name.ends_with(ending)).count()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        self.apply_partly(bytes, &mut || true);
    }

    fn apply_partly(&self, bytes: &mut Vec<u8>, arrives: &mut impl FnMut() -> bool) {
        match self {
            Self::Resize(size) if arrives() => bytes.resize(*size, 0),
            Self::Resize(_) => {}
            Self::Write(offset, written) => {
                let mut at = *offset;
                while at < offset + written.len() {
                    let end = (at / SECTOR * SECTOR + SECTOR).min(offset + written.len());
                    if arrives() {
                        if bytes.len() < end {
                            bytes.resize(end, 0);
                        }
                        bytes[at..end].copy_from_slice(&written[at - offset..end - offset]);
                    }
                    at = end;
                }
            }
        }
    }
}

impl Disk for SimDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let mut world = self.world();
        world.next_file += 1;
        let id = world.next_file;
        world.files.insert(id, Content::default());
        world.names.insert(name(path), id);
        Ok(Arc::new(SimFile { disk: self.clone(), id }))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let id = *self.world().names.get(&name(path)).ok_or(ErrorKind::NotFound)?;
        Ok(Arc::new(SimFile { disk: self.clone(), id }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.world();
        let id = world.names.remove(&name(from)).ok_or(ErrorKind::NotFound)?;
        world.names.insert(name(to), id);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        if let Some(id) = world.names.remove(&name(path))
            && let (Some(content), Some(room)) = (world.files.get(&id), world.faults.room)
        {
            let freed = content.seen.len();
            world.faults.room = Some(room + freed);
        }
        Ok(())
    }

    fn names(&self, _: &Path) -> io::Result<Vec<String>> {
        let world = self.world();
        Ok(world.names.keys().cloned().collect())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.durable_names = world.names.clone();
        Ok(())
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

struct SimFile {
    disk: SimDisk,
    id: u64,
}

impl SimFile {
    fn change(&self, change: Change) {
        let mut world = self.disk.world();
        let content = world.files.get_mut(&self.id).unwrap();
        change.apply(&mut content.seen);
        content.pending.push(change);
    }
}

impl ReadAt for SimFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let world = self.disk.world();
        let offset = usize::try_from(offset).unwrap();
        let bytes = world.files[&self.id].seen.get(offset..offset + buffer.len());
        buffer.copy_from_slice(bytes.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.world().files[&self.id].seen.len() as u64)
    }
}

impl DiskFile for SimFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let offset = usize::try_from(offset).unwrap();
        let fits = {
            let mut world = self.disk.world();
            let grows = (offset + bytes.len()).saturating_sub(world.files[&self.id].seen.len());
            let room = world.faults.room.unwrap_or(usize::MAX);
            if world.faults.room.is_some() {
                world.faults.room = Some(room.saturating_sub(grows));
            }
            bytes.len() - grows.saturating_sub(room).min(bytes.len())
        };
        self.change(Change::Write(offset, bytes[..fits].to_vec()));
        if fits == bytes.len() { Ok(()) } else { Err(ErrorKind::StorageFull.into()) }
    }

    fn sync(&self) -> io::Result<()> {
        let mut world = self.disk.world();
        // By its present name: segments start as temporary files.
        let names: Vec<_> =
            world.names.iter().filter(|(_, id)| **id == self.id).map(|(n, _)| n.clone()).collect();
        let fails = match &mut world.faults.sync {
            Some((ending, left)) if *left > 0 && names.iter().any(|name| name.ends_with(*ending)) => {
                *left -= 1;
                true
            }
            _ => false,
        };
        world.faults.at_gate += 1;
        while world.faults.gate {
            drop(world);
            std::thread::yield_now();
            world = self.disk.world();
        }
        world.faults.at_gate -= 1;
        let content = world.files.get_mut(&self.id).unwrap();
        let pending = std::mem::take(&mut content.pending);
        if fails {
            // As Linux does: the pages count as clean from now on, whether or not they arrived.
            let mut arrives = false;
            let mut every_other = || {
                arrives = !arrives;
                arrives
            };
            pending.iter().for_each(|change| change.apply_partly(&mut content.durable, &mut every_other));
            return Err(io::Error::other("input/output error"));
        }
        pending.iter().for_each(|change| change.apply(&mut content.durable));
        Ok(())
    }

    fn resize(&self, size: u64) -> io::Result<()> {
        if self.disk.faults(|faults| faults.resize) {
            return Err(io::Error::other("input/output error"));
        }
        self.change(Change::Resize(usize::try_from(size).unwrap()));
        Ok(())
    }
}
