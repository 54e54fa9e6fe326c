//! Logins of any day: programs with pools of connections, people with their tools, and what goes wrong.

use super::{Attempt, BILLING, ORDERS, REPORTS, STOCK};
use crate::company::places::{AWAY, HOMES, OFFICES};
use crate::company::{DAY, HOUR, START};
use crate::random::Random;

/// A program: its user, its database, what its driver calls itself, and the third number of its hosts' addresses.
const PROGRAMS: [(&str, usize, &str, u8); 8] = [
    ("shop", ORDERS, "PostgreSQL JDBC Driver", 0),
    ("billing", BILLING, "PostgreSQL JDBC Driver", 1),
    ("search", ORDERS, "node-postgres", 2),
    ("reports", REPORTS, "psycopg", 3),
    ("mailer", BILLING, "node-postgres", 4),
    ("etl", REPORTS, "Airflow", 5),
    ("stock", STOCK, "", 6),
    ("prices", STOCK, "", 7),
];

const TOOLS: [&str; 4] = ["psql", "DBeaver 24.3.1 - Main", "pgAdmin 4 - DB:app", "DataGrip 2025.1"];

/// A day's attempts being written.
pub(super) struct Day {
    start: i64,
    attempts: Vec<Attempt>,
}

impl Day {
    fn add(&mut self, offset: i64, database: usize, user: &str, ip: &str, application: &'static str) {
        self.attempt(offset, database, user, ip, application, true);
    }

    fn attempt(
        &mut self,
        offset: i64,
        database: usize,
        user: &str,
        ip: &str,
        application: &'static str,
        success: bool,
    ) {
        self.attempts.push(Attempt {
            time: self.start + offset,
            database,
            user: user.into(),
            ip: ip.into(),
            application,
            success,
        });
    }
}

/// All that is attempted on a day.
pub(super) fn day(random: &Random, number: u32, size: f64) -> Vec<Attempt> {
    let mut random = random.fork("day").fork(&number.to_string());
    let mut day = Day { start: START + i64::from(number) * DAY, attempts: Vec::new() };
    let free = matches!((number + 1) % 7, 5 | 6);
    programs(&mut day, number, size, &mut random);
    people(&mut day, number, free, &mut random);
    analysts(&mut day, number, free, &mut random);
    administrators(&mut day, number, free, &mut random);
    wrong(&mut day, number);
    day.attempts
}

fn programs(day: &mut Day, number: u32, size: f64, random: &mut Random) {
    for (program, database, driver, net) in PROGRAMS {
        for host in 0..4 {
            let ip = format!("10.1.{net}.{}", 10 + host);
            for _ in 0..random.count(90.0 * size.max(0.15)) {
                day.add(random.range(0, DAY - 1), database, program, &ip, driver);
            }
            // A deployment: the whole pool anew, within seconds. A failover: all pools of a database.
            let fails_over = (number, database) == (18, ORDERS);
            if fails_over || random.chance(0.5) {
                let at = if fails_over { 3 * HOUR } else { random.range(7 * HOUR, 17 * HOUR) };
                for step in 0..10 {
                    day.add(at + step * 300, database, program, &ip, driver);
                }
            }
        }
    }
    // From the fourteenth day on the shop has servers in another subnet, and there is one program more.
    if number >= 14 {
        for host in 0..2 {
            for _ in 0..random.count(90.0 * size.max(0.15)) {
                let ip = format!("10.2.0.{}", 10 + host);
                day.add(random.range(0, DAY - 1), ORDERS, "shop", &ip, "PostgreSQL JDBC Driver");
            }
        }
    }
    if number >= 20 {
        for _ in 0..random.count(60.0 * size.max(0.15)) {
            day.add(
                random.range(0, DAY - 1),
                BILLING,
                "loyalty",
                &format!("10.1.8.{}", 10 + random.below(3)),
                "psycopg",
            );
        }
    }
}

