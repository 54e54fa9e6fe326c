//! `bastide ingest`: logs in, a report out.

mod arguments;
mod facts;
mod follow;
mod html;
pub(crate) mod intake;
pub(crate) mod intel;
mod outputs;
mod picture;
mod remote;
mod sink;
pub(crate) mod sources;
pub(crate) mod tally;
mod text;
mod trial;

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bastide_detect::{Engine, Settings};
use bastide_finding::guardduty;
use bastide_ids::{Clock as _, SystemClock};
use bastide_ingest::{Choice, Local, Options, Progress, Source, Stdin};
use bastide_lake::{Lake, LakeError};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

pub(crate) use arguments::{Buckets, Ingest, Kind};
use facts::Facts;
use sink::Into;

/// Clocks of machines differ by less than this.
const AHEAD: Duration = Duration::from_secs(900);

/// Does what is asked. The status is 0, 1 when something was found that the caller fails on, or 2.
pub(crate) fn run(arguments: &Ingest) -> ExitCode {
    let done = if arguments.input.follow {
        follow::run(arguments).map(|()| false)
    } else if arguments.detection.try_rules {
        trial::run(arguments).map(|()| false)
    } else {
        report(arguments)
    };
    match done {
        Ok(false) => ExitCode::SUCCESS,
        Ok(true) => ExitCode::from(1),
        Err(why) => {
            crate::fail(&why);
            ExitCode::from(2)
        }
    }
}

/// Reads, detects and tells; whether something was found that the caller fails on.
fn report(arguments: &Ingest) -> Result<bool, String> {
    outputs::check(&arguments.output)?;
    let began = Instant::now();
    let sources = sources(arguments)?;
    let engine = engine(arguments)?;
    let options = options(arguments);
    let (mut engine, read, rejected) = match open_lake(arguments)? {
        None => {
            let mut sink = Into::new(Some(engine), None);
            let read = pass(&sources, &options, &mut sink, arguments)?;
            let engine = sink.engine.ok_or("the detectors are gone")?;
            (engine, read, sink.rejected)
        }
        Some(mut lake) => {
            let read = store(&mut lake, &sources, &options, arguments)?;
            of_lake(&lake, engine, read)?
        }
    };
    engine.finish();
    engine.drain();
    let findings = engine.findings().cloned().collect();
    let facts = Facts::new(read, &rejected, engine.counts(), findings, began.elapsed().as_secs_f64());
    outputs::write(&arguments.output, &facts, &rejected)?;
    let fails = arguments.output.fail_on.is_some_and(|limit| {
        facts.findings.iter().any(|finding| limit.reached(guardduty::severity(&finding.detection)))
    });
    Ok(fails)
}

/// Reads what is new into the lake.
fn store(
    lake: &mut Lake,
    sources: &[Arc<dyn Source>],
    options: &Options,
    arguments: &Ingest,
) -> Result<Progress, String> {
    let told = |error: LakeError| error.to_string();
    let mut sink = Into::new(None, Some(lake.writer().map_err(told)?));
    let read = pass(sources, options, &mut sink, arguments)?;
    sink.commit()?;
    if let Some(writer) = &mut sink.writer {
        writer.compact().map_err(told)?;
    }
    Ok(read)
}

/// Shows all that the lake holds to the detectors. Gives them, what they were shown, and what was rejected.
fn of_lake(lake: &Lake, mut engine: Engine, read: Progress) -> Result<(Engine, Progress, String), String> {
    let mut progress = Progress { records: 0, kinds: std::collections::BTreeMap::new(), span: None, ..read };
    let shown = lake.replay(0).and_then(|replay| {
        replay.show_all(&mut |record| {
            progress.note(record);
            engine.feed(record);
        })
    });
    shown.map_err(|error| error.to_string())?;
    let mut rejected = String::new();
    lake.rejected(&mut |line| {
        rejected.push_str(line);
        rejected.push('\n');
    })
    .map_err(|error| error.to_string())?;
    progress.rejected = lake.totals().map_err(|error| error.to_string())?.rejected;
    Ok((engine, progress, rejected))
}

fn pass(
    sources: &[Arc<dyn Source>],
    options: &Options,
    sink: &mut Into<'_>,
    arguments: &Ingest,
) -> Result<Progress, String> {
    let bar = Bar::new(arguments.input.quiet);
    let read = bastide_ingest::pass(sources, options, sink, &mut |progress| bar.show(progress));
    bar.clear();
    read.map_err(|error| error.to_string())
}

/// The detectors, with what the operator's files and arguments say.
fn engine(arguments: &Ingest) -> Result<Engine, String> {
    let detection = &arguments.detection;
    let intel = intel::load(&detection.intel, &detection.geo)?;
    let settings = Settings { own_accounts: detection.own_account.clone(), ..Settings::default() };
    let mut detectors = bastide_detect::all();
    for rules in trial::rules(arguments)? {
        detectors.push(Box::new(rules));
    }
    let mut engine = Engine::new(Arc::new(intel), settings, detectors);
    engine.set_horizon(SystemClock.now().plus(AHEAD));
    Ok(engine)
}

fn options(arguments: &Ingest) -> Options {
    let mut options = Options { kind: arguments.input.kind.chosen(), ..Options::default() };
    options.growing = arguments.input.follow;
    if let Some(threads) = arguments.input.threads {
        options.threads = threads.into();
    }
    options
}

fn open_lake(arguments: &Ingest) -> Result<Option<Lake>, String> {
    let Some(folder) = &arguments.input.data_dir else { return Ok(None) };
    crate::data::make_private(folder)?;
    Ok(Some(Lake::open(&folder.join("lake")).map_err(|error| error.to_string())?))
}

fn sources(arguments: &Ingest) -> Result<Vec<Arc<dyn Source>>, String> {
    let input = &arguments.input;
    let choice = Choice::new(&input.include, &input.exclude).map_err(|error| error.to_string())?;
    arguments.paths.iter().map(|path| source(path, &arguments.buckets, &choice)).collect()
}

/// The source that a path or an address names.
///
/// # Errors
/// Why there is none.
pub(crate) fn source(path: &str, buckets: &Buckets, choice: &Choice) -> Result<Arc<dyn Source>, String> {
    if path == "-" {
        return Ok(Arc::new(Stdin));
    }
    if let Some(source) = remote::source(path, buckets, choice)? {
        return Ok(source);
    }
    Ok(Arc::new(Local::new(path, choice).map_err(|error| error.to_string())?))
}

/// Feeds the records that were there before.
fn replay(lake: &Lake, engine: &mut Engine) -> Result<(), String> {
    engine.set_mode(bastide_detect::Mode::Replay);
    let fed = lake.replay(0).and_then(|replay| replay.show_all(&mut |record| engine.feed(record)));
    fed.map_err(|error| error.to_string())?;
    engine.drain();
    engine.set_mode(bastide_detect::Mode::Live);
    Ok(())
}

/// A progress bar, on a terminal only.
struct Bar(Option<ProgressBar>);

impl Bar {
    fn new(quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(5));
        let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(Some(bar))
    }

    fn show(&self, progress: &Progress) {
        if let Some(bar) = &self.0 {
            bar.set_length(progress.bytes);
            bar.set_position(progress.bytes_read);
            if progress.read.is_multiple_of(64) {
                bar.set_message(format!("{} records", text::grouped(progress.records)));
            }
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
