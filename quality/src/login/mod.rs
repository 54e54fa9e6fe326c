//! Logins to databases: the logs of PostgreSQL and of MySQL of a month, with and without attacks.

mod attacks;
mod normal;

use std::sync::Arc;
use std::{fs, io};

use bastide_detect::{Engine, Settings};
use bastide_logs::login::{Connections, Login, Records};
use bastide_logs::{Origin, Record};

use crate::company::event::iso;
use crate::company::{DAY, START};
use crate::family::{Family, Measured, Plan, Progress};
use crate::intel;
use crate::judge::{Judge, Owner};
use crate::random::Random;

const ACCOUNT: &str = "410987654321";

/// The instances; the last is MySQL's, the internet reaches that for reports alone.
const DATABASES: [&str; 4] = ["orders-db", "billing-db", "reports-db", "stock-db"];
const ORDERS: usize = 0;
const BILLING: usize = 1;
const REPORTS: usize = 2;
const STOCK: usize = 3;

static OWNERS: &[Owner] = &[
    (
        "login/brute-force",
        &["*RDS/AnomalousBehavior.SuccessfulBruteForce", "*RDS/AnomalousBehavior.FailedLogin"],
    ),
    ("login/stolen-password", &["*RDS/AnomalousBehavior.SuccessfulLogin"]),
    ("login/probes", &["Discovery:RDS/*"]),
    ("login/lists", &["*RDS/MaliciousIPCaller*", "*RDS/TorIPCaller*"]),
    ("login/others", &["*"]),
];

static BENIGN: &[Owner] =
    &[("benign-login/behaviour", &["*AnomalousBehavior*"]), ("benign-login/others", &["*"])];

/// One attempt.
struct Attempt {
    time: i64,
    /// Which of [`DATABASES`].
    database: usize,
    /// Empty for who only looks.
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
            if self.attacked { attacks::all(&random, plan.days) } else { (Vec::new(), Vec::new()) };
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
            let mut attempts = normal::day(&random, day, plan.size);
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
        let own = attempts.iter().filter(|one| one.database == index);
        let log: String = if index == STOCK { own.map(audit).collect() } else { own.map(lines).collect() };
        store(plan, name, &format!("{database}-{day:02}.log"), &log)
            .expect("the folder that was named can be written");
        let file = if index == STOCK { "audit" } else { "postgresql" };
        let group = format!("/aws/rds/instance/{database}/{file}");
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
    if user.is_empty() {
        // Who looks whether there is a database names no user.
        return format!(
            "{stamp}:{ip}({port}):[unknown]@[unknown]:[{process}]:FATAL:  no PostgreSQL user name specified in startup packet\n"
        );
    }
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

/// What MySQL's audit log has of it: Aurora's microseconds, server, user, host, connection, and how it ended.
fn audit(attempt: &Attempt) -> String {
    let Attempt { time, user, ip, success, .. } = attempt;
    let (what, code) = if *success { ("CONNECT", 0) } else { ("FAILED_CONNECT", 1045) };
    let connection = time.unsigned_abs() / 37 % 900_000;
    format!("{time}000,stock-db-1,{user},{ip},{connection},0,{what},app,,{code}\n")
}

fn store(plan: &Plan, name: &str, file: &str, log: &str) -> io::Result<()> {
    let Some(folder) = &plan.write else { return Ok(()) };
    let folder = folder.join(name);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(file), log)
}
