//! Programs that tests use and that are not Rust's or Python's: Debian's packages.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::test::say;

/// Installs packages, as root on Debian and its kin; elsewhere nothing is done. Gives whether they are there now.
pub(crate) fn install(packages: &[&str]) -> bool {
    if !is_root() || !Path::new("/usr/bin/apt-get").exists() {
        return false;
    }
    say(&format!("installing {} with apt-get", packages.join(" ")));
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        apt.output().is_ok_and(|done| done.status.success())
    };
    let wanted = [&["install", "--yes", "--quiet", "--no-install-recommends"], packages].concat();
    apt(&wanted) || (apt(&["update", "--quiet"]) && apt(&wanted))
}

/// Whether a program can be run by its name.
pub(crate) fn has(program: &str) -> bool {
    ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin", "/sbin"]
        .iter()
        .any(|folder| Path::new(folder).join(program).exists())
}

pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}
