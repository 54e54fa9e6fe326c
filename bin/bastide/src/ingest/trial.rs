//! The operator's rules: read, and tried before they count.

use std::fmt::Write as _;

use bastide_detect::rules::{Rules, Trial};
use bastide_ingest::{FileHead, FileState, Remembered, Sink};
use bastide_logs::{Record, Rejected};

use super::arguments::Ingest;
use super::outputs::print;
use super::text::{clean, plural, some};

/// The rules of the files and folders. Files that are refused are told.
///
/// # Errors
/// What cannot be read, and a folder in which no file is a rule.
pub(crate) fn rules(arguments: &Ingest) -> Result<Vec<Rules>, String> {
    let mut all = Vec::new();
    for path in &arguments.detection.rules {
        let told = |error: std::io::Error| format!("`{}`: {error}", path.display());
        let (rules, refused) = Rules::load(path, &Default::default()).map_err(told)?;
        for file in &refused {
            tracing::warn!("a file of rules is left out: {file}");
        }
        if rules.is_empty() {
            let why = refused.first().map(|first| format!(": {first}")).unwrap_or_default();
            return Err(format!("`{}` holds no rule that can be used{why}", path.display()));
        }
        all.push(rules);
    }
    Ok(all)
}

/// Shows records to the rules, and tells what each would match.
///
/// # Errors
/// What could not be read.
pub(crate) fn run(arguments: &Ingest) -> Result<(), String> {
    let trials = rules(arguments)?.into_iter().map(Trial::new).collect();
    let sources = super::sources(arguments)?;
    let mut tries = Tries { trials, files: Remembered::default() };
    let read = bastide_ingest::pass(&sources, &super::options(arguments), &mut tries, &mut |_| {});
    let read = read.map_err(|error| error.to_string())?;
    let mut out = format!("Tried on {}.\n", plural(read.records, "record", "records"));
    for tried in tries.trials.into_iter().flat_map(Trial::finish) {
        // Writing into a string does not fail.
        let _ = writeln!(
            out,
            "{:>10} of {} {}{}",
            tried.matched,
            plural(tried.seen, "record", "records"),
            clean(&tried.title),
            tried.refusal.map(|why| format!(": not to be used: {}", clean(&why))).unwrap_or_default()
        );
        if !tried.examples.is_empty() {
            let examples = tried.examples.iter().map(|record| format!("{} [{}]", record.what, record.id));
            let _ = writeln!(out, "           for example {}", some(examples, 3));
        }
    }
    print(&out)
}

struct Tries {
    trials: Vec<Trial>,
    files: Remembered,
}

impl Sink for Tries {
    fn state(&mut self, name: &str) -> Result<Option<FileState>, String> {
        Ok(self.files.state(name).cloned())
    }

    fn known(&mut self, head: FileHead) -> Result<Option<FileState>, String> {
        Ok(self.files.known(head).cloned())
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), String> {
        for trial in &mut self.trials {
            trial.feed(record);
        }
        Ok(())
    }

    fn rejected(&mut self, _: &str, _: &Rejected<'_>) -> Result<(), String> {
        Ok(())
    }

    fn read(&mut self, state: FileState) -> Result<(), String> {
        self.files.put(state);
        Ok(())
    }
}
