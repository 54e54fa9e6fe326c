//! `cargo xtask conformance`: our tables and codecs held against botocore.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
};

use crate::{Failure, root, venv};

/// Hold our tables and codecs against botocore.
///
/// First every fact in the tables under api/ is compared with botocore's models; what differs and is not in
/// conformance/known-differences.txt fails. Then generated values go through botocore's own serializer and our
/// decoder, and through our encoder and botocore's own parser, for every operation in every protocol.
#[derive(clap::Args)]
pub(crate) struct Conformance {
    /// Send values through these services only (of our tables, or of botocore), such as `kms,s3`.
    #[arg(long, value_delimiter = ',', value_name = "SERVICE,…")]
    services: Vec<String>,
    /// Where the generated values start; a failure tells the seed that shows it again.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many values for each operation, direction and protocol.
    #[arg(long, default_value_t = 16)]
    rounds: u32,
    /// Compare the tables only.
    #[arg(long)]
    tables: bool,
}

pub(crate) fn run(task: &Conformance) -> Result<ExitCode, Failure> {
    let data = venv::botocore_data()?;
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--package", "bastide-botocore"]).current_dir(root());
    if !build.status()?.success() {
        return Err("bastide-botocore does not build".into());
    }
    let oracle = built("oracle");
    say("tables:");
    let mut compare = Command::new(&oracle);
    compare.arg("compare").arg(&data).arg(root().join("conformance/known-differences.txt"));
    let mut total = counted(&mut compare)?;
    if !task.tables {
        say("codecs:");
        let mut exchange = Command::new(venv::python());
        exchange.arg(root().join("conformance/oracle")).arg(&oracle).arg(&data);
        exchange.arg("--seed").arg(task.seed.to_string()).arg("--rounds").arg(task.rounds.to_string());
        if !task.services.is_empty() {
            exchange.arg("--services").arg(task.services.join(","));
        }
        let exchanged = counted(&mut exchange)?;
        total = (total.0 + exchanged.0, total.1 + exchanged.1);
    }
    let (passed, failed) = total;
    say(&format!("{passed} passed, {failed} failed"));
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where cargo puts a program of ours: beside this one.
fn built(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.with_file_name(name)
}

/// Runs a program that ends with `N passed, N failed`, shows what it says, and gives those numbers.
fn counted(command: &mut Command) -> Result<(u64, u64), Failure> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().ok_or("a program without output")?;
    let mut last = String::new();
    for line in BufReader::new(output).lines() {
        last = line?;
        say(&format!("  {last}"));
    }
    let done = child.wait()?;
    let counts = last.strip_suffix(" failed").and_then(|line| line.split_once(" passed, "));
    let (passed, failed) = counts.ok_or_else(|| format!("a program ended early: {done}"))?;
    Ok((passed.parse()?, failed.parse()?))
}

#[allow(clippy::print_stdout, reason = "the counts are printed for the one who asked for them")]
fn say(line: &str) {
    println!("{line}");
}
