use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rustls::ClientConfig;

use super::ClientError;
use super::link::{Link, LinkError, Timeouts};
use crate::wire::{Code, MAX_FRAME, Reply, Request, Secret};

/// Connections that wait for work, for each HSM.
const MAX_IDLE: usize = 64;
/// How long an HSM that did not answer is left alone while others answer; doubled up to the longest.
const REST: Duration = Duration::from_millis(500);
const LONGEST_REST: Duration = Duration::from_secs(30);
/// How often the list of members is asked for again.
const REFRESH: Duration = Duration::from_secs(30);
/// The same, while one of them does not answer.
const REFRESH_SOON: Duration = Duration::from_secs(1);
/// How often a call is tried when no HSM answers at all.
const ROUNDS: usize = 3;
/// How long is waited before it is tried again.
const PAUSE: Duration = Duration::from_millis(200);

/// Connections to all HSMs of a cluster. A call takes one for itself, so that many threads call at once.
pub(crate) struct Pool {
    config: Arc<ClientConfig>,
    timeouts: Timeouts,
    client: [u8; 16],
    members: RwLock<Vec<Arc<Member>>>,
    turn: AtomicUsize,
    login: RwLock<Login>,
    /// When the members were last asked for, in milliseconds since `start`.
    refreshed: AtomicU64,
    start: Instant,
}

/// What a connection must have before it is used.
#[derive(Clone, Default)]
struct Login {
    epoch: u64,
    ticket: Option<Secret>,
}

struct Member {
    address: String,
    idle: Mutex<Vec<Link>>,
    rest: Mutex<Rest>,
}

#[derive(Default)]
struct Rest {
    until: Option<Instant>,
    length: Duration,
}

impl Pool {
    pub(crate) fn new(config: Arc<ClientConfig>, addresses: &[String], timeouts: Timeouts) -> Self {
        Self {
            config,
            timeouts,
            client: bastide_ids::random_bytes(),
            members: RwLock::new(addresses.iter().map(|address| Member::new(address)).collect()),
            turn: AtomicUsize::new(0),
            login: RwLock::default(),
            refreshed: AtomicU64::new(0),
            start: Instant::now(),
        }
    }

    /// Calls one HSM after the other until one answers.
    pub(crate) fn call(&self, request: &Request) -> Result<Reply, ClientError> {
        self.refresh_if_due();
        let mut last = None;
        for round in 0..ROUNDS {
            let mut invalid = None;
            for member in self.order() {
                match self.call_member(&member, request) {
                    Err(ClientError::Unreachable(why)) => last = Some(why),
                    // An HSM that was out of reach may not know the user yet: another one does.
                    Err(ClientError::Refused(fault)) if fault.code == Code::TicketInvalid => {
                        invalid = Some(fault);
                    }
                    answered => return answered,
                }
            }
            if let Some(fault) = invalid {
                return Err(ClientError::Refused(fault));
            }
            if round + 1 < ROUNDS {
                std::thread::park_timeout(PAUSE);
            }
        }
        Err(ClientError::Unreachable(last.unwrap_or_else(|| "the cluster has no HSM".to_owned())))
    }

    /// From now on every connection logs in with this ticket, or none does.
    pub(crate) fn set_ticket(&self, ticket: Option<Secret>) {
        let mut login = self.login.write().unwrap_or_else(PoisonError::into_inner);
        login.epoch += 1;
        login.ticket = ticket;
    }

    pub(crate) fn is_logged_in(&self) -> bool {
        self.login.read().unwrap_or_else(PoisonError::into_inner).ticket.is_some()
    }

    /// Takes addresses over that were not known, and forgets those that are no longer in the cluster.
    pub(crate) fn set_members(&self, addresses: &[String]) {
        if addresses.is_empty() {
            return;
        }
        let mut members = self.members.write().unwrap_or_else(PoisonError::into_inner);
        let known =
            |address: &String| members.iter().find(|member| member.address == *address).map(Arc::clone);
        let next = addresses.iter().map(|address| known(address).unwrap_or_else(|| Member::new(address)));
        *members = next.collect();
    }

