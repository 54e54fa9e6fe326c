//! Logs that a server follows: what is found in them is GuardDuty's as what is found in its own record.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use bastide_guardduty::work::Watched;
use clap::{Args as _, Command, FromArgMatches as _};

use super::arguments::Ingest;
use super::intake::{Intake, Kept};

/// Follows sources for as long as the server lives. Files are read once: what was read is kept in the data folder's
/// lake, and shown to an engine that has started anew, which finds again what was found.
pub(crate) async fn run(intake: Intake, paths: Vec<String>, data_dir: std::path::PathBuf) {
    let mut sources = match Sources::open(&paths, &data_dir) {
        Ok(sources) => sources,
        Err(error) => return tracing::error!(error, "no source is followed"),
    };
    let pause = Duration::from_secs(sources.arguments.input.interval);
    loop {
        tokio::time::sleep(pause).await;
        if paths.is_empty() && !intake.has_work() {
            continue;
        }
        let looked = intake.with(move |kept, watched| {
            let done = sources.look(kept, watched);
            (sources, done)
        });
        // It ends with the server.
        let Some((back, done)) = looked.await else { return };
        sources = back;
        if let Err(error) = done {
            tracing::warn!(error, "sources were not read; it is tried again");
        }
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
    /// Problems that were told of.
    told: BTreeSet<String>,
}

impl Sources {
    fn open(paths: &[String], data_dir: &Path) -> Result<Self, String> {
        Ok(Self { arguments: arguments(paths, data_dir)?, told: BTreeSet::new() })
    }

    /// Reads what is new. While nobody has a detector, nothing is read.
    fn look(&mut self, kept: &mut Kept, watched: &mut Watched) -> Result<(), String> {
        if !watched.is_on() {
            return Ok(());
        }
        kept.catch_up(watched).map_err(|error| error.to_string())?;
        if self.arguments.paths.is_empty() {
            return Ok(());
        }
        let sources = super::sources(&self.arguments)?;
        let options = super::options(&self.arguments);
        let mut taking = kept.begin(watched).map_err(|error| error.to_string())?;
        let read = bastide_ingest::pass(&sources, &options, &mut taking, &mut |_| {});
        let read = read.map_err(|error| error.to_string())?;
        taking.commit()?;
        for (file, problem) in &read.problems {
            if self.told.insert(format!("{file}: {problem}")) {
                tracing::warn!("`{file}`: {problem}");
            }
        }
        Ok(())
    }
}
