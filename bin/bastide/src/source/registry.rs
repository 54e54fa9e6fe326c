//! The sources that a server follows, and how far it has come with each: two files in the data folder.
//!
//! `sources.json` is written by `bastide source` and read by the server; `sources-status.json` the other way round. Each
//! is replaced as a whole, so that who reads one finds it whole.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// The most sources that a server follows.
const MOST: usize = 1_000;

/// A source that somebody has registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Registered {
    pub(crate) id: String,
    /// A path, a pattern or an address.
    pub(crate) path: String,
    /// The kind of its files; absent: each tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) include: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) exclude: Vec<String>,
    /// For buckets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) endpoint_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) no_sign_request: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca_bundle: Option<PathBuf>,
    /// ISO 8601.
    pub(crate) added: String,
}

/// How far a server has come with a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) path: String,
    /// `following`, `failing`, `waiting` while nobody has a detector, or `replaying` while an engine that has started
    /// anew is shown what was read before.
    pub(crate) state: String,
    /// How much of that it was shown, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replayed: Option<u64>,
    /// Files that were seen at the last look.
    pub(crate) files: u64,
    /// Files that were read to their end, records, and those of them that could not be read; since it was added.
    pub(crate) read: u64,
    pub(crate) records: u64,
    pub(crate) broken: u64,
    /// When something new was read last, and when it was looked last; ISO 8601.
    #[serde(default)]
    pub(crate) last_read: Option<String>,
    #[serde(default)]
    pub(crate) looked: Option<String>,
    /// What went wrong last, and when; it stays to be seen after it has passed.
    #[serde(default)]
    pub(crate) error: Option<String>,
    #[serde(default)]
    pub(crate) error_time: Option<String>,
    /// Whether it was named by `--source`.
    #[serde(default)]
    pub(crate) argument: bool,
}

#[derive(Serialize, Deserialize)]
struct Wanted {
    version: u32,
    sources: Vec<Registered>,
}

#[derive(Serialize, Deserialize)]
struct Statuses {
    version: u32,
    sources: BTreeMap<String, Status>,
}

/// The version of both files.
const VERSION: u32 = 1;

/// The files in a data folder.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    folder: PathBuf,
}

impl Registry {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { folder: data_dir.to_owned() }
    }

    fn wanted(&self) -> PathBuf {
        self.folder.join("sources.json")
    }

    /// What changes when the sources do.
    pub(crate) fn stamp(&self) -> Option<(SystemTime, u64)> {
        let found = fs::metadata(self.wanted()).ok()?;
        Some((found.modified().ok()?, found.len()))
    }

    /// The registered sources.
    ///
    /// # Errors
    /// When the file cannot be read, or holds something else.
    pub(crate) fn sources(&self) -> Result<Vec<Registered>, String> {
        let Some(wanted) = read::<Wanted>(&self.wanted())? else { return Ok(Vec::new()) };
        if wanted.version != VERSION {
            return Err(format!("`{}` is of another version of Bastide", self.wanted().display()));
        }
        Ok(wanted.sources)
    }

    /// Changes the sources, while nobody else does.
    ///
    /// # Errors
    /// What `change` says, or when the file cannot be read or written.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Vec<Registered>) -> Result<T, String>,
    ) -> Result<T, String> {
        let path = self.folder.join("sources.lock");
        let told = |error: std::io::Error| format!("`{}`: {error}", path.display());
        let mut options = File::options();
        let lock = options.create(true).truncate(false).write(true).mode(0o600).open(&path).map_err(told)?;
        lock.lock().map_err(told)?;
        let mut sources = self.sources()?;
        let done = change(&mut sources)?;
        if sources.len() > MOST {
            return Err(format!(
                "a server follows at most {MOST} sources; name a folder or a pattern for many files"
            ));
        }
        write(&self.wanted(), &Wanted { version: VERSION, sources })?;
        Ok(done)
    }

    /// What the server has last said of each source, by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn statuses(&self) -> Result<BTreeMap<String, Status>, String> {
        let found = read::<Statuses>(&self.folder.join("sources-status.json"))?;
        Ok(found.filter(|found| found.version == VERSION).map(|found| found.sources).unwrap_or_default())
    }

    /// Says how far each source has come.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn tell(&self, sources: BTreeMap<String, Status>) -> Result<(), String> {
        write(&self.folder.join("sources-status.json"), &Statuses { version: VERSION, sources })
    }
}

fn read<T: for<'d> Deserialize<'d>>(path: &Path) -> Result<Option<T>, String> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("`{}`: {error}", path.display())),
    };
    let found = serde_json::from_slice(&bytes);
    found.map(Some).map_err(|error| format!("`{}` is damaged: {error}", path.display()))
}

fn write(path: &Path, value: &impl Serialize) -> Result<(), String> {
    let told = |error: std::io::Error| format!("`{}`: {error}", path.display());
    let text = serde_json::to_vec_pretty(value).map_err(|error| error.to_string())?;
    let part = path.with_extension("part");
    let mut options = File::options();
    let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(&part).map_err(told)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(told)?;
    fs::rename(&part, path).map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::new(folder.path());
        assert_eq!(registry.sources().unwrap(), []);
        let one = Registered { id: "s-1".into(), path: "/logs".into(), ..Registered::default() };
        let add = |sources: &mut Vec<Registered>| {
            sources.push(one.clone());
            Ok(())
        };
        registry.change(add).unwrap();
        assert_eq!(registry.sources().unwrap(), [one]);
        let refused: Result<(), String> = registry.change(|_| Err("no".to_owned()));
        assert_eq!(refused, Err("no".to_owned()));
        let status = Status { path: "/logs".into(), records: 7, ..Status::default() };
        registry.tell(BTreeMap::from([("s-1".to_owned(), status.clone())])).unwrap();
        assert_eq!(registry.statuses().unwrap().get("s-1"), Some(&status));
        fs::write(registry.wanted(), "{").unwrap();
        assert!(registry.sources().unwrap_err().contains("damaged"));
    }

    #[test]
    fn there_are_not_too_many() {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::new(folder.path());
        let many = vec![Registered::default(); MOST + 1];
        assert!(registry.change(|sources| Ok(std::mem::replace(sources, many))).is_err());
        assert_eq!(registry.sources().unwrap(), []);
    }
}
