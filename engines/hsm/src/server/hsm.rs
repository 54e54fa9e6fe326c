//! One HSM: what its parts share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bastide_ids::{Clock as _, SystemClock};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::audit::Audit;
use super::genesis;
use super::record::{ClusterCertificate, Entry, Identity, setting};
use super::replicate::Peers;
use super::state::{Change, Entries, State, broken};
use super::trust::Trust;
use crate::fleet::Provision;
use crate::sealing::SealKey;
use crate::wire::{Code, Fault, Info, OperationId, Role, State as Phase};

/// How long session objects outlive the last connection of their client.
const GRACE: Duration = Duration::from_secs(300);

/// One HSM.
pub(crate) struct Hsm {
    pub(crate) id: String,
    pub(crate) cluster: String,
    pub(crate) fips: bool,
    pub(crate) address: String,
    pub(crate) backup_key: SealKey,
    pub(crate) state: State,
    pub(crate) trust: Arc<Trust>,
    pub(crate) peers: Peers,
    pub(crate) audit: Audit,
    keys: RwLock<Arc<ClusterKeys>>,
    ready: AtomicBool,
    stopping: AtomicBool,
    clients: Mutex<HashMap<[u8; 16], Presence>>,
}

/// Keys that all HSMs of the cluster have.
pub(crate) struct ClusterKeys {
    /// Seals what travels between them.
    pub(crate) masking: SealKey,
    /// Seals session tickets.
    pub(crate) tickets: SealKey,
    /// Makes handles of operation ids, and authenticates quorum tokens.
    pub(crate) names: SealKey,
}

struct Presence {
    connections: usize,
    last: Instant,
}

impl Hsm {
    pub(crate) fn new(
        provision: &Provision,
        address: String,
        state: State,
        trust: Arc<Trust>,
        audit: Audit,
    ) -> Result<Self, Fault> {
        let keys = cluster_keys(&state.read())?;
        let hsm = Self {
            id: provision.hsm.clone(),
            cluster: provision.cluster.clone(),
            fips: provision.fips,
            address,
            backup_key: SealKey::from_slice(&provision.backup).map_err(|error| broken(&error))?,
            state,
            peers: Peers::new(&provision.hsm, &provision.cluster, &provision.root),
            trust,
            audit,
            keys: RwLock::new(Arc::new(keys)),
            ready: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            clients: Mutex::default(),
        };
        hsm.follow_trust()?;
        Ok(hsm)
    }

    /// Changes entries, here and on all HSMs of the cluster that live, before it returns.
    pub(crate) fn change(
        &self,
        operation: Option<OperationId>,
        decide: impl FnOnce(&Entries) -> Result<Vec<Change>, Fault>,
    ) -> Result<(), Fault> {
        let entries = self.state.change(operation, decide)?;
        self.peers.push(&self.keys().masking, &entries)
    }

    /// Takes entries of another HSM.
    pub(crate) fn take(&self, entries: Vec<Entry>) -> Result<(), Fault> {
        let trust = entries.iter().any(concerns_trust);
        self.state.take(entries)?;
        if trust { self.follow_trust() } else { Ok(()) }
    }

    /// Forgets everything and takes these entries instead.
    pub(crate) fn replace(&self, entries: &[Entry]) -> Result<(), Fault> {
        self.state.replace(entries)?;
        let keys = cluster_keys(&self.state.read())?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        self.follow_trust()
    }

    /// Shows and accepts the certificates that the state says.
    pub(crate) fn follow_trust(&self) -> Result<(), Fault> {
        let now = self.state.read();
        let Some(identity) = genesis::identity(&now)? else { return Ok(()) };
        let certificate = cluster_certificate(&now)?;
        let mut clients: Vec<Vec<u8>> = vec![identity.authority.to_vec()];
        clients.extend(now.settings(setting::ANCHOR).map(|(_, anchor)| anchor.to_vec()));
        if let Some(ClusterCertificate { certificate, anchor }) = &certificate {
            let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(identity.key.to_vec()));
            self.trust.set_cluster(certificate, &key).map_err(|error| broken(&error))?;
            clients.push(anchor.to_vec());
        }
        self.trust.set_clients(clients);
        Ok(())
    }

    pub(crate) fn keys(&self) -> Arc<ClusterKeys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether it answers clients: it is in step with the other HSMs.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    pub(crate) fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    pub(crate) fn info(&self) -> Result<Info, Fault> {
        let now = self.state.read();
        Ok(Info {
            hsm: self.id.clone(),
            cluster: self.cluster.clone(),
            fips: self.fips,
            state: phase(&now)?,
            members: self.peers.addresses(&self.address),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time: SystemClock.now().millis(),
            objects: now.object_count() as u64,
            users: now.users().len() as u64,
            user: None,
        })
    }

    /// Counts a client's connections: its session objects live as long as it has one.
    pub(crate) fn client_came(&self, client: [u8; 16]) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let presence = clients.entry(client).or_insert(Presence { connections: 0, last: Instant::now() });
        presence.connections += 1;
    }

    pub(crate) fn client_went(&self, client: &[u8; 16]) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(presence) = clients.get_mut(client) {
            presence.connections = presence.connections.saturating_sub(1);
            presence.last = Instant::now();
        }
    }

    /// Forgets what nobody needs any more.
    pub(crate) fn tidy(&self, started: Instant) {
        if started.elapsed() < GRACE {
            return;
        }
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|_, presence| presence.connections > 0 || presence.last.elapsed() < GRACE);
        self.state.tidy(|client| !clients.contains_key(client));
    }
}

/// How far the cluster is.
pub(crate) fn phase(now: &Entries) -> Result<Phase, Fault> {
    if cluster_certificate(now)?.is_none() {
        return Ok(Phase::Uninitialized);
    }
    let unactivated = now.users().iter().any(|(_, user)| user.role == Role::UnactivatedAdmin);
    Ok(if unactivated { Phase::Initialized } else { Phase::Active })
}

pub(crate) fn cluster_certificate(now: &Entries) -> Result<Option<ClusterCertificate>, Fault> {
    now.setting(setting::CERTIFICATE).map(|bytes| decoded(bytes)).transpose()
}

/// Reads a record of the state.
pub(crate) fn decoded<'b, T: minicbor::Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, Fault> {
    crate::wire::decode(bytes).map_err(|_| Fault::new(Code::Device, "an entry of the state does not decode"))
}

fn concerns_trust(entry: &Entry) -> bool {
    matches!(&entry.name, crate::wire::EntryName::Setting(name)
        if name == setting::IDENTITY || name == setting::CERTIFICATE || name.starts_with(setting::ANCHOR))
}

fn cluster_keys(now: &Entries) -> Result<ClusterKeys, Fault> {
    let masking = now.setting(setting::MASKING).map(|key| SealKey::from_slice(key));
    let masking = masking.and_then(Result::ok);
    let masking = masking.ok_or_else(|| Fault::new(Code::Device, "the state has no masking key"))?;
    let derive = |what: &[u8]| masking.derive(b"bastide-hsm v1", &[what]).map_err(|error| broken(&error));
    Ok(ClusterKeys { tickets: derive(b"tickets")?, names: derive(b"names")?, masking: masking.clone() })
}

/// The identity as a record.
pub(crate) fn identity_of(bytes: &[u8]) -> Result<Identity, Fault> {
    decoded(bytes)
}
