//! The project's own Python environment at `target/venv`, for botocore and the clients that tests use.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Failure, root};

/// Where the environment is.
pub(crate) fn folder() -> PathBuf {
    root().join("target/venv")
}

/// Its Python, once [`ready`] has passed.
pub(crate) fn python() -> PathBuf {
    folder().join("bin/python")
}

/// Makes the environment if it is not there, and installs what `conformance/requirements.txt` pins if that has
/// changed since.
pub(crate) fn ready() -> Result<(), Failure> {
    let requirements = root().join("conformance/requirements.txt");
    let wanted = fs::read_to_string(&requirements)?;
    let stamp = folder().join("requirements.txt");
    if python().exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    run(
        Command::new("python3").args(["-m", "venv"]).arg(folder()),
        "make `target/venv`; is python3-venv there?",
    )?;
    let mut pip = Command::new(python());
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&requirements);
    run(&mut pip, "install `conformance/requirements.txt`")?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// Installs what `conformance/node` pins into `target/node`, with the npm of the environment. Gives whether it is there.
pub(crate) fn node_ready() -> Result<bool, Failure> {
    let (from, to) = (root().join("conformance/node"), root().join("target/node"));
    let lock = "package-lock.json";
    let wanted = fs::read_to_string(from.join(lock))?;
    if fs::read_to_string(to.join("installed.json")).is_ok_and(|installed| installed == wanted) {
        return Ok(true);
    }
    fs::create_dir_all(&to)?;
    for file in ["package.json", lock] {
        fs::copy(from.join(file), to.join(file))?;
    }
    let mut npm = Command::new(folder().join("bin/npm"));
    npm.args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(&to).stdin(Stdio::null());
    if !npm.status().is_ok_and(|done| done.success()) {
        return Ok(false);
    }
    fs::write(to.join("installed.json"), wanted)?;
    Ok(true)
}

/// The folder with botocore's models; makes the environment if need be.
pub(crate) fn botocore_data() -> Result<PathBuf, Failure> {
    ready()?;
    let python = fs::read_dir(folder().join("lib"))?
        .filter_map(|entry| Some(entry.ok()?.path().join("site-packages/botocore/data")))
        .find(|data| data.is_dir());
    python.ok_or_else(|| format!("no botocore in `{}`: remove it and try again", shown(&folder())).into())
}

fn run(command: &mut Command, what: &str) -> Result<(), Failure> {
    let done = command.stdin(Stdio::null()).status().map_err(|error| format!("cannot {what}: {error}"))?;
    if done.success() { Ok(()) } else { Err(format!("cannot {what}: {done}").into()) }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
