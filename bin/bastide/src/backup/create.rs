use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use bastide_backup::{BackupError, FORMAT, Head, Writer};
use bastide_events::{Settled, Snapshot};
use bastide_ids::{Clock as _, SystemClock};
use bastide_resources::{Contents, Store};
use bastide_seal::Keyring;
use serde_json::{Value, json};

use super::{Temporary, told};

/// What an HSM leaves in its folder while it writes its state anew, and locks.
const PASSING: [&str; 3] = [".new", ".tmp", ".lock"];

/// Writes a backup.
pub(super) fn create(file: &Path, data_dir: &Path, store: Option<&str>) -> Result<String, String> {
    let to_stdout = file == Path::new("-");
    if !to_stdout && file.exists() {
        return Err(format!("`{}` is there already: name a new file", file.display()));
    }
    let near = if to_stdout { data_dir.join("backup") } else { file.to_owned() };
    let taken = take(data_dir, store, &near)?;
    if to_stdout {
        let mut out = write(BufWriter::new(io::stdout().lock()), data_dir, &taken)?;
        out.flush().map_err(|error| format!("standard output: {error}"))?;
        return Ok(String::new());
    }
    let partial = Temporary::beside(file, "partial");
    let opened = File::options().write(true).create_new(true).mode(0o600).open(&partial.path);
    let out = write(BufWriter::new(opened.map_err(told(&partial.path))?), data_dir, &taken)?;
    let out = out.into_inner().map_err(|error| format!("`{}`: {error}", partial.path.display()))?;
    out.sync_all().map_err(told(&partial.path))?;
    let size = out.metadata().map_err(told(&partial.path))?.len();
    partial.rename(file).map_err(told(file))?;
    let mut text = format!("wrote `{}`, {size} bytes: {}\n", file.display(), taken.in_words());
    if taken.contents.is_none() {
        text.push_str(
            "The resources and the keyring are in the PostgreSQL database: they are in what pg_dump has written \
             before this, and not in here\n",
        );
    }
    Ok(text)
}

/// What a data folder holds at one moment.
struct Taken {
    /// The copy of the resources; `None` when they are in another database.
    resources: Option<Temporary>,
    contents: Option<Contents>,
    events: Option<Settled>,
    keyring: Option<(Vec<u8>, Keyring)>,
    /// Small files, by name.
    files: Vec<(String, PathBuf)>,
}

fn take(data_dir: &Path, store: Option<&str>, near: &Path) -> Result<Taken, String> {
    let (database, log) = (data_dir.join("resources.db"), data_dir.join("events"));
    let address = store.unwrap_or_default();
    let database = match address.strip_prefix("sqlite:") {
        Some(path) => PathBuf::from(path),
        None => database,
    };
    let events = || log.is_dir().then(|| Snapshot::take(&log)).transpose().map_err(|error| error.to_string());
    let (mut resources, mut contents) = (None, None);
    let snapshot = if Store::is_shared(address) {
        events()?
    } else {
        if !database.exists() {
            return Err(format!(
                "there is no `{}`: name the data folder with --data-dir, and the store with --store if it has \
                 another",
                database.display()
            ));
        }
        let copy = Temporary::beside(near, "resources");
        // Nothing is committed while the events are taken hold of: the record of every change that is in the copy is
        // among them or in the copy's outbox, and there is none of a change that is not.
        let taken = bastide_resources::copy(&database, &copy.path, events);
        let taken = taken.map_err(|error| error.to_string())??;
        contents = Some(bastide_resources::examine(&copy.path).map_err(|error| error.to_string())?);
        resources = Some(copy);
        taken
    };
    let events = snapshot.map(Snapshot::settle).transpose().map_err(|error| error.to_string())?;
    // After the resources: it opens all that was sealed before.
    let path = data_dir.join("keyring.json");
    let keyring = match &resources {
        Some(_) => {
            let bytes = fs::read(&path).map_err(told(&path))?;
            let keyring = Keyring::parse(&bytes).map_err(|error| error.to_string())?;
            Some((bytes, keyring))
        }
        None => None,
    };
    let mut files = Vec::new();
    if data_dir.join("node").exists() {
        files.push(("node".to_owned(), data_dir.join("node")));
    }
    let hsm = data_dir.join("hsm");
    if hsm.is_dir() {
        find(&hsm, "hsm", &mut files).map_err(told(&hsm))?;
    }
    Ok(Taken { resources, contents, events, keyring, files })
}

