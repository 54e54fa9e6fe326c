//! A database's weeks: programs and people; guesses, and a stolen password.

use bastide_finding::{Action, Detection};
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::login::Login;

use super::super::Profiles;
use super::company::Dice;
use crate::detector::{Context, Detector};
use crate::settings::Settings;

const DAY: i64 = 86_400;

struct Server {
    profiles: Profiles,
    out: Vec<Detection>,
}

impl Server {
    fn login(&mut self, seconds: i64, success: bool, user: &str, ip: &str, application: &str) {
        let (intel, settings) = (Intel::default(), Settings::default());
        let cx = Context { intel: &intel, settings: &settings };
        let time = Timestamp::from_seconds(1_685_923_200 + seconds);
        let login = Login {
            time,
            success,
            user: user.into(),
            database: "orders".into(),
            application: application.into(),
            source: ip.parse().ok(),
            instance: "db1".into(),
            account: "111111111111".into(),
            region: "eu-west-1".into(),
            engine: "postgres".into(),
            ..Login::default()
        };
        self.profiles.tick(time, cx, &mut self.out);
        self.profiles.login(&login, cx, &mut self.out);
    }

    /// Weeks of programs that connect each hour, and people by day who mistype now and then.
    fn weeks(dice: &mut Dice, days: i64) -> Self {
        let mut server = Self { profiles: Profiles::new(), out: Vec::new() };
        for hour in 0..days * 24 {
            let at = hour * 3_600;
            server.login(at, true, "app", "10.1.0.4", "web");
            server.login(at + 5, true, "app", "10.1.0.5", "web");
            server.login(at + 9, true, "report", "10.1.0.6", "cron");
            for person in 0..4 {
                if (8..18).contains(&(hour % 24)) && dice.chance(0.2) {
                    let ip = format!("10.9.{person}.2");
                    let user = format!("person{person}");
                    if dice.chance(0.2) {
                        server.login(at + 60 * person, false, &user, &ip, "psql");
                    }
                    server.login(at + 60 * person + 8, true, &user, &ip, "psql");
                }
            }
            // A password is changed, and the program learns it an hour later.
            if hour == 9 * 24 {
                for n in 0..300 {
                    server.login(at + 20 + n * 10, false, "report", "10.1.0.6", "cron");
                }
            }
        }
        server
    }

    fn end(mut self) -> Vec<Detection> {
        let (intel, settings) = (Intel::default(), Settings::default());
        let cx = Context { intel: &intel, settings: &settings };
        self.profiles.tick(Timestamp::from_millis(i64::MAX), cx, &mut self.out);
        self.out
    }
}

fn names(out: &[Detection]) -> Vec<&str> {
    out.iter().filter_map(|made| made.kind.name.rsplit('.').next()).collect()
}

#[test]
fn usual_weeks_are_quiet() {
    let out = Server::weeks(&mut Dice(5), 28).end();
    assert!(out.is_empty(), "{out:#?}");
}

#[test]
fn guesses_and_their_success() {
    let mut server = Server::weeks(&mut Dice(6), 12);
    for n in 0..40 {
        let user = ["postgres", "admin", "app", "root"][n as usize % 4];
        server.login(12 * DAY + n * 3, false, user, "203.0.113.9", "");
    }
    server.login(12 * DAY + 150, true, "app", "203.0.113.9", "");
    let out = server.end();
    assert!(names(&out).contains(&"SuccessfulBruteForce"), "{out:#?}");
    let failed = || out.iter().filter(|made| made.kind.name.ends_with("FailedLogin"));
    assert_eq!(failed().map(|made| made.count).sum::<u64>(), 40);
    assert!(failed().all(|made| matches!(&made.action, Action::Login(it) if it.attempts.len() == 4)));
}

#[test]
fn guesses_for_hours_and_their_success() {
    let mut server = Server::weeks(&mut Dice(6), 12);
    for n in 0..=75 {
        server.login(12 * DAY + n * 240, false, "app", "203.0.113.9", "");
    }
    server.login(12 * DAY + 75 * 240 + 60, true, "app", "203.0.113.9", "");
    let out = server.end();
    assert!(names(&out).contains(&"SuccessfulBruteForce"), "{out:#?}");
    let failed = out.iter().filter(|made| made.kind.name.ends_with("FailedLogin"));
    assert_eq!(failed.map(|made| made.count).sum::<u64>(), 76);
}

#[test]
fn guesses_from_many_networks() {
    let mut server = Server::weeks(&mut Dice(7), 12);
    for n in 0..40 {
        server.login(12 * DAY + n * 20, false, "postgres", &format!("203.0.{n}.9"), "");
    }
    assert_eq!(names(&server.end()), ["FailedLogin", "FailedLogin"]);
}

#[test]
fn a_stolen_password() {
    let mut server = Server::weeks(&mut Dice(8), 12);
    server.login(12 * DAY + 3 * 3_600, true, "report", "203.0.113.9", "pgAdmin 4");
    assert_eq!(names(&server.end()), ["SuccessfulLogin"]);
}
