//! Attacks on the company, stage by stage. What is done is as in public catalogues (MITRE ATT&CK for clouds,
//! Stratus Red Team's list of techniques); how is written here.

mod accept;
mod catalogue;
mod key;
mod script;
mod sessions;

use std::cell::Cell;

use crate::company::event::{From, Identity, Session, Written};
use crate::company::people::Job;
use crate::company::places::{ATTACKERS, OFFICES};
use crate::company::sessions::sso_role;
use crate::company::{Company, DATA, DAY, HOUR, SHARED, START, agents, users};
use crate::label::Stage;
use crate::random::Random;
use script::Script;

/// What is attacked.
pub struct Target<'a> {
    company: &'a Company,
    /// How many users were victims.
    attacked: Cell<usize>,
}

impl Target<'_> {
    /// A user of IAM: the account and the name. Another one for each attack: what nobody acts upon becomes usual.
    fn user(&self, _random: &mut Random) -> (String, String) {
        let mut users: Vec<(usize, String)> =
            users::all().into_iter().map(|program| (program.place, program.name)).collect();
        users.push((SHARED, "svc-backup".to_owned()));
        self.company.random.fork("victims").shuffle(&mut users);
        let (place, name) = &users[self.attacked.replace(self.attacked.get() + 1) % users.len()];
        (self.company.accounts[*place].clone(), name.clone())
    }

    /// A person with a user of IAM, who signs in to the console.
    fn person(&self, index: usize) -> (String, String) {
        let with_user = self.company.people.iter().filter(|person| person.iam_user);
        let people: Vec<(usize, &str)> = with_user
            .filter_map(|person| Some((person.job.place()?, person.email.split('@').next()?)))
            .collect();
        let (place, name) = people[index % people.len()];
        (self.company.accounts[place].clone(), name.to_owned())
    }

    /// An address that no attack came from, in a network of its own as far as there are.
    fn elsewhere(&self, random: &mut Random) -> String {
        let place = self.attacked.get() * 7 + 3;
        ATTACKERS[place % ATTACKERS.len()].address(random)
    }

    /// The long-lived key of a user.
    fn key(&self, account: &str, user: &str) -> String {
        if user == "svc-backup" {
            return self.company.random.fork("old key").id("AKIA", 16);
        }
        users::key(account, user)
    }

    fn bucket(&self, account: &str) -> String {
        format!("nl-orders-{}", account.get(8..).unwrap_or_default())
    }

    /// A session of one who works with the data lake, from where he works.
    fn analyst(&self, since: i64, random: &mut Random) -> (From, String) {
        let account = self.company.accounts[DATA].clone();
        // The first of them came in the middle of the month.
        let person = self.company.people.iter().filter(|person| person.job == Job::Analyst).nth(1);
        let email = person.map_or("nobody", |person| person.email.as_str());
        let role = sso_role(&account, "DataEngineer");
        let session = Session { role: &role, name: email, since, ..Session::default() };
        let who = Identity::role(&account, &random.id("ASIA", 16), session);
        (From::new(who, &format!("{}20", OFFICES[0].prefix), &agents::cli(9, 12)), account)
    }
}

/// All attacks of a month of so many days: their events in the order of time, and their stages.
#[must_use]
pub fn all(company: &Company, days: u32) -> (Vec<Written>, Vec<Stage>) {
    let target = Target { company, attacked: Cell::new(0) };
    let mut dice = company.random.fork("attack days");
    // Detectors may learn what is usual for ten days.
    let mut on = |hour: f64| {
        let day = dice.range(10, i64::from(days.max(13)) - 2);
        START + day * DAY + (hour * HOUR as f64) as i64
    };
    let mut scripts = vec![
        key::leaked(&target, "leaked key, fast", on(2.5), 1500.0, false),
        key::leaked(&target, "leaked key, by hand", on(14.0), 25_000.0, false),
        key::leaked(&target, "leaked key, slow", on(20.0).min(START + 20 * DAY), 400_000.0, true),
        key::mail(&target, on(4.0)),
        key::insider(&target, on(21.0).min(START + 22 * DAY)),
    ];
    scripts.extend(sessions::all(&target, &mut on));
    scripts.extend(catalogue::all(&target, &mut on));
    let (mut events, mut stages) = (Vec::new(), Vec::new());
    for script in scripts {
        let (written, labelled) = Script::finish(script);
        events.extend(written);
        stages.extend(labelled);
    }
    events.sort_by_key(|event| event.time);
    let end = START + i64::from(days) * DAY;
    events.retain(|event| event.time < end);
    stages.retain(|stage| stage.last.millis() < end);
    (events, stages)
}
