//! A private PostgreSQL server for the tests, where its programs are installed.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{
    Failure,
    debian::{self, is_root},
};

/// A running server; stopped and removed when dropped.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts a server in a folder of its own. As root on Debian it is installed first; `None`: it is not there
    /// and cannot be.
    pub(crate) fn start() -> Result<Option<Self>, Failure> {
        let Some(programs) = programs().or_else(install) else { return Ok(None) };
        let folder = PathBuf::from(format!("/tmp/bastide-postgres-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        if is_root() {
            // The server refuses to run as root.
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self { programs, folder, port };
        let data = server.folder.join("data");
        run(server
            .program("initdb")
            .args(["--auth=trust", "--username=bastide", "--no-sync", "-D"])
            .arg(&data))?;
        let options = format!("-p {port} -k {} -c listen_addresses=127.0.0.1", server.folder.display());
        let log = server.folder.join("log");
        run(server
            .program("pg_ctl")
            .args(["--wait", "-o", &options, "-D"])
            .arg(&data)
            .arg("-l")
            .arg(&log)
            .arg("start"))?;
        Ok(Some(server))
    }

    /// The server's address; its database `postgres` belongs to the tests, who make databases of their own in it.
    pub(crate) fn url(&self) -> String {
        format!("postgres://bastide@127.0.0.1:{}/postgres", self.port)
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let _ = run(self.program("pg_ctl").args(["-m", "immediate", "-D"]).arg(data).arg("stop"));
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Where Debian keeps the server's programs, the newest version first.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    found.sort();
    found.into_iter().rev().find(|bin| bin.join("initdb").exists())
}

fn install() -> Option<PathBuf> {
    debian::install(&["postgresql"]);
    programs()
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let done = command.stdin(Stdio::null()).stdout(Stdio::null()).output()?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr).trim()).into())
}
