//! All families, over several seeds, as one table.

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

/// Measures the families whose names are in `families` (all, when it is empty) for each of the plans.
#[must_use]
pub fn measure(families: &[String], plans: &[Plan]) -> Report {
    let mut report = Report::default();
    let chosen = |family: &dyn Family| families.is_empty() || families.iter().any(|one| one == family.name());
    for family in all().iter().filter(|family| chosen(family.as_ref())) {
        for plan in plans {
            let measured = family.measure(plan);
            for row in measured.rows {
                match report.rows.iter_mut().find(|known| known.name == row.name) {
                    Some(known) => known.add(&row),
                    None => report.rows.push(row),
                }
            }
            report.notes.extend(measured.notes);
        }
    }
    report
}
