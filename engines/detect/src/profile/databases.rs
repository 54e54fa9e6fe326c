//! Databases: who logs in, from where, with what; and who tries.

use bastide_finding::{
    Action, Database, Detection, Evidence, Login as LoginAction, LoginAttempts, Reason, Remote, Resource,
    find,
};
use bastide_ids::Timestamp;
use bastide_logs::login::Login;

use super::agent;
use super::attempts::{Attempts, Guessing, Judged};
use super::explain::{self, Detail, Words};
use super::hash;
use super::judge::Rules;
use super::model::Model;
use super::place::{self, Places};
use super::sighting::{FEATURES, Feature, SETTLING, Sighting, minute};
use super::window::{Act, Added, Windows};
use super::zone::{Zone, Zones};
use crate::detector::Context;

const WORDS: Words = Words { realm: "account", act: "login", area: "database", thing: "method" };

/// An act is a login at one database instance; a user of that name is the same at all of an account. What surrounds
/// it says most.
const RULES: Rules = Rules {
    candidate: 6.0,
    enough: 9.0,
    looks: 0.0,
    alone: (f32::MAX, f32::MAX),
    around: (7.0, 9.5),
    newcomer: 9.0,
    cold: 16.0,
    first_week: 12.0,
};

const FAILED: &str = "CredentialAccess:RDS/AnomalousBehavior.FailedLogin";
const GUESSED: &str = "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce";
const UNUSUAL: &str = "CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin";

/// Profiles of the users of databases.
pub(super) struct Logins {
    model: Model,
    windows: Windows<Detail>,
    attempts: Attempts,
    places: Places,
    zones: Zones,
}

impl Logins {
    pub(super) fn new() -> Self {
        Self {
            model: Model::new(),
            windows: Windows::new(RULES),
            attempts: Attempts::default(),
            places: Places::default(),
            zones: Zones::default(),
        }
    }

    /// Learns a login. Guesses that were not successful teach nothing of what is usual.
    pub(super) fn feed(&mut self, login: &Login<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        // Who names no user has only looked.
        if login.user.is_empty() {
            return;
        }
        let minute = minute(login.time);
        let address = login.source.map(|address| address.to_string()).unwrap_or_default();
        let realm = hash::after(hash::text(&login.account), &login.region);
        let instance = hash::after(realm, &login.instance);
        let place = self.places.find(&address, minute, cx.intel);
        let actor = hash::after(realm, &login.user);
        let mut values = [0; FEATURES];
        for (value, of) in values.iter_mut().zip([
            hash::after(hash::text("login"), &login.instance),
            place,
            hash::text(&agent::name(&login.application)),
            hash::text(&login.database),
            hash::text(&login.method),
            0,
        ]) {
            *value = of;
        }
        let sighting = Sighting { realm, cohort: realm, namesakes: 0, actor, minute, values };
        let habit =
            self.model.actor(actor).is_some_and(|it| it.habit(Feature::Place, place, minute, SETTLING));
        if !login.success {
            self.attempts.failed(login, instance, place, habit, &mut |judged| out.extend(failed(judged, cx)));
            return;
        }
        if let Some(guessing) = self.attempts.succeeded(login, instance, place, habit) {
            out.extend(guessed(login, &guessing, &sighting, cx));
        }
        match self.model.learn(&sighting) {
            Some(_) => {
                let zone = self.zones.see((instance, actor), &address, minute, OUTSIDE, cx.intel);
                self.look(login, &sighting, &address, zone, cx);
            }
            None => self.windows.repeat(&sighting, login.time, None),
        }
    }

    fn look(&mut self, login: &Login<'_>, sighting: &Sighting, address: &str, zone: Zone, cx: Context<'_>) {
        let measured = self.model.measure(sighting, PRIOR, SETTLING);
        if measured.of(Feature::Act) + measured.context() + zone.bits < RULES.candidate {
            return;
        }
        let Some(window) = self.windows.add(sighting, Added::default()) else { return };
        let Some(detection) = detection(UNUSUAL, login, key(login, sighting), (0, 1), cx) else { return };
        window.act(Act {
            sighting: *sighting,
            group: 0,
            looks: false,
            clicked: false,
            open: false,
            prior: PRIOR,
            volume: 0.0,
            zone: zone.bits,
            count: 1,
            first: login.time,
            last: login.time,
            detail: Detail {
                detection,
                act: format!("login {} at {}", login.user, login.instance),
                outcome: "success".to_owned(),
                place: place::name(address, cx.intel),
                tool: agent::name(&login.application),
                area: login.database.to_string(),
                thing: login.method.to_string(),
                realm: WORDS.realm,
                volume: None,
                zone: explain::zone(&place::name(address, cx.intel), &zone, "users of the database"),
            },
        });
    }

