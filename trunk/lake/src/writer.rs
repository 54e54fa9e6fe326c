//! Writing into the lake.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use bastide_ids::Timestamp;
use bastide_logs::Record;

use crate::catalog::{FileHead, FileState, Part, path_of};
use crate::error::LakeError;
use crate::lake::Lake;
use crate::partition::{Kind, Partition, day};
use crate::read::PartReader;
use crate::rows;
use crate::table::Table;

/// Parts of a partition from which they are made one, and the bytes that they may have together.
const MERGE_FROM: usize = 8;
const MERGE_BYTES: u64 = 64 << 20;

/// The one who writes. What was not committed when it is dropped is lost.
pub struct Writer<'l> {
    lake: &'l mut Lake,
    /// Held while this lives.
    _lock: File,
    tables: BTreeMap<Partition, usize>,
    open: Vec<(Partition, Table)>,
    /// The table of the last record: most follow each other.
    last: usize,
    files: HashMap<String, FileState>,
    /// Of the files that begin so, the one that was read furthest.
    heads: HashMap<FileHead, String>,
    rejected: Vec<u8>,
    rejected_lines: u64,
    next: i64,
}

impl<'l> Writer<'l> {
    pub(crate) fn new(lake: &'l mut Lake, lock: File) -> Result<Self, LakeError> {
        let next = lake.catalog.next_id()?;
        Ok(Self {
            lake,
            _lock: lock,
            tables: BTreeMap::new(),
            open: Vec::new(),
            last: 0,
            files: HashMap::new(),
            heads: HashMap::new(),
            rejected: Vec::new(),
            rejected_lines: 0,
            next,
        })
    }

    /// The lake, as it was committed.
    #[must_use]
    pub fn lake(&self) -> &Lake {
        self.lake
    }

    /// How far a file was read, with what is not committed yet.
    ///
    /// # Errors
    /// [`LakeError`].
    pub fn file(&self, name: &str) -> Result<Option<FileState>, LakeError> {
        match self.files.get(name) {
            Some(state) => Ok(Some(state.clone())),
            None => self.lake.file(name),
        }
    }

    /// The file that begins so, with what is not committed yet.
    ///
    /// # Errors
    /// [`LakeError`].
    pub fn file_that_begins(&self, head: FileHead) -> Result<Option<FileState>, LakeError> {
        match self.heads.get(&head).and_then(|name| self.files.get(name)) {
            Some(state) => Ok(Some(state.clone())),
            None => self.lake.file_that_begins(head),
        }
    }

    /// Takes a record.
    pub fn add(&mut self, record: &Record<'_>) {
        if let Some((partition, table)) = self.open.get_mut(self.last)
            && partition.holds(record)
        {
            return rows::push(table, record);
        }
        let partition = Partition::of(record);
        let open = &mut self.open;
        let index = *self.tables.entry(partition).or_insert_with_key(|partition| {
            open.push((partition.clone(), Table::new(partition.kind)));
            open.len() - 1
        });
        self.last = index;
        if let Some((_, table)) = self.open.get_mut(index) {
            rows::push(table, record);
        }
    }

    /// Takes a line of JSON that tells what could not be read.
    pub fn reject(&mut self, line: &str) {
        self.rejected.extend_from_slice(line.trim_end().as_bytes());
        self.rejected.push(b'\n');
        self.rejected_lines += 1;
    }

    /// Takes note of how far a file was read.
    pub fn note(&mut self, state: FileState) {
        let name = state.name.clone();
        let (head, offset) = (state.head, state.offset);
        let before = self.files.insert(name.clone(), state).and_then(|before| before.head);
        if let Some(before) =
            before.filter(|before| Some(*before) != head && self.heads.get(before) == Some(&name))
        {
            // Another file has taken the name.
            let others = self.files.values().filter(|state| state.head == Some(before));
            match others.max_by_key(|state| (state.offset, &state.name)) {
                Some(other) => self.heads.insert(before, other.name.clone()),
                None => self.heads.remove(&before),
            };
        }
        if let Some(head) = head {
            let furthest = self.heads.get(&head).and_then(|name| self.files.get(name));
            if furthest.is_none_or(|furthest| furthest.offset <= offset) {
                self.heads.insert(head, name);
            }
        }
    }

