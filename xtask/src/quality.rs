//! `cargo xtask quality`: how well the detectors do, as a table.

use std::process::{Command, ExitCode};

use crate::{Failure, root};

/// Measure the detectors on labelled data, print the table, and hold it against the one that is committed.
#[derive(clap::Args)]
pub(crate) struct Quality {
    /// What the measuring program takes; `cargo xtask quality -- --help` says what that is.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
}

pub(crate) fn run(task: &Quality) -> Result<ExitCode, Failure> {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--package", "bastide-quality", "--bin", "quality", "--"]);
    let done = command.args(&task.arguments).current_dir(root()).status()?;
    Ok(if done.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
