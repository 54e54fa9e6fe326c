//! Logins to databases: PostgreSQL's log of a month, with and without attacks.

use std::sync::Arc;
use std::{fs, io};

use bastide_detect::{Engine, Settings};
use bastide_logs::login::{Connections, Login, Records};
use bastide_logs::{Origin, Record};

use crate::company::event::{iso, moment};
use crate::company::places::{ATTACKERS, LISTED, Network, TOR};
use crate::company::{DAY, HOUR, START};
use crate::family::{Family, Measured, Plan, Progress};
use crate::intel;
use crate::judge::{Judge, Owner};
use crate::label::Stage;
use crate::random::Random;

const ACCOUNT: &str = "410987654321";
const DATABASES: [&str; 3] = ["orders-db", "billing-db", "reports-db"];

static OWNERS: &[Owner] = &[
    (
        "login/brute-force",
        &["*RDS/AnomalousBehavior.SuccessfulBruteForce", "*RDS/AnomalousBehavior.FailedLogin"],
    ),
    ("login/stolen-password", &["*RDS/AnomalousBehavior.SuccessfulLogin"]),
    ("login/lists", &["*RDS/MaliciousIPCaller*", "*RDS/TorIPCaller*"]),
    ("login/others", &["*"]),
];

static BENIGN: &[Owner] =
    &[("benign-login/behaviour", &["*AnomalousBehavior*"]), ("benign-login/others", &["*"])];

/// One attempt.
struct Attempt {
    time: i64,
    database: usize,
    user: String,
    ip: String,
    application: &'static str,
    success: bool,
}

/// A month of logins.
pub struct Logins {
    /// Whether attacks are in it.
    pub attacked: bool,
}

impl Family for Logins {
    fn name(&self) -> &'static str {
        if self.attacked { "login" } else { "benign-login" }
    }

    fn measure(&self, plan: &Plan) -> Measured {
        let random = Random::new(plan.seed).fork("databases");
        let (mut attack, stages) =
            if self.attacked { attacks(&random, plan.days) } else { (Vec::new(), Vec::new()) };
        attack.sort_by_key(|attempt| attempt.time);
        let mut judge = Judge::new(stages, if self.attacked { OWNERS } else { BENIGN });
        let mut engine =
            Engine::new(Arc::new(intel::build(true)), Settings::default(), bastide_detect::all());
        let progress = Progress::new(plan, self.name());
        let mut attack = attack.into_iter().peekable();
        let mut count = 0;
        for day in 0..plan.days {
            progress.at(u64::from(day), u64::from(plan.days));
            let end = START + i64::from(day + 1) * DAY;
            let mut attempts = normal(&random, day, plan.size);
            while let Some(attempt) = attack.next_if(|attempt| attempt.time < end) {
                attempts.push(attempt);
            }
            attempts.sort_by_key(|attempt| attempt.time);
            for login in logins(plan, self.name(), day, &attempts) {
                engine.feed(&Record::Login(&login));
                count += 1;
                for detection in engine.drain() {
                    judge.detection(login.time, &detection);
                }
            }
        }
        engine.finish();
        let now = engine.log_time().unwrap_or_default();
        for detection in engine.drain() {
            judge.detection(now, &detection);
        }
        judge.measured(count, f64::from(plan.days))
    }
}

/// The day's logs as the servers write them, read again, and all servers' logins in the order of time.
fn logins(plan: &Plan, name: &str, day: u32, attempts: &[Attempt]) -> Vec<Login<'static>> {
    let mut all = Vec::new();
    for (index, database) in DATABASES.iter().enumerate() {
        let log: String = attempts.iter().filter(|one| one.database == index).map(lines).collect();
        store(plan, name, &format!("{database}-{day:02}.log"), &log)
            .expect("the folder that was named can be written");
        let group = format!("/aws/rds/instance/{database}/postgresql");
        let origin = Origin { account: ACCOUNT, region: "eu-west-1", log_group: &group, ..Origin::default() };
        let mut records = Records::new(log.as_bytes(), origin, Connections::default());
        while let Some(read) = records.read() {
            let login =
                read.unwrap_or_else(|rejected| panic!("a generated line can't be read: {rejected:?}"));
            all.push(login.into_owned());
        }
    }
    all.sort_by_key(|login| login.time);
    all
}