/// Developers, through the VPN, on the databases of the inside.
fn people(day: &mut Day, number: u32, free: bool, random: &mut Random) {
    // The last one comes on the sixteenth day.
    for index in 0..if number < 16 { 6 } else { 7 } {
        let (user, tool) = (format!("person{index}"), TOOLS[index % 4]);
        if free && !random.chance(0.05) {
            continue;
        }
        let ip = if random.chance(0.7) { "10.0.99.10".to_owned() } else { format!("10.0.99.{}", 20 + index) };
        // From the twenty-first day on some are in a new office, with a VPN of its own.
        let ip = if number >= 21 && index % 3 == 0 { format!("10.30.1.{}", 20 + index) } else { ip };
        let own = [ORDERS, BILLING, STOCK][index % 3];
        for _ in 0..random.count(4.0) {
            let at = random.range(7 * HOUR, 17 * HOUR);
            if random.chance(0.1) {
                for step in 0..random.range(1, 3) {
                    day.attempt(at - 20_000 + step * 6000, own, &user, &ip, tool, false);
                }
            }
            // Now and then somebody looks at another program's data.
            let database = if random.chance(0.05) { BILLING } else { own };
            day.add(at, database, &user, &ip, tool);
        }
    }
}

/// Analysts, on the database that the internet reaches: from offices, from home, when they travel; and a vendor's
/// program that makes charts.
fn analysts(day: &mut Day, number: u32, free: bool, random: &mut Random) {
    for index in 0..6 {
        if free && !random.chance(0.1) {
            continue;
        }
        let user = format!("analyst{index}");
        let home = HOMES[index].0;
        let away = (index == 2 && (12..15).contains(&number)) || (index == 4 && (22..25).contains(&number));
        let network = if away {
            AWAY[index]
        } else if random.chance(0.4) {
            home
        } else {
            OFFICES[index % 2]
        };
        let rest = Random::new(u64::from(number) / 9).fork(&user).range(2, 250);
        let address = format!(
            "{}{}",
            network.prefix,
            if network.prefix.matches('.').count() == 3 { "9".to_owned() } else { format!("7.{rest}") }
        );
        let tool = TOOLS[(index + 1) % 4];
        for _ in 0..random.count(3.0) {
            let at = random.range(7 * HOUR, 18 * HOUR);
            if random.chance(0.1) {
                day.attempt(at - 20_000, REPORTS, &user, &address, tool, false);
            }
            day.add(at, REPORTS, &user, &address, tool);
        }
    }
    for step in 0..24 {
        let ip = format!("3.233.144.{}", 10 + random.below(8));
        day.add(step * HOUR + random.range(0, HOUR - 1), REPORTS, "charts", &ip, "Tableau");
    }
}

/// Two who look after all databases, also at night when something is wrong.
fn administrators(day: &mut Day, number: u32, free: bool, random: &mut Random) {
    for index in 0..2 {
        let user = format!("dba{index}");
        let called = number % 9 == 4 + index as u32;
        if free && !called {
            continue;
        }
        for _ in 0..random.count(if called { 9.0 } else { 5.0 }) {
            let at = if called { random.range(0, 4 * HOUR) } else { random.range(7 * HOUR, 17 * HOUR) };
            let database = random.below(4);
            let ip = format!("10.0.99.{}", 40 + index);
            day.add(at, database, &user, &ip, if random.chance(0.8) { "psql" } else { TOOLS[1] });
        }
    }
}

fn wrong(day: &mut Day, number: u32) {
    // A report that nobody misses has had the wrong password for years.
    for step in 0..48 {
        day.attempt(step * 1_800_000 + 17_000, REPORTS, "oldreport", "10.1.9.9", "psycopg", false);
    }
    // A password is changed, and its programs learn it some minutes later.
    if number == 16 {
        for step in 0..80 {
            let ip = format!("10.1.0.{}", 10 + step % 4);
            day.attempt(10 * HOUR + step * 4000, ORDERS, "shop", &ip, "PostgreSQL JDBC Driver", step > 70);
        }
    }
}
