//! Logins that were refused: from one network, or of one user from many.

use bastide_finding::Reason;
use bastide_ids::Timestamp;
use bastide_logs::login::Login;

use super::hash::{Map, both};

/// Sources and users that are watched at once.
const LIMIT: usize = 1 << 14;
/// Milliseconds without a refusal after which what is watched is judged.
const IDLE: i64 = 15 * 60_000;
/// Milliseconds after which it is judged in any case. Guessing that goes on is watched further: whoever is let in after
/// hours of it was not less lucky.
const LONGEST: i64 = 60 * 60_000;
/// Refusals that are guessing, from a network that the database doesn't know.
const GUESSES: u64 = 10;
/// Refusals of one user from everywhere that are, …
const GUESSES_SPREAD: u64 = 20;
/// … and from how many networks.
const NETWORKS: usize = 5;
/// Users that one source tries whom no program would.
const USERS: usize = 3;
/// Users and networks that are told apart.
const APART: usize = 32;

/// What is watched: networks and users of databases.
#[derive(Default)]
pub(super) struct Attempts {
    watched: Map<u64, Watched>,
}

struct Watched {
    sample: Login<'static>,
    of_user: bool,
    first: Timestamp,
    last: Timestamp,
    /// When it began, or was last judged.
    since: Timestamp,
    failures: u64,
    /// Those from networks from which the user logs in as a rule.
    habitual: u64,
    users: Vec<(String, u64)>,
    networks: Vec<u64>,
    /// Those that were told already.
    told: u64,
}

/// Guessing, in numbers.
#[derive(Clone, Debug)]
pub(super) struct Guessing {
    /// The first refusal.
    pub(super) first: Timestamp,
    /// The last.
    pub(super) last: Timestamp,
    /// Refusals.
    pub(super) failures: u64,
    users: usize,
    networks: usize,
}

/// Guessing that has ended, or goes on for long.
pub(super) struct Judged {
    /// One of the refusals.
    pub(super) sample: Login<'static>,
    /// What makes repeated guessing one finding.
    pub(super) key: String,
    /// Refusals that were not told before.
    pub(super) more: u64,
    /// The numbers.
    pub(super) guessing: Guessing,
    /// Users, and how often each was tried.
    pub(super) users: Vec<(String, u64)>,
}

impl Attempts {
    /// Counts a refusal. `habit`: the user logs in from this network as a rule.
    /// Guessing is told once there is enough, and again, with what came since, when it has ended.
    pub(super) fn failed(
        &mut self,
        login: &Login<'_>,
        realm: u64,
        place: u64,
        habit: bool,
        tell: &mut dyn FnMut(&Judged),
    ) {
        for (of_user, key) in [(false, source(realm, place)), (true, user(realm, login))] {
            if self.watched.len() >= LIMIT && !self.watched.contains_key(&key) {
                continue;
            }
            let watched = self.watched.entry(key).or_insert_with(|| Watched {
                sample: login.clone().into_owned(),
                of_user,
                first: login.time,
                last: login.time,
                since: login.time,
                failures: 0,
                habitual: 0,
                users: Vec::new(),
                networks: Vec::new(),
                told: 0,
            });
            watched.count(login, place, habit);
            if watched.told == 0 && watched.guessing() {
                tell(&watched.judged(key));
                watched.told = watched.failures;
            }
        }
    }

    /// Whether a login that was let in comes after guessing.
    pub(super) fn succeeded(
        &self,
        login: &Login<'_>,
        realm: u64,
        place: u64,
        habit: bool,
    ) -> Option<Guessing> {
        if habit {
            return None;
        }
        let of = |key| self.watched.get(&key);
        let recent = |watched: &&Watched| login.time.millis() - watched.last.millis() <= LONGEST;
        let found = of(source(realm, place)).or_else(|| of(user(realm, login))).filter(recent)?;
        // A program with a wrong password fails alike, until it is put right: its failures are of one user.
        let enough = found.guessing()
            && (found.users.len() >= USERS || found.failures >= 2 * GUESSES || found.of_user);
        enough.then(|| found.numbers())
    }

    /// Judges what has ended.
    pub(super) fn tick(&mut self, now: Timestamp, tell: &mut dyn FnMut(&Judged)) {
        if self.watched.is_empty() {
            return;
        }
        let idle = |watched: &Watched| now.millis().saturating_sub(watched.last.millis()) >= IDLE;
        let long = |watched: &Watched| now.millis().saturating_sub(watched.since.millis()) >= LONGEST;
        let mut over: Vec<(Timestamp, u64)> = self
            .watched
            .iter()
            .filter(|(_, watched)| idle(watched) || long(watched))
            .map(|(key, watched)| (watched.first, *key))
            .collect();
        over.sort_unstable();
        for (_, key) in over {
            let Some(watched) = self.watched.get_mut(&key) else { continue };
            let guessing = watched.guessing();
            if guessing && watched.failures > watched.told {
                tell(&watched.judged(key));
            }
            if idle(watched) || !guessing {
                self.watched.remove(&key);
            } else {
                (watched.told, watched.since) = (watched.failures, now);
            }
        }
    }
}

fn source(realm: u64, place: u64) -> u64 {
    both(realm, place)
}

fn user(realm: u64, login: &Login<'_>) -> u64 {
    super::hash::after(realm.wrapping_add(1), &login.user)
}

impl Watched {
    fn count(&mut self, login: &Login<'_>, place: u64, habit: bool) {
        self.first = self.first.min(login.time);
        self.last = self.last.max(login.time);
        self.failures += 1;
        self.habitual += u64::from(habit);
        let room = self.users.len() < APART;
        match self.users.iter_mut().find(|(user, _)| *user == login.user) {
            Some((_, count)) => *count += 1,
            None if room => self.users.push((login.user.to_string(), 1)),
            None => {}
        }
        if self.networks.len() < APART && !self.networks.contains(&place) {
            self.networks.push(place);
        }
    }

    fn guessing(&self) -> bool {
        let strange = self.failures - self.habitual;
        if self.of_user {
            strange >= GUESSES_SPREAD && self.networks.len() >= NETWORKS
        } else {
            strange >= GUESSES || strange > 0 && self.users.len() >= USERS && self.failures >= GUESSES
        }
    }

    fn judged(&self, key: u64) -> Judged {
        Judged {
            more: self.failures - self.told,
            guessing: self.numbers(),
            key: format!("{key:016x}"),
            sample: self.sample.clone(),
            users: self.users.clone(),
        }
    }

    fn numbers(&self) -> Guessing {
        Guessing {
            first: self.first,
            last: self.last,
            failures: self.failures,
            users: self.users.len(),
            networks: self.networks.len(),
        }
    }
}

impl Guessing {
    /// The numbers, for people.
    pub(super) fn reasons(&self) -> Vec<Reason> {
        let minutes = (self.last.millis() - self.first.millis()).max(0) / 60_000 + 1;
        let of = |measure: &str, observed: usize, expected: String| Reason {
            measure: measure.to_owned(),
            observed: observed.to_string(),
            expected,
        };
        vec![
            Reason {
                measure: format!("refused logins within {minutes} minutes"),
                observed: self.failures.to_string(),
                expected: format!(
                    "under {GUESSES} from a network without habitual logins; under {GUESSES_SPREAD} of one user from \
                     {NETWORKS} networks"
                ),
            },
            of("users that were tried", self.users, format!("under {USERS} from one network")),
            of("networks that tried", self.networks, format!("under {NETWORKS} for one user")),
        ]
    }
}