    /// Judges what has ended.
    pub(super) fn tick(&mut self, now: Timestamp, cx: Context<'_>, out: &mut Vec<Detection>) {
        let (model, zones) = (&self.model, &mut self.zones);
        self.windows.tick(now, model, &mut |window, verdicts, baseline| {
            zones.told(window.actor);
            for verdict in verdicts {
                out.extend(explain::detection(window, verdict, baseline, model, &WORDS));
            }
        });
        self.attempts.tick(now, &mut |judged| out.extend(failed(judged, cx)));
    }
}

/// The share of an account's users that log in at one of its databases within a month.
const PRIOR: f32 = 0.3;

/// The share of users that log in from a network of a kind that the database doesn't know.
const OUTSIDE: f32 = 0.05;

/// What makes repeated activity one finding: the user and the instance.
fn key(login: &Login<'_>, sighting: &Sighting) -> String {
    format!("{}/{}", explain::key(sighting), login.instance)
}

fn detection(
    kind: &str,
    login: &Login<'_>,
    key: String,
    (failed, successful): (u64, u64),
    cx: Context<'_>,
) -> Option<Detection> {
    let resource = Resource::Database(Box::new(Database {
        instance: login.instance.to_string(),
        engine: login.engine.to_string(),
        user: login.user.to_string(),
        database: login.database.to_string(),
        application: login.application.to_string(),
        method: login.method.to_string(),
        tls: login.tls,
    }));
    let location = login.source.and_then(|address| cx.intel.location(address));
    let action = Action::Login(LoginAction {
        remote: Remote { address: login.source, location },
        attempts: vec![LoginAttempts {
            user: login.user.to_string(),
            application: login.application.to_string(),
            failed,
            successful,
        }],
    });
    let place = (&*login.account, &*login.region);
    let mut made = Detection::new(find(kind)?, place, key, login.time, resource, action);
    let what = format!("login {} {}", login.user, if login.success { "success" } else { "failed" });
    made.evidence = vec![Evidence { id: evidence(login), time: login.time, what }];
    Some(made)
}

/// Logins have no ids: time, instance, source and user find the line again.
fn evidence(login: &Login<'_>) -> String {
    let source = login.source.map(|address| address.to_string()).unwrap_or_default();
    format!(
        "{} {} {source}:{} {}",
        login.time.iso8601_millis(),
        login.instance,
        login.source_port,
        login.user
    )
}

fn guessed(
    login: &Login<'_>,
    guessing: &Guessing,
    sighting: &Sighting,
    cx: Context<'_>,
) -> Option<Detection> {
    let mut made = detection(GUESSED, login, key(login, sighting), (guessing.failures, 1), cx)?;
    made.first = guessing.first;
    made.count = guessing.failures + 1;
    made.reasons = guessing.reasons();
    made.reasons.push(Reason {
        measure: "logins of the user from this network, of those older than 48 hours".to_owned(),
        observed: "0".to_owned(),
        expected: "1 or more".to_owned(),
    });
    Some(made)
}

fn failed(judged: &Judged, cx: Context<'_>) -> Option<Detection> {
    let login = &judged.sample;
    let mut made = detection(FAILED, login, judged.key.clone(), (judged.guessing.failures, 0), cx)?;
    made.first = judged.guessing.first;
    made.last = judged.guessing.last;
    made.count = judged.more;
    made.reasons = judged.guessing.reasons();
    if let Action::Login(action) = &mut made.action {
        action.attempts = judged
            .users
            .iter()
            .map(|(user, failed)| LoginAttempts {
                user: user.clone(),
                application: login.application.to_string(),
                failed: *failed,
                successful: 0,
            })
            .collect();
    }
    Some(made)
}
