use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bastide_hsm::wire::{Code, Member, State};
use bastide_hsm::{Control, ControlError, Fleet, HsmProcess, LinkError, Program, Timeouts};

use super::machines::{Machine, Machines, Started, Trouble};
use crate::stored::{Certificates, Level};

/// A process that ran so long before it ended is started again at once.
const STEADY: Duration = Duration::from_secs(10);
/// The longest pause before a process is started again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long an HSM has for an answer: a backup of thousands of keys takes a while.
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(3), answer: Duration::from_secs(60) };

/// The folder in a cluster's for audit logs. They outlive HSMs and clusters.
const AUDIT: &str = "audit";
/// So many lines of an audit log are asked for at once.
const LINES: u32 = 500;

/// HSMs as processes of this machine, each with a folder of its own: `hsm/CLUSTER/HSM` in the data folder.
pub(super) struct Processes {
    program: Program,
    folder: PathBuf,
    fleet: Mutex<Option<Arc<Fleet>>>,
    /// By the HSM's id.
    slots: Mutex<HashMap<String, Arc<Mutex<Slot>>>>,
}

/// What is known of the process of one HSM.
struct Slot {
    process: Option<HsmProcess>,
    /// When it was started last.
    started: Instant,
    /// How often it has ended or not come up, one time after the other.
    failures: u32,
    not_before: Instant,
}

impl Processes {
    pub(super) fn new(executable: PathBuf, folder: PathBuf) -> Self {
        Self {
            program: Program::bastide(executable),
            folder,
            fleet: Mutex::new(None),
            slots: Mutex::new(HashMap::new()),
        }
    }

    fn fleet(&self) -> Result<Arc<Fleet>, Trouble> {
        lock(&self.fleet)
            .clone()
            .ok_or_else(|| Trouble::Away("the root of the HSMs is not opened yet".to_owned()))
    }

    fn slot(&self, hsm: &str) -> Arc<Mutex<Slot>> {
        let now = Instant::now();
        let new = || Arc::new(Mutex::new(Slot { process: None, started: now, failures: 0, not_before: now }));
        Arc::clone(lock(&self.slots).entry(hsm.to_owned()).or_insert_with(new))
    }

    fn folder_of(&self, machine: &Machine) -> PathBuf {
        self.folder.join(&machine.cluster).join(&machine.hsm)
    }

    fn control(&self, machine: &Machine) -> Result<Control, Trouble> {
        let Machine { cluster, hsm, listens, .. } = machine;
        Ok(Control::connect(&*self.fleet()?, cluster, hsm, &listens.to_string(), TIMEOUTS)?)
    }

    /// Ends processes, all at once: each may take a moment.
    fn end(&self, which: impl Fn(&str, &Slot) -> bool) {
        let slots: Vec<_> =
            lock(&self.slots).iter().map(|(hsm, slot)| (hsm.clone(), Arc::clone(slot))).collect();
        let mut ending = Vec::new();
        for (hsm, slot) in slots {
            // One that is being started or ended is looked at the next time.
            let Ok(mut slot) = slot.try_lock() else { continue };
            if which(&hsm, &slot) {
                ending.extend(slot.process.take());
                lock(&self.slots).remove(&hsm);
            }
        }
        let threads: Vec<_> =
            ending.into_iter().map(|process| std::thread::spawn(|| process.stop())).collect();
        for thread in threads {
            let _ = thread.join();
        }
    }
}

impl Machines for Processes {
    fn set_root(&self, root: &[u8]) -> Result<(), Trouble> {
        let fleet = Fleet::from_bytes(root).map_err(|error| Trouble::Refused(error.to_string()))?;
        *lock(&self.fleet) = Some(Arc::new(fleet));
        Ok(())
    }

    fn start(&self, machine: &Machine) -> Result<Started, Trouble> {
        let slot = self.slot(&machine.hsm);
        let mut slot = lock(&slot);
        if let Some(process) = &mut slot.process {
            let Some(status) = process.ended() else { return Ok(Started::Before) };
            tracing::warn!(hsm = machine.hsm, %status, "the process of an HSM ended; it is started again");
            slot.process = None;
            if slot.started.elapsed() > STEADY {
                slot.failures = 0;
            }
            slot.failed();
        }
        if Instant::now() < slot.not_before {
            return Err(Trouble::Away("the HSM's process does not run; it is started again soon".to_owned()));
        }
        let cluster = self.folder.join(&machine.cluster);
        make_private(&cluster)?;
        let Machine { cluster, hsm, fips, listens } = machine;
        let folder = self.folder_of(machine);
        let (fleet, listens) = (self.fleet()?, listens.to_string());
        slot.started = Instant::now();
        match HsmProcess::start(&self.program, &fleet, (cluster, hsm), *fips, &folder, &listens) {
            Ok(process) => {
                tracing::info!(cluster, hsm, process = process.id(), listens, "an HSM runs");
                slot.process = Some(process);
                Ok(Started::Now)
            }
            Err(error) => {
                slot.failed();
                Err(Trouble::Away(error.to_string()))
            }
        }
    }

    fn level(&self, machine: &Machine) -> Result<Level, Trouble> {
        Ok(match self.control(machine)?.info()?.state {
            State::Uninitialized => Level::New,
            State::Initialized => Level::Initialized,
            State::Active => Level::Active,
        })
    }

    fn certificates(&self, machine: &Machine) -> Result<Certificates, Trouble> {
        let found = self.control(machine)?.certificates()?;
        let there = |pem: String| Some(pem).filter(|pem| !pem.is_empty());
        Ok(Certificates {
            csr: there(found.cluster_csr),
            hsm: there(found.hsm),
            aws_hardware: there(found.aws_hardware),
            manufacturer_hardware: there(found.manufacturer_hardware),
            cluster: found.cluster,
            trust_anchor: found.trust_anchor,
        })
    }