/// What a server writes of an attempt, with RDS's prefix.
fn lines(attempt: &Attempt) -> String {
    let Attempt { time, user, ip, application, success, .. } = attempt;
    let stamp = iso(*time).replace('T', " ").replace('Z', " UTC");
    let seed = time.unsigned_abs();
    let (port, process) = (32_768 + seed % 28_000, 1000 + seed / 7 % 30_000);
    let received = format!(
        "{stamp}:{ip}({port}):[unknown]@[unknown]:[{process}]:LOG:  connection received: host={ip} port={port}\n"
    );
    let place = format!("{stamp}:{ip}({port}):{user}@app:[{process}]:");
    let said = if *success {
        format!(
            "{place}LOG:  connection authenticated: identity=\"{user}\" method=scram-sha-256 (/rdsdbdata/config/pg_hba.conf:13)\n{place}LOG:  connection authorized: user={user} database=app application_name={application} SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)\n"
        )
    } else {
        format!(
            "{place}FATAL:  password authentication failed for user \"{user}\"\n{place}DETAIL:  Connection matched pg_hba.conf line 13: \"host all all all scram-sha-256\"\n"
        )
    };
    received + &said
}

fn store(plan: &Plan, name: &str, file: &str, log: &str) -> io::Result<()> {
    let Some(folder) = &plan.write else { return Ok(()) };
    let folder = folder.join(name);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(file), log)
}

/// Programs with pools of connections, people with their tools, and what goes wrong on any day.
fn normal(random: &Random, day: u32, size: f64) -> Vec<Attempt> {
    const PROGRAMS: [(&str, &str); 6] = [
        ("shop", "PostgreSQL JDBC Driver"),
        ("billing", "PostgreSQL JDBC Driver"),
        ("search", "node-postgres"),
        ("reports", "psycopg"),
        ("mailer", "node-postgres"),
        ("etl", "Airflow"),
    ];
    let mut random = random.fork("day").fork(&day.to_string());
    let start = START + i64::from(day) * DAY;
    let mut attempts = Vec::new();
    let mut add =
        |time: i64, database: usize, user: &str, ip: String, application: &'static str, success: bool| {
            attempts.push(Attempt { time, database, user: user.into(), ip, application, success });
        };
    for (index, (program, driver)) in PROGRAMS.into_iter().enumerate() {
        for host in 0..4 {
            let ip = format!("10.1.{index}.{}", 10 + host);
            for _ in 0..random.count(90.0 * size.max(0.15)) {
                add(start + random.range(0, DAY - 1), index % 3, program, ip.clone(), driver, true);
            }
            // A deployment: the whole pool anew, within seconds.
            if random.chance(0.5) {
                let at = start + random.range(7 * HOUR, 17 * HOUR);
                for step in 0..10 {
                    add(at + step * 300, index % 3, program, ip.clone(), driver, true);
                }
            }
        }
    }
    let free = matches!((day + 1) % 7, 5 | 6);
    for index in 0..6 {
        let (user, tool) = (
            format!("person{index}"),
            ["psql", "DBeaver 24.3.1 - Main", "pgAdmin 4 - DB:app", "DataGrip 2025.1"][index % 4],
        );
        if free && !random.chance(0.05) {
            continue;
        }
        let ip = if random.chance(0.7) { "10.0.99.10".to_owned() } else { format!("10.0.99.{}", 20 + index) };
        for _ in 0..random.count(4.0) {
            let at = start + random.range(7 * HOUR, 17 * HOUR);
            if random.chance(0.1) {
                for step in 0..random.range(1, 3) {
                    add(at - 20_000 + step * 6000, index % 3, &user, ip.clone(), tool, false);
                }
            }
            add(at, index % 3, &user, ip.clone(), tool, true);
        }
    }
    // A report that nobody misses has had the wrong password for years.
    for step in 0..48 {
        add(start + step * 1_800_000 + 17_000, 2, "oldreport", "10.1.9.9".into(), "psycopg", false);
    }
    // A password is changed, and its programs learn it some minutes later.
    if day == 16 {
        for step in 0..80 {
            let ip = format!("10.1.0.{}", 10 + step % 4);
            add(start + 10 * HOUR + step * 4000, 0, "shop", ip, "PostgreSQL JDBC Driver", step > 70);
        }
    }
    attempts
}

