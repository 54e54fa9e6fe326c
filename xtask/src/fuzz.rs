//! `cargo xtask fuzz`: runs the fuzz targets under `fuzz/`, with the stable toolchain.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use crate::{Failure, root};

/// Run the fuzz targets, each for a while.
///
/// What they find new goes to fuzz/corpus, an input that fails to fuzz/artifacts. Run a target's binary with such
/// an input as its one argument to see it fail again.
#[derive(clap::Args)]
pub(crate) struct Fuzz {
    /// The targets to run, such as `json`; all by default.
    targets: Vec<String>,
    /// How long to run each.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// The largest input in bytes.
    #[arg(long, default_value_t = 8192)]
    max_len: u32,
}

/// What libFuzzer said at the end.
struct Outcome {
    executions: u64,
    coverage: u64,
    /// Inputs that made the target fail, take too long or take too much memory.
    failed: Vec<String>,
    clean: bool,
}

pub(crate) fn run(task: &Fuzz) -> Result<ExitCode, Failure> {
    let all = targets()?;
    if let Some(unknown) = task.targets.iter().find(|name| !all.contains(name)) {
        return Err(format!("no fuzz target `{unknown}`; there are {}", all.join(", ")).into());
    }
    let wanted = if task.targets.is_empty() { &all } else { &task.targets };
    let built = build(wanted)?;
    let mut clean = true;
    for target in wanted {
        let outcome = fuzz(task, &built, target)?;
        say(&format!(
            "{target}: {} executions, coverage {}, {}",
            outcome.executions,
            outcome.coverage,
            if outcome.clean {
                "no crash".to_owned()
            } else {
                format!("failed: {}", outcome.failed.join(" "))
            }
        ));
        clean &= outcome.clean;
    }
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The targets, by the names of their files.
fn targets() -> Result<Vec<String>, Failure> {
    let mut names: Vec<String> = fs::read_dir(root().join("fuzz/fuzz_targets"))?
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// Builds the targets and gives the folder of their binaries. `cargo fuzz` sets the same flags; it wants a nightly
/// toolchain only for the sanitizers, which find nothing in code without `unsafe`.
fn build(targets: &[String]) -> Result<PathBuf, Failure> {
    const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                            -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                            -Cllvm-args=-sanitizer-coverage-pc-table \
                            -Cllvm-args=-sanitizer-coverage-trace-compares";
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    let there = Command::new(&compiler).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        return Err(
            "libFuzzer is C++ and there is no compiler for it: install g++, or name one in CXX".into()
        );
    }
    let host = host()?;
    let folder = root().join("fuzz");
    let mut cargo = Command::new("cargo");
    // With a target named, build scripts and macros are built without the flags.
    cargo.args(["build", "--release", "--target", &host, "--manifest-path"]).arg(folder.join("Cargo.toml"));
    for target in targets {
        cargo.args(["--bin", target]);
    }
    let built = cargo.env("RUSTFLAGS", COVERAGE).env("CARGO_TARGET_DIR", folder.join("target")).status()?;
    if !built.success() {
        return Err("the fuzz targets do not build".into());
    }
    Ok(folder.join("target").join(host).join("release"))
}

fn host() -> Result<String, Failure> {
    let told = String::from_utf8(Command::new("rustc").arg("-vV").output()?.stdout)?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc does not tell its host")?.to_owned())
}

fn fuzz(task: &Fuzz, built: &Path, target: &str) -> Result<Outcome, Failure> {
    let folder = root().join("fuzz");
    let (corpus, artifacts) = (folder.join("corpus").join(target), folder.join("artifacts").join(target));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&artifacts)?;
    let mut run = Command::new(built.join(target));
    run.arg(format!("-max_total_time={}", task.seconds))
        .arg(format!("-max_len={}", task.max_len))
        .args(["-timeout=2", "-rss_limit_mb=1024", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/", artifacts.display()));
    if let Some(words) = dictionary(&folder.join("dictionaries"), target)? {
        run.arg(format!("-dict={}", words.display()));
    }
    run.arg(&corpus);
    let seeds = folder.join("seeds").join(target);
    if seeds.is_dir() {
        run.arg(seeds);
    }
    let log = artifacts.with_extension("log");
    let status = run.stdout(Stdio::null()).stderr(fs::File::create(&log)?).status()?;
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    Ok(outcome(&text, status.success(), &log))
}

/// The dictionary whose name is part of the target's: `json` serves `rest_json` too.
fn dictionary(folder: &Path, target: &str) -> Result<Option<PathBuf>, Failure> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    found.retain(|path| {
        path.file_stem().and_then(|name| name.to_str()).is_some_and(|name| target.contains(name))
    });
    Ok(found.pop())
}

/// Reads libFuzzer's log, such as `#52 DONE cov: 12 ft: 30 …` and `stat::number_of_executed_units: 52`.
fn outcome(log: &str, clean: bool, path: &Path) -> Outcome {
    let behind = |line: &str, mark: &str| line.split_once(mark)?.1.split_whitespace().next()?.parse().ok();
    let last = |mark: &str| log.lines().rev().find_map(|line| behind(line, mark)).unwrap_or(0);
    let mut failed: Vec<String> = log
        .lines()
        .filter_map(|line| Some(line.split_once("Test unit written to ")?.1.trim().to_owned()))
        .collect();
    if !clean && failed.is_empty() {
        failed.push(path.display().to_string());
    }
    Outcome {
        executions: last("stat::number_of_executed_units:"),
        coverage: last(" cov:"),
        clean: clean && failed.is_empty(),
        failed,
    }
}

#[allow(clippy::print_stdout, reason = "the result is printed for the one who asked for it")]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_log() {
        let log = "#2\tINITED cov: 7 ft: 8 corp: 1/1b exec/s: 0 rss: 30Mb\n\
                   #9\tDONE   cov: 12 ft: 30 corp: 4/9b lim: 4 exec/s: 9 rss: 31Mb\n\
                   stat::number_of_executed_units: 9\n";
        let read = outcome(log, true, Path::new("x.log"));
        assert_eq!((read.executions, read.coverage, read.clean), (9, 12, true));
        let read = outcome("Test unit written to a/timeout-1\n", false, Path::new("x.log"));
        assert_eq!((read.failed, read.clean), (vec!["a/timeout-1".to_owned()], false));
        assert_eq!(outcome("", false, Path::new("x.log")).failed, ["x.log"]);
    }
}