/// The files of a folder and of those in it.
fn find(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(own) = entry.file_name().into_string() else { continue };
        let (name, kind) = (format!("{name}/{own}"), entry.file_type()?);
        if kind.is_dir() {
            find(&entry.path(), &name, files)?;
        } else if kind.is_file() && !PASSING.iter().any(|end| own.ends_with(end)) {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}

/// Writes the archive.
fn write<W: Write>(out: W, data_dir: &Path, taken: &Taken) -> Result<W, String> {
    let failed = |error: BackupError| error.to_string();
    let created = SystemClock.now().iso8601();
    let head = Head { format: FORMAT, made_by: env!("CARGO_PKG_VERSION").to_owned(), created };
    let mut archive = Writer::new(out, &head).map_err(failed)?;
    if let Some(copy) = &taken.resources {
        add_file(&mut archive, "resources.db", &copy.path)?;
    }
    for part in taken.events.iter().flat_map(|events| &events.parts) {
        let name = format!("events/{}", part.name);
        archive.add(&name, part.size, |out| part.read_into(out)).map_err(failed)?;
    }
    if let Some((bytes, _)) = &taken.keyring {
        archive.add("keyring.json", bytes.len() as u64, |out| out.write_all(bytes)).map_err(failed)?;
    }
    for (name, path) in &taken.files {
        add_file(&mut archive, name, path)?;
    }
    archive.finish(taken.notes(data_dir)).map_err(failed)
}

/// Adds a file as far as it goes when it is opened: an HSM may write on.
fn add_file<W: Write>(archive: &mut Writer<W>, name: &str, path: &Path) -> Result<(), String> {
    let mut file = match File::open(path) {
        // An HSM was deleted meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound && name.starts_with("hsm/") => return Ok(()),
        opened => opened.map_err(told(path))?,
    };
    let size = file.metadata().map_err(told(path))?.len();
    let content = |out: &mut dyn Write| io::copy(&mut io::Read::take(&mut file, size), out).map(drop);
    archive.add(name, size, content).map_err(|error| format!("`{}`: {error}", path.display()))
}

impl Taken {
    fn in_words(&self) -> String {
        let documents: u64 = self.contents.iter().flat_map(|found| &found.documents).map(|(_, n)| n).sum();
        let events = self.events.as_ref().map_or(0, count);
        format!("{documents} documents, {events} events")
    }

    /// What stands in the manifest.
    fn notes(&self, data_dir: &Path) -> Value {
        let events = self.events.as_ref().map(|events| {
            let missing: Vec<_> = events.missing.iter().map(|(first, last)| [first.0, last.0]).collect();
            json!({ "first": events.first.0, "last": events.last.0, "missing": missing })
        });
        let keyring = self.keyring.as_ref().map(|(_, keyring)| {
            let seals: Vec<_> =
                keyring.seals.iter().map(|seal| json!({ "id": seal.id, "kind": seal.kind })).collect();
            json!({ "id": keyring.id, "seals": seals, "current": keyring.current })
        });
        json!({
            "dataDir": data_dir.display().to_string(),
            "resources": if self.resources.is_some() { "included" } else { "in PostgreSQL: restore it from pg_dump" },
            "events": events,
            "keyring": keyring,
        })
    }
}

/// How many events there are, at most.
fn count(events: &Settled) -> u64 {
    let lost: u64 = events.missing.iter().map(|(first, last)| last.0 - first.0 + 1).sum();
    (events.last.0 + 1).saturating_sub(events.first.0.max(1)).saturating_sub(lost)
}