/// What is tried on databases that can be reached.
struct Tried {
    row: &'static str,
    what: &'static str,
    accept: &'static [&'static str],
    /// Where from.
    from: Place,
    users: &'static [&'static str],
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

#[rustfmt::skip]
static ATTACKS: &[Tried] = &[
    Tried { row: GUESSED, what: "one user, fast", accept: BRUTE, from: Place::Attacker(0), users: &["postgres"], tries: 3000, pause: 900, found: false },
    Tried { row: GUESSED, what: "one user, fast, found", accept: BROKEN, from: Place::Attacker(1), users: &["shop"], tries: 1500, pause: 1200, found: true },
    Tried { row: GUESSED, what: "many users, each a few times", accept: BRUTE, from: Place::Attacker(2), users: COMMON, tries: 400, pause: 4000, found: false },
    Tried { row: GUESSED, what: "one user, slow", accept: BRUTE, from: Place::Attacker(3), users: &["billing"], tries: 200, pause: 150_000, found: false },
    Tried { row: GUESSED, what: "one user, slow, found", accept: BROKEN, from: Place::Attacker(4), users: &["reports"], tries: 150, pause: 120_000, found: true },
    Tried { row: GUESSED, what: "from many places", accept: BRUTE, from: Place::Many, users: COMMON, tries: 600, pause: 9000, found: false },
    Tried { row: GUESSED, what: "from inside", accept: BRUTE, from: Place::Inside, users: COMMON, tries: 300, pause: 2000, found: false },
    Tried { row: TAKEN, what: "a program's user from abroad", accept: STOLEN, from: Place::Attacker(5), users: &["billing"], tries: 1, pause: 1000, found: true },
    Tried { row: TAKEN, what: "a person's user from a rented server", accept: STOLEN, from: Place::Attacker(7), users: &["person1"], tries: 1, pause: 1000, found: true },
    Tried { row: LISTS, what: "refused, from Tor", accept: &["CredentialAccess:RDS/TorIPCaller.FailedLogin"], from: Place::Of(TOR), users: &["postgres"], tries: 3, pause: 9000, found: false },
    Tried { row: LISTS, what: "let in, from Tor", accept: &["CredentialAccess:RDS/TorIPCaller.SuccessfulLogin"], from: Place::Of(TOR), users: &["person2"], tries: 1, pause: 9000, found: true },
    Tried { row: LISTS, what: "refused, from a bad address", accept: &["CredentialAccess:RDS/MaliciousIPCaller.FailedLogin"], from: Place::Of(LISTED), users: &["postgres"], tries: 3, pause: 9000, found: false },
    Tried { row: LISTS, what: "let in, from a bad address", accept: &["CredentialAccess:RDS/MaliciousIPCaller.SuccessfulLogin"], from: Place::Of(LISTED), users: &["person2"], tries: 1, pause: 9000, found: true },
];

/// The attempts of all attacks, and their labels.
fn attacks(random: &Random, days: u32) -> (Vec<Attempt>, Vec<Stage>) {
    let mut random = random.fork("attacks");
    let (mut attempts, mut stages) = (Vec::new(), Vec::new());
    for tried in ATTACKS {
        let ips: Vec<String> = match &tried.from {
            Place::Attacker(index) => vec![ATTACKERS[*index].address(&mut random)],
            Place::Many => ATTACKERS.iter().map(|network| network.address(&mut random)).collect(),
            Place::Inside => vec!["10.7.0.66".into()],
            Place::Of(network) => vec![network.address(&mut random)],
        };
        let day = random.range(10, i64::from(days.max(13)) - 2);
        let first = START + day * DAY + random.range(0, 20 * HOUR);
        let (mut at, database) = (first, random.below(DATABASES.len()));
        for step in 0..tried.tries {
            attempts.push(Attempt {
                time: at,
                database,
                user: (*random.pick(tried.users)).to_owned(),
                ip: random.pick(&ips).clone(),
                application: "",
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
