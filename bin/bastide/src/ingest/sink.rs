//! Where records go.

use std::fmt::Write as _;

use bastide_detect::Engine;
use bastide_ingest::{FileHead, FileState, Remembered, Sink};
use bastide_logs::{Record, Rejected};
use serde_json::json;

/// Bytes of a rejected line that are kept, and of all of them together.
const LINE: usize = 64 << 10;
const ALL: usize = 64 << 20;

/// Straight into the detectors; nothing is kept but what was rejected.
pub(crate) struct Direct {
    engine: Engine,
    files: Remembered,
    rejected: String,
}

impl Direct {
    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine, files: Remembered::default(), rejected: String::new() }
    }

    /// The engine, and what was rejected as JSON lines.
    pub(crate) fn into_parts(self) -> (Engine, String) {
        (self.engine, self.rejected)
    }
}

impl Sink for Direct {
    fn state(&mut self, name: &str) -> Result<Option<FileState>, String> {
        Ok(self.files.state(name).cloned())
    }

    fn known(&mut self, head: FileHead) -> Result<Option<FileState>, String> {
        Ok(self.files.known(head).cloned())
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), String> {
        self.engine.feed(record);
        Ok(())
    }

    fn rejected(&mut self, file: &str, rejected: &Rejected<'_>) -> Result<(), String> {
        if self.rejected.len() < ALL {
            self.rejected.push_str(&line(file, rejected));
        }
        Ok(())
    }

    fn read(&mut self, state: FileState) -> Result<(), String> {
        self.files.put(state);
        Ok(())
    }
}

/// What was rejected, as a line of JSON.
pub(crate) fn line(file: &str, rejected: &Rejected<'_>) -> String {
    let raw = rejected.raw.get(..LINE).unwrap_or(rejected.raw);
    let text = String::from_utf8_lossy(raw);
    let mut line = String::new();
    let object = json!({
        "file": file,
        "position": rejected.at,
        "reason": rejected.broken.reason,
        "foreign": rejected.foreign,
        "bytes": rejected.raw.len(),
        "text": text,
    });
    // Writing into a string does not fail.
    let _ = writeln!(line, "{object}");
    line
}
