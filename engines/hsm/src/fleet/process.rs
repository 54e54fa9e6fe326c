use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::{Fleet, Ready};
use crate::wire::{self, FrameError, MAX_FRAME};
use crate::x509::CertificateError;

/// How long an HSM has to come up: it may have a long log to read.
const START: Duration = Duration::from_secs(60);

/// How the HSM's program is called: `bastide hsm run` with what [`HsmProcess::start`] adds.
#[derive(Clone, Debug)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// Arguments before `--dir` and `--listen`.
    pub arguments: Vec<OsString>,
}

impl Program {
    /// `path hsm run`.
    #[must_use]
    pub fn bastide(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), arguments: vec!["hsm".into(), "run".into()] }
    }
}

/// Why an HSM did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// The program did not start.
    #[error("the HSM's program does not start: {0}")]
    Spawn(io::Error),
    /// It ended, or said nothing of the kind.
    #[error("the HSM did not come up: its log says why")]
    NotReady,
    /// Its hardware key could not be certified.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The pipe to it broke.
    #[error("the HSM does not take its provision: {0}")]
    Pipe(#[from] FrameError),
}

/// A running HSM. Dropped, it is stopped.
#[derive(Debug)]
pub struct HsmProcess {
    child: Child,
    // Open as long as the HSM is to run.
    stdin: Option<ChildStdin>,
    address: String,
}

impl HsmProcess {
    /// Starts the HSM `hsm` of `cluster`, with its state in the folder `dir`, listening on `listen` (`ip:port`; port
    /// 0 is one that is free). Waits until it listens. Its log lines go to standard error.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start(
        program: &Program,
        fleet: &Fleet,
        (cluster, hsm): (&str, &str),
        fips: bool,
        dir: &Path,
        listen: &str,
    ) -> Result<Self, ProcessError> {
        let provision = fleet.provision(cluster, hsm, fips)?;
        let mut child = Command::new(&program.path)
            .args(&program.arguments)
            .arg("--dir")
            .arg(dir)
            .args(["--listen", listen])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(ProcessError::Spawn)?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let mut process = Self { child, stdin, address: String::new() };
        let (Some(mut stdout), Some(stdin)) = (stdout, process.stdin.as_mut()) else {
            return Err(ProcessError::NotReady);
        };
        wire::write_frame(stdin, &provision, MAX_FRAME)?;
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let _ = tell.send(wire::read_frame(&mut stdout, MAX_FRAME));
        });
        let Ok(Ok(Some(frame))) = told.recv_timeout(START) else {
            return Err(ProcessError::NotReady);
        };
        let ready: Ready = wire::decode(&frame)?;
        wire::write_frame(stdin, &fleet.certify(cluster, hsm, &ready.hardware)?, MAX_FRAME)?;
        process.address = ready.address;
        Ok(process)
    }

    /// Where it listens, `ip:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The operating system's id of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end, and waits for that.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // The HSM ends when its standard input does. All it acknowledged is durable: so a kill loses nothing.
        drop(self.stdin.take());
        let deadline = std::time::Instant::now() + Duration::from_secs(2);
        let (_wait, pause) = mpsc::channel::<()>();
        while self.ended().is_none() {
            if std::time::Instant::now() > deadline {
                self.kill();
                return;
            }
            let _ = pause.recv_timeout(Duration::from_millis(5));
        }
    }
}

impl Drop for HsmProcess {
    fn drop(&mut self) {
        self.end();
    }
}
