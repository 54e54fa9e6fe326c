//! `bastide ingest`: logs in, a report out.

mod arguments;
mod facts;
mod html;
mod intel;
mod outputs;
mod picture;
mod sink;
mod text;

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bastide_detect::{Engine, Settings};
use bastide_finding::guardduty;
use bastide_ids::{Clock as _, SystemClock};
use bastide_ingest::{Choice, Local, Options, Progress, Source, Stdin};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

pub(crate) use arguments::Ingest;
use facts::Facts;
use sink::Direct;

/// Clocks of machines differ by less than this.
const AHEAD: Duration = Duration::from_secs(900);

/// Does what is asked. The status is 0, 1 when something was found that the caller fails on, or 2.
pub(crate) fn run(arguments: &Ingest) -> ExitCode {
    match report(arguments) {
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
    let detection = &arguments.detection;
    let intel = intel::load(&detection.intel, &detection.geo)?;
    let settings = Settings { own_accounts: detection.own_account.clone() };
    let mut engine = Engine::new(Arc::new(intel), settings, bastide_detect::all());
    engine.set_horizon(SystemClock.now().plus(AHEAD));
    let mut options = Options { kind: arguments.input.kind.chosen(), ..Options::default() };
    if let Some(threads) = arguments.input.threads {
        options.threads = threads.into();
    }
    let mut sink = Direct::new(engine);
    let bar = Bar::new(arguments.input.quiet);
    let read = bastide_ingest::pass(&sources, &options, &mut sink, &mut |progress| bar.show(progress));
    bar.clear();
    let read = read.map_err(|error| error.to_string())?;
    let (mut engine, rejected) = sink.into_parts();
    engine.finish();
    engine.drain();
    let findings = engine.findings().cloned().collect();
    let facts = Facts::new(read, engine.counts(), findings, began.elapsed().as_secs_f64());
    outputs::write(&arguments.output, &facts, &rejected)?;
    let fails = arguments.output.fail_on.is_some_and(|limit| {
        facts.findings.iter().any(|finding| limit.reached(guardduty::severity(&finding.detection)))
    });
    Ok(fails)
}

fn sources(arguments: &Ingest) -> Result<Vec<Arc<dyn Source>>, String> {
    let input = &arguments.input;
    let choice = Choice::new(&input.include, &input.exclude).map_err(|error| error.to_string())?;
    let source = |path: &String| -> Result<Arc<dyn Source>, String> {
        if path == "-" {
            return Ok(Arc::new(Stdin));
        }
        Ok(Arc::new(Local::new(path, &choice).map_err(|error| error.to_string())?))
    };
    arguments.paths.iter().map(source).collect()
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
            if progress.read % 64 == 0 {
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
