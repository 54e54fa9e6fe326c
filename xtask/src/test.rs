//! `cargo xtask test`: installs what the tests need, runs every test, and says how many there were.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use clap::Args;

use crate::{Failure, debian, postgres::Postgres, root, venv};

/// Arguments of `cargo xtask test`.
#[derive(Args)]
pub(crate) struct Test {
    /// Only these parts; all by default.
    #[arg(value_enum)]
    parts: Vec<Part>,
}

/// A part of the tests, in the order in which they run: what fails fast comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, clap::ValueEnum)]
enum Part {
    /// rustfmt and clippy.
    Lint,
    /// Licences, bans and sources of dependencies, with cargo-deny where it is installed.
    Deny,
    /// Unit, property and contract tests.
    Rust,
    /// Our tables and codecs against botocore.
    Conformance,
    /// Unmodified clients against the release binary.
    Clients,
}

/// Programs (or files) that tests of clients use, with Debian's packages of them. What is not there is skipped, and
/// counted.
const PROGRAMS: [(&str, &str); 7] = [
    ("softhsm2-util", "softhsm2"),
    ("openssl", "openssl"),
    ("pkcs11-tool", "opensc"),
    ("modutil", "libnss3-tools"),
    ("nginx", "nginx-light"),
    ("javac", "default-jdk-headless"),
    ("/usr/share/doc/libengine-pkcs11-openssl", "libengine-pkcs11-openssl"),
];

const ALL: [Part; 5] = [Part::Lint, Part::Deny, Part::Rust, Part::Conformance, Part::Clients];

