//! A month of a company's normal life, as CloudTrail tells it.

pub mod agents;
pub mod calls;
pub mod delivery;
pub mod event;
pub mod machines;
pub mod people;
pub mod places;
pub mod sessions;
pub mod unusual;
pub mod users;

use crate::random::Random;
use event::{Call, From, Written, write};
use people::Person;

/// Milliseconds of an hour.
pub const HOUR: i64 = 3_600_000;
/// Milliseconds of a day.
pub const DAY: i64 = 24 * HOUR;
/// 2026-09-01T00:00:00Z, a Tuesday.
pub const START: i64 = 1_788_220_800_000;

/// A company: its accounts, people and machines.
pub struct Company {
    /// Where its numbers come from.
    pub random: Random,
    /// Management, security, shared, dev, staging, prod, data.
    pub accounts: [String; 7],
    /// Who works there.
    pub people: Vec<Person>,
    /// How large it is; 1.0 is some 55,000 events on a working day.
    pub size: f64,
}

/// Places of accounts in [`Company::accounts`].
pub const MANAGEMENT: usize = 0;
/// The security team's account.
pub const SECURITY: usize = 1;
/// Networks, CI, images.
pub const SHARED: usize = 2;
/// Where developers try things.
pub const DEV: usize = 3;
/// The last stop before production.
pub const STAGING: usize = 4;
/// What customers use.
pub const PROD: usize = 5;
/// The data lake.
pub const DATA: usize = 6;

/// The regions that it works in, the first most.
pub const REGIONS: [&str; 3] = ["eu-west-1", "eu-central-1", "us-east-1"];

/// All regions that a sweep goes through.
pub const EVERYWHERE: [&str; 17] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "sa-east-1",
];

/// Where events are written to, in any order.
#[derive(Debug)]
pub struct Day<'a> {
    /// Which day, from 0.
    pub number: u32,
    /// When it begins, in milliseconds.
    pub start: i64,
    /// What was written.
    pub events: &'a mut Vec<Written>,
}

impl Day<'_> {
    /// An event at `time`.
    pub fn add(&mut self, time: i64, from: &From, call: &Call, random: &mut Random) {
        self.events.push(write(time, from, call, random).0);
    }

    /// Whether it is a Saturday, a Sunday or the month's public holiday.
    #[must_use]
    pub fn free(&self) -> bool {
        matches!((self.number + 1) % 7, 5 | 6) || self.number == 20
    }
}

impl Company {
    /// The company of a seed.
    #[must_use]
    pub fn new(seed: u64, size: f64) -> Self {
        let random = Random::new(seed).fork("company");
        let mut ids = random.fork("accounts");
        let accounts =
            std::array::from_fn(|_| format!("{}{}", ids.range(1, 9), ids.letters("0123456789", 11)));
        let people = people::hire(&random, size);
        Self { random, accounts, people, size }
    }

    /// All that happens on a day, in the order of time.
    #[must_use]
    pub fn day(&self, number: u32) -> Vec<Written> {
        let mut events = Vec::new();
        let mut day = Day { number, start: START + i64::from(number) * DAY, events: &mut events };
        for person in &self.people {
            people::day(self, person, &mut day);
        }
        machines::day(self, &mut day);
        delivery::day(self, &mut day);
        users::day(self, &mut day);
        unusual::day(self, &mut day);
        events.sort_by_key(|event| event.time);
        events
    }

    /// Numbers for `label` on a day.
    #[must_use]
    pub fn random(&self, label: &str, day: u32) -> Random {
        self.random.fork(label).fork(&day.to_string())
    }

    /// How many of something there are in a company of this size: never none.
    #[must_use]
    pub fn many(&self, full: usize) -> usize {
        ((full as f64 * self.size).round() as usize).max(1)
    }
}
