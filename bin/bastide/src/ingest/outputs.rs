//! What is printed and what is written.

use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use bastide_finding::guardduty::Extra;
use bastide_finding::{Finding, asff, guardduty, ocsf};
use serde_json::Value;

use super::arguments::{Format, Output};
use super::facts::Facts;
use super::html;
use super::text::{Ink, summary};

/// Where a report goes unless it is told.
const FOLDER: &str = "bastide-report";

/// Refuses what makes no sense, before anything is read.
///
/// # Errors
/// What makes no sense.
pub(crate) fn check(output: &Output) -> Result<(), String> {
    if output.output.is_none() && !output.report && output.format.len() > 1 {
        return Err("only one format can be printed: name a folder by --output for several".to_owned());
    }
    Ok(())
}

/// Prints and writes what is asked for.
///
/// # Errors
/// What could not be written.
pub(crate) fn write(output: &Output, facts: &Facts, rejected: &str) -> Result<(), String> {
    let folder = output.output.clone().or_else(|| output.report.then(|| PathBuf::from(FOLDER)));
    match (&folder, output.format.first()) {
        (None, None) => print(&summary(facts, output.top, ink())),
        (None, Some(Format::Text)) => print(&summary(facts, output.top, Ink(false))),
        (None, Some(format)) => print(&rendered(*format, facts)),
        (Some(folder), _) => {
            let all = [Format::Text, Format::Json, Format::Asff, Format::Ocsf, Format::Html];
            let chosen =
                |format: &Format| output.report || output.format.is_empty() || output.format.contains(format);
            fs::create_dir_all(folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
            for format in all.into_iter().filter(chosen) {
                put(&folder.join(name(format)), &rendered(format, facts))?;
            }
            put(&folder.join("rejected.jsonl"), rejected)?;
            print(&summary(facts, output.top, ink()))?;
            let shown = if output.report || output.format.is_empty() || output.format.contains(&Format::Html)
            {
                folder.join(name(Format::Html))
            } else {
                folder.clone()
            };
            print(&format!("Written: `{}`.\n", shown.display()))
        }
    }
}

fn name(format: Format) -> &'static str {
    match format {
        Format::Text => "summary.txt",
        Format::Json => "findings.json",
        Format::Asff => "findings.asff.json",
        Format::Ocsf => "findings.ocsf.json",
        Format::Html => "report.html",
    }
}

fn rendered(format: Format, facts: &Facts) -> String {
    match format {
        Format::Text => summary(facts, usize::MAX, Ink(false)),
        Format::Json => array(facts, guardduty::json),
        Format::Asff => array(facts, asff::json),
        Format::Ocsf => array(facts, ocsf::json),
        Format::Html => html::page(facts),
    }
}

/// A JSON array, a finding a line.
fn array(facts: &Facts, json: impl Fn(&Finding, &Extra<'_>) -> Value) -> String {
    let extra = Extra::default();
    let lines: Vec<String> = facts.findings.iter().map(|finding| json(finding, &extra).to_string()).collect();
    if lines.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", lines.join(",\n")) }
}

#[allow(
    clippy::disallowed_methods,
    reason = "NO_COLOR is a person's wish about this terminal, not configuration"
)]
fn ink() -> Ink {
    Ink(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
}

/// Prints to standard output.
///
/// # Errors
/// When it is closed by other than a reader that has seen enough.
pub(crate) fn print(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // `… | head` has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(|error| format!("standard output: {error}")),
    }
}

fn put(path: &Path, text: &str) -> Result<(), String> {
    crate::data::write_whole(path, text.as_bytes()).map_err(|error| format!("`{}`: {error}", path.display()))
}