#[derive(Default)]
struct Count {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Runs the tests.
pub(crate) fn run(test: &Test) -> Result<ExitCode, Failure> {
    let parts = if test.parts.is_empty() { ALL.to_vec() } else { test.parts.clone() };
    let mut counts = BTreeMap::new();
    for part in parts {
        say(&format!("== {part:?}"));
        let began = Instant::now();
        let count = match part {
            Part::Lint => lint()?,
            Part::Deny => deny()?,
            Part::Rust => rust()?,
            Part::Conformance => conformance()?,
            Part::Clients => clients()?,
        };
        counts.insert(part, (count, began.elapsed().as_secs()));
    }
    let total = counts.values().map(|(count, _)| count).fold(Count::default(), |total, count| Count {
        passed: total.passed + count.passed,
        failed: total.failed + count.failed,
        skipped: total.skipped + count.skipped,
    });
    for (part, (count, seconds)) in &counts {
        say(&format!("{part:?}: {} in {}m{:02}s", line(count), seconds / 60, seconds % 60));
    }
    say(&line(&total));
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn line(count: &Count) -> String {
    format!("{} passed, {} failed, {} skipped", count.passed, count.failed, count.skipped)
}

fn lint() -> Result<Count, Failure> {
    let checks: [&[&str]; 2] = [
        &["fmt", "--all", "--check"],
        &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"],
    ];
    let mut count = Count::default();
    for arguments in checks {
        tally(&mut count, cargo(arguments).status()?.success());
    }
    Ok(count)
}

fn deny() -> Result<Count, Failure> {
    let installed = cargo(&["deny", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if !installed.success() {
        say("skipped: cargo-deny is not installed (cargo install cargo-deny --locked)");
        return Ok(Count { skipped: 1, ..Count::default() });
    }
    let mut count = Count::default();
    // Advisories need the network; a build machine without one still holds licences, bans and sources.
    tally(&mut count, cargo(&["deny", "check", "licenses", "bans", "sources"]).status()?.success());
    Ok(count)
}

/// Every test of the workspace, those on PostgreSQL too where it is there.
fn rust() -> Result<Count, Failure> {
    let postgres = Postgres::start()?;
    let nextest =
        cargo(&["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status()?.success();
    let mut command = if nextest {
        cargo(&[
            "nextest",
            "run",
            "--workspace",
            "--no-fail-fast",
            "--status-level",
            "fail",
            "--final-status-level",
            "fail",
        ])
    } else {
        cargo(&["test", "--workspace", "--no-fail-fast", "--quiet"])
    };
    match (&postgres, nextest) {
        (Some(server), true) => {
            command.env("BASTIDE_TEST_POSTGRES", server.url()).args(["--run-ignored", "all"]);
        }
        (Some(server), false) => {
            command.env("BASTIDE_TEST_POSTGRES", server.url()).args(["--", "--include-ignored"]);
        }
        (None, _) => {
            say("tests on PostgreSQL are skipped: no server is installed (apt-get install postgresql)");
        }
    }
    let (success, output) = shown(&mut command)?;
    let mut count = if nextest { nextest_counts(&output) } else { libtest_counts(&output) };
    if !success && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

fn conformance() -> Result<Count, Failure> {
    let mut command = cargo(&["run", "--quiet", "--package", "xtask", "--", "conformance"]);
    let (success, output) = shown(&mut command)?;
    let mut count = plain_counts(&output);
    if !success && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

fn clients() -> Result<Count, Failure> {
    venv::ready()?;
    if !venv::node_ready()? {
        say("tests with Node.js are skipped: `npm ci` in `target/node` failed");
    }
    for (program, package) in PROGRAMS {
        if !debian::has(program) && !debian::install(&[package]) {
            say(&format!(
                "tests with `{program}` are skipped: it is not installed (apt-get install {package})"
            ));
        }
    }
    let binary = release_binary()?;
    let postgres = Postgres::start()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut command = Command::new(venv::python());
    command
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "conformance/tests"])
        // The tests mostly wait for servers. What a file's tests share is made once.
        .args(["--numprocesses", &(2 * cores).min(8).to_string(), "--dist", "loadfile"])
        .current_dir(root())
        .env("BASTIDE_BIN", binary)
        .env("PATH", path_with(&venv::folder().join("bin"))?);
    if let Some(server) = &postgres {
        command.env("BASTIDE_TEST_POSTGRES", server.url());
    }
    let (success, output) = shown(&mut command)?;
    let mut count = pytest_counts(&output);
    if !success && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

/// Builds what clients are tested against: the binary, the PKCS#11 module, and what starts clusters for its tests. All
/// at once, so that what they have in common is built once.
fn release_binary() -> Result<PathBuf, Failure> {
    let build = ["build", "--release", "--package", "bastide", "--package", "bastide-pkcs11"];
    if !cargo(&build).args(["--bins", "--lib", "--examples"]).status()?.success() {
        return Err("the release binary does not build".into());
    }
    Ok(std::path::absolute(root().join("target/release/bastide"))?)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    command
}

/// Runs a command, shows what it prints, and gives it too.
fn shown(command: &mut Command) -> Result<(bool, String), Failure> {
    use std::io::{BufRead, BufReader};
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer).stdin(Stdio::null());
    let mut child = command.spawn()?;
    // The command holds the pipe's writing ends; the reader would wait for ours for ever.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut output = String::new();
    for line in BufReader::new(reader).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        say(&line);
        output.push_str(&line);
        output.push('\n');
    }
    Ok((child.wait()?.success(), output))
}

fn tally(count: &mut Count, passed: bool) {
    if passed {
        count.passed += 1;
    } else {
        count.failed += 1;
    }
}

/// `Summary [ 1.0s] 123 tests run: 120 passed, 3 failed, 4 skipped`
fn nextest_counts(output: &str) -> Count {
    let summary = output.lines().rev().find(|line| line.contains("Summary [")).unwrap_or_default();
    counts_in(summary.rsplit("run:").next().unwrap_or_default())
}

/// `test result: ok. 9 passed; 0 failed; 1 ignored; …`, one line a crate.
fn libtest_counts(output: &str) -> Count {
    output.lines().filter(|line| line.starts_with("test result:")).fold(Count::default(), |total, line| {
        let one = counts_in(line.split_once(". ").map_or("", |(_, counts)| counts));
        Count {
            passed: total.passed + one.passed,
            failed: total.failed + one.failed,
            skipped: total.skipped + one.skipped,
        }
    })
}

/// `= 3 failed, 120 passed, 2 skipped in 4.5s =`
fn pytest_counts(output: &str) -> Count {
    let summary = output.lines().rev().find(|line| line.contains(" passed") || line.contains(" failed"));
    counts_in(summary.unwrap_or_default().trim_matches(['=', ' ']))
}

/// `120 passed, 3 failed`
fn plain_counts(output: &str) -> Count {
    let mut lines = output.lines().filter(|line| line.contains(" passed, ") && line.contains(" failed"));
    lines.next_back().map(counts_in).unwrap_or_default()
}

fn counts_in(text: &str) -> Count {
    let mut count = Count::default();
    for part in text.split([',', ';']) {
        let mut words = part.split_whitespace();
        let (Some(number), Some(what)) = (words.next(), words.next()) else { continue };
        let Ok(number) = number.parse::<u64>() else { continue };
        match what {
            "passed" => count.passed += number,
            "failed" | "error" | "errors" => count.failed += number,
            "skipped" | "ignored" => count.skipped += number,
            _ => {}
        }
    }
    count
}

#[allow(clippy::disallowed_methods, reason = "a tool hands its environment on")]
fn path_with(folder: &Path) -> Result<std::ffi::OsString, Failure> {
    let path = std::env::var("PATH").unwrap_or_default();
    let folders = std::iter::once(std::path::absolute(folder)?).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(folders)?)
}

#[allow(clippy::print_stdout, reason = "a tool reports on standard output")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_read() {
        let of = |count: Count| (count.passed, count.failed, count.skipped);
        let nextest = "     Summary [   3.210s] 12 tests run: 10 passed (1 slow), 2 failed, 3 skipped";
        assert_eq!(of(nextest_counts(nextest)), (10, 2, 3));
        let libtest = "test result: ok. 9 passed; 0 failed; 1 ignored; 0 measured\ntest result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(of(libtest_counts(libtest)), (10, 2, 1));
        assert_eq!(
            of(pytest_counts("==== 3 failed, 120 passed, 2 skipped, 1 error in 4.5s ====")),
            (120, 4, 2)
        );
        assert_eq!(of(plain_counts("x\n7 passed, 1 failed")), (7, 1, 0));
    }
}
