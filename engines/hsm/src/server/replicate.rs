//! Keeping the HSMs of a cluster in step.
//!
//! Every change is pushed to all HSMs that live before it is acknowledged. One that does not answer is left out, and
//! brought in step when it answers again: both sides give the other what is newer. Of two changes of one entry, made
//! while the HSMs did not reach each other, the one with the higher version stands, on all.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;

use super::hsm::Hsm;
use super::record::Entry;
use super::state::{broken, mask, unmask};
use super::trust::Trust;
use crate::client::link::{Link, LinkError, Timeouts};
use crate::fleet::hardware_name;
use crate::sealing::SealKey;
use crate::tls::{self, Expected};
use crate::wire::{
    EntryName, Fault, MAX_INNER_FRAME, Member, PeerReply, PeerRequest, Reply, Request, SealedEntry, Version,
};

/// Entries in one request.
const BATCH: usize = 256;
/// Connections kept to one HSM.
const MAX_LINKS: usize = 16;
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(2), answer: Duration::from_secs(10) };

/// The other HSMs of the cluster.
pub(crate) struct Peers {
    hsm: String,
    cluster: String,
    root: Vec<u8>,
    members: RwLock<Vec<Arc<Peer>>>,
}

/// Another HSM.
pub(crate) struct Peer {
    member: Member,
    config: Arc<ClientConfig>,
    links: Mutex<Vec<Link>>,
    /// Whether changes are pushed to it.
    up: AtomicBool,
}

impl Peers {
    pub(crate) fn new(hsm: &str, cluster: &str, root: &[u8]) -> Self {
        let (hsm, cluster, root) = (hsm.to_owned(), cluster.to_owned(), root.to_vec());
        Self { hsm, cluster, root, members: RwLock::default() }
    }

    /// Takes the list of all HSMs over, this one among them.
    pub(crate) fn set(&self, members: &[Member], trust: &Trust) -> Result<(), Fault> {
        let others = members.iter().filter(|member| member.hsm != self.hsm);
        let known: HashMap<Member, Arc<Peer>> =
            self.all().into_iter().map(|peer| (peer.member.clone(), peer)).collect();
        let peers = others.map(|member| match known.get(member) {
            Some(peer) => Ok(Arc::clone(peer)),
            None => self.peer(member, trust).map(Arc::new),
        });
        let peers = peers.collect::<Result<Vec<_>, _>>()?;
        *self.members.write().unwrap_or_else(PoisonError::into_inner) = peers;
        Ok(())
    }

    pub(crate) fn peer(&self, member: &Member, trust: &Trust) -> Result<Peer, Fault> {
        let expected = Expected::Hardware {
            root: CertificateDer::from(self.root.clone()),
            hsm: member.hsm.clone(),
            cluster: self.cluster.clone(),
        };
        let own = trust.hardware().ok_or_else(|| {
            Fault::new(crate::wire::Code::Unavailable, "the HSM has no hardware certificate yet")
        })?;
        let config = tls::client_config_as(expected, own).map_err(|error| broken(&error))?;
        let (member, links, up) = (member.clone(), Mutex::default(), AtomicBool::new(false));
        Ok(Peer { member, config, links, up })
    }

    pub(crate) fn all(&self) -> Vec<Arc<Peer>> {
        self.members.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Addresses of all HSMs, this one's own first.
    pub(crate) fn addresses(&self, own: &str) -> Vec<String> {
        let others = self.all();
        std::iter::once(own.to_owned()).chain(others.iter().map(|peer| peer.member.address.clone())).collect()
    }

    /// Gives entries to all HSMs that live. One that does not take them is left out from now on, until it was
    /// brought in step.
    pub(crate) fn push(&self, masking: &SealKey, entries: &[Entry]) -> Result<(), Fault> {
        let up: Vec<Arc<Peer>> = self.all().into_iter().filter(|peer| peer.is_up()).collect();
        if up.is_empty() || entries.is_empty() {
            return Ok(());
        }
        let sealed: Vec<SealedEntry> =
            entries.iter().map(|entry| mask(masking, entry)).collect::<Result<_, _>>()?;
        if let [peer] = up.as_slice() {
            peer.push(&sealed);
            return Ok(());
        }
        std::thread::scope(|scope| {
            for peer in &up {
                let sealed = &sealed;
                scope.spawn(move || peer.push(sealed));
            }
        });
        Ok(())
    }
}

impl Peer {
    fn is_up(&self) -> bool {
        self.up.load(Ordering::Acquire)
    }

