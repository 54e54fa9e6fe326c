//! What the table is made of: a family makes its own data, shows it to its detectors, and counts.

use std::cell::Cell;
use std::path::PathBuf;

use crate::cloudtrail::CloudTrail;
use crate::dga::Families;
use crate::dns::Dns;
use crate::kubernetes::Kubernetes;
use crate::login::Logins;
use crate::network::Network;
use crate::table::Row;

/// How much data, and from which seed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the data starts from.
    pub seed: u64,
    /// Days of the log's time.
    pub days: u32,
    /// How large the place is that logs are made of: 1.0 is the full size.
    pub size: f64,
    /// A folder to write the data into as well, as log files; each family makes a folder of its own in it.
    pub write: Option<PathBuf>,
    /// Whether progress is shown on standard error.
    pub progress: bool,
}

/// Something that was missed, or said wrongly, for those who make detectors better.
#[derive(Clone, Debug)]
pub struct Note {
    /// The row that it counts in.
    pub row: String,
    /// What, who, when and why, on one line.
    pub text: String,
}

/// What a family has measured.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Its rows.
    pub rows: Vec<Row>,
    /// What was missed, and what was said wrongly.
    pub notes: Vec<Note>,
}

/// A family of detectors and the data that it is measured on.
pub trait Family: Sync {
    /// Its name: what `--family` takes, and what its rows' names begin with.
    fn name(&self) -> &'static str;

    /// Makes the data, shows it to the detectors, and counts. The same plan gives the same rows.
    fn measure(&self, plan: &Plan) -> Measured;
}

/// Every family, in the order of the table.
#[must_use]
pub fn all() -> Vec<Box<dyn Family>> {
    vec![
        Box::new(CloudTrail { attacked: false, places: true }),
        Box::new(CloudTrail { attacked: true, places: true }),
        Box::new(CloudTrail { attacked: true, places: false }),
        Box::new(Network { attacked: false }),
        Box::new(Network { attacked: true }),
        Box::new(Kubernetes { attacked: false }),
        Box::new(Kubernetes { attacked: true }),
        Box::new(Logins { attacked: false }),
        Box::new(Logins { attacked: true }),
        Box::new(Dns { attacked: false }),
        Box::new(Dns { attacked: true }),
        Box::new(Families),
    ]
}

/// Says how far a family is, on standard error, once in a while.
#[derive(Debug)]
pub struct Progress<'a> {
    plan: &'a Plan,
    family: &'static str,
    shown: Cell<u64>,
}

impl<'a> Progress<'a> {
    /// Of a family.
    #[must_use]
    pub fn new(plan: &'a Plan, family: &'static str) -> Self {
        Self { plan, family, shown: Cell::new(u64::MAX) }
    }

    /// It has done this much of that much.
    #[allow(clippy::print_stderr, reason = "progress is for people, who watch standard error")]
    pub fn at(&self, done: u64, of: u64) {
        let percent = done * 10 / of.max(1) * 10;
        if !self.plan.progress || self.shown.replace(percent) == percent {
            return;
        }
        eprintln!("{} seed {}: {percent} %", self.family, self.plan.seed);
    }
}
