//! What each detector finds in a folder of CloudTrail's JSON files, and what it costs per event.
//!
//! `cargo run --release -p bastide-detect --example sift FOLDER`
#![allow(clippy::print_stdout, reason = "a tool for developers, on the terminal")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bastide_detect::rules::Rules;
use bastide_detect::{Context, Detector, Engine, Settings, all};
use bastide_intel::Intel;
use bastide_logs::Record;
use bastide_logs::cloudtrail::{Event, Records, parse};

/// Events that each detector is shown for a measurement.
const MEASURED: usize = 300_000;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder of CloudTrail files")?;
    let mut files = Vec::new();
    walk(Path::new(&folder), &mut files)?;
    files.sort();
    let mut texts = Vec::new();
    for file in &files {
        let bytes = std::fs::read(file)?;
        let mut records = Records::new(&bytes);
        while let Some(record) = records.read() {
            texts.extend(record.ok().map(|event| event.raw.to_owned()));
        }
    }
    let mut events: Vec<Event<'_>> = texts.iter().filter_map(|text| parse(text).ok()).collect();
    events.sort_by_key(|event| event.time);
    println!("{} events in {} files", events.len(), files.len());

    let mut engine = Engine::new(Arc::new(Intel::default()), Settings::default(), all());
    for event in &events {
        engine.feed(&Record::CloudTrail(event));
    }
    engine.finish();
    engine.drain();
    let mut found: BTreeMap<&str, (u64, Vec<String>)> = BTreeMap::new();
    for finding in engine.findings() {
        let entry = found.entry(finding.detection.kind.name).or_default();
        entry.0 += finding.detection.count;
        entry.1.push(format!("{} ({})", finding.detection.key, finding.detection.count));
    }
    for (kind, (count, keys)) in found {
        println!("{kind}: {count} events, {} findings", keys.len());
        keys.iter().take(8).for_each(|key| println!("    {key}"));
    }

    let rounds = (MEASURED / events.len().max(1)).max(1);
    let (intel, settings) = (Intel::default(), Settings::default());
    let cx = Context { intel: &intel, settings: &settings };
    for mut detector in all() {
        let mut out = Vec::new();
        measure(detector.name(), rounds, events.len(), || {
            for event in &events {
                detector.cloudtrail(event, cx, &mut out);
            }
            out.clear();
        });
    }
    quiet(&events, cx);
    Ok(())
}

/// What rules cost on events that none matches.
fn quiet(events: &[Event<'_>], cx: Context<'_>) {
    let mut rules = Rules::native();
    let quiet: Vec<&Event<'_>> =
        events.iter().filter(|event| rules.matching(&Record::CloudTrail(event)).is_empty()).collect();
    let rounds = MEASURED * 10 / quiet.len().max(1);
    let mut out = Vec::new();
    measure("rules, on events that match none", rounds, quiet.len(), || {
        quiet.iter().for_each(|event| rules.cloudtrail(event, cx, &mut out));
    });
    println!("{} of {} events match none, {} rules", quiet.len(), events.len(), rules.len());
}

#[allow(clippy::cast_precision_loss, reason = "nanoseconds of seconds")]
fn measure(name: &str, rounds: usize, events: usize, mut run: impl FnMut()) {
    let start = spent();
    (0..rounds).for_each(|_| run());
    let each = spent().saturating_sub(start) as f64 / (rounds * events).max(1) as f64;
    println!("{name}: {each:.0} ns per event");
}

/// The processor's time of this thread in nanoseconds, which a busy machine does not change.
fn spent() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "json") {
            files.push(path);
        }
    }
    Ok(())
}
