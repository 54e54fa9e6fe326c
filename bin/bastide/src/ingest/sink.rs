//! Where records go.

use std::fmt::Write as _;

use bastide_detect::Engine;
use bastide_ids::{Clock as _, SystemClock};
use bastide_ingest::{FileHead, FileState, Remembered, Sink};
use bastide_lake::Writer;
use bastide_logs::{Record, Rejected};
use serde_json::json;

/// Bytes of a rejected line that are kept, and of all of them together.
const LINE: usize = 64 << 10;
const ALL: usize = 64 << 20;

/// Bytes that wait before they are made durable.
const WAITING: usize = 64 << 20;

/// Into the detectors, into the lake, or both.
pub(crate) struct Into<'l> {
    /// Records are shown to these detectors.
    pub(crate) engine: Option<Engine>,
    /// Records are kept in this lake.
    pub(crate) writer: Option<Writer<'l>>,
    files: Remembered,
    /// What was rejected, as JSON lines; without a lake.
    pub(crate) rejected: String,
}

impl<'l> Into<'l> {
    pub(crate) fn new(engine: Option<Engine>, writer: Option<Writer<'l>>) -> Self {
        Self { engine, writer, files: Remembered::default(), rejected: String::new() }
    }

    /// Makes what waits durable.
    ///
    /// # Errors
    /// The lake's.
    pub(crate) fn commit(&mut self) -> Result<(), String> {
        match &mut self.writer {
            Some(writer) => writer.commit(SystemClock.now()).map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }
}

impl Sink for Into<'_> {
    fn state(&mut self, name: &str) -> Result<Option<FileState>, String> {
        match &self.writer {
            Some(writer) => writer.file(name).map_err(|error| error.to_string()),
            None => Ok(self.files.state(name).cloned()),
        }
    }

    fn known(&mut self, head: FileHead) -> Result<Option<FileState>, String> {
        match &self.writer {
            Some(writer) => writer.file_that_begins(head).map_err(|error| error.to_string()),
            None => Ok(self.files.known(head).cloned()),
        }
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), String> {
        if let Some(engine) = &mut self.engine {
            engine.feed(record);
        }
        if let Some(writer) = &mut self.writer {
            writer.add(record);
        }
        Ok(())
    }

    fn rejected(&mut self, file: &str, rejected: &Rejected<'_>) -> Result<(), String> {
        match &mut self.writer {
            Some(writer) => writer.reject(&line(file, rejected)),
            None if self.rejected.len() < ALL => self.rejected.push_str(&line(file, rejected)),
            None => {}
        }
        Ok(())
    }

    fn read(&mut self, state: FileState) -> Result<(), String> {
        match &mut self.writer {
            Some(writer) => {
                writer.note(state);
                if writer.waiting() > WAITING {
                    return self.commit();
                }
            }
            None => self.files.put(state),
        }
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
