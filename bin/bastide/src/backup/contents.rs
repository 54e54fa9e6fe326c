//! What a backup holds: all of it is read.

use std::fmt::Write as _;
use std::path::Path;

use bastide_backup::{Head, Manifest};
use bastide_events::{EventLog as _, LocalLog, Options, Position};
use bastide_ids::Timestamp;
use bastide_resources::Contents;
use bastide_seal::{Keyring, Status};
use serde_json::{Value, json};

/// What was found in an unpacked backup.
pub(super) struct Found {
    resources: Option<Contents>,
    events: Events,
    keyring: Option<Status>,
}

#[derive(Default)]
struct Events {
    count: u64,
    last: u64,
    times: Option<(Timestamp, Timestamp)>,
    /// Positions that were lost before the backup was made.
    missing: u64,
}

impl Found {
    /// Reads everything in a folder that a backup was unpacked into.
    pub(super) fn look(folder: &Path) -> Result<Self, String> {
        let database = folder.join("resources.db");
        let resources = database.exists().then(|| bastide_resources::examine(&database)).transpose();
        let path = folder.join("keyring.json");
        let keyring = match path.exists() {
            true => {
                let bytes = std::fs::read(&path).map_err(super::told(&path))?;
                Some(Keyring::parse(&bytes).map_err(|error| error.to_string())?.status(""))
            }
            false => None,
        };
        Ok(Self {
            resources: resources.map_err(|error| error.to_string())?,
            events: Events::read(&folder.join("events"))?,
            keyring,
        })
    }

    pub(super) fn in_words(&self, head: &Head, manifest: &Manifest, opened_by: Option<&str>) -> String {
        let mut text = String::new();
        let bytes: u64 = manifest.files.iter().map(|file| file.size).sum();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "backup of {}, made by bastide {}", head.created, head.made_by);
        let _ = writeln!(text, "  {} files, {bytes} bytes; all are what was backed up", manifest.files.len());
        match &self.resources {
            Some(found) => {
                let documents: u64 = found.documents.iter().map(|(_, count)| count).sum();
                let Contents { versions, outbox, .. } = found;
                let _ = writeln!(
                    text,
                    "resources: {documents} documents in {versions} versions, {outbox} records in the outbox"
                );
                for (kind, count) in &found.documents {
                    let _ = writeln!(text, "  {kind:32} {count}");
                }
            }
            None => text.push_str("resources: in PostgreSQL, not in here\n"),
        }
        let Events { count, last, times, missing } = &self.events;
        let _ = write!(text, "events: {count}, the last at position {last}");
        if let Some((oldest, newest)) = times {
            let _ = write!(text, ", of {} to {}", oldest.iso8601(), newest.iso8601());
        }
        text.push('\n');
        if *missing > 0 {
            let _ = writeln!(text, "  {missing} were lost before this backup was made");
        }
        if let Some(keyring) = &self.keyring {
            let seals: Vec<String> =
                keyring.seals.iter().map(|seal| format!("{} {}", seal.kind, seal.id)).collect();
            let _ = writeln!(text, "keyring: {}, opened by {}", keyring.keyring, seals.join(" or by "));
            if let Some(id) = opened_by {
                let _ = writeln!(text, "  it opens with seal {id}, and nobody has changed it");
            }
        }
        text
    }

    pub(super) fn as_json(&self, head: &Head, manifest: &Manifest, opened_by: Option<&str>) -> Value {
        let documents: Option<serde_json::Map<String, Value>> = self
            .resources
            .as_ref()
            .map(|found| found.documents.iter().map(|(kind, count)| (kind.clone(), json!(count))).collect());
        let Events { count, last, missing, .. } = &self.events;
        json!({
            "created": head.created,
            "madeBy": head.made_by,
            "files": manifest.files.len(),
            "bytes": manifest.files.iter().map(|file| file.size).sum::<u64>(),
            "documents": documents,
            "outbox": self.resources.as_ref().map(|found| found.outbox),
            "events": { "count": count, "last": last, "missing": missing },
            "keyring": self.keyring.as_ref().map(|keyring| &keyring.keyring),
            "seals": self.keyring.as_ref().map(|keyring| {
                keyring.seals.iter().map(|seal| json!({ "id": seal.id, "kind": seal.kind })).collect::<Vec<_>>()
            }),
            "openedBy": opened_by,
        })
    }
}

impl Events {
    /// Reads every event of a log.
    fn read(folder: &Path) -> Result<Self, String> {
        if !folder.is_dir() {
            return Ok(Self::default());
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        // Nothing is written: no space is needed ahead of time.
        let options = Options { preallocate: false, ..Options::default() };
        let (log, recovery) =
            LocalLog::open(folder, options, Box::new(|_| {})).map_err(|error| error.to_string())?;
        let lost = |damage: &bastide_events::Damage| (damage.last.0 + 1).saturating_sub(damage.first.0);
        let mut found = Self {
            missing: recovery.damaged.iter().map(lost).sum(),
            last: recovery.last.0,
            ..Self::default()
        };
        runtime.block_on(async {
            let mut after = Position::START;
            loop {
                let page = log.read(after, 1_000).await.map_err(|error| error.to_string())?;
                let Some((position, _)) = page.last() else { break };
                after = *position;
                for (_, event) in &page {
                    found.count += 1;
                    let (oldest, newest) = found.times.unwrap_or((event.time, event.time));
                    found.times = Some((oldest.min(event.time), newest.max(event.time)));
                }
            }
            log.close().await.map_err(|error| error.to_string())
        })?;
        Ok(found)
    }
}
