//! Logs that a server follows: what is found in them is GuardDuty's as what is found in its own record.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use bastide_guardduty::work::{Feed, Watched};
use bastide_ids::{Clock as _, SystemClock};
use bastide_ingest::{FileHead, FileState, Sink};
use bastide_lake::{Lake, Writer};
use bastide_logs::{Record, Rejected};
use clap::{Args as _, Command, FromArgMatches as _};

use super::arguments::Ingest;
use super::sink::line;

/// Bytes that wait before they are made durable.
const WAITING: usize = 16 << 20;

/// Follows sources for as long as the server lives. Files are read once: what was read is kept in the data folder's
/// lake, and shown to an engine that has started anew, which finds again what was found.
pub(crate) async fn run(feed: Feed, paths: Vec<String>, data_dir: std::path::PathBuf) {
    if paths.is_empty() {
        return;
    }
    let mut sources = match Sources::open(&paths, &data_dir) {
        Ok(sources) => sources,
        Err(error) => return tracing::error!(error, "no source is followed"),
    };
    let pause = Duration::from_secs(sources.arguments.input.interval);
    loop {
        let looked = feed.with(move |watched| {
            let done = sources.look(watched);
            (sources, done)
        });
        // It ends with the server.
        let Some((back, done)) = looked.await else { return };
        sources = back;
        if let Err(error) = done {
            tracing::warn!(error, "sources were not read; it is tried again");
        }
        tokio::time::sleep(pause).await;
    }
}

/// Whether sources can be followed at all: for the start, where it is an error.
///
/// # Errors
/// Which cannot, and why.
pub(crate) fn check(paths: &[String], data_dir: &Path) -> Result<(), String> {
    if paths.is_empty() { Ok(()) } else { super::sources(&arguments(paths, data_dir)?).map(drop) }
}

/// As `bastide ingest --data-dir` has them, with its environment for buckets.
fn arguments(paths: &[String], data_dir: &Path) -> Result<Ingest, String> {
    let folder = data_dir.to_str().ok_or("the path of the data folder is not UTF-8")?;
    let words = ["source", "--data-dir", folder, "--"].into_iter().chain(paths.iter().map(String::as_str));
    let read = Ingest::augment_args(Command::new("source")).try_get_matches_from(words);
    read.and_then(|read| Ingest::from_arg_matches(&read)).map_err(|error| error.to_string())
}

struct Sources {
    arguments: Ingest,
    lake: Lake,
    /// How often the engine had been started when it was shown what the lake holds.
    shown: u64,
    /// Problems that were told of.
    told: BTreeSet<String>,
}

impl Sources {
    fn open(paths: &[String], data_dir: &Path) -> Result<Self, String> {
        let arguments = arguments(paths, data_dir)?;
        let lake = super::open_lake(&arguments)?.ok_or("there is no data folder")?;
        Ok(Self { arguments, lake, shown: 0, told: BTreeSet::new() })
    }

    /// Reads what is new. While nobody has a detector, nothing is read.
    fn look(&mut self, watched: &mut Watched) -> Result<(), String> {
        if !watched.is_on() {
            return Ok(());
        }
        if self.shown != watched.starts() {
            let mut show = |record: &Record<'_>| watched.show(record, 0);
            self.lake.replay(None, &mut show).map_err(|error| error.to_string())?;
            self.shown = watched.starts();
        }
        let sources = super::sources(&self.arguments)?;
        let options = super::options(&self.arguments);
        let writer = self.lake.writer().map_err(|error| error.to_string())?;
        let mut sink = Followed { watched, writer };
        let read = bastide_ingest::pass(&sources, &options, &mut sink, &mut |_| {});
        let read = read.map_err(|error| error.to_string())?;
        sink.commit()?;
        for (file, problem) in &read.problems {
            if self.told.insert(format!("{file}: {problem}")) {
                tracing::warn!("`{file}`: {problem}");
            }
        }
        Ok(())
    }
}

/// Into the engine, and into the lake.
struct Followed<'a> {
    watched: &'a mut Watched,
    writer: Writer<'a>,
}

impl Followed<'_> {
    fn commit(&mut self) -> Result<(), String> {
        self.writer.commit(SystemClock.now()).map_err(|error| error.to_string())
    }
}

impl Sink for Followed<'_> {
    fn state(&mut self, name: &str) -> Result<Option<FileState>, String> {
        self.writer.file(name).map_err(|error| error.to_string())
    }

    fn known(&mut self, head: FileHead) -> Result<Option<FileState>, String> {
        self.writer.file_that_begins(head).map_err(|error| error.to_string())
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), String> {
        let bytes = match record {
            Record::CloudTrail(event) => event.raw.len(),
            Record::Kubernetes(event) => event.raw.len(),
            Record::Flow(_) | Record::Dns(_) | Record::Login(_) => 0,
        };
        self.watched.show(record, bytes);
        self.writer.add(record);
        Ok(())
    }

    fn rejected(&mut self, file: &str, rejected: &Rejected<'_>) -> Result<(), String> {
        self.writer.reject(&line(file, rejected));
        Ok(())
    }

    fn read(&mut self, state: FileState) -> Result<(), String> {
        self.writer.note(state);
        if self.writer.waiting() > WAITING { self.commit() } else { Ok(()) }
    }
}
