//! The state of an HSM in memory, and the one way to change it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use aws_lc_rs::digest;

use super::disk::{Disk, DiskError};
use super::record::{Body, Entry, Object, UserRecord, encoded, setting};
use crate::sealing::SealKey;
use crate::wire::{Code, EntryName, Fault, OperationId, SealedEntry, Secret, Version};

/// Objects that an HSM holds at most.
const MAX_OBJECTS: usize = 100_000;
/// How long a deleted session object is remembered.
const FORGET: Duration = Duration::from_secs(600);

/// An entry in memory.
pub(crate) struct Held {
    pub(crate) version: Version,
    pub(crate) session: bool,
    pub(crate) operation: Option<OperationId>,
    /// None when it was deleted.
    pub(crate) body: Option<Body>,
    raw: Option<Secret>,
    changed: Instant,
}

/// What is to become of an entry.
pub(crate) struct Change {
    pub(crate) name: EntryName,
    pub(crate) session: bool,
    /// None deletes it.
    pub(crate) body: Option<Secret>,
}

impl Change {
    pub(crate) fn setting(name: impl Into<String>, value: Secret) -> Self {
        Self { name: EntryName::Setting(name.into()), session: false, body: Some(value) }
    }

    pub(crate) fn user(name: &str, record: &UserRecord) -> Self {
        Self { name: EntryName::User(name.to_owned()), session: false, body: Some(encoded(record)) }
    }
}

/// All entries by name.
#[derive(Default)]
pub(crate) struct Entries {
    map: HashMap<EntryName, Held>,
    objects: usize,
    highest: u64,
}

impl Entries {
    pub(crate) fn held(&self, name: &EntryName) -> Option<&Held> {
        self.map.get(name)
    }

    pub(crate) fn object(&self, handle: u64) -> Option<&Arc<Object>> {
        match self.map.get(&EntryName::Object(handle))?.body.as_ref()? {
            Body::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.map.values().filter_map(|held| match &held.body {
            Some(Body::Object(object)) => Some(object),
            _ => None,
        })
    }

    pub(crate) fn user(&self, name: &str) -> Option<&Arc<UserRecord>> {
        match self.map.get(&EntryName::User(name.to_owned()))?.body.as_ref()? {
            Body::User(user) => Some(user),
            _ => None,
        }
    }

    /// Users by name.
    pub(crate) fn users(&self) -> Vec<(&str, &Arc<UserRecord>)> {
        let users = self.map.iter().filter_map(|(name, held)| match (name, &held.body) {
            (EntryName::User(name), Some(Body::User(user))) => Some((name.as_str(), user)),
            _ => None,
        });
        let mut users: Vec<_> = users.collect();
        users.sort_by_key(|(name, _)| *name);
        users
    }

    pub(crate) fn setting(&self, name: &str) -> Option<&Secret> {
        match self.map.get(&EntryName::Setting(name.to_owned()))?.body.as_ref()? {
            Body::Setting(value) => Some(value),
            _ => None,
        }
    }

    /// Settings whose name begins so, without that beginning.
    pub(crate) fn settings<'a>(&'a self, beginning: &'a str) -> impl Iterator<Item = (&'a str, &'a Secret)> {
        self.map.iter().filter_map(move |(name, held)| match (name, &held.body) {
            (EntryName::Setting(name), Some(Body::Setting(value))) => {
                name.strip_prefix(beginning).map(|rest| (rest, value))
            }
            _ => None,
        })
    }

    pub(crate) fn object_count(&self) -> usize {
        self.objects
    }

    /// Names and versions of all that the cluster shares.
    pub(crate) fn versions(&self) -> Vec<(EntryName, Version)> {
        let shared = self.map.iter().filter(|(name, _)| is_shared(name));
        shared.map(|(name, held)| (name.clone(), held.version)).collect()
    }

    /// All that is written to disk.
    pub(crate) fn durable(&self) -> Vec<Entry> {
        self.map.iter().filter(|(_, held)| !held.session).map(|(name, held)| entry(name, held)).collect()
    }

    fn apply(&mut self, entry: &Entry) -> Result<(), Fault> {
        let body = entry.body.as_ref().map(|body| Body::open(&entry.name, body)).transpose();
        let body = body.map_err(|error| Fault::new(Code::Device, error.to_string()))?;
        self.highest = self.highest.max(entry.version.count);
        let is_object = matches!(body, Some(Body::Object(_)));
        let held = Held {
            version: entry.version,
            session: entry.session,
            operation: entry.operation,
            body,
            raw: entry.body.clone(),
            changed: Instant::now(),
        };
        let before = self.map.insert(entry.name.clone(), held);
        let was_object = before.is_some_and(|before| matches!(before.body, Some(Body::Object(_))));
        self.objects = (self.objects + usize::from(is_object)).saturating_sub(usize::from(was_object));
        Ok(())
    }
}

fn entry(name: &EntryName, held: &Held) -> Entry {
    let (version, session, operation) = (held.version, held.session, held.operation);
    Entry { name: name.clone(), version, session, operation, body: held.raw.clone() }
}

fn is_shared(name: &EntryName) -> bool {
    !matches!(name, EntryName::Setting(name) if setting::is_local(name))
}

/// The state, and the disk under it.
pub(crate) struct State {
    entries: RwLock<Entries>,
    disk: Mutex<Disk>,
    /// This HSM's number in versions.
    writer: u64,
}

