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
use super::judge::{CANDIDATE, Rules};
use super::model::Model;
use super::place::{self, Places};
use super::sighting::{FEATURES, Feature, SETTLING, Sighting, minute};
use super::window::{Act, Added, Windows};
use crate::detector::Context;

const WORDS: Words = Words { realm: "database", act: "login", area: "database", thing: "method" };

/// All logins are the same act: only what surrounds it can be unusual.
const RULES: Rules =
    Rules { enough: 10.5, looks: 0.0, alone: (f32::MAX, f32::MAX), around: (8.5, 14.0), cold: 16.0 };

const FAILED: &str = "CredentialAccess:RDS/AnomalousBehavior.FailedLogin";
const GUESSED: &str = "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce";
const UNUSUAL: &str = "CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin";

/// Profiles of the users of databases.
pub(super) struct Logins {
    model: Model,
    windows: Windows<Detail>,
    attempts: Attempts,
    places: Places,
}

impl Logins {
    pub(super) fn new() -> Self {
        Self {
            model: Model::new(),
            windows: Windows::new(RULES),
            attempts: Attempts::default(),
            places: Places::default(),
        }
    }

    /// Learns a login. Guesses that were not successful teach nothing of what is usual.
    pub(super) fn feed(&mut self, login: &Login<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        let minute = minute(login.time);
        let address = login.source.map(|address| address.to_string()).unwrap_or_default();
        let realm = hash::after(hash::after(hash::text(&login.account), &login.region), &login.instance);
        let place = self.places.find(&address, minute, cx.intel);
        let actor = hash::after(realm, &login.user);
        let mut values = [0; FEATURES];
        for (value, of) in values.iter_mut().zip([
            hash::text("login"),
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
            self.attempts.failed(login, realm, place, habit, &mut |judged| out.extend(failed(judged, cx)));
            return;
        }
        if let Some(guessing) = self.attempts.succeeded(login, realm, place, habit) {
            out.extend(guessed(login, &guessing, &sighting, cx));
        }
        match self.model.learn(&sighting) {
            Some(_) => self.look(login, &sighting, &address, cx),
            None => self.windows.repeat(&sighting, login.time, None),
        }
    }

    fn look(&mut self, login: &Login<'_>, sighting: &Sighting, address: &str, cx: Context<'_>) {
        let measured = self.model.measure(sighting, PRIOR, SETTLING);
        if measured.context() < CANDIDATE {
            return;
        }
        let Some(window) = self.windows.add(sighting, Added::default()) else { return };
        let Some(detection) = detection(UNUSUAL, login, explain::key(sighting), (0, 1), cx) else { return };
        window.act(Act {
            sighting: *sighting,
            group: 0,
            looks: false,
            clicked: false,
            prior: PRIOR,
            volume: 0.0,
            count: 1,
            first: login.time,
            last: login.time,
            detail: Detail {
                detection,
                act: format!("login {}", login.user),
                outcome: "success".to_owned(),
                place: place::name(address, cx.intel),
                tool: agent::name(&login.application),
                area: login.database.to_string(),
                thing: login.method.to_string(),
                realm: WORDS.realm,
                volume: None,
            },
        });
    }

    /// Judges what has ended.
    pub(super) fn tick(&mut self, now: Timestamp, cx: Context<'_>, out: &mut Vec<Detection>) {
        let model = &self.model;
        self.windows.tick(now, model, &mut |window, verdicts, baseline| {
            for verdict in verdicts {
                out.extend(explain::detection(window, verdict, baseline, model, &WORDS));
            }
        });
        self.attempts.tick(now, &mut |judged| out.extend(failed(judged, cx)));
    }
}

/// The share of users that log in within a month: nearly all that exist.
const PRIOR: f32 = 0.9;

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
    let mut made = detection(GUESSED, login, explain::key(sighting), (guessing.failures, 1), cx)?;
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
