//! The HSM's process: what it does, part by part.

mod admin;
mod audit;
mod connection;
mod control;
mod der;
mod disk;
mod dispatch;
mod genesis;
mod hsm;
mod join;
mod key;
mod object;
mod quorum;
mod record;
mod replicate;
mod state;
mod trust;
mod users;

use std::io::{self, Read as _};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use rcgen::{KeyPair, PublicKeyData as _};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use self::audit::Audit;
use self::disk::Disk;
use self::hsm::Hsm;
use self::record::{encoded, setting};
use self::state::{Change, State};
use self::trust::Trust;
use crate::fleet::{Hardware, Provision, Ready};
use crate::wire::{self, Fault, MAX_FRAME, Secret};
use crate::x509;

/// Connections at once; further ones are closed.
const MAX_CONNECTIONS: usize = 2048;
/// How often it is looked whether another HSM came back.
const TICK: Duration = Duration::from_millis(500);
/// After how many of these what nobody needs any more is forgotten.
const TIDY: u64 = 20;

/// What an HSM's process is told on its command line.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Its folder; made when it is not there.
    pub dir: PathBuf,
    /// Where it listens; port 0 is one that is free.
    pub listen: SocketAddr,
}

/// Why an HSM's process ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// Standard input or output, or the listening socket.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Standard input holds no provision: an HSM is started by its supervisor.
    #[error("standard input holds no provision: `bastide serve` starts HSMs, nobody else")]
    NotProvisioned,
    /// The folder or the state in it.
    #[error("{0}")]
    State(String),
}

impl From<Fault> for RunError {
    fn from(fault: Fault) -> Self {
        Self::State(fault.message)
    }
}

/// Runs an HSM until its standard input ends or its supervisor stops it. Reads what it is to be from standard input,
/// and says on standard output where it listens.
///
/// # Errors
/// When it cannot start.
pub fn run(options: &RunOptions) -> Result<(), RunError> {
    keep_memory_private();
    let mut stdin = io::stdin().lock();
    let provision: Provision = from_supervisor(&mut stdin)?;
    let (disk, entries) =
        Disk::open(&options.dir, &provision.unlock).map_err(|error| RunError::State(error.to_string()))?;
    let state = State::open(disk, &entries, &provision.hsm)?;
    drop(entries);
    if state.read().setting(setting::MASKING).is_none() {
        genesis::begin(&state, &provision.cluster)?;
    }
    let key = hardware_key(&state)?;
    let listener = TcpListener::bind(options.listen)?;
    let address = listener.local_addr()?.to_string();
    let hardware = Secret::new(key.subject_public_key_info());
    let ready = Ready { address: address.clone(), hardware };
    wire::write_frame(&mut io::stdout().lock(), &ready, MAX_FRAME).map_err(|_| RunError::NotProvisioned)?;
    let certificates: Hardware = from_supervisor(&mut stdin)?;
    keep_hardware(&state, &key, &certificates)?;

    let trust = Trust::new(&provision.hsm, &provision.cluster, &provision.root);
    let pkcs8 = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    trust.set_hardware(&certificates.operator, &pkcs8).map_err(|error| RunError::State(error.to_string()))?;
    let audit = Audit::open(&options.dir, &provision.unlock)?;
    let hsm = Arc::new(Hsm::new(&provision, address, state, trust, audit)?);
    drop(stdin);
    serve(&hsm, listener)
}

/// Keeps other processes of the same user from reading this one's memory, and keys out of core dumps.
fn keep_memory_private() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "other processes of this user may read the HSM's memory");
    }
}

/// The key of the HSM's hardware certificates; made at its first start.
fn hardware_key(state: &State) -> Result<KeyPair, RunError> {
    let failed = |error: rcgen::Error| RunError::State(error.to_string());
    let kept = state.read().setting(setting::HARDWARE).cloned();
    if let Some(kept) = kept {
        let kept: record::Hardware = hsm::decoded(&kept)?;
        return KeyPair::try_from(&*kept.key).map_err(failed);
    }
    x509::new_key().map_err(|error| RunError::State(error.to_string()))
}

/// Keeps the certificates of the first start: later ones change nothing.
fn keep_hardware(state: &State, key: &KeyPair, certificates: &Hardware) -> Result<(), RunError> {
    state.change(None, |now| {
        if now.setting(setting::HARDWARE).is_some() {
            return Ok(Vec::new());
        }
        let kept = record::Hardware {
            key: Secret::new(key.serialize_der()),
            operator: certificates.operator.clone(),
            manufacturer: certificates.manufacturer.clone(),
        };
        Ok(vec![Change::setting(setting::HARDWARE, encoded(&kept))])
    })?;
    Ok(())
}

fn from_supervisor<T: for<'b> minicbor::Decode<'b, ()>>(stdin: &mut impl io::Read) -> Result<T, RunError> {
    match wire::read_frame(stdin, MAX_FRAME) {
        Ok(Some(frame)) => wire::decode(&frame).map_err(|_| RunError::NotProvisioned),
        _ => Err(RunError::NotProvisioned),
    }
}

/// Takes connections, each in a thread of its own, until the HSM is to stop.
fn serve(hsm: &Arc<Hsm>, listener: TcpListener) -> Result<(), RunError> {
    let config = hsm.trust.server_config().map_err(|error| RunError::State(error.to_string()))?;
    let (stop, stopped) = mpsc::channel::<()>();
    let of_input = stop.clone();
    std::thread::spawn(move || {
        // The supervisor writes no more: the read ends when the supervisor does.
        let mut rest = [0; 64];
        while matches!(io::stdin().lock().read(&mut rest), Ok(1..)) {}
        let _ = of_input.send(());
    });
    let (keeper, started) = (Arc::clone(hsm), Instant::now());
    std::thread::spawn(move || {
        let (_pause, paused) = mpsc::channel::<()>();
        for tick in 1_u64.. {
            let _ = paused.recv_timeout(TICK);
            if keeper.is_stopping() {
                let _ = stop.send(());
                return;
            }
            if keeper.is_ready() {
                replicate::catch_up(&keeper);
            }
            if tick.is_multiple_of(TIDY) {
                keeper.tidy(started);
            }
        }
    });
    let open = Arc::new(AtomicUsize::new(0));
    let hsm = Arc::clone(hsm);
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            if open.fetch_add(1, Ordering::AcqRel) >= MAX_CONNECTIONS {
                open.fetch_sub(1, Ordering::AcqRel);
                continue;
            }
            let (hsm, config, count) = (Arc::clone(&hsm), Arc::clone(&config), Arc::clone(&open));
            let thread = std::thread::Builder::new().name("connection".to_owned());
            let spawned = thread.spawn(move || {
                connection::serve(&hsm, socket, config);
                count.fetch_sub(1, Ordering::AcqRel);
            });
            if spawned.is_err() {
                open.fetch_sub(1, Ordering::AcqRel);
            }
        }
    });
    // All that was acknowledged is durable, so nothing has to be waited for.
    let _ = stopped.recv();
    Ok(())
}
