//! Attacks on databases: guesses, stolen passwords, addresses on lists.

use super::{ACCOUNT, Attempt, BILLING, DATABASES, ORDERS, REPORTS, STOCK};
use crate::company::event::moment;
use crate::company::places::{ATTACKERS, LISTED, Network, TOR};
use crate::company::{DAY, HOUR, START};
use crate::label::Stage;
use crate::random::Random;

/// What is tried on databases that can be reached.
struct Tried {
    row: &'static str,
    what: &'static str,
    accept: &'static [&'static str],
    /// Where from.
    from: Place,
    users: &'static [&'static str],
    /// What the client calls itself.
    application: &'static str,
    /// Which database; one of those with PostgreSQL otherwise.
    at: Option<usize>,
    /// Hours when nobody works.
    night: bool,
    tries: i64,
    /// Mean milliseconds between tries.
    pause: i64,
    /// Whether the last one is let in.
    found: bool,
}

/// Where attempts come from.
enum Place {
    /// One of [`ATTACKERS`].
    Attacker(usize),
    /// All of them.
    Many,
    /// A machine of ours.
    Inside,
    /// An address of IPv6 that nobody knows.
    Six,
    /// An address on a list.
    Of(Network),
}

const BRUTE: &[&str] = &[
    "CredentialAccess:RDS/AnomalousBehavior.FailedLogin",
    "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce",
];
const BROKEN: &[&str] = &["CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce"];
const STOLEN: &[&str] = &[
    "CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin",
    "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce",
];
const COMMON: &[&str] =
    &["postgres", "admin", "root", "app", "shop", "billing", "test", "dbuser", "rdsadmin", "user1"];
const GUESSED: &str = "login/brute-force";
const TAKEN: &str = "login/stolen-password";
const LISTS: &str = "login/lists";
const PROBES: &str = "login/probes";

#[rustfmt::skip]
static ATTACKS: &[Tried] = &[
    Tried { row: GUESSED, what: "one user, fast", accept: BRUTE, from: Place::Attacker(0), users: &["postgres"], tries: 3000, pause: 900, ..NEVER },
    Tried { row: GUESSED, what: "one user, fast, found", accept: BROKEN, from: Place::Attacker(1), users: &["shop"], tries: 1500, pause: 1200, found: true, ..NEVER },
    Tried { row: GUESSED, what: "many users, each a few times", accept: BRUTE, from: Place::Attacker(2), users: COMMON, tries: 400, pause: 4000, ..NEVER },
    Tried { row: GUESSED, what: "one user, slow", accept: BRUTE, from: Place::Attacker(3), users: &["billing"], tries: 200, pause: 150_000, ..NEVER },
    Tried { row: GUESSED, what: "one user, slow, found", accept: BROKEN, from: Place::Attacker(4), users: &["reports"], tries: 150, pause: 120_000, found: true, ..NEVER },
    Tried { row: GUESSED, what: "from many places", accept: BRUTE, from: Place::Many, users: COMMON, tries: 600, pause: 9000, ..NEVER },
    Tried { row: GUESSED, what: "from inside", accept: BRUTE, from: Place::Inside, users: COMMON, tries: 300, pause: 2000, ..NEVER },
    Tried { row: GUESSED, what: "MySQL, over IPv6", accept: BRUTE, from: Place::Six, users: &["root", "stock", "mysql"], tries: 500, pause: 2000, at: Some(STOCK), ..NEVER },
    Tried { row: TAKEN, what: "a program's user from abroad", at: Some(BILLING), from: Place::Attacker(5), users: &["billing"], ..ONCE },
    Tried { row: TAKEN, what: "a program's user from abroad, at a database of others", at: Some(ORDERS), from: Place::Attacker(6), users: &["billing"], ..ONCE },
    Tried { row: TAKEN, what: "a program's user of MySQL from abroad", at: Some(STOCK), from: Place::Attacker(9), users: &["stock"], ..ONCE },
    Tried { row: TAKEN, what: "a program's user over IPv6", at: Some(ORDERS), from: Place::Six, users: &["search"], application: "psql", ..ONCE },
    Tried { row: TAKEN, what: "a program's user from a machine of others", at: Some(BILLING), from: Place::Inside, users: &["mailer"], application: "psql", ..ONCE },
    Tried { row: TAKEN, what: "a person's user from a rented server", at: Some(BILLING), from: Place::Attacker(7), users: &["person1"], application: "psql", ..ONCE },
    Tried { row: TAKEN, what: "an administrator's user from abroad, with the usual tool", at: Some(ORDERS), from: Place::Attacker(8), users: &["dba0"], application: "psql", ..ONCE },
    Tried { row: TAKEN, what: "an analyst's user at night, with another tool", at: Some(REPORTS), from: Place::Attacker(10), users: &["analyst1"], application: "psql", night: true, ..ONCE },
    Tried { row: TAKEN, what: "the vendor's user from a rented server", at: Some(REPORTS), from: Place::Attacker(12), users: &["charts"], application: "", ..ONCE },
    Tried { row: PROBES, what: "who is there, from Tor", accept: &["Discovery:RDS/TorIPCaller"], from: Place::Of(TOR), users: &[""], tries: 3, pause: 9000, ..NEVER },
    Tried { row: PROBES, what: "who is there, from a bad address", accept: &["Discovery:RDS/MaliciousIPCaller"], from: Place::Of(LISTED), users: &[""], tries: 3, pause: 9000, ..NEVER },
    Tried { row: PROBES, what: "who is there, MySQL, from a bad address", accept: &["Discovery:RDS/MaliciousIPCaller"], from: Place::Of(LISTED), users: &[""], tries: 2, pause: 9000, at: Some(STOCK), ..NEVER },
    Tried { row: LISTS, what: "refused, from Tor", accept: &["CredentialAccess:RDS/TorIPCaller.FailedLogin"], from: Place::Of(TOR), users: &["postgres"], tries: 3, pause: 9000, ..NEVER },
    Tried { row: LISTS, what: "let in, from Tor", accept: &["CredentialAccess:RDS/TorIPCaller.SuccessfulLogin"], from: Place::Of(TOR), users: &["person2"], ..ONCE },
    Tried { row: LISTS, what: "refused, from a bad address", accept: &["CredentialAccess:RDS/MaliciousIPCaller.FailedLogin"], from: Place::Of(LISTED), users: &["postgres"], tries: 3, pause: 9000, ..NEVER },
    Tried { row: LISTS, what: "let in, from a bad address", accept: &["CredentialAccess:RDS/MaliciousIPCaller.SuccessfulLogin"], from: Place::Of(LISTED), users: &["person2"], ..ONCE },
    Tried { row: LISTS, what: "MySQL, let in, from a bad address", accept: &["CredentialAccess:RDS/MaliciousIPCaller.SuccessfulLogin"], from: Place::Of(LISTED), users: &["prices"], at: Some(STOCK), ..ONCE },
];

