//! All families, over several seeds, as one table.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::family::{Family, Note, Plan, all};
use crate::table::{self, Row};

/// How much data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A tenth of a month's activity of a company, for tests.
    Small,
    /// The whole.
    Full,
}

impl Size {
    /// The seeds that its table is made from. Those who make detectors better look at seed 1; these are held out.
    #[must_use]
    pub fn seeds(self) -> &'static [u64] {
        match self {
            Self::Small => &[101],
            Self::Full => &[101, 102],
        }
    }

    /// The families of its table; empty for all. In the small one the month without attacks is left to CloudTrail:
    /// what is wrong in the month with them says the same.
    #[must_use]
    pub fn families(self) -> &'static [&'static str] {
        match self {
            Self::Small => &["benign", "cloudtrail", "flow", "kubernetes", "login", "dns"],
            Self::Full => &[],
        }
    }

    /// What [`Plan::size`] is.
    #[must_use]
    pub fn factor(self) -> f64 {
        match self {
            Self::Small => 0.1,
            Self::Full => 1.0,
        }
    }
}

/// What all that was measured adds up to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The rows, those of all seeds added.
    pub rows: Vec<Row>,
    /// What was missed, and what was said wrongly.
    pub notes: Vec<Note>,
}

impl Report {
    /// The table as text.
    #[must_use]
    pub fn table(&self) -> String {
        table::write(&self.rows)
    }
}

/// Measures the families whose names are in `families` (all, when it is empty) for each of the plans, as many at a
/// time as there are processors.
#[must_use]
pub fn measure(families: &[String], plans: &[Plan]) -> Report {
    let all = all();
    let chosen = |family: &dyn Family| families.is_empty() || families.iter().any(|one| one == family.name());
    let chosen = all.iter().filter(|family| chosen(family.as_ref()));
    let tasks: Vec<_> = chosen.flat_map(|family| plans.iter().map(move |plan| (family, plan))).collect();
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((family, plan)) = tasks.get(place) else { break };
            let measured = family.measure(plan);
            done.lock().expect("no family panics while it holds the lock").insert(place, measured);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(tasks.len());
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut report = Report::default();
    for measured in done.into_inner().expect("all families have come to their end").into_values() {
        for row in measured.rows {
            match report.rows.iter_mut().find(|known| known.name == row.name) {
                Some(known) => known.add(&row),
                None => report.rows.push(row),
            }
        }
        report.notes.extend(measured.notes);
    }
    report
}
