//! Measures the detectors and prints the table; `cargo xtask quality` runs it.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use bastide_quality::{Plan, Report, Size, measure, worse};
use clap::Parser;

/// Measure the detectors on labelled data, print the table, and hold it against the one that is committed.
#[derive(Parser)]
#[command(name = "cargo xtask quality")]
struct Arguments {
    /// Only these families.
    #[arg(long, value_delimiter = ',', value_name = "FAMILY,…")]
    family: Vec<String>,
    /// A tenth of the data, as `cargo test` has it.
    #[arg(long)]
    small: bool,
    /// Other seeds than those of the committed table (1 is the one to improve detectors with); nothing is compared.
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    seeds: Vec<u64>,
    /// Days of the log's time; nothing is compared unless it is 30.
    #[arg(long, default_value_t = 30)]
    days: u32,
    /// Say what was missed, and what was said wrongly.
    #[arg(long, short)]
    verbose: bool,
    /// Make this the table that is committed.
    #[arg(long)]
    bless: bool,
    /// Write the data into this folder as log files, too.
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let size = if arguments.small { Size::Small } else { Size::Full };
    let seeds = if arguments.seeds.is_empty() { size.seeds() } else { &arguments.seeds };
    let plan = |&seed: &u64| Plan {
        seed,
        days: arguments.days,
        size: size.factor(),
        write: arguments.write.clone(),
        progress: true,
    };
    let plans: Vec<Plan> = seeds.iter().map(plan).collect();
    let mut families = arguments.family.clone();
    if families.is_empty() {
        families.extend(size.families().iter().map(|&name| name.to_owned()));
    }
    let report = measure(&families, &plans);
    if arguments.verbose {
        for note in &report.notes {
            say(&format!("{}: {}", note.row, note.text));
        }
    }
    say(&report.table());
    if !arguments.seeds.is_empty() || arguments.days != 30 {
        return ExitCode::SUCCESS;
    }
    match held(&arguments, size, &report) {
        Ok(code) => code,
        Err(failure) => {
            say(&format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

/// Holds the table against the one that is committed, or makes it that one.
fn held(arguments: &Arguments, size: Size, report: &Report) -> std::io::Result<ExitCode> {
    let name = if size == Size::Small { "table.small.txt" } else { "table.txt" };
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    let old = fs::read_to_string(&path).unwrap_or_default();
    let table = report.table();
    if arguments.bless {
        if !arguments.family.is_empty() {
            say("error: --bless takes the whole table: leave out --family");
            return Ok(ExitCode::FAILURE);
        }
        fs::write(
            &path,
            format!("# Made by `cargo xtask quality --bless`; quality may not fall below it.\n{table}"),
        )?;
        say(&format!("wrote {}", path.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let worse = worse(&old, &table, arguments.family.is_empty());
    for line in &worse {
        say(&format!("worse: {line}"));
    }
    if worse.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    say("error: quality fell; if that is meant, take the table as it is with --bless");
    Ok(ExitCode::FAILURE)
}

#[allow(clippy::print_stdout, reason = "a tool reports on standard output")]
fn say(line: &str) {
    println!("{line}");
}
