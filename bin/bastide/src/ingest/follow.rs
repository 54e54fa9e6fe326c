//! Files that are still written to: findings are printed as they are made.

use std::fmt::Write as _;
use std::time::Duration;

use bastide_detect::Engine;
use bastide_finding::guardduty::Extra;
use bastide_finding::{asff, guardduty, ocsf, words};
use bastide_ids::{Clock as _, SystemClock};

use super::arguments::{Format, Ingest};
use super::outputs::print;
use super::sink::Into;
use super::text::clean;

/// Follows until the process is ended. What was read is durable after each look, so that it may be ended at any time.
///
/// # Errors
/// What could not be read or written.
pub(crate) fn run(arguments: &Ingest) -> Result<(), String> {
    let format = match arguments.output.format.as_slice() {
        [] => Format::Text,
        [format] if *format != Format::Html => *format,
        _ => return Err("--follow prints one of the formats text, json, asff and ocsf".to_owned()),
    };
    if arguments.paths.is_empty() || arguments.paths.iter().any(|path| path == "-") {
        return Err("--follow needs folders or files that can be looked at again".to_owned());
    }
    let mut lake = super::open_lake(arguments)?;
    let mut engine = super::engine(arguments)?;
    if let Some(lake) = &lake {
        super::replay(lake, &mut engine)?;
    }
    let writer = match &mut lake {
        Some(lake) => Some(lake.writer().map_err(|error| error.to_string())?),
        None => None,
    };
    let mut sink = Into::new(Some(engine), writer);
    let options = super::options(arguments);
    loop {
        // Listed anew each time: folders get new files.
        let sources = super::sources(arguments)?;
        let read = bastide_ingest::pass(&sources, &options, &mut sink, &mut |_| {});
        let read = read.map_err(|error| error.to_string())?;
        for (file, problem) in &read.problems {
            tracing::warn!("`{file}`: {problem}");
        }
        sink.commit()?;
        if let Some(engine) = &mut sink.engine {
            let now = SystemClock.now();
            engine.set_horizon(now.plus(super::AHEAD));
            // Windows end by the clock too: logs may fall silent. Only for those that are of now.
            if engine.log_time().is_some_and(|time| now.since(time) < super::AHEAD) {
                engine.tick(now);
            }
            print(&changes(engine, format))?;
        }
        sink.rejected.clear();
        std::thread::park_timeout(Duration::from_secs(arguments.input.interval));
    }
}

/// The findings that are new or have changed, a line each.
fn changes(engine: &mut Engine, format: Format) -> String {
    let mut out = String::new();
    let extra = Extra::default();
    for change in engine.changes(SystemClock.now()) {
        let Some(finding) = engine.finding(&change.id) else { continue };
        let line = match format {
            Format::Json => guardduty::json(finding, &extra).to_string(),
            Format::Asff => asff::json(finding, &extra).to_string(),
            Format::Ocsf => ocsf::json(finding, &extra).to_string(),
            Format::Text | Format::Html => {
                let detection = &finding.detection;
                let severity = guardduty::severity(detection);
                let again = if change.new { String::new() } else { format!(" ({} times)", detection.count) };
                clean(&format!(
                    "{} {:<8} {} {} [{}]{again}",
                    detection.last.iso8601(),
                    guardduty::severity_label(severity),
                    words::title(detection),
                    words::remote(detection),
                    detection.kind.name
                ))
            }
        };
        // Writing into a string does not fail.
        let _ = writeln!(out, "{line}");
    }
    out
}