impl State {
    pub(crate) fn open(disk: Disk, entries: &[Entry], hsm: &str) -> Result<Self, Fault> {
        let mut all = Entries::default();
        for entry in entries {
            all.apply(entry)?;
        }
        let hash = digest::digest(&digest::SHA256, hsm.as_bytes());
        let writer = hash.as_ref().first_chunk().map_or(0, |start| u64::from_be_bytes(*start));
        Ok(Self { entries: RwLock::new(all), disk: Mutex::new(disk), writer })
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes entries: `decide` sees the state as it is and says what is to become of it. Durable here on return;
    /// the entries are for the other HSMs.
    pub(crate) fn change(
        &self,
        operation: Option<OperationId>,
        decide: impl FnOnce(&Entries) -> Result<Vec<Change>, Fault>,
    ) -> Result<Vec<Entry>, Fault> {
        let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = {
            let now = self.read();
            let changes = decide(&now)?;
            let version = Version { count: now.highest + 1, writer: self.writer };
            let new = changes.iter().filter(|change| is_new_object(&now, change)).count();
            if now.objects + new > MAX_OBJECTS {
                return Err(Fault::new(Code::Memory, "the HSM is full: destroy keys that are not needed"));
            }
            let entry = |Change { name, session, body }| Entry { name, version, session, operation, body };
            changes.into_iter().map(entry).collect::<Vec<_>>()
        };
        self.put(&mut disk, &entries)?;
        Ok(entries)
    }

    /// Takes entries of another HSM: those that are newer than what is here.
    pub(crate) fn take(&self, entries: Vec<Entry>) -> Result<(), Fault> {
        let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        let newer: Vec<Entry> = {
            let now = self.read();
            let is_newer = |entry: &Entry| {
                is_shared(&entry.name)
                    && now.held(&entry.name).is_none_or(|held| held.version < entry.version)
            };
            entries.into_iter().filter(is_newer).collect()
        };
        self.put(&mut disk, &newer)
    }

    /// Forgets everything and takes these entries instead: for a new HSM that joins or is restored.
    pub(crate) fn replace(&self, entries: &[Entry]) -> Result<(), Fault> {
        let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = Entries::default();
        for entry in entries {
            all.apply(entry)?;
        }
        disk.rewrite(&all.durable()).map_err(|error| broken(&error))?;
        *self.entries.write().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(())
    }

    fn put(&self, disk: &mut Disk, entries: &[Entry]) -> Result<(), Fault> {
        let durable: Vec<Entry> = entries.iter().filter(|entry| !entry.session).cloned().collect();
        if !durable.is_empty() {
            disk.append(&durable).map_err(|error| broken(&error))?;
        }
        let mut all = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        for entry in entries {
            all.apply(entry)?;
        }
        // What was asked for is durable already: a log that stays long is no reason to refuse it.
        if disk.is_long(all.map.len())
            && let Err(error) = disk.rewrite(&all.durable())
        {
            tracing::error!(%error, "the log could not be written anew");
        }
        Ok(())
    }

    /// Forgets deleted session objects after a while, and those whose client is `gone`.
    pub(crate) fn tidy(&self, gone: impl Fn(&[u8; 16]) -> bool) {
        let mut all = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let before = all.map.len();
        all.map.retain(|_, held| match &held.body {
            _ if !held.session => true,
            None => held.changed.elapsed() < FORGET,
            Some(Body::Object(object)) => !object.record.client.as_ref().is_some_and(&gone),
            Some(_) => true,
        });
        if all.map.len() != before {
            all.objects = all.objects().count();
        }
    }

    /// Entries for another HSM, under the masking key.
    pub(crate) fn mask(&self, key: &SealKey, names: &[EntryName]) -> Result<Vec<SealedEntry>, Fault> {
        let now = self.read();
        let shared = names.iter().filter(|name| is_shared(name));
        let held = shared.filter_map(|name| now.held(name).map(|held| entry(name, held)));
        held.map(|entry| mask(key, &entry)).collect()
    }
}

fn is_new_object(now: &Entries, change: &Change) -> bool {
    match change.name {
        EntryName::Object(handle) => change.body.is_some() && now.object(handle).is_none(),
        _ => false,
    }
}

/// An entry under the masking key: its name, version, kind and operation are authentic, its body secret.
pub(crate) fn mask(key: &SealKey, entry: &Entry) -> Result<SealedEntry, Fault> {
    let body = match &entry.body {
        Some(body) => Some(key.seal(&masked_with(entry), body).map_err(|error| broken(&error))?),
        None => None,
    };
    let Entry { name, version, session, operation, .. } = entry.clone();
    Ok(SealedEntry { name, version, session, operation, body })
}

/// The reverse of [`mask`].
pub(crate) fn unmask(key: &SealKey, sealed: SealedEntry) -> Result<Entry, Fault> {
    let SealedEntry { name, version, session, operation, body } = sealed;
    let mut entry = Entry { name, version, session, operation, body: None };
    if let Some(body) = body {
        let plain = key.open(&masked_with(&entry), &body).map_err(|error| broken(&error))?;
        entry.body = Some(Secret::from(plain.as_slice()));
    }
    Ok(entry)
}

fn masked_with(entry: &Entry) -> Vec<u8> {
    minicbor::to_vec((&entry.name, entry.version, entry.session, entry.operation)).unwrap_or_default()
}

/// A fault of the HSM itself: logged, and told without its cause.
pub(crate) fn broken(error: &dyn std::error::Error) -> Fault {
    tracing::error!(%error, "the HSM failed");
    Fault::new(Code::Device, "the HSM failed: its log says why")
}

impl From<DiskError> for Fault {
    fn from(error: DiskError) -> Self {
        broken(&error)
    }
}