/// What is never let in.
const NEVER: Tried = Tried {
    row: GUESSED,
    what: "",
    accept: BRUTE,
    from: Place::Inside,
    users: &[],
    application: "",
    at: None,
    night: false,
    tries: 1,
    pause: 1000,
    found: false,
};

/// One login that is let in.
const ONCE: Tried = Tried { accept: STOLEN, found: true, ..NEVER };

/// The attempts of all attacks, and their labels.
pub(super) fn all(random: &Random, days: u32) -> (Vec<Attempt>, Vec<Stage>) {
    let mut random = random.fork("attacks");
    let (mut attempts, mut stages) = (Vec::new(), Vec::new());
    for tried in ATTACKS {
        let ips: Vec<String> = match &tried.from {
            Place::Attacker(index) => vec![ATTACKERS[*index].address(&mut random)],
            Place::Many => ATTACKERS.iter().map(|network| network.address(&mut random)).collect(),
            Place::Inside => vec!["10.7.0.66".into()],
            Place::Six => vec!["2a0e:97c0:3f:11::7".into()],
            Place::Of(network) => vec![network.address(&mut random)],
        };
        let day = random.range(10, i64::from(days.max(13)) - 2);
        let hour = if tried.night { 2 } else { 20 };
        let first = START + day * DAY + random.range(0, hour * HOUR);
        let (mut at, database) = (first, tried.at.unwrap_or(random.below(STOCK)));
        for step in 0..tried.tries {
            attempts.push(Attempt {
                time: at,
                database,
                user: (*random.pick(tried.users)).to_owned(),
                ip: random.pick(&ips).clone(),
                application: tried.application,
                success: tried.found && step + 1 == tried.tries,
            });
            at += random.range(tried.pause / 2, tried.pause * 3 / 2);
        }
        stages.push(Stage {
            row: tried.row,
            attack: tried.what.into(),
            what: format!("on {}", DATABASES[database]),
            account: ACCOUNT.into(),
            names: vec![DATABASES[database].into()],
            first: moment(first),
            last: moment(at),
            events: Vec::new(),
            accept: tried.accept,
        });
    }
    (attempts, stages)
}