    /// Bytes of memory that wait to be committed, about.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let rows: usize = self.open.iter().map(|(_, table)| table.bytes()).sum();
        rows + self.rejected.len() + 300 * self.files.len()
    }

    /// The number of the next part: those that are committed from now on have this one or a later one.
    #[must_use]
    pub fn next_part(&self) -> i64 {
        self.next
    }

    /// Makes all that was taken durable, records and files together or neither. `now` dates what was rejected.
    ///
    /// # Errors
    /// [`LakeError`]; then nothing was committed, and this should not be used further.
    pub fn commit(&mut self, now: Timestamp) -> Result<(), LakeError> {
        let done = self.write_all(now);
        self.told(done)
    }

    /// What was written when something failed is nobody's.
    fn told<T>(&mut self, done: Result<T, LakeError>) -> Result<T, LakeError> {
        if done.is_err() {
            self.lake.mark = None;
        }
        done
    }

    fn write_all(&mut self, now: Timestamp) -> Result<(), LakeError> {
        let mut added = Vec::new();
        self.tables.clear();
        self.last = 0;
        for (partition, table) in std::mem::take(&mut self.open) {
            if let Some(part) = self.write(partition, table)? {
                added.push(part);
            }
        }
        if !self.rejected.is_empty() {
            added.push(self.write_rejected(now)?);
        }
        self.heads.clear();
        let files: Vec<FileState> = self.files.drain().map(|(_, state)| state).collect();
        if added.is_empty() && files.is_empty() {
            return Ok(());
        }
        self.lake.catalog.commit(&added, &[], &files, self.next)
    }

    fn write(&mut self, partition: Partition, table: Table) -> Result<Option<Part>, LakeError> {
        let Some((first, last)) = table.span() else { return Ok(None) };
        let id = self.take_id();
        let path = self.lake.root.join(path_of(&partition, id));
        make_folder(&self.lake.root, &path)?;
        let rows = table.rows() as u64;
        let bytes = table.write(&path)?;
        sync_folder(&path)?;
        let (first, last) = (Timestamp::from_millis(first), Timestamp::from_millis(last));
        Ok(Some(Part { id, partition, rows, bytes, first, last }))
    }

    fn write_rejected(&mut self, now: Timestamp) -> Result<Part, LakeError> {
        let (account, region) = ("unknown".to_owned(), "unknown".to_owned());
        let partition = Partition { kind: Kind::Rejected, day: day(now), account, region };
        let id = self.take_id();
        let path = self.lake.root.join(path_of(&partition, id));
        make_folder(&self.lake.root, &path)?;
        let text = std::mem::take(&mut self.rejected);
        let rows = std::mem::take(&mut self.rejected_lines);
        let mut file = File::create_new(&path).map_err(LakeError::io(&path))?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(LakeError::io(&path))?;
        sync_folder(&path)?;
        Ok(Part { id, partition, rows, bytes: text.len() as u64, first: now, last: now })
    }

    fn take_id(&mut self) -> i64 {
        let id = self.next;
        self.next += 1;
        id
    }

    /// Makes one part of several small ones of the same partition. Gives how many there are fewer.
    ///
    /// # Errors
    /// [`LakeError`].
    pub fn compact(&mut self) -> Result<usize, LakeError> {
        let mut groups: BTreeMap<Partition, Vec<Part>> = BTreeMap::new();
        for part in self.lake.parts()? {
            if part.partition.kind != Kind::Rejected && part.bytes < MERGE_BYTES / 2 {
                groups.entry(part.partition.clone()).or_default().push(part);
            }
        }
        let mut fewer = 0;
        for (partition, parts) in groups {
            let mut bytes = 0;
            let fits = |part: &Part| {
                bytes += part.bytes;
                bytes <= MERGE_BYTES
            };
            let parts: Vec<Part> = parts.into_iter().take_while(fits).collect();
            if parts.len() >= MERGE_FROM {
                let merged = self.merge(partition, &parts);
                fewer += self.told(merged)?;
            }
        }
        Ok(fewer)
    }

    fn merge(&mut self, partition: Partition, parts: &[Part]) -> Result<usize, LakeError> {
        let mut table = Table::new(partition.kind);
        for part in parts {
            let mut reader = PartReader::open(&self.lake.root, part)?;
            while reader.next()? {
                reader.show(&mut |record| rows::push(&mut table, record))?;
            }
        }
        let removed: Vec<i64> = parts.iter().map(|part| part.id).collect();
        let Some(part) = self.write(partition, table)? else { return Ok(0) };
        self.lake.catalog.commit(&[part], &removed, &[], self.next)?;
        for part in parts {
            if fs::remove_file(self.lake.root.join(part.path())).is_err() {
                // The next writer removes what stays.
                self.lake.mark = None;
            }
        }
        Ok(parts.len() - 1)
    }
}

fn make_folder(root: &Path, path: &Path) -> Result<(), LakeError> {
    let folder = path.parent().unwrap_or(root);
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(LakeError::io(folder))?;
    // The names of new folders must last as long as what is in them.
    for made in folder.ancestors().take_while(|made| made.starts_with(root)) {
        File::open(made).and_then(|made| made.sync_all()).map_err(LakeError::io(made))?;
    }
    Ok(())
}

fn sync_folder(path: &Path) -> Result<(), LakeError> {
    let folder = path.parent().unwrap_or(path);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(LakeError::io(folder))
}