    fn members(&self) -> Vec<Arc<Member>> {
        self.members.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All members, each call beginning with the next one; those that rest come last.
    fn order(&self) -> Vec<Arc<Member>> {
        let mut members = self.members();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        if !members.is_empty() {
            let by = turn % members.len();
            members.rotate_left(by);
        }
        let now = Instant::now();
        members.sort_by_key(|member| member.rests(now));
        members
    }

    fn is_one_resting(&self) -> bool {
        let members = self.members.read().unwrap_or_else(PoisonError::into_inner);
        members.iter().any(|member| lock(&member.rest).until.is_some())
    }

    fn call_member(&self, member: &Member, request: &Request) -> Result<Reply, ClientError> {
        let login = self.login.read().unwrap_or_else(PoisonError::into_inner).clone();
        let idle = lock(&member.idle).pop();
        let was_idle = idle.is_some();
        let mut link = match idle {
            Some(link) => link,
            None => self.open(member)?,
        };
        match attempt(&mut link, &login, request) {
            // A connection that waited may have been closed long ago: that says nothing about the HSM.
            Err(LinkError::Io(_) | LinkError::Protocol) if was_idle => {
                lock(&member.idle).clear();
                link = self.open(member)?;
                let again = attempt(&mut link, &login, request);
                self.settle(member, link, again)
            }
            outcome => self.settle(member, link, outcome),
        }
    }

    fn open(&self, member: &Member) -> Result<Link, ClientError> {
        let opened = Link::open(&member.address, None, &self.config, self.timeouts, MAX_FRAME)
            .and_then(|mut link| link.hello(self.client).map(|_| link));
        opened.map_err(|error| {
            member.rest();
            ClientError::Unreachable(format!("{}: {error}", member.address))
        })
    }

    /// Keeps the connection, or leaves the HSM alone for a while.
    fn settle(
        &self,
        member: &Member,
        link: Link,
        outcome: Result<Reply, LinkError>,
    ) -> Result<Reply, ClientError> {
        match outcome {
            Err(LinkError::Refused(fault)) if fault.code == Code::Unavailable => {
                member.rest();
                Err(ClientError::Unreachable(format!("{}: {fault}", member.address)))
            }
            Err(error @ (LinkError::Io(_) | LinkError::Protocol)) => {
                lock(&member.idle).clear();
                member.rest();
                self.refreshed.store(0, Ordering::Relaxed);
                Err(ClientError::Unreachable(format!("{}: {error}", member.address)))
            }
            Err(LinkError::TooLarge(size)) => Err(ClientError::TooLarge(size)),
            Err(LinkError::Refused(fault)) => {
                member.keep(link);
                Err(ClientError::Refused(fault))
            }
            Ok(reply) => {
                member.keep(link);
                Ok(reply)
            }
        }
    }

    /// Asks for the members again once in a while, so that new HSMs are used.
    fn refresh_if_due(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let before = self.refreshed.load(Ordering::Relaxed);
        let since = Duration::from_millis(now.saturating_sub(before));
        if before != 0 && (since < REFRESH_SOON || since < REFRESH && !self.is_one_resting()) {
            return;
        }
        if self.refreshed.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        for member in self.order() {
            if let Ok(Reply::Info(info)) = self.call_member(&member, &Request::Info) {
                self.set_members(&info.members);
                return;
            }
        }
    }
}

/// Brings the connection's login in step and makes the call.
fn attempt(link: &mut Link, login: &Login, request: &Request) -> Result<Reply, LinkError> {
    if link.epoch != login.epoch {
        link.call(&Request::Logout)?;
        if let Some(ticket) = &login.ticket {
            link.call(&Request::Resume { ticket: ticket.clone() })?;
        }
        link.epoch = login.epoch;
    }
    link.send(request)
}

impl Member {
    fn new(address: &str) -> Arc<Self> {
        Arc::new(Self { address: address.to_owned(), idle: Mutex::default(), rest: Mutex::default() })
    }

    fn keep(&self, link: Link) {
        let mut rest = lock(&self.rest);
        rest.until = None;
        rest.length = Duration::ZERO;
        drop(rest);
        let mut idle = lock(&self.idle);
        if idle.len() < MAX_IDLE {
            idle.push(link);
        }
    }

    fn rest(&self) {
        let mut rest = lock(&self.rest);
        rest.length = (rest.length * 2).clamp(REST, LONGEST_REST);
        rest.until = Some(Instant::now() + rest.length);
    }

    fn rests(&self, now: Instant) -> bool {
        lock(&self.rest).until.is_some_and(|until| until > now)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
