//! The project's tasks: `cargo xtask test`, `cargo xtask scaffold`, `cargo xtask conformance`,
//! `cargo xtask fuzz`, `cargo xtask quality`.

mod conformance;
mod debian;
mod fuzz;
mod postgres;
mod quality;
mod scaffold;
mod test;
mod venv;
mod whole;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// What a task ends with when it cannot go on.
type Failure = Box<dyn Error>;

/// Project tasks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the tests need, and run every test.
    Test(test::Test),
    /// Draft the tables of an operation, or of a whole service, from botocore.
    Scaffold(scaffold::Scaffold),
    /// Hold our tables and codecs against botocore.
    Conformance(conformance::Conformance),
    /// Run the fuzz targets.
    Fuzz(fuzz::Fuzz),
    /// Measure the detectors on labelled data.
    Quality(quality::Quality),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Test(task) => test::run(&task),
        Task::Scaffold(task) => scaffold::run(&task),
        Task::Conformance(task) => conformance::run(&task),
        Task::Fuzz(task) => fuzz::run(&task),
        Task::Quality(task) => quality::run(&task),
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            say_error(&failure);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr, reason = "a tool tells people what went wrong")]
fn say_error(failure: &Failure) {
    eprintln!("error: {failure}");
}

/// The root of the repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