    fn initialize(&self, machine: &Machine, certificate: &str, trust_anchor: &str) -> Result<(), Trouble> {
        Ok(self.control(machine)?.initialize(certificate, trust_anchor)?)
    }

    fn set_members(&self, machine: &Machine, members: &[Machine]) -> Result<(), Trouble> {
        let members: Vec<_> = members.iter().map(member).collect();
        Ok(self.control(machine)?.set_members(&members)?)
    }

    fn join(&self, machine: &Machine, from: &Machine) -> Result<(), Trouble> {
        Ok(self.control(machine)?.join(&member(from))?)
    }

    fn backup(&self, machine: &Machine) -> Result<Vec<u8>, Trouble> {
        Ok(self.control(machine)?.backup()?)
    }

    fn restore(&self, machine: &Machine, backup: &[u8]) -> Result<(), Trouble> {
        Ok(self.control(machine)?.restore(backup)?)
    }

    fn keep_audit(&self, machine: &Machine) -> Result<(), Trouble> {
        let folder = self.folder.join(&machine.cluster).join(AUDIT);
        make_private(&folder)?;
        let path = folder.join(format!("{}.jsonl", machine.hsm));
        let mut options = fs::OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).mode(0o600).open(&path)?;
        let mut next = whole_lines(&mut file)? + 1;
        let mut control = self.control(machine)?;
        loop {
            let lines = control.audit(next, LINES)?;
            for line in &lines {
                writeln!(file, "{line}")?;
            }
            next += lines.len() as u64;
            if lines.len() < LINES as usize {
                return Ok(());
            }
        }
    }

    fn destroy(&self, machine: &Machine) -> Result<(), Trouble> {
        let slot = self.slot(&machine.hsm);
        let mut slot = lock(&slot);
        if let Some(process) = slot.process.take() {
            process.stop();
        }
        remove(&self.folder_of(machine))?;
        lock(&self.slots).remove(&machine.hsm);
        Ok(())
    }

    fn forget(&self, cluster: &str) -> Result<(), Trouble> {
        let folder = self.folder.join(cluster);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_name() != AUDIT {
                remove(&entry.path())?;
            }
        }
        // There may be nothing in it any more.
        let _ = fs::remove_dir(&folder);
        Ok(())
    }

    fn publish(&self, machine: &Machine, members: &[Machine], trust_anchor: &str) -> Result<(), Trouble> {
        let folder = self.folder.join(&machine.cluster).join("client");
        make_private(&folder)?;
        write(&folder.join("customerCA.crt"), trust_anchor.as_bytes())?;
        if !folder.join("client.crt").exists() {
            let (certificate, key) = self.control(machine)?.new_client("bastide-client")?;
            write(&folder.join("client.key"), &key)?;
            write(&folder.join("client.crt"), certificate.as_bytes())?;
        }
        let addresses: Vec<_> = members.iter().map(|member| member.listens.to_string()).collect();
        // As the PKCS#11 module reads it; files are named relative to it.
        let cluster = serde_json::json!({
            "label": machine.cluster,
            "hsms": addresses,
            "trust_anchor": "customerCA.crt",
            "certificate": "client.crt",
            "key": "client.key",
        });
        let known = serde_json::json!({ "clusters": [cluster] });
        Ok(write(&folder.join("pkcs11.json"), format!("{known:#}\n").as_bytes())?)
    }

    fn only(&self, hsms: &[String]) {
        // What was started a moment ago may be newer than the list.
        self.end(|hsm, slot| slot.started.elapsed() > STEADY && !hsms.iter().any(|wanted| wanted == hsm));
    }

    fn stop(&self) {
        self.end(|_, _| true);
    }
}

impl Slot {
    fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
        // None the first time, then 1, 2, 4, … seconds.
        let pause = match self.failures {
            0 | 1 => Duration::ZERO,
            more => Duration::from_secs(1 << (more - 2).min(5)).min(LONGEST_PAUSE),
        };
        self.not_before = Instant::now() + pause;
    }
}

impl From<ControlError> for Trouble {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Link(LinkError::Refused(fault)) if fault.code != Code::Unavailable => {
                Self::Refused(fault.message)
            }
            error => Self::Away(format!("the HSM does not answer: {error}")),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Away(format!("the HSM's folder cannot be used: {error}"))
    }
}

fn member(machine: &Machine) -> Member {
    Member { hsm: machine.hsm.clone(), address: machine.listens.to_string() }
}

fn make_private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes a file that only its owner may read, whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// How many lines there are. One that a crash tore is cut off.
fn whole_lines(file: &mut fs::File) -> io::Result<u64> {
    let (mut lines, mut length, mut end) = (0, 0, 0);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        for (at, _) in (1_u64..).zip(bytes).filter(|(_, byte)| **byte == b'\n') {
            lines += 1;
            end = length + at;
        }
        length += bytes.len() as u64;
    }
    file.set_len(end)?;
    Ok(lines)
}

/// A panic while a lock was held leaves the processes as they are.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn torn_lines_are_cut_off() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"{\"a\":1}\n{\"b\":2}\n{\"c\"").unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        assert_eq!(whole_lines(&mut file).unwrap(), 2);
        assert_eq!(file.metadata().unwrap().len(), 16);
    }

    #[test]
    fn pauses_grow() {
        let now = Instant::now();
        let mut slot = Slot { process: None, started: now, failures: 0, not_before: now };
        let mut pauses = Vec::new();
        for _ in 0..8 {
            slot.failed();
            pauses.push(slot.not_before.saturating_duration_since(Instant::now()).as_secs_f64().ceil());
        }
        assert_eq!(pauses, [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]);
    }
}
