//! How attacks are written: calls, gathered into labelled stages.

use crate::company::event::{Call, From, Written, moment, write};
use crate::label::Stage;
use crate::random::Random;

/// An attack being written.
pub struct Script {
    /// Its numbers.
    pub random: Random,
    /// The time of the next call, in milliseconds.
    pub at: i64,
    /// Mean milliseconds between calls.
    pub pace: f64,
    name: String,
    events: Vec<Written>,
    stages: Vec<Stage>,
    stage: Option<Stage>,
}

impl Script {
    /// An attack that begins at `at`.
    #[must_use]
    pub fn new(name: &str, random: &Random, at: i64, pace: f64) -> Self {
        let random = random.fork("attack").fork(name);
        Self { random, at, pace, name: name.into(), events: Vec::new(), stages: Vec::new(), stage: None }
    }

    /// What follows is a stage that counts in `row` and that findings of `accept` tell.
    pub fn stage(&mut self, row: &'static str, what: &str, accept: &'static [&'static str]) {
        self.end();
        self.stage = Some(Stage {
            row,
            attack: self.name.clone(),
            what: what.into(),
            account: String::new(),
            names: Vec::new(),
            first: moment(self.at),
            last: moment(self.at),
            events: Vec::new(),
            accept,
        });
    }

    /// What follows belongs to no stage.
    pub fn end(&mut self) {
        self.stages.extend(self.stage.take().filter(|stage| !stage.events.is_empty()));
    }

    /// Findings may also name this: what the stage is done to.
    pub fn names(&mut self, name: &str) {
        if let Some(stage) = &mut self.stage {
            stage.names.push(name.into());
        }
    }

    /// Time passes.
    pub fn wait(&mut self, millis: i64) {
        self.at += millis;
    }

    /// A call, and the pause after it.
    pub fn call(&mut self, from: &From, call: &Call) {
        let (written, id) = write(self.at, from, call, &mut self.random);
        if let Some(stage) = &mut self.stage {
            if stage.events.is_empty() {
                stage.first = moment(self.at);
                let account = if call.account.is_empty() { &from.who.account } else { &call.account };
                stage.account.clone_from(account);
            }
            stage.last = moment(self.at);
            for name in &from.who.names {
                if !stage.names.contains(name) {
                    stage.names.push(name.clone());
                }
            }
            stage.events.push(id);
        }
        self.events.push(written);
        self.at += self.random.exponential(self.pace) as i64 + 300;
    }

    /// A call of `service` with these parameters (JSON).
    pub fn does(&mut self, from: &From, service: &str, name: &str, region: &str, request: &str) {
        let region = if matches!(service, "iam" | "organizations") { "us-east-1" } else { region };
        self.call(from, &Call::new(service, name, region).with(request));
    }

    /// What was written, and the stages.
    #[must_use]
    pub fn finish(mut self) -> (Vec<Written>, Vec<Stage>) {
        self.end();
        (self.events, self.stages)
    }
}