    fn set_up(&self, up: bool) {
        if self.up.swap(up, Ordering::AcqRel) != up {
            let hsm = &self.member.hsm;
            if up { tracing::info!(hsm, "in step") } else { tracing::warn!(hsm, "out of reach") }
        }
        if !up {
            self.links.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    fn push(&self, entries: &[SealedEntry]) {
        match self.call(&Request::Peer(PeerRequest::Push { entries: entries.to_vec() })) {
            Ok(Reply::Peer(PeerReply::Taken)) => {}
            _ => self.set_up(false),
        }
    }

    /// One call, on a connection that waits or a new one.
    pub(crate) fn call(&self, request: &Request) -> Result<Reply, LinkError> {
        let idle = self.links.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(mut link) = idle {
            match link.send(request) {
                // It may have been closed while it waited.
                Err(LinkError::Io(_) | LinkError::Protocol) => {}
                outcome => {
                    self.keep(link);
                    return outcome;
                }
            }
        }
        let name = hardware_name(&self.member.hsm);
        let mut link =
            Link::open(&self.member.address, Some(&name), &self.config, TIMEOUTS, MAX_INNER_FRAME)?;
        link.hello(bastide_ids::random_bytes())?;
        let outcome = link.send(request);
        if matches!(outcome, Ok(_) | Err(LinkError::Refused(_))) {
            self.keep(link);
        }
        outcome
    }

    fn keep(&self, link: Link) {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        if links.len() < MAX_LINKS {
            links.push(link);
        }
    }

    /// What the other has.
    pub(crate) fn versions(&self) -> Result<Vec<(EntryName, Version)>, LinkError> {
        match self.call(&Request::Peer(PeerRequest::Versions))? {
            Reply::Peer(PeerReply::Versions(versions)) => Ok(versions),
            _ => Err(LinkError::Protocol),
        }
    }

    /// Entries of the other by their names.
    pub(crate) fn fetch(&self, names: &[EntryName]) -> Result<Vec<SealedEntry>, LinkError> {
        match self.call(&Request::Peer(PeerRequest::Fetch { names: names.to_vec() }))? {
            Reply::Peer(PeerReply::Entries(entries)) => Ok(entries),
            _ => Err(LinkError::Protocol),
        }
    }
}

/// Brings this HSM and another one in step, both ways. From the start of it changes are pushed.
pub(crate) fn bring_in_step(hsm: &Hsm, peer: &Peer) -> Result<(), LinkError> {
    peer.set_up(true);
    let done = exchange(hsm, peer);
    if done.is_err() {
        peer.set_up(false);
    }
    done
}

fn exchange(hsm: &Hsm, peer: &Peer) -> Result<(), LinkError> {
    let masking = hsm.keys().masking.clone();
    let theirs = peer.versions()?;
    let ours: HashMap<EntryName, Version> = hsm.state.read().versions().into_iter().collect();
    let newer = theirs.iter().filter(|(name, version)| ours.get(name).is_none_or(|own| own < version));
    let wanted: Vec<EntryName> = newer.map(|(name, _)| name.clone()).collect();
    for names in wanted.chunks(BATCH) {
        take(hsm, &masking, peer.fetch(names)?)?;
    }
    let theirs: HashMap<EntryName, Version> = theirs.into_iter().collect();
    let older = ours.iter().filter(|(name, own)| theirs.get(name).is_none_or(|version| version < *own));
    let lacking: Vec<EntryName> = older.map(|(name, _)| name.clone()).collect();
    for names in lacking.chunks(BATCH) {
        let entries = hsm.state.mask(&masking, names)?;
        peer.call(&Request::Peer(PeerRequest::Push { entries }))?;
    }
    Ok(())
}

fn take(hsm: &Hsm, masking: &SealKey, entries: Vec<SealedEntry>) -> Result<(), Fault> {
    let opened = entries.into_iter().map(|entry| unmask(masking, entry)).collect::<Result<Vec<_>, _>>()?;
    hsm.take(opened)
}

/// Asks the other HSMs for an entry that is not here: it may have been made while this one was out of reach.
pub(crate) fn look_elsewhere(hsm: &Hsm, name: &EntryName) {
    let masking = hsm.keys().masking.clone();
    for peer in hsm.peers.all().iter().filter(|peer| peer.is_up()) {
        let Ok(entries) = peer.fetch(std::slice::from_ref(name)) else { continue };
        if !entries.is_empty() && take(hsm, &masking, entries).is_ok() {
            return;
        }
    }
}

/// Tries all that are out of step.
pub(crate) fn catch_up(hsm: &Hsm) {
    for peer in hsm.peers.all() {
        if !peer.is_up() && bring_in_step(hsm, &peer).is_err() {
            tracing::debug!(hsm = peer.member.hsm, "still out of reach");
        }
    }
}

/// What another HSM asked for.
pub(crate) fn answer(hsm: &Hsm, request: PeerRequest) -> Result<PeerReply, Fault> {
    let masking = hsm.keys().masking.clone();
    match request {
        PeerRequest::Push { entries } => {
            take(hsm, &masking, entries)?;
            Ok(PeerReply::Taken)
        }
        PeerRequest::Versions => Ok(PeerReply::Versions(hsm.state.read().versions())),
        PeerRequest::Fetch { names } => Ok(PeerReply::Entries(hsm.state.mask(&masking, &names)?)),
        PeerRequest::MaskingKey { public } => super::join::give_masking_key(&masking, &public),
    }
}
